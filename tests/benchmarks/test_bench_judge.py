"""Judging: by the truth's text first, then by tests that the repair could not see, else not at all."""

import pytest

from benchmarks.cases import Case
from benchmarks.judge import as_in_truth, judge, parts, places_of_truth, truth_rank
from benchmarks.slips import MODULE
from fixers import patch as patches
from fixers.model import FileEdit

TRUTH = '''
LIMIT = 3


def low(x):
    """Say so."""
    return x < LIMIT


def high(x):
    return x > LIMIT
'''
BROKEN = TRUTH.replace("x < LIMIT", "x <= LIMIT")
TESTS = """
from shop import high, low

def test_below():
    assert low(2)

def test_edge():
    assert not low(3)

def test_far():
    assert low(-9) and not low(4)
"""


@pytest.fixture
def case(tmp_path, small_python):
    for name, text in (("tree", BROKEN), ("truth", TRUTH)):
        (tmp_path / name / "tests").mkdir(parents=True)
        (tmp_path / name / "shop.py").write_text(text)
        (tmp_path / name / "tests" / "test_shop.py").write_text(TESTS)
    return make(tmp_path, small_python, held_back=())


def make(root, python, held_back):
    return Case(
        package="shop",
        bug="edge",
        kind="injected",
        tree=root / "tree",
        truth=root / "truth",
        tests=("tests",),
        python=python,
        failing=("tests/test_shop.py::test_edge",),
        held_back=held_back,
    )


def patch(after):
    return patches.unified((FileEdit("shop.py", BROKEN, after),))


def test_the_truth_s_own_text_is_right_without_running_anything(case, tmp_path):
    said = judge(case, patch(TRUTH.replace("Say so.", "Other words.")), tmp_path / "runs")
    assert said.right == "yes"
    assert not (tmp_path / "runs").exists()


def test_other_text_that_does_the_same_is_right(case, tmp_path):
    said = judge(case, patch(BROKEN.replace("x <= LIMIT", "not x >= LIMIT")), tmp_path / "runs")
    assert said.right == "yes"
    assert "as the truth on" in said.how


def test_what_passes_all_tests_and_does_something_else_is_wrong(case, tmp_path):
    said = judge(case, patch(BROKEN.replace("x <= LIMIT", "x in (2, -9)")), tmp_path / "runs")
    assert said.right == "no"
    assert "a call that was made up tells it from the truth: low(" in said.how


def test_what_cannot_be_called_is_unknown_when_nothing_was_held_back(case, tmp_path):
    """A default is no part of a function's body, and recorded calls name every argument."""
    said = judge(
        case, patch(BROKEN.replace("low(x)", "low(x, n=2)").replace("x <= LIMIT", "x <= n")), tmp_path / "runs"
    )
    assert said.right == "unknown"
    assert "more changes than the body of one function" in said.how


def test_a_test_that_fails_beside_those_of_the_bug_makes_a_patch_wrong(case, tmp_path):
    said = judge(case, patch(BROKEN.replace("x <= LIMIT", "False")), tmp_path / "runs")
    assert said.right == "no"
    assert "tests fail that pass with the truth" in said.how


def test_the_patched_function_is_compared_in_a_truth_that_changed_others_too(case, tmp_path):
    (tmp_path / "truth" / "shop.py").write_text(TRUTH.replace("x > LIMIT", "not x <= LIMIT"))
    alike = judge(case, patch(BROKEN.replace("x <= LIMIT", "not x >= LIMIT")), tmp_path / "runs")
    other = judge(case, patch(BROKEN.replace("x <= LIMIT", "x in (2, -9)")), tmp_path / "runs")
    assert (alike.right, other.right) == ("yes", "no")


def test_what_the_truth_does_not_do_twice_speaks_against_no_patch(case, tmp_path):
    chance = "    import time\n    return (x < LIMIT) * (1 + time.perf_counter_ns())"
    for name, text in (("truth", chance), ("tree", chance.replace("x < LIMIT", "x <= LIMIT"))):
        (tmp_path / name / "shop.py").write_text(TRUTH.replace("    return x < LIMIT", text))
    before = (tmp_path / "tree" / "shop.py").read_text()
    after = before.replace("x <= LIMIT", "not x >= LIMIT")
    said = judge(case, patches.unified((FileEdit("shop.py", before, after),)), tmp_path / "runs")
    assert said.right == "unknown"
    assert "does not do the same twice" in said.how


def test_held_back_tests_decide_where_nothing_can_be_called(case, tmp_path):
    case = make(tmp_path, case.python, held_back=("tests/test_shop.py::test_far", "tests/test_shop.py::test_below"))
    other = BROKEN.replace("low(x)", "low(x, n=2)").replace("x <= LIMIT", "x <= n")
    alike = judge(case, patch(other), tmp_path / "runs")
    overfit = judge(case, patch(BROKEN.replace("x <= LIMIT", "False")), tmp_path / "runs")
    assert (alike.right, overfit.right) == ("yes", "no")
    assert "2 tests fail that pass with the truth" in overfit.how


def test_a_patch_that_does_not_fit_is_wrong(case, tmp_path):
    said = judge(case, patch(TRUTH).replace("x <= LIMIT", "x <= OTHER"), tmp_path / "runs")
    assert said.right == "no"
    assert "does not apply" in said.how


@pytest.mark.parametrize(
    ("after", "right"),
    [
        (TRUTH, True),
        (BROKEN, False),
        (TRUTH.replace("LIMIT = 3", "LIMIT = 4"), False),
        (TRUTH.replace("def high(x)", "def high(x, y=0)"), False),
        (TRUTH.replace("x < LIMIT", "(x  <  LIMIT)  # so"), True),
    ],
    ids=["truth", "nothing changed", "also a constant", "also a signature", "layout and comments"],
)
def test_a_change_is_compared_part_by_part(after, right):
    assert as_in_truth(BROKEN, after, TRUTH) is right


def test_an_unrelated_difference_of_the_truth_is_no_matter():
    assert as_in_truth(BROKEN, TRUTH, TRUTH.replace("x > LIMIT", "x > 2 * LIMIT"))


def test_methods_and_twins_are_parts_of_their_own():
    twins = "if a:\n    def f():\n        return 1\nelse:\n    def f():\n        return 2\n"
    text = twins + "\nclass C:\n    def g(self): ...\n"
    assert set(parts(text)) == {MODULE, "f", "C.g"}
    assert parts(text)["f"] != parts(text.replace("return 2", "return 3"))["f"]


def test_the_rank_counts_functions_and_not_lines(case):
    assert places_of_truth(case) == {("shop.py", "low")}
    seen = [("shop.py", "high"), ("shop.py", "high"), ("shop.py", "low.<locals>.inner"), ("shop.py", "low")]
    places = [{"path": path, "function": function} for path, function in seen]
    assert truth_rank(case, places) == 2
    assert truth_rank(case, places[:2]) == 0
