"""One repair in progress: what the texts are now, what the tool says of them, and whether it takes another step."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from fixers.checks import paths as places
from fixers.checks.importers import lost_imports
from fixers.checks.unread import same_test
from fixers.codemods.base import Installed
from fixers.evidence import Finding, RedTool
from fixers.model import FileEdit, Tier
from fixers.progress import Progress
from fixers.project import Project, is_repairable
from fixers.runner.sandbox import Sandbox
from fixers.runner.target import Target
from fixers.tools.base import Tool
from fixers.tools.judge import appeared, identity
from fixers.tools.run import check, mend, patched

SINGLE = 12
"""Files tried one by one when a repair of all of them together made something new appear."""


@dataclass(slots=True)
class Work:
    """The texts as they stand now, and what the tool says of them."""

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
            *lost_imports([edit], self.now),
        ]
        return not refused and bool(laid_out or is_repairable(path))


def together_or_apart(work: Work, maker: str, texts: Mapping[str, str], prior: float) -> bool:
    """Have these texts accepted, all at once or file by file; False when the tool takes none of them."""
    before = work.now.files
    texts = {path: text for path, text in texts.items() if text != before[path]}
    if not texts or work.accept(maker, texts, prior) or work.accept(maker, _tidied(work, texts), prior):
        return bool(texts)
    single = sorted(texts)[:SINGLE] if len(texts) > 1 else ()
    taken = [work.accept(maker, {path: texts[path]}, prior) for path in single if not work.spent]
    return any(taken)


def _tidied(work: Work, texts: Mapping[str, str]) -> dict[str, str]:
    """Return these texts as the tool mends what they make it find: an import out of order, or used no more."""
    if work.tool.mend is None or work.tool.kind != "lint":
        return {}
    trial = {**work.texts, **texts}
    with patched(work.target, work.edits(trial)) as target:
        ran = check(work.tool, work.red.arguments, target, work.sandbox)
        new = appeared(work.findings, ran.findings)
        paths = sorted({finding.path for finding in new} & texts.keys())
        arguments = (*work.red.arguments, "--select", ",".join(sorted({finding.code for finding in new})))
        mended = mend(work.tool, arguments, paths, target, work.sandbox) if paths else {}
    return {**texts, **mended} if mended else {}
