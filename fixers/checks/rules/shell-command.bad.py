import os
import subprocess


def size(path):
    return subprocess.run("du " + path, shell=True)


def gone(path):
    os.system(f"rm {path}")
