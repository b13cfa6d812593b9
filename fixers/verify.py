"""Verify: prove a proposal by clean runs and static gates, or say at which gate it fell.

The order is by rising cost: integrity, static analysis against the tree before,
failing tests, the checkers that the project runs on itself, the whole suite, the
whole suite in random order. The tests are those of the tree under repair; a
proposal cannot touch them.
"""

from __future__ import annotations

import platform
import re
import tempfile
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from fixers import patch as patches
from fixers.checks.importers import lost_imports
from fixers.checks.integrity import integrity_gates
from fixers.checks.static import run_static, static_gate
from fixers.checks.unread import same_test
from fixers.evidence import (
    Behaviour,
    Budget,
    CommandRun,
    Evidence,
    Finding,
    Gate,
    Proposal,
    RedTool,
    Reproduction,
    StaticCheck,
)
from fixers.model import FileEdit
from fixers.project import Project
from fixers.reproduce import command_run
from fixers.runner.sandbox import Sandbox
from fixers.runner.suite import SuiteResult, run_suite
from fixers.runner.target import Target
from fixers.tools.judge import judge
from fixers.tools.own_checkers import Known, check_repair, own_checkers

REPEATS_AFTER = 3


@dataclass(frozen=True, slots=True)
class Base:
    """The tree under repair, as the proof refers to it."""

    target: Target
    project: Project
    digest: str
    commit: str
    reproduction: Reproduction
    outcomes: Mapping[str, str]
    """Test id to its outcome before."""
    rootdir: str
    test_literals: Collection[object] = ()
    checked: Known = field(default_factory=dict, repr=False, compare=False)
    """What the project's own checkers say of the tree, filled when they are first asked."""


@dataclass(frozen=True, slots=True)
class Proof:
    """Everything that was run for one proposal, whether it holds or not."""

    proposal: Proposal
    gates: tuple[Gate, ...]
    commands: tuple[CommandRun, ...] = ()
    static: tuple[StaticCheck, ...] = ()
    passing: tuple[str, ...] = ()
    after: tuple[Finding, ...] = ()
    """What the red tool still finds, where one is red."""

    @property
    def holds(self) -> bool:
        """Whether every gate passed."""
        return bool(self.gates) and all(g.passed for g in self.gates)

    @property
    def fell_at(self) -> str:
        """Name of the first gate that did not pass, or empty."""
        return next((g.name for g in self.gates if not g.passed), "")


@dataclass(slots=True)
class _Run:
    base: Base
    sandbox: Sandbox
    proposal: Proposal
    gates: list[Gate] = field(default_factory=list)
    commands: list[CommandRun] = field(default_factory=list)
    static: tuple[StaticCheck, ...] = ()
    passing: tuple[str, ...] = ()
    after: tuple[Finding, ...] = ()

    def gate(self, name: str, passed: bool, detail: str) -> bool:
        self.gates.append(Gate(name=name, passed=passed, detail=detail))
        return passed


def prove(base: Base, proposal: Proposal, sandbox: Sandbox, *, seed: int) -> Proof:
    """Run all gates for one proposal, stopping at the first that fails."""
    run = _Run(base, sandbox, proposal)
    edits = patches.apply(proposal.patch, base.project.files)
    if _static_gates(run, edits):
        with tempfile.TemporaryDirectory(prefix="goldseam-proof-") as scratch:
            tree = patches.patched_tree(base.target.tree, edits, Path(scratch) / "tree")
            _test_gates(run, edits, replace(base.target, tree=tree), seed)
    return Proof(proposal, tuple(run.gates), tuple(run.commands), run.static, run.passing, run.after)


def _static_gates(run: _Run, edits: Sequence[FileEdit]) -> bool:
    run.gates.extend(_integrity(run.base, edits))
    if not all(g.passed for g in run.gates):
        return False
    run.static = run_static(edits, sandbox=run.sandbox, target=run.base.target)
    gate = static_gate(run.static)
    run.gates.append(gate)
    return gate.passed


def _integrity(base: Base, edits: Sequence[FileEdit]) -> tuple[Gate, ...]:
    if base.reproduction.tool is None:
        return integrity_gates(edits, test_literals=base.test_literals)
    laid_out = {edit.path for edit in edits if edit.path.endswith(".py") and same_test(edit)}
    lost = lost_imports(edits, base.project)
    kept = "; ".join(lost) or "Every imported name that another file uses is still there"
    imports = Gate(name="G10 imports", passed=not lost, detail=f"{kept}.")
    return (*integrity_gates(edits, laid_out=laid_out), imports)


def _test_gates(run: _Run, edits: Sequence[FileEdit], target: Target, seed: int) -> bool:
    red = run.base.reproduction.tool
    mended = _failing_tests(run, target) if red is None else _tool(run, target, red)
    return mended and _own_checkers(run, edits) and _suites(run, target, seed)


def _own_checkers(run: _Run, edits: Sequence[FileEdit]) -> bool:
    red = run.base.reproduction.tool
    tools = own_checkers(run.base.target, beside=red.tool if red is not None else "")
    checks = check_repair(tools, edits, run.base.target, run.sandbox, run.base.checked)
    run.static = (*run.static, *checks)
    if checks:
        run.gates.append(static_gate(checks, name="the project's checkers"))
    return all(not check.new for check in checks)


def _tool(run: _Run, target: Target, red: RedTool) -> bool:
    judged = judge(red, target, run.sandbox)
    run.after = judged.findings
    run.commands.append(judged.command)
    return run.gate(red.tool, judged.passed, judged.detail)


