"""What the search learns on its way: an edit that changes how tests fail stands near the fault.

A search that tries every edit of a place is mutation-based localization for free
(Metallaxis: Papadakis and Le Traon 2015; MUSE: Moon et al. 2014).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from fixers.localize.weights import Weights
from fixers.model import Suspect

_OTHER_MESSAGE = 0.25
"""For an edit after which tests fail in another way, against 1 for one that turns them all green."""
_NEIGHBOUR = 0.5
"""What the rest of the function gets of it."""


@dataclass(frozen=True, slots=True)
class Observation:
    """What one tried edit did to the failing tests."""

    path: str
    line: int
    function: str
    failing: int
    """Failing tests that were run with it."""
    mended: int
    """Of those, how many pass with it."""
    fails_otherwise: bool = False
    """Whether one of the others fails with another exception or message than before."""

    @property
    def value(self) -> float:
        """Return how strongly this speaks for the place, between 0 and 1."""
        share = self.mended / self.failing if self.failing else 0.0
        return max(share, _OTHER_MESSAGE if self.fails_otherwise else 0.0)

    @property
    def reason(self) -> str:
        """Say it in words."""
        if self.mended:
            return f"an edit here turned {self.mended} of {self.failing} failing tests green"
        return "an edit here changed how a test fails"


def with_feedback(
    suspects: Sequence[Suspect], observations: Iterable[Observation], weights: Weights | None = None
) -> tuple[Suspect, ...]:
    """Return the suspects with the search's partial successes counted in, best first.

    Give the suspects as localization ranked them and all observations so far: what was
    counted in before is not taken out again. Edits that changed nothing need not be given.
    """
    at_line: dict[tuple[str, int], Observation] = {}
    in_function: dict[tuple[str, str], Observation] = {}
    for one in observations:
        if one.value > 0:
            _keep(at_line, (one.path, one.line), one)
            if one.function:
                _keep(in_function, (one.path, one.function), one)
    weight = (weights or Weights()).partial
    ranked = [_lifted(s, at_line, in_function, weight) for s in suspects]
    return tuple(sorted(ranked, key=lambda s: (-s.score, s.path, s.line)))


def _keep(found: dict[Any, Observation], key: object, one: Observation) -> None:
    if key not in found or one.value > found[key].value:
        found[key] = one


def _lifted(
    suspect: Suspect,
    at_line: dict[tuple[str, int], Observation],
    in_function: dict[tuple[str, str], Observation],
    weight: float,
) -> Suspect:
    here = at_line.get((suspect.path, suspect.line))
    near = in_function.get((suspect.path, suspect.function))
    value = max(here.value if here else 0.0, _NEIGHBOUR * near.value if near else 0.0)
    said = here.reason if here else f"in its function, {near.reason.replace(' here', '')}" if near else ""
    if not value:
        return suspect
    return suspect.model_copy(
        update={"score": round(suspect.score + weight * value, 4), "reasons": (*suspect.reasons, said)}
    )
