"""What a comment asks for: `/goldseam VERB [argument]` at the start of a line, outside quotes, lists, code and HTML.

The comment is read as CommonMark, so what a reader sees as a quote or as code is none
of the author's own words here either.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

CALL = "/goldseam"
LONGEST_ARGUMENT = 500
LONGEST_BODY = 65_536
"""GitHub's own cap on comments."""


class Verb(StrEnum):
    """What can be asked for."""

    RETRY = "retry"
    EXPLAIN = "explain"
    ALTERNATIVES = "alternatives"
    PICK = "pick"
    UNDO = "undo"
    REBASE = "rebase"
    APPROVE = "approve"
    STOP = "stop"
    IGNORE = "ignore"
    REPLAY = "replay"
    HELP = "help"


SAYS = {
    Verb.RETRY: ("retry [hint]", "look for another repair; a hint may name a file, a function or a test"),
    Verb.EXPLAIN: ("explain [place]", "say how the proposal came about, from the trace"),
    Verb.ALTERNATIVES: ("alternatives", "list the other repairs that pass the failing tests"),
    Verb.PICK: ("pick N", "prove alternative N and propose it in place of this one"),
    Verb.UNDO: ("undo", "go back to the proposal before this one"),
    Verb.REBASE: ("rebase", "prove the proposal anew on its base, when the two conflict"),
    Verb.APPROVE: ("approve DIGEST", "approve the patch whose digest begins so"),
    Verb.STOP: ("stop", "keep off this pull request from now on"),
    Verb.IGNORE: ("ignore", "close this and never propose a repair of this fault again"),
    Verb.REPLAY: ("replay", "run the attempt again and say whether the same comes out"),
    Verb.HELP: ("help", "show this list"),
}
"""How each verb is written, and what it does."""


@dataclass(frozen=True, slots=True)
class Call:
    """One command, read."""

    verb: Verb | None
    """None when the word after `/goldseam` is none of ours."""
    argument: str = ""
    """The rest of the line as a reader sees it, without markup; hostile text."""


def read_call(body: str) -> Call | None:
    """Return the first command of a comment, or None when it holds none."""
    for line in _lines(body[:LONGEST_BODY]):
        head, *rest = line.split(None, 1) or [""]
        if head == CALL:
            return _call("".join(rest).strip())
    return None


def _call(rest: str) -> Call:
    word, *others = rest.split() or [""]
    argument = " ".join(others)[:LONGEST_ARGUMENT]
    if not word:
        return Call(Verb.HELP)
    try:
        return Call(Verb(word.lower().rstrip(".!:")), argument)
    except ValueError:
        return Call(None, argument)


def _lines(body: str) -> Iterator[str]:
    """Yield the lines of the paragraphs that stand in nothing else, as plain text."""
    tokens = MarkdownIt("commonmark").parse(body)
    for before, token in pairwise(tokens):
        if token.type == "inline" and before.type == "paragraph_open" and before.level == 0:
            yield from _text(token.children or []).split("\n")


def _text(children: list[Token]) -> str:
    parts = []
    for child in children:
        if child.type in {"softbreak", "hardbreak"}:
            parts.append("\n")
        elif child.type in {"text", "code_inline", "text_special"}:
            # Code at the start of a line is an example, not a command.
            quoted = child.type == "code_inline" and (not parts or parts[-1] == "\n")
            parts.append(f"`{child.content}`" if quoted else child.content.replace("\n", " "))
        elif child.type == "html_inline":
            parts.append("<>")  # keeps what follows it from standing at the start of the line
    return "".join(parts)
