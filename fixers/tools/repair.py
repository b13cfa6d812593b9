"""Mend what a tool finds: first by its own safe rules, then by ours, asking the tool after every step.

Nothing here is proven. A step that makes anything new appear is taken back.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from fixers.codemods.base import Installed
from fixers.evidence import Budget, Cluster, Family, Finding, Proposal, RedTool, Repair
from fixers.model import FileEdit, Tier
from fixers.patch import unified
from fixers.progress import Progress
from fixers.project import Project
from fixers.runner.sandbox import Sandbox
from fixers.runner.target import Target
from fixers.tools.annotate import annotate
from fixers.tools.bold import boldly
from fixers.tools.judge import counted, identity
from fixers.tools.registry import tool_named
from fixers.tools.repairs.base import Case, FindingRepair
from fixers.tools.repairs.registry import ALL
from fixers.tools.replay import reflow, replay
from fixers.tools.work import SINGLE, Work, together_or_apart


def repair_tool(
    target: Target,
    project: Project,
    red: RedTool,
    sandbox: Sandbox,
    *,
    installed: Installed,
    progress: Progress,
    budget_seconds: float,
) -> Repair:
    """Return one proposal that mends all that can be mended for certain, or none."""
    started = time.monotonic()
    tool = tool_named(red.tool)
    assert tool is not None  # noqa: S101 - reproduced with it
    work = Work(
        tool, red, target, project, sandbox, installed, progress, started + budget_seconds, findings=red.findings
    )
    replay(work)
    reflow(work, ("E501",))
    annotate(work, "type-arg")
    for repair in ALL:
        if work.wanted() and not work.spent:
            _by_rule(work, repair)
    annotate(work, "no-untyped-def")
    reflow(work, ())
    if work.wanted() and not work.spent:
        boldly(work)
    edits = work.edits(work.texts)
    return Repair(
        clusters=(Cluster(proposals=(_proposal(work, edits),), size=1),) if edits else (),
        families=tuple(_families(work)),
        budget=Budget(
            seconds=budget_seconds,
            seconds_used=round(time.monotonic() - started, 2),
            generated=sum(made for made, _ in work.families.values()),
            validated=sum(made for made, _ in work.families.values()),
            plausible=1 if edits else 0,
            exhausted=not work.spent,
        ),
        interrupted=progress.interrupted,
    )


def _by_rule(work: Work, repair: type[FindingRepair]) -> None:
    mender, project = repair(), work.now
    found: dict[str, list[Finding]] = {}
    for finding in work.wanted():
        if finding.code in repair.CODES and finding.path in project.files:
            found.setdefault(finding.path, []).append(finding)
    cases = [Case(path, tuple(findings), project, work.installed) for path, findings in found.items()]
    maker = f"codemod:{repair.NAME}"
    texts = {case.path: mender.mend(case) for case in cases}
    before = len(work.priors)
    if not together_or_apart(work, maker, texts, repair.PRIOR):
        others = {case.path: mender.otherwise(case) for case in cases}
        if not together_or_apart(work, maker, others, repair.PRIOR):
            _one_by_one(work, repair, [case for case in cases if len(case.findings) > 1])
    if len(work.priors) > before:
        work.tiers.append(repair.TIER)
    if _has_rivals(repair):
        _one_of_rivals(work, repair)


def _one_by_one(work: Work, repair: type[FindingRepair], cases: Sequence[Case]) -> None:
    """Mend finding by finding what the tool does not take together: one of them may be in the way of the rest."""
    for case in cases:
        for finding in sorted(case.findings, key=lambda f: f.line, reverse=True)[: SINGLE // 2]:
            alone = Case(case.path, (finding,), work.now, work.installed)
            if not work.spent:
                work.accept(f"codemod:{repair.NAME}", {case.path: repair().mend(alone)}, repair.PRIOR)


def _has_rivals(repair: type[FindingRepair]) -> bool:
    return repair.rivals is not FindingRepair.rivals


def _one_of_rivals(work: Work, repair: type[FindingRepair]) -> None:
    """Take finding by finding; keep a text when the tool takes it, and none of its rivals."""
    tried: set[tuple[str, str, str, int]] = set()
    while not work.spent and len(tried) < SINGLE:
        waiting = (f for f in work.wanted() if f.code in repair.CODES and (*identity(f), f.line) not in tried)
        finding = next((f for f in waiting if f.path in work.project.files), None)
        if finding is None:
            return
        tried.add((*identity(finding), finding.line))
        case = Case(finding.path, (finding,), work.now, work.installed)
        texts = [text for text in repair().rivals(case) if text != case.text]
        taken = [t for t in texts if len(texts) == 1 or work.found_with({**work.texts, finding.path: t}) is not None]
        if len(taken) == 1 and work.accept(f"codemod:{repair.NAME}", {finding.path: taken[0]}, repair.PRIOR):
            work.tiers.append(repair.TIER)


def _proposal(work: Work, edits: Sequence[FileEdit]) -> Proposal:
    gone = tuple((Counter(map(_coded, work.red.findings)) - Counter(map(_coded, work.findings))).elements())
    codes = Counter(code for _, code in gone)
    first = min((f for f in work.red.findings if f.path == edits[0].path), key=lambda f: f.line, default=None)
    makers = [maker for maker, (_, kept) in work.families.items() if kept]
    files = f"{len(edits)} file{'' if len(edits) == 1 else 's'}"
    return Proposal(
        patch=unified(edits),
        fixer="+".join(makers),
        tier=int(max(work.tiers, default=Tier.A)),
        prior=min(work.priors),
        summary=f"{counted(len(gone))} of `{work.red.tool}` in {files}: {_listed(codes)}.",
        path=edits[0].path,
        line=max(first.line, 1) if first else 1,
    )


def _coded(finding: Finding) -> tuple[str, str]:
    return finding.path, finding.code


def _listed(codes: Mapping[str, int]) -> str:
    ordered = sorted(codes.items(), key=lambda pair: (-pair[1], pair[0]))
    shown = [f"{code} ×{number}" if number > 1 else code for code, number in ordered[:6]]
    return ", ".join(shown) + (f" and {len(ordered) - 6} more codes" if len(ordered) > 6 else "")


def _families(work: Work) -> Iterator[Family]:
    for maker, (made, kept) in work.families.items():
        refused = {work.red.tool: made - kept} if made > kept else {}
        yield Family(name=maker, generated=made, validated=made, passed_failing_tests=kept, refused=refused)
