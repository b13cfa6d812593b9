"""Remarks at the faulty lines, which GitHub shows in the diff and above the log."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from app.action.commands import command
from fixers.evidence import Trace
from fixers.patch import Hunk, read

MOST = 10
"""GitHub shows ten of a level and a step."""
_SUSPECTS = 3
_LONGEST = 2000


def remarks(trace: Trace) -> Iterator[str]:
    """Yield the commands, at most ten: the repair at the lines it changes, or else the places to look at."""
    return islice(_repairs(trace) if trace.patch else _places(trace), MOST)


def _repairs(trace: Trace) -> Iterator[str]:
    for file in read(trace.patch):
        for hunk in file.hunks:
            first, last = _span(hunk)
            changed = "\n".join(line for line in hunk.lines if line[0] in "+-")
            yield command(
                "error",
                f"{trace.sentence}\n{changed}"[:_LONGEST],
                file=file.path,
                line=first,
                endLine=last,
                title="Goldseam: a proven repair",
            )


def _places(trace: Trace) -> Iterator[str]:
    for suspect in trace.localization[:_SUSPECTS]:
        yield command(
            "warning",
            "; ".join(suspect.reasons)[:_LONGEST],
            file=suspect.path,
            line=suspect.line,
            endLine=max(suspect.line, suspect.end_line),
            title="Goldseam: suspicious here",
        )


def _span(hunk: Hunk) -> tuple[int, int]:
    """Return the first and last line that a hunk takes away, as the file is now; where it only adds, the one above."""
    number, gone = hunk.before, []
    for line in hunk.lines:
        if line[0] == "-":
            gone.append(number)
        elif line[0] == "+" and not gone:
            gone.append(max(1, number - 1))
        number += line[0] in " -"
    return min(gone, default=hunk.before), max(gone, default=hunk.before)
