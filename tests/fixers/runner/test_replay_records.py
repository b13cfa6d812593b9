"""Records are changed field by field for a replay; nobody knows what holds between attributes of other objects."""

import sys
from collections import namedtuple
from dataclasses import dataclass
from pathlib import Path

import pytest

INSIDE = Path(__file__).resolve().parents[3] / "fixers" / "runner" / "inside"


@pytest.fixture
def values_near(monkeypatch):
    monkeypatch.syspath_prepend(str(INSIDE))
    import goldseam_inputs  # noqa: PLC0415 - it lies on the path of targets only

    yield goldseam_inputs.values_near
    for name in [name for name in sys.modules if name.startswith("goldseam_")]:
        del sys.modules[name]


@dataclass(frozen=True)
class Task:
    title: str
    due: int
    effort: int


Point = namedtuple("Point", "x y")  # noqa: PYI024 - an untyped one is what is tested


class Account:
    def __init__(self, paid, due):
        self.paid, self.due, self.open = paid, due, due - paid


def test_each_field_of_a_record_is_changed_alone(values_near):
    near = list(values_near(Task("wash", 3, 5)))
    assert {"due", "effort", "title"} == {
        name
        for one in near
        for name in ("title", "due", "effort")
        if getattr(one, name) != getattr(Task("wash", 3, 5), name)
    }
    assert all(sum(a != b for a, b in zip(vars(one).values(), ("wash", 3, 5), strict=True)) <= 1 for one in near)
    assert Point(4, 2) in list(values_near(Point(3, 2)))


def test_records_in_a_list_are_changed_too(values_near):
    near = list(values_near([Task("a", 3, 1), Task("b", 4, 2)]))
    assert [Task("a", 0, 1), Task("b", 4, 2)] in near
    assert [Task("a", 3, 0), Task("b", 4, 2)] in near


def test_other_objects_are_left_as_they_are(values_near):
    assert list(values_near(Account(1, 3))) == []
