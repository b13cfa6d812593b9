"""What kind a value is follows from its form and all its bindings; where they do not agree, nothing is left out."""

from __future__ import annotations

import ast

import pytest

from fixers.model import Suspect
from fixers.project import Project
from fixers.search.generate import mutations
from fixers.search.kinds import Kinds
from fixers.search.order import one_slip_apart
from fixers.search.patterns import patterns
from fixers.search.site import ModuleView

KNOWN = [
    ("return len(a)", "number"),
    ("return 'a' % b", "text"),
    ("return f'{a}'.strip()", "text"),
    ("return [a]", "collection"),
    ("return {a: b}", "mapping"),
    ("return a is b", "truth"),
    ("n = 0\n    n += len(a)\n    return n", "number"),
    ("n: int = 0\n    return n", "number"),
    ("return typed", "text"),
    ("return b", None),
    ("n = 0\n    n = a\n    return n", None),
    ("for n in a:\n        pass\n    n = 0\n    return n", None),
    ("n = n2 = 0\n    return n2", "number"),
    ("n, m = 0, 1\n    return n", None),
    ("n = n + 1\n    return n", None),
    ("return a.strip", None),
    ("return [lambda n: n, n := 0][1]", None),
]


@pytest.mark.parametrize(("body", "kind"), KNOWN)
def test_knows_a_kind_only_where_everything_says_so(body, kind):
    source = f"def f(a, b, typed: str):\n    {body}\n"
    view = ModuleView("m.py", source, ast.parse(source))
    (function,) = view.tree.body
    value = function.body[-1].value
    assert Kinds(view).of(value, function) == kind


def edits_of(source: str) -> set[str]:
    lines = range(1, source.count("\n") + 1)
    suspects = [Suspect(path="m.py", function="f", line=n, end_line=n, score=1.0, reasons=()) for n in lines]
    return {mutation.swap.source for mutation in mutations(Project({"m.py": source}), suspects) if mutation.swap}


@pytest.mark.parametrize(
    ("before", "made", "nonsense"),
    [
        ("n = len(a)\n    return n", "n = len(a)\n    return str(n)", "n = len(a)\n    return len(n)"),
        ("n = a.split()\n    return n", "n = a.split()\n    return len(n)", "n = a.split()\n    return n.strip()"),
        ("return re.sub(a)", "return str(re.sub(a))", "return str(re).sub(a)"),
    ],
)
def test_makes_no_edit_that_a_kind_shows_to_be_nonsense(before, made, nonsense):
    found = edits_of(f"import re\ndef f(a):\n    {before}\n")
    assert f"def f(a):\n    {made}" in found
    assert f"def f(a):\n    {nonsense}" not in found


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("list_ite", "list_item", True),
        ("list_ietm", "list_item", True),
        ("no-item", "no-items", True),
        ("same", "same", False),
        ("a", "ab", False),
        ("key", "value", False),
        ("abc", "xbz", False),
    ],
)
def test_tells_texts_that_one_slip_parts(one, other, apart):
    assert one_slip_apart(one, other) is apart
    assert one_slip_apart(other, one) is apart


def test_changes_one_piece_of_a_pattern_and_nothing_else():
    found = set(patterns(r"^[a-z]+\.\d"))
    assert {r"^[a-z]*\.\d", r"^[^a-z]+\.\d", r"^[a-z]+.\d", r"^[a-z]+\.\w", r"[a-z]+\.\d", r"^[a-z]+\.\d$"} <= found
    assert r"^[a-z]+\.\d" not in found
    assert list(patterns("a plain text, with signs.")) == []
