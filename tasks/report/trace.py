"""The trace as a numbered story that a reviewer can follow in two minutes."""

from __future__ import annotations

from collections.abc import Iterator

from fixers.evidence import Alternative, Evidence, Family, Trace
from fixers.model import Failure, Offer, Suspect
from tasks.report.neutral import block, cell, inline, prose, prose_cell

_PLACES = 10
_FAMILIES = 40


def trace_markdown(trace: Trace) -> str:
    """Return the whole trace of an attempt as Markdown."""
    return "\n".join(_story(trace)).rstrip() + "\n"


def _story(trace: Trace) -> Iterator[str]:
    yield "### 1. What was seen"
    yield ""
    if not trace.failures:
        yield prose(trace.sentence)
    for failure in trace.failures[:5]:
        yield from failure_lines(failure)
    if len(trace.failures) > 5:
        yield f"… and {len(trace.failures) - 5} more failures."
    yield ""
    yield from _reproduced(trace)
    yield from _places(trace.localization)
    yield from _tried(trace.families)
    yield "### 5. The outcome"
    yield ""
    yield f"**{trace.reason or trace.status}.** {prose(trace.sentence)}"
    if trace.choice:
        yield ""
        yield prose(trace.choice)
    for alternative in trace.alternatives:
        yield from alternative_lines(alternative)
    if trace.next_step:
        yield ""
        yield f"Next: {prose(trace.next_step)}"
    for offer in trace.offers:
        yield from offer_lines(offer)
    yield ""
    if trace.evidence is not None:
        yield from _evidence(trace.evidence)
    yield from _cost(trace)


def failure_lines(failure: Failure) -> Iterator[str]:
    """Yield a failure in two lines: the test and what it said, then where."""
    name = failure.test_ids[0] if failure.test_ids else failure.command or failure.tool
    yield f"- {inline(name)}: {inline(f'{failure.exception}: {failure.message}', 300)}"
    frames = [f for f in failure.frames if f.in_project][-3:]
    if frames:
        yield "  - " + " → ".join(inline(f"{f.path}:{f.line} {f.function}") for f in frames)


def _reproduced(trace: Trace) -> Iterator[str]:
    yield "### 2. What was reproduced"
    yield ""
    reproduction = trace.reproduction
    if reproduction is None:
        yield "Nothing could be reproduced."
    elif reproduction.tool is not None:
        tool = reproduction.tool
        command = inline(" ".join((tool.tool, *tool.arguments)))
        yield f"{command} (version {prose(tool.version or 'unknown')}) finds {len(tool.findings)} things."
        if reproduction.suite_size:
            failed = len(reproduction.other_failures)
            yield f"Of {reproduction.suite_size} tests {failed or 'none'} fail before the repair."
    else:
        count = len(reproduction.failing)
        yield (
            f"{count} of {reproduction.suite_size} tests fail, the same way {reproduction.repeats} times out of "
            f"{reproduction.repeats}, in {reproduction.seconds:g} s."
        )
        if reproduction.other_failures:
            yield f"{len(reproduction.other_failures)} more tests fail for other reasons and were left alone."
    if trace.target:
        yield f"Environment: {prose(trace.target)}."
    yield ""


def _places(suspects: tuple[Suspect, ...]) -> Iterator[str]:
    yield "### 3. Where, and why there"
    yield ""
    if not suspects:
        yield "No place could be named."
        yield ""
        return
    yield "| # | place | function | score | because |"
    yield "|--:|---|---|--:|---|"
    for number, s in enumerate(suspects[:_PLACES], 1):
        reasons = prose_cell("; ".join(s.reasons))
        place, function = cell(f"{s.path}:{s.line}"), cell(s.function or "module")
        yield f"| {number} | {place} | {function} | {s.score:.2f} | {reasons} |"
    if len(suspects) > _PLACES:
        yield ""
        yield f"… and {len(suspects) - _PLACES} more."
    yield ""


def _tried(families: tuple[Family, ...]) -> Iterator[str]:
    yield "### 4. What was tried"
    yield ""
    if not families:
        yield "No candidate was made."
        yield ""
        return
    yield "| family | made | run | passed the failing tests | where the others fell | came furthest |"
    yield "|---|--:|--:|--:|---|---|"
    for f in families[:_FAMILIES]:
        fell = ", ".join(f"{gate} {count:,}" for gate, count in sorted(f.refused.items(), key=lambda p: -p[1]))
        counts = f"{f.generated:,} | {f.validated:,} | {f.passed_failing_tests:,}"
        yield f"| {cell(f.name)} | {counts} | {prose_cell(fell) or '–'} | {prose_cell(f.example, 120) or '–'} |"
    yield ""


def alternative_lines(alternative: Alternative) -> Iterator[str]:
    """Yield one alternative: the patch, what it does where the others differ, the test that settles it."""
    yield ""
    yield f"**{inline(f'{alternative.path}:{alternative.line}')}** {prose(alternative.summary)}"
    yield ""
    yield block(alternative.patch, "diff", 4000)
    for call, outcome in alternative.outputs[:3]:
        yield f"- {inline(call)}: {inline(outcome)}"
    for objection in alternative.objections:
        yield f"- But {prose(objection)}."
    if alternative.settling_test:
        yield ""
        yield "This test would make it the answer:"
        yield ""
        yield block(alternative.settling_test, "python", 2000)


def offer_lines(offer: Offer) -> Iterator[str]:
    """Yield something that a person may do, to be copied."""
    yield ""
    yield f"**Offer, {offer.kind}.** {prose(offer.title)}"
    for text, language in ((offer.text, "text"), (offer.patch, "diff")):
        if text:
            yield ""
            yield block(text, language, 4000)


def _evidence(evidence: Evidence) -> Iterator[str]:
    yield "### 6. The evidence"
    yield ""
    yield "| gate | passed | |"
    yield "|---|---|---|"
    for gate in evidence.gates:
        yield f"| {prose_cell(gate.name)} | {'yes' if gate.passed else '**no**'} | {prose_cell(gate.detail)} |"
    yield ""
    yield "| run | tests | passed | failed | seed | seconds |"
    yield "|---|--:|--:|--:|--:|--:|"
    for c in evidence.commands:
        seed = "" if c.seed is None else str(c.seed)
        yield f"| {c.purpose} | {c.collected} | {c.passed} | {c.failed} | {seed} | {c.seconds:g} |"
    yield ""
    python = f"Python {prose(evidence.python_version)}, {len(evidence.packages)} packages"
    yield f"{python}, sandbox {prose(evidence.sandbox)}."
    yield f"Tree {inline(evidence.base_digest)}, patch {inline(evidence.patch_digest)}."
    yield ""


def _cost(trace: Trace) -> Iterator[str]:
    yield "### 7. What it cost"
    yield ""
    times = ", ".join(f"{name} {seconds:g} s" for name, seconds in trace.seconds.items())
    usd = trace.evidence.budget.usd if trace.evidence is not None else "0"
    yield f"{times or 'no time was recorded'}; {usd} USD for models."
    for note in trace.notes:
        yield f"- Note: {prose(note)}"
