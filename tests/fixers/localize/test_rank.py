"""The statement at fault ranks first where the evidence allows, and each rank says why."""

import math

import pytest

from fixers.localize.rank import rank
from fixers.localize.spectrum import Spectrum, Statement, ochiai, read_spectrum
from fixers.model import Failure, FailureKind, Frame
from fixers.project import Project
from fixers.runner.suite import run_suite

FAILING = ("tests/test_fees.py::test_fee[3-0]",)


@pytest.mark.parametrize(
    ("failed", "passed", "failing", "value"),
    [(0, 5, 2, 0.0), (2, 0, 2, 1.0), (1, 3, 1, 0.5), (1, 0, 4, 0.5)],
    ids=["never in a failing test", "only in failing tests", "in others too", "in one of four"],
)
def test_ochiai(failed, passed, failing, value):
    statement = Statement("m.py", 1, 1, "f", failed, passed, at_import=False)
    assert math.isclose(ochiai(statement, failing), value)


def test_the_slip_ranks_first_with_its_reason(fees, sandbox):
    target, project = fees
    run = run_suite(target, sandbox, spectrum_for=FAILING)
    first, *_ = rank(project, read_spectrum(run.spectrum, FAILING), run.failures)
    assert (first.path, first.line, first.function) == ("billing/fees.py", 13, "late_fee")
    assert first.reasons == (
        "run by the failing test and 5 of 8 passing ones",
        "named in the failing assertion",
        "called by the failing test itself",
    )


def test_a_constant_of_the_module_inherits_from_its_readers(fees, sandbox):
    target, project = fees
    run = run_suite(target, sandbox, spectrum_for=FAILING)
    lines = [s.line for s in rank(project, read_spectrum(run.spectrum, FAILING), run.failures) if not s.function]
    assert {3, 4, 5} <= set(lines)
    assert 28 not in lines


PROJECT = Project({"m.py": "def f(a, b):\n    x = a\n    return g(x)\n\n\ndef g(x):\n    return x[0]\n"})


def crash(*lines: int) -> Failure:
    frames = tuple(Frame(path="m.py", line=n, function="f" if n < 5 else "g", in_project=True) for n in lines)
    return Failure(kind=FailureKind.TEST, exception="IndexError", message="x", frames=frames)


def test_without_coverage_the_traceback_speaks():
    found = rank(PROJECT, None, [crash(3, 7)])
    assert [(s.line, s.reasons[0]) for s in found] == [
        (7, "where the exception was raised"),
        (3, "in the traceback, 1 calls out"),
    ]


def test_lines_that_the_push_changed_are_lifted():
    rows = [Statement("m.py", n, n, f, 1, 1, at_import=False) for n, f in ((2, "f"), (3, "f"), (7, "g"))]
    spectrum = Spectrum(tuple(rows), failing=1, passing=1, reached={})
    plain = [s.line for s in rank(PROJECT, spectrum, [])]
    pushed = rank(PROJECT, spectrum, [], changed={"m.py": {7}})
    assert plain == [2, 3, 7]
    assert pushed[0].line == 7
    assert "changed by this push" in pushed[0].reasons


def test_test_files_are_never_suspects():
    event = {
        "rows": [["tests/test_m.py", 1, 1, "t", 1, 0, 0], ["m.py", 2, 2, "f", 1, 0, 0]],
        "functions": [],
        "reached": {},
    }
    assert [s.path for s in read_spectrum(event, ["t"]).statements] == ["m.py"]


def test_of_a_file_that_does_not_parse_the_line_is_known():
    project = Project({"m.py": "def f(:\n    pass\n"})
    frames = (Frame(path="m.py", line=1, function="<module>", in_project=True),)
    failure = Failure(kind=FailureKind.COLLECTION, exception="SyntaxError", message="x", frames=frames)
    assert [(s.path, s.line, s.reasons[0]) for s in rank(project, None, [failure])] == [
        ("m.py", 1, "where the exception was raised")
    ]
