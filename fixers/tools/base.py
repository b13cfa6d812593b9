"""What Goldseam knows of a tool: how to make it report, how to read that, and how to let it mend by itself.

Rules: a tool runs in its own version under its own configuration. We change only
what it prints, and switch off whatever would mend more than is safe. What it says
about the tree is believed no further than any other output of the repository's side.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from fixers.evidence import Finding


@dataclass(frozen=True, slots=True)
class Output:
    """What one run of a tool left behind."""

    code: int
    out: str
    err: str
    directory: str
    """Where it ran: absolute paths begin with it."""

    def relative(self, path: str) -> str:
        """Name a file as the project does."""
        return path.removeprefix(self.directory.rstrip("/") + "/").removeprefix("./")


Read = Callable[[Output], Sequence[Finding]]


@dataclass(frozen=True, slots=True)
class Tool:
    """One mode of one tool."""

    name: str
    """As people type it, without interpreter and arguments: `ruff check`."""
    distribution: str
    kind: Literal["lint", "layout", "types"]
    command: tuple[str, ...]
    """The words that start this mode: `("ruff", "check")`."""
    report: tuple[str, ...]
    """Options that make it name its findings in a form we read, and change nothing."""
    read: Read
    mend: tuple[str, ...] | None = None
    """Options instead of `report` that let it mend what is safe; None for a tool that mends nothing."""
    flags: frozenset[str] = frozenset()
    """Options that are left out: they change what is printed, or mend by themselves."""
    valued: frozenset[str] = frozenset()
    """The same, with a value."""
    files: frozenset[str] = field(
        default=frozenset({"--config", "--config-file", "--settings-path", "--settings-file"})
    )
    """Options whose value is a file and no path to look at."""
    bolder: tuple[str, ...] = ()
    """Beginnings of codes that it mends, though it calls that unsafe, without a change of what the program does."""


def kept(tool: Tool, words: Sequence[str]) -> tuple[str, ...]:
    """Return a command's arguments without those that only change what is printed, or mend by themselves."""
    rest, found = list(words), []
    while rest:
        word = rest.pop(0)
        option = word.partition("=")[0]
        if option in tool.valued and option == word:
            rest[:1] = []
        elif option not in tool.valued and option not in tool.flags:
            found.append(word)
    return tuple(found)


def without_paths(tool: Tool, arguments: Sequence[str], exists: Callable[[str], bool]) -> tuple[str, ...]:
    """Return the options among the arguments: what is no path of the tree."""
    found: list[str] = []
    for place, word in enumerate(arguments):
        value = place > 0 and arguments[place - 1] in tool.files
        if word != "--" and (word.startswith("-") or value or not exists(word)):
            found.append(word)
    return tuple(found)


def matched(pattern: re.Pattern[str], output: Output, text: str, *, code: str = "") -> list[Finding]:
    """Read one finding a line; the pattern's groups are named like a finding's fields."""
    found = []
    for line in text.splitlines():
        if match := pattern.match(line):
            parts = match.groupdict()
            found.append(
                Finding(
                    path=output.relative(parts["path"] or parts["file"]),
                    line=int(parts.get("line") or 0),
                    column=int(parts.get("column") or 0),
                    code=parts.get("code") or code,
                    message=(parts.get("message") or "")[:1000],
                )
            )
    return found
