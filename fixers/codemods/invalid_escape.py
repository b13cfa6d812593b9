"""Backslashes in strings that mean nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import crashes
from fixers.codemods.source import Edits, parse
from fixers.model import Candidate, Tier
from fixers.project import is_repairable

_SAID = re.compile(r"invalid escape sequence|is an invalid escape")
_FILE = re.compile(r"\(([\w.-]+\.py), line (\d+)\)")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_MEANT = frozenset("\n\\'\"abfnrtv01234567x")
_IN_TEXT = frozenset("NuU")


class InvalidEscape(Codemod):
    r"""Write a string with a backslash that means nothing, such as `"\d"`, as a raw one; the value stays the same.

    Python warns of it since 3.6, and a suite that turns warnings into errors does not even import. A string that
    holds a real escape too gets its other backslashes doubled.
    """

    NAME = "invalid-escape"
    NUMBER = 27
    TIER = Tier.A
    PRIOR = 0.97
    MESSAGE = "a backslash in a string means nothing"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before="X = '\\n'\nY = r'\\d'\n",
            after="X = '\\n'\nY = r'\\d'\n",
            exception="SyntaxError",
            message="invalid escape sequence '\\d' (mod.py, line 2)",
            line=2,
        ),
        Rewrite(  # in a test, which is not ours to edit
            before="X = '\\d'\n",
            after="X = '\\d'\n",
            exception="SyntaxError",
            message="invalid escape sequence '\\d' (test_mod.py, line 1)",
            line=1,
            path="tests/test_mod.py",
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before="import re\n\nX = re.compile('\\d+')  # digits\n",
            after="import re\n\nX = re.compile(r'\\d+')  # digits\n",
            exception="SyntaxError",
            message="invalid escape sequence '\\d' (mod.py, line 3)",
            line=3,
        ),
        Rewrite(
            before="X = '\\d\\n'\nY = b'\\.'\n",
            after="X = '\\\\d\\n'\nY = rb'\\.'\n",
            exception="DeprecationWarning",
            message='"\\d" is an invalid escape sequence. Did you mean "\\\\d"? A raw string is also an option.',
            line=1,
        ),
        Rewrite(
            before='"""Paths like C:\\dir."""\n\nX = 1\n',
            after='r"""Paths like C:\\dir."""\n\nX = 1\n',
            exception="SyntaxWarning",
            message="invalid escape sequence '\\d'",
            line=1,
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Mend every string of the files that failures name."""
        for crash in crashes(scene):
            if not _SAID.search(crash.message):
                continue
            named = _FILE.search(crash.message)
            paths = [frame.path for frame in reversed(crash.frames) if frame.in_project]
            paths += [path for path in scene.project.repairable() if named and path.rpartition("/")[2] == named[1]]
            for path in dict.fromkeys(paths):
                source = parse(scene.project.files.get(path, "")) if is_repairable(path) else None
                edits = Edits(source) if source is not None else None
                if edits is not None and _mend(edits):
                    yield from self.offer(
                        scene,
                        {path: edits.text()},
                        summary="A backslash that means nothing is written so that it stays a backslash.",
                        line=int(named[2]) if named else 1,
                    )


def _mend(edits: Edits) -> bool:
    for node in edits.source.all(cst.SimpleString):
        value = _without_invalid(node)
        if value != node.value:
            edits.put(node, node.with_changes(value=value))
    return bool(edits.changes)


def _without_invalid(node: cst.SimpleString) -> str:
    if "r" in node.prefix.lower():
        return node.value
    meant = _MEANT if "b" in node.prefix.lower() else _MEANT | _IN_TEXT
    found = _ESCAPE.findall(node.raw_value)
    if all(letter in meant for letter in found):
        return node.value
    if not any(letter in meant for letter in found) and not node.raw_value.endswith("\\"):
        return f"r{node.value}" if "u" not in node.prefix.lower() else f"r{node.value[1:]}"
    doubled = _ESCAPE.sub(lambda m: m[0] if m[1] in meant else "\\" + m[0], node.raw_value)
    return f"{node.prefix}{node.quote}{doubled}{node.quote}"
