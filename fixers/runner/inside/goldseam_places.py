"""Places: the statements and functions of a project, numbered the same way whichever probe watches them.

What starts on one line of one function is one place, because a line event cannot
tell more. Statements that make no code on some interpreter (`global x`, a bare
annotation in a function, a constant) are no places.
"""

import ast
import os

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Places:
    """Numbers statements as [path, line, end line, function] and functions as (path, function)."""

    def __init__(self, tree):
        self.tree = os.path.join(tree, "")
        self.rows = []
        self.functions = []
        self._numbers = {}
        self._functions = {}

    def ours(self, path):
        return path.startswith(self.tree) and "/site-packages/" not in path

    def relative(self, path):
        return path[len(self.tree) :]

    def number(self, statement, path, names):
        """Return the number of a statement's place; a new one, or that of what starts on the same line."""
        start, end = statement.lineno, max(header(statement)[1], statement.lineno)
        key = (path, start, names)
        if key not in self._numbers:
            self._numbers[key] = len(self.rows)
            self.rows.append([path, start, end, names])
        row = self.rows[self._numbers[key]]
        row[2] = max(row[2], end)
        return self._numbers[key]

    def function(self, path, names):
        key = (path, names)
        if key not in self._functions:
            self._functions[key] = len(self.functions)
            self.functions.append(key)
        return self._functions[key]


def header(statement):
    """Return the first and the last line of what runs when control reaches a statement, not what it holds."""
    first = min([statement.lineno] + [d.lineno for d in getattr(statement, "decorator_list", ())])
    if isinstance(statement, DEFINITIONS):
        return first, statement.lineno
    if hasattr(statement, "body") or hasattr(statement, "cases"):
        parts = [v for v in ast.iter_child_nodes(statement) if isinstance(v, (ast.expr, ast.withitem))]
        ends = [getattr(p, "end_lineno", None) or p.context_expr.end_lineno for p in parts]
        return first, max([*ends, statement.lineno])
    return first, statement.end_lineno


def blocks(node, names=(), function=()):
    """Yield each list of statements below a node: owner, list, names of what encloses it, innermost function or ()."""
    if isinstance(node, DEFINITIONS):
        names = (*names, node.name)
        function = names if isinstance(node, FUNCTIONS) else ()
    for _, value in ast.iter_fields(node):
        if not isinstance(value, list):
            continue
        inside = value
        if value and isinstance(value[0], ast.stmt):
            yield node, value, ".".join(names), ".".join(function)
            inside = list(value)  # whoever asked may put statements of its own between these
        for part in inside:
            if isinstance(part, ast.AST):  # statements, handlers and match cases
                for found in blocks(part, names, function):
                    yield found


def function_names(module):
    """Yield the dotted names of the functions of a module."""
    return (function for owner, _, _, function in blocks(module) if isinstance(owner, FUNCTIONS))


def is_place(statement, owner):
    """Say whether a statement makes code that every probe can see."""
    if isinstance(statement, (ast.Global, ast.Nonlocal)):
        return False
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return False
    if isinstance(statement, ast.AnnAssign) and statement.value is None:
        return False
    return not (
        isinstance(owner, ast.Module) and isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
    )
