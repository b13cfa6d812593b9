"""From suspects to sites: the statements they name, and the values those statements lean on."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from fixers.model import Suspect
from fixers.search.site import ModuleView, Site

_SIGNATURE = 0.6
_OUTER_VALUE = 0.25
_FLOOR = 1e-3
_HALVED = 10
"""At so many more suspicious places a place counts half. Scores fall slowly, chances fast: of 135 real faults the
first place of a ranking held 12 %, the first ten 54 %, the first hundred 79 % (FauxPy on BugsInPy)."""


@dataclass(frozen=True, slots=True)
class Place:
    """A site and how suspicious it is."""

    site: Site
    score: float


def places(views: Mapping[str, ModuleView], suspects: Sequence[Suspect]) -> tuple[Place, ...]:
    """Return the sites of `suspects`, each once with its highest score by rank, most suspicious first.

    Coverage never points at a default value or at a constant outside functions:
    both run at import. So the signatures of suspicious functions, and the
    module-level and class-level values they read, join with a part of the score.
    """
    scores: dict[Site, float] = {}
    for suspect in suspects:
        view = views.get(suspect.path)
        for site in view.at(suspect.line) if view else ():
            _raise(scores, site, max(suspect.score, _FLOOR))
    scores = _by_rank(scores)
    for site, score in list(scores.items()):
        for implied, share in (*_signatures(site), *_outer_values(site)):
            _raise(scores, implied, score * share)
    found = [Place(site, score) for site, score in scores.items()]
    return tuple(sorted(found, key=lambda place: (-place.score, place.site.view.path, place.site.line)))


def _by_rank(scores: Mapping[Site, float]) -> dict[Site, float]:
    """Weigh each score by how many are higher."""
    higher: dict[float, int] = {}
    for rank, score in enumerate(sorted(scores.values(), reverse=True)):
        higher.setdefault(score, rank)
    return {site: score / (1 + higher[score] / _HALVED) for site, score in scores.items()}


def _raise(scores: dict[Site, float], site: Site, score: float) -> None:
    scores[site] = max(score, scores.get(site, 0.0))


def _signatures(site: Site) -> Iterator[tuple[Site, float]]:
    for function in site.functions:
        signature = site.view.site_of(function)
        if signature is not None and signature.slots:
            yield signature, _SIGNATURE


def _outer_values(site: Site) -> Iterator[tuple[Site, float]]:
    """Yield assignments outside functions to the names and `self` attributes the site reads."""
    for slot in site.slots:
        identifier = slot.id if isinstance(slot, ast.Name) else slot.attr if isinstance(slot, ast.Attribute) else ""
        for outer in site.view.outer_values.get(identifier, ()):
            yield outer, _OUTER_VALUE
