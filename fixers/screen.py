"""Judge mutations in batches: together in one process where their code can be swapped, the rest one by one."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from fixers.hunt import FELL, Counts, Hunt, Plausible
from fixers.runner.evaluator import Evaluator, Outcome, Pending, Status, Trial, Variant
from fixers.runner.evaluators import fastest
from fixers.search.mutation import Mutation
from fixers.search.registry import ASKED_ONLY

PLAUSIBLE_CAP = 200
"""Plausible candidates kept; more than this says that the tests are weak here, whatever else is found."""
ROUND = 1024
"""What a round costs, in swaps of code: two batches, or ten fresh imports."""
_LARGEST = 512
"""Mutations that one process screens at most."""
_ENDLESS_LEAST = 24
"""Mutations of a batch where a test has no end, which each process has to find out for itself."""
_BATCH_SECONDS = 1.0
_OWN_SECONDS = 0.0005
"""What a variant costs beside its tests."""
_ENDLESS_SECONDS = 0.1
_COST_SECONDS = 0.0015
"""Real time for the cost of one more swap: a fresh import takes 0.15 s."""


def screen(hunt: Hunt, stream: Iterator[Mutation], until: Callable[[], bool] = lambda: False) -> None:
    """Judge a stream to its end, or until the budget or `until` says to stop; a few batches at once.

    `until` is asked after each round, which ends at a cost, not at a time, and
    results are taken in the order of generation: so the same tree and the same number
    of candidates give the same finds, however fast the machine is.
    """
    hunt.evaluator.until = hunt.deadline
    flight: deque[tuple[list[Mutation], list[_Part]]] = deque()
    began = hunt.cost
    for mutations in _batches(hunt, stream):
        flight.append((mutations, _begin(hunt, hunt.ladder, mutations)))
        round_ends = hunt.cost - began >= ROUND
        began = hunt.cost if round_ends else began
        while flight and (len(flight) >= hunt.jobs or round_ends):
            _land(hunt, *flight.popleft())
        if round_ends and (len(hunt.plausible) >= PLAUSIBLE_CAP or until()):
            break
    while flight:
        _land(hunt, *flight.popleft())


def variant_of(mutation: Mutation) -> Variant:
    """Return the mutation as evaluators take it."""
    return Variant(path=mutation.path, swap=mutation.swap, sources=_Module(mutation))


@dataclass(frozen=True, slots=True)
class _Module(Mapping[str, str]):
    """The mutated module, written out only for an evaluator that imports it."""

    mutation: Mutation

    def __getitem__(self, path: str) -> str:
        if path != self.mutation.path:
            raise KeyError(path)
        return self.mutation.module

    def __iter__(self) -> Iterator[str]:
        yield self.mutation.path

    def __len__(self) -> int:
        return 1


@dataclass(frozen=True, slots=True)
class _Part:
    """Mutations of one batch under evaluation by the fastest evaluator that takes them."""

    evaluator: Evaluator
    mutations: list[Mutation]
    pending: Pending


def _batches(hunt: Hunt, stream: Iterator[Mutation]) -> Iterator[list[Mutation]]:
    batch: list[Mutation] = []
    began = hunt.cost
    each, seconds = _seconds(hunt), 0.0
    least = 1 if {*hunt.failing} <= {*hunt.evaluator.durations} else _ENDLESS_LEAST
    for found in stream:
        if hunt.spent():
            break
        mutation = replace(found, swap=None) if _is_too_late(hunt, found) else found
        key = (mutation.path, _identity(mutation))
        if key in hunt.tried:
            continue
        hunt.tried.add(key)
        hunt.counts(mutation.fixer).generated += 1
        cost = fastest(hunt.ladder, variant_of(mutation)).cost
        hunt.cost += cost
        batch.append(mutation)
        seconds += each + _COST_SECONDS * (cost - 1)
        full = seconds >= _BATCH_SECONDS and len(batch) >= least
        if full or len(batch) == _LARGEST or hunt.cost - began >= ROUND:
            yield batch
            began = hunt.cost if hunt.cost - began >= ROUND else began
            batch, seconds = [], 0.0
    if batch:
        yield batch


def _is_too_late(hunt: Hunt, mutation: Mutation) -> bool:
    """Say whether a swap of the code would come after its work is done."""
    return mutation.swap is not None and hunt.only_at_import(mutation.path, mutation.swap.qualname)


def _seconds(hunt: Hunt) -> float:
    """Estimate what a variant takes, so that a batch takes about a second."""
    return _OWN_SECONDS + (hunt.evaluator.durations.get(hunt.failing[0], _ENDLESS_SECONDS) if hunt.failing else 0.0)


def _begin(hunt: Hunt, ladder: Sequence[Evaluator], mutations: Sequence[Mutation]) -> list[_Part]:
    """Begin to judge mutations, each by the fastest evaluator of a ladder that does not refuse it."""
    groups: dict[str, tuple[Evaluator, list[Mutation]]] = {}
    for mutation in mutations:
        evaluator = fastest(ladder, variant_of(mutation))
        groups.setdefault(evaluator.name, (evaluator, []))[1].append(mutation)
    return [
        _Part(evaluator, group, evaluator.begin([_trial(hunt, evaluator, m) for m in group], hunt.failing))
        for evaluator, group in groups.values()
    ]


def _trial(hunt: Hunt, evaluator: Evaluator, mutation: Mutation) -> Trial:
    """Ask a quick look for the quickest tests around, and a sure one for all of them."""
    around = hunt.impacted if evaluator.sure else hunt.quick_around
    return Trial(variant_of(mutation), around(mutation.path, mutation.function))


def _land(hunt: Hunt, mutations: Sequence[Mutation], parts: Sequence[_Part]) -> None:
    """Take the outcomes in the order of generation; what passes a quick look is looked at again."""
    said = _outcomes(parts)
    closer = []
    for mutation in mutations:
        counts = hunt.counts(mutation.fixer)
        counts.validated += 1
        evaluator, outcome = said[id(mutation)]
        if outcome.status is Status.FURTHER:
            hunt.partial.append(mutation)
        if _is_settled(evaluator, outcome):
            _judge(hunt, mutation, outcome, counts)
        else:
            closer.append((mutation, evaluator))
    _look_closer(hunt, closer)
    hunt.progress.tick(
        tried=hunt.validated, passing=len(hunt.plausible), seconds_left=max(0.0, hunt.deadline - time.monotonic())
    )


def _look_closer(hunt: Hunt, unsettled: Sequence[tuple[Mutation, Evaluator]]) -> None:
    """Have the next evaluators say what one before could not, until each mutation is settled."""
    while unsettled:
        said: dict[int, tuple[Evaluator, Outcome]] = {}
        for rung, evaluator in enumerate(hunt.ladder):
            said |= _outcomes(_begin(hunt, hunt.ladder[rung + 1 :], [m for m, by in unsettled if by is evaluator]))
        later = []
        for mutation, _ in unsettled:
            evaluator, outcome = said[id(mutation)]
            if _is_settled(evaluator, outcome) or evaluator is hunt.ladder[-1]:
                _judge(hunt, mutation, outcome, hunt.counts(mutation.fixer))
            else:
                later.append((mutation, evaluator))
        unsettled = later


def _outcomes(parts: Sequence[_Part]) -> dict[int, tuple[Evaluator, Outcome]]:
    return {
        id(mutation): (part.evaluator, outcome)
        for part in parts
        for mutation, outcome in zip(part.mutations, part.pending.outcomes(), strict=True)
    }


def _is_settled(evaluator: Evaluator, outcome: Outcome) -> bool:
    return outcome.status is not Status.UNSUPPORTED and (evaluator.sure or outcome.status in FELL)


def _judge(hunt: Hunt, mutation: Mutation, outcome: Outcome, counts: Counts) -> None:
    if hunt.passes(outcome, counts) and mutation.template not in ASKED_ONLY:
        hunt.keep(Plausible(mutation, mutation.swap), counts)
    elif hunt.breaks(outcome):
        hunt.excessive.append(mutation)


def _identity(mutation: Mutation) -> str:
    return f"{mutation.swap.line}:{mutation.swap.source}" if mutation.swap else mutation.module
