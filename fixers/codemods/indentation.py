"""Lines that stand at the wrong depth: the edits that an indentation error suggests."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from fixers.codemods.slips import Slip

_LEAD = re.compile(r"[ \t]*")
_MOST = 4
"""How many lines of a missing block are tried."""


def reindented(text: str, error: IndentationError) -> Iterator[Slip]:
    """Yield texts in which the line that the error names stands at a depth that fits, most likely first."""
    lines = io.StringIO(text).readlines()
    row = (error.lineno or 1) - 1
    if row >= len(lines):
        return
    message = error.msg or ""
    if isinstance(error, TabError):
        yield from _one_kind(lines)
    elif message.startswith("unexpected indent"):
        yield from _moved(lines, row, [_lead(lines[_above(lines, row)])], 0.75)
    elif message.startswith("unindent does not match"):
        open_depths = _depths(lines, row)
        yield from _moved(lines, row, sorted(open_depths, key=lambda lead: _off(lead, lines[row])), 0.65)
    elif message.startswith("expected an indented block"):
        yield from _block(lines, row)


def _one_kind(lines: list[str]) -> Iterator[Slip]:
    """Write the rarer of tabs and spaces as the other."""
    leads = [_lead(line) for line in lines if line.strip()]
    tabbed = sum(1 for lead in leads if "\t" in lead)
    spaced = sum(1 for lead in leads if lead and "\t" not in lead)
    for width in (4, 8):
        if tabbed <= spaced:
            new = [_lead(line).expandtabs(width) + line[len(_lead(line)) :] for line in lines]
        else:
            new = [_tabs(_lead(line).expandtabs(width), width) + line[len(_lead(line)) :] for line in lines]
        yield Slip("".join(new), 0.75, "tabs and spaces are mixed")


def _tabs(lead: str, width: int) -> str:
    return "\t" * (len(lead) // width) + " " * (len(lead) % width)


def _moved(lines: list[str], row: int, leads: list[str], prior: float) -> Iterator[Slip]:
    """Move a line, and what stands below it at the same depth or deeper, to another depth."""
    old = _lead(lines[row])
    last = row
    while last + 1 < len(lines) and lines[last + 1].strip() and _lead(lines[last + 1]).startswith(old):
        last += 1
    for lead in leads:
        moved = [lead + line[len(old) :] for line in lines[row : last + 1]]
        yield Slip("".join((*lines[:row], *moved, *lines[last + 1 :])), prior, "the line stands at the wrong depth")


def _block(lines: list[str], row: int) -> Iterator[Slip]:
    """Indent the first lines after a header that has no block; `pass` where only a comment stands in it."""
    head = _above(lines, row)
    lead, deeper = _lead(lines[head]), _deeper(lines)
    if _lead(lines[row]) == lead and lines[row - 1].strip():
        count = 0
        while count < _MOST and row + count < len(lines):
            line = lines[row + count]
            if not line.strip() or not line.startswith(lead) or len(_lead(line)) < len(lead):
                break
            count += 1
            moved = [deeper + piece for piece in lines[row : row + count]]
            text = "".join((*lines[:row], *moved, *lines[row + count :]))
            yield Slip(text, 0.65 if count == 1 else 0.5, "the block is not indented")
    comments = [
        n for n in range(head + 1, row) if lines[n].lstrip().startswith("#") and len(_lead(lines[n])) > len(lead)
    ]
    if comments:
        text = "".join((*lines[: comments[-1] + 1], f"{_lead(lines[comments[-1]])}pass\n", *lines[comments[-1] + 1 :]))
        yield Slip(text, 0.3, "the block holds nothing but a comment")


def _deeper(lines: list[str]) -> str:
    """Return one step of indentation as the file has it."""
    leads = [lead for line in lines if line.strip() and (lead := _lead(line))]
    if any(lead.startswith("\t") for lead in leads):
        return "\t"
    return min(leads, key=len, default="    ")


def _above(lines: list[str], row: int) -> int:
    """Return the nearest line above that is no blank and no comment."""
    for n in range(row - 1, -1, -1):
        if lines[n].strip() and not lines[n].lstrip().startswith("#"):
            return n
    return 0


def _depths(lines: list[str], row: int) -> list[str]:
    """Return the depths that are open above a line, deepest first."""
    found: list[str] = []
    for n in range(row - 1, -1, -1):
        lead = _lead(lines[n])
        if lines[n].strip() and (not found or len(lead) < len(found[-1])):
            found.append(lead)
    return found


def _off(lead: str, line: str) -> int:
    return abs(len(lead) - len(_lead(line)))


def _lead(line: str) -> str:
    found = _LEAD.match(line)
    return found.group() if found else ""
