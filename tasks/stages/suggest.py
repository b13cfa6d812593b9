"""Suggestions: a proven patch at the lines of somebody's pull request, where Goldseam may write nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher

import structlog

from fixers.evidence import Trace
from fixers.model import FileEdit
from fixers.patch import PatchDoesNotApply, apply, digest, read
from tasks.github.errors import NotFound, PermissionMissing, Rejected
from tasks.github.protocol import PullFile, Suggestion, Writer
from tasks.policy.decide import Action
from tasks.report.neutral import prose
from tasks.stages.effect import Hand, Made

_HUNK = re.compile(r"@@ -\d+(?:,\d+)? \+(\d+)(?:,\d+)? @@")
_MOST = 10

log = structlog.get_logger()


def suggest(hand: Hand, writer: Writer, trace: Trace, number: int) -> bool:
    """Suggest the patch at the pull request's lines, in one review; False when it does not lie within its diff.

    All of it or nothing: half a repair is none. The check run shows the patch either way.
    """
    attempt = hand.turn.attempt
    pull = writer.pull(number)
    if pull.state != "open" or pull.head_sha != attempt.head_sha:
        return False
    edits = _edits(writer, trace, attempt.head_sha)
    suggestions = suggestions_of(edits, {file.path: file for file in writer.pull_files(number)})
    if not suggestions:
        return False
    body = _body(trace, attempt.id)
    try:
        hand.make(
            Action.REVIEW,
            kind="review",
            target=f"#{number}",
            look=lambda: None,  # `suggest` itself finds the same review of ours
            do=lambda: Made(str(writer.suggest(number, pull.head_sha, suggestions, body))),
        )
    except (Rejected, NotFound, PermissionMissing) as error:
        log.warning("suggestion_refused", number=number, why=str(error))
        return False
    return True


def suggestions_of(edits: Sequence[FileEdit], files: Mapping[str, PullFile]) -> tuple[Suggestion, ...]:
    """Return one suggestion for each changed block; none when any block lies outside the pull request's diff."""
    found: list[Suggestion] = []
    for edit in edits:
        hunks = _hunks(files[edit.path].patch) if edit.path in files else []
        for block in _blocks(edit):
            lines = range(block.start_line, block.line + 1)
            if not any(set(lines) <= hunk for hunk in hunks):
                return ()
            found.append(block)
    return tuple(found) if len(found) <= _MOST else ()


def _edits(writer: Writer, trace: Trace, ref: str) -> Sequence[FileEdit]:
    try:
        before = {file.path: (writer.file_at(file.path, ref) or b"").decode() for file in read(trace.patch)}
        return apply(trace.patch, before)
    except (PatchDoesNotApply, UnicodeDecodeError):
        return ()


def _blocks(edit: FileEdit) -> list[Suggestion]:
    """Cut an edit into whole lines that are replaced; what is only added replaces its neighbour by both."""
    before, after = edit.before.split("\n"), edit.after.split("\n")
    blocks = []
    for tag, start, end, new_start, new_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        text = after[new_start:new_end]
        first, last = start + 1, end
        if tag == "insert":
            at = max(start, 1)
            neighbour = before[at - 1]
            text = [neighbour, *text] if start else [*text, neighbour]
            first = last = at
        blocks.append(Suggestion(edit.path, first, last, "\n".join(text)))
    return blocks


def _hunks(patch: str) -> list[set[int]]:
    """Return the lines of the new file that each hunk shows."""
    hunks: list[set[int]] = []
    at = 0
    for line in patch.splitlines():
        head = _HUNK.match(line)
        if head is not None:
            at = int(head[1])
            hunks.append(set())
        elif hunks and line[:1] in {" ", "+"}:
            hunks[-1].add(at)
            at += 1
    return hunks


def _body(trace: Trace, attempt_id: int) -> str:
    short = digest(trace.patch).removeprefix("sha256:")[:8]
    return (
        f"{prose(trace.sentence)} Proven in a sandbox without network or tokens; the check run named Goldseam has "
        f"the evidence and the whole patch. I write to no fork: take the suggestion over if you want it."
        f"\n\n<!-- goldseam:suggestion={attempt_id}:{short} -->"
    )
