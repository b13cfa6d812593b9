import os


def share(path):
    os.chmod(path, 0o644)
    path.chmod(0o755)
