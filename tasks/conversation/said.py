"""What a person said, whichever way: a comment, a review, a button of a check run, a box in a pull request."""

from __future__ import annotations

from typing import Literal

from fixers.model import Contract
from tasks.conversation.grammar import Call, Verb, read_call
from tasks.github.signal import BoxTicked, ButtonPressed, Command, Signal, semantic_key
from tasks.store.models_people import CommandRow

Place = Literal["comment", "review_comment", "review", "button", "box"]
_BUTTONS = {"rerun": Verb.RETRY, **{verb.value: verb for verb in (Verb.RETRY, Verb.EXPLAIN, Verb.STOP, Verb.UNDO)}}


class Said(Contract):
    """One utterance; every text in it is a stranger's."""

    schema_version: Literal["1.0"] = "1.0"
    place: Place
    verb: str
    """One of `Verb`, or `unknown`."""
    argument: str = ""
    author_login: str
    author_id: int
    author_type: str = ""
    app_id: int | None = None
    comment_id: int = 0
    """Of the comment or review; 0 for buttons and boxes."""
    node_id: str = ""
    path: str = ""
    line: int | None = None
    review_id: int | None = None
    """Of a review that requests changes."""
    head_branch: str = ""
    check_attempt: int | None = None
    """The attempt whose check run holds the button."""

    @property
    def known(self) -> Verb | None:
        """The verb, or None when it is none of ours."""
        return Verb(self.verb) if self.verb in set(Verb) else None

    @property
    def can_be_reacted_to(self) -> bool:
        """Whether GitHub takes reactions there."""
        return self.place in {"comment", "review_comment", "review"}


def said_in(what: Command | ButtonPressed | BoxTicked) -> Said | None:
    """Return what was said, or None when it asks for nothing."""
    author = {"author_login": what.author_login, "author_id": what.author_id, "author_type": what.author_type}
    match what:
        case Command():
            call = read_call(what.body)
            asked = what.review_state == "changes_requested"
            if call is None and not asked:
                return None
            call = call or Call(Verb.RETRY)
            return Said(
                place=what.where,
                verb=call.verb or "unknown",
                argument=call.argument,
                app_id=what.app_id,
                comment_id=what.comment_id,
                node_id=what.node_id,
                path=what.path,
                line=what.line,
                review_id=what.review_id if asked else None,
                head_branch=what.head_branch,
                **author,
            )
        case ButtonPressed():
            verb = _BUTTONS.get(what.identifier)
            number = what.external_id.rpartition(":")[2]
            at = int(number) if number.isascii() and number.isdigit() else None
            return None if verb is None else Said(place="button", verb=verb, check_attempt=at, **author)
        case BoxTicked():
            verb = _BUTTONS.get(what.box)
            return None if verb is None else Said(place="box", verb=verb, head_branch=what.head_branch, **author)


def row_for(signal: Signal, what: Command | ButtonPressed | BoxTicked, guid: str) -> CommandRow | None:
    """Return the row to store for an utterance, or None when it asks for nothing."""
    said = said_in(what)
    if said is None:
        return None
    number = {Command: "pull_number", BoxTicked: "number"}.get(type(what), "")
    return CommandRow(
        semantic_key=semantic_key(signal) or f"{what.kind}:{signal.repository_id}:{guid}",
        repository_id=signal.repository_id,
        repository=signal.repository,
        installation_id=signal.installation_id,
        pull_number=getattr(what, number) if number else None,
        attempt_id=None,
        body=said.model_dump_json(),
        verb=said.verb,
    )


def said_by(row: CommandRow) -> Said:
    """Return what was said, from its row."""
    return Said.model_validate_json(row.body)
