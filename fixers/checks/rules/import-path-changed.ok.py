import sys


def where():
    return list(sys.path)
