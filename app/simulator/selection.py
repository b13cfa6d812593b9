"""Reading the two shapes of GraphQL that clients of the simulator send.

A mutation with one field and one input, and a query of one field without arguments.

Anything else is refused with a sentence rather than guessed at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

TOKEN = re.compile(r"[A-Za-z_]\w*|[{}():!$,\[\]]|\.\.\.|\"[^\"]*\"|#[^\n]*|\S")
NAME = re.compile(r"[A-Za-z_]\w*")


class Unreadable(Exception):
    """The document is not of the shape that the simulator reads."""


@dataclass(frozen=True, slots=True)
class Selected:
    """A field of a selection, under the name it is answered by."""

    alias: str
    field: str
    selection: tuple[Selected, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """A mutation or query: its field, its input and what is wanted back."""

    kind: Literal["mutation", "query"]
    alias: str
    field: str
    input: Mapping[str, Any]
    selection: tuple[Selected, ...]


def read(document: str, variables: Mapping[str, Any]) -> Operation:
    """Read `mutation M($v: T!) { [alias:] field(input: $v) { … } }` or `query { field { … } }`.

    Raises Unreadable for everything else.
    """
    tokens = [piece for piece in TOKEN.findall(document) if piece != "," and not piece.startswith("#")]
    if tokens[:2] == ["query", "{"]:
        return _query(iter(tokens[2:]))
    if not tokens or tokens[0] != "mutation" or "{" not in tokens:
        raise Unreadable("The simulator answers a single mutation or query only")
    rest = iter(tokens[tokens.index("{") + 1 :])
    alias, field = _name(next(rest, "")), ""
    following = next(rest, "")
    if following == ":":
        field, following = _name(next(rest, "")), next(rest, "")
    if [following, *(next(rest, "") for _ in range(3))] != ["(", "input", ":", "$"]:
        raise Unreadable("The mutation's only argument must be `input`, from a variable")
    variable = _name(next(rest, ""))
    if next(rest, "") != ")" or next(rest, "") != "{":
        raise Unreadable("The mutation needs a selection after its input")
    selection = _selection(rest)
    if list(rest) != ["}"]:
        raise Unreadable("The simulator answers one field of a mutation at a time")
    if not isinstance(variables.get(variable), dict):
        raise Unreadable(f"Variable ${variable} was provided invalid value")
    return Operation("mutation", alias, field or alias, variables[variable], selection)


def pick(value: Any, selection: tuple[Selected, ...]) -> Any:
    """Return the selected fields of a document; raises Unreadable for a field it does not have."""
    if value is None or not selection:
        return value
    missing = [item.field for item in selection if item.field not in value]
    if missing:
        raise Unreadable(f"The simulator does not know the field(s) {', '.join(missing)} here")
    return {item.alias: pick(value[item.field], item.selection) for item in selection}


def _query(rest: Iterator[str]) -> Operation:
    field = _name(next(rest, ""))
    if next(rest, "") != "{":
        raise Unreadable("The simulator answers queries without arguments only")
    selection = _selection(rest)
    if list(rest) != ["}"]:
        raise Unreadable("The simulator answers one field of a query at a time")
    return Operation("query", field, field, {}, selection)


def _selection(tokens: Iterator[str]) -> tuple[Selected, ...]:
    """Read fields up to the closing brace; the opening one has been read."""
    fields: list[Selected] = []
    for piece in tokens:
        if piece == "}":
            return tuple(fields)
        if piece == "{":
            last = fields.pop()
            fields.append(Selected(last.alias, last.field, _selection(tokens)))
        elif piece == ":":
            fields.append(Selected(fields.pop().alias, _name(next(tokens, "")), ()))
        else:
            fields.append(Selected(_name(piece), piece, ()))
    raise Unreadable("A selection is not closed")


def _name(piece: str) -> str:
    if not NAME.fullmatch(piece):
        raise Unreadable(f"Expected a name, got {piece!r}")
    return piece
