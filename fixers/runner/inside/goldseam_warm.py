"""Import beforehand what every run of pytest imports, so that no child of the zygote has to.

That is most of a child's time: pytest's own plug-ins, those that are installed, and what
they import when they are first used. Nothing of the project is imported, because each
child imports that with the sources of its variant.
"""

import gc
import importlib
import json
import os
import sys
import tempfile

_TEST = "def test_nothing():\n    pass\n"


def warm(tree):
    """Import what a run of one empty test imports; nothing when that run imports a file of the project."""
    for name in _imported_by_an_empty_run(tree):
        try:
            importlib.import_module(name)
        except BaseException:  # noqa: BLE001, S112 - left to the children, to fail as it would
            continue
    gc.collect()
    gc.freeze()


def _imported_by_an_empty_run(tree):
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        names = []
        try:
            names = _run(tree)
        finally:
            with os.fdopen(writing, "w", encoding="utf-8") as stream:
                json.dump(names, stream)
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as stream:
        text = stream.read()
    os.waitpid(pid, 0)
    return json.loads(text) if text else []


def _run(tree):
    import pytest

    quiet = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(quiet, descriptor)
    before = set(sys.modules)
    place = tempfile.mkdtemp()
    test = os.path.join(place, "test_nothing.py")
    with open(test, "w", encoding="utf-8") as stream:
        stream.write(_TEST)
    alone = ["-c", os.devnull, "--rootdir", place, "--confcutdir", place, "-p", "no:cacheprovider"]
    pytest.main([test, "-q", "--assert=plain", "--tb=no", *alone])
    if any(is_of_tree(module, tree) for module in list(sys.modules.values())):
        return []
    return [name for name in sys.modules if name not in before and name != "test_nothing"]


def is_of_tree(module, tree):
    """Say whether a loaded module is the project's own."""
    path = getattr(module, "__file__", None)
    return isinstance(path, str) and path.startswith(os.path.join(tree, "")) and "/site-packages/" not in path
