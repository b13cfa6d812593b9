"""Checkouts for the command: the files, and what production said of one."""

FEES = '''"""Late fees."""


def late_fee(days):
    """Fee for a payment that is `days` late; three days are free."""
    if days >= 3:
        return days * 5
    return 0
'''
TESTS = """import pytest

from fees import late_fee


@pytest.mark.parametrize(("days", "fee"), [(0, 0), (2, 0), (3, 0), (4, 20), (9, 45)])
def test_fee(days, fee):
    assert late_fee(days) == fee
"""
RED = {"fees.py": FEES, "test_fees.py": TESTS}
GREEN = {"fees.py": FEES.replace(">= 3", "> 3"), "test_fees.py": TESTS}
WEAK = {
    "fees.py": FEES,
    "test_fees.py": "import fees\n\n\ndef test_fee():\n    assert [fees.late_fee(d) for d in (3, 9)] == [0, 45]\n",
}
# No edit of one place makes this pass, and each try takes a while.
SLOW = {
    "fees.py": FEES,
    "test_fees.py": "import time\n\nfrom fees import late_fee\n\n\n"
    "def test_fee():\n    time.sleep(0.05)\n    assert [late_fee(d) for d in range(6)] == [7, 1, 9, 2, 8, 3]\n",
}
OPEN = """2026-11-02 10:00:00 ERROR the payment could not be booked
Traceback (most recent call last):
  File "/srv/shop/fees.py", line 6, in late_fee
    if days > 3:
TypeError: '>' not supported between instances of 'NoneType' and 'int'
"""
