"""Repair: try codemods, then the search, then any further fixer, and keep what passes.

Candidates are screened by the fast evaluator: failing tests first, then the passing
tests that reach the edited function. What survives is plausible, not proven.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from fixers.chain import Look, chain
from fixers.checks.scope import check_scope
from fixers.codemods.base import Codemod, Scene
from fixers.codemods.plugins import Plugin, in_order, proposals
from fixers.codemods.registry import ALL as CODEMODS
from fixers.hunt import Hunt, Plausible
from fixers.localize.feedback import Observation, with_feedback
from fixers.model import Candidate, Failure, Suspect, Tier
from fixers.patch import unified
from fixers.rules import plugins
from fixers.runner.evaluator import Variant
from fixers.runner.swap import swap_of
from fixers.screen import PLAUSIBLE_CAP, screen
from fixers.search.combine import pairs
from fixers.search.generate import BY_IMPORT, mutations, neighbourhood
from fixers.search.mutation import Mutation
from fixers.search.template import Replace

WIDER, WIDER_LEAST = 3, 2_000
"""After a find the search goes on to so many times what it had cost, and so much more at least."""
WIDEST, WIDEST_LEAST = 12, 12_000
"""The same while nothing was found that may be proposed."""
PAIRS_FIRST = 4_000
"""At this cost, and at each doubling of it, edits that mend a part are tried together while nothing mends all."""


def run_codemods(hunt: Hunt, scene: Scene, look: Look) -> bool:
    """Try every codemod in order of policy, those of other packages among them, then chains of them.

    True when a deterministic one is plausible, which ends the hunt.
    """
    found = plugins()
    hunt.notes.extend(why for why in found.refused if why not in hunt.notes)  # asked again for each of several faults
    codemods = in_order(CODEMODS, found.plugins)
    singles: list[Candidate] = []
    for codemod in codemods:
        try_candidates(hunt, _noted(_proposed(codemod, scene, hunt.notes), singles))
        if _rule_is_plausible(hunt):
            return True

    def propose(later: Scene) -> Iterable[Candidate]:
        return singles if later is scene else (c for m in codemods for c in _proposed(m, later, []))

    whole = chain(hunt, scene, propose, look)
    if whole is not None:
        try_candidates(hunt, [whole])
    return _rule_is_plausible(hunt)


def _proposed(codemod: type[Codemod] | Plugin, scene: Scene, notes: list[str]) -> Iterator[Candidate]:
    return proposals(codemod, scene, notes) if isinstance(codemod, Plugin) else codemod().propose(scene)


def _noted(candidates: Iterable[Candidate], into: list[Candidate]) -> Iterator[Candidate]:
    for candidate in candidates:
        into.append(candidate)
        yield candidate


def _rule_is_plausible(hunt: Hunt) -> bool:
    return any(p.origin.tier is Tier.A for p in hunt.plausible)


def try_candidates(hunt: Hunt, candidates: Iterable[Candidate]) -> None:
    """Screen whole-file candidates one after another."""
    for candidate in candidates:
        if hunt.spent():
            return
        if candidate.wider and any(p.origin.fixer == candidate.fixer for p in hunt.plausible):
            continue
        counts = hunt.counts(candidate.fixer)
        counts.generated += 1
        key = ("", "\0".join(sorted(f"{e.path}:{e.after}" for e in candidate.edits)))  # whichever file comes first
        if key in hunt.tried:
            counts.refuse("duplicate")
            continue
        hunt.tried.add(key)
        if any(check_scope(edit).fatal for edit in candidate.edits):
            counts.refuse("scope")
            continue
        if hunt.guidance.declined and hunt.guidance.is_declined(unified(candidate.edits)):
            counts.refuse("declined by a reviewer")
            continue
        swap = swap_of(candidate.edits[0].before, candidate.edits[0].after) if len(candidate.edits) == 1 else None
        sources = {e.path: e.after for e in candidate.edits}
        variant = Variant(path=candidate.path, swap=swap, sources=sources)
        counts.validated += 1
        if hunt.passes(hunt.evaluator.run(variant, hunt.tests_for(candidate.path, candidate.function)), counts):
            hunt.keep(Plausible(candidate, swap), counts)


def search(hunt: Hunt, suspects: Sequence[Suspect], failures: Sequence[Failure], literals: Sequence[object]) -> None:
    """Search best first over all suspects, and exhaust the places of what is found.

    First-plausible-wins is the classic way to overfit. So every edit of the place of a
    find is tried before anything is chosen, and the search over all suspects goes on
    for a while, because the truth may lie in another function.
    """
    suspects = [_by_cost(hunt, suspect) for suspect in suspects]
    wide = mutations(hunt.project, suspects, failures=failures, test_literals=literals)
    done: set[tuple[str, str, int]] = set()
    enough: float = math.inf
    sure = False
    look = PAIRS_FIRST
    while not hunt.cut and len(hunt.plausible) < PLAUSIBLE_CAP:
        found, before, excessive = len(hunt.plausible), hunt.generated, len(hunt.excessive)
        if hunt.cost < enough:
            stop = min(enough, look)
            screen(hunt, wide, lambda: len(hunt.plausible) > found or hunt.cost >= stop)  # noqa: B023 - called here
            wide.follow(hunt.excessive[excessive:])
        if hunt.cost >= look or hunt.generated == before:
            look = 2 * hunt.cost
            if hunt.partial and not hunt.plausible:
                screen(hunt, pairs(hunt.project, hunt.partial))
                wide.reweigh(with_feedback(suspects, map(_observed, hunt.partial)))
        if hunt.plausible and (enough == math.inf or (_may_propose(hunt) and not sure)):
            sure = _may_propose(hunt)
            times, least = (WIDER, WIDER_LEAST) if sure else (WIDEST, WIDEST_LEAST)
            enough = max(times * hunt.cost, hunt.cost + least)
        for place in sorted(_places(hunt) - done):
            screen(hunt, neighbourhood(hunt.project, suspects, place, failures=failures, test_literals=literals))
            if not hunt.cut and len(hunt.plausible) < PLAUSIBLE_CAP:
                done.add(place)
        if hunt.generated == before and _places(hunt) <= done:
            break
    hunt.exhausted = _places(hunt) <= done if hunt.plausible else not hunt.cut
    if hunt.exhausted and hunt.plausible and not _may_propose(hunt):
        _look_further(hunt, suspects, failures, literals)


def _may_propose(hunt: Hunt) -> bool:
    return any(p.origin.tier is not Tier.C for p in hunt.plausible)


def _look_further(
    hunt: Hunt, suspects: Sequence[Suspect], failures: Sequence[Failure], literals: Sequence[object]
) -> None:
    """Where only unlikely edits pass, try the other unlikely ones of their places; then they may count as their kind.

    They do when each of them keeps all that the code says. One that drops something is never certain, and beside
    such a one no other is.
    """
    for place in sorted({p.place for p in hunt.plausible if _is_far_fetched(p)}):
        screen(hunt, neighbourhood(hunt.project, suspects, place, failures=failures, test_literals=literals, least=0.0))
    done = not hunt.cut and len(hunt.plausible) < PLAUSIBLE_CAP
    if done and all(_keeps_all(p) for p in hunt.plausible if _is_far_fetched(p)):
        hunt.plausible = [_of_its_kind(p) for p in hunt.plausible]


def _is_far_fetched(plausible: Plausible) -> bool:
    return isinstance(plausible.origin, Mutation) and plausible.origin.far_fetched


def _keeps_all(plausible: Plausible) -> bool:
    """Say whether what an edit replaces stands in what it puts there, as in a call around a value."""
    made = plausible.origin.made if isinstance(plausible.origin, Mutation) else None
    if made is None or not isinstance(made[1].change, Replace):
        return False
    return all(any(node is old for node in ast.walk(new)) for old, new in made[1].change.pairs.items())


def _of_its_kind(plausible: Plausible) -> Plausible:
    origin = plausible.origin
    if isinstance(origin, Mutation) and origin.far_fetched:
        return Plausible(replace(origin, tier=Tier.B), plausible.swap)
    return plausible


def _by_cost(hunt: Hunt, suspect: Suspect) -> Suspect:
    """Put off what only a fresh import can try, as is done outside functions."""
    dear = suspect.function and hunt.only_by_import(suspect.path, suspect.function)
    return suspect.model_copy(update={"score": suspect.score * BY_IMPORT}) if dear else suspect


def _observed(mutation: Mutation) -> Observation:
    return Observation(mutation.path, mutation.line, mutation.function, failing=1, mended=0, fails_otherwise=True)


def _places(hunt: Hunt) -> set[tuple[str, str, int]]:
    return {plausible.place for plausible in hunt.plausible}
