"""ItsDangerous' web tokens, which 2.1 took away: a token's age is asked for when it is read."""

from __future__ import annotations

from collections.abc import Callable

import libcst as cst

from fixers.codemods.workfile import Workfile

_TIMED = frozenset({"itsdangerous.TimedJSONWebSignatureSerializer", "itsdangerous.jws.TimedJSONWebSignatureSerializer"})
_PLAIN = frozenset({"itsdangerous.JSONWebSignatureSerializer", "itsdangerous.jws.JSONWebSignatureSerializer"})
_HOUR = "3600"
"""What a token lived when nothing else was said."""


def timed(work: Workfile) -> None:
    """Sign with `URLSafeTimedSerializer`, and give `loads` the age that `expires_in` was.

    Only where the file says one age, by a number or a name of the module, and where each serializer is used on
    the spot or under a name of its function.
    """
    made = [call for call in work.source.all(cst.Call) if work.real(call.func) in _TIMED | _PLAIN]
    ages = {age for call in made if (age := _age(work, call))}
    if not made or len(ages) > 1 or not all(_is_plain_age(work, age) for age in ages):
        return
    age = next(iter(ages), _HOUR)
    new = {True: work.spelled("itsdangerous.URLSafeTimedSerializer"), False: None}
    if any(work.real(call.func) in _PLAIN for call in made):
        new[False] = work.spelled("itsdangerous.URLSafeSerializer")
    for call in made:
        is_timed = work.real(call.func) in _TIMED
        if (name := new[is_timed]) is None:
            return
        kept = [arg for number, arg in enumerate(call.args) if not _says_age(arg, number)]
        kept[-1:] = [arg.with_changes(comma=cst.MaybeSentinel.DEFAULT) for arg in kept[-1:]]
        work.edits.change(call, cst.Call, _renamed(name, kept))
        for use in _uses(work, call):
            _adapt(work, use, age if is_timed else "")


def _renamed(name: str, args: list[cst.Arg]) -> Callable[[cst.Call], cst.Call]:
    return lambda node: node.with_changes(func=cst.parse_expression(name), args=args)


def _says_age(arg: cst.Arg, number: int) -> bool:
    return arg.keyword.value == "expires_in" if arg.keyword is not None else number == 1


def _age(work: Workfile, call: cst.Call) -> str:
    return next((work.source.code(arg.value) for number, arg in enumerate(call.args) if _says_age(arg, number)), "")


def _is_plain_age(work: Workfile, age: str) -> bool:
    """Say whether an age means the same everywhere in the file: a number, or a constant of the module."""
    if age.isdigit():
        return True
    bound = [
        line
        for line in work.source.all(cst.Assign)
        if work.source.up(line, cst.FunctionDef) is None and work.source.code(line.targets[0].target) == age
    ]
    return age.isidentifier() and len(bound) == 1


def _uses(work: Workfile, call: cst.Call) -> list[cst.Call]:
    """Return the calls of `dumps` and `loads` of a serializer."""
    parent = work.source.parents[call]
    if isinstance(parent, cst.Attribute):
        return [used] if isinstance(used := work.source.parents[parent], cst.Call) else []
    target = parent.targets[0].target if isinstance(parent, cst.Assign) else None
    if not isinstance(target, cst.Name):
        return []
    function = work.source.up(call, cst.FunctionDef) or work.source.module
    found = []
    for read in work.source.within(function, cst.Attribute):
        used = work.source.parents[read]
        if isinstance(read.value, cst.Name) and read.value.value == target.value and isinstance(used, cst.Call):
            found.append(used)
    return found


def _adapt(work: Workfile, use: cst.Call, age: str) -> None:
    method = use.func.attr.value if isinstance(use.func, cst.Attribute) else ""
    if method == "loads" and age and len(use.args) == 1:
        more = cst.ensure_type(cst.parse_expression(f"f(max_age={age})"), cst.Call).args[0]
        comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
        first = use.args[0].with_changes(comma=comma)
        work.edits.change(use, cst.Call, lambda node: node.with_changes(args=[first, more]))
    read = work.source.parents[use]
    call = work.source.parents.get(read)
    is_decoded = isinstance(read, cst.Attribute) and read.attr.value == "decode"
    if method == "dumps" and is_decoded and isinstance(call, cst.Call) and call.func is read:  # it is a text now
        work.edits.change(call, cst.Call, _of_decoded)


def _of_decoded(call: cst.Call) -> cst.BaseExpression:
    return call.func.value if isinstance(call.func, cst.Attribute) else call
