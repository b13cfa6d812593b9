"""Types that a candidate brings to a place where the code before never had them.

`tokens.insert_before(token, …)` where everybody else passes a number first: it may
pass all tests and is hardly ever meant. What tests hand in themselves is no finding,
nor what failing tests ask for, nor what only the faulty statement ever put there.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from fixers.choose.naturalness import tokens
from fixers.choose.order import changed_lines
from fixers.hunt import Plausible
from fixers.project import Project

SUPPORT = 10
"""Observations, of places other than the edited one, before a type counts as strange."""
NUMBERS = frozenset({"bool", "int", "float", "complex", "Fraction", "Decimal"})
_BINDING = re.compile(r"([A-Za-z_]\w*) *(?:[-+*/|&^%@]|//|\*\*|<<|>>|:)?=(?!=)")
_Seen = Mapping[str, Mapping[str, Any]]


def strange(
    project: Project, plausible: Plausible, before: Mapping[str, _Seen], after: Mapping[str, _Seen]
) -> tuple[str, ...]:
    """Return in words where a variant passes, holds or returns types that were never there before."""
    edited = _edited(project, plausible)
    if edited is None:
        return ()
    known = _merged(before.get("passing", {}), edited)
    # What the faulty code meets in failing tests it may hold afterwards too, whatever its type.
    met = _merged(before.get("failing", {}), edited)
    found: dict[str, None] = {}
    for runs in ("passing", "failing"):
        seen = _merged(after.get(runs, {}), _Edited())
        # Of a function that no passing test calls nothing is known, and nothing excused.
        given = {
            types[0]
            for key in seen
            if key[0] == "takes" and key in known
            for types in _strangers(known.get(key), seen[key])
        }
        for key, now in seen.items():
            kind, function, name = key
            mine = function == edited.function and not (runs == "failing" and kind in {"returns", "yields"})
            if kind == "takes" or not mine or not edited.is_about(kind, name):
                continue
            place = ("passes", "", name) if kind == "passes" else key
            usual = _joined(known, place)
            if usual is None or usual["count"] < SUPPORT:
                continue
            allowed = {types[0] for types in (_joined(met, place) or {"types": []})["types"]} | given
            for types in _strangers(usual, now):
                if types[0] not in allowed:
                    found[_worded(kind, function, name, types[0], usual)] = None
    return tuple(found)[:2]


@dataclass(frozen=True, slots=True)
class _Edited:
    """The statement that a candidate edits, in the tree as it is."""

    function: str = ""
    first: int = 0
    last: int = -1
    elsewhere: frozenset[str] = field(default_factory=frozenset)
    """Names of the function that other statements bind; `return` where another one returns."""

    words: frozenset[str] = frozenset()
    """Tokens of the new lines."""
    bound: frozenset[str] = frozenset()
    """Names that the new lines bind."""

    def is_about(self, kind: str, name: str) -> bool:
        """Say whether the edit decides what is there, and other statements tell what belongs there."""
        if kind == "passes":
            return name.partition(".")[0] in self.words
        if kind == "holds":
            return name in self.bound and name in self.elsewhere
        return "return" in self.elsewhere


def _edited(project: Project, plausible: Plausible) -> _Edited | None:
    if plausible.swap is None:
        return None
    for node in ast.walk(project.tree(plausible.origin.path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.lineno == plausible.swap.line:
            first, last = _lines(node, plausible.origin.line)
            outside = [n for n in ast.walk(node) if not first <= getattr(n, "lineno", first) <= last]
            names = {n.id for n in outside if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
            names |= {n.arg for n in outside if isinstance(n, ast.arg)}
            leaving = {"return"} if any(isinstance(n, ast.Return | ast.Yield) for n in outside) else set()
            new = changed_lines(project, plausible)[1]
            words = frozenset(token for line in new for token in tokens(line))
            bound = frozenset(name for line in new for name in _BINDING.findall(line))
            return _Edited(node.name, first, last, frozenset(names | leaving), words, bound)
    return None


def _lines(function: ast.AST, line: int) -> tuple[int, int]:
    """Return the lines of the statement that begins at a line, of a compound one those of its head."""
    for node in ast.walk(function):
        if isinstance(node, ast.stmt) and node.lineno == line and node is not function:
            body = getattr(node, "body", None)
            return line, (body[0].lineno - 1 if isinstance(body, list) and body else node.end_lineno or line)
    return line, line


def _merged(seen: _Seen, edited: _Edited) -> dict[tuple[str, str, str], dict[str, Any]]:
    """Add up what was seen at all lines but the edited ones."""
    total: dict[tuple[str, str, str], dict[str, Any]] = {}
    for text, there in seen.items():
        kind, function, name, line = text.split("\t")
        if function == edited.function and edited.first <= int(line) <= edited.last:
            continue
        kept = total.setdefault((kind, function, name), {"count": 0, "types": []})
        kept["count"] += there["count"]
        kept["types"] = [*kept["types"], *(types for types in there["types"] if types not in kept["types"])]
    return total


def _joined(
    seen: Mapping[tuple[str, str, str], Mapping[str, Any]], place: tuple[str, str, str]
) -> Mapping[str, Any] | None:
    """Return what a place got; a parameter from whichever caller."""
    kind, function, name = place
    if function:
        return seen.get(place)
    kept: dict[str, Any] = {"count": 0, "types": []}
    for (other, _, parameter), there in seen.items():
        if (other, parameter) == (kind, name):
            kept["count"] += there["count"]
            kept["types"] = [*kept["types"], *(types for types in there["types"] if types not in kept["types"])]
    return kept if kept["count"] else None


def _strangers(known: Mapping[str, Any] | None, seen: Mapping[str, Any]) -> Iterator[list[str]]:
    before = {types[0] for types in known["types"]} if known else set()
    kin = {name for types in known["types"] for name in types} if known else set()
    for types in seen["types"]:
        related = before & set(types) or types[0] in kin
        if not related and not (types[0] in NUMBERS and before & NUMBERS):
            yield types


def _worded(kind: str, function: str, name: str, new: str, known: Mapping[str, Any]) -> str:
    usual = " or ".join(types[0] for types in known["types"][:3])
    times = f"{known['count']} times"
    match kind:
        case "passes":
            callee, _, parameter = name.rpartition(".")
            return f"{function} passes a {new} as {parameter} to {callee}, which otherwise got {usual}, {times}"
        case "holds":
            return f"{name} in {function} holds a {new}, where it held {usual} before, {times}"
        case _:
            return f"{function} {kind} a {new}, where it gave {usual} before, {times}"
