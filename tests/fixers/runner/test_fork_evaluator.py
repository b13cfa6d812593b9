"""The fast evaluators say what a clean run would say."""

import pytest

from fixers.runner.evaluator import Status, Variant
from fixers.runner.servers import fork_evaluator
from fixers.runner.swap import swap_of
from fixers.search.mutation import Swap

FEES = "billing/fees.py"
TESTS = "tests/test_fees.py"


@pytest.fixture
def evaluator(fees, sandbox):
    target, project = fees
    with fork_evaluator(target, sandbox, project, tests=[TESTS], rootdir="", jobs=2, wall=3) as running:
        yield running


def body(text: str) -> Variant:
    return Variant(FEES, Swap("late_fee", 8, f"def late_fee(days):\n    {text}"))


SWAPS = {
    "the repair": ("return min(days * RATE, CAP) if days > GRACE else 0", Status.PASS),
    "the code as it is": ("return min(days * RATE, CAP) if days >= GRACE else 0", Status.FAIL),
    "a body that raises": ("raise RuntimeError", Status.FAIL),
    "a body that leaves the process": ("import os; os._exit(0)", Status.CRASH),
    "a body that never ends": ("\n    while True: pass", Status.TIMEOUT),
    "a body that swallows everything for ever": (
        "\n    while True:\n        try:\n            raise KeyError\n        except BaseException:\n            pass",
        Status.TIMEOUT,
    ),
}


@pytest.mark.parametrize(("text", "status"), SWAPS.values(), ids=SWAPS)
def test_a_swapped_body_is_judged_by_the_tests(evaluator, text, status):
    assert evaluator.run(body(text), [f"{TESTS}::test_fee"]).status is status


def test_a_child_leaves_nothing_to_the_next(evaluator):
    assert evaluator.run(body("raise RuntimeError"), [TESTS]).status is Status.FAIL
    assert (
        evaluator.run(body("return min(days * RATE, CAP) if days > GRACE else 0"), [f"{TESTS}::test_fee"]).passed == 6
    )


def test_a_closure_made_at_import_gets_the_new_inner_code(evaluator):
    source = "def double(function):\n    def inner(*args):\n        return function(*args) * 3\n    return inner"
    outcome = evaluator.run(Variant(FEES, Swap("double", 16, source)), [f"{TESTS}::test_twice"])
    assert outcome.failing == (f"{TESTS}::test_twice",)


def test_a_method_is_swapped_under_its_class(evaluator):
    source = "def add(self, amount):\n    return amount + 1"
    outcome = evaluator.run(Variant(FEES, Swap("Account.add", 32, source)), [f"{TESTS}::test_account"])
    assert outcome.status is Status.FAIL


def test_new_free_variables_fall_back_to_a_fresh_import(evaluator, fees):
    _, project = fees
    text = (
        project.text(FEES)
        .replace("return function(*args) * 2", "return RATE and function(*args) * factor")
        .replace("def double(function):", "def double(function, factor=2):")
    )
    swap = Swap(
        "double",
        16,
        "def double(function):\n    factor = 3\n"
        "    def inner(*a):\n        return function(*a) * factor\n    return inner",
    )
    outcome = evaluator.run(Variant(FEES, swap, {FEES: text}), [f"{TESTS}::test_twice"])
    assert outcome.status is Status.PASS


def test_module_level_edits_are_imported_afresh(evaluator, fees):
    _, project = fees
    good = {FEES: project.text(FEES).replace("GRACE = 3", "GRACE = 4")}
    bad = {FEES: project.text(FEES).replace("RATE = 5", "RATE = 6")}
    assert evaluator.run(Variant(FEES, None, good), [f"{TESTS}::test_fee"]).status is Status.PASS
    assert evaluator.run(Variant(FEES, None, bad), [f"{TESTS}::test_fee"]).status is Status.FAIL


def test_several_run_at_once_and_keep_their_answers(evaluator):
    good, bad = "return min(days * RATE, CAP) if days > GRACE else 0", "return 0"
    tickets = [evaluator.start(body(good if n % 3 else bad), [f"{TESTS}::test_fee"]) for n in range(24)]
    said = [evaluator.finish(ticket).status for ticket in tickets]
    assert said == [Status.PASS if n % 3 else Status.FAIL for n in range(24)]


def test_a_module_that_does_not_import_is_repaired_in_the_zygote(make_target, sandbox):
    files = {
        "mod.py": "import nowhere_at_all\n\n\ndef one():\n    return 1\n",
        "test_mod.py": "from mod import one\ndef test_one():\n    assert one() == 1\n",
    }
    target, project = make_target(files)
    with fork_evaluator(target, sandbox, project, tests=["test_mod.py"], rootdir="", jobs=1, wall=5) as evaluator:
        before = evaluator.run(Variant("mod.py", None, {"mod.py": files["mod.py"]}), ["test_mod.py"])
        after = evaluator.run(Variant("mod.py", None, {"mod.py": "def one():\n    return 1\n"}), ["test_mod.py"])
    assert (before.status, after.status) == (Status.FAIL, Status.PASS)


ONE = "def f(a):\n    return a\n\n\nclass C:\n    def m(self):\n        return 1\n"


@pytest.mark.parametrize(
    ("after", "name"),
    [
        (ONE.replace("return a", "return -a"), "f"),
        (ONE.replace("return 1", "return 2"), "C.m"),
        (ONE, None),
        (ONE.replace("def f(a)", "def f(a=1)"), None),
        (ONE.replace("return 1", "return 2").replace("return a", "return -a"), None),
        ("import os\n" + ONE.replace("return a", "return -a"), None),
    ],
    ids=["function", "method", "nothing", "default", "two functions", "an import besides"],
)
def test_only_a_change_of_one_body_is_a_swap(after, name):
    swap = swap_of(ONE, after)
    assert (swap.qualname if swap else None) == name


SAFE = """class Safe:
    def __init__(self):
        self.__secret = 3

    def open(self):
        return self.__secret + 1

    def size(self):
        return len(self.__dict__) + 1
"""
SAFE_TESTS = "from safe import Safe\ndef test_open():\n    assert (Safe().open(), Safe().size()) == (3, 1)\n"


@pytest.mark.parametrize(
    ("opened", "sized", "status"),
    [
        ("self.__secret", "len(self.__dict__)", Status.PASS),
        ("self._Safe__secret", "len(vars(self))", Status.PASS),
        ("self.__other", "len(self.__dict__)", Status.FAIL),
    ],
    ids=["private", "spelt out", "another one"],
)
def test_private_names_are_those_of_the_class(make_target, sandbox, opened, sized, status):
    """Both methods are wrong; a source with one right has the other swapped."""
    target, project = make_target({"safe.py": SAFE.replace("__dict__) + 1", "__dict__)"), "test_safe.py": SAFE_TESTS})
    swap = Swap("Safe.open", 5, f"def open(self):\n    return {opened}")
    with fork_evaluator(target, sandbox, project, tests=["test_safe.py"], rootdir="", jobs=1, wall=3) as evaluator:
        assert evaluator.run(Variant("safe.py", swap), ["test_safe.py"]).status is status
    target, project = make_target({"safe.py": SAFE.replace("secret + 1", "secret"), "test_safe.py": SAFE_TESTS})
    swap = Swap("Safe.size", 8, f"def size(self):\n    return {sized}")
    with fork_evaluator(target, sandbox, project, tests=["test_safe.py"], rootdir="", jobs=1, wall=3) as evaluator:
        assert evaluator.run(Variant("safe.py", swap), ["test_safe.py"]).status is Status.PASS
