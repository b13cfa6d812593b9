"""Repair: try codemods, then the search, then any further fixer, and keep what passes.

Candidates are screened by the fast evaluator: failing tests first, then the passing
tests that reach the edited function. What survives is plausible, not proven.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from fixers.checks.scope import check_scope
from fixers.codemods.base import Scene
from fixers.codemods.registry import ALL as CODEMODS
from fixers.evidence import Family
from fixers.localize.spectrum import Spectrum
from fixers.model import Candidate, Failure, Suspect, Tier
from fixers.progress import Progress
from fixers.project import Project
from fixers.runner.evaluator import Outcome, Status, Variant
from fixers.runner.servers import ForkEvaluator, ServerGone, Ticket
from fixers.runner.swap import swap_of
from fixers.search.generate import mutations
from fixers.search.mutation import Mutation, Swap
from fixers.search.render import Unrenderable, render

IMPACTED_CAP = 300
BATCH = 128
"""Mutations that one process screens."""
PLAUSIBLE_CAP = 60
"""Plausible candidates kept; more than this says that the tests are weak here, whatever else is found."""
_FELL = {Status.FAIL: "failing tests", Status.BREAKS: "tests around it", Status.TIMEOUT: "time limit"}
QUICK_SECONDS = 0.3
"""What the tests around a function may take together to be run in the screen."""


@dataclass(frozen=True, slots=True)
class Plausible:
    """A candidate that passes the failing tests and the tests around it."""

    candidate: Candidate
    swap: Swap | None


@dataclass(slots=True)
class Counts:
    """A family's score sheet."""

    generated: int = 0
    validated: int = 0
    passed: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    example: str = ""

    def refuse(self, gate: str) -> None:
        """Count a candidate that fell at a gate."""
        self.refused[gate] = self.refused.get(gate, 0) + 1


@dataclass(slots=True)
class Hunt:
    """One repair in progress: what it may use, and what it found so far."""

    project: Project
    evaluator: ForkEvaluator
    spectrum: Spectrum | None
    failing: tuple[str, ...]
    """Fastest first."""
    passing: frozenset[str]
    """Tests that passed before: the ones a patch must keep."""
    progress: Progress
    deadline: float
    budget_candidates: int
    jobs: int = 2
    _quick: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    families: dict[str, Counts] = field(default_factory=dict)
    plausible: list[Plausible] = field(default_factory=list)
    tried: set[tuple[str, str]] = field(default_factory=set)
    exhausted: bool = False
    notes: list[str] = field(default_factory=list)
    """What a fixer wants a reviewer to know, for instance why the model gave up."""
    cut: str = ""
    """Why the search ended before its space did: `budget`, `interrupted`, or empty."""

    @property
    def generated(self) -> int:
        """Candidates made so far."""
        return sum(c.generated for c in self.families.values())

    @property
    def validated(self) -> int:
        """Candidates whose tests ran."""
        return sum(c.validated for c in self.families.values())

    def documents(self) -> tuple[Family, ...]:
        """Return the score sheets, the families that came furthest first."""
        rows = [
            Family(
                name=name,
                generated=c.generated,
                validated=c.validated,
                passed_failing_tests=c.passed,
                refused=c.refused,
                example=c.example,
            )
            for name, c in self.families.items()
            if c.generated
        ]
        return tuple(sorted(rows, key=lambda f: (-f.passed_failing_tests, -f.validated, f.name)))

    def quick_around(self, path: str, function: str) -> tuple[str, ...]:
        """Return the quickest passing tests that run a function, as many as take `QUICK_SECONDS` together."""
        key = (path, function)
        if key not in self._quick:
            chosen, total = [], 0.0
            for test in sorted(impacted(self, path, function), key=lambda t: self.evaluator.durations.get(t, 0.0)):
                total += self.evaluator.durations.get(test, 0.0) + 0.001  # pytest's own cost of a test
                if total > QUICK_SECONDS:
                    break
                chosen.append(test)
            self._quick[key] = tuple(chosen)
        return self._quick[key]

    def counts(self, name: str) -> Counts:
        """Return a family's score sheet."""
        return self.families.setdefault(name, Counts())

    def allow(self, seconds: float, candidates: int) -> None:
        """Give the next fixer its own time and number of candidates."""
        self.deadline = time.monotonic() + seconds
        self.budget_candidates = self.generated + candidates
        self.cut = ""

    def spent(self) -> bool:
        """Whether to stop now; notes why."""
        if self.progress.interrupted:
            self.cut = "interrupted"
        elif time.monotonic() > self.deadline or self.generated >= self.budget_candidates:
            self.cut = "budget"
        return bool(self.cut)


