"""Run a tool of the project's own in the sandbox, and send back what it printed and which files it changed.

Runs under the target's own interpreter (CPython 3.8 and newer) with the standard
library alone. One JSON request on standard input; answers are JSON lines on the
descriptor named by GOLDSEAM_REPORT_FD, because a tool may run the repository's code
(plug-ins), which owns standard output.
"""

import json
import os
import subprocess
import sys

OUTPUT_CAP = 8 << 20
FILE_CAP = 4 << 20


def send(descriptor, **fields):
    data = (json.dumps(fields) + "\n").encode("utf-8", "backslashreplace")
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def content(path):
    """Return a file's bytes; None for what is no plain file of a believable size."""
    if os.path.islink(path) or not os.path.isfile(path) or os.path.getsize(path) > FILE_CAP:
        return None
    with open(path, "rb") as stream:
        return stream.read()


def text(data):
    return data[:OUTPUT_CAP].decode("utf-8", "replace")


def main():
    descriptor = int(os.environ.pop("GOLDSEAM_REPORT_FD"))
    os.set_inheritable(descriptor, False)
    request = json.loads(sys.stdin.buffer.read().decode("utf-8"))
    before = {path: content(path) for path in request["read"]}
    send(descriptor, event="here", directory=os.getcwd())
    for argv in request["steps"]:
        try:
            ran = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        except OSError as error:
            send(descriptor, event="ran", code=127, out="", err=str(error))
            continue
        send(descriptor, event="ran", code=ran.returncode, out=text(ran.stdout), err=text(ran.stderr))
    for path, old in before.items():
        new = content(path)
        if new is not None and new != old:
            try:
                send(descriptor, event="file", path=path, text=new.decode("utf-8"))
            except UnicodeDecodeError:
                continue
    send(descriptor, event="finish")


if __name__ == "__main__":
    main()
