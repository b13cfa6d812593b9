"""Every slip that a file offers, by kind; each kind as heavy as it is common among real fixes."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from benchmarks.mistakes import calls, constants, control, names, values
from benchmarks.source import Edit, Function, Source, functions

MODULE = "<module>"
"""What stands outside all functions of a file."""


@dataclass(frozen=True, slots=True)
class Slip:
    """One mistake: what kind, where, and the file's text with it."""

    kind: str
    function: str
    line: int
    text: str
    was: str
    """The source that the mistake replaced."""
    now: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mistake can be made; nobody has looked yet whether the text is a program with it."""

    kind: str
    function: str
    line: int
    edit: Edit


Maker = Callable[[Source, Function], Iterator[tuple[ast.AST, Edit]]]

KINDS: dict[str, tuple[float, Maker | None]] = {
    "wrong variable": (7.1, names.wrong_variable),
    "wrong operand": (5.2, names.wrong_operand),
    "wrong string": (5.0, values.wrong_string),
    "lost guard": (4.5, control.lost_guard),
    "wrong callee": (4.0, names.wrong_callee),
    "lost wrapper": (3.5, calls.lost_wrapper),
    "lost if": (3.5, control.lost_if),
    "wrong attribute": (3.1, names.wrong_attribute),
    "wrong literal": (2.9, values.wrong_literal),
    "lost statement": (2.5, control.lost_statement),
    "lost argument": (2.3, calls.lost_argument),
    "lost keyword": (2.2, calls.lost_keyword),
    "lost condition": (2.0, control.lost_condition),
    "lost assignment": (2.0, control.lost_assignment),
    "lost method call": (1.8, calls.lost_method_call),
    "lost element": (1.7, values.lost_element),
    "off by one": (1.7, values.off_by_one),
    "lost branch": (1.5, control.lost_branch),
    "needless argument": (1.5, calls.needless_argument),
    "wrong constant": (1.5, None),
    "wrong return": (1.3, names.wrong_return),
    "wrong truth value": (1.1, values.wrong_truth),
    "lost attribute": (1.0, names.lost_attribute),
    "narrowed except": (1.0, control.narrowed_except),
    "wrong default": (1.0, values.wrong_default),
    "wrong operator": (0.9, values.wrong_operator),
    "wrong comparison": (0.9, values.wrong_comparison),
    "lost raise": (0.8, control.lost_raise),
    "lost return": (0.8, control.lost_return),
    "wrong owner": (0.8, names.wrong_owner),
    "lost alternative": (0.7, control.lost_alternative),
    "wrong keyword": (0.6, calls.wrong_keyword),
    "lost negation": (0.4, values.lost_negation),
    "wrong exception": (0.4, control.wrong_exception),
    "swapped names": (0.3, names.swapped_names),
}
"""Kinds of mistakes, as reviewers name them, with weights.

Weights are shares, in per cent, of 3.3 million one-statement fixes of Python (TSSB-3M, Richter and Wehrheim, MSR 2022,
table of the authors' README) where that table has the opposite edit: `wrong variable` is its "change identifier used",
`lost wrapper` its "add function around expression", `needless argument` its "same function less args", and so on;
"same function more args" (4.5) is shared by positional and keyword arguments. The table has no row for statements that
were forgotten whole. Those weights follow the 501 patches of BugsInPy (conditions in 53 %, `return` in 16 %, `raise`
in 8 %, `except` widened in 3 %, strings alone in 3 %, insertions of a statement 13 of 106 one-line fixes), scaled so
that a condition of any sort is drawn about once in five times.
"""


def places(source: Source) -> Iterator[Place]:
    """Yield every place for a slip that we know in a file, kind by kind within a function, functions in order."""
    for name, function in functions(source.tree):
        for kind, (_, maker) in KINDS.items():
            for node, edit in maker(source, function) if maker else ():
                yield Place(kind, name, node.lineno, edit)  # type: ignore[attr-defined]
    for node, edit in constants.wrong_constant(source):
        yield Place("wrong constant", MODULE, node.lineno, edit)  # type: ignore[attr-defined]


def slip(source: Source, place: Place) -> Slip | None:
    """Make the mistake; None where the text would be no program, or the same one."""
    if not source.changes(place.edit):
        return None
    was = source.data[place.edit.start : place.edit.end].decode()
    return Slip(place.kind, place.function, place.line, source.applied(place.edit), was, place.edit.text)


def slips(text: str) -> Iterator[Slip]:
    """Yield every slip of a file; each parses and differs."""
    source = Source(text)
    for place in places(source):
        made = slip(source, place)
        if made is not None:
            yield made
