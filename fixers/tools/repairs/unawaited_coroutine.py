"""Coroutines that a type checker sees dropped."""

from __future__ import annotations

from typing import ClassVar

import libcst as cst

from fixers.codemods.source import Edits, Source, parse
from fixers.tools.repairs.base import Case, Example, FindingRepair


class UnawaitedCoroutine(FindingRepair):
    """Await a coroutine where a coroutine drops it, or uses it as if it were its result.

    Only the one call at the very place that the type checker names: what stands there is
    of no use before it is awaited, so nothing else could have been meant.
    """

    NAME = "unawaited-coroutine"
    NUMBER = 11
    PRIOR = 0.95
    MESSAGE = "a coroutine is made and dropped, so its body never runs"
    CODES = frozenset({
        "unused-coroutine", "reportUnusedCoroutine", "operator", "attr-defined", "index", "arg-type", "return-value",
    })  # fmt: skip
    VALID: ClassVar[tuple[Example, ...]] = (
        Example("def f():\n    g()\n", "def f():\n    g()\n", "unused-coroutine",
                'Value of type "Coroutine[Any, Any, int]" must be used', 2, column=5),
        Example("async def f():\n    return g() + 1\n", "async def f():\n    return g() + 1\n", "operator",
                'Unsupported operand types for + ("str" and "int")', 2, column=12),
    )  # fmt: skip
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example("async def f():\n    g(1)\n", "async def f():\n    await g(1)\n", "unused-coroutine",
                'Value of type "Coroutine[Any, Any, int]" must be used', 2, column=5),
        Example("async def f():\n    return g(1) + 1\n", "async def f():\n    return await g(1) + 1\n", "operator",
                'Unsupported operand types for + ("Coroutine[Any, Any, int]" and "int")', 2, column=12),
        Example("async def f():\n    x = g(1)\n    return x + 1\n",
                "async def f():\n    x = await g(1)\n    return x + 1\n", "operator",
                'Unsupported operand types for + ("Coroutine[Any, Any, int]" and "int")', 3, column=12),
        Example("async def f():\n    return g(1).real\n", "async def f():\n    return (await g(1)).real\n",
                "attr-defined", '"Coroutine[Any, Any, int]" has no attribute "real"', 2, column=12),
    )  # fmt: skip

    def mend(self, case: Case) -> str:
        """Await the one call that starts at each finding's place."""
        source = parse(case.text)
        if source is None:
            return case.text
        edits, done = Edits(source), set[cst.Call]()
        for finding in case.findings:
            place = (finding.line, finding.column - 1)
            if "Coroutine[Any, Any" not in finding.message and finding.code != "reportUnusedCoroutine":
                continue
            calls = [call for call in source.all(cst.Call) if _start(source, call) == place] or _given(source, place)
            if len(calls) == 1 and calls[0] not in done and _may_await(source, calls[0]):
                done.add(calls[0])
                edits.put(calls[0], _awaited(source, calls[0]))
        return edits.text()


def _given(source: Source, place: tuple[int, int]) -> list[cst.Call]:
    """Return the call whose result has the name at a place, when that is the only value the name is given."""
    names = [node for node in source.all(cst.Name) if _start(source, node) == place]
    function = source.up(names[0], cst.FunctionDef) if names else None
    given = [
        line.value
        for line in source.within(function, cst.Assign)
        for target in line.targets
        if isinstance(target.target, cst.Name) and target.target.value == names[0].value
    ]
    return [value for value in given if isinstance(value, cst.Call)] if len(given) == 1 else []


def _start(source: Source, node: cst.CSTNode) -> tuple[int, int]:
    start = source.place(node).start
    return start.line, start.column


def _may_await(source: Source, call: cst.Call) -> bool:
    around = source.up(call, cst.FunctionDef)
    return around is not None and around.asynchronous is not None and source.up(call, cst.Lambda) is None


def _awaited(source: Source, call: cst.Call) -> cst.Await:
    parent = source.parents.get(call)
    inner = isinstance(parent, (cst.Attribute, cst.Subscript)) and parent.value is call
    brackets = ([cst.LeftParen()], [cst.RightParen()]) if inner else ([], [])
    return cst.Await(call, lpar=brackets[0], rpar=brackets[1])
