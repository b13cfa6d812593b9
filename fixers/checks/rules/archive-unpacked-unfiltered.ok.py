import tarfile


def unpack(path, to):
    with tarfile.open(path) as archive:
        archive.extractall(to, filter="data")
