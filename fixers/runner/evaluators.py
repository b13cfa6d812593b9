"""Four of the evaluators behind one protocol, fastest first, and the choice among all of them."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from fixers.project import Project
from fixers.runner.evaluator import Evaluator, Outcome, Status, Trial, Variant
from fixers.runner.sandbox import Ended, Limits, Sandbox
from fixers.runner.servers import ForkEvaluator, Ticket
from fixers.runner.suite import SuiteResult, run_suite
from fixers.runner.target import Target

_LEAST = 16
"""A batch of fewer variants is not halved again when it cannot be believed."""
_TEST_SECONDS = 3.0


def fastest(ladder: Sequence[Evaluator], variant: Variant) -> Evaluator:
    """Return the first evaluator that does not refuse a variant; the last one refuses nothing it has sources for."""
    return next((evaluator for evaluator in ladder if not evaluator.refuses(variant)), ladder[-1])


def told_apart(outcome: Outcome, failing: frozenset[str]) -> Outcome:
    """Name it BREAKS when the first test that failed is one that passed before; a module that fails is in the way."""
    first = outcome.failing[0] if outcome.failing else ""
    if outcome.status is Status.FAIL and "::" in first and first not in failing:
        return replace(outcome, status=Status.BREAKS)
    return outcome


@dataclass(frozen=True, slots=True)
class InProcess:
    """Swaps code in one forked process for hundreds of variants; sound while its canary sings."""

    servers: ForkEvaluator
    name: str = "in one process"
    cost: int = 1
    sure: bool = False

    def refuses(self, variant: Variant) -> str:
        """Refuse what is no swap of a live function, and everything once the canary found no test to run twice."""
        return self.servers.why_not_screened() or _no_swap(self.servers, variant)

    def begin(self, trials: Sequence[Trial], failing: Sequence[str]) -> Screening:
        """Begin to judge all of them in one process."""
        return Screening(self.servers, trials, failing, _start_screen(self.servers, trials, failing))


@dataclass(frozen=True, slots=True)
class Screening:
    """A process that judges one variant after the other."""

    servers: ForkEvaluator
    trials: Sequence[Trial]
    failing: Sequence[str]
    number: int | None

    def outcomes(self) -> list[Outcome]:
        """Collect the outcomes as far as processes come; UNSUPPORTED is what none of them may be believed of.

        A process that ended at a variant is followed by one for the rest; a batch that
        cannot be believed, because something was changed for good, is halved.
        """
        said = [Outcome(Status.UNSUPPORTED)] * len(self.trials)
        waiting = [(range(len(self.trials)), self.number)]
        while waiting:
            group, number = waiting.pop()
            if number is None:
                continue
            statuses = self.servers.finish_screen(number)
            for index, status in zip(group, statuses, strict=False):
                said[index] = Outcome(status)
            rest = group[len(statuses) :]
            half = len(rest) if statuses else len(rest) // 2
            if rest and (half >= _LEAST or statuses):
                parts = [part for part in (rest[half:], rest[:half]) if part]
                waiting += [(part, self._restarted(part)) for part in parts]
        return said

    def _restarted(self, group: range) -> int | None:
        return _start_screen(self.servers, [self.trials[index] for index in group], self.failing)


def _start_screen(servers: ForkEvaluator, trials: Sequence[Trial], failing: Sequence[str]) -> int | None:
    return servers.start_screen([(trial.variant, trial.around) for trial in trials], failing) if trials else None


@dataclass(frozen=True, slots=True)
class Forked:
    """Swaps code in a fork of the collected process, one for each variant."""

    servers: ForkEvaluator
    name: str = "in a fork"
    cost: int = 1
    sure: bool = True

    def refuses(self, variant: Variant) -> str:
        """Refuse what is no swap of a live function, and everything where the tests could not be collected."""
        return _no_swap(self.servers, variant) or ("" if self.servers.collected else "the tests cannot be collected")

    def begin(self, trials: Sequence[Trial], failing: Sequence[str]) -> Forks:
        """Begin to judge several at once, each in a fork."""
        return _begun(self.servers, [replace(t, variant=replace(t.variant, sources={})) for t in trials], failing)


@dataclass(frozen=True, slots=True)
class Imported:
    """Imports the changed sources afresh in a fork of a process that knows pytest and nothing of the project."""

    servers: ForkEvaluator
    name: str = "by a fresh import"
    cost: int = 100
    sure: bool = True

    def refuses(self, variant: Variant) -> str:
        """Refuse a variant that has no sources."""
        return _no_sources(variant)

    def begin(self, trials: Sequence[Trial], failing: Sequence[str]) -> Forks:
        """Begin to judge several at once, each in a fork."""
        whole = [replace(t, variant=replace(t.variant, swap=None)) for t in trials]
        return replace(_begun(self.servers, whole, failing), ends=True)


@dataclass(frozen=True, slots=True)
class Forks:
    """Variants that run each in a process of its own."""

    servers: ForkEvaluator
    tickets: Sequence[Ticket]
    failing: frozenset[str]
    ends: bool = False
    """Whether the end of the search is not outlived: many imports may be under way, of seconds each."""

    def outcomes(self) -> list[Outcome]:
        """Wait for one after another; what is not waited for counts as out of time."""
        return [told_apart(self._outcome(ticket), self.failing) for ticket in self.tickets]

    def _outcome(self, ticket: Ticket) -> Outcome:
        late = self.ends and time.monotonic() > self.servers.until
        return Outcome(Status.TIMEOUT) if late else self.servers.finish(ticket)


@dataclass(frozen=True, slots=True)
class Clean:
    """Runs pytest in a new process over a changed copy of the tree: the truth, as the proof has it."""

    target: Target
    project: Project
    sandbox: Sandbox
    rootdir: str
    test_seconds: float = _TEST_SECONDS
    name: str = "in a clean process"
    cost: int = 1000
    sure: bool = True

    def refuses(self, variant: Variant) -> str:
        """Refuse a variant that has no sources."""
        return _no_sources(variant)

    def begin(self, trials: Sequence[Trial], failing: Sequence[str]) -> Judged:
        """Judge one after another, at once."""
        with TemporaryDirectory(prefix="goldseam-clean-") as scratch:
            tree = Path(scratch) / "tree"
            shutil.copytree(self.target.tree, tree, symlinks=True)
            return Judged([self._judge(replace(self.target, tree=tree), trial, failing) for trial in trials])

    def _judge(self, target: Target, trial: Trial, failing: Sequence[str]) -> Outcome:
        asked = (*failing, *trial.around)
        with _changed(target.tree, self.project, trial.variant):
            result = run_suite(
                target,
                self.sandbox,
                wanted=asked,
                rootdir=self.rootdir,
                limits=Limits(wall_seconds=60 + self.test_seconds * len(asked), memory_bytes=3 << 30),
                test_seconds=self.test_seconds,
            )
        return _outcome(result, asked, frozenset(failing))


@dataclass(frozen=True, slots=True)
class Judged:
    """Outcomes that are there already."""

    said: list[Outcome]

    def outcomes(self) -> list[Outcome]:
        """Return them."""
        return self.said


def _no_swap(servers: ForkEvaluator, variant: Variant) -> str:
    if variant.swap is None:
        return "the edit is outside functions"
    return "" if servers.swaps(variant.path, variant.swap) else "there is no live function of it"


def _no_sources(variant: Variant) -> str:
    return "" if variant.sources else "the variant has no sources"


def _begun(servers: ForkEvaluator, trials: Sequence[Trial], failing: Sequence[str]) -> Forks:
    tickets = [servers.start(trial.variant, (*failing, *trial.around)) for trial in trials]
    return Forks(servers, tickets, frozenset(failing))


@contextmanager
def _changed(tree: Path, project: Project, variant: Variant) -> Iterator[None]:
    for path, text in variant.sources.items():
        (tree / path).write_text(text, encoding="utf-8")
    try:
        yield
    finally:
        for path in variant.sources:
            (tree / path).write_text(project.text(path), encoding="utf-8")


def _outcome(result: SuiteResult, asked: Sequence[str], failing: frozenset[str]) -> Outcome:
    by_id = {test.id: test for test in result.tests}
    if result.hanging or result.ended is not Ended.EXITED:
        return Outcome(Status.TIMEOUT if result.ended in {Ended.WALL, Ended.CPU} else Status.CRASH)
    for name in asked:
        test = by_id.get(name)
        if test is None or test.outcome == "failed":
            failure = test.failure if test else None
            if failure is not None and failure.exception.endswith("TestTimedOut"):
                return Outcome(Status.TIMEOUT, (name,))
            if failure is None:  # its module was not imported
                return Outcome(Status.FAIL, (name.split("::", 1)[0],), "it was not run")
            signature = f"{failure.exception}: {failure.message}"[:400]
            return Outcome(Status.FAIL if name in failing else Status.BREAKS, (name,), signature)
    passed = sum(by_id[name].outcome == "passed" for name in asked)
    return Outcome(Status.PASS if passed else Status.FAIL, passed=passed)