def run_codemods(hunt: Hunt, scene: Scene) -> bool:
    """Try every codemod in order of policy; True when a deterministic one is plausible, which ends the hunt."""
    for codemod in CODEMODS:
        try_candidates(hunt, codemod().propose(scene))
        if any(p.candidate.tier is Tier.A for p in hunt.plausible):
            return True
    return False


def try_candidates(hunt: Hunt, candidates: Iterable[Candidate]) -> None:
    """Screen whole-file candidates one after another."""
    for candidate in candidates:
        if hunt.spent():
            return
        counts = hunt.counts(candidate.fixer)
        counts.generated += 1
        key = (candidate.path, "".join(e.after for e in candidate.edits))
        if key in hunt.tried:
            counts.refuse("duplicate")
            continue
        hunt.tried.add(key)
        if any(check_scope(edit).fatal for edit in candidate.edits):
            counts.refuse("scope")
            continue
        swap = swap_of(candidate.edits[0].before, candidate.edits[0].after) if len(candidate.edits) == 1 else None
        sources = {e.path: e.after for e in candidate.edits}
        variant = Variant(path=candidate.path, swap=swap, sources=sources)
        counts.validated += 1
        outcome = hunt.evaluator.run(variant, _tests_for(hunt, candidate.path, candidate.function))
        if _passes(hunt, outcome, counts):
            counts.example = candidate.summary
            hunt.plausible.append(Plausible(candidate, swap))


def search(hunt: Hunt, suspects: Sequence[Suspect], failures: Sequence[Failure], literals: Sequence[object]) -> None:
    """Search best first over all suspects; once something is plausible, exhaust the functions it is in.

    First-plausible-wins is the classic way to overfit, so a find starts the second
    pass: every edit of the same function is tried before anything is chosen.
    """
    _screen(hunt, mutations(hunt.project, suspects, failures=failures, test_literals=literals), until_found=True)
    done: set[tuple[str, str]] = set()
    while not hunt.cut:
        places = {place_of(p) for p in hunt.plausible} - done
        if not places:
            break
        place = min(places)
        done.add(place)
        near = [s for s in suspects if s.path == place[0] and f"{s.function}.".startswith(f"{place[1]}.")]
        _screen(hunt, mutations(hunt.project, near, failures=failures, test_literals=literals), until_found=False)
    hunt.exhausted = not hunt.cut


def place_of(plausible: Plausible) -> tuple[str, str]:
    """Return what counts as one place for exhaustion: a path and an outermost function, or the module level."""
    swap = plausible.swap
    return plausible.candidate.path, swap.qualname if swap else plausible.candidate.function


def _screen(hunt: Hunt, stream: Iterator[Mutation], *, until_found: bool) -> None:
    """Judge mutations in batches, a few batches at once; results are taken in the order of generation.

    So the same tree and the same number of candidates give the same finds, however
    fast the machine is.
    """
    flight: deque[_Batch] = deque()
    found_before = len(hunt.plausible)
    for mutations_ in _batches(hunt, stream):
        flight.append(_begin(hunt, mutations_))
        if len(flight) >= hunt.jobs:
            _land(hunt, flight.popleft())
        if len(hunt.plausible) >= PLAUSIBLE_CAP or (until_found and len(hunt.plausible) > found_before):
            break
    while flight:
        _land(hunt, flight.popleft())


@dataclass(frozen=True, slots=True)
class _Batch:
    """Mutations under evaluation: swaps together in one process, the others each by itself."""

    mutations: list[Mutation]
    screen: int | None
    tickets: dict[int, Ticket]


