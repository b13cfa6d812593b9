"""What people said of an earlier proposal: where to look first, what they do not want again, which one they pick.

A hint is data. It can name a file, a function, a test or a line; the rest of its words
are kept for the reader and steer nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, Protocol

from pydantic import Field

from fixers.evidence import Proposal
from fixers.localize.hints import Hint
from fixers.model import Contract
from fixers.patch import digest
from fixers.project import Project

_WORD = re.compile(r"[\w./\\:-]*\w")
_LINE = re.compile(r"^(?P<path>.+?):(?P<line>[0-9]{1,7})$")
_MOST_WORDS = 200


class Located(Protocol):
    """Anything that has a place in the code."""

    @property
    def path(self) -> str:
        """The file."""

    @property
    def line(self) -> int:
        """Counted from 1."""

    @property
    def function(self) -> str:
        """Qualified name; empty outside functions."""


class Remark(Contract):
    """A person's words on a line of a file."""

    path: str
    line: int


class Guidance(Contract):
    """What a further attempt is told by people."""

    schema_version: Literal["1.0"] = "1.0"
    said_by: str = ""
    """Login of the person; shown beside what follows from it."""
    hint: str = ""
    """As written. Hostile: shown, never run, never sent to a model unmarked."""
    remarks: tuple[Remark, ...] = ()
    """Lines that a review objects to."""
    declined: tuple[str, ...] = Field(default=())
    """Digests of patches that are not wanted again."""
    picked: Proposal | None = None
    """The one proposal to prove, in place of a search."""

    def is_declined(self, patch: str) -> bool:
        """Say whether a person does not want this patch again."""
        return digest(patch) in self.declined


def hints_of(guidance: Guidance, project: Project) -> tuple[Hint, ...]:
    """Return the places of the project that the guidance names, each once."""
    by = f"@{guidance.said_by}" if guidance.said_by else "the reviewer"
    found = [Hint(remark.path, "", remark.line, f"{by} commented on line {remark.line}") for remark in guidance.remarks]
    for word in _WORD.findall(guidance.hint)[:_MOST_WORDS]:
        found += _named(word, by, project)
    known = set(project.files)
    return tuple(dict.fromkeys(hint for hint in found if not hint.path or hint.path in known))


def is_named(origin: Located, guidance: Guidance, project: Project) -> bool:
    """Say whether a person named the function, or the line, that an edit is at; a whole file is too little."""
    for hint in hints_of(guidance, project) if guidance.hint or guidance.remarks else ():
        if hint.function and f".{origin.function}".endswith(f".{hint.function}"):
            return True
        if hint.line and (hint.path, hint.line) == (origin.path, origin.line):
            return True
    return False


def _named(word: str, by: str, project: Project) -> Iterator[Hint]:
    at = _LINE.match(word)
    path, line = (at["path"], int(at["line"])) if at else (word.partition("::")[0], 0)
    files = [name for name in project.files if name == path or name.endswith(f"/{path}")] if "." in path else []
    said = f"{by} named {word}"
    if _is_test(path) or "::" in word:
        yield Hint("", "", 0, said, test=word)
    elif files:
        for name in files[:3]:
            yield Hint(name, "", line, said)
    elif re.fullmatch(r"[A-Za-z_][\w.]*", word):
        yield Hint("", word, 0, said)


def _is_test(word: str) -> bool:
    """Say whether a word is the name of a test, of a class of tests, or of a file of them, as pytest finds them."""
    name = word.rpartition("/")[2]
    return name.startswith("test_") or name.endswith("_test.py") or re.fullmatch(r"Test\w*", name) is not None
