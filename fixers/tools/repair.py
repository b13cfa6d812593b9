"""Mend what a tool finds: first by its own safe rules, then by ours, asking the tool after every step.

Nothing here is proven. A step that makes anything new appear is taken back.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from fixers.checks import paths as places
from fixers.checks.importers import lost_imports
from fixers.checks.unread import same_test
from fixers.codemods.base import Installed
from fixers.evidence import Budget, Cluster, Family, Finding, Proposal, RedTool, Repair
from fixers.model import FileEdit, Tier
from fixers.patch import unified
from fixers.progress import Progress
from fixers.project import Project, is_repairable
from fixers.runner.sandbox import Sandbox
from fixers.runner.target import Target
from fixers.tools.base import Tool
from fixers.tools.borrowed import BORROWED, borrowed, is_known
from fixers.tools.judge import appeared, counted, identity
from fixers.tools.reflow import is_layout, longest, reflowed
from fixers.tools.registry import tool_named
from fixers.tools.repairs.base import Case, FindingRepair
from fixers.tools.repairs.registry import ALL
from fixers.tools.run import check, mend, patched

_SINGLE = 12
"""Files tried one by one when a repair of all of them together made something new appear."""
_PRIOR = 0.98
_BOLD = 0.9
REFLOW = "reflow:ruff"
"""Maker of what our ruff laid out anew, statement by statement."""
BOLD = "bold:ruff"
"""Maker of what ruff does by rules that it calls unsafe, or in place of another linter."""


@dataclass(slots=True)
class _Work:
    """One repair in progress: the texts as they stand now, and what the tool says of them."""

    tool: Tool
    red: RedTool
    target: Target
    project: Project
    sandbox: Sandbox
    installed: Installed
    progress: Progress
    deadline: float
    findings: tuple[Finding, ...]
    texts: dict[str, str] = field(default_factory=dict)
    families: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Maker to the number of files that it changed, and of those that the tool accepted."""
    priors: list[float] = field(default_factory=list)
    tiers: list[Tier] = field(default_factory=list)
    """Of the repairs that were chosen among rivals."""

    @property
    def now(self) -> Project:
        """The project with the texts as they stand."""
        return Project({**self.project.files, **self.texts}, self.project.source_roots)

    @property
    def spent(self) -> bool:
        """Whether to stop."""
        return self.progress.interrupted or time.monotonic() > self.deadline

    def edits(self, texts: Mapping[str, str]) -> tuple[FileEdit, ...]:
        """Return the edits that lead from the tree under repair to these texts."""
        before = self.project.files
        return tuple(FileEdit(p, before[p], text) for p, text in sorted(texts.items()) if text != before[p])

    def wanted(self) -> tuple[Finding, ...]:
        """Return what is asked for and still found, with the lines of now."""
        if not self.red.asked:
            return self.findings
        asked = Counter(map(identity, self.red.asked))
        return tuple(finding for finding in self.findings if asked[identity(finding)])

    def accept(self, maker: str, texts: Mapping[str, str], prior: float) -> bool:
        """Keep these texts if the tool finds fewer things with them, and nothing that it did not find before."""
        changed = {p: text for p, text in texts.items() if text != self.now.files[p] and self._touchable(p, text)}
        if not changed:
            return False
        made, kept = self.families.get(maker, (0, 0))
        trial = {**self.texts, **changed}
        left = self.found_with(trial)
        self.families[maker] = (made + len(changed), kept + (len(changed) if left is not None else 0))
        if left is not None:
            self.texts, self.findings = trial, left
            self.priors.append(prior)
        return left is not None

    def found_with(self, texts: Mapping[str, str]) -> tuple[Finding, ...] | None:
        """Return what the tool finds with these texts; None unless it is less, and nothing that is new."""
        with patched(self.target, self.edits(texts)) as target:
            ran = check(self.tool, self.red.arguments, target, self.sandbox)
        good = ran.understood and not appeared(self.findings, ran.findings) and len(ran.findings) < len(self.findings)
        return ran.findings if good else None

    def _touchable(self, path: str, text: str) -> bool:
        edit = FileEdit(path, self.project.files[path], text)
        laid_out = (path,) if path.endswith(".py") and same_test(edit) else ()
        if self.tool.kind == "layout" and not laid_out:
            return False
        refused = [
            *places.tests([edit], laid_out),
            *places.collection([] if laid_out else [edit]),
            *places.policy([edit]),
            *lost_imports([] if laid_out else [edit], self.now),
        ]
        return not refused and bool(laid_out or is_repairable(path))


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
    work = _Work(
        tool, red, target, project, sandbox, installed, progress, started + budget_seconds, findings=red.findings
    )
    _replay(work)
    _reflow(work, ("E501",))
    for repair in ALL:
        if work.wanted() and not work.spent:
            _by_rule(work, repair)
    _reflow(work, ())
    if work.wanted() and not work.spent:
        _boldly(work)
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


