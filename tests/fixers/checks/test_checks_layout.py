"""Which two texts are the same program."""

import pytest

from fixers.checks.importers import lost_imports
from fixers.checks.integrity import integrity_gates
from fixers.checks.layout import same_program
from fixers.model import FileEdit
from fixers.project import Project

SAME = {
    "quotes and spaces": ("x = {'a':1}\n", 'x = {"a": 1}\n'),
    "order of imports": ("import b\nimport a\n", "import a\nimport b\n"),
    "joined imports": ("from a import b\nfrom a import c\n", "from a import c, b\n"),
    "margin of a docstring": ('def f():\n    """\n      A  \n    """\n', 'def f():\n    """\n    A\n    """\n'),
    "a prefix without meaning": ("x = u'a'\n", "x = 'a'\n"),
    "a repeated import": ("import a\nimport a\n", "import a\n"),
    "parentheses of del": ("del (a, b)\n", "del a, b\n"),
}
OTHER = {
    "a value": ("x = 1\n", "x = 2\n"),
    "an import less": ("import a\nimport b\n", "import a\n"),
    "an import moved past code": ("import a\nf()\nimport b\n", "import a\nimport b\nf()\n"),
    "two imports of one name": ("from a import x\nfrom b import x\n", "from b import x\nfrom a import x\n"),
    "a star": ("from b import *\nfrom a import x\n", "from a import x\nfrom b import *\n"),
    "white space in a text": ("x = '''a \n'''\n", "x = '''a\n'''\n"),
    "an assertion": ("def test():\n    assert f() == 1\n", "def test():\n    assert f()\n"),
    "no program": ("x = \n", "x = \n"),
}


@pytest.mark.parametrize(("before", "after"), SAME.values(), ids=SAME)
def test_layout_alone(before, after):
    assert same_program(before, after)


@pytest.mark.parametrize(("before", "after"), OTHER.values(), ids=OTHER)
def test_more_than_layout(before, after):
    assert not same_program(before, after)


@pytest.mark.parametrize(
    ("path", "passes"),
    [("tests/test_a.py", True), ("conftest.py", True), ("tests/fixtures/a.py", False), (".github/a.py", False)],
)
def test_a_test_may_be_laid_out_anew_but_not_its_data(path, passes):
    edit = FileEdit(path, "x=1\n", "x = 1\n")
    assert all(gate.passed for gate in integrity_gates([edit], laid_out={path})) is passes
    if passes:
        assert not all(gate.passed for gate in integrity_gates([edit]))


def test_an_import_that_others_take_is_missed():
    project = Project({"a.py": "import os\nimport re\n", "b.py": "from a import os\n", "c.py": "import a\na.re\n"})
    edit = FileEdit("a.py", project.files["a.py"], "")
    assert [sentence.split(", which ")[1][:4] for sentence in lost_imports([edit], project)] == ["b.py", "c.py"]
    assert lost_imports([edit], Project({"a.py": "import os\nimport re\n", "b.py": "import os\n"})) == []
