"""G6: nothing written into the source only because a test expects it."""

from __future__ import annotations

import ast
import codecs
import operator
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from fixers.checks.change import Change, Marker
from fixers.checks.source import Source

_TRIVIAL_NUMBERS = frozenset({-1, 0, 1, 2})
_SMALL = 10
"""A number below this, inside an expected container, says nothing by itself; the whole container does."""
_LONGEST = 10_000
_BIGGEST = 1 << 64
_OPERATORS: Mapping[type[ast.operator], Callable[[object, object], object]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Div: operator.truediv,
}
_COMPARISONS = frozenset({"__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__bool__", "__contains__"})


@dataclass(frozen=True, slots=True)
class Written:
    """A value that stands in the source, adjacent constants folded: `"a" + "b"` is `"ab"`."""

    value: object
    node: ast.AST
    scope: str


def written(source: Source) -> Iterator[Written]:
    """Yield the constant values of a text: literals, what they fold to, and displays made of them only.

    Docstrings, and constants that stand alone as a statement, are prose: nothing reads them.
    """
    prose = {id(placed.node.value) for placed in source.nodes if isinstance(placed.node, ast.Expr)}
    values: dict[int, object] = {}
    for placed in reversed(source.nodes):  # children first
        node = placed.node
        value = _fold(node, values)
        if value is _NOTHING or id(node) in prose:
            continue
        values[id(node)] = value
        yield Written(value, node, placed.scope)


def expected_values(test_literals: Collection[object]) -> tuple[object, ...]:
    """Return what may not be hard-coded: the expected values and the leaves of expected containers.

    Trivial values are left out, since an honest repair needs them: -1, 0, 1, 2,
    True, False, None, strings of at most one character, empty containers.
    """
    found: list[object] = []
    for literal in test_literals:
        if isinstance(literal, (list, tuple, set, frozenset, dict)):
            found += [literal, *(leaf for leaf in _leaves(literal) if not _is_small(leaf))]
        else:
            found.append(literal)
    return tuple(value for value in found if not _is_trivial(value))


def hard_coded(changed: Collection[Change], expected: Collection[object], elsewhere: Collection[object]) -> list[str]:
    """Say which expected values the patch writes into the source that did not stand there before."""
    if not expected:
        return []
    wanted = {_key(value): value for value in expected}
    known = {_key(value) for value in elsewhere}
    for change in changed:
        if change.before is not None:
            known.update(_key(item.value) for item in written(change.before))
    return [
        f"{change.path}:{getattr(item.node, 'lineno', 0)} writes {item.value!r:.80}, which a failing test expects"
        for change in changed
        if change.after is not None
        for encodings in [_encodings(change.after)]
        for item in written(change.after)
        if (key := _key(item.value)) in wanted and key not in known and id(item.node) not in encodings
    ]


def _encodings(source: Source) -> frozenset[int]:
    """Return the values of arguments `encoding` that name one: a test that reads a file names the same."""
    keywords = (placed.node for placed in source.nodes if isinstance(placed.node, ast.keyword))
    return frozenset(
        id(keyword.value)
        for keyword in keywords
        if keyword.arg == "encoding" and isinstance(keyword.value, ast.Constant) and _is_codec(keyword.value.value)
    )


def _is_codec(name: object) -> bool:
    try:
        return isinstance(name, str) and bool(codecs.lookup(name))
    except LookupError:
        return False


def constant_comparisons(source: Source) -> Iterator[Marker]:
    """Find comparison methods that answer with a constant, which makes any assertion pass."""
    for placed in source.nodes:
        node = placed.node
        if (
            isinstance(node, ast.FunctionDef)
            and node.name in _COMPARISONS
            and isinstance(last := node.body[-1], ast.Return)
            and isinstance(last.value, ast.Constant)
            and last.value.value in {True, False}
        ):
            yield Marker(f"a {node.name} that always answers {last.value.value}", placed.scope, node.lineno)


_NOTHING = object()


def _fold(node: ast.AST, values: Mapping[int, object]) -> object:
    if isinstance(node, ast.Constant):
        return node.value
    return _combined(node, values)


def _combined(node: ast.AST, values: Mapping[int, object]) -> object:
    def of(child: ast.AST) -> object:
        return values.get(id(child), _NOTHING)

    match node:
        case ast.UnaryOp(op=ast.USub(), operand=operand) if isinstance(number := of(operand), (int, float, complex)):
            return -number
        case ast.BinOp(left=left, op=op, right=right):
            return _foldable(op, of(left), of(right))
        case ast.JoinedStr(values=parts):
            return _joined([of(part.value if isinstance(part, ast.FormattedValue) else part) for part in parts])
        case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
            return _container(node, [of(item) for item in items])
        case ast.Dict(keys=keys, values=found):
            return _dictionary([of(key) if key else _NOTHING for key in keys], [of(value) for value in found])
    return _NOTHING


def _foldable(op: ast.operator, left: object, right: object) -> object:
    apply = _OPERATORS.get(type(op))
    texts = isinstance(left, (str, bytes)) and type(left) is type(right) and isinstance(op, ast.Add)
    numbers = isinstance(left, (int, float)) and isinstance(right, (int, float))
    if apply is None or not (texts or numbers):
        return _NOTHING
    if texts and len(left) + len(right) > _LONGEST:  # type: ignore[arg-type]  # both are text here
        return _NOTHING
    if numbers and max(abs(left), abs(right)) > _BIGGEST:  # type: ignore[arg-type]  # both are numbers here
        return _NOTHING
    try:
        return apply(left, right)
    except ArithmeticError:
        return _NOTHING


def _joined(pieces: list[object]) -> object:
    return _NOTHING if _NOTHING in pieces else "".join(map(str, pieces))


def _container(node: ast.List | ast.Tuple | ast.Set, members: list[object]) -> object:
    if not members or any(member is _NOTHING for member in members):
        return _NOTHING
    if isinstance(node, ast.List):
        return members
    if isinstance(node, ast.Tuple):
        return tuple(members)
    try:
        return frozenset(members)
    except TypeError:  # an unhashable member: the program itself would fail here
        return _NOTHING


def _dictionary(keys: list[object], found: list[object]) -> object:
    if not keys or any(item is _NOTHING for item in (*keys, *found)):
        return _NOTHING
    try:
        return dict(zip(keys, found, strict=True))
    except TypeError:
        return _NOTHING


def _leaves(value: object) -> Iterator[object]:
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            stack += [*item.keys(), *item.values()]
        elif isinstance(item, (list, tuple, set, frozenset)):
            stack += item
        else:
            yield item


def _is_small(value: object) -> bool:
    return isinstance(value, (int, float)) and abs(value) < _SMALL


def _is_trivial(value: object) -> bool:
    if value is None or isinstance(value, bool) or value is ...:
        return True
    if isinstance(value, (int, float, complex)):
        return value in _TRIVIAL_NUMBERS
    if isinstance(value, (str, bytes)):
        return len(value) <= 1
    if isinstance(value, (list, tuple, set, frozenset, dict)):
        return all(_is_trivial(leaf) for leaf in _leaves(value))
    return False


def _key(value: object) -> tuple[str, str]:
    """Tell 1 from True and 1.0, and let unhashable values into sets."""
    if isinstance(value, (set, frozenset)):
        return "set", repr(sorted(map(repr, value)))
    if isinstance(value, dict):
        return "dict", repr(sorted((repr(key), repr(item)) for key, item in value.items()))
    return type(value).__name__, repr(value)
