"""Candidates as the search would leave them, from two texts of a file."""

from fixers.hunt import Plausible
from fixers.model import Candidate, FileEdit, Tier
from fixers.runner.swap import swap_of


def candidate(path: str, before: str, after: str, *, prior: float = 0.5, function: str = "") -> Plausible:
    """Return a candidate as the search would leave it, of the first line in which the texts differ."""
    pairs = zip(before.splitlines(), after.splitlines(), strict=False)
    line = next(number for number, (old, new) in enumerate(pairs, 1) if old != new)
    edit = FileEdit(path, before, after)
    swap = swap_of(before, after)
    name = function or (swap.qualname if swap else "")
    return Plausible(Candidate((edit,), "search:test", Tier.B, prior, "One.", path, line, name), swap)
