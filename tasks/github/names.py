"""What may stand for a repository, wherever it becomes part of an address or a path."""

from __future__ import annotations

import re

from tasks.errors import BadInput

OWNER_NAME = r"^[A-Za-z0-9][A-Za-z0-9_-]*/[A-Za-z0-9_.-]+$"
"""Owners of managed accounts carry an underscore."""


def checked_repository(text: str) -> str:
    """Return `text` when it is OWNER/NAME, BadInput otherwise."""
    if re.fullmatch(OWNER_NAME, text) is None or text.endswith(("\n", "/.", "/..")):
        raise BadInput(f"{text[:120]!r} is no repository; give OWNER/NAME.")
    return text
