"""Whether an edit leaves work without use: what is computed, and reaches nothing that leaves the function.

`return self` in the place of `return result` may pass a test, and makes the loop that fills `result`
pointless. Nobody writes that on purpose. A backward slice (Weiser, 1981) from what leaves the function,
with control dependence by nesting: cheap, and in doubt everything counts as used.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from fixers.hunt import Plausible
from fixers.project import Project
from fixers.search.syntax import FUNCTIONS, FunctionNode, copied, parents_of

_FRESH = (ast.List, ast.Dict, ast.Set, ast.Constant, ast.ListComp, ast.DictComp, ast.SetComp, ast.JoinedStr)
_MAKERS = frozenset({"list", "dict", "set", "bytearray", "deque", "defaultdict", "OrderedDict", "Counter"})
_CHANGERS = frozenset({
    "append", "appendleft", "extend", "add", "update", "insert", "setdefault", "discard", "remove", "clear", "sort",
    "reverse",
})  # fmt: skip
_PURE = _MAKERS | frozenset({
    "len", "str", "int", "float", "bool", "tuple", "frozenset", "sorted", "reversed", "min", "max", "sum", "abs", "any",
    "all", "range", "enumerate", "zip", "isinstance", "repr", "ord", "chr", "getattr", "hasattr", "type", "round",
})  # fmt: skip
_LEAVES = (ast.Return, ast.Raise, ast.Assert, ast.Global, ast.Nonlocal, ast.Import, ast.ImportFrom, ast.Delete)
_FLOW = (ast.Break, ast.Continue)
_SHOWN = 3


def idle(project: Project, plausible: Plausible) -> tuple[str, ...]:
    """Say in words what a repair makes useless; empty for what is not an edit inside a function."""
    swap = plausible.swap
    if swap is None or swap.default is not None:
        return ()
    found = (node for node in ast.walk(project.tree(plausible.origin.path)) if isinstance(node, FUNCTIONS))
    function = next((node for node in found if node.lineno == swap.line), None)
    names = dead_work(ast.unparse(copied(function, decorator_list=[])), swap.source) if function else ()
    shown = ", ".join(f"`{name}`" for name in names[:_SHOWN])
    return (f"what is computed in {shown} would be of no use any more",) if names else ()


def dead_work(before: str, after: str) -> tuple[str, ...]:
    """Return the variables of a function whose values were of use before an edit and are not afterwards."""
    old, new = (ast.parse(text).body[0] for text in (before, after))
    if not isinstance(old, FUNCTIONS) or not isinstance(new, FUNCTIONS):
        return ()
    changed = [_targets(function) for function in (old, new)]
    return tuple(sorted((_used(old) - _used(new)) & changed[0] & changed[1]))


@dataclass(frozen=True, slots=True)
class _Step:
    """One statement, without those nested in it."""

    statement: ast.stmt
    reads: frozenset[str]
    writes: frozenset[str]
    leaves: bool
    """Whether it does something that can be seen from outside the function."""
    around: tuple[ast.stmt, ...]


def _used(function: FunctionNode) -> set[str]:
    """Return the names whose values reach what leaves the function."""
    steps = list(_steps(function))
    used: set[str] = set()
    needed: set[ast.stmt] = set()
    grown = True
    while grown:
        grown = False
        for step in steps:
            wanted = step.leaves or step.statement in needed or bool(step.writes & used)
            if wanted and not (step.reads <= used and step.statement in needed):
                used |= step.reads
                needed |= {step.statement, *step.around}
                grown = True
    return used


def _steps(function: FunctionNode) -> Iterator[_Step]:
    parents = parents_of(function)
    fresh = _fresh(function)
    for node in _statements(function):
        around: list[ast.stmt] = []
        above = parents.get(node)
        while above is not None and above is not function:
            if isinstance(above, ast.stmt):
                around.append(above)
            above = parents.get(above)
        own = list(_own(node))
        reads = frozenset(n.id for n in own if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load))
        stored = {n.id for n in own if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
        changed, outside = _changed(own, fresh)
        calls = _is_for_effect(node, fresh) or any(isinstance(n, ast.Call) and not _is_quiet(n, fresh) for n in own)
        waits = any(isinstance(n, (ast.Yield, ast.YieldFrom, ast.Await)) for n in own)
        leaves = isinstance(node, (*_LEAVES, *_FLOW, *FUNCTIONS, ast.ClassDef)) or outside or calls or waits
        yield _Step(node, reads, frozenset(stored | changed), leaves, tuple(around))


def _statements(function: FunctionNode) -> Iterator[ast.stmt]:
    """Yield the statements of a function; what an inner one holds belongs to its definition."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ast.stmt):
            yield node
        if not isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            waiting += ast.iter_child_nodes(node)


