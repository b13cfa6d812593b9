"""A hunt: one repair in progress, what it may use, and what it found so far."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from fixers.evidence import Family
from fixers.guidance import Guidance
from fixers.localize.spectrum import Spectrum
from fixers.model import Candidate, FileEdit, Frame
from fixers.progress import Progress
from fixers.project import Project
from fixers.runner.evaluator import Evaluator, Outcome, Status
from fixers.runner.evaluators import Forked, Imported, InProcess
from fixers.runner.rerun import Rerun
from fixers.runner.servers import ForkEvaluator
from fixers.search.mutation import Mutation, Swap
from fixers.search.render import Unrenderable, render

FELL = {
    Status.FAIL: "failing tests",
    Status.FURTHER: "failing tests",
    Status.BREAKS: "tests around it",
    Status.TIMEOUT: "time limit",
}
"""What a score sheet calls the gate at which tests stop a candidate."""
RULE = "codemod:"
"""How the names of candidates that rules made begin."""
IMPACTED_CAP = 300
QUICK_SECONDS = 0.3
"""What the tests around a function may take together to be run in the screen."""


@dataclass(frozen=True, slots=True)
class Plausible:
    """A candidate that passes the failing tests and those around it; a mutation is written out only when wanted."""

    origin: Candidate | Mutation
    swap: Swap | None
    _written: list[Candidate] = field(default_factory=list, repr=False, compare=False)

    @property
    def rank(self) -> tuple[int, int, float, int]:
        """Sort key: tier, rules keyed on the failure before search, prior, size of the edited function."""
        by_rule = 0 if self.origin.fixer.startswith(RULE) else 1
        return (int(self.origin.tier), by_rule, -self.origin.prior, len(self.swap.source) if self.swap else 0)

    @property
    def place(self) -> tuple[str, str, int]:
        """What counts as one place for exhaustion: path and outermost function; a statement outside functions."""
        function = self.swap.qualname if self.swap else self.origin.function.split(".<locals>")[0]
        return self.origin.path, function, 0 if function else self.origin.line

    def meaning(self) -> str:
        """Return a text that two plausible candidates share if they are the same program."""
        if self.swap is not None:
            return f"{self.origin.path}:{self.swap.line}:{self.swap.source}"
        if isinstance(self.origin, Mutation):
            return f"{self.origin.path}:{self.origin.module}"
        return "\0".join(sorted(f"{edit.path}:{edit.after}" for edit in self.origin.edits))

    def candidate(self, project: Project) -> Candidate:
        """Return it in the author's layout; Unrenderable where that cannot be had."""
        found = self.origin
        if isinstance(found, Candidate):
            return found
        if not self._written:
            made = Candidate(
                edits=(render(project, found),),
                fixer=found.fixer,
                tier=found.tier,
                prior=found.prior,
                summary=found.summary,
                path=found.path,
                line=found.line,
                function=found.function,
            )
            self._written.append(made)  # asked for more than once, and a second on a large module
        return self._written[0]


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
    """One repair in progress."""

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
    raising: tuple[tuple[Frame, ...], ...] = ()
    """Frames of the code under repair in each failure that is no assertion, the raising one last."""
    ladder: tuple[Evaluator, ...] = field(init=False)
    """The fastest evaluator first."""
    _quick: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    _import_only: set[tuple[str, str]] | None = None
    _live: set[tuple[str, str]] | None = None
    families: dict[str, Counts] = field(default_factory=dict)
    plausible: list[Plausible] = field(default_factory=list)
    partial: list[Mutation] = field(default_factory=list)
    """Edits with which the failing tests get further, in the order in which they were found."""
    excessive: list[Mutation] = field(default_factory=list)
    """Edits with which the failing tests pass and others fail, in the order in which they were found."""
    cost: int = 0
    """What the search has spent, in swaps of code."""
    tried: set[tuple[str, str]] = field(default_factory=set)
    exhausted: bool = False
    """Whether every edit was tried that Goldseam knows for the places of what it found."""
    outside: Callable[[Sequence[FileEdit]], bool] | None = None
    """Asks the failing tests that run the code in another process, on the tree as it is on disk."""
    notes: list[str] = field(default_factory=list)
    """What a fixer wants a reviewer to know, for instance why the model gave up."""
    guidance: Guidance = field(default_factory=Guidance)
    """What people said of an earlier proposal."""
    cut: str = ""
    """Why the search ended before its space did: `budget`, `interrupted`, or empty."""

    def __post_init__(self) -> None:
        """Set up the ladder."""
        servers = self.evaluator
        self.ladder = (InProcess(servers), Forked(servers), Rerun(servers), Imported(servers))

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

    def impacted(self, path: str, function: str) -> tuple[str, ...]:
        """Return the passing tests that run the edited function, at most 300, in run order."""
        if self.spectrum is None:
            return ()
        reaching = self.spectrum.tests_reaching(path, function) if function else tuple(self.spectrum.reached)
        return tuple(t for t in reaching if t in self.passing)[:IMPACTED_CAP]

    def only_at_import(self, path: str, function: str) -> bool:
        """Say whether a function has done its work before any test runs, so that swapping its code shows nothing."""
        if self._import_only is None:
            statements = [s for s in self.spectrum.statements if s.function] if self.spectrum else []
            run = {(s.path, s.function) for s in statements if s.failed or s.passed}
            self._import_only = {(s.path, s.function) for s in statements if s.at_import} - run
        return (path, function) in self._import_only

    def only_by_import(self, path: str, function: str) -> bool:
        """Say whether an edit of a function needs a fresh import, because there is none to swap or it has run."""
        if self._live is None:
            self._live = {(path, name) for path, _, name in self.evaluator.live}
        live = any((path, name) in self._live for name in function.split("."))  # an inner one goes with its outer one
        return not live or self.only_at_import(path, function)

    def tests_for(self, path: str, function: str) -> tuple[str, ...]:
        """Return the failing tests and then those that must stay green: one process runs them in this order."""
        return (*self.failing, *self.impacted(path, function))

    def quick_around(self, path: str, function: str) -> tuple[str, ...]:
        """Return the quickest passing tests that run a function, as many as take `QUICK_SECONDS` together."""
        key = (path, function)
        if key not in self._quick:
            chosen, total = [], 0.0
            for test in sorted(self.impacted(path, function), key=lambda t: self.evaluator.durations.get(t, 0.0)):
                total += self.evaluator.durations.get(test, 0.0) + 0.001  # pytest's own cost of a test
                if total > QUICK_SECONDS:
                    break
                chosen.append(test)
            self._quick[key] = tuple(chosen)
        return self._quick[key]

    def passes(self, outcome: Outcome, counts: Counts) -> bool:
        """Note on the score sheet what the tests said of a candidate; True when all passed."""
        if outcome.status is Status.PASS:
            counts.passed += 1
            return True
        breaks = self.breaks(outcome)
        counts.passed += breaks
        counts.refuse(FELL.get(Status.BREAKS if breaks else outcome.status, "crash"))
        return False

    def keep(self, plausible: Plausible, counts: Counts) -> bool:
        """Keep what passes, unless it cannot be written and must be, or fails where another process runs the code."""
        if self.outside is not None:
            try:
                edits = plausible.candidate(self.project).edits
            except Unrenderable:
                counts.refuse("render")
                return False
            if not self.outside(edits):
                counts.passed -= 1
                counts.refuse(FELL[Status.FAIL])
                return False
        counts.example = plausible.origin.summary
        self.plausible.append(plausible)
        return True

    def breaks(self, outcome: Outcome) -> bool:
        """Say whether the failing tests passed, and one around them did not."""
        fell_around = bool(outcome.failing) and not self._is_failing(outcome.failing[0])
        return outcome.status is Status.BREAKS or (outcome.status is Status.FAIL and fell_around)

    def _is_failing(self, test: str) -> bool:
        """Say whether one of the failing tests is meant, or the file of one, which is what fails without an import."""
        return any(test in {failing, failing.partition("::")[0]} for failing in self.failing)
