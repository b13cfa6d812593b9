"""What each command does: one function a verb, over what is known of its thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from fixers.guidance import Remark
from fixers.patch import PatchDoesNotApply, digest, read
from tasks.conversation.choices import Choice, choices, numbered
from tasks.conversation.grammar import CALL, Verb
from tasks.conversation.said import Said
from tasks.github.protocol import Pull, Writer
from tasks.policy.decide import Action, decide
from tasks.report import answers
from tasks.report.neutral import inline
from tasks.stages.approval import approve
from tasks.stages.effect import Hand, Made
from tasks.stages.follow import Following, Past, pick, rebase, replay, retry, undo
from tasks.stages.upkeep import is_ours
from tasks.store import incidents, threads
from tasks.store.models import Attempt
from tasks.store.models_people import CommandRow, CommandState


@dataclass(frozen=True, slots=True)
class Thread:
    """What a command can see and do."""

    said: Said
    past: Past
    working: Attempt | None
    """The attempt that is at work on the same fault now."""
    pull: Pull | None
    earlier: Sequence[CommandRow]
    """Commands of the same pull request, oldest first, this one among them."""
    writer: Writer
    hand: Hand

    @property
    def attempt(self) -> Attempt:
        """The attempt that stands."""
        return self.past.attempt


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command leads to."""

    sentence: str
    """For the record; holds no text of a stranger."""
    reply: str = ""
    good: bool = True
    listing: tuple[str, ...] = ()
    opens: Following | None = None
    also: Callable[[Session], object] = field(default=lambda _: None)
    """Changes in the database, in the transaction that ends the command."""


def act(thread: Thread) -> Answer:
    """Do what the command asks, as far as it makes sense."""
    verb = thread.said.known
    if verb is None:
        return _unknown(thread)
    return _ACTS[verb](thread)


def _unknown(thread: Thread) -> Answer:
    helped = any(
        row.verb in {"unknown", Verb.HELP} and row.state is not CommandState.RECEIVED for row in thread.earlier
    )
    # One list of commands a thread is help; one for each mistake is noise.
    return Answer("No such command.", "" if helped else answers.help_text(unknown=True), good=False)


def _help(_: Thread) -> Answer:
    return Answer("The commands were listed.", answers.help_text())


def _explain(thread: Thread) -> Answer:
    if thread.past.trace is None:
        return _not_yet(thread)
    return Answer("It was explained.", answers.explanation(thread.past.trace, thread.said.argument))


def _alternatives(thread: Thread) -> Answer:
    listed = _choices(thread)
    shown = tuple(choice.digest for choice in listed)
    return Answer(f"{len(listed)} repairs were listed.", answers.listing(listed), listing=shown)


def _retry(thread: Thread) -> Answer:
    if thread.working is not None:
        return _busy(thread.working)
    said = thread.said
    remarks = [Remark(path=said.path, line=said.line)] if said.path and said.line is not None else []
    if said.review_id is not None and thread.pull is not None:
        found = thread.writer.review_remarks(thread.pull.number, said.review_id)
        remarks += [Remark(path=each.path, line=each.line) for each in found]
    following = retry(thread.past, by=said.author_login, hint=said.argument, remarks=remarks)
    return Answer("Another attempt was opened.", opens=following)


def _pick(thread: Thread) -> Answer:
    if thread.working is not None:
        return _busy(thread.working)
    word = thread.said.argument.strip("#. ")
    choice = numbered(_choices(thread), int(word), _shown(thread)) if word.isascii() and word.isdigit() else None
    if choice is None:
        return Answer(
            "No such alternative.", f"There is no such alternative; `{CALL} alternatives` numbers them.", good=False
        )
    if choice.standing == "proposed now":
        return Answer("It is proposed already.", "That is what is proposed now.", good=False)
    following = pick(thread.past, choice.proposal, by=thread.said.author_login)
    if following is None:
        return _not_yet(thread)
    return Answer("The picked alternative is being proven.", opens=following)


def _undo(thread: Thread) -> Answer:
    if thread.working is not None:
        return _busy(thread.working)
    following = undo(thread.past)
    if following is None:
        reply = "There is no earlier proposal to go back to. To decline this one, close the pull request."
        return Answer("There is no earlier proposal.", reply, good=False)
    return Answer("The proposal before is shown again.", opens=following)


