"""What the first stage makes of a tree: broken, flaky, green, or not to be judged here."""

from dataclasses import dataclass, replace

import pytest
from engine_projects import ENDLESS, ENDLESS_TESTS, FEES, PLAIN, RED_BESIDES

from fixers.engine import run_reproduce
from fixers.evidence import Observed
from fixers.model import Declined, Failure, FailureKind, Frame, Reason
from fixers.reproduce import Green, reproduce
from fixers.runner.sandbox import Command, Finished, Sandbox

FAILING = "test_fees.py::test_fee[3-0]"
BROKEN = {"fees.py": FEES, "test_fees.py": PLAIN}
GREEN = {"fees.py": FEES.replace(">= 3", "> 3"), "test_fees.py": PLAIN}
ORDER = """import fees

SEEN = []


def test_first():
    SEEN.append(1)
    assert fees.late_fee(0) == 0


def test_second():
    assert not SEEN
"""
ASYNC = "async def test_it():\n    assert 1 == 1\n"
CRASH = Failure(
    kind=FailureKind.CRASH,
    exception="KeyError",
    message="'x'",
    frames=(Frame(path="fees.py", line=7, function="late_fee", in_project=True),),
)

REASONS = {
    "order": (
        {"fees.py": FEES, "test_order.py": ORDER},
        {},
        Reason.FLAKY,
        "passes by itself and fails after test_order.py::test_first",
    ),
    "a test that is not there": (BROKEN, {"asked": ("test_fees.py::test_x",)}, Reason.NOT_REPRODUCED, "has no test"),
    "a test that passes": (BROKEN, {"asked": ("test_fees.py::test_fee[0-0]",)}, Reason.NOT_REPRODUCED, "passes here"),
    "a report of another test": (
        BROKEN,
        {"expected": ("test_fees.py::test_gone",)},
        Reason.NOT_REPRODUCED,
        "only another test fails here",
    ),
    "a report, but all pass": (GREEN, {"expected": (FAILING,)}, Reason.NOT_REPRODUCED, "all 5 tests pass here"),
    "a production error that no test shows": (
        GREEN,
        {"reported": (CRASH,)},
        Reason.NOT_REPRODUCED,
        "KeyError at fees.py:7 in late_fee was reported, but no test shows it",
    ),
    "coroutines without a plug-in": (
        {"fees.py": FEES, "test_it.py": ASYNC, "pytest.ini": "[pytest]\naddopts = -p no:anyio\n"},
        {},
        Reason.ENVIRONMENT_FAILED,
        "no pytest plug-in",
    ),
    "no tests": ({"fees.py": FEES}, {}, Reason.UNSUPPORTED, "collected no test"),
    "options that pytest does not know": (
        {**BROKEN, "pytest.ini": "[pytest]\naddopts = --no-such-option\n"},
        {},
        Reason.ENVIRONMENT_FAILED,
        "--no-such-option",
    ),
}


@pytest.mark.parametrize(("files", "fields", "reason", "words"), REASONS.values(), ids=REASONS)
def test_the_reason_is_named(make_request, sandbox, files, fields, reason, words):
    found = run_reproduce(make_request(files, **fields), sandbox)
    assert isinstance(found, Declined)
    assert (found.reason, words in found.sentence) == (reason, True), found.sentence
    assert found.next_step


def test_a_green_suite_needs_nothing(make_request, sandbox):
    assert run_reproduce(make_request(GREEN), sandbox) == Green(5, pytest.approx(0, abs=120))


@dataclass
class Turns:
    """A sandbox that tells the tests which run it is: the coin that makes a flaky test flaky."""

    inner: Sandbox
    count: int = 0

    def run(self, command: Command) -> Finished:
        self.count += 1
        return self.inner.run(replace(command, environment={**command.environment, "TURN": str(self.count)}))


@pytest.mark.parametrize(("turns", "times"), [("12", 2), ("13", 2), ("1", 1)])
def test_a_test_that_fails_now_and_then_is_flaky(make_target, sandbox, turns, times):
    text = f"import os\n\n\ndef test_coin():\n    assert os.environ['TURN'] not in '{turns}'\n"
    target, project = make_target({"fees.py": FEES, "test_coin.py": text})
    found = reproduce(target, Turns(sandbox), project)
    assert isinstance(found, Declined)
    assert found.reason is Reason.FLAKY
    assert (f"fails in {times} of 8 runs" in found.sentence) == (times > 1), found.sentence


def test_known_red_tests_are_listed_and_left_alone(make_request, sandbox):
    files = {"fees.py": FEES, "test_fees.py": RED_BESIDES}
    found = run_reproduce(make_request(files, expected=("sub/test_fees.py::test_fee[3-0]",)), sandbox)
    assert isinstance(found, Observed)
    assert found.reproduction.failing == (FAILING,)
    assert found.reproduction.other_failures == ("test_fees.py::test_of_something_else",)


def test_a_base_that_fails_alike_is_to_blame(make_target, sandbox):
    target, project = make_target(BROKEN)
    found = reproduce(target, sandbox, project, base=target)
    assert isinstance(found, Declined)
    assert found.reason is Reason.BASE_IS_RED


def test_a_test_that_never_ends_counts_as_failing(make_request, sandbox):
    files = {"fees.py": ENDLESS, "test_fees.py": ENDLESS_TESTS}
    found = run_reproduce(make_request(files, test_seconds=1.0), sandbox)
    assert isinstance(found, Observed)
    assert found.endless == found.reproduction.failing == ("test_fees.py::test_zero",)
    assert found.outcomes["test_fees.py::test_one"] == "passed"
