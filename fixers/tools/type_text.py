"""What a type checker calls a type, as a file writes it."""

from __future__ import annotations

import ast
import builtins
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from fixers.codemods.imports import Import
from fixers.codemods.symbols import definitions, imports, tree_of
from fixers.project import Project

_LITERAL = re.compile(r"Literal\[(?P<value>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|b'[^']*'|-?\d+|True|False)\]\??")
_ABSTRACT = frozenset({"Iterator", "Iterable", "Generator", "AsyncIterator", "Callable", "Sequence", "Mapping"})


@dataclass(slots=True)
class Spelling:
    """How one file spells types, and what it would have to import for those that it spelled."""

    project: Project
    path: str
    needed: set[Import] = field(default_factory=set)

    def of(self, revealed: str) -> str:
        """Return the type as the file writes it; nothing where it cannot, or the type checker does not know."""
        plain = _LITERAL.sub(lambda literal: _base(literal["value"]), revealed).replace("?", "")
        try:
            tree = ast.parse(plain, mode="eval").body
            return ast.unparse(_Local(self).visit(tree))
        except (SyntaxError, ValueError):
            return ""

    def name(self, dotted: str) -> str:
        """Return the local name of what a dotted name stands for, importing it from the standard library if need be."""
        module, _, name = dotted.rpartition(".")
        if module == "builtins" or (not module and hasattr(builtins, dotted)):
            return name or dotted
        known = imports(self.project, self.path)
        if local := next((local for local, origin in known.items() if origin.name and origin.dotted == dotted), ""):
            return local
        if local := next((local for local, origin in known.items() if not origin.name and origin.module == module), ""):
            return f"{local}.{name}"
        own = tree_of(self.project, self.path)
        if module == self.project.module_name(self.path) and own is not None and name in definitions(own):
            return name
        return self._imported("collections.abc" if module == "typing" and name in _ABSTRACT else module, name, known)

    def _imported(self, module: str, name: str, known: Mapping[str, object]) -> str:
        root = module.partition(".")[0]
        public = root in sys.stdlib_module_names and "._" not in f".{module}.{name}"
        if not public or name in known or module == "typing":
            raise ValueError(name)
        self.needed.add(Import(module, name))
        return name


class _Local(ast.NodeTransformer):
    """Puts local names for qualified ones; ValueError where there is none."""

    def __init__(self, spelling: Spelling) -> None:
        self.spelling = spelling

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """Spell a qualified name."""
        return ast.parse(self.spelling.name(ast.unparse(node)), mode="eval").body

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """Spell `tuple`, `type` and `Union`; nothing else stands alone."""
        if node.id in {"tuple", "type", "None", "int", "str", "bool", "bytes"}:
            return node
        raise ValueError(node.id)

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        """Write `A | B` for `Union[A, B]`."""
        if ast.unparse(node.value) in {"Union", "typing.Union"} and isinstance(node.slice, ast.Tuple):
            parts = " | ".join(ast.unparse(self.visit(part)) for part in node.slice.elts)
            return ast.parse(parts, mode="eval").body
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Refuse what is no type that can be written."""
        raise ValueError(ast.unparse(node))


def united(types: set[str]) -> str:
    """Return the one type of several values, with None if some are None; nothing where they differ otherwise."""
    parts = {part.strip() for one in types for part in (one.split(" | ") if "[" not in one else [one])}
    rest = parts - {"None"}
    if rest == {"int", "float"}:
        rest = {"float"}
    if len(rest) > 1 or not parts:
        return ""
    return " | ".join([*rest, *(["None"] if "None" in parts else [])])


def _base(value: str) -> str:
    if value in {"True", "False"}:
        return "bool"
    return "bytes" if value.startswith("b") else "str" if value[0] in "'\"" else "int"