def _suites(run: _Run, target: Target, seed: int) -> bool:
    if not run.base.outcomes:
        return run.gate("whole suite", True, "No test of this project could be run, before or after.")
    return _suite(run, target, None) and _suite(run, target, seed)


def _failing_tests(run: _Run, target: Target) -> bool:
    wanted = run.base.reproduction.failing
    seconds = 0.0
    for repeat in range(REPEATS_AFTER):
        # Under another hash seed each time: a repair that hangs on the order of a set is none.
        result = run_suite(target, run.sandbox, wanted=wanted, rootdir=run.base.rootdir, hash_seed=repeat)
        run.commands.append(command_run("failing", result))
        seconds += result.seconds
        bad = _not_passing(wanted, result)
        if bad:
            return run.gate("failing tests", False, f"{bad[0]} still does not pass.")
    return run.gate("failing tests", True, f"{len(wanted)} pass, {REPEATS_AFTER} times out of {REPEATS_AFTER}.")


def _suite(run: _Run, target: Target, seed: int | None) -> bool:
    name = "whole suite" if seed is None else "whole suite, random order"
    result = run_suite(target, run.sandbox, seed=seed)
    run.commands.append(command_run("suite" if seed is None else "suite_shuffled", result, seed))
    passed = {*result.ids("passed"), *_under_other_names(run.base.outcomes, result)}
    broken = [i for i, outcome in run.base.outcomes.items() if outcome == "passed" and i not in passed]
    broken += [i for i in _not_passing(run.base.reproduction.failing, result) if i not in broken]
    if broken and seed is not None:
        # A test that already depends on order is not this patch's doing: run the tree before in the same order.
        before = run_suite(run.base.target, run.sandbox, seed=seed)
        run.commands.append(command_run("suite_shuffled", before, seed))
        broken = [i for i in broken if i in before.ids("passed") or i in run.base.reproduction.failing]
    if broken:
        return run.gate(name, False, f"{broken[0]} no longer passes ({len(broken)} in all).")
    if not result.complete and run_suite(run.base.target, run.sandbox, seed=seed).complete:
        return run.gate(name, False, f"no test fails anew, but pytest itself fails at its end: {_last_line(result)}.")
    if seed is None:
        run.passing = tuple(i for i in result.ids("passed") if i in _all_wanted(run.base.reproduction.failing, result))
    order = "in the project's order" if seed is None else f"modules and tests shuffled with seed {seed}"
    return run.gate(name, True, f"{len(result.ids('passed'))} of {result.collected} pass, {order}.")


def _under_other_names(before: Mapping[str, str], result: SuiteResult) -> Iterator[str]:
    """Yield parametrized tests that are gone where as many of their function ran, and all passed.

    Names that are made of an address or of the order of a set are others in each run.
    """
    after: dict[str, list[str]] = {}
    for test in result.tests:
        after.setdefault(test.id.partition("[")[0], []).append(test.outcome)
    known = Counter(name.partition("[")[0] for name in before)
    there = {test.id for test in result.tests}
    for name in before:
        function, parameters, _ = name.partition("[")
        outcomes = after.get(function, [])
        if parameters and name not in there and len(outcomes) >= known[function] and {*outcomes} == {"passed"}:
            yield name


def _last_line(result: SuiteResult) -> str:
    """Return the last line that names an error, for it says why pytest did not come to its end."""
    lines = [line.strip(" |+-") for line in result.output_tail.splitlines()]
    said = [line for line in lines if re.match(r"[\w.]+(Error|Exception|Warning|Group)\b", line)]
    return (said or [line for line in lines if line] or ["it said nothing"])[-1][:200]


def _all_wanted(wanted: Collection[str], result: SuiteResult) -> set[str]:
    return {t.id for t in result.tests if t.id in wanted or t.id.split("::", 1)[0] in wanted}


def _not_passing(wanted: Sequence[str], result: SuiteResult) -> list[str]:
    """List wanted tests that did not pass; a module that did not import must now have passing tests and no others."""
    passed, failed = set(result.ids("passed")), set(result.ids("failed"))
    bad = []
    for name in wanted:
        if "::" in name:
            good = name in passed
        else:
            good = any(i.startswith(name + "::") for i in passed) and not any(
                i == name or i.startswith(name + "::") for i in failed
            )
        if not good:
            bad.append(name)
    return bad


def evidence_of(
    base: Base, proof: Proof, sandbox: Sandbox, *, version: str, budget: Budget, behaviour: Behaviour | None
) -> Evidence:
    """Write down what a stranger needs to run the proof again."""
    reproduction = base.reproduction
    return Evidence(
        goldseam_version=version,
        base_commit=base.commit,
        base_digest=base.digest,
        patch=proof.proposal.patch,
        patch_digest=patches.digest(proof.proposal.patch),
        python_version=base.target.python_version,
        platform=platform.platform(),
        packages=dict(base.target.packages),
        pytest_args=base.target.pytest_args,
        python_options=base.target.start.options,
        variables=base.target.start.variables,
        source_roots=base.target.source_roots,
        sandbox=sandbox.name,
        sandbox_layers=sandbox.layers,
        failing_before=reproduction.failing,
        repeats_before=reproduction.repeats,
        passing_after=proof.passing,
        repeats_after=2 if reproduction.tool else REPEATS_AFTER + 2,
        known_failures=reproduction.other_failures,
        suite_size=reproduction.suite_size,
        commands=(*reproduction.commands, *proof.commands),
        static=proof.static,
        gates=proof.gates,
        behaviour=behaviour,
        budget=budget,
        tool=reproduction.tool.model_copy(update={"after": proof.after}) if reproduction.tool else None,
    )
