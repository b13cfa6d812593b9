"""Judge mutations in batches: together in one process where their code can be swapped, the rest one by one."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from fixers.hunt import FELL, IMPORT_COST, SWAP_COST, Counts, Hunt, Plausible
from fixers.runner.evaluator import Outcome, Status, Variant
from fixers.runner.servers import Ticket
from fixers.search.mutation import Mutation

PLAUSIBLE_CAP = 200
"""Plausible candidates kept; more than this says that the tests are weak here, whatever else is found."""
ROUND = 1024
"""What a round costs, in swaps of code: two batches, or ten fresh imports."""
_LARGEST = 512
"""Mutations that one process screens at most."""
_LEAST = 16
"""A batch of fewer mutations is not halved again when it cannot be believed."""
_BATCH_SECONDS = 1.0
_OWN_SECONDS = 0.0005
"""What a variant costs beside its tests."""
_ENDLESS_SECONDS = 0.1
_IMPORT_SECONDS = 0.15
"""What an edit costs that needs a fresh import."""


def screen(hunt: Hunt, stream: Iterator[Mutation], until: Callable[[], bool] = lambda: False) -> None:
    """Judge a stream to its end, or until the budget or `until` says to stop; a few batches at once.

    `until` is asked after each round, which ends at a cost, not at a time, and
    results are taken in the order of generation: so the same tree and the same number
    of candidates give the same finds, however fast the machine is.
    """
    flight: deque[_Batch] = deque()
    began = hunt.cost
    for mutations in _batches(hunt, stream):
        flight.append(_begin(hunt, mutations))
        round_ends = hunt.cost - began >= ROUND
        began = hunt.cost if round_ends else began
        while flight and (len(flight) >= hunt.jobs or round_ends):
            _land(hunt, flight.popleft())
        if round_ends and (len(hunt.plausible) >= PLAUSIBLE_CAP or until()):
            break
    while flight:
        _land(hunt, flight.popleft())


def variant_of(mutation: Mutation) -> Variant:
    """Return the mutation as the evaluator takes it; sources only where a swap cannot do."""
    sources: Mapping[str, str] = {mutation.path: mutation.module} if mutation.swap is None else {}
    return Variant(path=mutation.path, swap=mutation.swap, sources=sources)


@dataclass(frozen=True, slots=True)
class _Batch:
    """Mutations under evaluation: swaps together in one process, the others each by itself."""

    mutations: list[Mutation]
    screen: int | None
    tickets: dict[int, Ticket]


def _batches(hunt: Hunt, stream: Iterator[Mutation]) -> Iterator[list[Mutation]]:
    batch: list[Mutation] = []
    began = hunt.cost
    each, seconds = _seconds(hunt), 0.0
    for found in stream:
        if hunt.spent():
            break
        mutation = replace(found, swap=None) if _swaps_in_vain(hunt, found) else found
        key = (mutation.path, _identity(mutation))
        if key in hunt.tried:
            continue
        hunt.tried.add(key)
        hunt.counts(mutation.fixer).generated += 1
        hunt.cost += SWAP_COST if mutation.swap else IMPORT_COST
        batch.append(mutation)
        seconds += each if mutation.swap else _IMPORT_SECONDS
        if seconds >= _BATCH_SECONDS or len(batch) == _LARGEST or hunt.cost - began >= ROUND:
            yield batch
            began = hunt.cost if hunt.cost - began >= ROUND else began
            batch, seconds = [], 0.0
    if batch:
        yield batch


def _swaps_in_vain(hunt: Hunt, mutation: Mutation) -> bool:
    """Say whether a swap of the code finds no function to swap, or would come after its work is done."""
    swap = mutation.swap
    if swap is None or hunt.evaluator.collected is None:
        return False
    return not hunt.evaluator.swaps(mutation.path, swap) or hunt.only_at_import(mutation.path, swap.qualname)


def _seconds(hunt: Hunt) -> float:
    """Estimate what a variant takes, so that a batch takes about a second."""
    return _OWN_SECONDS + (hunt.evaluator.durations.get(hunt.failing[0], _ENDLESS_SECONDS) if hunt.failing else 0.0)


def _begin(hunt: Hunt, batch: list[Mutation]) -> _Batch:
    swaps = [m for m in batch if m.swap is not None]
    number = _start_screen(hunt, swaps)
    tickets = {index: _start(hunt, m) for index, m in enumerate(batch) if m.swap is None or number is None}
    return _Batch(batch, number, tickets)


def _land(hunt: Hunt, batch: _Batch) -> None:
    swaps = [m for m in batch.mutations if m.swap is not None]
    statuses = _screened(hunt, swaps, batch.screen)
    closer: list[tuple[Mutation, Ticket]] = []
    for index, mutation in enumerate(batch.mutations):
        counts = hunt.counts(mutation.fixer)
        counts.validated += 1
        said = statuses.get(id(mutation), Status.PASS)
        if said in FELL:
            counts.refuse(FELL[said])
            counts.passed += said is Status.BREAKS
            if said is Status.FURTHER:
                hunt.partial.append(mutation)
        else:
            ticket = batch.tickets.get(index) or _start(hunt, mutation, afresh=said is Status.UNSUPPORTED)
            closer.append((mutation, ticket))
    for mutation, ticket in closer:
        _judge(hunt, mutation, _finish(hunt, mutation, ticket), hunt.counts(mutation.fixer))
    hunt.progress.tick(
        tried=hunt.validated, passing=len(hunt.plausible), seconds_left=max(0.0, hunt.deadline - time.monotonic())
    )


def _screened(hunt: Hunt, swaps: list[Mutation], number: int | None) -> dict[int, Status]:
    """Collect the statuses of a screen, as far as screens come.

    A process that ended at a variant is followed by one for the rest; a batch that
    cannot be believed, because something was changed for good, is halved.
    """
    said: dict[int, Status] = {}
    waiting = [(swaps, number)]
    while waiting:
        group, number = waiting.pop()
        if number is None:
            continue
        statuses = hunt.evaluator.finish_screen(number)
        said.update((id(m), status) for m, status in zip(group, statuses, strict=False))
        rest = group[len(statuses) :]
        half = len(rest) if statuses else len(rest) // 2
        if half >= _LEAST or statuses:
            waiting += [(part, _start_screen(hunt, part)) for part in (rest[half:], rest[:half])]
    return said


def _start_screen(hunt: Hunt, swaps: list[Mutation]) -> int | None:
    if not swaps:
        return None
    variants = [(variant_of(m), hunt.quick_around(m.path, m.function)) for m in swaps]
    return hunt.evaluator.start_screen(variants, hunt.failing)


def _start(hunt: Hunt, mutation: Mutation, *, afresh: bool = False) -> Ticket:
    variant = _imported(mutation) if afresh else variant_of(mutation)
    return hunt.evaluator.start(variant, hunt.tests_for(mutation.path, mutation.function))


def _finish(hunt: Hunt, mutation: Mutation, ticket: Ticket) -> Outcome:
    """Wait for an outcome; code that could not be swapped is tried by a fresh import."""
    outcome = hunt.evaluator.finish(ticket)
    if outcome.status is Status.UNSUPPORTED:
        outcome = hunt.evaluator.finish(_start(hunt, mutation, afresh=True))
    return outcome


def _imported(mutation: Mutation) -> Variant:
    return Variant(path=mutation.path, sources={mutation.path: mutation.module})


def _judge(hunt: Hunt, mutation: Mutation, outcome: Outcome, counts: Counts) -> None:
    if hunt.passes(outcome, counts):
        counts.example = mutation.summary
        hunt.plausible.append(Plausible(mutation, mutation.swap))


def _identity(mutation: Mutation) -> str:
    return f"{mutation.swap.line}:{mutation.swap.source}" if mutation.swap else mutation.module
