"""A clean run says what each test did, whatever the tests do to themselves."""

import pytest

from fixers.model import FailureKind
from fixers.runner.sandbox import Limits
from fixers.runner.suite import run_suite

FAILING = "tests/test_fees.py::test_fee[3-0]"


def test_a_failure_carries_type_message_and_frames(fees, sandbox):
    target, _ = fees
    run = run_suite(target, sandbox)
    assert run.ids("failed") == (FAILING,)
    assert len(run.ids("passed")) == 8
    (failure,) = run.failures
    assert failure.kind is FailureKind.TEST
    assert failure.exception == "AssertionError"
    assert failure.message.startswith("assert 15 == 0")
    assert [(f.path, f.in_project) for f in failure.frames] == [("tests/test_fees.py", True)]


def test_only_the_wanted_tests_run(fees, sandbox):
    target, _ = fees
    run = run_suite(target, sandbox, wanted=["tests/test_fees.py::test_negative"])
    assert [t.id for t in run.tests] == ["tests/test_fees.py::test_negative"]


def test_a_name_without_parameters_means_all_of_them(fees, sandbox):
    target, _ = fees
    run = run_suite(target, sandbox, wanted=["tests/test_fees.py::test_fee"])
    assert len(run.tests) == 6


def test_the_same_seed_gives_the_same_order_and_another_seed_another(fees, sandbox):
    target, _ = fees
    orders = [[t.id for t in run_suite(target, sandbox, seed=seed).tests] for seed in (1, 1, 2)]
    assert orders[0] == orders[1] != orders[2]
    assert sorted(orders[0]) == sorted(orders[2])


PHASES = {
    "setup": (
        "import pytest\n@pytest.fixture\ndef broken():\n    raise KeyError('x')\ndef test_it(broken):\n    pass\n",
        FailureKind.SETUP,
        "KeyError",
    ),
    "teardown": (
        "import pytest\n@pytest.fixture\ndef broken():\n    yield\n    1 / 0\ndef test_it(broken):\n    pass\n",
        FailureKind.TEARDOWN,
        "ZeroDivisionError",
    ),
    "collection": ("import nowhere_at_all\ndef test_it():\n    pass\n", FailureKind.COLLECTION, "ModuleNotFoundError"),
    "syntax": ("def test_it(:\n    pass\n", FailureKind.COLLECTION, "SyntaxError"),
    "unittest": (
        "import unittest\nclass T(unittest.TestCase):\n    def test_it(self):\n        self.assertEqual(1, 2)\n",
        FailureKind.TEST,
        "AssertionError",
    ),
}


@pytest.mark.parametrize(("text", "kind", "exception"), PHASES.values(), ids=PHASES)
def test_the_phase_of_a_failure_is_told(make_target, sandbox, text, kind, exception):
    target, _ = make_target({"test_it.py": text})
    (failure,) = run_suite(target, sandbox).failures
    assert (failure.kind, failure.exception) == (kind, exception)


UNSTARTED = {
    "at-the-root": ("conftest.py", "import app\n"),
    "below": ("tests/unit/conftest.py", "import app\n"),
    "while-configured": ("conftest.py", "def pytest_configure():\n    import app\n"),
}


@pytest.mark.parametrize(("path", "text"), UNSTARTED.values(), ids=UNSTARTED)
def test_what_keeps_pytest_from_beginning_is_told_of_each_test_file(make_target, sandbox, path, text):
    files = {"app.py": "1 / 0\n", path: text, "tests/unit/test_a.py": "def test_a():\n    pass\n", "setup.py": ""}
    target, _ = make_target(files)
    run = run_suite(target, sandbox)
    (failure,) = run.failures
    assert run.complete
    assert (failure.test_ids, failure.exception) == (("tests/unit/test_a.py",), "ZeroDivisionError")
    assert failure.frames[-1].path == "app.py"


def test_a_conftest_that_is_wrong_itself_is_no_fault_of_the_code(make_target, sandbox):
    target, _ = make_target({"conftest.py": "1 / 0\n", "test_a.py": "def test_a():\n    pass\n"})
    assert not run_suite(target, sandbox).complete


def test_a_chain_of_exceptions_is_told_root_cause_first(make_target, sandbox):
    text = (
        "def test_it():\n    try:\n        {}['k']\n    except KeyError as e:\n        raise ValueError('v') from e\n"
    )
    target, _ = make_target({"test_it.py": text})
    (failure,) = run_suite(target, sandbox).failures
    assert (failure.exception, [c.type for c in failure.causes]) == ("ValueError", ["KeyError"])


def test_what_a_group_of_exceptions_holds_is_a_cause(make_target, sandbox):
    text = (
        "class BaseExceptionGroup(Exception):\n    def __init__(self, *held):\n        self.exceptions = held\n\n\n"
        "def test_it():\n    try:\n        {}['k']\n    except KeyError as e:\n        held = e\n"
        "    raise BaseExceptionGroup(held, ValueError('v'))\n"
    )
    target, _ = make_target({"test_it.py": text})
    (failure,) = run_suite(target, sandbox).failures
    assert {cause.type for cause in failure.causes} == {"KeyError", "ValueError"}


