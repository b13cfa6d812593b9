"""The table and the summary of a run, as plain text."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence

from benchmarks.repair import Row

_HEAD = ("package", "kind", "status", "reason", "s", "candidates", "verify", "right", "bug")
_Z = 1.96
"""Of the standard normal distribution, for intervals of 95 %."""


def wilson(hits: int, of: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share; everything from 0 to 1 when there is nothing to share."""
    if of == 0:
        return 0.0, 1.0
    share, square = hits / of, _Z * _Z
    middle = share + square / (2 * of)
    reach = _Z * math.sqrt(share * (1 - share) / of + square / (4 * of * of))
    low, high = (middle - reach) / (1 + square / of), (middle + reach) / (1 + square / of)
    return max(0.0, low), min(1.0, high)


def table(rows: Sequence[Row]) -> str:
    """Return the rows aligned, each that is not fixed followed by its sentence."""
    cells = [_cells(row) for row in rows]
    widths = [max(len(line[i]) for line in (_HEAD, *cells)) for i in range(len(_HEAD) - 1)]
    lines = [_aligned(_HEAD, widths)]
    for row, line in zip(rows, cells, strict=True):
        lines.append(_aligned(line, widths))
        note = row.judged if row.status == "fixed" else row.sentence
        if row.offered:
            note += f" Offered: {', '.join(row.offered)}."
        if row.truth_rank:
            note += f" [truth's function at rank {row.truth_rank}]"
        lines += [f"    {note}", *(f"    note: {said.splitlines()[0][:200]}" for said in row.notes if said)]
    return "\n".join(lines)


def summary(rows: Sequence[Row]) -> str:
    """Return the counts, with intervals of the shares that matter."""
    return "\n".join(_summary_lines(rows))


def _summary_lines(rows: Sequence[Row]) -> Iterator[str]:
    packages = len({row.package for row in rows})
    yield f"{len(rows)} bugs of {packages} packages"
    for kind in ("real", "injected"):
        mine = [row for row in rows if row.kind == kind and row.status != "no case"]
        fixed = [row for row in mine if row.status == "fixed"]
        right = Counter(row.right for row in fixed)
        offered = sum("yes" in row.offered for row in mine)
        yield f"{kind}: {_share('fixed', len(fixed), len(mine))}"
        yield f"  of those {_share('right', right['yes'], len(fixed))}; wrong {right['no']}, unknown {right['unknown']}"
        yield f"  the truth among what was offered without a fix: {offered}"
        declined = Counter(row.reason for row in mine if row.status == "declined")
        for reason, count in declined.most_common():
            yield f"  declined, {reason}: {count}"
    for status, count in Counter(row.status for row in rows).items():
        if status not in {"fixed", "declined"}:
            yield f"{status}: {count}"
    proofs = Counter(row.verified for row in rows if row.status == "fixed")
    yield f"goldseam verify: {proofs['holds']} of {proofs.total()} proofs hold"


def _share(name: str, hits: int, of: int) -> str:
    low, high = wilson(hits, of)
    return f"{name} {hits} of {of} ({low:.0%} to {high:.0%})"


def _cells(row: Row) -> tuple[str, ...]:
    candidates = f"{row.generated}/{row.validated}/{row.plausible}"
    shown = (row.package, row.kind, row.status, row.reason, f"{row.seconds:.0f}", candidates)
    return (*shown, row.verified.split(":", 1)[0], row.right, row.bug)


def _aligned(line: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join([*(cell.ljust(width) for cell, width in zip(line, widths, strict=False)), line[-1]])
