"""How often a function goes through all that a variable holds."""

from __future__ import annotations

import ast

_WHOLE = frozenset(
    {"list", "tuple", "set", "frozenset", "sorted", "sum", "max", "min", "dict", "Counter", "deque", "len"}
)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def times_walked(function: ast.AST, name: str) -> int:
    """Count how often a function goes through all of a variable, once more in a loop; 0 when it takes items singly.

    What ends the function, or stands in one branch, is not counted with what follows it.
    """
    if taken_singly(function, name):
        return 0
    return _in_block(list(getattr(function, "body", ())), name)


def _in_block(body: list[ast.stmt], name: str) -> int:
    times, most = 0, 0
    for statement in body:
        if isinstance(statement, _DEFINITIONS):
            continue
        if isinstance(statement, ast.If):
            times += _in_expression(statement.test, name)
            for branch in (statement.body, statement.orelse):
                inside = times + _in_block(branch, name)
                most = max(most, inside)
                times = times if _leaves(branch) else max(times, inside)
        elif isinstance(statement, (ast.For, ast.AsyncFor, ast.While)):
            head = statement.iter if not isinstance(statement, ast.While) else statement.test
            times += _in_expression(head, name) + (_is(head, name) and not isinstance(statement, ast.While))
            times += 2 * _in_block([*statement.body, *statement.orelse], name)
        elif isinstance(statement, (ast.With, ast.AsyncWith, ast.Try)):
            inner = [*statement.body, *getattr(statement, "orelse", ()), *getattr(statement, "finalbody", ())]
            times += _in_block(inner, name)
        else:
            times += _in_expression(statement, name)
        most = max(most, times)
    return most


def _leaves(branch: list[ast.stmt]) -> bool:
    return bool(branch) and isinstance(branch[-1], (ast.Return, ast.Raise, ast.Continue, ast.Break))


def _in_expression(node: ast.AST, name: str) -> int:
    """Count the whole walks in an expression; those in the element of a comprehension count twice."""
    times = 0
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call) and inner.args and _is(inner.args[0], name):
            called = ast.unparse(inner.func).rpartition(".")[2]
            times += called in _WHOLE or (called in {"join", "extend"} and len(inner.args) == 1)
        elif isinstance(inner, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            first, *later = inner.generators
            times += _is(first.iter, name) + 2 * sum(_is(part.iter, name) for part in later)
            elements = [inner.key, inner.value] if isinstance(inner, ast.DictComp) else [inner.elt]
            times += sum(_in_expression(element, name) for element in elements)
        elif isinstance(inner, ast.Starred) and _is(inner.value, name):
            times += 1
    return times


def _is(node: ast.AST, name: str) -> bool:
    return isinstance(node, (ast.Name, ast.Attribute)) and ast.unparse(node) == name


def taken_singly(function: ast.AST, name: str) -> bool:
    """Say whether items are taken singly, which no list allows, or two walks are one: `zip(it, it)`."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func).rpartition(".")[2]
            given = [arg for arg in node.args if _is(arg, name)]
            if given and (called in {"next", "islice", "anext", "iter", "isinstance"} or len(given) > 1):
                return True
            if isinstance(node.func, ast.Attribute) and _is(node.func.value, name):
                return True
    return False
