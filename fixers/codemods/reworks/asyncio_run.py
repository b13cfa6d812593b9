"""A coroutine that is run by a loop which somebody else was to make, as `asyncio.run` does it."""

from __future__ import annotations

import libcst as cst

from fixers.codemods.workfile import Workfile

_LOOPS = frozenset({"asyncio.get_event_loop", "asyncio.new_event_loop"})


def run_once(work: Workfile) -> None:
    """Write `loop = asyncio.get_event_loop()` and the only `loop.run_until_complete(c())` of it as `asyncio.run(c())`.

    Where the loop is used for anything else, beside being closed, it is left alone: so is a future, which is no
    coroutine.
    """
    for function in work.source.all(cst.FunctionDef):
        for line in work.source.within(function.body, cst.SimpleStatementLine):
            loop = _made(work, line)
            if loop:
                _rewrite(work, function, line, loop)


def _made(work: Workfile, line: cst.SimpleStatementLine) -> str:
    """Return the variable that a line sets to a loop."""
    inner = line.body[0]
    if len(line.body) != 1 or not isinstance(inner, cst.Assign) or len(inner.targets) != 1:
        return ""
    target, value = inner.targets[0].target, inner.value
    if not isinstance(target, cst.Name) or not isinstance(value, cst.Call) or value.args:
        return ""
    return target.value if work.real(value.func) in _LOOPS else ""


def _rewrite(work: Workfile, function: cst.FunctionDef, made: cst.SimpleStatementLine, loop: str) -> None:
    uses = [name for name in work.source.within(function, cst.Name) if name.value == loop]
    uses = [name for name in uses if not work.source.inside(name, made)]
    runs = [call for name in uses if (call := _called(work, name, "run_until_complete")) is not None]
    closes = [call for name in uses if (call := _called(work, name, "close")) is not None]
    if len(runs) != 1 or len(runs) + len(closes) != len(uses) or not _is_coroutine(work, runs[0]):
        return
    endings = [_ending(work, call) for call in closes]
    written = work.spelled("asyncio.run")
    if written is None or any(ending is None for ending in endings):
        return
    work.edits.put(runs[0].func, cst.parse_expression(written))
    work.edits.put(made, cst.RemoveFromParent())
    for ending in endings:
        if isinstance(ending, cst.Try):
            work.edits.change(ending, cst.Try, lambda node: cst.FlattenSentinel(node.body.body))
        elif ending is not None:
            work.edits.put(ending, cst.RemoveFromParent())


def _called(work: Workfile, name: cst.Name, method: str) -> cst.Call | None:
    read = work.source.parents[name]
    call = work.source.parents.get(read)
    is_it = isinstance(read, cst.Attribute) and read.value is name and read.attr.value == method
    return call if is_it and isinstance(call, cst.Call) and call.func is read else None


def _is_coroutine(work: Workfile, run: cst.Call) -> bool:
    """Say whether what is run is a call that is none of asyncio's own, which return futures."""
    given = run.args[0].value if len(run.args) == 1 else None
    return isinstance(given, cst.Call) and not work.real(given.func).startswith("asyncio.")


def _ending(work: Workfile, close: cst.Call) -> cst.SimpleStatementLine | cst.Try | None:
    """Return what goes with a loop's end: the line, or the `try` that was there for it alone."""
    line = work.source.up(close, cst.SimpleStatementLine)
    last = work.source.up(line, cst.Finally) if line is not None else None
    if line is None or last is None:
        return line
    around = work.source.parents[last]
    alone = isinstance(around, cst.Try) and len(last.body.body) == 1 and not around.handlers and not around.orelse
    return around if isinstance(around, cst.Try) and alone else None
