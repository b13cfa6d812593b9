"""Diffs and logs, line by line, as a page shows them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

HUNK = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@")
STAMP = re.compile(r"^\d{4}-\d\d-\d\dT[\d:.]+Z ?")
CONTROL = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f]")
SHOWN_LINES = 2_000


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line of a diff; a number is None on the side that does not have the line."""

    kind: str
    old: int | None
    new: int | None
    text: str


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of a job's log, without its time and its colours."""

    kind: str
    text: str


def diff_lines(patch: str) -> Iterator[DiffLine]:
    """Yield the numbered lines of a patch that starts at its first hunk."""
    old = new = 0
    for line in patch.splitlines():
        hunk = HUNK.match(line)
        if hunk:
            old, new = int(hunk[1]), int(hunk[2])
            yield DiffLine("hunk", None, None, line)
        elif line.startswith("+"):
            yield DiffLine("added", None, new, line[1:])
            new += 1
        elif line.startswith("-"):
            yield DiffLine("removed", old, None, line[1:])
            old += 1
        elif line.startswith(" "):
            yield DiffLine("same", old, new, line[1:])
            old, new = old + 1, new + 1


def log_lines(log: bytes) -> list[LogLine]:
    """Return the end of a log, where the failure is."""
    lines = log.decode("utf-8-sig", "replace").splitlines()[-SHOWN_LINES:]
    return [_log_line(CONTROL.sub("", STAMP.sub("", line))) for line in lines]


def _log_line(text: str) -> LogLine:
    for mark, kind in (
        ("##[error]", "error"),
        ("##[warning]", "warning"),
        ("##[group]", "group"),
        ("##[command]", "group"),
    ):
        if text.startswith(mark):
            return LogLine(kind, text.removeprefix(mark))
    return LogLine("endgroup" if text == "##[endgroup]" else "plain", text)
