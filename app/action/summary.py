"""The step summary: what happened, the patch, how to apply it, and the whole trace folded below."""

from __future__ import annotations

from fixers.evidence import Trace
from tasks.report.neutral import inline, prose
from tasks.report.pull import check_output, proof_table
from tasks.report.trace import trace_markdown

LIMIT = 1 << 20
"""Bytes; GitHub shows nothing at all of a summary that is larger."""
_CUT = "\n\n… the rest of the trace is in the artifact.\n"
_TAIL = "\n</details>\n"


def summary(trace: Trace, *, artifact: str = "", note: str = "") -> str:
    """Return the summary as Markdown in which no text of the repository is interpreted; at most 1 MiB.

    `artifact` is the name under which the patch will be kept; `note` says what was not done, and why.
    """
    lines = [f"## Goldseam: {_heading(trace)}", "", check_output(trace).summary, ""]
    if trace.status == "fixed":
        lines += [*_proof(trace), "", *_how(artifact)]
    head = "\n".join((*lines, *((f"> {prose(note)}", "") if note else ())))
    room = LIMIT - len(head.encode()) - len(_TAIL) - 100
    folded = f"<details><summary>The whole trace</summary>\n\n{_fitted(trace_markdown(trace), room)}{_TAIL}"
    return f"{head}\n{folded}"


def _heading(trace: Trace) -> str:
    if trace.status == "fixed":
        return "a proven repair"
    if trace.status == "declined":
        return f"declined, {str(trace.reason or 'no reason').replace('_', ' ')}"
    return "nothing to repair" if trace.status == "nothing_to_fix" else "it failed"


def _proof(trace: Trace) -> list[str]:
    table = [*proof_table(trace.evidence), ""] if trace.evidence is not None else []
    return [*table, f"**Why this one.** {prose(trace.choice)}"]


def _how(artifact: str) -> list[str]:
    if not artifact:
        return []
    return [f"**Apply it.** Download the artifact {inline(artifact)} of this run, then `git apply goldseam.patch`.", ""]


def _fitted(story: str, room: int) -> str:
    """Cut a story between two of its sections, so that no table, fence or fold stays open."""
    if len(story.encode()) <= room:
        return story
    kept = story.encode()[: max(0, room - len(_CUT.encode()))].decode(errors="ignore")
    return kept.rpartition("\n### ")[0] + _CUT
