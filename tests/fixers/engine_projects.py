"""Small projects with one slip each, and the way a suite can make a repair hard."""

from __future__ import annotations

FEES = '''"""Late fees."""


def late_fee(days):
    """Fee for a payment that is `days` late; three days are free."""
    if days >= 3:
        return days * 5
    return 0
'''
FIXED_LINE = "    if days > 3:\n"
CASES = "[(0, 0), (2, 0), (3, 0), (4, 20), (9, 45)]"
PLAIN = f"""import pytest

from fees import late_fee


@pytest.mark.parametrize(("days", "fee"), {CASES})
def test_fee(days, fee):
    assert late_fee(days) == fee
"""
ONCE = """import pytest

from fees import late_fee


@pytest.mark.parametrize("case", [[0, 0], [2, 0], [3, 0], [4, 20], [9, 45]])
def test_fee(case):
    days, fee = case
    case[0] = -days  # as some real suites do: the list is another one when the test runs again
    assert days >= 0
    assert late_fee(days) == fee
"""
FIXTURES = """from fees import late_fee


def test_grace(calendar, ledger):
    ledger.append(late_fee(3))
    assert calendar["grace"] == 3
    assert ledger == [0]


def test_others(ledger):
    assert len(ledger) == 1
    assert [late_fee(d) for d in (0, 2, 4, 9)] == [0, 0, 20, 45]
"""
CONFTEST = """import pytest


@pytest.fixture(scope="session")
def calendar():
    return {"grace": 3}


@pytest.fixture(scope="module")
def ledger():
    return []
"""
UNITTEST = """import unittest

from fees import late_fee


class TestFee(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.free = 0

    def setUp(self):
        self.days = 3

    def test_grace(self):
        self.assertEqual(late_fee(self.days), self.free)

    def test_others(self):
        for days, fee in ((0, 0), (2, 0), (4, 20), (9, 45)):
            with self.subTest(days=days):
                self.assertEqual(late_fee(days), fee)
"""
ODD = """import pytest

from fees import late_fee


@pytest.mark.parametrize(
    ("days", "fee"),
    [
        pytest.param(0, 0, id="a b::c"),
        pytest.param(2, 0, id="x[1]"),
        pytest.param(3, 0, id="d/e]f[ ü 'q' \\n"),
        pytest.param(4, 20, id="%s{}"),
        pytest.param(9, 45, id="-k"),
    ],
)
def test_fee(days, fee):
    assert late_fee(days) == fee
"""
RED_BESIDES = PLAIN + "\n\ndef test_of_something_else():\n    assert 'moon' == 'cheese'\n"
ENDLESS = '''"""Counting."""


def halvings(number):
    """Say how often a number can be halved before it is one or less."""
    count = 0
    while number != 1:
        number //= 2
        count += 1
    return count
'''
ENDLESS_TESTS = """from fees import halvings


def test_one():
    assert halvings(1) == 0


def test_zero():
    assert halvings(0) == 0


def test_more():
    assert [halvings(n) for n in (2, 3, 8, 9)] == [1, 1, 3, 3]
"""

SHAPES: dict[str, dict[str, str]] = {
    "plain": {"fees.py": FEES, "test_fees.py": PLAIN},
    "a test that spoils its own parameters": {"fees.py": FEES, "test_fees.py": ONCE},
    "fixtures of module and session": {"fees.py": FEES, "tests/test_fees.py": FIXTURES, "tests/conftest.py": CONFTEST},
    "unittest with subtests": {"fees.py": FEES, "test_fees.py": UNITTEST},
    "odd parameter ids": {"fees.py": FEES, "test_fees.py": ODD},
    "another red test": {"fees.py": FEES, "test_fees.py": RED_BESIDES},
    "options of plug-ins": {
        "fees.py": FEES,
        "test_fees.py": PLAIN,
        "pytest.ini": "[pytest]\naddopts = -n 2 --cov=fees --cov-report term -p no:cacheprovider\n",
    },
}
