import hashlib


def digest(data):
    return hashlib.sha256(data).hexdigest() + hashlib.md5(data, usedforsecurity=False).hexdigest()
