"""One branch, one commit, one pull request for a repair that the Action found; nothing twice."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from app.action.event import OURS, Event
from app.action.result import EVIDENCE, ActionResult
from fixers.evidence import Trace
from fixers.failures.fingerprint import run_fingerprint
from fixers.model import FileEdit
from fixers.patch import PatchDoesNotApply, apply, digest
from tasks.errors import BadInput
from tasks.github.errors import Conflict, NotFound, PermissionMissing, Rejected
from tasks.github.protocol import Pull, Writer
from tasks.policy.decide import Action, Decision, Room, decide
from tasks.policy.facts import PatchFacts, facts_of
from tasks.policy.load import effective
from tasks.policy.model import REPOSITORY_FILE, EffectivePolicy, ServerPolicy
from tasks.report.outgoing import Outgoing, redacted
from tasks.report.pull import pull_body, pull_title
from tasks.report.quotable import quotable
from tasks.stages.doors import PullContext
from tasks.stages.habits import commit_trailers, read_habits

_NO_FILE = b"version: 1\nautonomy: pr\n"
"""Without a policy file the workflow that hands over a token is the person's word; draft or not is an input."""
_CONTROLS = (
    "merge it, or close it: then this fault is left alone until you reopen it. "
    "The evidence is in the artifact of the red run. No server stands behind this request, so comments are not read."
)
_MOST_RETURNS = 9


@dataclass(frozen=True, slots=True)
class Proposed:
    """A pull request that stands open."""

    number: int
    url: str
    new: bool


@dataclass(frozen=True, slots=True)
class Withheld:
    """No pull request, and why; nothing was written."""

    sentence: str


@dataclass(frozen=True, slots=True)
class _Request:
    base: str
    start: str
    branch: str
    title: str
    body: str
    message: str
    draft: bool


def propose(
    writer: Writer, result: ActionResult, event: Event, outgoing: Outgoing, *, draft: bool
) -> Proposed | Withheld:
    """Open the pull request for a proven repair, or return the one that is open.

    The commit starts where the branch stood when the run began, and only if the files there are,
    byte for byte, those that the repair was proven on. EgressBlocked, before anything is written,
    when a text would carry a secret out.
    """
    trace = result.trace
    withheld = _unwanted(result, event)
    if withheld is not None:
        return withheld
    try:
        facts = facts_of(trace.patch)
    except BadInput as error:
        return Withheld(f"The patch in the result cannot be read: {error}")
    fingerprint = run_fingerprint(trace.failures, repository=event.repository_id, base=event.branch)
    branch, earlier = _earlier(writer, _branch(event.branch, fingerprint), event.branch)
    if earlier is not None:
        return earlier
    policy = _policy(writer)
    decision = _decide(writer, facts, policy, draft=draft)
    if decision.result != "allow":
        return Withheld(f"Policy does not let it be proposed ({decision.clause}): {decision.sentence}")
    edits = _edits(writer, trace, event)
    if isinstance(edits, Withheld):
        return edits
    context = _context(event, fingerprint, decision)
    request = _request(writer, result, context, branch, draft=decision.action == Action.DRAFT)
    outgoing.check("the pull request", request)
    made = _open(writer, request, edits)
    if isinstance(made, Proposed):
        _label(writer, made.number, policy.repository.labels)
    return made


def _unwanted(result: ActionResult, event: Event) -> Withheld | None:
    if result.trace.status != "fixed" or not result.trace.patch:
        return Withheld(f"There is nothing to propose: {result.trace.sentence}")
    if event.read_only:
        return Withheld(event.read_only)
    if result.commit not in {event.commit, event.head}:
        return Withheld(
            f"The repair was proven on {result.commit[:7] or 'an unknown commit'}, which is not the commit of this run "
            f"({event.commit[:7]}). Check out what the workflow runs on, as actions/checkout does by default."
        )
    return None


def _policy(writer: Writer) -> EffectivePolicy:
    file = writer.file_at(REPOSITORY_FILE, writer.default_branch())
    return effective(ServerPolicy(), _NO_FILE if file is None else file)


def _decide(writer: Writer, facts: PatchFacts, policy: EffectivePolicy, *, draft: bool) -> Decision:
    """Ask for a ready pull request first where one is wanted, then for a draft."""
    room = Room(open=len(writer.open_pulls(OURS)), new=0)
    ready = None if draft else decide(Action.READY, facts, policy, None, room)
    return ready if ready is not None and ready.result == "allow" else decide(Action.DRAFT, facts, policy, None, room)


