"""The four evaluators behind one protocol, fastest first, and the choice among them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from fixers.project import Project
from fixers.runner.evaluator import Evaluator, Outcome, Status, Trial, Variant
from fixers.runner.sandbox import Ended, Limits, Sandbox
from fixers.runner.servers import ForkEvaluator
from fixers.runner.suite import SuiteResult, run_suite
from fixers.runner.target import Target

_AT_ONCE = 256
_IN_FLIGHT = 8
_TEST_SECONDS = 3.0


def fastest(ladder: Sequence[Evaluator], variant: Variant) -> Evaluator:
    """Return the first evaluator that does not refuse a variant; the last one refuses nothing it has sources for."""
    return next((evaluator for evaluator in ladder if not evaluator.refuses(variant)), ladder[-1])


@dataclass(frozen=True, slots=True)
class InProcess:
    """Swaps code in one forked process for hundreds of variants; sound while its canary sings."""

    servers: ForkEvaluator
    name: str = "in one process"

    def refuses(self, variant: Variant) -> str:
        """Refuse what is no swap, and everything once the canary found no test that can be run twice."""
        return self.servers.why_not_screened() or _no_swap(variant)

    def judge(self, trials: Sequence[Trial], failing: Sequence[str]) -> list[Outcome]:
        """Judge in batches; a process that ends at a variant is followed by one for the rest."""
        said: list[Outcome] = []
        while len(said) < len(trials):
            part = trials[len(said) : len(said) + _AT_ONCE]
            number = self.servers.start_screen([(t.variant, t.around) for t in part], failing)
            statuses = self.servers.finish_screen(number) if number is not None else []
            if not statuses:
                # Nothing may be believed of this batch; the next one starts after its first variant.
                statuses = [Status.UNSUPPORTED] * (1 if number is not None else len(part))
            said += [Outcome(status) for status in statuses]
        return said


@dataclass(frozen=True, slots=True)
class Forked:
    """Swaps code in a fork of the collected process, one for each variant."""

    servers: ForkEvaluator
    name: str = "in a fork"

    def refuses(self, variant: Variant) -> str:
        """Refuse what is no swap, and everything where the tests could not be collected."""
        return _no_swap(variant) or ("" if self.servers.collected else "the tests cannot be collected")

    def judge(self, trials: Sequence[Trial], failing: Sequence[str]) -> list[Outcome]:
        """Judge several at once, each in a fork."""
        return _judged(self.servers, [replace(t, variant=replace(t.variant, sources={})) for t in trials], failing)


@dataclass(frozen=True, slots=True)
class Imported:
    """Imports the changed sources afresh in a fork of a process that knows pytest and nothing of the project."""

    servers: ForkEvaluator
    name: str = "by a fresh import"

    def refuses(self, variant: Variant) -> str:
        """Refuse a variant that has no sources."""
        return _no_sources(variant)

    def judge(self, trials: Sequence[Trial], failing: Sequence[str]) -> list[Outcome]:
        """Judge several at once, each in a fork."""
        return _judged(self.servers, [replace(t, variant=replace(t.variant, swap=None)) for t in trials], failing)


@dataclass(frozen=True, slots=True)
class Clean:
    """Runs pytest in a new process over a changed copy of the tree: the truth, as the proof has it."""

    target: Target
    project: Project
    sandbox: Sandbox
    rootdir: str
    test_seconds: float = _TEST_SECONDS
    name: str = "in a clean process"

    def refuses(self, variant: Variant) -> str:
        """Refuse a variant that has no sources."""
        return _no_sources(variant)

    def judge(self, trials: Sequence[Trial], failing: Sequence[str]) -> list[Outcome]:
        """Judge one after another."""
        with TemporaryDirectory(prefix="goldseam-clean-") as scratch:
            tree = Path(scratch) / "tree"
            shutil.copytree(self.target.tree, tree, symlinks=True)
            return [self._judge(replace(self.target, tree=tree), trial, failing) for trial in trials]

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


def _no_swap(variant: Variant) -> str:
    return "" if variant.swap is not None else "the edit is outside functions"


def _no_sources(variant: Variant) -> str:
    return "" if variant.sources else "the variant has no sources"


def _judged(servers: ForkEvaluator, trials: Sequence[Trial], failing: Sequence[str]) -> list[Outcome]:
    said: list[Outcome] = []
    for start in range(0, len(trials), _IN_FLIGHT):
        part = trials[start : start + _IN_FLIGHT]
        tickets = [servers.start(trial.variant, (*failing, *trial.around)) for trial in part]
        said += [_told_apart(servers.finish(ticket), frozenset(failing)) for ticket in tickets]
    return said


def _told_apart(outcome: Outcome, failing: frozenset[str]) -> Outcome:
    """Name it BREAKS when the first test that failed is one that passed before; a module that fails is in the way."""
    first = outcome.failing[0] if outcome.failing else ""
    if outcome.status is Status.FAIL and "::" in first and first not in failing:
        return replace(outcome, status=Status.BREAKS)
    return outcome


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
