"""A mark that a slip left beside the failing test is noticed when a repair mends it, where such marks are rare."""

import pytest
from choose_candidates import candidate

from fixers.choose.hold import standing, unproven
from fixers.choose.marks import mended
from fixers.evidence import Budget, Cluster, Proposal, Repair
from fixers.project import Project

STORE = '''"""Stores."""

import shelve
from math import prod


def volume(sides, unit, label):
    scale = unit * unit
    text = label.strip()
    if sides:
        size = prod(sides)
    else:
        size = prod(sides)
    if size < size:
        raise ValueError(text)
    return size * unit


def area(sides):
    return sides[0] * sides[1]
'''
RIMS = """def rims(lids, far):
    lid = area(lids, 1)
    for rim in lids:
        lid += total(lid)
    return area(lid, far=lid)
"""
MANY = "".join(f"\n\ndef part_{n}(given):\n    return given + {n}\n" for n in range(60))


def marks(old: str, new: str, *, before: str = STORE, **others: str) -> tuple[str, ...]:
    project = Project({"store.py": before, **{f"{name}.py": text for name, text in others.items()}})
    return mended(project, candidate("store.py", before, before.replace(old, new)))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("return size * unit", "return size * scale", ("the variable scale is never read",)),
        ("if size < size", "if size < unit", ("`size < size` has the same on both sides",)),
        (
            "    else:\n        size = prod(sides)",
            "    else:\n        size = 0",
            ("both branches of the `if` do the same",),
        ),
        ("return size * unit", "return size + unit", ()),
        ("size = prod(sides)\n    else", "size = text\n    else", ("both branches of the `if` do the same",)),
        ("raise ValueError(text)", "raise ValueError(label)", ()),  # `text` would be of no use then
        ("return sides[0] * sides[1]", "return sides[0] * prod(sides[1:])", ()),
        ("return sides[0] * sides[1]", "return shelve.open(sides)", ()),  # an import is easily left behind
    ],
)
def test_what_a_repair_mends_beside_the_tests_is_said(old, new, said):
    assert marks(old, new) == said


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("total(lid)", "total(rim)", ("the variable rim is never read",)),
        ("far=lid", "far=2", ("lid is passed twice to `area`",)),
        ("for rim in lids", "for rim in range(far)", ("the variable rim is never read",)),
    ],
)
def test_marks_of_loops_and_calls(old, new, said):
    assert marks(old, new, before=RIMS) == said


def test_unread_parameters_say_something_only_where_the_project_reads_its_own():
    slip = "def fee(days, rate):\n    return days * 2\n"
    mend = ("days * 2", "days * rate")
    careless = "".join(f"\n\ndef hook_{n}(event):\n    return {n}\n" for n in range(3))
    assert marks(*mend, before=slip + MANY) == ("its parameter rate is never read",)
    assert marks(*mend, before=slip) == ()
    assert marks(*mend, before=slip + MANY + careless) == ()


def cluster(*explains: str, tier: int = 2) -> Cluster:
    proposal = Proposal(patch="", fixer="search:x", tier=tier, prior=0.5, summary="", path="a.py", line=1, function="f")
    return Cluster(proposals=(proposal,), size=1, explains=explains)


def test_a_behaviour_that_mends_a_mark_stands_above_those_that_leave_it():
    plain, marked, ruled = cluster(), cluster("x is never read"), cluster(tier=1)
    assert standing([plain, marked]) == [marked]
    assert standing([plain, plain]) == [plain, plain]
    assert standing([plain, marked, marked]) == [marked, marked]
    assert standing([ruled, marked]) == [ruled, marked]
    both = cluster("x is never read", "y is passed twice")
    assert standing([marked, both, plain]) == [both]
    assert standing([both, cluster("z is never read")]) == [both, cluster("z is never read")]


def test_what_was_not_proven_contests_only_what_it_matches():
    budget = Budget(seconds=1, seconds_used=1, exhausted=True)
    plain, marked = cluster(), cluster("x is never read")
    found = Repair(clusters=(marked, *[plain] * 5), families=(), budget=budget)
    assert (unproven(found, marked), unproven(found, plain)) == (0, 2)
