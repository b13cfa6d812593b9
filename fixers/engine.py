"""The engine: from a failing suite to a trace that ends in a proven patch or in a reason.

Four stages, each a function over documents, so that one process can run them all
(`attempt`) and a control plane can run them one by one.
"""

from __future__ import annotations

import ast
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import version as distribution_version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol, Self

from fixers import story
from fixers.chain import Seen
from fixers.codemods.base import Scene
from fixers.dependencies.missing import missing_modules
from fixers.dependencies.offer import declined_missing
from fixers.evidence import Budget, Localized, Observed, Repair, Trace
from fixers.expectations import held_back
from fixers.hunt import Hunt
from fixers.installed import installed_in
from fixers.localize.groups import documents_of, group_failures
from fixers.localize.probe import probe
from fixers.localize.rank import rank
from fixers.localize.spectrum import Spectrum, read_spectrum
from fixers.model import Candidate, Declined, Failure, FileEdit, Reason, Suspect
from fixers.outcome import conclude, declined_trace, green_trace
from fixers.parts import search_groups
from fixers.patch import patched_tree
from fixers.progress import Progress, Silent
from fixers.project import Project
from fixers.repair import run_codemods, try_candidates
from fixers.reproduce import TEST_SECONDS, Green, joined_facts, reproduce
from fixers.runner.sandbox import Sandbox
from fixers.runner.servers import ForkEvaluator, ServerGone, fork_evaluator
from fixers.runner.suite import run_suite
from fixers.runner.target import Target
from fixers.select import select
from fixers.tools.outcome import conclude_tool
from fixers.tools.repair import repair_tool
from fixers.tools.reproduce import ToolRequest, localize_tool, reproduce_tool
from fixers.verify import Base

VERSION = distribution_version("goldseam")
VARIANT_SECONDS = 3.0
"""What a variant gets beside a multiple of the time its tests took before."""
FIXER_SECONDS, FIXER_CANDIDATES = 300.0, 20
"""What a further fixer may use, beyond the budget of the search."""


class Fixer(Protocol):
    """A further maker of candidates, asked after codemods and search: the model is one."""

    @property
    def name(self) -> str:
        """What the trace calls it."""

    def propose(self, case: Case) -> Iterator[Candidate]:
        """Yield candidates; each is screened and proven like any other."""

    def said(self) -> str:
        """Return how the last `propose` ended, in a sentence for a reviewer."""


@dataclass(frozen=True, slots=True)
class Case:
    """What a further fixer may see, and the one thing it may do: have a candidate tried."""

    project: Project
    failures: tuple[Failure, ...]
    suspects: tuple[Suspect, ...]
    hunt: Hunt


@dataclass(frozen=True, slots=True)
class Request:
    """One attempt: the tree, what is known of the fault, and the limits."""

    target: Target
    project: Project
    digest: str
    commit: str = ""
    asked: tuple[str, ...] = ()
    expected: tuple[str, ...] = ()
    reported: tuple[Failure, ...] = ()
    """Faults that were seen outside any test, for instance in production."""
    changed: Mapping[str, Collection[int]] = field(default_factory=dict)
    ages: Mapping[str, int] = field(default_factory=dict)
    """For a file, how many commits ago it was last changed; the newest commit is 0."""
    base: Target | None = None
    budget_seconds: float = 60.0
    budget_candidates: int = 250_000
    seed: int = 0
    jobs: int = 2
    fixers: tuple[Fixer, ...] = ()
    test_seconds: float = TEST_SECONDS
    """A test that outlives this fails."""
    tool: ToolRequest | None = None
    """A red command that is no test: then this is what has to become green."""


def attempt(request: Request, sandbox: Sandbox, progress: Progress | None = None) -> Trace:
    """Run all stages in this process and return the trace; never raises for what the target does."""
    progress = progress or Silent()
    clock: dict[str, float] = {}
    with _Timed("reproduce", clock, progress) as stage:
        observed = run_reproduce(request, sandbox)
        stage.line = story.reproduced(observed)
    if isinstance(observed, Green):
        return green_trace(VERSION, observed, clock)
    if isinstance(observed, Declined):
        return declined_trace(VERSION, observed, clock, rank(request.project, None, request.reported))
    with _Timed("localize", clock, progress) as stage:
        localized = run_localize(request, observed, sandbox)
        stage.line = story.localized(localized)
    with _Timed("repair", clock, progress) as stage:
        repair = run_repair(request, observed, localized, sandbox, progress)
        stage.line = story.repaired(repair, observed.reproduction.tool)
    with _Timed("verify", clock, progress) as stage:
        trace = run_verify(request, observed, localized, repair, sandbox)
        stage.line = story.verified(repair, trace)
    return trace.model_copy(update={"seconds": clock})


