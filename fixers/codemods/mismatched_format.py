"""Dates that are read in another format than the one they are written in."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import ClassVar

import libcst as cst

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import Site, crashes, nearest_site
from fixers.codemods.source import Edits
from fixers.codemods.symbols import trees
from fixers.model import Candidate, Tier
from fixers.project import is_test_path

_UNREAD = re.compile(r"^time data '(?P<text>[^']*)' does not match format '(?P<format>[^']*)'")
_REST = re.compile(r"^unconverted data remains: (?P<rest>.*)")
_FORMAT = re.compile(r"%[YymdHMSfzjbB].*%[YymdHMSfzjbBpZ]")


class MismatchedFormat(Codemod):
    """Read a date in the format in which the project writes it, where it is read in another in vain.

    Only where exactly one other format of the project reads the text.
    """

    NAME = "mismatched-format"
    NUMBER = 44
    TIER = Tier.A
    PRIOR = 0.9
    MESSAGE = "a date is read in another format than it is written in"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # no other format
            before="def f(text):\n    return datetime.strptime(text, '%d.%m.%Y')\n",
            after="def f(text):\n    return datetime.strptime(text, '%d.%m.%Y')\n",
            exception="ValueError",
            message="time data '2024-01-02' does not match format '%d.%m.%Y'",
            line=2,
        ),
        Rewrite(  # another one, which does not read it either
            before="F = '%d/%m/%Y'\n\n\ndef f(text):\n    return datetime.strptime(text, '%d.%m.%Y')\n",
            after="F = '%d/%m/%Y'\n\n\ndef f(text):\n    return datetime.strptime(text, '%d.%m.%Y')\n",
            exception="ValueError",
            message="time data '2024-01-02' does not match format '%d.%m.%Y'",
            line=5,
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before="def w(d):\n    return d.strftime('%Y-%m-%d')\n\n\ndef f(x):\n    return strptime(x, '%d.%m.%Y')\n",
            after="def w(d):\n    return d.strftime('%Y-%m-%d')\n\n\ndef f(x):\n    return strptime(x, '%Y-%m-%d')\n",
            exception="ValueError",
            message="time data '2024-01-02' does not match format '%d.%m.%Y'",
            line=6,
        ),
        Rewrite(
            before="W = '%Y-%m-%d %H:%M:%S'\n\n\ndef f(x):\n    return datetime.strptime(x, \"%Y-%m-%d %H:%M\")\n",
            after="W = '%Y-%m-%d %H:%M:%S'\n\n\ndef f(x):\n    return datetime.strptime(x, W)\n",
            exception="ValueError",
            message="unconverted data remains: :07",
            line=5,
        ),
        Rewrite(
            before="R = '%d.%m.%y'\n\n\ndef f(x):\n    return datetime.strptime(x, R)\n",
            after="R = '%Y-%m-%d'\n\n\ndef f(x):\n    return datetime.strptime(x, R)\n",
            exception="ValueError",
            message="time data '2024-01-02' does not match format '%d.%m.%y'",
            line=5,
            files={"pkg/write.py": "def w(d):\n    return d.strftime('%Y-%m-%d')\n"},
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Offer the one format of the project that reads what was not read."""
        for crash in crashes(scene, "ValueError"):
            told, rest = _UNREAD.search(crash.message), _REST.search(crash.message)
            site = nearest_site(scene, crash) if told or rest else None
            old = _format_read(site) if site is not None else None
            if site is None or old is None:
                continue
            value = str(old.evaluated_value)
            fitting = sorted(f for f in _formats(scene) if f != value and _reads(f, value, told, rest))
            if len(fitting) == 1 and (told is None or told["format"] == value):
                text = Edits(site.source).put(old, _written(site, old, fitting[0])).text()
                yield from self.offer(
                    scene,
                    {site.path: text},
                    summary=f"The date is read as `{fitting[0]}`, as it is written.",
                    line=site.source.line(old),
                    function=site.function,
                )


def _format_read(site: Site) -> cst.SimpleString | None:
    """Return the format that the failing line reads by, or the constant of the module that holds it."""
    calls = [call for call in site.source.at(site.line, cst.Call) if site.source.code(call.func).endswith("strptime")]
    given = calls[0].args[1].value if len(calls) == 1 and len(calls[0].args) == 2 else None
    if isinstance(given, cst.Name):
        lines = [
            line.value
            for line in site.source.all(cst.Assign)
            if site.source.code(line.targets[0].target) == given.value and site.source.up(line, cst.FunctionDef) is None
        ]
        reads = sum(name.value == given.value for name in site.source.all(cst.Name))
        given = lines[0] if len(lines) == 1 and reads == len(lines) + 1 else None
    return given if isinstance(given, cst.SimpleString) else None


def _formats(scene: Scene) -> set[str]:
    return {
        node.value
        for path, tree in trees(scene.project, mentioning="%")
        for node in (ast.walk(tree) if not is_test_path(path) else ())
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _FORMAT.search(node.value)
    }


def _reads(candidate: str, old: str, told: re.Match[str] | None, rest: re.Match[str] | None) -> bool:
    """Say whether a format reads the text that the message tells, or at least its end behind what the old one reads."""
    with suppress(ValueError):
        if told is not None:
            datetime.strptime(told["text"], candidate)  # noqa: DTZ007 - only whether it can be read
            return True
        if rest is not None and candidate.startswith(old):
            datetime.strptime(rest["rest"], candidate.removeprefix(old))  # noqa: DTZ007 - as above
            return True
    return False


def _written(site: Site, old: cst.SimpleString, text: str) -> cst.BaseExpression:
    """Return the constant of the module that holds the format, where one does that is no part of `old`'s own line."""
    for line in site.source.module.body:
        inner = line.body[0] if isinstance(line, cst.SimpleStatementLine) else None
        value = inner.value if isinstance(inner, cst.Assign) and inner.value is not old else None
        if isinstance(inner, cst.Assign) and isinstance(value, cst.SimpleString) and value.evaluated_value == text:
            target = inner.targets[0].target
            if isinstance(target, cst.Name):
                return target
    return cst.SimpleString(f"{old.quote}{text}{old.quote}")
