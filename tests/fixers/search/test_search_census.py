"""What a module never uses is the first ingredient, unless it is an interface that others use."""

from __future__ import annotations

import ast

import pytest

from fixers.project import Project
from fixers.search.census import Census
from fixers.search.elsewhere import Elsewhere
from fixers.search.site import ModuleView

UNUSED = [
    ("from m import a, b\nb()\n", ["a"]),
    ("from m import *\nimport n\n", []),
    ("from __future__ import annotations\n", []),
    ("from m import a\n__all__ = ['a']\n", []),
    ("def _f():\n    pass\ndef __getattr__(n):\n    pass\n", ["_f"]),
    ("def f():\n    pass\ndef told():\n    pass\n", ["f"]),
    ("@mark\ndef f():\n    pass\n", []),
    ("def f():\n    pass\ndef g():\n    pass\ndef h():\n    pass\ndef i():\n    pass\n", []),
    ("from m import " + ", ".join(f"n{n}" for n in range(13)) + "\n", []),
]


@pytest.mark.parametrize(("source", "idle"), UNUSED)
def test_knows_what_is_never_used(source, idle):
    project = Project({"pkg/mod.py": source, "pkg/other.py": "from pkg.mod import told\n"})
    view = ModuleView("pkg/mod.py", source, ast.parse(source))
    found = Census(view, Elsewhere(project, "pkg/mod.py")).idle
    assert found == idle


def test_a_package_gives_out_what_it_imports():
    view = ModuleView("pkg/__init__.py", "from m import a\n", ast.parse("from m import a\n"))
    assert Census(view).idle == []
