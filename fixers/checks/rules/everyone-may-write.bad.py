import os


def share(path):
    os.chmod(path, 0o777)
    path.chmod(0o666)
