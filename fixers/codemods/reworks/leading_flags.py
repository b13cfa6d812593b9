"""Flags for a whole regular expression, which have to stand at its start since Python 3.11."""

from __future__ import annotations

import re

import libcst as cst

from fixers.codemods.workfile import Workfile

_FLAGS = re.compile(r"\(\?([aiLmsux]+)\)")


def leading_flags(work: Workfile) -> None:
    """Move such flags to the start of the patterns in the failing line; where they stand never mattered."""
    for text in work.source.at(work.line, cst.SimpleString) if work.line else ():
        inner = text.raw_value
        found = _FLAGS.findall(inner)
        if not found or _FLAGS.match(inner) or "\\(" in inner or "[(" in inner:
            continue
        letters = "".join(dict.fromkeys("".join(found)))
        moved = f"(?{letters})" + _FLAGS.sub("", inner)
        work.edits.put(text, text.with_changes(value=f"{text.prefix}{text.quote}{moved}{text.quote}"))
