"""Tests that pytest itself cannot run as they are set up: no repair of the code can make it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from fixers.codemods.base import Installed
from fixers.model import Declined, Offer, Reason
from fixers.runner.suite import TestResult

_COROUTINE = "async def functions are not natively"
_MISMATCH = re.compile(
    r"imported module '(?P<name>[\w.]+)' has this __file__ attribute|^\('(?P<module>[\w.]+)', '[^']*\.py'"
)
_MARK = re.compile(r"^'(?P<name>\w+)' not found in `markers` configuration option")


def is_setup_fault(test: TestResult) -> bool:
    """Say whether pytest itself refused a test: a coroutine, a mark it does not know, a second file of one name."""
    said = test.failure.message if test.failure is not None else ""
    return said.startswith(_COROUTINE) or bool(_mismatched(test) or _MARK.search(said))


def declined_setup(tests: Sequence[TestResult], installed: Callable[[], Installed]) -> Declined:
    """Say what is wrong with the set-up, of tests that all are such; `installed` is asked where it matters."""
    test = tests[0]
    said = test.failure.message if test.failure is not None else ""
    if (module := _mismatched(test)) != "":
        return _same_name(test.id, module)
    if (mark := _MARK.search(said)) is not None:
        return _unknown_mark(test.id, mark["name"])
    return _coroutine(test.id, asyncio=installed().names("pytest_asyncio") is not None)


def _mismatched(test: TestResult) -> str:
    """Return the module that a second test file is too; empty for any other failure."""
    failure = test.failure
    plain = failure is not None and (
        failure.exception.endswith("ImportPathMismatchError") or "mismatch" in failure.message
    )
    said = _MISMATCH.search(failure.message) if failure is not None and plain else None
    return (said["name"] or said["module"]) if said is not None else ""


def _same_name(test: str, module: str) -> Declined:
    path = test.partition("::")[0]
    directory = path.rpartition("/")[0] or "."
    return Declined(
        Reason.NO_CANDIDATE,
        f"The code is not at fault: {path} is not imported, because a test file in another directory is the module "
        f"`{module}` too.",
        "Make packages of the directories, or give one of the two files another name.",
        (
            Offer(
                kind="tests",
                title=f"Make a package of {directory}, and of each directory that has a test file of the same name.",
                text=f"touch {directory}/__init__.py   # the same in the directory of the other file",
            ),
        ),
    )


def _unknown_mark(test: str, mark: str) -> Declined:
    path = test.partition("::")[0]
    return Declined(
        Reason.NO_CANDIDATE,
        f"The code is not at fault: {path} bears the mark `{mark}`, which pytest's configuration does not list, and "
        "marks are strict here.",
        f"List the mark in `markers`, or write it as it is listed there if `{mark}` is misspelled.",
        (
            Offer(
                kind="tests",
                title=f"List the mark `{mark}` in pytest's configuration.",
                text=f'markers = ["{mark}: what it says of a test"]   # beside those that are listed',
            ),
        ),
    )


def _coroutine(test: str, *, asyncio: bool) -> Declined:
    if not asyncio:
        return Declined(
            Reason.ENVIRONMENT_FAILED,
            f"{test} is a coroutine, and this environment has no pytest plug-in that runs one.",
            "Install pytest-asyncio or anyio where the tests run, as the project's own set-up does.",
        )
    return Declined(
        Reason.NO_CANDIDATE,
        f"The code is not at fault: {test} is a coroutine without a mark, and pytest-asyncio, which is installed, runs "
        "only marked ones in its strict mode.",
        "Switch the mode, or mark the tests with `pytest.mark.asyncio`.",
        (
            Offer(
                kind="tests",
                title="Let pytest-asyncio run all tests and fixtures that are coroutines.",
                text='asyncio_mode = "auto"   # in pyproject.toml below [tool.pytest.ini_options]',
            ),
        ),
    )
