"""A test that fails only sometimes is told why, and how to see it again."""

import json
import subprocess
import sys

import pytest

from fixers.engine import run_reproduce
from fixers.model import Declined, Reason

CODE = {"code.py": "X = 1\n"}
STATE = "SEEN = []\n"
POLLUTED = {
    **CODE,
    "state.py": STATE,
    "tests/test_a.py": "import state\n\n\n"
    + "".join(f"def test_{n}():\n    pass\n\n\n" for n in "abcdef")
    + "def test_x():\n    state.SEEN.append(1)\n\n\ndef test_z():\n    pass\n",
    "tests/test_b.py": "import state\n\n\ndef test_y():\n    assert not state.SEEN\n",
}
VICTIM = "tests/test_b.py::test_y"


def parities(seed: int) -> list[int]:
    """Return the parities that some texts have in an interpreter started with a hash seed."""
    program = "print([hash(str(n)) % 2 for n in range(20)])"
    done = subprocess.run(
        [sys.executable, "-c", program], env={"PYTHONHASHSEED": str(seed)}, capture_output=True, check=True
    )
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def hashed() -> tuple[int, int]:
    """A number whose text has one parity under hash seed 0 and another under 1, and the parity under 0."""
    first, second = parities(0), parities(1)
    return next((n, first[n]) for n in range(20) if first[n] != second[n])


def test_the_test_that_it_fails_after_is_found(make_request, sandbox):
    found = run_reproduce(make_request(POLLUTED), sandbox)
    assert isinstance(found, Declined)
    assert found.reason is Reason.FLAKY
    assert f"{VICTIM} passes by itself and fails after tests/test_a.py::test_x:" in found.sentence
    (offer,) = found.offers
    assert offer.kind == "quarantine"
    assert f"python -m pytest tests/test_a.py::test_x {VICTIM}   # fails" in offer.text
    assert '@pytest.mark.xfail(strict=False, reason="flaky: fails after tests/test_a.py::test_x")' in offer.text


def test_what_depends_on_the_order_of_a_set_is_found(make_request, sandbox, hashed):
    number, parity = hashed
    files = {**CODE, "tests/test_b.py": f"def test_y():\n    assert hash('{number}') % 2 != {parity}\n"}
    found = run_reproduce(make_request(files), sandbox)
    assert isinstance(found, Declined)
    assert f"{VICTIM} fails with PYTHONHASHSEED=0 and passes with 1" in found.sentence


def test_a_test_that_fails_elsewhere_only_is_sought_by_other_seeds(make_request, sandbox, hashed):
    number, parity = hashed
    files = {**CODE, "tests/test_b.py": f"def test_y():\n    assert hash('{number}') % 2 == {parity}\n"}
    found = run_reproduce(make_request(files, expected=(VICTIM,)), sandbox)
    assert isinstance(found, Declined)
    assert (found.reason, "PYTHONHASHSEED=1 and passes with 0" in found.sentence) == (Reason.FLAKY, True)


def test_a_test_that_fails_elsewhere_only_is_sought_in_other_orders(make_request, sandbox):
    files = {**CODE, "state.py": STATE}
    files["tests/test_b.py"] = "import state\n\n\ndef test_y():\n    assert not state.SEEN\n"
    files["tests/test_c.py"] = "import state\n\n\ndef test_x():\n    state.SEEN.append(1)\n"
    found = run_reproduce(make_request(files, expected=(VICTIM,)), sandbox)
    assert isinstance(found, Declined)
    assert found.reason is Reason.FLAKY
    assert "fails after tests/test_c.py::test_x, in the order of seed" in found.sentence
