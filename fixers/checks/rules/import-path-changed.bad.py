import sys

sys.path.insert(0, "../lib")
sys.modules["json"] = object()
