"""Statement probes: which statements each test runs.

Every statement of a project module gets `__goldseam__[k] = 1` in front of it when
the module is loaded. About 1.15 times the run time of the suite, against 2 to 8
times for a tracer. Counts follow the spectrum of Abreu et al. (2007).
"""

import ast
import builtins
import importlib.machinery
import os

import goldseam_inside


class Probes:
    """Numbers the statements of a project and instruments its modules as they load."""

    def __init__(self, tree):
        self.tree = os.path.join(tree, "")
        self.places = []
        self.hits = bytearray()

    def install(self):
        builtins.__goldseam__ = self.hits
        loader = importlib.machinery.SourceFileLoader
        plain = loader.source_to_code

        def source_to_code(this, data, path, **more):
            if isinstance(data, ast.AST) or not self.ours(path):
                return plain(this, data, path, **more)
            try:
                module = self.instrument(ast.parse(data, path), path)
                return compile(module, path, "exec", dont_inherit=True, optimize=more.get("_optimize", -1))
            except (SyntaxError, ValueError, RecursionError):
                return plain(this, data, path, **more)

        loader.source_to_code = source_to_code

    def ours(self, path):
        return path.startswith(self.tree) and "/site-packages/" not in path

    def instrument(self, module, path):
        relative = path[len(self.tree) :]
        self._walk(module, relative, [])
        self.hits.extend(bytes(len(self.places) - len(self.hits)))
        return ast.fix_missing_locations(module)

    def _walk(self, node, path, names):
        inner = (
            [*names, node.name] if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) else names
        )
        for _, value in ast.iter_fields(node):
            if not isinstance(value, list):
                continue
            if value and isinstance(value[0], ast.stmt):
                value[:] = self._probed(value, path, inner, isinstance(node, ast.Module))
            else:
                for part in value:
                    if isinstance(part, ast.AST):  # handlers and match cases
                        self._walk(part, path, inner)

    def _probed(self, body, path, names, is_module):
        out = []
        for index, statement in enumerate(body):
            self._walk(statement, path, names)
            is_docstring = index == 0 and isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
            is_future = is_module and isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
            if not is_docstring and not is_future:
                out.append(self._probe(statement, path, names))
            out.append(statement)
        return out

    def _probe(self, statement, path, names):
        number = len(self.places)
        is_definition = isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
        end = statement.lineno if is_definition or hasattr(statement, "body") else statement.end_lineno
        self.places.append((path, statement.lineno, max(end, statement.lineno), ".".join(names)))
        target = ast.Subscript(value=ast.Name(id="__goldseam__", ctx=ast.Load()), slice=_index(number), ctx=ast.Store())
        probe = ast.Assign(targets=[target], value=ast.Constant(value=1))
        for part in ast.walk(probe):
            if isinstance(part, (ast.expr, ast.stmt)):
                part.lineno = part.end_lineno = statement.lineno
                part.col_offset = part.end_col_offset = statement.col_offset
        return probe


def _index(number):
    constant = ast.Constant(value=number)
    return constant if not hasattr(ast, "Index") or _index_is_gone() else ast.Index(value=constant)


def _index_is_gone():
    import sys

    return sys.version_info >= (3, 9)


class Spectrum:
    """A pytest plug-in that counts, per statement, failing and passing tests that ran it."""

    def __init__(self, answers, tree, failing):
        self.answers = answers
        self.failing = frozenset(failing)
        self.probes = Probes(tree)
        self.failed, self.passed = {}, {}
        self.reached = {}
        self.at_import = frozenset()
        self.probes.install()

    def pytest_collection_finish(self, session):
        self.at_import = frozenset(self._drain())

    def pytest_runtest_logstart(self, nodeid, location):
        self._drain()

    def pytest_runtest_logfinish(self, nodeid, location):
        hit = self._drain()
        counts = self.failed if goldseam_inside.is_wanted(nodeid, self.failing) else self.passed
        functions = set()
        for number in hit:
            counts[number] = counts.get(number, 0) + 1
            path, _, _, names = self.probes.places[number]
            if names:
                functions.add((path, names))
        self.reached[nodeid] = functions

    def pytest_sessionfinish(self, session):
        rows = [
            [*place, self.failed.get(number, 0), self.passed.get(number, 0), int(number in self.at_import)]
            for number, place in enumerate(self.probes.places)
        ]
        functions = sorted(set().union(*self.reached.values())) if self.reached else []
        numbers = {function: number for number, function in enumerate(functions)}
        reached = {test: sorted(numbers[f] for f in found) for test, found in self.reached.items()}
        self.answers.send(event="spectrum", rows=rows, functions=functions, reached=reached)

    def _drain(self):
        hits = self.probes.hits
        found = []
        number = hits.find(1)
        while number >= 0:
            found.append(number)
            hits[number] = 0
            number = hits.find(1, number + 1)
        return found
