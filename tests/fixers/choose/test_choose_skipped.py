"""A guard that leaves before the failing line is no repair where nothing else runs that line."""

import ast

import pytest

from fixers.choose.skipped import raising_lines, skipped
from fixers.localize.spectrum import Spectrum, Statement
from fixers.model import Failure, FailureKind, Frame, Tier
from fixers.search.mutation import Mutation


def guard(line: int, template: str = "lost-exit", function: str = "drain") -> Mutation:
    return Mutation("queue.py", line, function, template, Tier.B, 0.3, "A guard.", None, lambda: ast.parse(""))


def spectrum(passed: int) -> Spectrum:
    ran = [Statement("queue.py", n, n, "drain", failed=1, passed=passed, at_import=False) for n in (4, 5, 6)]
    return Spectrum(tuple(ran), failing=1, passing=3, reached={})


@pytest.mark.parametrize(
    ("passed", "origin", "is_said"),
    [
        (0, guard(4), True),
        (0, guard(5), True),
        (0, guard(6), False),
        (2, guard(4), False),
        (0, guard(4, "wrong-variable"), False),
        (0, guard(4, function="fill"), False),
    ],
    ids=["before it", "at it", "behind it", "passing tests run it", "no guard", "in another function"],
)
def test_says_that_nothing_runs_the_failing_line(passed, origin, is_said):
    words = skipped(spectrum(passed), {("queue.py", 5)}, origin)
    assert words == (("it leaves before line 5, which failed, and no passing test runs that line",) if is_said else ())


def failure(exception: str, *places: tuple[str, int]) -> Failure:
    frames = tuple(Frame(path=path, line=line, function="f", in_project=True, source="") for path, line in places)
    return Failure(kind=FailureKind.TEST, exception=exception, message="", frames=frames)


def test_what_raised_is_the_innermost_code_under_repair():
    raised = failure("TypeError", ("test_queue.py", 3), ("queue.py", 9), ("queue.py", 5), ("test_queue.py", 8))
    asserted = failure("AssertionError", ("queue.py", 7))
    assert raising_lines([raised, asserted]) == {("queue.py", 5)}
