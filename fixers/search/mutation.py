"""A search candidate: one edit of one module's syntax tree, cheap to try and late to render."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from fixers.model import Tier

if TYPE_CHECKING:
    from fixers.search.site import Site
    from fixers.search.template import Edit


@dataclass(frozen=True, slots=True)
class Cut:
    """Lines of a function's text that give way to others."""

    base: str
    """The function as it is, dedented, decorators stripped, as `ast.unparse` writes it."""
    start: int
    end: int
    """First line, counted from 0, and the line behind the last; the same where lines are only added."""
    text: str
    """The new lines, indented as they stand in the function."""

    @property
    def source(self) -> str:
        """The function with the new lines."""
        lines = self.base.split("\n")
        return "\n".join([*lines[: self.start], self.text, *lines[self.end :]])


@dataclass(frozen=True, slots=True)
class Swap:
    """A function body that can replace a live function's code without a re-import."""

    qualname: str
    """Of the outermost enclosing function or method: `Cache.get`, `parse`. Never `<locals>`."""
    line: int
    """`def` line of that function in the original file (not of its decorators)."""
    source: str
    """Dedented source of the mutated function, decorators stripped, as `ast.unparse` writes it."""
    default: tuple[int, str] | None = None
    """Where only a default value differs: its number, positional ones first, and the source of the new value."""
    cut: Cut | None = field(default=None, repr=False, compare=False)
    """How the source comes from the text of the function as it is, where only some lines change."""


@dataclass(frozen=True, slots=True)
class Mutation:
    """One edit, not yet rendered in the author's layout.

    Two mutations are equal only if they are the same edit of the same search,
    and they are not meant to be pickled: `tree` holds on to the parsed module.
    """

    path: str
    line: int
    """Of the edited statement in the original file."""
    function: str
    """Qualified name for people: innermost enclosing function; empty at module level."""
    template: str
    """Name of the search template."""
    tier: Tier
    prior: float
    said: str | Callable[[], str] = field(repr=False)
    """What a reviewer reads of it; made when it is asked for, which few are."""
    swap: Swap | None
    """None when the edit is outside any function, or in decorators."""
    tree: Callable[[], ast.Module] = field(repr=False)
    """Make the whole mutated module: the meaning that rendering must keep. Read it, never change it."""

    changed: Mapping[ast.AST, ast.AST] = field(default_factory=dict, repr=False, compare=False)
    """Nodes of the original module that go, and what stands in their place."""

    far_fetched: bool = False
    """Whether its tier is that of an unlikely edit, and not of its kind."""

    made: tuple[Site, Edit] | None = field(default=None, repr=False, compare=False)
    """Where and how the search made it; None for what was put together from others."""

    steps: tuple[Callable[[], ast.Module], ...] = field(default=(), repr=False, compare=False)
    """What the module means on the way, where it is written in several steps."""

    @property
    def summary(self) -> str:
        """Return in a sentence what the edit does, and what it supposes."""
        return self.said if isinstance(self.said, str) else self.said()

    @property
    def fixer(self) -> str:
        """Return what the trace calls the maker of this edit."""
        return f"search:{self.template}"

    @property
    def module(self) -> str:
        """Return the whole mutated module as `module_text` writes it."""
        return module_text(self.tree())


def module_text(tree: ast.Module) -> str:
    """Return a module from `ast.unparse`, its statements one by one: those that it shares with another cost nothing."""
    for statement in tree.body:
        if statement not in _texts:
            _texts[statement] = ast.unparse(statement)
    return "\n".join(_texts[statement] for statement in tree.body)


_texts: WeakKeyDictionary[ast.stmt, str] = WeakKeyDictionary()
