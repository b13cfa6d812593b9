"""GitHub's JSON documents, made from the simulator's records.

Every function returns the whole document that GitHub's OpenAPI description
names; `tests/contract/` compares them. These dicts go straight onto the wire
and nothing of ours reads them back.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

Document = dict[str, Any]


def stamp(at: datetime | None) -> str | None:
    """Write a time as GitHub does."""
    return None if at is None else at.strftime("%Y-%m-%dT%H:%M:%SZ")


def node(prefix: str, identity: int | str) -> str:
    """Return a GraphQL node id."""
    return f"{prefix}_{identity}"