def _replay(work: _Work) -> None:
    """Let the tool mend by itself, in the files that the findings name; in tests, code by code what means the same."""
    tool = work.tool
    if tool.mend is None:
        return
    named = sorted({finding.path for finding in work.wanted() if finding.path in work.project.files})
    free = [path for path in named if is_repairable(path) or tool.kind == "layout"]
    texts = mend(tool, work.red.arguments, free, work.target, work.sandbox)
    _together_or_apart(work, f"tool:{tool.distribution}", texts, _PRIOR)
    if tool.kind == "lint" and len(free) < len(named):
        _replay_in_tests(work, frozenset(named) - frozenset(free))


def _replay_in_tests(work: _Work, paths: frozenset[str]) -> None:
    tool = _bolder(work.tool)  # whatever it does there is proven by form, or not taken
    codes = sorted({finding.code for finding in work.wanted() if finding.path in paths})
    # All at once first: an import that goes can leave a block that another code wants sorted.
    for chosen in [codes, *([code] for code in codes[:_SINGLE] if len(codes) > 1)]:
        left = sorted({f.path for f in work.wanted() if f.path in paths and f.code in chosen})
        with patched(work.target, work.edits(work.texts)) as target:
            texts = mend(tool, (*work.red.arguments, "--select", ",".join(chosen)), left, target, work.sandbox)
        _together_or_apart(work, f"tool:{tool.distribution}", texts, _PRIOR)


def _reflow(work: _Work, codes: tuple[str, ...]) -> None:
    """Lay out anew the statements that findings of these codes name, of all layout codes for none."""
    found: dict[str, list[Finding]] = {}
    for finding in work.wanted():
        if is_layout(finding) and finding.path in work.project.files and (not codes or finding.code in codes):
            found.setdefault(finding.path, []).append(finding)
    for path, findings in found.items():
        if work.spent:
            return
        if not _reflowed(work, path, findings) and len(findings) > 1:
            for finding in reversed(findings[:_SINGLE]):
                _reflowed(work, path, [finding])


def _reflowed(work: _Work, path: str, findings: Sequence[Finding]) -> bool:
    text = work.now.files[path]
    limit = longest(work.red.findings)
    with patched(work.target, work.edits(work.texts)) as target:
        after = reflowed(findings, path, text, limit, target, work.sandbox)
    return work.accept(REFLOW, {path: after}, _PRIOR)


def _boldly(work: _Work) -> None:
    """Have done what a linter may do by a rule that it calls unsafe, where that means the same; the suite decides."""
    before = len(work.priors)
    wanted = [f for f in work.wanted() if is_repairable(f.path) and f.path in work.project.files]
    codes = sorted({finding.code for finding in wanted if is_known(work.tool, finding.code)})
    # All at once, because one may leave what another mends; else one by one, because one may be refused.
    if codes and not _bold(work, codes):
        for code in codes[:_SINGLE] if len(codes) > 1 else ():
            if not work.spent:
                _bold(work, [code])
    if len(work.priors) > before:
        work.tiers.append(Tier.B)


