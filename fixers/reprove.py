"""Run somebody's evidence again, here, and say whether it holds."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from fixers import patch as patches
from fixers.evidence import Evidence, Gate, Observed, Proposal, Reproduction
from fixers.model import Declined
from fixers.project import Project
from fixers.reproduce import TEST_SECONDS, Green, reproduce
from fixers.runner.sandbox import Sandbox
from fixers.runner.target import Target
from fixers.tools.judge import counted, gone_and_left, shown
from fixers.tools.reproduce import ToolRequest, reproduce_tool
from fixers.verify import Base, prove


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the second run showed."""

    holds: bool
    gates: tuple[Gate, ...]
    differences: tuple[str, ...]
    """What is not as it was when the bundle was made; by itself no reason against it."""


def reprove(evidence: Evidence, target: Target, project: Project, digest: str, sandbox: Sandbox) -> Judgement:
    """Check the bundle against a tree: same files, same patch, tests that fail before and pass after.

    The tests named in the bundle must fail on this tree as it stands and pass with
    the patch; no test that passes before may fail after; no analyser may find
    anything new. Nothing in the bundle is believed without being run.
    """
    gates = [
        _gate(
            "tree",
            digest == evidence.base_digest,
            "The files are those the proof was made for.",
            "The files are not those the proof was made for; is the patch applied already?",
        ),
        _gate(
            "patch",
            patches.digest(evidence.patch) == evidence.patch_digest,
            "The patch is the one that was proven.",
            "The patch is not the one whose digest the bundle names.",
        ),
        _fits(evidence, project),
        _gate(
            "tests",
            bool(evidence.failing_before) or bool(evidence.tool and evidence.tool.findings),
            "The bundle names what the patch repairs.",
            "The bundle names no test and no finding that the patch repairs, so there is nothing to prove.",
        ),
    ]
    if not all(g.passed for g in gates):
        return Judgement(holds=False, gates=tuple(gates), differences=())
    differences = _differences(evidence, target)
    observed = _observed(evidence, target, project, sandbox)
    if isinstance(observed, Green | Declined):
        said = observed.sentence if isinstance(observed, Declined) else "No test fails on the tree as it stands."
        gates.append(Gate(name="before", passed=False, detail=said))
        return Judgement(holds=False, gates=tuple(gates), differences=differences)
    gates.append(_red_before(evidence, observed))
    if not gates[-1].passed:
        return Judgement(holds=False, gates=tuple(gates), differences=differences)
    base = Base(
        target=target,
        project=project,
        digest=digest,
        commit=evidence.base_commit,
        reproduction=_aimed(evidence, observed),
        outcomes=observed.outcomes,
        rootdir=observed.rootdir,
    )
    seeds = [c.seed for c in evidence.commands if c.seed is not None]
    proof = prove(base, _proposal(evidence), sandbox, seed=seeds[0] if seeds else 0)
    gates.extend(proof.gates)
    return Judgement(holds=all(g.passed for g in gates), gates=tuple(gates), differences=differences)


def _observed(evidence: Evidence, target: Target, project: Project, sandbox: Sandbox) -> Observed | Green | Declined:
    if evidence.tool is None:
        return reproduce(target, sandbox, project, asked=evidence.failing_before)
    request = ToolRequest(evidence.tool.tool, evidence.tool.arguments)
    return reproduce_tool(target, sandbox, request, test_seconds=TEST_SECONDS)


def _red_before(evidence: Evidence, observed: Observed) -> Gate:
    here = observed.reproduction.tool
    if evidence.tool is None or here is None:
        missing = [t for t in evidence.failing_before if t not in observed.reproduction.failing]
        good = f"{len(evidence.failing_before)} named tests fail without the patch."
        return _gate("before", not missing, good, f"{' '.join(missing[:1])} does not fail.")
    asked = evidence.tool.asked or evidence.tool.findings
    gone, _ = gone_and_left(asked, here.findings)
    good = f"{evidence.tool.tool} finds what the bundle names: {counted(len(asked))}."
    return _gate("before", not gone, good, f"{shown(gone[0])} is not found here." if gone else "")


def _aimed(evidence: Evidence, observed: Observed) -> Reproduction:
    """Ask of the patch what the bundle claims of it, and no more."""
    here = observed.reproduction.tool
    if evidence.tool is None or here is None:
        return observed.reproduction
    aim = here.model_copy(update={"asked": evidence.tool.asked})
    return observed.reproduction.model_copy(update={"tool": aim})


def _fits(evidence: Evidence, project: Project) -> Gate:
    try:
        patches.apply(evidence.patch, project.files)
    except patches.PatchDoesNotApply as error:
        return Gate(name="patch fits", passed=False, detail=str(error))
    return Gate(name="patch fits", passed=True, detail="The patch fits the files line by line.")


def _gate(name: str, passed: bool, good: str, bad: str) -> Gate:
    return Gate(name=name, passed=passed, detail=good if passed else bad)


def _proposal(evidence: Evidence) -> Proposal:
    return Proposal(patch=evidence.patch, fixer="bundle", tier=1, prior=1.0, summary="", path="", line=0)


def _differences(evidence: Evidence, target: Target) -> tuple[str, ...]:
    found = []
    if evidence.python_version != target.python_version:
        found.append(f"Python {target.python_version} here, {evidence.python_version} in the bundle")
    for name in sorted(set(evidence.packages) | set(target.packages)):
        have, had = target.packages.get(name, "absent"), evidence.packages.get(name, "absent")
        if have != had:
            found.append(f"{name} {have} here, {had} in the bundle")
    here, there = _started(target), (evidence.python_options, evidence.variables, evidence.pytest_args)
    if here != there:  # not taken from the bundle: what starts the tests may leave some of them out
        found.append(f"the tests start as `{_told(*here)}` here, as `{_told(*there)}` in the bundle")
    return tuple(found)


Started = tuple[tuple[str, ...], tuple[tuple[str, str], ...], tuple[str, ...]]


def _started(target: Target) -> Started:
    return target.start.options, target.start.variables, target.pytest_args


def _told(options: tuple[str, ...], variables: tuple[tuple[str, str], ...], arguments: tuple[str, ...]) -> str:
    """Return a test command as a person would type it."""
    settings = [f"{name}={shlex.quote(value)}" for name, value in variables]
    return " ".join((*settings, shlex.join(("python", *options, "-m", "pytest", *arguments))))
