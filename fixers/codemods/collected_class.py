"""Classes of the code that pytest takes for tests."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import crashes
from fixers.codemods.source import Edits, parse
from fixers.codemods.symbols import classes
from fixers.model import Candidate, Tier
from fixers.project import is_repairable

_COLLECTED = re.compile(r"cannot collect test class '(?P<name>\w+)' because it has a __(?:init|new)__ constructor")
_WARNING = "pytest.PytestCollectionWarning"
_SAID = "cannot collect test class 'TestRun' because it has a __init__ constructor (from: tests/test_x.py)"


class CollectedClass(Codemod):
    """Tell pytest that a class of the code is no test, where its name says that it is one.

    A test module imports the class, pytest warns that it cannot collect it, and warnings are errors there.
    """

    NAME = "collected-class"
    NUMBER = 25
    TIER = Tier.A
    PRIOR = 0.95
    MESSAGE = "pytest takes a class of the code for a test"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # tests it has, and what it has them for nobody knows
            before="class TestRun:\n    def __init__(self):\n        pass\n\n    def test_x(self):\n        pass\n",
            after="class TestRun:\n    def __init__(self):\n        pass\n\n    def test_x(self):\n        pass\n",
            exception=_WARNING,
            message=_SAID,
        ),
        Rewrite(  # another class
            before="class TestSuite:\n    def __init__(self):\n        self.x = 1\n",
            after="class TestSuite:\n    def __init__(self):\n        self.x = 1\n",
            exception=_WARNING,
            message=_SAID,
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before='class TestRun:\n    """A run."""\n\n    def __init__(self):\n        pass\n',
            after='class TestRun:\n    """A run."""\n\n    __test__ = False\n\n    def __init__(self):\n        pass\n',
            exception=_WARNING,
            message=_SAID,
        ),
        Rewrite(
            before="class TestRun:\n    def __init__(self):\n        self.x = 1\n",
            after="class TestRun:\n    __test__ = False\n\n    def __init__(self):\n        self.x = 1\n",
            exception=_WARNING,
            message=_SAID,
        ),
        Rewrite(
            before="class TestRun:\n    n = 0\n\n    def __new__(cls):\n        return object()\n",
            after="class TestRun:\n    __test__ = False\n    n = 0\n\n    def __new__(cls):\n        return object()\n",
            exception=_WARNING,
            message=_SAID.replace("__init__", "__new__"),
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Offer it for each such class of the code; what a base would make of it is not known."""
        for crash in crashes(scene):
            named = _COLLECTED.search(crash.message)
            found = classes(scene.project, named["name"]) if named else []
            if len(found) != 1 or not is_repairable(found[0][0]) or _is_odd(found[0][1]):
                continue
            path, tree = found[0]
            source = parse(scene.project.text(path))
            node = next((c for c in source.all(cst.ClassDef) if c.name.value == tree.name), None) if source else None
            if source is not None and node is not None and isinstance(node.body, cst.IndentedBlock):
                text = Edits(source).put(node.body, _marked(node)).text()
                summary = f"`{tree.name}` says that it is no test."
                yield from self.offer(scene, {path: text}, summary=summary, line=tree.lineno)


def _is_odd(node: ast.ClassDef) -> bool:
    tests = any(isinstance(item, ast.FunctionDef) and item.name.startswith("test") for item in node.body)
    known = any("__test__" in ast.unparse(item) for item in node.body if isinstance(item, (ast.Assign, ast.AnnAssign)))
    return tests or known or bool(node.bases)


def _marked(node: cst.ClassDef) -> cst.IndentedBlock:
    assert isinstance(node.body, cst.IndentedBlock)  # noqa: S101 - the caller looked
    lines = list(node.body.body)
    told = node.get_docstring(clean=False) is not None
    gap = cst.EmptyLine(indent=False)
    mark = cst.parse_statement("__test__ = False")
    assert isinstance(mark, cst.SimpleStatementLine)  # noqa: S101 - an assignment is one simple statement
    mark = mark.with_changes(leading_lines=[gap] if told else [])
    place = int(told)
    after = lines[place] if place < len(lines) else None
    if isinstance(after, cst.FunctionDef) and not any(line.comment is None for line in after.leading_lines):
        lines[place] = after.with_changes(leading_lines=[gap, *after.leading_lines])
    return node.body.with_changes(body=[*lines[:place], mark, *lines[place:]])
