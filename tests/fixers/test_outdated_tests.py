"""Tests that use what the installed pytest no longer has: a change of them is offered, never made."""

import pytest

from fixers.engine import attempt
from fixers.model import Reason
from fixers.patch import touched

pytestmark = pytest.mark.usefixtures("repeated_less")
CODE = "def half(x):\n    if x % 2:\n        raise ValueError('odd')\n    return x // 2\n"
OUTDATED = (
    "import pytest\nfrom code_ import half\n\n\ndef test_odd():\n"
    "    with pytest.raises(ValueError, message='odd'):\n        half(3)\n    pytest.skip(msg='half done')\n\n\n"
    "def test_even():\n    assert half(4) == 2\n"
)
WRONG = "from code_ import half\n\n\ndef test_odd():\n    assert half(4) == 'two'\n"


def test_what_would_bring_them_up_to_date_is_offered(make_request, sandbox):
    trace = attempt(make_request({"code_.py": CODE, "tests/test_half.py": OUTDATED}), sandbox)
    assert (trace.status, trace.reason, trace.patch) == ("declined", Reason.NO_CANDIDATE, "")
    assert not trace.alternatives
    (offer,) = trace.offers
    assert offer.kind == "tests"
    assert touched(offer.patch) == ("tests/test_half.py",)
    assert "+    with pytest.raises(ValueError, match='odd'):" in offer.patch
    assert "+    pytest.skip(reason='half done')" in offer.patch
    assert "The code is not at fault" in trace.sentence


def test_a_test_that_asserts_otherwise_is_left_alone(make_request, sandbox):
    trace = attempt(make_request({"code_.py": CODE, "tests/test_half.py": WRONG}), sandbox)
    assert trace.status == "declined"
    assert not trace.offers


def test_one_outdated_test_beside_one_that_asserts_otherwise_is_left_alone(make_request, sandbox):
    files = {"code_.py": CODE, "tests/test_half.py": OUTDATED, "tests/test_wrong.py": WRONG}
    trace = attempt(make_request(files), sandbox)
    assert trace.status == "declined"
    assert not trace.offers