def _own(statement: ast.stmt) -> Iterator[ast.AST]:
    """Yield the expressions of a statement that are not in a nested one; of a definition everything."""
    whole = isinstance(statement, (*FUNCTIONS, ast.ClassDef))
    waiting: list[ast.AST] = list(ast.iter_child_nodes(statement))
    while waiting:
        node = waiting.pop()
        if whole or not isinstance(node, ast.stmt):
            yield node
            waiting += ast.iter_child_nodes(node)


def _changed(own: list[ast.AST], fresh: frozenset[str]) -> tuple[set[str], bool]:
    """Return the fresh values that a statement changes, and whether it changes anything else."""
    changed, outside = set(), False
    for node in own:
        target: ast.AST | None = None
        if isinstance(node, (ast.Attribute, ast.Subscript)) and not isinstance(node.ctx, ast.Load):
            target = node
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _CHANGERS:
            target = node.func
        if target is not None:
            root = _root(target)
            changed |= {root} & fresh
            outside = outside or root not in fresh
    return changed, outside


def _is_for_effect(statement: ast.stmt, fresh: frozenset[str]) -> bool:
    """Say whether a statement is nothing but a call, whose result nobody takes: `lock.release()`."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(call, ast.Call) and _root(call.func) not in fresh


def _is_quiet(call: ast.Call, fresh: frozenset[str]) -> bool:
    """Say whether a call is known to be seen by nobody outside."""
    if isinstance(call.func, ast.Name):
        return call.func.id in _PURE
    root = _root(call.func)
    return root in fresh or (not call.args and not call.keywords)


def _root(node: ast.AST) -> str:
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def _fresh(function: FunctionNode) -> frozenset[str]:
    """Return variables that only ever hold what the function made itself."""
    made: dict[str, bool] = {}
    for node in ast.walk(function):
        for name, value in _bound(node):
            made[name] = made.get(name, True) and value is not None and _is_made(value)
    return frozenset(name for name, good in made.items() if good)


def _bound(node: ast.AST) -> Iterator[tuple[str, ast.expr | None]]:
    """Yield the names that a node binds, with what each is bound to where that is plain."""
    match node:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                yield from ((n.id, value if n is target else None) for n in _stored(target))
        case ast.AnnAssign(target=ast.Name(id=name), value=value):
            yield name, value
        case ast.For(target=target) | ast.AsyncFor(target=target) | ast.comprehension(target=target):
            yield from ((n.id, None) for n in _stored(target))
        case ast.withitem(optional_vars=ast.expr() as target):
            yield from ((n.id, None) for n in _stored(target))
        case ast.NamedExpr(target=ast.Name(id=name)) | ast.ExceptHandler(name=str() as name) | ast.arg(arg=name):
            yield name, None
        case ast.Global(names=names) | ast.Nonlocal(names=names):
            yield from ((name, None) for name in names)


def _stored(target: ast.AST) -> list[ast.Name]:
    return [n for n in ast.walk(target) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]


def _is_made(value: ast.expr) -> bool:
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        return value.func.id in _MAKERS
    return isinstance(value, _FRESH)


def _targets(function: FunctionNode) -> set[str]:
    """Return the names that are assigned by themselves; of what is unpacked something is often left unused."""
    targets: list[ast.expr] = []
    for node in ast.walk(function):
        targets += node.targets if isinstance(node, ast.Assign) else ()
        targets += [node.target] if isinstance(node, (ast.AnnAssign, ast.AugAssign)) else ()
    return {target.id for target in targets if isinstance(target, ast.Name)}
