"""Find out whether a whole-file edit is a change of one function's body, so that it can be tried by a swap."""

from __future__ import annotations

import ast

from fixers.search.mutation import Swap

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def swap_of(before: str, after: str) -> Swap | None:
    """Return the one function body in which two module texts differ, or None when more, or something else, does."""
    try:
        old, new = ast.parse(before), ast.parse(after)
    except (SyntaxError, ValueError):
        return None  # one side is no Python that this interpreter reads: a fresh import will tell
    if _hollow(old) != _hollow(new):
        return None
    pairs = zip(_functions(old, ""), _functions(new, ""), strict=True)
    changed = [(name, o, n) for (name, o), (_, n) in pairs if _dump(o.body) != _dump(n.body)]
    if len(changed) != 1:
        return None
    name, original, function = changed[0]
    function.decorator_list = []
    return Swap(qualname=name, line=original.lineno, source=ast.unparse(function))


def _functions(node: ast.AST, names: str) -> list[tuple[str, _Function]]:
    """List outermost functions and methods; what is nested in a function belongs to it."""
    found: list[tuple[str, _Function]] = []
    for child in ast.iter_child_nodes(node):
        if isinstance(child, _Function):
            found.append((names + child.name, child))
        elif isinstance(child, ast.ClassDef):
            found.extend(_functions(child, f"{names}{child.name}."))
        elif isinstance(child, ast.stmt | ast.ExceptHandler):
            found.extend(_functions(child, names))
    return found


def _hollow(tree: ast.Module) -> str:
    """Dump a module with the bodies of its outermost functions left out."""
    bodies = [(function, function.body) for _, function in _functions(tree, "")]
    for function, _ in bodies:
        function.body = []
    text = ast.dump(tree)
    for function, body in bodies:
        function.body = body
    return text


def _dump(body: list[ast.stmt]) -> str:
    return ast.dump(ast.Module(body=body, type_ignores=[]))
