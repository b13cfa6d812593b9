"""What is said of tests that pytest cannot run as they are set up."""

import pytest

from fixers.model import Failure, FailureKind, Reason
from fixers.runner.suite import TestResult
from fixers.setup_faults import declined_setup, is_setup_fault
from tests.fixers.codemods.conftest import DictInstalled

COROUTINE = "async def functions are not natively supported.\nYou need to install a suitable plugin"
MISMATCH = (
    "import file mismatch:\nimported module 'test_a' has this __file__ attribute:\n  /x/tests/api/test_a.py\n"
    "which is not the same as the test file we want to collect:\n  /x/tests/unit/test_a.py"
)
RAISED = (
    "_pytest.pathlib.ImportPathMismatchError|('test_a', '/x/tests/api/test_a.py', PosixPath('/x/tests/unit/test_a.py'))"
)
MARK = "'slow' not found in `markers` configuration option"
WITH = DictInstalled(exported={"pytest_asyncio": frozenset({"fixture"})})


def result(message: str) -> TestResult:
    exception, _, rest = message.rpartition("|")
    failure = Failure(kind=FailureKind.TEST, exception=exception, message=rest)
    return TestResult("tests/unit/test_a.py::test_x", "failed", 0.0, failure, {})


@pytest.mark.parametrize(
    ("message", "installed", "reason", "said", "offered"),
    [
        (COROUTINE, DictInstalled(), Reason.ENVIRONMENT_FAILED, "no pytest plug-in", ""),
        (COROUTINE, WITH, Reason.NO_CANDIDATE, "strict mode", 'asyncio_mode = "auto"'),
        (MISMATCH, WITH, Reason.NO_CANDIDATE, "the module `test_a` too", "touch tests/unit/__init__.py"),
        (RAISED, WITH, Reason.NO_CANDIDATE, "the module `test_a` too", "touch tests/unit/__init__.py"),
        (MARK, WITH, Reason.NO_CANDIDATE, "the mark `slow`", 'markers = ["slow: '),
    ],
    ids=["no-plug-in", "strict-mode", "same-name", "same-name-raised", "unknown-mark"],
)
def test_the_set_up_is_named(message: str, installed: DictInstalled, reason: Reason, said: str, offered: str) -> None:
    test = result(message)
    assert is_setup_fault(test)
    declined = declined_setup([test], lambda: installed)
    assert declined.reason is reason
    assert said in declined.sentence
    assert [offer.text for offer in declined.offers if offered not in offer.text] == []
    assert bool(declined.offers) == bool(offered)


def test_another_failure_is_none() -> None:
    assert not is_setup_fault(result("assert 1 == 2"))
