"""A small project whose last commit turned its pipeline red, for a first look at Goldseam."""

from __future__ import annotations

from dataclasses import dataclass

from app.simulator.hub import Hub
from app.simulator.logs import job_log
from app.simulator.records import Repository, Run

NAME = "acme/billing"
COMMAND = "python -m pytest --junitxml=report.xml"
FAILED_STEP = f"Run {COMMAND}"

GREEN = '''\
"""Fees for late payments, in cents."""

GRACE = 3
RATE = 50
CAP = 500


def late_fee(days: int) -> int:
    """Return the fee for paying some days late; the days of grace cost nothing."""
    if days <= GRACE:
        return 0
    return min(days * RATE, CAP)
'''
RED = '''\
"""Fees for late payments, in cents."""

GRACE = 3
RATE = 50
CAP = 500


def late_fee(days: int) -> int:
    """Return the fee for paying some days late; the days of grace cost nothing."""
    return min(days * RATE, CAP) if days >= GRACE else 0
'''
TESTS = """\
import pytest

from billing.fees import late_fee


@pytest.mark.parametrize("days", [0, 1, 2])
def test_grace_is_free(days):
    assert late_fee(days) == 0


def test_last_day_of_grace():
    assert late_fee(3) == 0


@pytest.mark.parametrize(("days", "fee"), [(4, 200), (10, 500), (90, 500)])
def test_late(days, fee):
    assert late_fee(days) == fee
"""
WORKFLOW = f"""\
name: ci
on: [push, pull_request]
permissions:
  contents: read
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with: {{persist-credentials: false}}
      - run: {COMMAND}
"""
PROJECT = """\
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"

[project]
name = "billing"
version = "0.1.0"
requires-python = ">=3.9"

[project.optional-dependencies]
test = ["pytest"]

[tool.pytest.ini_options]
pythonpath = ["."]
"""
POLICY = """\
# How far Goldseam may go by itself in this repository.
version: 1
autonomy: draft_pr
"""
FAILURE = """\
    def test_last_day_of_grace():
>       assert late_fee(3) == 0
E       assert 150 == 0
E        +  where 150 = late_fee(3)

tests/test_fees.py:12: AssertionError
"""
OUTPUT = f"""\
============================= test session starts ==============================
platform linux -- Python 3.11.7, pytest-9.2.0, pluggy-1.7.0
rootdir: /home/runner/work/billing/billing
configfile: pyproject.toml
collected 7 items

tests/test_fees.py ...F...                                               [100%]

=================================== FAILURES ===================================
____________________________ test_last_day_of_grace ____________________________

{FAILURE}------- generated xml file: /home/runner/work/billing/billing/report.xml -------
=========================== short test summary info ============================
FAILED tests/test_fees.py::test_last_day_of_grace - assert 150 == 0
 +  where 150 = late_fee(3)
========================= 1 failed, 6 passed in 0.03s ==========================
"""
REPORT = """\
<?xml version="1.0" encoding="utf-8"?>
<testsuites name="pytest tests">
<testsuite name="pytest" errors="0" failures="1" skipped="0" tests="7" time="0.049">
<testcase classname="tests.test_fees" name="test_grace_is_free[0]" time="0.000"/>
<testcase classname="tests.test_fees" name="test_grace_is_free[1]" time="0.000"/>
<testcase classname="tests.test_fees" name="test_grace_is_free[2]" time="0.000"/>
<testcase classname="tests.test_fees" name="test_last_day_of_grace" time="0.000">\
<failure message="assert 150 == 0&#10; +  where 150 = late_fee(3)">def test_last_day_of_grace():
&gt;       assert late_fee(3) == 0
E       assert 150 == 0
E        +  where 150 = late_fee(3)

tests/test_fees.py:12: AssertionError</failure></testcase>
<testcase classname="tests.test_fees" name="test_late[4-200]" time="0.000"/>
<testcase classname="tests.test_fees" name="test_late[10-500]" time="0.000"/>
<testcase classname="tests.test_fees" name="test_late[90-500]" time="0.000"/>
</testsuite>
</testsuites>
"""


