"""What a linter may do by rules that it calls unsafe, or our ruff in its place, where that means the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fixers.model import Tier
from fixers.project import is_repairable
from fixers.tools.borrowed import BORROWED, borrowed, is_known
from fixers.tools.judge import appeared
from fixers.tools.replay import bolder
from fixers.tools.run import check, mend, patched
from fixers.tools.work import SINGLE, Work, together_or_apart

BOLD = "bold:ruff"
"""Maker of what ruff does by rules that it calls unsafe, or in place of another linter."""
_PRIOR = 0.9


def boldly(work: Work) -> None:
    """Have done what a linter may do by a rule that it calls unsafe, where that means the same; the suite decides."""
    before = len(work.priors)
    wanted = [f for f in work.wanted() if is_repairable(f.path) and f.path in work.project.files]
    codes = sorted({finding.code for finding in wanted if is_known(work.tool, finding.code)})
    # All at once, because one may leave what another mends; else one by one, because one may be refused.
    if codes and not _bold(work, codes):
        for code in codes[:SINGLE] if len(codes) > 1 else ():
            if not work.spent:
                _bold(work, [code])
    if len(work.priors) > before:
        work.tiers.append(Tier.B)


def _bold(work: Work, codes: Sequence[str]) -> bool:
    """Have these codes mended by the tool, else by our ruff; and with them what their repair would leave behind."""
    for make in (_bolder_texts, _borrowed_texts):
        texts = make(work, codes)
        if together_or_apart(work, BOLD, texts, _PRIOR):
            return True
        left = _left_behind(work, texts)
        if left and together_or_apart(work, BOLD, make(work, [*codes, *left]), _PRIOR):
            return True
    return False


def _left_behind(work: Work, texts: Mapping[str, str]) -> list[str]:
    """Return the codes that appear with these texts; none where one of them is not known to mean the same."""
    if not texts:
        return []
    with patched(work.target, work.edits({**work.texts, **texts})) as target:
        ran = check(work.tool, work.red.arguments, target, work.sandbox)
    codes = sorted({finding.code for finding in appeared(work.findings, ran.findings)})
    return codes if all(is_known(work.tool, code) for code in codes) else []


def _bolder_texts(work: Work, codes: Sequence[str]) -> dict[str, str]:
    if work.tool.mend is None:
        return {}
    arguments = (*work.red.arguments, "--select", ",".join(codes))
    with patched(work.target, work.edits(work.texts)) as target:
        return mend(bolder(work.tool), arguments, _places(work, codes), target, work.sandbox)


def _borrowed_texts(work: Work, codes: Sequence[str]) -> dict[str, str]:
    known = [code for code in codes if code.startswith(BORROWED.get(work.tool.distribution, ()))]
    paths = _places(work, known)
    if not paths:
        return {}
    with patched(work.target, work.edits(work.texts)) as target:
        return borrowed(work.tool, known, paths, target, work.sandbox)


def _places(work: Work, codes: Sequence[str]) -> list[str]:
    found = {finding.path for finding in work.wanted() if finding.code in codes and is_repairable(finding.path)}
    return sorted(found & work.project.files.keys())
