"""Edits under a condition: what mends the failing tests and breaks others is meant in some cases only.

After SPR (Long and Rinard, 2015) and Nopol (Xuan et al., 2017): to ask first whether *any* condition
would do, and then for the condition, takes a sum of tries where all pairs would take a product.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import islice

from fixers.model import Tier
from fixers.search.conditions import conditions
from fixers.search.ingredients import Ingredients
from fixers.search.site import Site
from fixers.search.syntax import copied, is_load, negated
from fixers.search.template import Edit, Insert, Replace, Template, fading

SEEDS = 60
"""Edits of one search that are tried under conditions, the first ones found."""
_CONDITIONS = 400
_SIMPLE = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr, ast.Return, ast.Raise, ast.Delete)


class ConditionalEdit(Template):
    """Make an edit in some cases only."""

    NAME = "conditional-edit"
    TIER = Tier.C
    PRIOR = 0.5
    SUMMARY = "this may be meant in some cases only"

    def __init__(self, seed: Edit) -> None:
        self._seed = seed

    def edits(self, site: Site, ingredients: Ingredients) -> Iterator[Edit]:
        """Yield the edit under each condition, the nearest first."""
        for rank, condition in enumerate(islice(conditions(site, ingredients), _CONDITIONS)):
            for change in under(condition, self._seed.change, site):
                yield Edit(change, fading(rank, 0.02))


def under(condition: ast.expr, change: Replace | Insert, site: Site) -> Iterator[Replace | Insert]:
    """Yield the change made only where a condition holds; nothing where it has no such form."""
    if isinstance(change, Insert):
        yield Insert(change.anchor, _guarded(condition, change.statement), change.after)
        return
    if len(change.pairs) != 1:
        return
    old, new = next(iter(change.pairs.items()))
    if isinstance(old, ast.stmt) and isinstance(new, ast.stmt):
        if isinstance(old, _SIMPLE) and isinstance(new, ast.Pass):
            yield Replace({old: ast.If(test=condition, body=[old], orelse=[])})
        elif isinstance(old, _SIMPLE) and isinstance(new, _SIMPLE):
            yield Replace({old: ast.If(test=condition, body=[new], orelse=[old])})
    elif isinstance(old, ast.expr) and isinstance(new, ast.expr) and is_load(old):
        yield from (Replace({old: either}) for either in _either(condition, old, new, site))


def _guarded(condition: ast.expr, statement: ast.stmt) -> ast.If:
    if isinstance(statement, ast.If) and not statement.orelse:
        return copied(statement, test=_joined(ast.And(), statement.test, condition))
    return ast.If(test=condition, body=[statement], orelse=[])


def _either(condition: ast.expr, old: ast.expr, new: ast.expr, site: Site) -> Iterator[ast.expr]:
    """Yield `new` where the condition holds, else `old`; of a truth value as a wider or a narrower condition."""
    if isinstance(new, ast.Constant) and new.value is True and is_tested(old, site):
        yield _joined(ast.Or(), old, condition)
    elif isinstance(new, ast.Constant) and new.value is False and is_tested(old, site):
        yield _joined(ast.And(), old, negated(condition))
    elif isinstance(new, ast.Constant) and not is_tested(old, site) and not site.is_callee(old):
        yield ast.IfExp(test=condition, body=new, orelse=old)


def _joined(operator: ast.boolop, first: ast.expr, last: ast.expr) -> ast.BoolOp:
    parts = first.values if isinstance(first, ast.BoolOp) and isinstance(first.op, type(operator)) else [first]
    return ast.BoolOp(op=operator, values=[*parts, last])


def is_tested(slot: ast.expr, site: Site) -> bool:
    """Say whether a slot is a condition, or a part of one."""
    match parent := site.view.parents[slot]:
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test):
            return test is slot
        case ast.comprehension(ifs=ifs):
            return slot in ifs
        case ast.BoolOp():
            return is_tested(parent, site)
        case ast.UnaryOp(op=ast.Not()):
            return is_tested(parent, site)
    return False