def run_reproduce(request: Request, sandbox: Sandbox) -> Observed | Green | Declined:
    """Run the suite, and what fails in it twice more; or the tool that is red."""
    if request.tool is not None:
        return reproduce_tool(request.target, sandbox, request.tool, test_seconds=request.test_seconds)
    return reproduce(
        request.target,
        sandbox,
        request.project,
        asked=request.asked,
        expected=request.expected,
        reported=request.reported,
        base=request.base,
        test_seconds=request.test_seconds,
    )


def run_localize(request: Request, observed: Observed, sandbox: Sandbox) -> Localized:
    """Probe the suite and rank the statements; a tool names its places itself."""
    if observed.reproduction.tool is not None:
        return localize_tool(observed.reproduction.tool)
    groups = group_failures(observed.failures, observed.reproduction.failing)
    probed = probe(request.target, sandbox, request.project, observed, groups, request.seed)
    notes = probed.notes
    if not probed.spectrum:
        notes += ("The probed run gave no statement counts; places come from tracebacks alone.",)
    read = read_spectrum(probed.spectrum, observed.reproduction.failing) if probed.spectrum else None
    suspects = rank(
        request.project,
        read,
        (*observed.failures, *request.reported),
        changed=request.changed,
        ages=request.ages,
        groups=groups,
    )
    return Localized(suspects=suspects, spectrum=dict(probed.spectrum), notes=notes, groups=documents_of(read, groups))


def run_repair(
    request: Request, observed: Observed, localized: Localized, sandbox: Sandbox, progress: Progress | None = None
) -> Repair:
    """Make candidates, screen them, and group what passes by behaviour; or mend what a tool finds."""
    if observed.reproduction.tool is not None:
        return repair_tool(
            request.target,
            request.project,
            observed.reproduction.tool,
            sandbox,
            installed=installed_in(request.target, sandbox),
            progress=progress or Silent(),
            budget_seconds=request.budget_seconds,
        )
    failing = sorted(observed.reproduction.failing, key=lambda i: observed.durations.get(i, 0.0))
    started = time.monotonic()
    endless = frozenset(observed.endless)
    durations = {test: seconds for test, seconds in observed.durations.items() if test not in endless}
    try:
        with fork_evaluator(
            request.target,
            sandbox,
            request.project,
            tests=tuple(observed.outcomes),
            rootdir=observed.rootdir,
            jobs=request.jobs,
            wall=VARIANT_SECONDS,
            durations=durations,
        ) as evaluator:
            hunt = Hunt(
                project=request.project,
                evaluator=evaluator,
                spectrum=_spectrum(localized, observed),
                failing=tuple(failing),
                passing=frozenset(i for i, o in observed.outcomes.items() if o == "passed"),
                progress=progress or Silent(),
                deadline=started + request.budget_seconds,
                budget_candidates=request.budget_candidates,
                jobs=request.jobs,
            )
            _hunt(hunt, request, observed, localized, sandbox)
            selection = select(hunt, request.changed)
    except ServerGone as gone:
        return _no_evaluator(request, time.monotonic() - started, str(gone))
    return Repair(
        clusters=selection.clusters,
        families=hunt.documents(),
        budget=_budget(request, hunt, time.monotonic() - started),
        calls=selection.calls,
        returning=selection.returning,
        settled=selection.settled,
        watched=selection.watched,
        interrupted=hunt.cut == "interrupted",
        notes=(*selection.notes, *hunt.notes, *_screening(evaluator)),
    )


def run_verify(request: Request, observed: Observed, localized: Localized, repair: Repair, sandbox: Sandbox) -> Trace:
    """Prove one proposal of each cluster and draw the conclusion."""
    base = Base(
        target=request.target,
        project=request.project,
        digest=request.digest,
        commit=request.commit,
        reproduction=observed.reproduction,
        outcomes=observed.outcomes,
        rootdir=observed.rootdir,
        test_literals=literals_of_tests(request.project, observed.reproduction.failing),
    )
    if base.reproduction.tool is not None:
        found = (observed, localized, repair)
        return conclude_tool(base, base.reproduction.tool, found, sandbox, version=VERSION, seed=request.seed)
    trace = conclude(base, observed, localized, repair, sandbox, version=VERSION, seed=request.seed, jobs=request.jobs)
    return held_back(explained(trace, request, observed, sandbox), observed, request.project)


