"""The repair stage: ask the makers of candidates one after another, and group what passes by behaviour."""

from __future__ import annotations

import ast
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from fixers.chain import Seen
from fixers.choose.skipped import raising_frames
from fixers.codemods.base import Scene
from fixers.dependencies.missing import missing_modules
from fixers.evidence import Budget, Cluster, Family, Localized, Observed, Proposal, Repair
from fixers.hunt import Hunt
from fixers.installed import installed_in
from fixers.localize.spectrum import Spectrum, read_spectrum
from fixers.model import Failure, FileEdit
from fixers.outside import asks_outside, screening_tests, told
from fixers.parts import search_groups
from fixers.patch import patched_tree
from fixers.progress import Progress
from fixers.project import Project
from fixers.repair import run_codemods, try_candidates
from fixers.reproduce import joined_facts
from fixers.request import Case, Request
from fixers.runner.sandbox import Sandbox
from fixers.runner.servers import ForkEvaluator, ServerGone, fork_evaluator
from fixers.runner.suite import run_suite
from fixers.select import select

VARIANT_SECONDS = 3.0
"""What a variant gets beside a multiple of the time its tests took before."""
FIXER_SECONDS, FIXER_CANDIDATES = 300.0, 20
"""What a further fixer may use, beyond the budget of the search."""


def mend(request: Request, observed: Observed, localized: Localized, sandbox: Sandbox, progress: Progress) -> Repair:
    """Make candidates, screen them, and group what passes by behaviour."""
    started = time.monotonic()
    endless = frozenset(observed.endless)
    try:
        with fork_evaluator(
            request.target,
            sandbox,
            request.project,
            tests=tuple(observed.outcomes),
            rootdir=observed.rootdir,
            jobs=request.jobs,
            wall=VARIANT_SECONDS,
            durations={test: seconds for test, seconds in observed.durations.items() if test not in endless},
        ) as evaluator:
            spectrum = _spectrum(localized, observed)
            hunt = Hunt(
                project=request.project,
                evaluator=evaluator,
                spectrum=spectrum,
                failing=screening_tests(observed, spectrum),
                passing=frozenset(i for i, o in observed.outcomes.items() if o == "passed"),
                progress=progress,
                deadline=started + request.budget_seconds,
                budget_candidates=request.budget_candidates,
                jobs=request.jobs,
                raising=raising_frames(observed.failures),
                guidance=request.guidance,
            )
            blind = frozenset(observed.reproduction.failing).difference(hunt.failing)
            if blind:
                hunt.outside = asks_outside(lambda edits: look_at(request, observed, edits, sandbox, sorted(blind)))
                hunt.notes.append(told(len(blind)))
            _ask(hunt, request, observed, localized, sandbox)
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


def picked(proposal: Proposal, by: str) -> Repair:
    """Return a repair stage that holds the one proposal a person picked; proving it is still to be done."""
    family = Family(name=proposal.fixer, generated=1)
    return Repair(
        clusters=(Cluster(proposals=(proposal,), size=1),),
        families=(family,),
        budget=Budget(seconds=0, seconds_used=0, generated=1, exhausted=True),
        picked_by=by,
    )


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


def _ask(hunt: Hunt, request: Request, observed: Observed, localized: Localized, sandbox: Sandbox) -> None:
    installed = installed_in(request.target, sandbox)
    scene = Scene(
        failures=observed.failures,
        project=request.project,
        installed=installed,
        suspects=localized.suspects,
        values=observed.values,
        changed=request.changed,
    )

    def rules(part: Hunt, failures: Sequence[Failure]) -> bool:
        alone = replace(scene, failures=tuple(failures))
        return run_codemods(part, alone, lambda edits: look_at(request, observed, edits, sandbox, part.failing))

    if rules(hunt, observed.failures) or missing_modules(observed.failures, request.project, installed):
        hunt.exhausted = True
        return
    literals = literals_of_tests(request.project, observed.reproduction.failing)
    groups = [group for group in localized.groups if set(group.tests) & set(hunt.failing)]
    search_groups(hunt, groups, localized.suspects, observed.failures, literals, rules)
    if not hunt.plausible and hunt.cut != "interrupted":
        case = Case(request.project, observed.failures, localized.suspects, hunt)
        for fixer in request.fixers:
            hunt.allow(FIXER_SECONDS, FIXER_CANDIDATES)
            try_candidates(hunt, fixer.propose(case))
            hunt.notes.append(f"{fixer.name}: {fixer.said()}")


def look_at(
    request: Request, observed: Observed, edits: Sequence[FileEdit], sandbox: Sandbox, wanted: Sequence[str]
) -> Seen | None:
    """Run failing tests on an edited tree and return what is seen there; None when the run did not end."""
    with TemporaryDirectory(prefix="goldseam-look-") as scratch:
        tree = patched_tree(request.target.tree, edits, Path(scratch) / "tree")
        run = run_suite(
            replace(request.target, tree=tree),
            sandbox,
            wanted=wanted,
            rootdir=observed.rootdir,
            test_seconds=observed.test_seconds,
        )
    return Seen(run.failures, joined_facts(run.tests)) if run.complete and run.tests else None


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
