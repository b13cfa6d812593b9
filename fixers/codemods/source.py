"""A module as libcst sees it: nodes with places, and edits that leave every other byte alone."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeVar

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, ParentNodeProvider, PositionProvider

Changed = cst.CSTNode | cst.RemovalSentinel | cst.FlattenSentinel[cst.CSTNode]
Change = Callable[[cst.CSTNode], Changed]
N = TypeVar("N", bound=cst.CSTNode)
M = TypeVar("M", bound=cst.CSTNode)

_COMPOUND = (cst.If, cst.For, cst.While, cst.With, cst.Try, cst.TryStar, cst.FunctionDef, cst.ClassDef, cst.Match)


@lru_cache(maxsize=64)
def parse(text: str) -> Source | None:
    """Return the parsed text, shared between callers, or None when it is no Python that libcst reads."""
    try:
        module = cst.parse_module(text)
    except (cst.ParserSyntaxError, RecursionError):
        return None
    wrapper = MetadataWrapper(module, unsafe_skip_copy=True)  # just parsed, so no node stands in it twice
    places = wrapper.resolve(PositionProvider)
    parents = wrapper.resolve(ParentNodeProvider)
    ordered = sorted(
        ((node, place) for node, place in places.items() if isinstance(place, CodeRange)),
        key=lambda item: (item[1].start.line, item[1].start.column, -item[1].end.line, -item[1].end.column),
    )
    return Source(text, module, tuple(ordered), dict(places), dict(parents))


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """Nodes in reading order with their places. Positions count lines from 1, columns in characters."""

    text: str
    module: cst.Module
    nodes: tuple[tuple[cst.CSTNode, CodeRange], ...]
    places: dict[cst.CSTNode, CodeRange]
    parents: dict[cst.CSTNode, cst.CSTNode]

    def all(self, kind: type[N]) -> Iterator[N]:
        """Yield every node of a kind, in reading order."""
        return (node for node, _ in self.nodes if isinstance(node, kind))

    def place(self, node: cst.CSTNode) -> CodeRange:
        """Return where a node stands."""
        return self.places[node]

    def line(self, node: cst.CSTNode) -> int:
        """Return the line a node starts on."""
        return int(self.place(node).start.line)

    def at(self, line: int, kind: type[N]) -> list[N]:
        """Return the nodes of a kind on a line, or, when none starts there, in the statement around it.

        Interpreters before 3.11 give some line of a statement that spans several.
        """
        exact = [node for node, place in self.nodes if isinstance(node, kind) and place.start.line == line]
        return exact or self.within(self.statement(line), kind)

    def within(self, node: cst.CSTNode | None, kind: type[N]) -> list[N]:
        """Return the nodes of a kind below `node` (itself included), in reading order."""
        if node is None:
            return []
        first = bisect_left(self.nodes, self._start(self.places[node]), key=lambda item: self._start(item[1]))
        end = self.places[node].end
        found = []
        for inner, place in self.nodes[first:]:
            if (place.start.line, place.start.column) > (end.line, end.column):
                break
            if isinstance(inner, kind) and self.inside(inner, node):
                found.append(inner)
        return found

    @staticmethod
    def _start(place: CodeRange) -> tuple[int, int]:
        return place.start.line, place.start.column

    def inside(self, node: cst.CSTNode, outer: cst.CSTNode) -> bool:
        """Say whether `node` is `outer` or stands below it."""
        current: cst.CSTNode | None = node
        while current is not None and current is not outer:
            current = self.parents.get(current)
        return current is outer

    def up(self, node: cst.CSTNode, kind: type[N]) -> N | None:
        """Return the innermost node of a kind around `node`, itself excluded."""
        current = self.parents.get(node)
        while current is not None and not isinstance(current, kind):
            current = self.parents.get(current)
        return current

    def statement(self, line: int) -> cst.SimpleStatementLine | None:
        """Return the simple statement that spans a line; None for the head of a compound one."""
        spanning = (
            node
            for node, place in self.nodes
            if isinstance(node, cst.SimpleStatementLine) and place.start.line <= line <= place.end.line
        )
        return next(spanning, None)

    def enclosing(self, line: int, kind: type[N]) -> N | None:
        """Return the innermost node of a kind whose lines include `line`."""
        found = None
        for node, place in self.nodes:
            if isinstance(node, kind) and place.start.line <= line <= place.end.line:
                found = node
        return found

    def owner(self, node: cst.CSTNode) -> cst.CSTNode | None:
        """Return the statement, simple or compound, that `node` belongs to and that stands in a block."""
        current: cst.CSTNode | None = node
        while current is not None and not isinstance(current, (cst.SimpleStatementLine, *_COMPOUND)):
            current = self.parents.get(current)
        return current

    def code(self, node: cst.CSTNode) -> str:
        """Return a node's source text."""
        return self.module.code_for_node(node)


@dataclass(slots=True)
class Edits:
    """Changes of one module, applied together; several changes of one node run in order."""

    source: Source
    changes: dict[cst.CSTNode, list[Change]] = field(default_factory=dict)

    def put(self, node: cst.CSTNode, new: Changed) -> Edits:
        """Replace a node."""
        self.changes.setdefault(node, []).append(lambda _: new)
        return self

    def change(self, node: M, kind: type[M], how: Callable[[M], Changed]) -> Edits:
        """Change a node, given the node as its changed children make it."""

        def run(updated: cst.CSTNode) -> Changed:
            return how(updated) if isinstance(updated, kind) else updated

        self.changes.setdefault(node, []).append(run)
        return self

    def text(self) -> str:
        """Return the module's new text."""
        changed = self.source.module.visit(_Apply(self.changes))
        return changed.code if isinstance(changed, cst.Module) else self.source.text


class _Apply(cst.CSTTransformer):
    def __init__(self, changes: dict[cst.CSTNode, list[Change]]) -> None:
        super().__init__()
        self.changes = changes

    def on_leave(self, original_node: cst.CSTNode, updated_node: cst.CSTNode) -> Changed:  # type: ignore[override]
        result: Changed = updated_node
        for change in self.changes.get(original_node, ()):
            if isinstance(result, cst.CSTNode):
                result = change(result)
        return result
