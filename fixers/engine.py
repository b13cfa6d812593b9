"""The engine: from a failing suite to a trace that ends in a proven patch or in a reason.

Four stages, each a function over documents, so that one process can run them all
(`attempt`) and a control plane can run them one by one.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from importlib.metadata import version as distribution_version
from typing import Self

from fixers import story
from fixers.codemods.base import Scene
from fixers.dependencies.bounds import bound_offers
from fixers.dependencies.missing import missing_modules
from fixers.dependencies.offer import declined_missing
from fixers.dependencies.python_versions import is_supported
from fixers.evidence import Localized, Observed, Repair, Trace
from fixers.expectations import held_back
from fixers.guidance import hints_of
from fixers.installed import installed_in
from fixers.localize.groups import documents_of, group_failures
from fixers.localize.probe import probe
from fixers.localize.rank import rank
from fixers.localize.spectrum import read_spectrum
from fixers.mend import literals_of_tests, look_at, mend, picked
from fixers.model import Declined, Failure, FileEdit, Reason
from fixers.outcome import conclude, declined_trace, green_trace
from fixers.outdated_tests import with_test_offer
from fixers.patch import fits
from fixers.progress import Progress, Silent
from fixers.project import is_test_path
from fixers.reproduce import Green, reproduce
from fixers.request import Request
from fixers.runner.sandbox import Sandbox
from fixers.tools.outcome import conclude_tool
from fixers.tools.repair import repair_tool
from fixers.tools.reproduce import localize_tool, reproduce_tool
from fixers.verify import Base

VERSION = distribution_version("goldseam")


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
    observed = reproduce(
        request.target,
        sandbox,
        request.project,
        asked=request.asked,
        expected=request.expected,
        reported=request.reported,
        base=request.base,
        test_seconds=request.test_seconds,
    )
    python = request.target.python_release
    too_old = isinstance(observed, Observed) and not is_supported(request.target.tree, python)
    return _too_old(python) if too_old else observed


def _too_old(python: tuple[int, int]) -> Declined:
    return Declined(
        Reason.ENVIRONMENT_FAILED,
        f"The project requires a newer Python than {python[0]}.{python[1]}, which runs here, so nothing is written for "
        "this one.",
        "Give an interpreter that the project supports: --python.",
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
        hints=hints_of(request.guidance, request.project),
    )
    return Localized(suspects=suspects, spectrum=dict(probed.spectrum), notes=notes, groups=documents_of(read, groups))


def run_repair(
    request: Request, observed: Observed, localized: Localized, sandbox: Sandbox, progress: Progress | None = None
) -> Repair:
    """Make candidates, screen them, and group what passes by behaviour; or mend what a tool finds."""
    progress = progress or Silent()
    if request.guidance.picked is not None and fits(request.guidance.picked.patch, request.project.files):
        return picked(request.guidance.picked, request.guidance.said_by)
    if observed.reproduction.tool is None:
        return mend(request, observed, localized, sandbox, progress)
    return repair_tool(
        request.target,
        request.project,
        observed.reproduction.tool,
        sandbox,
        installed=installed_in(request.target, sandbox),
        progress=progress,
        budget_seconds=request.budget_seconds,
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


def _tests_up_to_date(trace: Trace, request: Request, observed: Observed, sandbox: Sandbox) -> Trace:
    def look(edits: Sequence[FileEdit]) -> Sequence[Failure] | None:
        # One that passes too: a module that is skipped as a whole leaves no test, and a run of none says nothing.
        passing = [test for test, outcome in observed.outcomes.items() if outcome == "passed"][:1]
        wanted = (*observed.reproduction.failing, *(passing or sorted(filter(_is_test_file, request.project.files))))
        seen = look_at(request, observed, edits, sandbox, wanted)
        return seen.failures if seen is not None else None

    return with_test_offer(trace, observed, request.project, installed_in(request.target, sandbox), look)


def _is_test_file(path: str) -> bool:
    name = path.rpartition("/")[2]
    return is_test_path(path) and (name.startswith("test_") or name.endswith("_test.py"))


def explained(trace: Trace, request: Request, observed: Observed, sandbox: Sandbox) -> Trace:
    """Say what no candidate could mend, where the failure itself tells: a module that nothing installs."""
    if trace.status != "declined" or trace.reason not in {Reason.NO_CANDIDATE, Reason.BUDGET_EXHAUSTED}:
        return trace
    installed = installed_in(request.target, sandbox)
    missing = missing_modules(observed.failures, request.project, installed)
    if not missing:
        trace = _tests_up_to_date(trace, request, observed, sandbox)
        offers = bound_offers(Scene(observed.failures, request.project, installed), request.target.tree)
        return trace.model_copy(update={"offers": (*trace.offers, *offers)})
    said = declined_missing(missing, request.target.tree)
    update = {"reason": said.reason, "sentence": said.sentence, "next_step": said.next_step, "offers": said.offers}
    return trace.model_copy(update=update)


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
