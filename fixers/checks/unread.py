"""Whether two texts of a test module are the same but for names that nothing reads, and for how marks are spelled.

An import that a test never uses, and the name that a handler or a `with` gives to what nobody looks at, can go
without a change of what the test does or asserts. A value that is computed and not read is another matter in a test:
it is as likely an assertion that was forgotten.

pytest reads `@pytest.fixture()` as `@pytest.fixture`, and the names and rows of a parametrized test as the same list
whether they stand in a text, a list or a tuple.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import PurePosixPath

from fixers.checks.layout import same_program
from fixers.model import FileEdit
from fixers.project import is_test_path

_HARMLESS = frozenset(sys.stdlib_module_names) - {"__future__", "readline", "this", "antigravity"} | {"pytest", "mock"}
"""Packages whose import does nothing but bind a name."""
_FOR_OTHERS = frozenset({"conftest.py", "__init__.py"})
_LOOKS_BY_NAME = frozenset({"locals", "vars", "eval", "exec", "globals"})


def same_test(edit: FileEdit) -> bool:
    """Say whether an edit leaves a module what it was: laid out anew, or without names that nothing reads."""
    return same_program(edit.before, edit.after) or (
        is_test_path(edit.path) and same_but_unread(edit.path, edit.before, edit.after)
    )


def same_but_unread(path: str, before: str, after: str) -> bool:
    """Say whether both texts are the same once names that nothing reads are out, and marks are spelled alike.

    Not for a module whose names others take: `conftest.py` and a package's `__init__`.
    """
    if PurePosixPath(path).name in _FOR_OTHERS:
        return False
    try:
        return same_program(_read_only(before), _read_only(after))
    except (SyntaxError, ValueError, RecursionError):
        return False


def _read_only(text: str) -> str:
    tree = ast.parse(text)
    used = frozenset(_used(tree))
    if not used & _LOOKS_BY_NAME:
        tree = _Unbound(used, _modules_used(tree, used)).visit(tree)
    return ast.unparse(_Marks().visit(tree))


def _used(tree: ast.Module) -> Iterator[str]:
    """Yield each name that is read, and each that a text or a parameter may stand for: fixtures go by their names."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Load() | ast.Del()) | ast.arg(arg=name):
                yield name
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                yield from names
            case ast.Constant(value=str(text)):
                yield from text.replace(",", " ").split()  # `"db"`, `"rows, size"`; not `"os.getcwd"`


def _modules_used(tree: ast.Module, used: frozenset[str]) -> frozenset[str]:
    """Return the modules from which the text takes something that it reads: they are imported anyway."""
    return frozenset(
        node.module or ""
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and any((alias.asname or alias.name) in used for alias in node.names)
    )


class _Unbound(ast.NodeTransformer):
    """Takes out the names that nothing reads."""

    def __init__(self, used: frozenset[str], modules: frozenset[str]) -> None:
        self.used = used
        self.modules = modules

    def visit_Import(self, node: ast.Import) -> ast.Import | None:
        """Keep what is read, or may do something when it is imported."""
        node.names = [
            alias
            for alias in node.names
            if (alias.asname or alias.name.partition(".")[0]) in self.used or not _is_harmless(alias.name)
        ]
        return node if node.names else None

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.ImportFrom | None:
        """Keep what is read; the rest where nothing else imports the module."""
        anyway = not node.level and (_is_harmless(node.module or "") or (node.module or "") in self.modules)
        node.names = [a for a in node.names if a.name == "*" or (a.asname or a.name) in self.used or not anyway]
        return node if node.names else None

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        """Drop a name that no one reads."""
        node.name = node.name if node.name in self.used else None
        return self.generic_visit(node)

    def visit_withitem(self, node: ast.withitem) -> ast.AST:
        """Drop a name that no one reads."""
        if isinstance(node.optional_vars, ast.Name) and node.optional_vars.id not in self.used:
            node.optional_vars = None
        return self.generic_visit(node)


class _Marks(ast.NodeTransformer):
    """Spells what pytest reads the same way in one way."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Spell the marks of a test or fixture, and leave out that it returns nothing."""
        node.decorator_list = [_bare(mark) for mark in node.decorator_list]
        if isinstance(node.returns, ast.Constant) and node.returns.value is None:
            node.returns = None
        return self.generic_visit(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        """Spell the marks of a test or fixture, and leave out that it returns nothing."""
        node.decorator_list = [_bare(mark) for mark in node.decorator_list]
        if isinstance(node.returns, ast.Constant) and node.returns.value is None:
            node.returns = None
        return self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        """Spell the marks of a class of tests."""
        node.decorator_list = [_bare(mark) for mark in node.decorator_list]
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Spell names and rows of `pytest.mark.parametrize` as tuples."""
        if ast.unparse(node.func) == "pytest.mark.parametrize" and len(node.args) > 1:
            several = isinstance(node.args[0], (ast.List, ast.Tuple)) or "," in ast.unparse(node.args[0])
            node.args[0] = _names(node.args[0])
            node.args[1] = _rows(node.args[1], several)
        return self.generic_visit(node)


def _bare(mark: ast.expr) -> ast.expr:
    plain = isinstance(mark, ast.Call) and not mark.args and not mark.keywords
    called = ast.unparse(mark.func) if isinstance(mark, ast.Call) else ""
    known = called in {"pytest.fixture", "pytest_asyncio.fixture"} or called.startswith("pytest.mark.")
    return mark.func if plain and known and isinstance(mark, ast.Call) else mark


def _names(node: ast.expr) -> ast.expr:
    match node:
        case ast.Constant(value=str(text)) if "," in text:
            return ast.Tuple([ast.Constant(part.strip()) for part in text.split(",") if part.strip()], ast.Load())
        case ast.List(elts=parts):
            return ast.Tuple(parts, ast.Load())
    return node


def _rows(node: ast.expr, several: bool) -> ast.expr:
    if not isinstance(node, (ast.List, ast.Tuple)):
        return node
    rows = [ast.Tuple(row.elts, ast.Load()) if several and isinstance(row, ast.List) else row for row in node.elts]
    return ast.Tuple(rows, ast.Load())


def _is_harmless(module: str) -> bool:
    return module.partition(".")[0] in _HARMLESS
