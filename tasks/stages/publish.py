"""Publish: the only stage that can write. Decides again, and makes the effects that policy allows now."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from fixers.evidence import Trace
from fixers.model import Declined, Reason
from fixers.patch import digest
from tasks.conversation.said import said_by
from tasks.github.errors import PermissionMissing, Rejected
from tasks.github.protocol import Account, CheckAction, CheckOutput, Writer
from tasks.policy.decide import Action, Decision
from tasks.policy.load import effective
from tasks.policy.model import REPOSITORY_FILE, ServerPolicy
from tasks.report.neutral import prose
from tasks.report.outgoing import EgressBlocked
from tasks.stages.approval import ask_approval
from tasks.stages.blocked import say_blocked
from tasks.stages.documents import Order
from tasks.stages.doors import Earlier, OpenWriter, PullContext, Renderer
from tasks.stages.effect import Hand, Made, NotNow
from tasks.stages.egress import blocked
from tasks.stages.ending import end, shown, unproposed
from tasks.stages.habits import Habitual, commit_trailers, read_habits
from tasks.stages.propose import message, propose
from tasks.stages.rerun import rerun, run_again
from tasks.stages.revise import Revision, revise
from tasks.stages.room import NoRoom, settle_with_room, waiting
from tasks.stages.settle import Settled, hold, record
from tasks.stages.suggest import suggest
from tasks.stages.turn import Turn, Turns
from tasks.stages.upkeep import delete_branch, last_commit
from tasks.store import documents, threads
from tasks.store.database import Store
from tasks.store.documents import Kind
from tasks.store.models import Attempt
from tasks.store.models_people import CommandRow
from tasks.store.queue import look_at_branch
from tasks.store.states import State

CHECK = "Goldseam"
BUTTONS = (
    CheckAction("Retry", "Look for another repair", "retry"),
    CheckAction("Explain", "Say how it came about", "explain"),
    CheckAction("Stop", "Keep off this pull request", "stop"),
)
"""What can be pressed on the check run; the last two need a pull request to speak of."""


def publish(attempt_id: int, *, turns: Turns, writers: OpenWriter, server: ServerPolicy, renderer: Renderer) -> State:
    """Move an attempt from PUBLISHING to WATCHING with a pull request, or to its end with a check run.

    Safe to kill anywhere: each effect is intended before, and looked up when it is tried
    again. A stop leaves the attempt in PUBLISHING; what was not made is made when it is lifted.
    """
    with turns.take(attempt_id, State.PUBLISHING) as turn:
        if turn is not None:
            try:
                with writers(turn.attempt) as writer:
                    return _publish(turn, writer, server, renderer)
            except NotNow as refused:
                return hold(turn, refused.decision)
            except EgressBlocked as leak:
                return blocked(turn, leak)
    return turns.state_of(attempt_id)


def _publish(turn: Turn, writer: Writer, server: ServerPolicy, renderer: Renderer) -> State:
    trace = turn.get(Kind.TRACE, Trace)
    policy = effective(server, writer.file_at(REPOSITORY_FILE, writer.default_branch()))
    settled = settle_with_room(turn, trace, policy)
    if settled.stopped:
        return hold(turn, settled.last)
    if settled.put_off is not None:
        _wait_for_room(Hand(turn, policy, settled.facts), writer, trace, renderer, settled.put_off)
    with turn.writing() as session:
        entry = record(session, turn.attempt, "publish", settled.decisions)
    trace = shown(turn, trace, settled)
    hand = Hand(turn, policy, settled.facts)
    if settled.action in {Action.READY, Action.DRAFT}:
        context = _context(turn, settled, f"{entry.seq}@{entry.hash.removeprefix('sha256:')[:12]}")
        try:
            proposed = _propose(hand, writer, trace, context, renderer, draft=settled.action is Action.DRAFT)
        except (PermissionMissing, Rejected) as error:
            return _offer(turn, hand, writer, trace, renderer, str(error))
        if not isinstance(proposed, Declined):
            _ask_approval(hand, writer, trace)
            _check(hand, writer, trace, renderer.render_check(trace))
            return _watch(turn, trace, proposed)
        trace = unproposed(turn, "declined", proposed)
    order = turn.find(Kind.ORDER, Order)
    if settled.action is Action.SUGGEST and order is not None and order.fork_pull:
        suggest(hand, writer, trace, order.fork_pull)
    if settled.action is not None:
        output = renderer.render_check(trace)
        again = trace.reason is Reason.NOT_REPRODUCED and order is not None and rerun(hand, writer, order)
        _check(hand, writer, trace, run_again(output) if again else output)
    return end(turn, trace)


def _wait_for_room(hand: Hand, writer: Writer, trace: Trace, renderer: Renderer, put_off: Decision) -> None:
    """Say in the check run that the repair waits, and give the attempt back until there may be room."""
    with hand.turn.writing() as session:
        if not hand.turn.attempt.waits_for:  # said once, not at each look
            record(session, hand.turn.attempt, "publish", (put_off,))
    output = waiting(renderer.render_check(trace), put_off)
    _check(hand, writer, trace, output, kind="check-waiting")
    raise NoRoom(put_off.sentence)


def _offer(turn: Turn, hand: Hand, writer: Writer, trace: Trace, renderer: Renderer, why: str) -> State:
    """Offer the patch in the check run because GitHub takes no pull request, and let an issue say so once."""
    say_blocked(hand, writer, why)
    commit = last_commit(turn.store, turn.attempt)
    if commit is not None and turn.attempt.follows is None:
        delete_branch(hand, writer, commit)  # nobody would ever look for it without a request
    output = renderer.render_check(trace)
    said = f"It could not be proposed. {prose(why)}"
    title = "A proven repair, which could not be proposed"
    _check(hand, writer, trace, replace(output, title=title, summary=f"{said}\n\n{output.summary}"))
    return end(turn, trace)


def _propose(
    hand: Hand, writer: Writer, trace: Trace, context: PullContext, renderer: Renderer, *, draft: bool
) -> int | Declined:
    """Open a pull request, or carry on the one that an earlier attempt opened."""
    habits = read_habits(writer, hand.turn.attempt.base)
    context = replace(context, trailers=commit_trailers(writer, habits, _helper(hand.turn.store, hand.turn.attempt.id)))
    renderer = Habitual(renderer, habits)
    number = hand.turn.attempt.pull_number
    if number is None or hand.turn.attempt.follows is None:
        return propose(hand, writer, trace, context, renderer, draft=draft)
    title, body = renderer.render_pull(trace, context)
    return revise(hand, writer, Revision(number, title, body, message(title, trace, context), trace))


def _check(hand: Hand, writer: Writer, trace: Trace, output: CheckOutput, kind: str = "check") -> None:
    """Say the result at the red commit: neutral, because a proposal is neither a success nor a failure."""
    attempt = hand.turn.attempt

    def do() -> Made:
        made = writer.create_check(
            name=CHECK,
            head_sha=attempt.head_sha,
            conclusion="neutral",
            output=output,
            external_id=f"goldseam:{_first(hand)}",
            actions=BUTTONS if attempt.pull_number or trace.status == "fixed" else BUTTONS[:1],
        )
        return Made(str(made))

    action = Action.SUGGEST if trace.status == "fixed" else Action.REPORT
    # No look-up here: `create_check` itself finds the one of ours with the same external id.
    hand.make(action, kind=kind, target=attempt.head_sha, look=lambda: None, do=do)


def _ask_approval(hand: Hand, writer: Writer, trace: Trace) -> None:
    commit = last_commit(hand.turn.store, hand.turn.attempt)
    if hand.policy.repository.approval_check and commit is not None:
        ask_approval(hand, writer, commit.remote_id, trace)


def _first(hand: Hand) -> int:
    """Return the attempt that opened the thread: one check run tells of all that carried it on."""
    with hand.turn.store.read() as session:
        return list(threads.line_of(session, hand.turn.attempt))[-1].id


def _watch(turn: Turn, trace: Trace, number: int) -> State:
    def note_number(session: Session) -> None:
        row = session.get_one(Attempt, turn.attempt.id)
        row.pull_number = number
        look_at_branch(session, row.repository_id, row.base, but=row.id)  # it may supersede another request

    return turn.finish(State.WATCHING, why="A pull request is open.", sentence=trace.sentence, also=note_number)


def _context(turn: Turn, settled: Settled, ledger: str) -> PullContext:
    order = turn.get(Kind.ORDER, Order)
    first = order.runs[0] if order.runs else None
    return PullContext(
        trace_id=turn.attempt.trace_id,
        attempt_id=turn.attempt.id,
        repository=turn.attempt.repository,
        base=turn.attempt.base,
        head_sha=turn.attempt.head_sha,
        fingerprint=order.fingerprint,
        run_name=first.name if first else "",
        run_url=first.html_url if first else "",
        decision=settled.last,
        ledger=ledger,
        asked=_asked(turn),
        earlier=_earlier(turn),
    )


def _helper(store: Store, attempt_id: int) -> Account | None:
    """Return the person whose command led to the proposal."""
    with store.read() as session:
        row = session.scalars(select(CommandRow).where(CommandRow.opened_id == attempt_id)).first()
    if row is None or (said := said_by(row)).author_type == "Bot":
        return None
    return Account(said.author_login, said.author_id)


def _asked(turn: Turn) -> str:
    """Return who asked for this proposal, and how, in words."""
    with turn.store.read() as session:
        row = session.scalars(select(CommandRow).where(CommandRow.opened_id == turn.attempt.id).limit(1)).one_or_none()
    if row is None:
        return ""
    said = said_by(row)
    what = f"{said.verb} {said.argument}".strip()
    return f"@{said.author_login} asked for it: {what}"


def _earlier(turn: Turn) -> tuple[Earlier, ...]:
    """Return what the pull request showed before, each patch once, without the one that is shown now."""
    now = turn.get(Kind.TRACE, Trace).patch
    found: dict[str, Earlier] = {}
    with turn.store.read() as session:
        for each in threads.proposals(session, turn.attempt):
            trace = documents.find(session, each.id, Kind.TRACE, Trace)
            if trace is not None and trace.patch and trace.patch != now:
                digest8 = digest(trace.patch).removeprefix("sha256:")[:8]
                found.setdefault(digest8, Earlier(each.id, digest8, trace.sentence.removeprefix("Fixed: ")))
    return tuple(found.values())
