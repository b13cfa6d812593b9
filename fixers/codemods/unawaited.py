"""Coroutines that a run saw nobody await, and the calls that made them."""

from __future__ import annotations

from collections.abc import Mapping

import libcst as cst

from fixers.codemods.base import Scene
from fixers.codemods.crash import Site
from fixers.codemods.signatures import called_name
from fixers.codemods.source import Edits, Source
from fixers.project import is_repairable

_MAKES_FUTURES = frozenset({"create_task", "ensure_future", "gather", "run_in_executor", "shield", "wait_for"})
_TAKES_COROUTINES = frozenset(
    {
        "create_task",
        "ensure_future",
        "gather",
        "run",
        "run_until_complete",
        "run_coroutine_threadsafe",
        "shield",
        "wait_for",
    }
)


def seen_places(scene: Scene) -> dict[str, dict[int, str]]:
    """Return the lines that made coroutines which nobody awaited, with the coroutine functions' names, by path."""
    found: dict[str, dict[int, str]] = {}
    for key, names in scene.values.items():
        kind, _, place = key.partition(":")
        path, _, line = place.rpartition(":")
        if kind == "unawaited" and names and line.isdigit() and is_repairable(path) and path in scene.project.files:
            found.setdefault(path, {})[int(line)] = names[0].rpartition(".")[2]
    return found


def made_at(source: Source, places: Mapping[int, str]) -> list[cst.Call]:
    """Return the calls on these lines that made the coroutines: inside an async function, and not for the event loop.

    A call of that name, else the only one that the line makes.
    """
    calls: list[cst.Call] = []
    for line, name in places.items():
        here = [call for call in source.at(line, cst.Call) if _may_await(source, call)]
        named = [call for call in here if called_name(call) == name]
        calls += [call for call in named or (here if len(here) == 1 else []) if call not in calls]
    return calls


def futures(site: Site) -> str | None:
    """Return the text in which the futures are awaited that the failing line uses as their results; None for none."""
    edits = Edits(site.source)
    function = site.source.enclosing(site.line, cst.FunctionDef)
    names = {name.value for name in site.source.at(site.line, cst.Name)}
    for call in site.source.within(function, cst.Call) if function is not None and function.asynchronous else ():
        parent = site.source.parents[call]
        held = isinstance(parent, cst.Assign) and any(
            isinstance(target.target, cst.Name) and target.target.value in names for target in parent.targets
        )
        here = site.source.line(call) == site.line and not isinstance(parent, cst.Await)
        if called_name(call) in _MAKES_FUTURES and (held or here):
            edits.put(call, cst.Await(call) if held else cst.Await(call, [cst.LeftParen()], [cst.RightParen()]))
    return edits.text() if edits.changes else None


def asynchronous(site: Site, *, loop: bool) -> str | None:
    """Return the text with `async for` or `async with` on the failing line, in an async function; None elsewhere."""
    function = site.source.enclosing(site.line, cst.FunctionDef)
    if function is None or function.asynchronous is None:
        return None
    edits = Edits(site.source)
    kinds: tuple[type[cst.For | cst.CompFor | cst.With], ...] = (cst.For, cst.CompFor) if loop else (cst.With,)
    for kind in kinds:
        for node in site.source.within(function, kind):
            if site.source.line(node) == site.line and node.asynchronous is None:
                edits.put(node, node.with_changes(asynchronous=cst.Asynchronous()))
    return edits.text() if edits.changes else None


def is_gathered(source: Source, call: cst.Call, function: cst.FunctionDef) -> bool:
    """Say whether the call's result is collected for the event loop: `tasks = [load(n) …]`, `gather(*tasks)`."""
    target = source.up(call, cst.Assign)
    wrapper = source.up(call, cst.Call)
    if wrapper is not None and called_name(wrapper) in _TAKES_COROUTINES | {"append", "add"}:
        return True
    names = [t.target.value for t in target.targets if isinstance(t.target, cst.Name)] if target else []
    return any(
        called_name(other) in _TAKES_COROUTINES and any(name in source.code(other) for name in names)
        for other in source.within(function, cst.Call)
    ) or any(
        isinstance(wait.expression, cst.Name) and wait.expression.value in names
        for wait in source.within(function, cst.Await)
    )


def _may_await(source: Source, call: cst.Call) -> bool:
    around = source.up(call, cst.FunctionDef)
    hidden = source.up(call, cst.Lambda)
    return (
        around is not None
        and around.asynchronous is not None
        and (hidden is None or not source.inside(hidden, around))
        and not isinstance(source.parents[call], cst.Await)
        and called_name(call) not in _TAKES_COROUTINES
        and not is_gathered(source, call, around)
    )
