"""Title and body of a pull request, and the text of a check run."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from fixers.evidence import Evidence, Trace
from fixers.patch import PatchDoesNotApply, read
from fixers.project import is_test_path
from tasks.conversation.grammar import CALL
from tasks.github.protocol import Annotation, CheckOutput
from tasks.report.neutral import block, cell, cut, inline, prose, prose_cell
from tasks.report.trace import alternative_lines, failure_lines, offer_lines, trace_markdown

if TYPE_CHECKING:  # at run time it would load the database, which the Action has no use for
    from tasks.stages.doors import PullContext

BODY_LIMIT = 60_000
CHECK_LIMIT = 60_000
CONTROLS = (
    f"`{CALL} retry <hint>` · `explain` · `alternatives` · `undo` · `stop` · `help` in a comment or review. "
    "Merge it, or close it: then this fault is left alone for 7 days.\n\n"
    "- [ ] <!-- goldseam:box=retry --> Try again: look for another repair"
)
"""What a reviewer can do where a server listens."""
_CUT = "\n\n… the rest of the trace is in the check run and in the evidence bundle.\n"


def pull_title(trace: Trace) -> str:
    """Return the title: what was wrong where, in at most 72 characters."""
    path, _ = _place(trace.patch)
    place, function = path or "the tests", _function(trace)
    subject = f"fix: {function} in {place}" if function else f"fix: {place}"
    return subject if len(subject) <= 72 else f"fix: {place}"[:72]


def pull_body(trace: Trace, context: PullContext, *, bundle: str, key: bytes, controls: str = CONTROLS) -> str:
    """Return the body, in the order a reviewer needs it, at most 60,000 characters.

    `bundle` says where the evidence can be read; `key` signs the hidden markers, so
    that repository text cannot forge them. Without a key there are none: nobody will read them.
    """
    head = "\n".join(_body(trace, context, bundle, controls))
    markers = _markers(context, key)
    room = BODY_LIMIT - len(head) - len(markers) - len(_folded("")) - 10
    return f"{head}\n\n{_folded(cut(trace_markdown(trace), room, _CUT))}\n\n{markers}\n"


def check_output(trace: Trace) -> CheckOutput:
    """Return what the check run on the failing commit shows, whether something was proposed or not."""
    summary = [prose(trace.sentence), ""]
    if trace.status == "fixed":
        summary += [block(trace.patch, "diff", 20_000), ""]
    for alternative in trace.alternatives:
        summary += [*alternative_lines(alternative), ""]
    if trace.next_step:
        summary.append(f"Next: {prose(trace.next_step)}")
    for offer in trace.offers:
        summary += offer_lines(offer)
    return CheckOutput(
        title=_check_title(trace),
        summary=cut("\n".join(summary), CHECK_LIMIT),
        text=cut(trace_markdown(trace), CHECK_LIMIT),
        annotations=tuple(_annotations(trace)),
    )


def _body(trace: Trace, context: PullContext, bundle: str, controls: str) -> Iterator[str]:
    run = f"[{prose(context.run_name)}]({context.run_url})" if context.run_url else prose(context.run_name)
    yield f"**Red:** {run} on {inline(context.base)} at {context.head_sha[:7]} · {_red(trace)}"
    for failure in trace.failures[:3]:
        yield from failure_lines(failure)
    yield ""
    yield f"**Cause.** {_cause(trace)}"
    yield ""
    yield f"**Change.** {prose(_summary(trace))} {_untouched(trace)}"
    yield ""
    yield block(trace.patch, "diff", 12_000)
    yield ""
    if trace.evidence is not None:
        yield from proof_table(trace.evidence)
    yield ""
    yield f"**Why this one.** {prose(trace.choice)}"
    yield ""
    how = "made without a model" if not trace.fixer.startswith("model:") else f"made by {inline(trace.fixer)}"
    allowed = f"**Allowed by** {inline(context.decision.clause)} at autonomy {inline(context.decision.autonomy)}"
    yield f"{allowed} · merging is up to a person · {how} ({inline(trace.fixer)})"
    yield ""
    yield f"**Check it yourself:** `goldseam verify {bundle}`"
    yield ""
    yield f"**Controls:** {controls}"
    yield from _history(context)


def _history(context: PullContext) -> Iterator[str]:
    if not context.earlier:
        return
    yield ""
    yield "**Proposals so far**"
    yield ""
    for number, earlier in enumerate(context.earlier, 1):
        yield f"{number}. ~~`{earlier.digest8}` {prose(earlier.sentence, 200)}~~ (attempt {earlier.attempt_id})"
    yield f"{len(context.earlier) + 1}. this one: {prose(context.asked, 300)}"


def proof_table(evidence: Evidence) -> Iterator[str]:
    """Yield the table of what was run before and after."""
    before = next((c for c in evidence.commands if c.purpose == "baseline"), None)
    suites = [c for c in evidence.commands if c.purpose.startswith("suite")]
    count, before_runs, after_runs = len(evidence.failing_before), evidence.repeats_before, evidence.repeats_after
    yield "| proof | before | after |"
    yield "|---|---|---|"
    if evidence.tool is not None:
        red = evidence.tool
        yield f"| {prose_cell(red.tool)} {prose_cell(red.version)} | {len(red.findings)} findings | {len(red.after)} |"
    else:
        yield f"| failing tests | {count} failed ×{before_runs} | {count} passed ×{after_runs} |"
    if before is not None and suites:
        order = f"×{len(suites)}, one in random order (seed {suites[-1].seed})" if len(suites) > 1 else "×1"
        yield f"| whole suite ({evidence.suite_size}) | {before.passed} passed | {suites[0].passed} passed {order} |"
    for check in evidence.static:
        tool = f"{prose_cell(check.tool)} {prose_cell(check.version)}"
        yield f"| {tool} | {check.before} findings | {check.after}, {_new(len(check.new))} |"
    behaviour = evidence.behaviour
    if behaviour is not None and behaviour.calls:
        differs = "; ".join(cell(d) for d in behaviour.differs_when[:3]) or "none of them"
        yield f"| behaviour on {behaviour.calls} replayed calls | – | differs from the code before on {differs} |"
        others = behaviour.clusters - 1
        yield f"| other behaviours that pass the failing tests | – | {others or 'none'} |"
    gates = sum(1 for g in evidence.gates if g.passed)
    yield f"| gates | – | {gates} of {len(evidence.gates)} passed |"
    yield f"| candidates run | – | {evidence.budget.validated:,} |"


def _red(trace: Trace) -> str:
    if trace.reproduction is not None and trace.reproduction.tool is not None:
        return prose(trace.reproduction.tool.tool)
    return _tests(len(trace.reproduction.failing) if trace.reproduction else 0)


def _untouched(trace: Trace) -> str:
    try:
        tests = [file.path for file in read(trace.patch) if is_test_path(file.path)]
    except PatchDoesNotApply:
        tests = []
    if tests:
        return "Tests are laid out anew and are the same programs; no configuration or dependency is touched."
    return "No test, configuration or dependency is touched."


def _cause(trace: Trace) -> str:
    if not trace.localization or not trace.patch:
        return prose(trace.sentence)
    path, _ = _place(trace.patch)
    at = [s for s in trace.localization if s.path == path]
    first = at[0] if at else trace.localization[0]
    where = inline(f"{first.path}:{first.line} {first.function}".strip())
    return f"{where}: {prose('; '.join(first.reasons))}."


def _summary(trace: Trace) -> str:
    return trace.sentence.removeprefix("Fixed: ")


def _function(trace: Trace) -> str:
    path, line = _place(trace.patch)
    near = [s for s in trace.localization if s.path == path and s.function and line <= s.line <= line + 8]
    return near[0].function.rsplit(".", 1)[-1] if near else ""


def _place(patch: str) -> tuple[str, int]:
    """Return the first path of a patch and its first changed place there; no path when nothing can be read."""
    try:
        first = next(iter(read(patch)), None)
    except PatchDoesNotApply:
        first = None
    if first is None:
        return "", 0
    return first.path, first.hunks[0].after if first.hunks else 0


def _check_title(trace: Trace) -> str:
    if trace.status == "fixed":
        return "A proven repair is proposed"
    reason = str(trace.reason or trace.status).replace("_", " ").capitalize()
    return f"{reason}: {prose(trace.sentence, 120)}"[:200]


def _annotations(trace: Trace) -> Iterator[Annotation]:
    for s in trace.localization[:5]:
        yield Annotation(
            path=s.path,
            start_line=s.line,
            end_line=max(s.line, s.end_line),
            message="; ".join(s.reasons)[:1000],
            level="notice" if trace.status == "declined" else "warning",
            title="Suspicious here",
        )


def _folded(story: str) -> str:
    return f"<details><summary>The whole trace</summary>\n\n{story}\n</details>"


def marker(key: bytes, name: str, value: str) -> str:
    """Return a hidden, signed marker; a copy with another value does not verify."""
    tag = hmac.new(key, f"{name}={value}".encode(), hashlib.sha256).hexdigest()[:32]
    return f"<!-- goldseam:{name}={value}:{tag} -->"


def read_marker(key: bytes, name: str, body: str) -> str | None:
    """Return the value of a marker that we signed, or None."""
    for value, tag in re.findall(rf"<!-- goldseam:{re.escape(name)}=([\w.@:-]*):([0-9a-f]{{32}}) -->", body):
        expected = marker(key, name, value)
        if hmac.compare_digest(expected, f"<!-- goldseam:{name}={value}:{tag} -->"):
            return str(value)
    return None


def _markers(context: PullContext, key: bytes) -> str:
    if not key:
        return ""
    values = {"fingerprint": context.fingerprint, "attempt": str(context.attempt_id), "ledger": context.ledger}
    values["trace"] = context.trace_id
    return "\n".join(marker(key, name, value) for name, value in values.items() if value)


def _tests(count: int) -> str:
    return "1 test" if count == 1 else f"{count} tests"


def _new(count: int) -> str:
    return "none new" if count == 0 else f"{count} new"
