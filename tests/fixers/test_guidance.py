"""What people name steers where the engine looks; the rest of their words steers nothing."""

import pytest

from fixers.guidance import Guidance, Remark, hints_of, is_named
from fixers.localize.hints import Hint
from fixers.localize.rank import rank
from fixers.localize.spectrum import Spectrum, Statement
from fixers.project import Project

FEES = "def late_fee(days):\n    return days\n\n\nclass Invoice:\n    def total(self):\n        return 1\n"
DATES = "def parse(text):\n    return text\n"
PROJECT = Project({"billing/fees.py": FEES, "billing/dates.py": DATES, "tests/test_fees.py": "", "setup.py": ""})
PLACES = (("billing/fees.py", 2, "late_fee"), ("billing/fees.py", 7, "Invoice.total"), ("billing/dates.py", 2, "parse"))
REACHED = {
    "tests/test_fees.py::test_late[3-50]": frozenset({("billing/fees.py", "late_fee")}),
    "tests/test_fees.py::TestInvoice::test_total": frozenset({("billing/fees.py", "Invoice.total")}),
    "tests/test_dates.py::test_parse": frozenset({("billing/dates.py", "parse")}),
}


def first(hint: str, *remarks: Remark) -> str:
    """Return the function that is suspected first, of three that are alike but for what was said."""
    hints = hints_of(Guidance(said_by="kim", hint=hint, remarks=remarks), PROJECT)
    found = rank(PROJECT, spectrum(), [], hints=hints)
    return found[0].function if found[0].score > found[1].score else ""


def spectrum() -> Spectrum:
    rows = [Statement(path, line, line, function, 1, 0, at_import=False) for path, line, function in PLACES]
    return Spectrum(tuple(rows), failing=1, passing=3, reached=REACHED)


@pytest.mark.parametrize(
    ("hint", "function"),
    [
        ("look at parse", "parse"),
        ("look at Invoice.total please", "Invoice.total"),
        ("it is `total`!", "Invoice.total"),
        ("billing/dates.py", "parse"),
        ("dates.py", "parse"),
        ("see billing/fees.py:7.", "Invoice.total"),
        ("tests/test_dates.py::test_parse", "parse"),
        ("test_parse fails for me", "parse"),
        ("test_dates.py", "parse"),
        ("TestInvoice", "Invoice.total"),
        ("TestInvoice::test_total", "Invoice.total"),
        ("tests/test_fees.py::TestInvoice", "Invoice.total"),
        ("test_late[3-50]", "late_fee"),
        ("try harder", ""),
        ("test_nothing", ""),
        ("other/test_dates.py::test_parse", ""),
        ("../../etc/passwd nowhere.py:3", ""),
    ],
)
def test_what_a_hint_names_is_looked_at_first(hint, function):
    assert first(hint) == function


def test_a_remark_on_a_line_counts_and_says_who_made_it():
    assert first("", Remark(path="billing/fees.py", line=7)) == "Invoice.total"
    found = rank(PROJECT, spectrum(), [], hints=(Hint("billing/dates.py", "", 0, "@kim named dates.py"),))
    assert "@kim named dates.py" in found[0].reasons


def test_what_no_failing_test_ran_is_not_lifted():
    rows = (Statement("billing/dates.py", 2, 2, "parse", 0, 3, at_import=False),)
    assert rank(PROJECT, Spectrum(rows, 1, 3, {}), [], hints=(Hint("", "parse", 0, "named"),)) == ()


def test_a_named_function_or_line_may_be_where_an_edit_is_and_a_test_or_file_is_too_little():
    class At:
        path, line, function = "billing/fees.py", 7, "Invoice.total"

    named = {
        hint: is_named(At(), Guidance(hint=hint), PROJECT)
        for hint in ("total", "billing/fees.py:7", "billing/fees.py", "test_total", "")
    }
    assert [hint for hint, yes in named.items() if yes] == ["total", "billing/fees.py:7"]


def test_a_hint_has_an_end():
    assert len(hints_of(Guidance(hint="late_fee " * 10_000), PROJECT)) == 1