def explained(trace: Trace, request: Request, observed: Observed, sandbox: Sandbox) -> Trace:
    """Say what no candidate could mend, where the failure itself tells: a module that nothing installs."""
    if trace.status != "declined" or trace.reason is not Reason.NO_CANDIDATE:
        return trace
    missing = missing_modules(observed.failures, request.project, installed_in(request.target, sandbox))
    if not missing:
        return trace
    said = declined_missing(missing, request.target.tree)
    update = {"reason": said.reason, "sentence": said.sentence, "next_step": said.next_step, "offers": said.offers}
    return trace.model_copy(update=update)


def _hunt(hunt: Hunt, request: Request, observed: Observed, localized: Localized, sandbox: Sandbox) -> None:
    installed = installed_in(request.target, sandbox)
    scene = Scene(
        failures=observed.failures,
        project=request.project,
        installed=installed,
        suspects=localized.suspects,
        values=observed.values,
        changed=request.changed,
    )
    mended = run_codemods(hunt, scene, lambda edits: _look(request, observed, edits, sandbox))
    if mended or missing_modules(observed.failures, request.project, installed):
        hunt.exhausted = True
        return
    literals = literals_of_tests(request.project, observed.reproduction.failing)
    search_groups(hunt, localized.groups, localized.suspects, observed.failures, literals)
    if not hunt.plausible and hunt.cut != "interrupted":
        case = Case(request.project, observed.failures, localized.suspects, hunt)
        for fixer in request.fixers:
            hunt.allow(FIXER_SECONDS, FIXER_CANDIDATES)
            try_candidates(hunt, fixer.propose(case))
            hunt.notes.append(f"{fixer.name}: {fixer.said()}")


def _look(request: Request, observed: Observed, edits: Sequence[FileEdit], sandbox: Sandbox) -> Seen | None:
    """Run the failing tests on an edited tree and return what is seen there; None when the run did not end."""
    with TemporaryDirectory(prefix="goldseam-look-") as scratch:
        tree = patched_tree(request.target.tree, edits, Path(scratch) / "tree")
        run = run_suite(
            replace(request.target, tree=tree),
            sandbox,
            wanted=observed.reproduction.failing,
            rootdir=observed.rootdir,
            test_seconds=observed.test_seconds,
        )
    return Seen(run.failures, joined_facts(run.tests)) if run.complete and run.tests else None


def literals_of_tests(project: Project, failing: Sequence[str]) -> tuple[object, ...]:
    """Return the constants that the failing tests hold: values to compare with, never code."""
    found: dict[str, object] = {}
    for test in failing:
        path, _, rest = test.partition("::")
        name = rest.split("[", 1)[0].rsplit("::", 1)[-1]
        if path not in project.files:
            continue
        try:
            tree = project.tree(path)
        except SyntaxError:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name:
                constants = (n.value for n in ast.walk(node) if isinstance(n, ast.Constant))
                found.update({repr(value): value for value in constants})
    return tuple(found.values())


def _spectrum(localized: Localized, observed: Observed) -> Spectrum | None:
    return read_spectrum(localized.spectrum, observed.reproduction.failing) if localized.spectrum else None


def _screening(evaluator: ForkEvaluator) -> tuple[str, ...]:
    why = evaluator.screen_note
    return (f"Not every candidate could be screened beside others, which takes longer: {why}.",) if why else ()


def _budget(request: Request, hunt: Hunt, seconds: float) -> Budget:
    return Budget(
        seconds=request.budget_seconds,
        seconds_used=round(seconds, 2),
        generated=hunt.generated,
        validated=hunt.validated,
        plausible=len(hunt.plausible),
        exhausted=hunt.exhausted,
    )


def _no_evaluator(request: Request, seconds: float, why: str) -> Repair:
    broken = f"the process that tries candidates ended: {why.strip()[-300:] or 'it gave no reason'}"
    budget = Budget(seconds=request.budget_seconds, seconds_used=round(seconds, 2))
    return Repair(clusters=(), families=(), budget=budget, broken=broken)


class _Timed:
    """Notes how long a stage took, and tells the progress that it began and what came of it."""

    def __init__(self, name: str, clock: dict[str, float], progress: Progress) -> None:
        self.name, self.clock, self.progress = name, clock, progress
        self.line = ""

    def __enter__(self) -> Self:
        self.progress.stage(self.name)
        self.started = time.monotonic()
        return self

    def __exit__(self, *_: object) -> None:
        seconds = time.monotonic() - self.started
        self.clock[self.name] = round(seconds, 2)
        if self.line:
            self.progress.said(self.line, seconds)
