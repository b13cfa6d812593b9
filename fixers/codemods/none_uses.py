"""Which expression on a line was None, from the way CPython complains about it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from fixers.codemods.base import Scene
from fixers.codemods.crash import Site
from fixers.codemods.live import kind_of
from fixers.codemods.none_origins import producer
from fixers.codemods.signatures import called_name

_ATTRIBUTE = re.compile(r"'NoneType' object has no attribute '(?P<name>\w+)'")
_SUBSCRIPT = re.compile(r"'NoneType' object (?:is not subscriptable|does not support item)")
_ITERATION = re.compile(r"'NoneType' object is not iterable|cannot unpack non-iterable NoneType")
_LENGTH = re.compile(r"object of type 'NoneType' has no len\(\)")
_CONTAINS = re.compile(r"argument of type 'NoneType' is not (?:iterable|a container)")
_OPERAND = re.compile(r"operand type|not supported between instances of|can only concatenate|must be str, not NoneType")
_STRING_METHODS = frozenset(
    {
        "casefold", "encode", "endswith", "format", "join", "lower", "lstrip", "partition", "replace", "rstrip",
        "split", "splitlines", "startswith", "strip", "title", "upper",
    }
)  # fmt: skip
_MAPPING_METHODS = frozenset({"get", "items", "keys", "values"})
_NEVER_NONE = frozenset(
    {
        "bool", "bytes", "dict", "enumerate", "float", "frozenset", "int", "len", "list", "map",
        "range", "repr", "reversed", "set", "sorted", "str", "sum", "tuple", "zip",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Culprit:
    """The one expression on the line that is None."""

    value: cst.BaseExpression
    empty: str = ""
    """An empty value that serves the use; empty text when none does."""


def the_culprit(scene: Scene, site: Site, message: str) -> Culprit | None:
    """Return the expression that was None; None when several may be it, or when the line asks about it already."""
    found = list({site.source.code(culprit.value): culprit for culprit in _suspects(site, message)}.values())
    kinds = [kind_of(scene, site, culprit.value) for culprit in found]
    found = [culprit for culprit, kind in zip(found, kinds, strict=True) if kind in {"", "NoneType"}]
    if len(found) != 1 or _tested(site, found[0]):
        return None
    call = producer(site, found[0].value)
    made = call is not None and isinstance(call.func, cst.Name) and called_name(call) in _NEVER_NONE
    return None if made else found[0]


def _suspects(site: Site, message: str) -> Iterator[Culprit]:
    if (named := _ATTRIBUTE.search(message)) is not None:
        yield from _attributes(site, named["name"])
    elif _SUBSCRIPT.search(message):
        subscripts = site.source.at(site.line, cst.Subscript)
        yield from (Culprit(node.value) for node in subscripts if site.source.up(node, cst.Annotation) is None)
    elif _ITERATION.search(message):
        yield from (Culprit(loop.iter, "()") for loop in site.source.at(site.line, cst.For))
        yield from (Culprit(loop.iter, "()") for loop in site.source.at(site.line, cst.CompFor))
    elif _LENGTH.search(message):
        calls = [call for call in site.source.at(site.line, cst.Call) if called_name(call) == "len" and call.args]
        yield from (Culprit(call.args[0].value, "()") for call in calls)
    elif _CONTAINS.search(message):
        targets = site.source.at(site.line, cst.ComparisonTarget)
        yield from (Culprit(t.comparator, "()") for t in targets if isinstance(t.operator, (cst.In, cst.NotIn)))
    elif _OPERAND.search(message):
        operations = site.source.at(site.line, cst.BinaryOperation)
        sides = [side for operation in operations for side in (operation.left, operation.right)]
        yield from (Culprit(side) for side in sides if isinstance(side, cst.Call))


def _attributes(site: Site, name: str) -> Iterator[Culprit]:
    empty = '""' if name in _STRING_METHODS else "{}" if name in _MAPPING_METHODS else ""
    for node in site.source.at(site.line, cst.Attribute):
        if node.attr.value == name:
            yield Culprit(node.value, empty)


def _tested(site: Site, culprit: Culprit) -> bool:
    value = re.escape(site.source.code(culprit.value))
    lines = site.source.text.splitlines()
    line = lines[site.line - 1] if site.line <= len(lines) else ""
    asked = rf"{value} is (?:not )?None|\b{value} (?:and|or) |if (?:not )?{value}\b(?!\s*[.\[(])"
    return re.search(asked, line) is not None
