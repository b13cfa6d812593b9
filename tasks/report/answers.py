"""What Goldseam answers to commands: short, from the trace and the record, never from a model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fixers.evidence import Trace
from tasks.conversation.choices import Choice
from tasks.conversation.grammar import CALL, SAYS
from tasks.report.neutral import block, cell, cut, inline, prose, prose_cell
from tasks.report.quotable import quotable
from tasks.report.trace import trace_markdown

LIMIT = 60_000
_PLACES = 5


def help_text(unknown: bool = False) -> str:
    """Return the list of commands."""
    lines = ["That is none of the commands I know." if unknown else "What I answer to, at the start of a line:", ""]
    lines += ["| command | does |", "|---|---|"]
    lines += [f"| `{CALL} {how}` | {does} |" for how, does in SAYS.values()]
    return "\n".join((*lines, "", "Only people with write access are heard; edited comments and quotes are not."))


def explanation(trace: Trace, place: str) -> str:
    """Return how the proposal, or the reason for none, came about; `place` narrows it to a file or function."""
    trace = quotable(trace)
    return cut("\n".join(_about(trace, place) if place else _whole(trace)), LIMIT)


def listing(listed: Sequence[Choice]) -> str:
    """Return the numbered repairs, with what tells them apart."""
    if len(listed) < 2:
        return "There is no other repair to choose: nothing else that was tried passes the failing tests."
    lines = [f"{len(listed)} repairs pass the failing tests:"]
    for number, choice in enumerate(listed, 1):
        lines += ["", *_choice(number, choice)]
    lines += ["", f"`{CALL} pick N` proves one of them in full and proposes it here if every gate passes."]
    return cut("\n".join(lines), LIMIT)


def _choice(number: int, choice: Choice) -> Iterator[str]:
    where = inline(f"{choice.proposal.path}:{choice.proposal.line}")
    standing = f" · {choice.standing}" if choice.standing else ("" if choice.proven else " · not proven yet")
    yield f"**{number}.** {where} {prose(choice.proposal.summary)} · `{_digest8(choice.digest)}`{standing}"
    yield ""
    yield block(choice.proposal.patch, "diff", 4000)
    for call, outcome in choice.outputs[:3]:
        yield f"- {inline(call)}: {inline(outcome)}"
    for objection in choice.objections[:3]:
        yield f"- But {prose(objection)}."


def _whole(trace: Trace) -> Iterator[str]:
    yield prose(trace.sentence)
    if trace.choice:
        yield ""
        yield f"**Why this one.** {prose(trace.choice)}"
    if trace.localization:
        yield ""
        yield "**Where it looked, and why there:**"
        yield ""
        yield "| # | place | because |"
        yield "|--:|---|---|"
        for number, s in enumerate(trace.localization[:_PLACES], 1):
            place, reasons = cell(f"{s.path}:{s.line} {s.function}".strip()), prose_cell("; ".join(s.reasons))
            yield f"| {number} | {place} | {reasons} |"
    if trace.families:
        made = sum(family.generated for family in trace.families)
        passed = sum(family.passed_failing_tests for family in trace.families)
        yield ""
        yield f"**What it tried.** {made:,} edits of {len(trace.families)} kinds; {passed:,} pass the failing tests."
    yield ""
    yield f"<details><summary>The whole trace</summary>\n\n{cut(trace_markdown(trace), LIMIT - 8000)}\n</details>"


def _about(trace: Trace, place: str) -> Iterator[str]:
    """Say what is known of one file, function or line."""
    word = place.strip("`").lower()
    hits = [
        (number, s)
        for number, s in enumerate(trace.localization, 1)
        if word in f"{s.path}:{s.line}".lower()
        or word == s.function.lower().rpartition(".")[2]
        or word == s.function.lower()
    ]
    if not hits:
        yield (
            f"{inline(place)} is none of the {len(trace.localization)} places that were looked at: no failing test "
            "ran it, or other places had more evidence."
        )
        return
    yield f"{inline(place)} among the {len(trace.localization)} places that were looked at:"
    yield ""
    for number, s in hits[:_PLACES]:
        where = inline(f"{s.path}:{s.line} {s.function}".strip())
        yield f"- number {number}, score {s.score:.2f}: {where}, because {prose('; '.join(s.reasons))}"


def _digest8(digest: str) -> str:
    return digest.removeprefix("sha256:")[:8]