def _bold(work: _Work, codes: Sequence[str]) -> bool:
    """Have these codes mended by the tool, else by our ruff; and with them what their repair would leave behind."""
    for make in (_bolder_texts, _borrowed_texts):
        texts = make(work, codes)
        if _together_or_apart(work, BOLD, texts, _BOLD):
            return True
        left = _left_behind(work, texts)
        if left and _together_or_apart(work, BOLD, make(work, [*codes, *left]), _BOLD):
            return True
    return False


def _left_behind(work: _Work, texts: Mapping[str, str]) -> list[str]:
    """Return the codes that appear with these texts; none where one of them is not known to mean the same."""
    if not texts:
        return []
    with patched(work.target, work.edits({**work.texts, **texts})) as target:
        ran = check(work.tool, work.red.arguments, target, work.sandbox)
    codes = sorted({finding.code for finding in appeared(work.findings, ran.findings)})
    return codes if all(is_known(work.tool, code) for code in codes) else []


def _bolder_texts(work: _Work, codes: Sequence[str]) -> dict[str, str]:
    if work.tool.mend is None:
        return {}
    arguments = (*work.red.arguments, "--select", ",".join(codes))
    with patched(work.target, work.edits(work.texts)) as target:
        return mend(_bolder(work.tool), arguments, _places(work, codes), target, work.sandbox)


def _borrowed_texts(work: _Work, codes: Sequence[str]) -> dict[str, str]:
    known = [code for code in codes if code.startswith(BORROWED.get(work.tool.distribution, ()))]
    paths = _places(work, known)
    if not paths:
        return {}
    with patched(work.target, work.edits(work.texts)) as target:
        return borrowed(work.tool, known, paths, target, work.sandbox)


def _places(work: _Work, codes: Sequence[str]) -> list[str]:
    found = {finding.path for finding in work.wanted() if finding.code in codes and is_repairable(finding.path)}
    return sorted(found & work.project.files.keys())


def _bolder(tool: Tool) -> Tool:
    return replace(tool, mend=tuple(word.replace("--no-unsafe", "--unsafe") for word in tool.mend or ()))


def _by_rule(work: _Work, repair: type[FindingRepair]) -> None:
    mender, project = repair(), work.now
    found: dict[str, list[Finding]] = {}
    for finding in work.wanted():
        if finding.code in repair.CODES and finding.path in project.files:
            found.setdefault(finding.path, []).append(finding)
    cases = [Case(path, tuple(findings), project, work.installed) for path, findings in found.items()]
    maker = f"codemod:{repair.NAME}"
    texts = {case.path: mender.mend(case) for case in cases}
    before = len(work.priors)
    if not _together_or_apart(work, maker, texts, repair.PRIOR):
        others = {case.path: mender.otherwise(case) for case in cases}
        _together_or_apart(work, maker, others, repair.PRIOR)
    if len(work.priors) > before:
        work.tiers.append(repair.TIER)
    if _has_rivals(repair):
        _one_of_rivals(work, repair)


def _has_rivals(repair: type[FindingRepair]) -> bool:
    return repair.rivals is not FindingRepair.rivals


def _one_of_rivals(work: _Work, repair: type[FindingRepair]) -> None:
    """Take finding by finding; keep a text when the tool takes it, and none of its rivals."""
    tried: set[tuple[str, str, str, int]] = set()
    while not work.spent and len(tried) < _SINGLE:
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


def _together_or_apart(work: _Work, maker: str, texts: Mapping[str, str], prior: float) -> bool:
    """Have these texts accepted, all at once or file by file; False when the tool takes none of them."""
    before = work.now.files
    texts = {path: text for path, text in texts.items() if text != before[path]}
    if not texts or work.accept(maker, texts, prior):
        return bool(texts)
    single = sorted(texts)[:_SINGLE] if len(texts) > 1 else ()
    taken = [work.accept(maker, {path: texts[path]}, prior) for path in single if not work.spent]
    return any(taken)


def _proposal(work: _Work, edits: Sequence[FileEdit]) -> Proposal:
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


def _families(work: _Work) -> Iterator[Family]:
    for maker, (made, kept) in work.families.items():
        refused = {work.red.tool: made - kept} if made > kept else {}
        yield Family(name=maker, generated=made, validated=made, passed_failing_tests=kept, refused=refused)
