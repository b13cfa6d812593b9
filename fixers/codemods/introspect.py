"""Facts about the target's environment, asked for when a codemod needs them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import fixers.runner

SCRIPT = Path(fixers.runner.__file__).parent / "inside" / "introspect.py"
"""What answers, to be started with the target's interpreter; reads a request, reports one line."""


class Kind(StrEnum):
    """What is asked."""

    PYTHON = "python"
    NAMES = "names"
    PARAMETERS = "parameters"
    VERSION = "version"
    HOMES = "homes"
    TOLD = "told"
    DOC = "doc"


@dataclass(frozen=True, slots=True)
class Question:
    """One fact that is wanted."""

    kind: Kind
    module: str = ""
    """Module or dotted path; the distribution for a version."""
    qualname: str = ""


Answer = tuple[str, ...] | str | None
"""Names, parameters or homes, a version or a docstring, or None for what does not exist."""
Ask = Callable[[Sequence[Question]], Sequence[Answer]]
"""Answers questions in order. Raises nothing for what cannot be answered: that is None."""


def request(questions: Sequence[Question], paths: Sequence[str] = ()) -> bytes:
    """Return the document that `SCRIPT` reads; `paths` go first on its import path."""
    asked = [{"kind": q.kind.value, "module": q.module, "qualname": q.qualname} for q in questions]
    return json.dumps({"questions": asked, "paths": list(paths)}).encode()


def answers(report: bytes, questions: Sequence[Question]) -> tuple[Answer, ...]:
    """Read what `SCRIPT` reported. The bytes are hostile: anything malformed answers None."""
    unknown: tuple[Answer, ...] = (None,) * len(questions)
    lines = report.splitlines()
    try:
        document = json.loads(lines[0]) if lines else {}
    except ValueError:
        return unknown
    given = document.get("answers") if isinstance(document, dict) else None
    if not isinstance(given, list) or len(given) != len(questions):
        return unknown
    return tuple(_checked(value, question.kind) for value, question in zip(given, questions, strict=True))


@dataclass(slots=True)
class LiveInstalled:
    """`Installed` over a way to ask; every fact is asked for once.

    Each `ask` may cost a sandboxed start of the interpreter, so `prepare` asks for
    several facts at a time.
    """

    ask: Ask
    fallback_python: tuple[int, int] = (3, 12)
    """The version taken when the interpreter does not say."""
    _known: dict[Question, Answer] = field(default_factory=dict)

    def prepare(self, questions: Sequence[Question]) -> None:
        """Ask for all of these that are not known yet, at once."""
        missing = [question for question in dict.fromkeys(questions) if question not in self._known]
        if missing:
            self._known.update(zip(missing, self.ask(missing), strict=True))

    @property
    def python_version(self) -> tuple[int, int]:
        """Version of the target's interpreter."""
        found = self._fact(Question(Kind.PYTHON))
        major, _, minor = found.partition(".") if isinstance(found, str) else ("", "", "")
        return (int(major), int(minor)) if major.isdecimal() and minor.isdecimal() else self.fallback_python

    def names(self, module: str) -> frozenset[str] | None:
        """Return the attribute names of a module or of a dotted path into one; None when it does not import."""
        found = self._fact(Question(Kind.NAMES, module))
        return frozenset(found) if isinstance(found, tuple) else None

    def parameters(self, module: str, qualname: str) -> tuple[str, ...] | None:
        """Return a callable's parameters as `inspect` prints them; None if unknown."""
        found = self._fact(Question(Kind.PARAMETERS, module, qualname))
        return found if isinstance(found, tuple) else None

    def version(self, distribution: str) -> str | None:
        """Installed version, or None."""
        found = self._fact(Question(Kind.VERSION, distribution))
        return found if isinstance(found, str) else None

    def homes(self, package: str, name: str) -> tuple[str, ...]:
        """Return from where a package's name can be imported, one dotted path for each object of that name."""
        found = self._fact(Question(Kind.HOMES, package, name))
        return found if isinstance(found, tuple) else ()

    def told(self, package: str, name: str) -> tuple[str, ...]:
        """Return what a package's docstrings say of a change of a name: the owner's dotted name, a tab, a paragraph."""
        found = self._fact(Question(Kind.TOLD, package, name))
        return found if isinstance(found, tuple) else ()

    def documentation(self, module: str, qualname: str) -> str:
        """Return what a callable or class says of itself; empty when it says nothing or is not there."""
        found = self._fact(Question(Kind.DOC, module, qualname))
        return found if isinstance(found, str) else ""

    def _fact(self, question: Question) -> Answer:
        self.prepare([question])
        return self._known[question]


def _checked(value: Any, kind: Kind) -> Answer:
    if kind in {Kind.PYTHON, Kind.VERSION, Kind.DOC}:
        return value if isinstance(value, str) else None
    if not isinstance(value, list):
        return None
    return tuple(item for item in value if isinstance(item, str))
