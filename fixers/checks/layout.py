"""Whether two texts of a file are the same program laid out anew.

A formatter's work is proven by this and by nothing else: no test can see it. Three
things may differ, and nothing besides: the order of imports that stand together,
white space at the ends and the margin of docstring lines, and the spelling of a
literal that means the same.
"""

from __future__ import annotations

import ast

_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
_IMPORTS = (ast.Import, ast.ImportFrom)


def same_program(before: str, after: str) -> bool:
    """Say whether both texts parse to the same tree, up to the three differences that layout may make."""
    try:
        return _meaning(before) == _meaning(after)
    except (SyntaxError, ValueError, RecursionError):
        return False


def _meaning(text: str) -> str:
    return ast.dump(_Plain().visit(ast.parse(text)))


class _Plain(ast.NodeTransformer):
    """Takes out of a tree what layout may change."""

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        if isinstance(node, _DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            _strip_docstring(node.body[0])
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list):
                setattr(node, name, _sorted_imports(block))
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        node.kind = None  # `u"x"` is `"x"`
        return node

    def visit_Delete(self, node: ast.Delete) -> ast.AST:
        """Read `del (a, b)` as `del a, b`, which it is."""
        node.targets = [
            inner for target in node.targets for inner in (target.elts if isinstance(target, ast.Tuple) else [target])
        ]
        return self.generic_visit(node)


def _strip_docstring(statement: ast.stmt) -> None:
    match statement:
        case ast.Expr(value=ast.Constant(value=str(text)) as constant):
            lines = [line.strip() for line in text.expandtabs().splitlines()]
            constant.value = "\n".join(lines).strip()


def _sorted_imports(block: list[ast.stmt]) -> list[ast.stmt]:
    """Replace each run of imports by one statement a name, sorted, each once; in order where order decides."""
    found: list[ast.stmt] = []
    run: list[ast.stmt] = []
    for statement in block:
        if isinstance(statement, _IMPORTS):
            run.append(statement)
        else:
            found += [*_names(run), statement]
            run = []
    return [*found, *_names(run)]


def _names(run: list[ast.stmt]) -> list[ast.stmt]:
    names: dict[tuple[str, ...], ast.stmt] = {}
    for statement in run:
        match statement:
            case ast.Import(names=aliases):
                for alias in aliases:
                    names["", "", alias.name, alias.asname or ""] = ast.Import(names=[alias])
            case ast.ImportFrom(module=module, names=aliases, level=level):
                for alias in aliases:
                    key = ("." * level, module or "", alias.name, alias.asname or "")
                    names[key] = ast.ImportFrom(module=module, names=[alias], level=level)
    bound = [alias or name for _, _, name, alias in names]
    # Of two imports that bind one name the later one wins, and a star may bind any.
    ordered = "*" in bound or len(set(bound)) < len(bound)
    return [names[key] for key in (names if ordered else sorted(names))]
