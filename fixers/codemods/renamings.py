"""Texts of a file with an attribute or an argument by another name: on the failing line, then everywhere in it."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from fixers.codemods.crash import Site
from fixers.codemods.guards import guarded
from fixers.codemods.source import Edits


def with_attribute(site: Site, old: str, new: str) -> Iterator[str]:
    """Yield the text with an attribute renamed where it failed, then wherever the file reads it."""
    yield from _texts(
        site,
        [node.attr for node in site.source.at(site.line, cst.Attribute) if node.attr.value == old],
        [node.attr for node in site.source.all(cst.Attribute) if node.attr.value == old],
        new,
    )


def with_method(site: Site, old: str, new: str) -> Iterator[str]:
    """Yield the text with a call of a method where an attribute was read that failed, then wherever the file reads it.

    Nothing where something calls what the attribute held.
    """
    here = [node for node in site.source.at(site.line, cst.Attribute) if node.attr.value == old]
    everywhere = [node for node in site.source.all(cst.Attribute) if node.attr.value == old]
    called = {node.func for node in site.source.all(cst.Call)}
    made = ""
    for nodes in (here, everywhere):
        edits = Edits(site.source)
        for node in nodes:
            if node not in called and not guarded(site.source, node):
                edits.put(node, cst.Call(node.with_changes(attr=cst.Name(new))))
        text = edits.text() if here and edits.changes else ""
        if not text or text == made:
            return
        yield text
        made = text


def with_call(site: Site, old: str) -> str:
    """Return the text with objects called themselves where the failing line calls a method of theirs."""
    edits = Edits(site.source)
    for call in site.source.at(site.line, cst.Call):
        if isinstance(call.func, cst.Attribute) and call.func.attr.value == old and not guarded(site.source, call):
            edits.put(call.func, call.func.value)
    return edits.text() if edits.changes else site.source.text


def with_keyword(site: Site, old: str, new: str) -> Iterator[str]:
    """Yield the text with an argument renamed where it failed, then wherever the same function gets it."""
    here = _passed(site.source.at(site.line, cst.Call), old, new)
    called = {site.source.code(call.func) for call, _ in here}
    alike = [call for call in site.source.all(cst.Call) if site.source.code(call.func) in called]
    yield from _texts(site, [name for _, name in here], [name for _, name in _passed(alike, old, new)], new)


def without_keyword(site: Site, old: str) -> str:
    """Return the text without an argument of the calls that failed; the text as it is where none passes it."""
    edits = Edits(site.source)
    for call in site.source.at(site.line, cst.Call):
        kept = [arg for arg in call.args if arg.keyword is None or arg.keyword.value != old]
        if len(kept) != len(call.args) and not guarded(site.source, call):
            kept[-1:] = [arg.with_changes(comma=call.args[-1].comma) for arg in kept[-1:]]
            edits.change(call, cst.Call, lambda node, kept=kept: node.with_changes(args=kept))  # type: ignore[misc]
    return edits.text() if edits.changes else site.source.text


def _passed(calls: list[cst.Call], old: str, new: str) -> list[tuple[cst.Call, cst.Name]]:
    found = []
    for call in calls:
        given = {arg.keyword.value: arg.keyword for arg in call.args if arg.keyword is not None}
        if old in given and new not in given:
            found.append((call, given[old]))
    return found


def _texts(site: Site, here: list[cst.Name], all_of_them: list[cst.Name], new: str) -> Iterator[str]:
    made = ""
    for names in (here, all_of_them):
        edits = Edits(site.source)
        for name in names:
            if here and not guarded(site.source, name):
                edits.put(name, name.with_changes(value=new))
        text = edits.text() if edits.changes else ""
        if not text or text == made:
            return
        yield text
        made = text
