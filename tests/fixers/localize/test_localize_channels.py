"""Each kind of evidence lifts the statement it speaks for, and says so in words."""

import ast

import pytest

from fixers.localize.feedback import Observation, with_feedback
from fixers.localize.findings import findings_in
from fixers.localize.rank import rank
from fixers.localize.spectrum import Spectrum, Statement, read_spectrum
from fixers.localize.words import likeness_of
from fixers.model import Failure, FailureKind, Suspect
from fixers.project import Project
from fixers.runner.suite import run_suite

SOURCE = (
    "def f(a, b):\n    x = a + b\n    return g(x)\n\n\ndef g(x):\n    return x[0]\n\n\ndef h(x):\n    return f(x, 1)\n"
)
PROJECT = Project({"m.py": SOURCE})


def spectrum(**lines: int) -> Spectrum:
    """Make one in which the failing test ran these lines, each given with the passing tests that ran it."""
    functions = {2: "f", 3: "f", 7: "g", 11: "h"}
    numbers = {int(name[1:]): passed for name, passed in lines.items()}
    rows = [Statement("m.py", n, n, functions[n], 1, passed, at_import=False) for n, passed in numbers.items()]
    return Spectrum(tuple(rows), failing=1, passing=3, reached={})


def reasons(found, line: int) -> tuple[str, ...]:
    return next(s.reasons for s in found if s.line == line)


def test_the_push_lifts_its_lines_the_rest_of_the_function_and_its_callers():
    found = rank(PROJECT, spectrum(n2=1, n3=1, n7=1, n11=1), [], changed={"m.py": {3}})
    assert [s.line for s in found] == [3, 2, 11, 7]
    assert "changed by this push" in reasons(found, 3)
    assert "in a function that this push changed" in reasons(found, 2)
    assert "calls a function that this push changed" in reasons(found, 11)


def test_what_was_changed_lately_comes_before_what_is_old():
    project = Project({"a.py": SOURCE, "m.py": SOURCE, "z.py": SOURCE})
    rows = tuple(Statement(path, 7, 7, "g", 1, 0, at_import=False) for path in ("a.py", "m.py", "z.py"))
    found = rank(project, Spectrum(rows, 1, 0, {}), [], ages={"a.py": 50, "m.py": 4, "z.py": 0})
    assert [s.path for s in found] == ["z.py", "m.py", "a.py"]
    said = ["in a file changed by the last commit", "in a file changed by a commit 4 before the last"]
    assert [s.reasons[-1] for s in found[:2]] == said


def test_an_edit_that_mends_some_tests_lifts_its_place_and_its_function():
    suspects = [
        Suspect(path="m.py", function=f, line=n, end_line=n, score=score, reasons=("run",))
        for f, n, score in (("g", 7, 0.9), ("h", 11, 0.85), ("f", 2, 0.7), ("f", 3, 0.7))
    ]
    seen = [
        Observation("m.py", 3, "f", failing=4, mended=3),
        Observation("m.py", 3, "f", failing=4, mended=1),
        Observation("m.py", 11, "h", failing=4, mended=0, fails_otherwise=True),
    ]
    found = with_feedback(suspects, seen)
    assert [s.line for s in found] == [3, 11, 7, 2]
    assert found[0].reasons == ("run", "an edit here turned 3 of 4 failing tests green")
    assert found[1].reasons[-1] == "an edit here changed how a test fails"
    assert found[3].reasons[-1] == "in its function, an edit turned 3 of 4 failing tests green"


def test_edits_that_change_nothing_leave_the_ranking_as_it_is():
    suspects = rank(PROJECT, spectrum(n2=1, n7=0), [])
    assert with_feedback(suspects, [Observation("m.py", 2, "f", failing=1, mended=0)]) == suspects


KINDS = """def total(amounts, tax=None):
    result = sum(amounts)
    if tax:
        result += tax
    return result


def size(amounts):
    return len(amounts) or None
"""


