"""The state machine of an attempt.

Every working state names the stage that may work on it; a stage ends by moving
the attempt on, with `attempts.advance`, which compares before it sets. A declined
attempt still passes through DECIDING and PUBLISHING, because saying why nothing
is proposed is an effect like any other and policy decides it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """Where an attempt stands."""

    RECEIVED = "received"
    """A red run is known; nobody has read its logs yet. Stage: observe."""
    REPRODUCING = "reproducing"
    LOCALIZING = "localizing"
    REPAIRING = "repairing"
    VERIFYING = "verifying"
    DECIDING = "deciding"
    """There is a trace, of a repair or of a reason; policy has not been asked."""
    PUBLISHING = "publishing"
    """Something may be shown outside, if policy still says so at that moment."""
    WATCHING = "watching"
    """A pull request is open."""
    TIDYING = "tidying"
    """A person has answered the pull request; its branch is still there."""
    DONE = "done"
    """A person has answered the pull request, or the patch was offered in a check run."""
    DECLINED = "declined"
    """Nothing was proposed; `Attempt.reason` says which of the named reasons."""
    FAILED = "failed"
    """Goldseam itself broke; `Attempt.sentence` says how."""
    SUPERSEDED = "superseded"
    """Another attempt, or a newer commit, took its place."""


TERMINAL = frozenset({State.DONE, State.DECLINED, State.FAILED, State.SUPERSEDED})

MOVES: Mapping[State, frozenset[State]] = {
    State.RECEIVED: frozenset({State.REPRODUCING, State.DECIDING, State.FAILED}),
    State.REPRODUCING: frozenset({State.LOCALIZING, State.DECIDING, State.FAILED}),
    State.LOCALIZING: frozenset({State.REPAIRING, State.DECIDING, State.FAILED}),
    State.REPAIRING: frozenset({State.VERIFYING, State.DECIDING, State.FAILED}),
    State.VERIFYING: frozenset({State.DECIDING, State.FAILED}),
    State.DECIDING: frozenset({State.PUBLISHING, State.DONE, State.DECLINED, State.SUPERSEDED, State.FAILED}),
    State.PUBLISHING: frozenset({State.WATCHING, State.DONE, State.DECLINED, State.SUPERSEDED, State.FAILED}),
    State.WATCHING: frozenset({State.TIDYING, State.SUPERSEDED, State.FAILED}),
    State.TIDYING: frozenset({State.DONE, State.FAILED}),
    State.DONE: frozenset(),
    State.DECLINED: frozenset(),
    State.FAILED: frozenset(),
    State.SUPERSEDED: frozenset(),
}

STAGES: Mapping[State, str] = {
    State.RECEIVED: "observe",
    State.REPRODUCING: "reproduce",
    State.LOCALIZING: "localize",
    State.REPAIRING: "repair",
    State.VERIFYING: "verify",
    State.DECIDING: "decide",
    State.PUBLISHING: "publish",
    State.WATCHING: "watch",
    State.TIDYING: "tidy",
}
"""Which stage works on an attempt in a state; a terminal state has none."""

WRITING = frozenset({State.PUBLISHING, State.TIDYING})
"""States whose stage may get a token that writes; its worker runs no code of a repository."""
