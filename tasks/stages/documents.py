"""What the control plane itself adds to the documents of an attempt; the engine's are in `fixers.evidence`."""

from __future__ import annotations

from typing import Literal

from fixers.model import Contract, Failure


class RedRun(Contract):
    """A run that showed the fault."""

    id: int
    name: str
    html_url: str
    attempt: int = 1
    """How often it had been run when it was seen."""


class Order(Contract):
    """What is to be repaired, and how the repository says its tests run."""

    schema_version: Literal["1.0"] = "1.0"
    repository: str
    clone_url: str
    """HTTPS, without credentials."""
    head_sha: str
    base: str
    """The branch into which a repair would go."""
    fingerprint: str
    runs: tuple[RedRun, ...]
    failures: tuple[Failure, ...]
    """As the logs tell them; the engine sees for itself."""
    expected: tuple[str, ...]
    """Test ids that the logs name."""
    test_command: tuple[str, ...] | None = None
    setup: tuple[tuple[str, ...], ...] = ()
    python: str | None = None
    consent: str = "none"
    """What may be sent to a language model: `none`, `diagnostics`, `code`."""
    notes: tuple[str, ...] = ()
    fork_pull: int = 0
    """Number of the pull request when the commit is of a fork: its code is kept apart, and nothing is written."""


class Seen(Contract):
    """Which runs an attempt has looked at, whatever it made of them."""

    schema_version: Literal["1.0"] = "1.0"
    run_ids: tuple[int, ...]