UNSETTLED_NAME = "acme/shipping"
UNSETTLED_GREEN = '''\
"""Surcharges for parcels."""

LIGHT = 2
PER_KILOGRAM = 4


def surcharge(weight: int) -> int:
    """Return the surcharge of a parcel; light parcels have none."""
    if weight <= LIGHT:
        return 0
    return weight * PER_KILOGRAM
'''
UNSETTLED_RED = '''\
"""Surcharges for parcels."""

LIGHT = 2
PER_KILOGRAM = 4


def surcharge(weight: int) -> int:
    """Return the surcharge of a parcel; light parcels have none."""
    return weight * PER_KILOGRAM if weight >= LIGHT else 0
'''
UNSETTLED_TESTS = """\
from shipping.parcels import surcharge


def test_nothing():
    assert surcharge(0) == 0


def test_light():
    assert surcharge(2) == 0


def test_heavy():
    assert surcharge(3) == 12
    assert surcharge(10) == 40
"""
UNSETTLED_OUTPUT = """\
============================= test session starts ==============================
platform linux -- Python 3.11.7, pytest-9.2.0, pluggy-1.7.0
rootdir: /home/runner/work/shipping/shipping
configfile: pyproject.toml
collected 3 items

tests/test_parcels.py .F.                                                [100%]

=================================== FAILURES ===================================
__________________________________ test_light __________________________________

    def test_light():
>       assert surcharge(2) == 0
E       assert 8 == 0
E        +  where 8 = surcharge(2)

tests/test_parcels.py:9: AssertionError
=========================== short test summary info ============================
FAILED tests/test_parcels.py::test_light - assert 8 == 0
 +  where 8 = surcharge(2)
========================= 1 failed, 2 passed in 0.02s ==========================
"""


@dataclass(frozen=True, slots=True)
class Sample:
    """The sample repository and its red run."""

    repository: Repository
    run: Run


def red_main(hub: Hub, *, name: str = NAME, policy: str | None = "") -> Sample:
    """Make a repository whose default branch was green and is red since its last commit; no webhook is sent.

    `policy` is its `.github/goldseam.yml`: empty for the sample's own, None for a repository without one.
    """
    files = project_files("billing", PROJECT, POLICY if policy == "" else policy) | {
        "billing/fees.py": GREEN,
        "tests/test_fees.py": TESTS,
    }
    return red_commit(
        hub, name, files, {"billing/fees.py": RED}, message="Shorten late_fee", output=OUTPUT, report=REPORT
    )


def unsettled_main(hub: Hub) -> Sample:
    """Make a repository whose tests do not say which of two repairs is meant; no webhook is sent."""
    files = project_files("shipping", PROJECT.replace("billing", "shipping"), POLICY)
    files |= {"shipping/parcels.py": UNSETTLED_GREEN, "tests/test_parcels.py": UNSETTLED_TESTS}
    return red_commit(
        hub,
        UNSETTLED_NAME,
        files,
        {"shipping/parcels.py": UNSETTLED_RED},
        message="Say it in one line",
        output=UNSETTLED_OUTPUT,
        report="",
    )


def project_files(package: str, project: str, policy: str | None) -> dict[str, str]:
    """Return what each sample has beside its code."""
    return {
        f"{package}/__init__.py": "",
        ".github/workflows/ci.yml": WORKFLOW,
        **({} if policy is None else {".github/goldseam.yml": policy}),
        "pyproject.toml": project,
        "README.md": f"# {package}\n",
    }


def red_commit(
    hub: Hub, name: str, files: dict[str, str], change: dict[str, str], *, message: str, output: str, report: str
) -> Sample:
    """Make a repository that was green, and the commit and the run that turned it red; no webhook is sent."""
    repository = hub.add_repository(name, {path: text.encode() for path, text in files.items()})
    first = repository.git.refs()[f"refs/heads/{repository.default_branch}"]
    passed = output.partition("=" * 35 + " FAILURES")[0].replace("F", ".")
    hub.add_run(
        repository,
        first,
        repository.default_branch,
        jobs=[("test", job_log(COMMAND, f"{passed}passed in 0.02s", exit_code=0, at=hub.now()), "")],
    )
    changed = {path: text.encode() for path, text in change.items()}
    second = hub.commit(repository, repository.default_branch, changed, message)
    run = hub.add_run(
        repository,
        second,
        repository.default_branch,
        jobs=[
            ("test", job_log(COMMAND, output, exit_code=1, at=hub.now()), FAILED_STEP),
            ("lint", job_log("python -m compileall -q .", "", exit_code=0, at=hub.now()), ""),
        ],
        artifacts={"test-report": {"report.xml": report.encode()}} if report else None,
    )
    return Sample(repository, run)
