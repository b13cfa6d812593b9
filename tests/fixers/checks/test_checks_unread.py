"""What may go from a test without a change of what it does and asserts."""

import pytest

from fixers.checks.unread import same_test
from fixers.model import FileEdit

BODY = "def test_f():\n    assert f(1) == 1\n"
RAISES = "def test_f():\n    with pytest.raises(KeyError){}:\n        f(1)\n"
MARKED = "@pytest.mark.parametrize({}, {})\ndef test_f(a, b):\n    assert a == b\n"
SAME = {
    "unused modules of the standard library": (
        "import os\nimport pytest\nfrom m import f\n" + BODY,
        "from m import f\n" + BODY,
    ),
    "one name of a module that is imported anyway": ("from m import f, g\n" + BODY, "from m import f\n" + BODY),
    "a name that a text holds as a path": (
        "import os\nfrom m import f\nX = 'os.getcwd'\n" + BODY,
        "from m import f\nX = 'os.getcwd'\n" + BODY,
    ),
    "the name of what is raised": (RAISES.format(" as e"), RAISES.format("")),
    "a fixture's empty call": ("@pytest.fixture()\ndef a(): ...\n", "@pytest.fixture\ndef a(): ...\n"),
    "that it returns nothing": ("def test_f():\n    f(1)\n", "def test_f() -> None:\n    f(1)\n"),
    "names in a text": (MARKED.format("'a, b'", "[(1, 1)]"), MARKED.format("('a', 'b')", "[(1, 1)]")),
    "rows in lists": (MARKED.format("'a, b'", "([1, 1],)"), MARKED.format("'a, b'", "[(1, 1)]")),
}  # fmt: skip
OTHER = {
    "a module that may do something when it is imported": ("import m\n" + BODY, BODY),
    "a fixture that a parameter names": (
        "from m import f, db\n\n\ndef test_f(db):\n    f(1)\n",
        "from m import f\n\n\ndef test_f(db):\n    f(1)\n",
    ),
    "a fixture that a mark names": (
        "from m import f, db\n@pytest.mark.usefixtures('db')\n" + BODY,
        "from m import f\n@pytest.mark.usefixtures('db')\n" + BODY,
    ),
    "a value that may want an assertion": ("def test_f():\n    x = f(1)\n", "def test_f():\n    f(1)\n"),
    "an assertion": (BODY, "def test_f():\n    f(1)\n"),
    "what is read": (RAISES.format(" as e") + "    assert e\n", RAISES.format("") + "    assert e\n"),
    "a row": (MARKED.format("'a, b'", "[(1, 1), (2, 3)]"), MARKED.format("'a, b'", "[(1, 1)]")),
    "what the future holds": ("from __future__ import annotations\n" + BODY, BODY),
}


@pytest.mark.parametrize(("before", "after"), SAME.values(), ids=SAME.keys())
def test_the_same(before, after):
    assert same_test(FileEdit("tests/test_m.py", before, after))


@pytest.mark.parametrize(("before", "after"), OTHER.values(), ids=OTHER.keys())
def test_not_the_same(before, after):
    assert not same_test(FileEdit("tests/test_m.py", before, after))


@pytest.mark.parametrize("path", ["tests/conftest.py", "tests/__init__.py", "m.py"])
def test_others_take_names_from_it(path):
    assert not same_test(FileEdit(path, *SAME["unused modules of the standard library"]))
