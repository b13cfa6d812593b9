"""What a search template is: a kind of slip, and the edits that would undo it.

A template proposes; running the tests decides. Unlike a codemod it need not be
sure, but it orders what it proposes and yields lazily: most edits are never made.
"""

from __future__ import annotations

import ast
import heapq
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from fixers.model import Failure, Tier
from fixers.search.site import Site
from fixers.search.syntax import copied

if TYPE_CHECKING:
    from fixers.search.ingredients import Ingredients


@dataclass(frozen=True, slots=True, eq=False)
class Replace:
    """Nodes of the original tree, all in one statement, and what stands in their place."""

    pairs: Mapping[ast.AST, ast.AST]


@dataclass(frozen=True, slots=True, eq=False)
class Insert:
    """A new statement beside an original one."""

    anchor: ast.stmt
    statement: ast.stmt
    after: bool = False

    def pairs(self, parents: Mapping[ast.AST, ast.AST]) -> dict[ast.AST, ast.AST]:
        """Express the insertion as the replacement of the node that owns the block."""
        owner = parents[self.anchor]
        for field, block in ast.iter_fields(owner):
            if isinstance(block, list) and any(item is self.anchor for item in block):
                index = next(i for i, item in enumerate(block) if item is self.anchor) + self.after
                return {owner: copied(owner, **{field: [*block[:index], self.statement, *block[index:]]})}
        raise AssertionError(f"the parent of line {self.anchor.lineno} does not hold it")


@dataclass(frozen=True, slots=True, eq=False)
class Edit:
    """One proposal of a template."""

    change: Replace | Insert
    weight: float = 1.0
    """How likely among the template's edits of this site; 0 to 1, times PRIOR gives the order."""
    tier: Tier | None = None
    """Where it differs from the template's."""

    def pairs(self, parents: Mapping[ast.AST, ast.AST]) -> Mapping[ast.AST, ast.AST]:
        """Return the nodes that go and what stands in their place."""
        return self.change.pairs(parents) if isinstance(self.change, Insert) else self.change.pairs


def replace(old: ast.AST, new: ast.AST, weight: float = 1.0, tier: Tier | None = None) -> Edit:
    """Propose `new` in the place of `old`."""
    return Edit(Replace({old: new}), weight, tier)


def beside(site: Site, statement: ast.stmt, weight: float = 1.0, tier: Tier | None = None) -> Iterator[Edit]:
    """Propose to insert `statement` before, and where control gets there after, the site's statement.

    In the place of one that does nothing.
    """
    if isinstance(site.statement, ast.Pass):
        yield replace(site.statement, statement, weight, tier)
        return
    yield Edit(Insert(site.statement, statement), weight, tier)
    if not isinstance(site.statement, (ast.Return, ast.Raise, ast.Continue, ast.Break)):
        yield Edit(Insert(site.statement, statement, after=True), weight * 0.9, tier)


def merged(*streams: Iterator[Edit]) -> Iterator[Edit]:
    """Take edits from several streams, the likeliest next one first, and none before it is asked for."""
    return heapq.merge(*streams, key=lambda edit: -edit.weight)


def fading(rank: int, pace: float = 0.1) -> float:
    """Weight of the ingredient at `rank`; the first has 1, the tenth at the usual pace a half."""
    return 1 / (1 + pace * rank)


@dataclass(frozen=True, slots=True)
class Example:
    """`after` must be among the edits of `before`."""

    before: str
    after: str
    failures: tuple[Failure, ...] = ()
    test_literals: tuple[object, ...] = ()


class Template(ABC):
    """One kind of slip."""

    NAME: ClassVar[str]
    """Kebab case, after the slip: `swapped-names`."""
    NUMBER: ClassVar[int]
    """Its row in docs/engine.md, for cross reference."""
    TIER: ClassVar[Tier]
    PRIOR: ClassVar[float]
    """Share of real fixes that look like this, as far as known; orders templates, proves nothing."""
    SUMMARY: ClassVar[str]
    """What may be wrong, for a reviewer; follows "`a` becomes `b`: "."""
    BY_SLOT: ClassVar[bool] = False
    """Whether each expression may be looked at alone; then the last one's best edit need not wait for the first."""
    VALID: ClassVar[tuple[str, ...]]
    """Sources of which nothing may be generated."""
    INVALID: ClassVar[tuple[Example, ...]]

    @abstractmethod
    def edits(self, site: Site, ingredients: Ingredients) -> Iterator[Edit]:
        """Yield edits of `site`, most likely first; repeats and edits without effect are dropped later."""
