"""Small real projects, and a real sandbox to run them in."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from small_target import lay_out

from fixers.project import Project, read_project
from fixers.request import Request
from fixers.runner.sandbox import Sandbox
from fixers.runner.target import Target
from tasks.sandbox.choose import sandbox as choose_sandbox
from tasks.sandbox.export import tree_digest

MakeTarget = Callable[[Mapping[str, str]], tuple[Target, Project]]


@pytest.fixture(scope="session")
def sandbox() -> Sandbox:
    """The sandbox of this machine; an error that says what to install when there is none."""
    return choose_sandbox()


@pytest.fixture(scope="session")
def python(small_python: Path) -> Path:
    """Return the interpreter of the projects; a folder whose projects need more has its own."""
    return small_python


@pytest.fixture
def make_target(tmp_path: Path, python: Path) -> MakeTarget:
    """Lay out files as a project whose tests the interpreter can run."""
    return lambda files: lay_out(tmp_path / "tree", files, python)


MakeRequest = Callable[..., Request]


@pytest.fixture
def make_request(tmp_path: Path, python: Path) -> MakeRequest:
    """Lay out files and describe an attempt at them, with a budget that a test can afford."""
    return lambda files, **fields: _request(tmp_path / "tree", python, files, **fields)


@pytest.fixture(scope="session")
def make_shared_request(tmp_path_factory: pytest.TempPathFactory, python: Path) -> MakeRequest:
    """Do the same for what several tests look at; none may write to the tree."""
    return lambda files, **fields: _request(tmp_path_factory.mktemp("shared") / "tree", python, files, **fields)


def _request(
    tree: Path, python: Path, files: Mapping[str, str], *, source_roots: tuple[str, ...] = (".",), **fields: Any
) -> Request:
    target, _ = lay_out(tree, files, python)
    target = replace(target, source_roots=source_roots)
    fields = {"budget_seconds": 30.0, "budget_candidates": 1500, **fields}
    project = read_project(target.tree, source_roots)
    return Request(target=target, project=project, digest=tree_digest(target.tree), **fields)


@pytest.fixture
def repeated_less(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reproduce and prove with fewer repeats; how many there are is the subject of the engine's own tests.

    Each costs a start of pytest, and an attempt without them is cheaper by a third.
    """
    monkeypatch.setattr("fixers.reproduce.REPEATS", 2)
    monkeypatch.setattr("fixers.verify.REPEATS_AFTER", 1)


FEES = '''"""Late fees."""

RATE = 5
CAP = 50
GRACE = 3


def late_fee(days):
    """Fee for a payment that is `days` late."""
    if days < 0:
        raise ValueError("days")
    # the last day of grace is free
    return min(days * RATE, CAP) if days >= GRACE else 0


def double(function):
    def inner(*args):
        return function(*args) * 2

    return inner


@double
def twice(amount):
    return amount


class Account:
    def __init__(self):
        self.items = []

    def add(self, amount):
        self.items.append(amount)
        return sum(self.items)
'''

FEES_TESTS = """import pytest

from billing.fees import Account, late_fee, twice


@pytest.mark.parametrize(("days", "fee"), [(0, 0), (2, 0), (3, 0), (4, 20), (9, 45), (11, 50)])
def test_fee(days, fee):
    assert late_fee(days) == fee


def test_negative():
    with pytest.raises(ValueError):
        late_fee(-1)


def test_twice():
    assert twice(2) == 4


def test_account():
    assert Account().add(3) == 3
"""


@pytest.fixture
def fees(make_target: MakeTarget) -> tuple[Target, Project]:
    """A project with one slip, `>=` for `>`, that one test shows."""
    return make_target({"billing/__init__.py": "", "billing/fees.py": FEES, "tests/test_fees.py": FEES_TESTS})