def test_a_kind_of_value_that_only_failing_tests_bring_lifts_its_function(make_target, sandbox):
    tests = (
        "from m import size, total\n\n\ndef test_some():\n    assert total([1]) == 1\n    assert size([1]) == 1\n\n\n"
        "def test_none():\n    assert size([]) == 0 and total([1]) == 1\n"
    )
    target, project = make_target({"m.py": KINDS, "tests/test_m.py": tests})
    failing = ("tests/test_m.py::test_none",)
    run = run_suite(target, sandbox, spectrum_for=failing)
    first, *_ = rank(project, read_spectrum(run.spectrum, failing), run.failures)
    assert first.function == "size"
    assert "its argument amounts is `empty list` only in failing tests" in first.reasons


def function(body: str) -> ast.FunctionDef:
    return ast.parse(body).body[0]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("def f(a, b):\n    return a", (0, "its parameter b is never read")),
        ("def f(a):\n    b = a + 1\n    return a", (2, "the variable b is never read")),
        ("def f(a):\n    return a == a", (2, "`a == a` has the same on both sides")),
        (
            "def f(a):\n    if a:\n        return 1\n    else:\n        return 1",
            (2, "both branches of the `if` do the same"),
        ),
        (
            "def f(a):\n    if a > 1:\n        return 1\n    elif a > 1:\n        return 2\n    return 3",
            (4, "`a > 1` was tested before"),
        ),
        ("def f(a, b):\n    g(b)\n    return g(a, a)", (3, "a is passed twice to `g`")),
        ("def f(a):\n    a + 1\n    return a", (2, "`a + 1` has no effect")),
        ("def f(self, a):\n    self.a = self.a\n    return a", (2, "`self.a` is assigned to itself")),
    ],
    ids=lambda value: value[1] if isinstance(value, tuple) else "",
)
def test_what_looks_wrong_by_itself_is_found(body, said):
    assert findings_in(function(body)) == (said,)


@pytest.mark.parametrize(
    "body",
    [
        "def f(a, _b):\n    return a",
        "def f(self):\n    raise NotImplementedError",
        "def f(a, b):\n    return locals()",
        "def f(a):\n    b = 1\n    def g():\n        return b\n    return g, a",
        "def f(a):\n    global b\n    b = a",
        "def f(a, b):\n    return a - b == b - a",
        "def f(a):\n    for _ in a:\n        n = 1\n    return n",
    ],
)
def test_what_looks_right_is_left_alone(body):
    assert findings_in(function(body)) == ()


@pytest.mark.parametrize(
    ("test", "function", "least", "most"),
    [
        ("tests/test_m.py::test_interpose", "interpose", 1.0, 1.0),
        ("tests/test_m.py::test_interpose_empty[1]", "interpose", 0.6, 0.9),
        ("tests/test_m.py::TestShop::test_sell_all", "Shop.sell", 0.6, 0.9),
        ("tests/test_m.py::TestShop::test_other", "Shop.sell", 0.2, 0.35),
        ("tests/test_m.py::test_positions", "sit", 0.0, 0.0),
        ("tests/test_m.py", "m", 0.0, 0.0),
    ],
)
def test_a_test_is_named_after_a_function(test, function, least, most):
    assert least <= likeness_of(test, "src/m.py", function) <= most


def test_a_test_that_names_the_function_settles_a_tie():
    rows = [Statement("m.py", n, n, f, 1, 0, at_import=False) for n, f in ((2, "add"), (6, "subtract"))]
    failing = Failure(kind=FailureKind.TEST, test_ids=("tests/test_m.py::test_subtract",), exception="ValueError")
    project = Project({"m.py": "def add(a):\n    return a\n\n\ndef subtract(a):\n    return -a\n"})
    found = rank(project, Spectrum(tuple(rows), 1, 0, {}), [failing])
    assert (found[0].function, found[0].reasons[-1]) == ("subtract", "the failing test is named after it")
