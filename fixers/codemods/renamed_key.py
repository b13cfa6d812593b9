"""Which key of a mapping was seen that a missing one may be called now."""

from __future__ import annotations

from dataclasses import dataclass

import libcst as cst

from fixers.codemods.base import Scene
from fixers.codemods.crash import Site
from fixers.codemods.live import keys_of
from fixers.codemods.nearest import related
from fixers.codemods.written_keys import written_keys


@dataclass(frozen=True, slots=True)
class Found:
    """A key that the mapping has, and that the function does not read."""

    name: str
    named: bool
    """Whether what the value is given to says the name: `unit_price=row["price"]`, `author=row["writer"]`."""


def renamed_key(scene: Scene, site: Site, node: cst.Subscript, key: str) -> Found | None:
    """Return the one key that fits: by what the value is given to, else by its words; None when that is not sure."""
    known = set(keys_of(scene, site, node.value) or written_keys(scene, site, node))
    function = site.source.enclosing(site.line, cst.FunctionDef) or site.source.module
    base = site.source.code(node.value)
    reads = [n for n in site.source.within(function, cst.Subscript) if site.source.code(n.value) == base]
    free = known - {text for read in reads if (text := _text(read)) is not None and text != key}
    given = _given_to(site, node)
    if given in free and given != key:
        return Found(given, named=True)
    if given and key != given and (other := related(given, free)) is not None:
        return Found(other, named=True)
    alike = related(key, free)
    return Found(alike, named=False) if alike is not None else None


def _text(node: cst.Subscript) -> str | None:
    part = node.slice[0].slice
    value = part.value if isinstance(part, cst.Index) else None
    found = value.evaluated_value if isinstance(value, cst.SimpleString) else None
    return found if isinstance(found, str) else None


def _given_to(site: Site, node: cst.CSTNode) -> str:
    """Return the name of the argument, variable or attribute that a value is given to, calls around it aside."""
    parent = site.source.parents[node]
    while isinstance(parent, (cst.Arg, cst.Call, cst.Attribute)) and not (
        isinstance(parent, cst.Arg) and parent.keyword is not None
    ):
        parent = site.source.parents[parent]
    if isinstance(parent, cst.Arg) and parent.keyword is not None:
        return parent.keyword.value
    if isinstance(parent, cst.Assign) and len(parent.targets) == 1:
        target = parent.targets[0].target
        return target.attr.value if isinstance(target, cst.Attribute) else site.source.code(target)
    return ""
