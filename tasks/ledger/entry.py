"""One entry of the ledger, as it is exported and as it is hashed."""

from __future__ import annotations

import hashlib
from typing import Literal

import rfc8785
from pydantic import Field

from fixers.model import Contract

GENESIS = "sha256:" + "0" * 64
"""What the first entry names as its predecessor."""


class Actor(Contract):
    """Who did it."""

    type: Literal["system", "user", "admin"] = "system"
    id: str = "goldseam"
    """A stage, or the numeric id of a GitHub account: names can change hands."""


class PolicySaid(Contract):
    """What policy said, for entries that record a decision."""

    digest: str
    clause: str
    """The clause that settled it."""
    clauses: tuple[str, ...] = ()
    """Every clause that was evaluated, as `clause: result`."""
    autonomy: str


class EffectRecord(Contract):
    """Which effect an intent or an outcome is about."""

    key: str
    remote_id: str = ""


class Note(Contract):
    """What the caller says; `append` adds number, time and links.

    Texts are sentences of ours. What came from a repository stands here only as a
    digest, an id or a ref name, so no secret can enter what is kept so long.
    """

    kind: Literal["state", "decision", "intent", "outcome", "kill"]
    action: str
    """`received>reproducing`, `pull.draft`, `stop`."""
    result: Literal["allow", "ask", "deny", "done", "found"]
    why: str
    actor: Actor = Actor()
    attempt: int | None = None
    repository_id: int | None = None
    target: dict[str, str] = Field(default_factory=dict)
    """`base`, `branch`, `head_sha`, …"""
    inputs: dict[str, str] = Field(default_factory=dict)
    """Digests of what the step worked from: `patch`, `trace`, …"""
    policy: PolicySaid | None = None
    effect: EffectRecord | None = None


class LedgerEntry(Note):
    """A note in its place in the chain."""

    schema_version: Literal["1.0"] = "1.0"
    seq: int
    """1, 2, 3, … without gaps."""
    ts: str
    """UTC, RFC 3339 with microseconds."""
    prev: str
    """Hash of the entry before."""
    hash: str = ""
    """`sha256:` over 0x00, the bytes of `prev`'s digest and the canonical entry without this field."""

    def canonical(self) -> bytes:
        """Return the RFC 8785 form of the entry without its hash."""
        return rfc8785.dumps(self.model_dump(mode="json", exclude={"hash"}))


def digest(prev: str, canonical: bytes) -> str:
    """Return the hash of an entry. The 0x00 keeps leaves apart from inner nodes of a later Merkle tree."""
    link = bytes.fromhex(prev.removeprefix("sha256:"))
    return "sha256:" + hashlib.sha256(b"\x00" + link + canonical).hexdigest()
