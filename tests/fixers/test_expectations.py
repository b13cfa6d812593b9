"""A test that compares with a recording may be what is old: nothing is proposed by its word alone."""

import ast

import pytest
from engine_projects import FEES, PLAIN

from fixers.engine import attempt
from fixers.expectations import recorded
from fixers.model import Failure, FailureKind, Reason
from fixers.project import Project

GOLDEN = """from pathlib import Path

import fees

HERE = Path(__file__).parent


def test_table():
    lines = [str(fees.late_fee(days)) for days in (0, 2, 3, 4, 9)]
    assert lines == (HERE / "golden" / "fees.txt").read_text().split()
"""
FILES = {"fees.py": FEES, "tests/test_table.py": GOLDEN, "tests/golden/fees.txt": "0 0 0 20 45\n"}
TESTS = {
    "a snapshot": ("def test_x(snapshot):\n    assert f() == snapshot\n", "--snapshot-update"),
    "a recorded file": ("def test_x(data_regression):\n    data_regression.check(f())\n", "--force-regen"),
    "an inline snapshot": ("def test_x():\n    assert f() == snapshot(3)\n", "--inline-snapshot=fix"),
    "tests/expected/a.json": ("def test_x():\n    assert f() == open('tests/expected/a.json').read()\n", ""),
    "snapshots/b.json": (
        (
            "S = HERE / 'snapshots' / 'b.json'\ndef read():\n    return S.read_text()\n"
            "def test_x():\n    assert f() == read()\n"
        ),
        "",
    ),
    "data.golden": ("def test_x():\n    assert f() == (HERE / 'data.golden').read_text()\n", ""),
}
PLAINLY = {
    "a value": "def test_x():\n    assert f() == 3\n",
    "a file that was not recorded": "def test_x():\n    assert f() == open('tests/data.json').read()\n",
    "a recording that another test reads": (
        "S = open('golden/a')\ndef test_y():\n    assert S\ndef test_x():\n    assert f() == 3\n"
    ),
    "a function of the project's own": "from mod import snapshot\ndef test_x():\n    assert snapshot(1) == 3\n",
    "a function of the test's own": "def snapshot(n):\n    return n\ndef test_x():\n    assert snapshot(1) == 3\n",
    "a text": "def test_x():\n    assert f('expected') == 'golden'\n",
}


def failure() -> Failure:
    return Failure(kind=FailureKind.TEST, test_ids=("test_a.py::test_x[1]",), exception="AssertionError")


@pytest.mark.parametrize(("what", "case"), TESTS.items())
def test_what_it_compares_with_is_seen(what, case):
    text, option = case
    ast.parse(text)
    (found,) = recorded([failure()], Project({"test_a.py": text}))
    assert (found.what, found.option) == (what, option)


@pytest.mark.parametrize("text", PLAINLY.values(), ids=PLAINLY)
def test_what_is_written_in_the_test_is_meant(text):
    files = {"test_a.py": text, "mod.py": "def snapshot(n):\n    return n\n"}
    assert recorded([failure()], Project(files)) == ()


def test_a_repair_by_a_recording_alone_is_not_proposed(make_request, sandbox):
    trace = attempt(make_request(FILES), sandbox)
    assert (trace.status, trace.reason) == ("declined", Reason.AMBIGUOUS), trace.sentence
    assert trace.patch == ""
    assert any("if days > 3" in alternative.patch for alternative in trace.alternatives)
    assert [offer.kind for offer in trace.offers] == ["expectation"]
    assert "golden/fees.txt" in trace.offers[0].title


def test_a_repair_that_another_test_asks_for_too_is(make_request, sandbox):
    trace = attempt(make_request({**FILES, "tests/test_fees.py": PLAIN}), sandbox)
    assert trace.status == "fixed", trace.sentence
    assert trace.offers == ()
