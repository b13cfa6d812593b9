"""Real pytest over a small failing project, in every style: the log must name what JUnit XML names."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from fixers.failures import fingerprint, read_junit, read_log
from fixers.model import Failure

SOURCE = """
RATES = {"EUR": 2}


class Fees:
    def rate(self, currency):
        return RATES[currency]


def late_fee(days, currency):
    try:
        return days * Fees().rate(currency)
    except KeyError as error:
        raise ValueError(f"no rate for {currency!r}") from error


def total(currencies):
    return sum(Fees().rate(c) for c in currencies)


def endless(n):
    return endless(n + 1)
"""
TESTS = """
import pytest
from billing.fees import endless, late_fee, total


@pytest.fixture
def broken():
    raise OSError(5, "no database")


@pytest.fixture
def closing():
    yield
    raise RuntimeError("left open")


ODD = ["a b", "a - b", "a::b", "x[y]", "]", "x] - y[", "e\\u0301", "a/b", "", "two\\nlines", "FAILED t.py::x - y", "-"]


@pytest.mark.parametrize("text", ODD)
def test_odd(text):
    assert late_fee(1, "EUR") == 3


def test_chain():
    late_fee(1, "XYZ")


def test_generator():
    total(["EUR", "USD"])


def test_recursion():
    endless(0)


def test_message_that_looks_like_a_summary():
    raise ValueError("first\\nFAILED tests/none.py::test_none - no\\n\\n____ test_fake ____\\nE   KeyError: 1")


def test_output_that_looks_like_a_report():
    print("=== FAILURES ===\\n____ test_fake ____\\n    def test_fake():\\nE   KeyError: 1\\ntests/t.py:1: KeyError")
    assert {"a": 1} == {"a": 2}


def test_setup(broken):
    pass


def test_teardown(closing):
    pass


def test_both(closing):
    assert 0


def test_told():
    pytest.fail("told to", pytrace=False)


def test_group():
    raise ExceptionGroup("two", [ValueError("one"), KeyError("k")])


def test_parts(subtests):
    for i in range(3):
        with subtests.test(msg="part", i=i):
            assert i != 1


@pytest.mark.xfail(strict=True)
def test_passes():
    pass


class TestFee:
    class TestInner:
        def test_deep(self):
            pytest.importorskip("billing").fees.late_fee(1, "ABC")
"""
UNITTESTS = """
import unittest
from billing.fees import late_fee


class FeeTest(unittest.TestCase):
    def test_late(self):
        self.assertEqual(late_fee(1, "EUR"), 3)

    def test_parts(self):
        for i in range(2):
            with self.subTest(i=i):
                self.assertEqual(i, 1)


class Broken(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        raise RuntimeError("class setup")

    def test_x(self):
        pass
"""
FILES = {
    "src/billing/__init__.py": "",
    "src/billing/fees.py": SOURCE,
    "tests/test_fees.py": TESTS,
    "tests/test_unit.py": UNITTESTS,
    "tests/deep/test_fees_again.py": "def test_chain():\n    assert False\n",
    "tests/test_import.py": "import billing.nowhere\n",
    "tests/test_syntax.py": "def broken(:\n    pass\n",
}
UNTOLD = {"tests/test_fees.py::test_told", "tests/test_fees.py::test_passes"}
"""Tests whose report is one line of text: only the summary has their path and exception."""


@cache
def run(tree: Path, *arguments: str, **environment: str) -> bytes:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": "src", "PYTHONDONTWRITEBYTECODE": "1", **environment}
    options = ["-p", "no:cacheprovider", "--continue-on-collection-errors", "--import-mode=importlib"]
    options += ["-p", "no:hypothesispytest", "-p", "no:anyio", "-p", "no:timeout"]
    command = [sys.executable, "-m", "pytest", *options, *arguments]
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, check=False, timeout=120)
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("billing")
    for path, text in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def reference(tree: Path) -> tuple[Failure, ...]:
    run(tree, "--junitxml=report.xml", "-o", "junit_family=xunit2")
    return read_junit((tree / "report.xml").read_bytes(), project_files=FILES)


def names(failures: tuple[Failure, ...]) -> list[tuple[str, str]]:
    return sorted((failure.kind.value, *failure.test_ids) for failure in failures)


def prints(failures: tuple[Failure, ...], untold: set[str]) -> set[tuple[str, str]]:
    return {(f.test_ids[0], fingerprint(f)) for f in failures if f.test_ids[0] not in untold}


RUNS = {
    **{f"tb={style}": ((f"--tb={style}",), {}) for style in ("auto", "long", "short", "line", "native", "no")},
    "on CI": (("-q", "--tb=short"), {"CI": "true"}),
    "verbose": (("-vv",), {}),
    "two workers": (("-n2", "-v", "--tb=short"), {}),
    "narrow": ((), {"COLUMNS": "40"}),
    "locals": (("--showlocals",), {}),
    "no summary": (("-rN",), {}),
    "coloured": (("--color=yes", "--tb=short"), {}),
}


@pytest.mark.parametrize("name", RUNS)
def test_log_names_the_tests_that_junit_names(name: str, tree: Path, reference: tuple[Failure, ...]) -> None:
    arguments, environment = RUNS[name]
    report = read_log([run(tree, *arguments, **environment)], project_files=FILES)
    got, wanted = names(report.failures), names(reference)
    if name == "tb=no":
        # Nothing in a bare summary tells a teardown from a setup, when the test itself passed.
        got, wanted = (sorted(test_id for _, test_id in found) for found in (got, wanted))
    if name == "no summary":
        got, wanted = [pair for pair in got if len(pair) == 2], [pair for pair in wanted if pair[1] not in UNTOLD]
    assert got == wanted


@pytest.mark.parametrize("name", sorted(set(RUNS) - {"tb=line", "tb=no", "no summary"}))
def test_every_style_that_shows_functions_gives_the_fingerprints_of_junit(
    name: str, tree: Path, reference: tuple[Failure, ...]
) -> None:
    arguments, environment = RUNS[name]
    report = read_log([run(tree, *arguments, **environment)], project_files=FILES)
    untold = UNTOLD if name == "narrow" else set()
    assert prints(report.failures, untold) == prints(reference, untold)


def test_junit_without_the_list_of_files_finds_the_same_tests(tree: Path, reference: tuple[Failure, ...]) -> None:
    """xunit1 names files itself, xunit2 leaves them to be derived."""
    run(tree, "--junitxml=old.xml", "-o", "junit_family=xunit1")
    old = read_junit((tree / "old.xml").read_bytes())
    assert names(old) == names(reference)
    assert names(read_junit((tree / "report.xml").read_bytes())) == names(reference)
