"""What was asked of the simulator, what it changed, and the faults a test puts in the way.

`Exchange` is every REST or GraphQL call with its answer, for checks against
GitHub's description. `Effect` is every call that tried to change a repository:
the ground truth that a client's own records are compared with.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class Exchange:
    """One API call and its answer."""

    method: str
    path: str
    """Below the API's base, for instance `/repos/o/r/pulls`; GraphQL is `/graphql`."""
    parameters: Mapping[str, str]
    """The variable parts of the path."""
    query: Mapping[str, str]
    body: Any
    """The parsed JSON document, or None."""
    status: int
    content_type: str
    answer: Any
    """The parsed JSON document, or None."""
    permissions: Mapping[str, str]
    """Of the token; empty for calls with a JSON web token."""


@dataclass(frozen=True, slots=True)
class Effect:
    """One call that tried to change a repository, in the order the simulator took them."""

    sequence: int
    method: str
    path: str
    permissions: Mapping[str, str]
    status: int
    digest: str
    """SHA-256 of the request's body, in hex."""
    made: tuple[str, ...]
    """What came to be, for instance `pull acme/billing#3`; empty when nothing changed."""


class FaultKind(StrEnum):
    """What happens to a call that a fault was written for."""

    STATUS = "status"
    """Answer with a status; nothing is done."""
    LATENCY = "latency"
    """Wait, then go on as ever."""
    DROP_BEFORE = "drop-before"
    """Close the connection; nothing is done."""
    DROP_AFTER_COMMIT = "drop-after-commit"
    """Do it, then close the connection without an answer."""
    STATUS_AFTER_COMMIT = "status-after-commit"
    """Do it, then answer with a status as if it had not been done."""
    TRUNCATE_AFTER_COMMIT = "truncate-after-commit"
    """Do it, then answer with half of the document."""
    PAGE_AFTER_COMMIT = "page-after-commit"
    """Do it, then answer with a page and a 200, as a proxy in between may."""
    HANG_AFTER_COMMIT = "hang-after-commit"
    """Do it, then keep the answer back for some seconds."""
    THEN = "then"
    """Let something else happen first (`then`), and go on as ever: a token runs out, a branch moves."""


@dataclass(slots=True)
class Fault:
    """A scripted fault for calls whose method matches and whose path, from the root, the pattern is found in."""

    method: str
    """`*` is any."""
    pattern: str
    kind: FaultKind
    times: int = 1
    """How often it still strikes; counts down to 0."""
    status: int = 502
    headers: Mapping[str, str] | None = None
    message: str = "Server Error"
    seconds: float = 0.0
    then: Callable[[], object] = lambda: None
    """For THEN; called without the hub's lock."""
    after: int = 0
    """How many calls it lets pass before it strikes; counts down to 0."""

    def strikes(self, method: str, path: str) -> bool:
        """Say whether this fault is meant for the call."""
        meant = self.times > 0 and self.method in {"*", method} and re.search(self.pattern, path) is not None
        if meant and self.after:
            self.after -= 1
            return False
        return meant