def _batches(hunt: Hunt, stream: Iterator[Mutation]) -> Iterator[list[Mutation]]:
    batch: list[Mutation] = []
    for mutation in stream:
        if hunt.spent():
            break
        key = (mutation.path, _identity(mutation))
        if key in hunt.tried:
            continue
        hunt.tried.add(key)
        hunt.counts(f"search:{mutation.template}").generated += 1
        batch.append(mutation)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


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
        counts = hunt.counts(f"search:{mutation.template}")
        counts.validated += 1
        said = statuses.get(id(mutation), Status.PASS)
        if said in _FELL:
            counts.refuse(_FELL[said])
            counts.passed += said is Status.BREAKS
        else:
            closer.append((mutation, batch.tickets.get(index) or _start(hunt, mutation)))
    for mutation, ticket in closer:
        _judge(hunt, mutation, hunt.evaluator.finish(ticket), hunt.counts(f"search:{mutation.template}"))
    hunt.progress.tick(
        tried=hunt.validated, passing=len(hunt.plausible), seconds_left=max(0.0, hunt.deadline - time.monotonic())
    )


def _screened(hunt: Hunt, swaps: list[Mutation], number: int | None) -> dict[int, Status]:
    """Collect the statuses of a screen; a process that ended at a variant is followed by one for the rest."""
    said: dict[int, Status] = {}
    while number is not None:
        statuses = hunt.evaluator.finish_screen(number)
        said.update((id(m), status) for m, status in zip(swaps, statuses, strict=False))
        swaps = swaps[len(statuses) :]
        number = _start_screen(hunt, swaps) if statuses else None
    return said


def _start_screen(hunt: Hunt, swaps: list[Mutation]) -> int | None:
    if not swaps:
        return None
    variants = [(variant_of(m), hunt.quick_around(m.path, m.function)) for m in swaps]
    return hunt.evaluator.start_screen(variants, hunt.failing)


def _judge(hunt: Hunt, mutation: Mutation, outcome: Outcome, counts: Counts) -> None:
    if not _passes(hunt, outcome, counts):
        return
    try:
        edit = render(hunt.project, mutation)
    except Unrenderable:
        counts.refuse("render")
        return
    counts.example = mutation.summary
    candidate = Candidate(
        edits=(edit,),
        fixer=f"search:{mutation.template}",
        tier=mutation.tier,
        prior=mutation.prior,
        summary=mutation.summary,
        path=mutation.path,
        line=mutation.line,
        function=mutation.function,
    )
    hunt.plausible.append(Plausible(candidate, mutation.swap))


def _start(hunt: Hunt, mutation: Mutation) -> Ticket:
    return hunt.evaluator.start(variant_of(mutation), _tests_for(hunt, mutation.path, mutation.function))


def _tests_for(hunt: Hunt, path: str, function: str) -> tuple[str, ...]:
    """Return the failing tests and then those that must stay green: one process runs them in this order."""
    return (*hunt.failing, *impacted(hunt, path, function))


def _passes(hunt: Hunt, outcome: Outcome, counts: Counts) -> bool:
    if outcome.status is Status.PASS:
        counts.passed += 1
        return True
    fell_around = bool(outcome.failing) and not _is_failing(hunt, outcome.failing[0])
    if outcome.status is Status.FAIL and fell_around:
        counts.passed += 1
        counts.refuse("tests around it")
    else:
        counts.refuse(_FELL.get(outcome.status, "crash"))
    return False


def _is_failing(hunt: Hunt, test: str) -> bool:
    return test in hunt.failing or test.split("::", 1)[0] in hunt.failing


def impacted(hunt: Hunt, path: str, function: str) -> tuple[str, ...]:
    """Return the passing tests that run the edited function, at most 300, in run order."""
    if hunt.spectrum is None:
        return ()
    reaching = hunt.spectrum.tests_reaching(path, function) if function else tuple(hunt.spectrum.reached)
    return tuple(t for t in reaching if t in hunt.passing)[:IMPACTED_CAP]


def variant_of(mutation: Mutation) -> Variant:
    """Return the mutation as the evaluator takes it; sources only where a swap cannot do."""
    sources: Mapping[str, str] = {mutation.path: mutation.module} if mutation.swap is None else {}
    return Variant(path=mutation.path, swap=mutation.swap, sources=sources)


def _identity(mutation: Mutation) -> str:
    return f"{mutation.swap.line}:{mutation.swap.source}" if mutation.swap else mutation.module


__all__ = [
    "Hunt",
    "Plausible",
    "ServerGone",
    "impacted",
    "place_of",
    "run_codemods",
    "search",
    "try_candidates",
    "variant_of",
]
