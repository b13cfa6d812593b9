"""The order of what passes: which edit of a behaviour is shown, and which behaviour first.

Nothing here approves a patch. Where the likelier kind of edit does not decide, the
smaller and the more natural one comes first.
"""

from __future__ import annotations

import ast
import copy
import difflib
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from fixers.choose.naturalness import Naturalness, tokens
from fixers.hunt import Plausible
from fixers.model import Candidate
from fixers.project import Project
from fixers.search.mutation import module_text

Key = tuple[float, ...]
_LEAST = 0.001
"""Of a prior, so that it has a logarithm."""


@dataclass(slots=True)
class Weigher:
    """Weighs candidates of one project; each is looked at once."""

    project: Project
    changed: Mapping[str, Collection[int]] = field(default_factory=dict)
    """Lines that the commit under test changed."""
    _natural: Naturalness | None = None
    _keys: dict[str, Key] = field(default_factory=dict)

    def key(self, plausible: Plausible) -> Key:
        """Return the sort key of a candidate; the smallest comes first, and equal ones are equal for good reason."""
        meaning = plausible.meaning()
        if meaning not in self._keys:
            self._keys[meaning] = self._weigh(plausible)
        return self._keys[meaning]

    def ordered(self, alike: Sequence[Plausible]) -> list[Plausible]:
        """Order candidates that behave alike: the likelier kind of edit first, of one kind the likelier edit and text.

        Edit and text both in bits, so that they add up: a name is no likelier for standing early in a pool.
        """
        kinds: dict[str, float] = {}
        for one in alike:
            kinds[one.origin.fixer] = max(one.origin.prior, kinds.get(one.origin.fixer, 0.0))
        return sorted(alike, key=lambda one: (*one.rank[:2], -kinds[one.origin.fixer], self._bits(one)))

    def _bits(self, plausible: Plausible) -> float:
        path = plausible.origin.path
        natural = self._natural = self._natural or Naturalness(self.project)
        price = natural.price(path, *changed_lines(self.project, plausible))
        return price - math.log2(max(plausible.origin.prior, _LEAST))

    def _weigh(self, plausible: Plausible) -> Key:
        tier, by_rule, prior, _ = plausible.rank
        path, line = plausible.origin.path, plausible.origin.line
        untouched = 0.0 if line in self.changed.get(path, ()) else 1.0
        before, after = changed_lines(self.project, plausible)
        natural = self._natural = self._natural or Naturalness(self.project)
        surprise = natural.surprise(path, before, after) if after else 0.0
        return (tier, by_rule, prior, untouched, edit_size(before, after), surprise, -natural.reuse(path, after))


def changed_lines(project: Project, plausible: Plausible) -> tuple[list[str], list[str]]:
    """Return the lines that a candidate takes out and puts in, in the layout of `ast.unparse` where it is a swap."""
    if plausible.swap is not None and plausible.swap.default is None:
        old, new = _function(project, plausible.origin.path, plausible.swap.line), plausible.swap.source
    elif isinstance(plausible.origin, Candidate):
        edit = plausible.origin.edits[0]
        old, new = edit.before, edit.after
    else:
        old, new = module_text(project.tree(plausible.origin.path)), plausible.origin.module
    left, right = old.splitlines(), new.splitlines()
    before, after = [], []
    for kind, i, j, m, n in difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if kind != "equal":
            before += left[i:j]
            after += right[m:n]
    return before, after


def edit_size(before: list[str], after: list[str]) -> float:
    """Count the tokens that an edit takes out and puts in."""
    left = [token for line in before for token in tokens(line)]
    right = [token for line in after for token in tokens(line)]
    codes = difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    return float(sum(max(j - i, n - m) for kind, i, j, m, n in codes if kind != "equal"))


def _function(project: Project, path: str, line: int) -> str:
    for node in ast.walk(project.tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.lineno == line:
            bare = copy.copy(node)  # the tree is shared
            bare.decorator_list = []
            return ast.unparse(bare)
    return ""