def _context(event: Event, fingerprint: str, decision: Decision) -> PullContext:
    return PullContext(
        attempt_id=0,
        repository=event.repository,
        base=event.branch,
        head_sha=event.head,
        fingerprint=fingerprint,
        run_name=event.workflow,
        run_url=event.run_url,
        decision=decision,
        ledger="",
    )


def _bundle(result: ActionResult) -> str:
    return f"{EVIDENCE} --repo {result.directory}" if result.directory else EVIDENCE


def _branch(base: str, fingerprint: str) -> str:
    slug = re.sub(r"[^A-Za-z0-9]+", "-", base).strip("-").lower()[:40] or "branch"
    return f"goldseam/fix/{slug}-{fingerprint[:8]}"


def _earlier(writer: Writer, wanted: str, base: str) -> tuple[str, Proposed | Withheld | None]:
    """Return the branch to use, and what became of an earlier proposal of the same repair that decides it all.

    A fault that came back after its repair was merged gets a number.
    """
    for number in range(1, _MOST_RETURNS + 1):
        branch = wanted if number == 1 else f"{wanted}-{number}"
        pull = writer.last_pull(branch)
        if pull is None:
            return branch, None
        if pull.state == "open" and pull.base_branch == base:
            return branch, _proposed(pull, new=False)
        if not pull.merged:
            return branch, Withheld(
                f"#{pull.number} proposed a repair of this fault, and a person closed it. Reopen it to have it."
            )
    return wanted, Withheld(f"This fault came back {_MOST_RETURNS} times after its repair was merged.")


def _edits(writer: Writer, trace: Trace, event: Event) -> list[FileEdit] | Withheld:
    paths = [path for change in facts_of(trace.patch).changes for path in change.paths]
    found = {path: writer.file_at(path, event.head) for path in paths}
    try:
        return list(apply(trace.patch, {path: data.decode() for path, data in found.items() if data is not None}))
    except (PatchDoesNotApply, UnicodeDecodeError):
        return Withheld(
            f"{paths[0]} on {event.branch} is not the file that the repair was proven on: the run tests a merge with "
            "the base branch, or a step changed it. Bring the branch up to date, or apply the patch by hand."
        )


def _request(writer: Writer, result: ActionResult, context: PullContext, branch: str, *, draft: bool) -> _Request:
    """Write the texts in the repository's own way, without what has the form of somebody's token."""
    trace, habits = quotable(result.trace), read_habits(writer, context.base)
    title = habits.title(pull_title(trace))
    body = pull_body(trace, context, bundle=_bundle(result), key=b"", controls=_CONTROLS)
    # The same for every run on the commit, so that two jobs of a matrix make one.
    ours = (f"Goldseam-Fingerprint: {context.fingerprint}", f"Goldseam-Patch: {digest(trace.patch)}")
    message = "\n".join((title, "", *ours, *commit_trailers(writer, habits, None), ""))
    return _Request(context.base, context.head_sha, branch, title, habits.body(redacted(body)[0]), message, draft)


def _open(writer: Writer, asked: _Request, edits: Sequence[FileEdit]) -> Proposed | Withheld:
    files = {edit.path: edit.after.encode() for edit in edits}
    try:
        if writer.branch_sha(asked.branch) is None:
            writer.create_branch(asked.branch, asked.start)
        # A commit of ours that a run left which was killed here is adopted; anything else is a conflict.
        writer.commit(asked.branch, asked.start, asked.message, files)
    except Conflict as error:
        return Withheld(f"{asked.branch} is somebody else's: {error}")
    request = {"head": asked.branch, "base": asked.base, "title": asked.title, "body": asked.body}
    return _proposed(writer.open_pull(**request, draft=asked.draft), new=True)


def _label(writer: Writer, number: int, labels: Sequence[str]) -> None:
    """Add the labels that the policy file names; a token that may not leaves the request as good as it is."""
    if labels:
        with suppress(Rejected, NotFound, PermissionMissing):
            writer.add_labels(number, labels)


def _proposed(pull: Pull, *, new: bool) -> Proposed:
    return Proposed(pull.number, pull.html_url, new)
