"""Workflow commands: written so that no text can end one or begin another, and switched off around what is not ours.

The runner reads every line that a step prints, on both streams. Whatever came out of a repository
is therefore printed between a stop and its random token, and within a command it is escaped.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from tasks.report.neutral import visible

_DATA = (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"))
_PROPERTY = (*_DATA, (":", "%3A"), (",", "%2C"))


def command(name: str, message: str, **properties: object) -> str:
    """Return one line that the runner takes for a command; empty properties are left out."""
    shown = [(key, _escaped(str(value), _PROPERTY)) for key, value in properties.items() if value not in {"", None}]
    listed = ",".join(f"{key}={value}" for key, value in shown)
    return f"::{name}{' ' if listed else ''}{listed}::{_escaped(message, _DATA)}"


@contextmanager
def stopped(stream: TextIO) -> Iterator[None]:
    """Let the runner take nothing for a command that is printed meanwhile; taken up again whatever happens."""
    token = secrets.token_hex(32)
    print(f"::stop-commands::{token}", file=stream, flush=True)
    try:
        yield
    finally:
        print(f"::{token}::", file=stream, flush=True)


def _escaped(text: str, table: tuple[tuple[str, str], ...]) -> str:
    text = visible(text)
    for character, escape in table:
        text = text.replace(character, escape)
    return text
