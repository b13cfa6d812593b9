"""Arguments of a call, and the parameters that they are meant for."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

_TIGHT = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))


def by_keyword(call: cst.Call, extra: Sequence[cst.Arg], names: Sequence[str]) -> list[cst.Arg]:
    """Return the arguments with the superfluous ones by keyword; empty when it is not sure which is which.

    An argument goes by the parameter it is named after, else by the one whose turn it is: a `*` that was put in
    leaves the order as it was. A single argument of a foreign name may as well be one too many.
    """
    taken = {arg.keyword.value for arg in call.args if arg.keyword}
    own = [name_of(arg) if name_of(arg) in names else "" for arg in extra]
    turns = list(names[: len(extra)])
    if len(turns) < len(extra) or set(turns) & taken:
        return []
    if not any(own) and (len(extra) == 1 or any(name_of(arg) for arg in extra)):
        return []
    if len(extra) == 1 and own[0] not in taken:
        turns = own
    if any(name not in {"", turn} for name, turn in zip(own, turns, strict=True)):
        return []
    named = dict(zip(map(id, extra), turns, strict=True))
    return [keyword(arg, named[id(arg)]) if id(arg) in named else arg for arg in call.args]


def in_turn(call: cst.Call, first: int, names: Sequence[str]) -> list[cst.Arg]:
    """Return the arguments with the positional ones from `first` on by these keywords; empty when they do not fit."""
    moved = [arg for arg in call.args if arg.keyword is None][first:]
    named = dict(zip(map(id, moved), names, strict=False))
    if not moved or len(named) < len(moved) or set(named.values()) & {a.keyword.value for a in call.args if a.keyword}:
        return []
    return [keyword(arg, named[id(arg)]) if id(arg) in named else arg for arg in call.args]


def keyword(arg: cst.Arg, name: str) -> cst.Arg:
    """Return an argument passed by keyword."""
    return arg.with_changes(keyword=cst.Name(name), equal=_TIGHT)


def with_keyword(call: cst.Call, name: str, value: cst.BaseExpression) -> cst.Call:
    """Return a call with one more argument, by keyword, laid out as the others are."""
    separator = call.args[0].comma if len(call.args) > 1 else cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    last = call.args[-1].comma if call.args else cst.MaybeSentinel.DEFAULT
    before = [*call.args[:-1], *(arg.with_changes(comma=separator) for arg in call.args[-1:])]
    return call.with_changes(args=[*before, cst.Arg(value, cst.Name(name), equal=_TIGHT, comma=last)])


def name_of(arg: cst.Arg) -> str:
    """Return the name of the variable or attribute that is passed; empty for anything else."""
    if isinstance(arg.value, cst.Attribute):
        return str(arg.value.attr.value)
    return str(arg.value.value) if isinstance(arg.value, cst.Name) else ""
