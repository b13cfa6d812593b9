"""Edits outside functions, tried in a fork of the collected process: the module's text runs again there.

Many times faster than a fresh import, and only a screen. It is used for a module from which no other one took
more at its import than names, and values that stay equal: what was made of anything else would be that of before.
Whatever else may hold on to something old is found by a canary: when the unchanged text runs again, what it had
made before has to be gone, and the tests have to end as they do after a fresh import.
"""

from __future__ import annotations

import ast
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from fixers.project import Project
from fixers.runner.evaluator import Outcome, Status, Trial, Variant
from fixers.runner.evaluators import told_apart
from fixers.runner.servers import ForkEvaluator, Ticket

_CPU_SECONDS, _SINGING = 0.5, 5.0
"""Processor time for a module that runs again, and for looking through all objects, beside that of the tests."""
_SLACK = 5.0
"""How many times longer than before the tests may run."""
_LOADED = 4.0
"""Real seconds for one of processor time."""
_BELIEVED = frozenset({Status.PASS, Status.FAIL})
_SUNG = 12
"""Tests that the canary runs at most, the failing ones first."""


@dataclass(slots=True)
class Rerun:
    """Runs a changed module again in a fork of the collected process, one for each variant."""

    servers: ForkEvaluator
    name: str = "in a fork, the module run again"
    cost: int = 10
    sure: bool = False
    _why_not: dict[str, str] = field(default_factory=dict)
    """By path, why a module cannot be run again; empty where it can."""
    _used: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """By path, the names of a module that others used at their import."""

    def refuses(self, variant: Variant) -> str:
        """Refuse what is no edit of one imported module, and modules of which the canary said so."""
        if self.servers.collected is None:
            return "the tests cannot be collected"
        if variant.path not in self.servers.loaded or list(variant.sources) != [variant.path]:
            return "it is not one imported module that changes"
        return self._why_not.get(variant.path, "")

    def begin(self, trials: Sequence[Trial], failing: Sequence[str]) -> Reruns:
        """Begin to judge several at once, each in a fork."""
        for trial in trials:
            self._sing(trial, failing)
        tickets = [self._start(trial.variant, (*failing, *trial.around)) for trial in trials]
        return Reruns(self.servers, tickets, frozenset(failing))

    def _sing(self, trial: Trial, failing: Sequence[str]) -> None:
        """Find out, once for each module, whether tests end as before when it runs again unchanged."""
        path = trial.variant.path
        if path in self._used or self.refuses(trial.variant):
            return
        self._used[path] = used_elsewhere(self.servers.project, path, self.servers.loaded)
        tests = (*failing, *trial.around)[:_SUNG]
        plain = self.servers.start(Variant(path), tests, stop_at_first=False)
        again = self._submit(Variant(path), tests, self.servers.project.text(path), sing=True)
        before, after = self.servers.finish(plain), self.servers.finish(again)
        if after.status is Status.UNSUPPORTED:
            self._why_not[path] = after.signature
        elif before.status not in _BELIEVED or before != after:
            self._why_not[path] = "the tests do otherwise when it runs again"

    def _start(self, variant: Variant, tests: Sequence[str]) -> Ticket | None:
        return None if self.refuses(variant) else self._submit(variant, tests, variant.sources[variant.path])

    def _submit(self, variant: Variant, tests: Sequence[str], source: str, *, sing: bool = False) -> Ticket:
        server = self.servers.collected
        assert server is not None, "refused without"  # noqa: S101 - states an invariant for mypy
        cpu = (_SINGING if sing else _CPU_SECONDS) + _SLACK * self.servers.seconds_of(tests)
        # Without sources, so that no answer is looked for elsewhere.
        ticket = Ticket(Variant(variant.path), tuple(tests), not sing, self.servers.wall + _LOADED * cpu, server)
        ticket.number = server.submit(
            kind="rerun",
            path=variant.path,
            source=source,
            used=self._used[variant.path],
            sing=sing,
            tests=list(tests),
            stop=not sing,
            wall=ticket.wall,
            cpu=cpu,
        )
        return ticket


@dataclass(frozen=True, slots=True)
class Reruns:
    """Variants that run each in a fork of its own."""

    servers: ForkEvaluator
    tickets: Sequence[Ticket | None]
    failing: frozenset[str]

    def outcomes(self) -> list[Outcome]:
        """Wait for one after another, to the end of the search; what only a fresh import can tell is UNSUPPORTED."""
        return [self._outcome(ticket) for ticket in self.tickets]

    def _outcome(self, ticket: Ticket | None) -> Outcome:
        if time.monotonic() > self.servers.until:
            return Outcome(Status.TIMEOUT)
        said = Outcome(Status.UNSUPPORTED) if ticket is None else self.servers.finish(ticket)
        # A process that dies or does not end may be the fault of running twice.
        return told_apart(said, self.failing) if said.status in _BELIEVED else Outcome(Status.UNSUPPORTED)


def used_elsewhere(project: Project, path: str, loaded: Collection[str]) -> tuple[str, ...]:
    """Return what this module makes and other imported ones use at their import, after they imported it; sorted."""
    names = _bound(project.tree(path).body)
    others = (_parsed(project, other) for other in {*loaded} & {*project.files} - {path})
    return tuple(sorted({name for tree in others if tree is not None for name in _used_at_import(tree, names)}))


def _parsed(project: Project, path: str) -> ast.Module | None:
    try:
        return project.tree(path)
    except (SyntaxError, ValueError):
        return None


def _bound(statements: Sequence[ast.stmt]) -> set[str]:
    """Collect what a module makes itself; what it imports stays what it is."""
    names: set[str] = set()
    for node in _at_import(statements):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    return names


def _used_at_import(tree: ast.Module, names: set[str]) -> Iterator[str]:
    """Yield which of these names a module uses at its import after it imported them, or looks up in a module."""
    direct: dict[str, str] = {}
    modules: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if alias.name == "*":
                    direct |= {name: name for name in names}
                elif alias.name in names:
                    direct[alias.asname or alias.name] = alias.name
                else:
                    modules.add(alias.asname or alias.name)
    for node in _at_import(tree.body):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in direct:
            yield direct[node.id]
        elif isinstance(node, ast.Attribute) and node.attr in names and _root(node) in modules:
            yield node.attr


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Call):
        node = node.value if isinstance(node, ast.Attribute) else node.func
    return node.id if isinstance(node, ast.Name) else ""


def _at_import(statements: Sequence[ast.AST]) -> Iterator[ast.AST]:
    """Yield the nodes that run when a module is imported: not the bodies of functions, nor what they annotate."""
    for node in statements:
        if _is_main(node):
            continue
        yield node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            defaults = [default for default in node.args.kw_defaults if default is not None]
            yield from _at_import([*node.decorator_list, *node.args.defaults, *defaults])
        elif isinstance(node, ast.Lambda):
            yield from _at_import(node.args.defaults)
        else:
            yield from _at_import(list(ast.iter_child_nodes(node)))


def _is_main(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "__main__" in ast.unparse(node.test)
