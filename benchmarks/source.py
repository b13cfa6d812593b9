"""A file's text with the places in it that a mistake can be made at."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the bytes from `start` to `end` of a file's UTF-8 text."""

    start: int
    end: int
    text: str


class Source:
    """A file's text with the byte offsets that ast positions mean."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.data = text.encode()
        self.tree = ast.parse(text)
        self._starts = [0]
        for line in self.data.split(b"\n"):
            self._starts.append(self._starts[-1] + len(line) + 1)

    @cached_property
    def meaning(self) -> str:
        """The program, comments and layout aside."""
        return ast.dump(self.tree)

    @cached_property
    def callees(self) -> frozenset[int]:
        """The ids of the nodes that are called, of all the file."""
        return frozenset(id(node.func) for node in ast.walk(self.tree) if isinstance(node, ast.Call))

    @cached_property
    def attributes(self) -> dict[str, list[str]]:
        """What the file reads from plain names, without calling it: attributes by name."""
        seen: dict[str, list[str]] = defaultdict(list)
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and id(node) not in self.callees:
                seen[node.value.id].append(node.attr)
        return seen

    @cached_property
    def called(self) -> dict[tuple[str, int], list[str]]:
        """What the file calls, by `function` or `method` and the number of plain arguments."""
        seen: dict[tuple[str, int], list[str]] = defaultdict(list)
        for node in ast.walk(self.tree):
            match node:
                case ast.Call(func=ast.Name(id=name), args=given):
                    seen["function", len(given)].append(name)
                case ast.Call(func=ast.Attribute(attr=name), args=given):
                    seen["method", len(given)].append(name)
        return seen

    def span(self, node: ast.AST) -> tuple[int, int]:
        """Return where a node stands, in bytes."""
        start = self._starts[node.lineno - 1] + node.col_offset  # type: ignore[attr-defined]
        end = self._starts[node.end_lineno - 1] + node.end_col_offset  # type: ignore[attr-defined]
        return start, end

    def of(self, node: ast.AST) -> str:
        """Return a node's source."""
        start, end = self.span(node)
        return self.data[start:end].decode()

    def put(self, node: ast.AST, text: str) -> Edit:
        """Return the edit that writes `text` in a node's place."""
        return Edit(*self.span(node), text)

    def swap(self, first: ast.AST, second: ast.AST) -> Edit:
        """Return the edit that exchanges two nodes, of which the first stands before the second."""
        (start, middle), (second_start, end) = self.span(first), self.span(second)
        between = self.data[middle:second_start].decode()
        return Edit(start, end, self.of(second) + between + self.of(first))

    def without_item(self, item: ast.AST, items: list[ast.AST]) -> Edit:
        """Return the edit that takes one of several items between commas away, with the comma that it no longer needs.

        `items` are in order of their place; there must be another one.
        """
        at = items.index(item)
        if at:
            return Edit(self.span(items[at - 1])[1], self.span(item)[1], "")
        return Edit(self.span(item)[0], self.span(items[1])[0], "")

    def without(self, statement: ast.stmt, block: list[ast.stmt]) -> Edit:
        """Return the edit that removes a statement with the lines it fills; the only one of a block becomes `pass`."""
        start, end = self.span(statement)
        line_start = self.data.rfind(b"\n", 0, start) + 1
        line_end = self.data.find(b"\n", end)
        alone = not self.data[line_start:start].strip() and not self.data[end:line_end].strip()
        if len(block) == 1 or not alone or line_end < 0:
            return Edit(start, end, "pass")
        return Edit(line_start, line_end + 1, "")

    def applied(self, edit: Edit) -> str:
        """Return the file's text after an edit."""
        return (self.data[: edit.start] + edit.text.encode() + self.data[edit.end :]).decode()

    def changes(self, edit: Edit) -> bool:
        """Say whether the text after an edit is a program, and another one."""
        try:
            return ast.dump(ast.parse(self.applied(edit))) != self.meaning
        except (SyntaxError, ValueError):
            return False


def functions(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, Function]]:
    """Yield the functions of a module with their dotted names; those inside functions belong to the outer one."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, Function):
            yield f"{prefix}{node.name}", node
        elif isinstance(node, ast.ClassDef):
            yield from functions(node, f"{prefix}{node.name}.")
        elif isinstance(node, ast.If | ast.Try):
            yield from functions(node, prefix)


@lru_cache(maxsize=2)
def nodes(function: Function) -> tuple[ast.AST, ...]:
    """Return what stands in a function's body; annotations and decorators are no place for these mistakes.

    What stands in a format string is left out: before Python 3.12 its positions cannot be relied on.
    """
    found = []
    waiting: list[ast.AST] = list(reversed(function.body))
    while waiting:
        node = waiting.pop()
        found.append(node)
        if not isinstance(node, ast.JoinedStr):
            waiting += reversed(list(ast.iter_child_nodes(node)))
    return tuple(found)


def blocks(function: Function) -> Iterator[list[ast.stmt]]:
    """Yield the statements that stand in a row, the function's own body first and without its docstring."""
    yield function.body[1:] if ast.get_docstring(function) is not None else function.body
    for node in nodes(function):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list) and block:
                yield block


def bound(function: Function) -> list[str]:
    """Return the names that a function binds, arguments first, each once and in order, without self and cls."""
    arguments = function.args
    named = [a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    stored = [n.id for n in nodes(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    return [name for name in dict.fromkeys([*named, *stored]) if name not in {"self", "cls"}]
