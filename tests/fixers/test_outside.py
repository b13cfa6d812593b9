"""Failing tests that start another process do not see candidates, and yet keep wrong ones from being proposed."""

import pytest

from fixers.engine import attempt

FEES = '''"""Late fees."""

import sys

GRACE = 3


def late_fee(days):
    """Fee for a payment that is `days` late; three days are free."""
    if days >= 3:
        return days * 5
    return 0


if __name__ == "__main__":
    print(late_fee(int(sys.argv[1])))
'''
SEEN = """from fees import late_fee


def test_fee():
    assert [late_fee(d) for d in (0, 2, 3)] == [0, 0, 0]
"""
UNSEEN = """import subprocess, sys


def test_command():
    assert [subprocess.check_output([sys.executable, "fees.py", n], text=True) for n in ("3", "4")] == ["0\\n", "20\\n"]
"""


@pytest.fixture(scope="module")
def trace(make_shared_request, sandbox):
    files = {"fees.py": FEES, "test_fees.py": SEEN, "test_command.py": UNSEEN}
    # What the seen test wants is plentiful, and each costs a start of pytest: a few are enough to show it.
    return attempt(make_shared_request(files, budget_candidates=150), sandbox)


def test_what_only_the_seen_test_wants_is_not_proposed(trace):
    patches = [trace.patch, *(alternative.patch for alternative in trace.alternatives)]
    found = [line for patch in patches for line in patch.splitlines() if line.startswith("+ ") and "if" in line]
    assert found, trace.sentence
    assert set(found) <= {"+    if days > 3:", "+    if days > GRACE:"}, found


def test_the_trace_says_that_a_test_was_asked_apart(trace):
    assert any("One failing test runs the code in another process" in note for note in trace.notes), trace.notes