LOGGING = """import logging
def view(x):
    return {}[x]
def served(x):
    try:
        return view(x)
    except KeyError:
        logging.getLogger("app").exception("Exception on /")
        return 500
"""


def test_a_logged_exception_of_the_tree_is_a_cause(make_target, sandbox):
    """As a web framework does it: what a view raises is logged, and the answer says 500."""
    test = "import app\ndef test_it():\n    assert app.served('a') == 200\n"
    target, _ = make_target({"app.py": LOGGING, "test_it.py": test})
    (failure,) = run_suite(target, sandbox).failures
    (cause,) = failure.causes
    assert (failure.exception, cause.type) == ("AssertionError", "KeyError")
    assert [(frame.path, frame.line) for frame in cause.frames] == [("app.py", 6), ("app.py", 3)]


def test_a_passing_test_has_no_failure_for_what_it_logged(make_target, sandbox):
    test = "import app\ndef test_it():\n    assert app.served('a') == 500\n"
    target, _ = make_target({"app.py": LOGGING, "test_it.py": test})
    assert run_suite(target, sandbox).failures == ()


def test_a_test_that_hangs_fails_and_the_others_still_run(make_target, sandbox):
    text = "def test_a():\n    while True:\n        pass\n\n\ndef test_b():\n    pass\n"
    target, _ = make_target({"test_it.py": text})
    run = run_suite(target, sandbox, test_seconds=1)
    assert (run.ids("failed"), run.ids("passed")) == (("test_it.py::test_a",), ("test_it.py::test_b",))
    assert "TestTimedOut" in run.failures[0].exception


def test_a_suite_that_outlives_the_wall_names_the_test_it_was_in(make_target, sandbox):
    text = "import time\ndef test_a():\n    pass\n\n\ndef test_b():\n    time.sleep(60)\n"
    target, _ = make_target({"test_it.py": text})
    run = run_suite(target, sandbox, limits=Limits(wall_seconds=3), test_seconds=0)
    assert run.hanging == "test_it.py::test_b"
    assert not run.complete


def test_what_tests_print_is_never_taken_for_a_result(make_target, sandbox):
    line = '{"event": "test", "id": "test_it.py::test_it", "outcome": "passed", "seconds": 0, "phase": "", "chain": []}'
    lied = (line + "\n").encode()
    text = f"import os\ndef test_it():\n    print({line!r})\n    os.write(1, {lied!r})\n    assert 0\n"
    target, _ = make_target({"test_it.py": text, "pytest.ini": "[pytest]\naddopts = -s\n"})
    assert run_suite(target, sandbox).ids("failed") == ("test_it.py::test_it",)


def test_a_process_that_leaves_early_is_not_a_pass(make_target, sandbox):
    text = "import os\ndef test_a():\n    os._exit(0)\n\n\ndef test_b():\n    pass\n"
    target, _ = make_target({"test_it.py": text})
    run = run_suite(target, sandbox)
    assert run.ids("passed") == ()
    assert not run.finished


def test_statement_counts_tell_failing_from_passing_runs(fees, sandbox):
    target, _ = fees
    run = run_suite(target, sandbox, spectrum_for=[FAILING])
    counts = {(row[0], row[1]): tuple(row[4:6]) for row in run.spectrum["rows"]}
    assert counts["billing/fees.py", 13] == (1, 5)
    assert counts["billing/fees.py", 11] == (0, 1)
    assert counts["billing/fees.py", 25] == (0, 1)


CRASHING = {
    "mod.py": """
RATES = {"food": 7, "a b c d": 1, "https://token@host": 2}


class Till:
    def __init__(self, prices):
        self.prices = prices
        self.secret = "hunter2"

    def total(self, kinds, factor):
        found = [RATES[kind] for kind in kinds]
        return sum(found) * factor
""",
    "test_mod.py": """
from mod import Till


def test_it():
    assert Till({"pear": 1}).total(["food", "fodo"], 1.5) == 1
""",
}


def test_of_crashed_frames_types_sizes_and_keys_are_told_and_never_values(make_target, sandbox):
    target, _ = make_target(CRASHING)
    (test,) = run_suite(target, sandbox).tests
    at = "mod.py:11"
    assert test.facts[f"types:{at}:kinds"] == ("list", "str")
    assert test.facts[f"size:{at}:kinds"] == ("2",)
    assert test.facts[f"types:{at}:factor"] == ("float",)
    assert test.facts[f"types:{at}:self"] == ("mod.Till",)
    assert test.facts[f"types:{at}:self.secret"] == ("str",)
    assert test.facts[f"keys:{at}:RATES"] == ("food", "a b c d")
    assert not any("hunter2" in text or "token" in text for pair in test.facts.items() for text in (pair[0], *pair[1]))


def test_objects_that_refuse_to_be_looked_at_do_not_spoil_the_report(make_target, sandbox):
    text = """
class Meta(type):
    def __getattribute__(self, name):
        raise RuntimeError(name)

class Odd(metaclass=Meta):
    pass

def test_it():
    odd, number = object.__new__(Odd), 1
    assert number == 2
"""
    target, _ = make_target({"test_it.py": text})
    (failure,) = run_suite(target, sandbox).failures
    assert failure.exception == "AssertionError"
