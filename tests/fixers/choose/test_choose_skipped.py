"""A guard that leaves before the failing line is no repair where nothing else runs that line."""

import ast

import pytest

from fixers.choose.skipped import raising_frames, skipped
from fixers.localize.spectrum import Spectrum, Statement
from fixers.model import Failure, FailureKind, Frame, Tier
from fixers.search.mutation import Mutation
from fixers.search.site import ModuleView
from fixers.search.template import replace


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
    words = skipped(spectrum(passed), [(frame("queue.py", 5, "drain"),)], origin)
    assert words == (("it leaves before line 5, which failed, and no passing test runs that line",) if is_said else ())


SIGN = """def key():
    return KEYS["a"]


def sign(body, other):
    return digest(key(), body)
"""


@pytest.mark.parametrize(("passed", "new", "is_said"), [(0, "body", True), (0, "key(body)", False), (3, "body", False)])
def test_says_that_nothing_calls_what_raised(passed, new, is_said):
    ran = Statement("keys.py", 2, 2, "key", failed=1, passed=passed, at_import=False)
    view = ModuleView("keys.py", SIGN, ast.parse(SIGN))
    site = next(site for site in view.sites if site.line == 6)
    slot = next(slot for slot in site.slots if ast.unparse(slot) == "key()")
    edit = replace(slot, ast.parse(new, mode="eval").body)
    origin = Mutation(
        "keys.py", 6, "sign", "wrong-variable", Tier.B, 0.3, "A value.", None, lambda: view.tree, made=(site, edit)
    )
    chain = (frame("keys.py", 6, "sign"), frame("keys.py", 2, "key"))
    words = skipped(Spectrum((ran,), failing=1, passing=3, reached={}), [chain], origin)
    assert words == (
        ("it no longer calls `key`, in which line 2 failed, and no passing test runs that",) if is_said else ()
    )


def frame(path: str, line: int, function: str = "f") -> Frame:
    return Frame(path=path, line=line, function=function, in_project=True, source="")


def failure(exception: str, *places: tuple[str, int]) -> Failure:
    return Failure(kind=FailureKind.TEST, exception=exception, message="", frames=tuple(frame(*p) for p in places))


def test_what_raised_is_the_innermost_code_under_repair():
    raised = failure("TypeError", ("test_queue.py", 3), ("queue.py", 9), ("queue.py", 5), ("test_queue.py", 8))
    asserted = failure("AssertionError", ("queue.py", 7))
    assert raising_frames([raised, asserted]) == ((frame("queue.py", 9), frame("queue.py", 5)),)
