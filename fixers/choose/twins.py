"""Whether tests tell the value that a repair makes up: where another one passes as well, it is a guess.

`if found is None: return 0` may pass because a test wants 0, or because it only wants no
crash. So the value is exchanged for others, and the same tests are asked again.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

from fixers.hunt import Hunt, Plausible
from fixers.model import Candidate
from fixers.runner.evaluator import Status, Variant
from fixers.runner.swap import swap_of
from fixers.search.render import Unrenderable
from fixers.search.syntax import FUNCTIONS, FunctionNode, copied, rebuilt

_OTHERS = ("None", "0", "''", "[]", "-1")
_OTHER_THAN_EMPTY = ("None", "-1")
"""In the place of a value that is known to be empty, of whatever type it is."""
_VALUES_ASKED = 2
"""Values of one repair that are exchanged at most."""


def guessed(hunt: Hunt, plausible: Plausible) -> tuple[str, ...]:
    """Say in words which value of a repair no test tells from another one; empty when all are told, or none is made up.

    Costs a run of the tests around for each other value, up to the first that passes.
    """
    try:
        candidate = plausible.candidate(hunt.project)
    except Unrenderable:
        return ()
    if len(candidate.edits) != 1:
        return ()
    edit = candidate.edits[0]
    for value, twins in _made_up(edit.before, edit.after):
        passing = next((other for other, text in twins if _passes(hunt, candidate, text)), None)
        if passing is not None:
            return (f"no test tells the `{value}` that it makes up from `{passing}`",)
    return ()


def _passes(hunt: Hunt, candidate: Candidate, after: str) -> bool:
    swap = swap_of(candidate.edits[0].before, after)
    variant = Variant(candidate.path, swap, {candidate.path: after})
    return hunt.evaluator.run(variant, hunt.tests_for(candidate.path, candidate.function)).status is Status.PASS


def _made_up(before: str, after: str) -> Iterator[tuple[str, Iterator[tuple[str, str]]]]:
    """Yield each value that the new code makes up, with other values and the whole text that has them."""
    try:
        old, new = ast.parse(before), ast.parse(after)
    except SyntaxError:
        return  # what made it parse again makes up nothing
    known, values = set(map(ast.dump, _sources(old))), Counter(_keys(old))
    more = Counter(_keys(new)) - values  # an edit beside a value makes up nothing
    parents = {child: node for node in ast.walk(new) for child in ast.iter_child_nodes(node)}
    found = []
    for source in _sources(new):
        value = _value(source)
        if value is not None and ast.dump(source) not in known and more[_key(source, value)]:
            found.append((source, value))
    for source, value in found[:_VALUES_ASKED]:
        yield ast.unparse(value), _twins(new, source, value, parents)


def _sources(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield what may give a value for a case without one: exits under a condition, choices, alternatives, defaults."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.IfExp, ast.BoolOp)) or (isinstance(node, ast.Call) and _default(node) is not None):
            yield node
        elif isinstance(node, FUNCTIONS) and _gives_values(node):
            branches = (part for part in ast.walk(node) if isinstance(part, ast.If))
            for branch in branches:
                last = branch.body[-1]
                if isinstance(last, ast.Return) and (not isinstance(last.value, ast.Name) or _is_empty(branch, last)):
                    yield last


def _gives_values(function: FunctionNode) -> bool:
    """Say whether a function returns this or that; what a procedure returns is nobody's business."""
    values = [node.value for node in ast.walk(function) if isinstance(node, ast.Return) and node.value is not None]
    return len(set(map(ast.dump, values))) > 1 or any(not isinstance(value, ast.Constant) for value in values)


def _keys(tree: ast.Module) -> Iterator[tuple[str, str]]:
    made = ((source, _value(source)) for source in _sources(tree))
    yield from (_key(source, value) for source, value in made if value is not None)


def _key(source: ast.AST, value: ast.expr) -> tuple[str, str]:
    return type(source).__name__, ast.dump(value)


def _default(call: ast.Call) -> ast.expr | None:
    """Return what a call gives where there is nothing: the last argument of `get` and its like, `default` of `min`."""
    named = [keyword.value for keyword in call.keywords if keyword.arg == "default"]
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    wanted = 3 if name == "getattr" else 2
    if name in {"get", "pop", "next", "getattr"} and len(call.args) == wanted:
        return call.args[-1]
    return named[0] if named and name in {"min", "max"} else None


def _is_empty(branch: ast.If, last: ast.Return) -> bool:
    """Say whether a branch for what is empty, or none, returns that very thing."""
    test = branch.test
    denied = isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)
    return denied and last.value is not None and ast.dump(test.operand) == ast.dump(last.value)  # type: ignore[attr-defined]


def _value(source: ast.AST) -> ast.expr | None:
    """Return the value that is made up, None when it is computed from something."""
    match source:
        case ast.Return(value=value):
            made = value or ast.Constant(value=None)
        case ast.IfExp(orelse=made):
            pass
        case ast.BoolOp(op=ast.Or(), values=[*_, made]):
            pass
        case ast.Call() if (given := _default(source)) is not None:
            made = given
        case _:
            return None
    plain = isinstance(made, ast.Constant) or (isinstance(source, ast.Return) and isinstance(made, ast.Name))
    empty = isinstance(made, (ast.List, ast.Tuple)) and not made.elts
    return made if plain or empty or (isinstance(made, ast.Dict) and not made.keys) else None


def _twins(
    tree: ast.Module, source: ast.AST, value: ast.expr, parents: dict[ast.AST, ast.AST]
) -> Iterator[tuple[str, str]]:
    flag = isinstance(value, ast.Constant) and isinstance(value.value, bool)
    others = _OTHER_THAN_EMPTY if isinstance(value, ast.Name) else _OTHERS
    for text in ("True", "False") if flag else others:  # None beside False is no other answer
        other = ast.parse(text, mode="eval").body
        if ast.dump(other) != ast.dump(value):
            whole = isinstance(source, ast.Return)
            replaced = copied(source, value=other) if whole else rebuilt(source, {value: other}, parents)
            yield text, ast.unparse(rebuilt(tree, {source: replaced}, parents))
