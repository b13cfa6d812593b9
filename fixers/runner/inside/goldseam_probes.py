"""Statement probes by rewriting: which statements each test runs, on any interpreter.

Every statement of a project module gets `__goldseam__[k] = 1` in front of it when
the module is loaded. Every function gets a note of its values at the start and
before each return, behind a counter, so that a busy function costs a look at a byte.
"""

import ast
import builtins
import sys

import goldseam_places
from goldseam_places import FUNCTIONS, is_place


class Probes:
    """Instruments the modules of a project as they load."""

    NAME = "probes"

    def __init__(self, places, values):
        self.places, self.values = places, values
        self.hits = bytearray()

    def install(self):
        builtins.__goldseam__ = self.hits
        builtins.__goldseam_left__ = self.values.left
        builtins.__goldseam_note__ = self.values.note
        builtins.__goldseam_locals__ = locals

    def code_of(self, plain, data, path, optimize):
        """Compile a module of the project; `plain` does it without us."""
        module = ast.parse(data, path)
        self.instrument(module, self.places.relative(path))
        return compile(module, path, "exec", dont_inherit=True, optimize=optimize)

    def instrument(self, module, path):
        for owner, body, names, function in list(goldseam_places.blocks(module)):
            numbers = [self.places.number(s, path, names) if is_place(s, owner) else None for s in body]
            self._rewrite(owner, body, numbers, self.places.function(path, function) if function else None)
        self.hits.extend(bytes(len(self.places.rows) - len(self.hits)))
        self.values.grow(len(self.places.functions))
        ast.fix_missing_locations(module)

    def _rewrite(self, owner, body, numbers, function):
        out = []
        is_start = isinstance(owner, FUNCTIONS) and body is owner.body
        for index, (statement, number) in enumerate(zip(list(body), numbers)):
            is_docstring = index == 0 and isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
            if is_start and not is_docstring:
                out.append(_note(function, 0, statement))
                is_start = False
            if function is not None and isinstance(statement, ast.Return):
                out.append(_note(function, 1, statement))
            if number is not None:
                out.append(_probe(number, statement))
            out.append(statement)
        if isinstance(owner, FUNCTIONS) and body is owner.body and not isinstance(body[-1], (ast.Return, ast.Raise)):
            out.append(_note(function, 1, body[-1]))
        body[:] = out


def _probe(number, statement):
    target = ast.Subscript(value=_name("__goldseam__"), slice=_index(number), ctx=ast.Store())
    return _placed(ast.Assign(targets=[target], value=ast.Constant(value=1)), statement)


def _note(function, when, statement):
    """Make `if __goldseam_left__[f]: __goldseam_note__(f, when, __goldseam_locals__())`."""
    left = ast.Subscript(value=_name("__goldseam_left__"), slice=_index(function), ctx=ast.Load())
    values = ast.Call(func=_name("__goldseam_locals__"), args=[], keywords=[])
    arguments = [ast.Constant(value=function), ast.Constant(value=when), values]
    call = ast.Expr(value=ast.Call(func=_name("__goldseam_note__"), args=arguments, keywords=[]))
    return _placed(ast.If(test=left, body=[call], orelse=[]), statement)


def _name(name):
    return ast.Name(id=name, ctx=ast.Load())


def _index(number):
    constant = ast.Constant(value=number)
    return constant if sys.version_info >= (3, 9) else ast.Index(value=constant)


def _placed(made, statement):
    for part in ast.walk(made):
        if isinstance(part, (ast.expr, ast.stmt)):
            part.lineno = part.end_lineno = statement.lineno
            part.col_offset = part.end_col_offset = statement.col_offset
    return made
