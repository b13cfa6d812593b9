"""The repairs that a person may choose from: the proposal shown now, earlier ones, and what else passes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from fixers.evidence import Proposal, Repair, Trace
from fixers.patch import PatchDoesNotApply, digest, read

MOST = 9


@dataclass(frozen=True, slots=True)
class Choice:
    """One repair, numbered by its place in a list."""

    proposal: Proposal
    standing: str
    """`proposed now`, `proposed before`, or empty."""
    outputs: tuple[tuple[str, str], ...] = ()
    """Pairs (call, what it does there)."""
    objections: tuple[str, ...] = ()
    proven: bool = False

    @property
    def digest(self) -> str:
        """Of the patch."""
        return digest(self.proposal.patch)


def choices(traces: Sequence[Trace], repairs: Iterable[Repair]) -> tuple[Choice, ...]:
    """Return the choices of a thread; `traces` are those of its proposals, the one that is shown now last.

    The list begins with what is proposed now; each patch stands in it once.
    """
    found: dict[str, Choice] = {}
    for choice in (*_proposed(traces), *_others(traces, repairs)):
        found.setdefault(choice.digest, choice)
    return tuple(found.values())[:MOST]


def numbered(listed: Sequence[Choice], number: int, order: Sequence[str] = ()) -> Choice | None:
    """Return choice `number`, counted from 1, in the order of digests that a person was shown."""
    by_digest = {choice.digest: choice for choice in listed}
    shown = list(order) or list(by_digest)
    return by_digest.get(shown[number - 1]) if 0 < number <= len(shown) else None


def _proposed(traces: Sequence[Trace]) -> Iterator[Choice]:
    for age, trace in enumerate(reversed(traces)):
        if trace.status == "fixed":
            yield Choice(_proposal(trace), "proposed before" if age else "proposed now", proven=True)


def _others(traces: Sequence[Trace], repairs: Iterable[Repair]) -> Iterator[Choice]:
    for trace in reversed(traces):
        for a in trace.alternatives:
            made = Proposal(
                patch=a.patch, fixer=a.fixer, tier=2, prior=0.0, summary=a.summary, path=a.path, line=a.line
            )
            yield Choice(made, "", a.outputs, a.objections, proven=True)
    for repair in repairs:
        for cluster in repair.clusters:
            yield Choice(cluster.proposals[0], "", cluster.outputs, cluster.objections)


def _proposal(trace: Trace) -> Proposal:
    path, line = place_of(trace.patch)
    said = trace.sentence.removeprefix("Fixed: ").removeprefix(f"{path}, line {line}. ")
    return Proposal(patch=trace.patch, fixer=trace.fixer, tier=2, prior=0.0, summary=said, path=path, line=line)


def place_of(patch: str) -> tuple[str, int]:
    """Return the first file of a patch and the first line that it changes there; no file when it cannot be read."""
    try:
        first = next(iter(read(patch)), None)
    except PatchDoesNotApply:
        first = None
    if first is None or not first.hunks:
        return "", 0
    hunk = first.hunks[0]
    before = next((number for number, text in enumerate(hunk.lines) if not text.startswith(" ")), 0)
    return first.path, hunk.before + before
