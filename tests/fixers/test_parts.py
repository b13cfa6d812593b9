"""Two faults at once: one patch that mends both, or no patch."""

import pytest

from fixers import patch
from fixers.engine import attempt

pytestmark = pytest.mark.usefixtures("repeated_less")
SHOP = '''"""A shop."""


def fee(days, rate=5):
    """Return the fee of a payment that is late; three days are free."""
    if days >= 3:
        return days * rate
    return 0


def total(prices, discount):
    """Return what prices come to, less a discount in percent."""
    whole = sum(prices)
    return whole + whole * discount // 100
'''
TESTS = """import pytest

from shop import fee, total


@pytest.mark.parametrize(("days", "due"), [(0, 0), (2, 0), (3, 0), (4, 20), (9, 45)])
def test_fee(days, due):
    assert fee(days) == due


def test_other_rates():
    assert [fee(4, rate) for rate in (1, 2, 7)] == [4, 8, 28]


@pytest.mark.parametrize(("prices", "due"), [([], 0), ([100], 90), ([50, 150], 180), ([10, 20, 30], 54)])
def test_total(prices, due):
    assert total(prices, 10) == due


def test_no_discount():
    assert total([1, 2, 3], 0) == 6


def test_large_discount():
    assert total([100, 300], 75) == 100
"""


def test_two_faults_are_mended_by_one_patch(make_request, sandbox):
    trace = attempt(
        make_request({"shop.py": SHOP, "test_shop.py": TESTS}, budget_seconds=60.0, budget_candidates=9000), sandbox
    )
    offered = [trace.patch] if trace.status == "fixed" else [a.patch for a in trace.alternatives]
    assert offered, trace.sentence
    (edit,) = patch.apply(offered[0], {"shop.py": SHOP})
    assert "if days > 3:" in edit.after
    assert "return whole - whole * discount // 100" in edit.after
    assert sum(note.startswith("Fault ") for note in trace.notes) == 2


def test_a_fault_that_nothing_mends_leaves_the_other_as_a_note(make_request, sandbox):
    broken = SHOP.replace("return whole + whole * discount // 100", "raise NotImplementedError")
    trace = attempt(make_request({"shop.py": broken, "test_shop.py": TESTS}, budget_seconds=40.0), sandbox)
    assert (trace.status, trace.patch, trace.alternatives) == ("declined", "", ())


def test_patches_of_the_same_lines_do_not_go_together():
    texts = {"a.py": "x = 1\ny = 2\n" + "z = 3\n" * 9 + "w = 4\n"}
    one = patch.unified([patch.FileEdit("a.py", texts["a.py"], texts["a.py"].replace("x = 1", "x = 5"))])
    far = patch.unified([patch.FileEdit("a.py", texts["a.py"], texts["a.py"].replace("w = 4", "w = 6"))])
    (both,) = patch.apply_together([far, one], texts)
    assert both.after == texts["a.py"].replace("x = 1", "x = 5").replace("w = 4", "w = 6")
    with pytest.raises(patch.PatchDoesNotApply):
        patch.apply_together([one, one], texts)