def _rebase(thread: Thread) -> Answer:
    if thread.working is not None:
        return _busy(thread.working)
    trace, attempt = thread.past.trace, thread.attempt
    head = thread.writer.branch_sha(attempt.base)
    if thread.pull is None or thread.pull.state != "open" or trace is None or not trace.patch or head is None:
        return Answer("There is nothing to rebase.", "There is no open proposal to rebase.", good=False)
    if not _changed(thread, trace.patch, head):
        reply = (
            f"Nothing to do: {inline(attempt.base)} has not changed the files of this proposal, so it merges as it is."
        )
        return Answer("Nothing conflicts.", reply)
    first = _choices(thread)[0]
    following = rebase(thread.past, first.proposal, head, by=thread.said.author_login)
    return Answer("The proposal is being proven on the new base.", opens=following) if following else _not_yet(thread)


def _approve(thread: Thread) -> Answer:
    trace, pull = thread.past.trace, thread.pull
    word = thread.said.argument.lower().removeprefix("sha256:")
    if pull is None or pull.state != "open" or trace is None or not trace.patch:
        return Answer("There is nothing to approve.", "There is no open proposal to approve.", good=False)
    current = digest(trace.patch).removeprefix("sha256:")
    if len(word) < 8 or not current.startswith(word):
        reply = f"That is not the patch proposed now. To approve it: `{CALL} approve {current[:8]}`"
        return Answer("The digest is not that of the patch.", reply, good=False)
    alone = is_ours(thread.hand.turn.store, thread.attempt, pull)
    approve(thread.hand, thread.writer, pull.head_sha, thread.said.author_login, alone=alone)
    ready = decide(Action.READY, thread.hand.facts, thread.hand.policy, thread.hand.turn.stopped())
    if pull.draft and ready.result == "allow":
        thread.hand.make(
            Action.EDIT, kind="ready", target=f"#{pull.number}", look=lambda: None, do=lambda: _ready(thread, pull)
        )
    return Answer("The patch was approved.")


def _stop(thread: Thread) -> Answer:
    sentence = "A person asked Goldseam to keep off."

    def stop(session: Session) -> None:
        if thread.working is not None:
            threads.withdraw(session, thread.working, sentence)

    return Answer("Goldseam keeps off this pull request.", also=stop)


def _ignore(thread: Thread) -> Answer:
    attempt, pull = thread.attempt, thread.pull
    if pull is not None and pull.state == "open" and pull.number == attempt.pull_number:
        thread.hand.make(
            Action.EDIT, kind="close", target=f"#{pull.number}", look=lambda: None, do=lambda: _close(thread, pull)
        )

    def ignore(session: Session) -> None:
        if thread.working is not None:
            threads.withdraw(session, thread.working, "A person asked for no repair of this fault.")
        if attempt.incident_id is not None:
            incidents.close(session, attempt.incident_id, because="ignored", by=f"account {thread.said.author_id}")

    return Answer("This fault is left alone from now on.", also=ignore)


def _replay(thread: Thread) -> Answer:
    if thread.working is not None:
        return _busy(thread.working)
    following = replay(thread.past)
    return Answer("The attempt runs again.", opens=following) if following is not None else _not_yet(thread)


def _choices(thread: Thread) -> tuple[Choice, ...]:
    return choices(thread.past.traces, thread.past.repairs)


def _shown(thread: Thread) -> Sequence[str]:
    """Return the digests that the last list of this thread numbered, in their order."""
    lists = [row.listing for row in thread.earlier if row.listing]
    return lists[-1].split(",") if lists else ()


def _changed(thread: Thread, patch: str, head: str) -> bool:
    try:
        paths = [file.path for file in read(patch)]
    except PatchDoesNotApply:
        return False
    old = thread.attempt.head_sha
    return any(thread.writer.file_at(path, old) != thread.writer.file_at(path, head) for path in paths)


def _ready(thread: Thread, pull: Pull) -> Made:
    thread.writer.set_draft(pull.number, draft=False)
    return Made(str(pull.number))


def _close(thread: Thread, pull: Pull) -> Made:
    thread.writer.close_pull(pull.number)
    return Made(str(pull.number))


def _busy(working: Attempt) -> Answer:
    reply = f"Attempt {working.id} is at work on this fault ({working.state}). Ask again when it has ended."
    return Answer("Another attempt is at work.", reply, good=False)


def _not_yet(thread: Thread) -> Answer:
    reply = f"Attempt {thread.attempt.id} has not found enough yet ({thread.attempt.state}). Ask again later."
    return Answer("Not enough is known yet.", reply, good=False)


_ACTS: Mapping[Verb, Callable[[Thread], Answer]] = {
    Verb.HELP: _help,
    Verb.EXPLAIN: _explain,
    Verb.ALTERNATIVES: _alternatives,
    Verb.RETRY: _retry,
    Verb.PICK: _pick,
    Verb.UNDO: _undo,
    Verb.REBASE: _rebase,
    Verb.APPROVE: _approve,
    Verb.STOP: _stop,
    Verb.IGNORE: _ignore,
    Verb.REPLAY: _replay,
}
