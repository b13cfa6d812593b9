"""Tests in forms that pytest and mock took once, and refuse or leave out now."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import libcst as cst
from libcst.helpers import get_full_name_for_node

from fixers.codemods.source import Changed
from fixers.codemods.workfile import Workfile

_NOSE = {"setup": "setup_method", "teardown": "teardown_method"}
_NOSE_MODULE = {"setup": "setup_module", "teardown": "teardown_module"}
_MOCKED = re.compile(r"^(?:assert_)?(?P<name>(?:called|any_call|has_calls|not_called)\w*)$")
_ASSERTIONS = frozenset({
    "assert_any_call", "assert_called", "assert_called_once", "assert_called_once_with", "assert_called_with",
    "assert_has_calls", "assert_not_called",
})  # fmt: skip


def nose_methods(work: Workfile) -> None:
    """Name `setup` and `teardown` as pytest calls them, where no fixture and no TestCase has them."""
    for function in work.source.all(cst.FunctionDef):
        owner = work.source.up(function, cst.ClassDef)
        if function.name.value not in _NOSE or function.decorators or work.source.up(function, cst.FunctionDef):
            continue
        if owner is None and not function.params.params:
            work.edits.put(function.name, cst.Name(_NOSE_MODULE[function.name.value]))
        elif owner is not None and owner.name.value.startswith("Test") and not owner.bases:
            work.edits.put(function.name, cst.Name(_NOSE[function.name.value]))


def unmarked_fixtures(work: Workfile) -> None:
    """Take marks from fixtures, on which they never had an effect."""
    for function in work.source.all(cst.FunctionDef):
        marks = [d for d in function.decorators if _real(work, d.decorator).startswith("pytest.mark.")]
        if marks and any(_real(work, d.decorator) == "pytest.fixture" for d in function.decorators):
            kept = [decorator for decorator in function.decorators if decorator not in marks]
            work.edits.change(function, cst.FunctionDef, _decorated(kept))


def asserted_results(work: Workfile) -> None:
    """Assert the comparison that a test returns in the place of asserting it."""
    for function in work.source.all(cst.FunctionDef):
        last = function.body.body[-1] if function.name.value.startswith("test") else None
        inner = last.body[-1] if isinstance(last, cst.SimpleStatementLine) else None
        if isinstance(inner, cst.Return) and isinstance(inner.value, (cst.Comparison, cst.UnaryOperation)):
            returns = [r for r in work.source.within(function, cst.Return) if r.value is not None]
            if returns == [inner]:
                work.edits.put(inner, cst.Assert(test=inner.value))


def mock_assertions(work: Workfile) -> None:
    """Write `assert m.called_once_with(x)`, which asserts nothing, as `m.assert_called_once_with(x)`."""
    for line in work.source.all(cst.SimpleStatementLine):
        inner = line.body[0] if len(line.body) == 1 else None
        call = inner.test if isinstance(inner, cst.Assert) else inner.value if isinstance(inner, cst.Expr) else None
        if inner is None or not isinstance(call, cst.Call) or not isinstance(call.func, cst.Attribute):
            continue
        found = _MOCKED.match(call.func.attr.value)
        name = f"assert_{found['name']}" if found else ""
        if name in _ASSERTIONS and call.func.attr.value != name:
            work.edits.put(inner, cst.Expr(call.with_deep_changes(call.func, attr=cst.Name(name))))


def parametrized(work: Workfile) -> None:
    """Write `for x in XS: yield check, x` as a test with parameters that calls the check."""
    for function in work.source.all(cst.FunctionDef):
        if not function.name.value.startswith("test") or function.params.params or len(function.body.body) != 1:
            continue
        loop = function.body.body[0]
        found = _yielded(loop) if isinstance(loop, cst.For) else None
        name = work.spelled("pytest.mark") if found is not None else None
        if found is None or name is None or not isinstance(loop, cst.For):
            continue
        check, args = found
        bound = [target.value for target in _targets(loop.target)]
        if not bound or work.source.up(function, cst.ClassDef) is not None or loop.orelse is not None:
            continue
        names = ", ".join(bound)
        mark = cst.Decorator(cst.parse_expression(f'{name}.parametrize("{names}", {work.source.code(loop.iter)})'))
        call = cst.parse_statement(f"{check}({', '.join(work.source.code(arg) for arg in args)})")
        work.edits.change(function, cst.FunctionDef, _with_parameters(mark, names, call))


def _with_parameters(
    mark: cst.Decorator, names: str, call: cst.BaseStatement | cst.SimpleStatementLine
) -> Callable[[cst.FunctionDef], Changed]:
    made = cst.parse_statement(f"def f({names}): ...")
    params = made.params if isinstance(made, cst.FunctionDef) else cst.Parameters()

    def changed(node: cst.FunctionDef) -> cst.FunctionDef:
        body = cst.IndentedBlock([call])
        return node.with_changes(decorators=[*node.decorators, mark], params=params, body=body)

    return changed


def _yielded(loop: cst.For) -> tuple[str, list[cst.BaseExpression]] | None:
    """Return the check and the arguments that a loop yields, where that is all it does."""
    body = loop.body.body
    line = body[0] if len(body) == 1 and isinstance(body[0], cst.SimpleStatementLine) else None
    inner = line.body[0] if isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1 else None
    value = inner.value.value if isinstance(inner, cst.Expr) and isinstance(inner.value, cst.Yield) else None
    if not isinstance(value, cst.Tuple) or not isinstance(value.elements[0].value, cst.Name):
        return None
    return value.elements[0].value.value, [element.value for element in value.elements[1:]]


def _targets(target: cst.BaseExpression) -> Iterator[cst.Name]:
    if isinstance(target, cst.Name):
        yield target
    elif isinstance(target, cst.Tuple):
        yield from (element.value for element in target.elements if isinstance(element.value, cst.Name))


def _real(work: Workfile, decorator: cst.BaseExpression) -> str:
    node = decorator.func if isinstance(decorator, cst.Call) else decorator
    return work.real(node) or (get_full_name_for_node(node) or "")


def _decorated(kept: list[cst.Decorator]) -> Callable[[cst.FunctionDef], cst.FunctionDef]:
    return lambda node: node.with_changes(decorators=kept)
