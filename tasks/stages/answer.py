"""Answer: what a person said is seen, authorized at this moment, done, and answered once.

The first reaction comes at once, the last one when all is done: for a command that
opens an attempt, when that attempt rests. Killed anywhere and run again, each reply,
reaction and attempt is made once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Literal

from sqlalchemy.orm import Session

from fixers.evidence import Trace
from tasks.conversation.authority import Refusal, enough, refusal
from tasks.errors import BadInput
from tasks.github.errors import NotFound, PermissionMissing, Rejected
from tasks.github.protocol import Pull, Where, Writer
from tasks.policy.decide import Action
from tasks.policy.facts import PatchFacts, facts_of
from tasks.policy.load import effective
from tasks.policy.model import REPOSITORY_FILE, ServerPolicy
from tasks.report.neutral import prose
from tasks.report.outgoing import EgressBlocked
from tasks.stages.acts import Answer, Thread, act
from tasks.stages.command_turn import CommandHolder, CommandTurn, CommandTurns
from tasks.stages.effect import Hand, Made, NotNow
from tasks.stages.follow import open_following, past_of
from tasks.store import commands, documents, threads
from tasks.store.documents import Kind
from tasks.store.models import Attempt, Purpose
from tasks.store.models_people import CommandRow, CommandState
from tasks.store.states import TERMINAL, State

OpenCommandWriter = Callable[[CommandRow], AbstractContextManager[Writer]]
_Face = Literal["eyes", "+1", "confused"]


def answer(
    command_id: int,
    *,
    turns: CommandTurns,
    writers: OpenCommandWriter,
    server: ServerPolicy,
    mark: Callable[[int], str],
) -> CommandState:
    """Move a command on: refused, done, or waiting for the attempt that it opened.

    `mark` makes the hidden, signed marker by which the reply to a command is found again.
    """
    with turns.take(command_id) as turn:
        if turn is not None and not _still_waits(turn):
            with writers(turn.command) as writer:
                try:
                    _Conversation(turn, writer, server, mark).go_on()
                except NotNow as refused:
                    _hold_or_end(turn, refused)
                except EgressBlocked as leak:
                    turn.end(CommandState.REFUSED, str(leak))
                except (PermissionMissing, Rejected) as error:
                    turn.end(CommandState.REFUSED, f"GitHub takes no answer here: {error}")
    return turns.state_of(command_id)


class _Conversation:
    """One turn at one command."""

    def __init__(self, turn: CommandTurn, writer: Writer, server: ServerPolicy, mark: Callable[[int], str]) -> None:
        self.turn, self.writer, self.server, self.mark = turn, writer, server, mark
        self.said = turn.said

    def go_on(self) -> None:
        pull = self._pull()
        attempt = self._attempt(pull)
        if attempt is None:
            self.turn.end(CommandState.REFUSED, "Goldseam knows nothing of this pull request.")
            return
        hand = self._hand(attempt)
        if self.turn.command.state is CommandState.WAITING:
            self._conclude(hand, pull)
            return
        refused = refusal(self.said, self.writer, bots=self.server.command_bots)
        if refused is not None:
            self._refuse(hand, refused)
            return
        if self._has_enough(hand, pull, attempt):
            return
        self._react(hand, "eyes")
        self._obey(hand, pull, attempt)

    def _obey(self, hand: Hand, pull: Pull | None, attempt: Attempt) -> None:
        thread = self._thread(hand, pull, attempt)
        done = act(thread)
        number = pull.number if pull is not None else attempt.pull_number
        if done.reply:
            self._reply(hand, number, done.reply)
        if done.opens is None:
            self._react(hand, "+1" if done.good else "confused")
        self.turn.end(
            _state_after(done),
            done.sentence,
            listing=done.listing,
            also=lambda session: self._settled(session, done, attempt, number),
        )

    def _settled(self, session: Session, done: Answer, attempt: Attempt, number: int | None) -> dict[str, object]:
        done.also(session)
        values: dict[str, object] = {"attempt_id": attempt.id, "pull_number": number}
        if done.opens is not None:
            key = f"{done.opens.purpose}:c{self.turn.command.id}"
            opened = open_following(session, attempt, done.opens, key=key, by=self.said.author_id)
            values["opened_id"] = opened.id
        return values

    def _has_enough(self, hand: Hand, pull: Pull | None, attempt: Attempt) -> bool:
        """Let bots that command one another come to an end, and say so once."""
        number = pull.number if pull is not None else attempt.pull_number
        earlier = [row for row in self._earlier(number) if row.id < self.turn.command.id]
        refused = enough(self.said, earlier)
        if refused is None:
            return False
        if all(row.sentence != refused.sentence for row in earlier):
            self._reply(hand, number, refused.sentence)
        self._refuse(hand, refused)
        return True

    def _earlier(self, number: int | None) -> Sequence[CommandRow]:
        if number is None:
            return ()
        with self.turn.store.read() as session:
            return commands.thread(session, self.turn.command.repository_id, number)

    def _thread(self, hand: Hand, pull: Pull | None, attempt: Attempt) -> Thread:
        earlier = self._earlier(pull.number if pull is not None else attempt.pull_number)
        with self.turn.store.read() as session:
            return Thread(
                said=self.said,
                past=past_of(session, attempt),
                working=threads.at_work(session, attempt),
                pull=pull,
                earlier=earlier,
                writer=self.writer,
                hand=hand,
            )

    def _conclude(self, hand: Hand, pull: Pull | None) -> None:
        """Say how the attempt ended that the command had opened."""
        with self.turn.store.read() as session:
            opened = session.get_one(Attempt, self.turn.command.opened_id)
            trace = documents.find(session, opened.id, Kind.TRACE, Trace)
        good = opened.state in {State.WATCHING, State.DONE} or opened.superseded_by is not None
        number = pull.number if pull is not None else opened.pull_number
        self._reply(hand, number, _outcome(opened, trace, good=good))
        self._react(hand, "+1" if good else "confused", kind="react-end")
        self.turn.end(CommandState.DONE, f"Attempt {opened.id} ended as {opened.state}.")

    def _refuse(self, hand: Hand, refused: Refusal) -> None:
        if not refused.silent:
            self._react(hand, "confused")
        self.turn.end(CommandState.REFUSED, refused.sentence, also=lambda _: {"attempt_id": hand.turn.attempt.id})

    def _react(self, hand: Hand, face: _Face, kind: str = "") -> None:
        said = self.said
        if not said.can_be_reacted_to:
            return

        def do() -> Made:
            where: Where = said.place if said.place in {"review_comment", "review"} else "comment"
            self.writer.react(where, said.comment_id, face, said.node_id)
            return Made(str(said.comment_id))

        name = kind or ("react" if face == "eyes" else "react-end")
        hand.make(Action.REACT, kind=name, target=f"{said.place} {said.comment_id}", look=lambda: None, do=do)

    def _reply(self, hand: Hand, number: int | None, text: str) -> None:
        if number is None:
            return
        marked = f"{text}\n\n{self.mark(self.turn.command.id)}"
        asked = self.turn.command.state is CommandState.RECEIVED

        def look() -> Made | None:
            found = self.writer.find_comment(number, self.mark(self.turn.command.id)) if asked else None
            return Made(str(found.id), found.html_url) if found is not None else None

        def do() -> Made:
            where: Where = "review_comment" if self.said.place == "review_comment" else "comment"
            return Made(str(self.writer.reply(number, where, self.said.comment_id, marked)))

        hand.make(Action.REPLY, kind="reply" if asked else "reply-end", target=f"#{number}", look=look, do=do)

    def _hand(self, attempt: Attempt) -> Hand:
        policy = effective(self.server, self.writer.file_at(REPOSITORY_FILE, self.writer.default_branch()))
        with self.turn.store.read() as session:
            shown = threads.origin(session, attempt)
            trace = documents.find(session, shown.id, Kind.TRACE, Trace)
        return Hand(CommandHolder(self.turn, attempt), policy, _facts(trace))

    def _pull(self) -> Pull | None:
        number = self.turn.command.pull_number
        if number is None:
            return None
        try:
            return self.writer.pull(number)
        except NotFound:
            return None

    def _attempt(self, pull: Pull | None) -> Attempt | None:
        repository, said = self.turn.command.repository_id, self.said
        with self.turn.store.read() as session:
            if self.turn.command.attempt_id is not None:
                return session.get_one(Attempt, self.turn.command.attempt_id)
            if said.check_attempt is not None:
                named = session.get(Attempt, said.check_attempt)
                return _standing(session, named) if named is not None and named.repository_id == repository else None
            if pull is None:
                return None
            found = threads.standing(session, repository, pull.number)
            return found or threads.latest_on(session, repository, pull.head_branch)


def _standing(session: Session, named: Attempt) -> Attempt:
    if named.pull_number is None:
        return named
    return threads.standing(session, named.repository_id, named.pull_number) or named


def _still_waits(turn: CommandTurn) -> bool:
    if turn.command.state is not CommandState.WAITING:
        return False
    with turn.store.read() as session:
        opened = session.get_one(Attempt, turn.command.opened_id)
    return opened.state not in TERMINAL and opened.state is not State.WATCHING


def _state_after(done: Answer) -> CommandState:
    if done.opens is not None:
        return CommandState.WAITING
    return CommandState.DONE if done.good else CommandState.REFUSED


def _hold_or_end(turn: CommandTurn, refused: NotNow) -> None:
    """Leave the command for after a stop; end it when policy lets nothing be shown."""
    if not refused.decision.clause.startswith("stop:"):
        turn.end(CommandState.REFUSED, f"Policy lets nothing be answered here ({refused.decision.clause}).")


def _outcome(opened: Attempt, trace: Trace | None, *, good: bool) -> str:
    if opened.purpose is Purpose.REPLAY:
        return prose(opened.sentence)
    if not good:
        reason = f"**{str(opened.reason or opened.state).replace('_', ' ').capitalize()}.** {prose(opened.sentence)}"
        return f"{reason}\n\nThe pull request stays as it was."
    what = f" {prose(trace.sentence.removeprefix('Fixed: '))}" if trace is not None else ""
    how = {Purpose.UNDO: "Back to the earlier proposal:", Purpose.PICK: "Proven, and now proposed:"}
    return f"{how.get(opened.purpose, 'Now proposed:')}{what}"


def _facts(trace: Trace | None) -> PatchFacts | None:
    if trace is None or not trace.patch:
        return None
    try:
        return facts_of(trace.patch)
    except BadInput:
        return None
