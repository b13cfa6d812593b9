"""A trace for people: what has the form of a token is replaced before anything is rendered.

Before, because an escape of Markdown takes the form away and leaves the token.
"""

from __future__ import annotations

from typing import Any

from fixers.evidence import Trace
from tasks.report.outgoing import redacted


def quotable(trace: Trace) -> Trace:
    """Return a trace for people: its patch as it is, elsewhere what has the form of a token replaced."""
    return counted(trace)[0]


def counted(trace: Trace) -> tuple[Trace, int]:
    """Return the trace for people, and how many different secrets were replaced in it."""
    found: set[str] = set()
    document = {**_cleaned(trace.model_dump(mode="json"), found), "patch": trace.patch}
    return Trace.model_validate(document), len(found)


def _cleaned(value: Any, found: set[str]) -> Any:
    match value:
        case str():
            text, count = redacted(value)
            if count:
                found.add(value)
            return text
        case dict():
            return {_cleaned(key, found): _cleaned(each, found) for key, each in value.items()}
        case list():
            return [_cleaned(each, found) for each in value]
    return value
