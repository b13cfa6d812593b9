"""What speaks against a behaviour by what it does, whatever else passes."""

from __future__ import annotations

from collections.abc import Sequence

from fixers.choose.replay import Comparison
from fixers.hunt import Plausible

_TOUCHED_LEAST, _TOUCHED_SHARE, _TOUCHED_MOST = 3, 0.2, 0.8
"""Calls of passing tests that a repair may change, and the share of them, before that is an objection.

Beyond the last share it is none: a fault in nearly every call is mended in nearly every call.
"""
_EQUATIONS = 2
"""Calls that a fitted constant must mend: one unknown, and more than one equation."""
_FITTED = frozenset({"search:wrong-number", "search:wrong-text"})
"""Templates that put in a constant of any size: one call can always be met by one."""
_ADDING = frozenset({"search:lost-statement", "search:lost-conversion"})
"""Templates that do something more, which a test seldom forbids."""


def objections(
    members: Sequence[Plausible], number: int | None, comparison: Comparison, *, asked_for: bool
) -> tuple[str, ...]:
    """Say in words what speaks against a behaviour; `number` is its column in the comparison, if it has one.

    That it changes what passing tests see is none where a person asked for a change of this very place.
    """
    said: list[str] = []
    if number is None and all(m.origin.fixer in _ADDING for m in members):
        said.append("it does something more, and no call could be made again to see what that changes")
    if number is not None:
        said += comparison.irregular[number][:2]
        changed = comparison.changed[number]
        least, most = _TOUCHED_SHARE * comparison.settled, _TOUCHED_MOST * comparison.settled
        if max(_TOUCHED_LEAST, least) < changed < most and not asked_for:
            said.append(
                f"of {comparison.settled} calls that only passing tests make and that gave a result, {changed} change"
            )
        if comparison.mended[number] < _EQUATIONS and all(m.origin.fixer in _FITTED for m in members):
            said.append("its constant is fitted to one single call, and nothing else tells that it is the right one")
    return tuple(said)
