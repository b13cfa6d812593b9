"""Two edits as one: what each changes is there, and nothing else."""

from __future__ import annotations

import ast
from itertools import combinations, islice

import pytest

from fixers.model import Suspect, Tier
from fixers.project import Project
from fixers.search.combine import combined, pairs
from fixers.search.generate import mutations
from fixers.search.mutation import Mutation
from fixers.search.render import render

PATH = "fees.py"
TEXT = '''"""Fees."""


def fee(days, rate):
    """Return a fee."""
    if days > 3:  # grace
        return days * rate
    return rate


def other(days):
    return days + 1
'''


@pytest.fixture
def project() -> Project:
    return Project({PATH: TEXT})


@pytest.fixture
def found(project) -> list[Mutation]:
    lines = [n.lineno for n in ast.walk(project.tree(PATH)) if isinstance(n, ast.stmt)]
    suspects = [Suspect(path=PATH, function="", line=n, end_line=n, score=1.0, reasons=()) for n in sorted(set(lines))]
    return list(islice(mutations(project, suspects), 4000))


def one_with(found: list[Mutation], text: str) -> Mutation:
    return next(m for m in found if m.swap is not None and text in m.swap.source)


@pytest.mark.parametrize(
    ("first", "second", "both"),
    [
        ("days >= 3", "return days + rate", ("    if days >= 3:  # grace\n        return days + rate\n",)),
        ("if not rate:", "return days + rate", ("if not rate:", "        return days + rate\n")),
        ("days >= 3", "return days - 1", ("days >= 3:  # grace", "    return days - 1\n")),
    ],
    ids=["two lines of a function", "a guard around a changed line", "two functions"],
)
def test_both_edits_are_made_and_written_in_the_authors_hand(project, found, first, second, both):
    pair = combined(project, one_with(found, first), one_with(found, second))
    assert pair is not None
    assert pair.tier is Tier.C
    after = render(project, pair).after
    assert all(text in after for text in both)


def test_the_swap_means_what_the_module_does(project, found):
    near = [m for m in found if m.swap is not None and m.swap.qualname == "fee" and m.swap.default is None][:60]
    made = [pair for one, other in combinations(near, 2) if (pair := combined(project, one, other)) is not None]
    assert len(made) > 500
    for pair in made:
        wanted = next(n for n in ast.walk(ast.parse(pair.module)) if isinstance(n, ast.FunctionDef) and n.name == "fee")
        assert ast.dump(ast.parse(pair.swap.source).body[0]) == ast.dump(wanted)


def test_two_edits_of_one_node_are_no_pair(project, found):
    one, other = one_with(found, "days >= 3"), one_with(found, "days < 3")
    assert combined(project, one, other) is None
    assert list(pairs(project, [one, other])) == []
