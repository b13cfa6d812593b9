"""Failing tests are told apart by how they fail, and joined where one place explains them."""

import pytest

from fixers.engine import run_localize, run_reproduce
from fixers.evidence import Observed
from fixers.localize.groups import MOST, group_failures, join_groups
from fixers.localize.spectrum import Spectrum, Statement
from fixers.model import Failure, FailureKind, Frame

SHOP = '''def price(amount):
    """Price of so many, with tax."""
    return amount * 5


def weight(amount):
    return amount * 3


def label(name):
    """Name of a customer in capital letters."""
    text = name.strip()
    return text.upper().title()


def shipped(names):
    return [label(name) for name in names]
'''
TESTS = """
import pytest
from shop import label, price, shipped, weight

@pytest.mark.parametrize("n", [1, 2, 3])
def test_price(n):
    assert price(n) == n * 6

def test_price_of_many():
    assert sum(price(n) for n in range(4)) == 36

def test_label():
    assert label(" ann") == "ANN"

def test_shipped():
    assert shipped(["bo"]) == ["BO"]

def test_weight():
    assert weight(2) == 6

def test_nothing_shipped():
    assert shipped([]) == []

@pytest.fixture
def database():
    raise OSError("no database here")

@pytest.mark.parametrize("n", range(6))
def test_broken_fixture(database, n):
    assert weight(n) == 0
"""


def failure(test: str, exception: str, message: str, *places: tuple[str, str]) -> Failure:
    frames = tuple(Frame(path=path, line=1, function=name, in_project=True) for path, name in places)
    return Failure(kind=FailureKind.TEST, test_ids=(test,), exception=exception, message=message, frames=frames)


def test_a_signature_is_exception_template_and_place():
    failures = [
        failure("t::a", "KeyError", "'x'", ("t.py", "test_a"), ("m.py", "f")),
        failure("t::b", "KeyError", "'y'", ("t.py", "test_b"), ("m.py", "f")),
        failure("t::c", "KeyError", "'x'", ("m.py", "g")),
        failure("t::d", "AssertionError", "assert 3 == 4", ("tests/t.py", "test_d")),
    ]
    groups = group_failures(failures, ["t::a", "t::b", "t::c", "t::d", "t::e"])
    assert [(g.signature, g.tests) for g in groups] == [
        ("KeyError: <value> in f", ("t::a", "t::b")),
        ("AssertionError: assert <n> == <n> in test_d", ("t::d",)),
        ("KeyError: <value> in g", ("t::c",)),
        ("", ("t::e",)),
    ]


def test_a_hundred_signatures_are_not_counted_apart():
    tests = [f"t::{n}" for n in range(100)]
    groups = group_failures([failure(t, "ValueError", f"word{t}x") for t in tests], tests)
    assert len(groups) == MOST
    assert sorted(t for g in groups for t in g.tests) == sorted(tests)


@pytest.mark.parametrize(
    ("shared", "joined"), [((1, 1), ((0, 1),)), ((0, 0), ((0,), (1,)))], ids=["one place", "two places"]
)
def test_groups_that_one_statement_explains_are_joined(shared, joined):
    rows = [
        Statement("m.py", 1, 1, "f", 1, 0, at_import=False, by_group=(1, 0)),
        Statement("m.py", 2, 2, "g", 1, 0, at_import=False, by_group=(0, 1)),
        Statement("m.py", 3, 3, "h", sum(shared), 0, at_import=False, by_group=shared),
    ]
    spectrum = Spectrum(tuple(rows), 2, 5, {}, failing_by_group=(1, 1))
    groups = group_failures([failure("a", "KeyError", "x"), failure("b", "IndexError", "x")], ["a", "b"])
    assert join_groups(spectrum, groups) == joined


def test_two_faults_and_a_broken_fixture_are_ranked_apart(make_request, sandbox):
    request = make_request({"shop.py": SHOP, "tests/test_shop.py": TESTS})
    observed = run_reproduce(request, sandbox)
    assert isinstance(observed, Observed)
    found = run_localize(request, observed, sandbox)
    tests = [sorted(t.split("::")[1] for t in group.tests) for group in found.groups]
    assert tests[1:] == [
        ["test_price[1]", "test_price[2]", "test_price[3]", "test_price_of_many"],
        ["test_label", "test_shipped"],
    ]
    assert [t.split("[")[0] for t in tests[0]] == ["test_broken_fixture"] * 6
    first = {s.function for s in found.suspects[:3]}
    assert {"price", "label"} <= first
    reason = next(s.reasons[0] for s in found.suspects if s.function == "price")
    assert reason == (
        "run by 4 of 4 failing tests and 0 of 2 passing ones "
        "(of those with AssertionError: assert <n> == (<n> * <n>) in test_price)"
    )
