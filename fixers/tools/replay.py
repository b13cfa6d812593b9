"""What a tool mends by itself by its safe rules, and what our ruff lays out anew for one that does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fixers.evidence import Finding
from fixers.project import is_repairable
from fixers.tools.base import Tool
from fixers.tools.reflow import is_layout, longest, reflowed
from fixers.tools.run import mend, patched
from fixers.tools.work import SINGLE, Work, together_or_apart

REFLOW = "reflow:ruff"
"""Maker of what our ruff laid out anew, statement by statement."""
_PRIOR = 0.98


def replay(work: Work) -> None:
    """Let the tool mend by itself, in the files that the findings name; in tests, code by code what means the same."""
    tool = work.tool
    if tool.mend is None:
        return
    named = sorted({finding.path for finding in work.wanted() if finding.path in work.project.files})
    free = [path for path in named if is_repairable(path) or tool.kind == "layout"]
    texts = mend(tool, work.red.arguments, free, work.target, work.sandbox)
    together_or_apart(work, f"tool:{tool.distribution}", texts, _PRIOR)
    if tool.kind == "lint" and len(free) < len(named):
        _replay_in_tests(work, frozenset(named) - frozenset(free))


def _replay_in_tests(work: Work, paths: frozenset[str]) -> None:
    tool = bolder(work.tool)  # whatever it does there is proven by form, or not taken
    codes = sorted({finding.code for finding in work.wanted() if finding.path in paths})
    # All at once first: an import that goes can leave a block that another code wants sorted.
    for chosen in [codes, *([code] for code in codes[:SINGLE] if len(codes) > 1)]:
        left = sorted({f.path for f in work.wanted() if f.path in paths and f.code in chosen})
        with patched(work.target, work.edits(work.texts)) as target:
            texts = mend(tool, (*work.red.arguments, "--select", ",".join(chosen)), left, target, work.sandbox)
        together_or_apart(work, f"tool:{tool.distribution}", texts, _PRIOR)


def reflow(work: Work, codes: tuple[str, ...]) -> None:
    """Lay out anew the statements that findings of these codes name, of all layout codes for none."""
    found: dict[str, list[Finding]] = {}
    for finding in work.wanted():
        if is_layout(finding) and finding.path in work.project.files and (not codes or finding.code in codes):
            found.setdefault(finding.path, []).append(finding)
    for path, findings in found.items():
        if work.spent:
            return
        if not _reflowed(work, path, findings) and len(findings) > 1:
            for finding in reversed(findings[:SINGLE]):
                _reflowed(work, path, [finding])


def _reflowed(work: Work, path: str, findings: Sequence[Finding]) -> bool:
    text = work.now.files[path]
    limit = longest(work.red.findings)
    with patched(work.target, work.edits(work.texts)) as target:
        after = reflowed(findings, path, text, limit, target, work.sandbox)
    return work.accept(REFLOW, {path: after}, _PRIOR)


def bolder(tool: Tool) -> Tool:
    """Return the tool so that it mends what it calls unsafe, too."""
    return replace(tool, mend=tuple(word.replace("--no-unsafe", "--unsafe") for word in tool.mend or ()))
