"""What kind of value an expression certainly is, as far as its form and the bindings of its names tell."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Literal

from fixers.search.scope import arguments_of
from fixers.search.site import ModuleView
from fixers.search.syntax import FunctionNode, is_truth

Kind = Literal["number", "text", "collection", "mapping", "truth"]

_MADE_BY: dict[str, Kind] = {
    **dict.fromkeys(("len", "int", "float", "ord", "hash", "id"), "number"),
    **dict.fromkeys(("str", "repr", "chr", "hex", "bin", "oct", "format", "ascii"), "text"),
    **dict.fromkeys(("list", "tuple", "set", "frozenset", "sorted"), "collection"),
    "dict": "mapping",
    **dict.fromkeys(("isinstance", "issubclass", "callable", "hasattr", "any", "all", "bool"), "truth"),
}  # fmt: skip
_GIVEN_BY: dict[str, Kind] = {
    **dict.fromkeys(
        ("strip", "lstrip", "rstrip", "lower", "upper", "title", "capitalize", "casefold", "swapcase", "zfill",
         "ljust", "rjust", "join", "format", "removeprefix", "removesuffix", "expandtabs"), "text"),
    **dict.fromkeys(("split", "rsplit", "splitlines", "readlines"), "collection"),
    **dict.fromkeys(("startswith", "endswith", "isdigit", "isalpha", "isalnum", "isspace"), "truth"),
    **dict.fromkeys(("bit_length", "total_seconds", "rfind"), "number"),
}  # fmt: skip
_ANNOTATED: dict[str, Kind] = {
    "int": "number", "float": "number", "str": "text", "bytes": "text", "list": "collection", "tuple": "collection",
    "set": "collection", "List": "collection", "Tuple": "collection", "Set": "collection", "dict": "mapping",
    "Dict": "mapping", "bool": "truth",
}  # fmt: skip
_COMPREHENSIONS = {ast.ListComp: "collection", ast.SetComp: "collection", ast.DictComp: "mapping"}
_DISPLAYS = {ast.List: "collection", ast.Tuple: "collection", ast.Set: "collection", ast.Dict: "mapping"}

_STORES = (ast.Assign, ast.AnnAssign, ast.AugAssign)

UNFIT: dict[Kind, frozenset[str]] = {
    "number": frozenset({
        "len", "list", "tuple", "set", "frozenset", "sorted", "reversed", "iter", "dict", "any", "all", "sum", "next",
        "enumerate", "ord",
    }),
    "text": frozenset({"abs", "round", "sum", "dict", "any", "all", "max", "min"}),
    "collection": frozenset({"abs", "round", "int", "float", "ord", "chr", "next"}),
    "mapping": frozenset({"abs", "round", "int", "float", "ord", "chr", "next", "sum"}),
    "truth": frozenset({
        "len", "list", "tuple", "set", "frozenset", "sorted", "reversed", "iter", "dict", "any", "all", "sum", "next",
        "enumerate", "ord", "abs", "round", "max", "min", "float",
    }),
}  # fmt: skip
"""Built-in functions that raise on a value of a kind, or give it back."""
_OF_TEXT = frozenset({
    "strip", "lstrip", "rstrip", "lower", "upper", "title", "capitalize", "casefold", "swapcase", "split", "rsplit",
    "splitlines", "encode", "decode", "isdigit", "isalpha", "isalnum", "isspace", "isupper", "islower",
})  # fmt: skip
_OF_COLLECTIONS = frozenset({"copy", "sort", "pop", "clear", "reverse", "popleft"})
_OF_MAPPINGS = frozenset({"items", "keys", "values", "popitem"})
LACKS: dict[Kind, frozenset[str]] = {
    "number": _OF_TEXT | _OF_COLLECTIONS | _OF_MAPPINGS | {"read", "group", "groups"},
    "truth": _OF_TEXT | _OF_COLLECTIONS | _OF_MAPPINGS | {"read", "group", "groups"},
    "text": _OF_COLLECTIONS | _OF_MAPPINGS | {"read", "group", "groups"},
    "collection": _OF_TEXT | _OF_MAPPINGS | {"read", "group", "groups"},
    "mapping": _OF_TEXT | {"sort", "reverse", "popleft", "read", "group", "groups"},
}
"""Well-known methods that a value of a kind does not have."""


class Kinds:
    """Kinds of the values of one module, each asked for once."""

    def __init__(self, view: ModuleView) -> None:
        self._view = view
        self._known: dict[tuple[FunctionNode, str], Kind | None] = {}

    def of(self, node: ast.expr, function: FunctionNode | None) -> Kind | None:  # noqa: PLR0911 - one row of a table each
        """Return what a value certainly is when `function` reads it; None when that is not known."""
        match node:
            case ast.Constant(value=value):
                return _of_constant(value)
            case ast.JoinedStr():
                return "text"
            case ast.Call(func=ast.Name(id=made)):
                return _MADE_BY.get(made)
            case ast.Call(func=ast.Attribute(attr=given)):
                return _GIVEN_BY.get(given)
            case ast.BinOp(left=left, right=right):
                return self._of_operation(self.of(left, function), self.of(right, function), node.op)
            case ast.Name(id=item):
                return self._of_name(item, function) if function is not None else None
        if is_truth(node):
            return "truth"
        return (_DISPLAYS | _COMPREHENSIONS).get(type(node))  # type: ignore[return-value]

    @staticmethod
    def _of_operation(left: Kind | None, right: Kind | None, operator: ast.operator) -> Kind | None:
        if isinstance(operator, ast.Mod) and left == "text":
            return "text"
        return left if left == right and left != "truth" else None

    def _of_name(self, item: str, function: FunctionNode) -> Kind | None:
        key = function, item
        if key not in self._known:
            self._known[key] = None  # of what is bound to itself
            kinds = set(self._bindings(item, function))
            self._known[key] = kinds.pop() if len(kinds) == 1 else None
        return self._known[key]

    def _bindings(self, item: str, function: FunctionNode) -> Iterator[Kind | None]:
        """Yield the kind of each thing that a function binds to a name; None for one that is not known."""
        for node in self._view.within(function):
            match node:
                case ast.arg(arg=bound) if bound == item:
                    own = any(argument is node for argument in arguments_of(function.args))
                    yield _of_annotation(node.annotation) if own else None
                case ast.Name(id=bound, ctx=ast.Store()) if bound == item:
                    parent = self._view.parents[node]
                    value = parent.value if isinstance(parent, _STORES) else None
                    yield None if value is None else self.of(value, function)
                case ast.ExceptHandler(name=bound) if bound == item:
                    yield None


def _of_constant(value: object) -> Kind | None:
    if isinstance(value, bool):
        return "truth"
    return "number" if isinstance(value, (int, float)) else "text" if isinstance(value, (str, bytes)) else None


def _of_annotation(annotation: ast.expr | None) -> Kind | None:
    inner = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    return _ANNOTATED.get(inner.id) if isinstance(inner, ast.Name) else None
