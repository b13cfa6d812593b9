"""Tests that need a network or a service are told from tests that fail by a fault of the code."""

import pytest

from fixers.engine import run_reproduce
from fixers.evidence import Observed
from fixers.model import Declined, Reason

FETCH = """import json
import socket
import urllib.request


def rates():
    with urllib.request.urlopen("https://rates.example.com/latest") as answer:
        return json.load(answer)


def rates_or_none():
    try:
        return rates()
    except OSError:
        return None


def stored(port=6379):
    with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
        return connection.recv(1)
"""
CHILD = """import subprocess, sys


def test_it():
    try:
        subprocess.run([sys.executable, "-c", "x"])
    finally:
        fetch.rates()
"""
NEEDS = {
    "a host": ("def test_it():\n    assert fetch.rates()\n", "it reaches for rates.example.com"),
    "a host, the error swallowed": ("def test_it():\n    assert fetch.rates_or_none() == {}\n", "rates.example.com"),
    "a service": ("def test_it():\n    assert fetch.stored()\n", "it needs Redis at 127.0.0.1:6379"),
    "something local": ("def test_it():\n    assert fetch.stored(49999)\n", "answers at 127.0.0.1:49999"),
    "a host, in another process": (
        CHILD,
        "rates.example.com",
    ),
}
FAULTS = {
    "a simulated outage": (
        "import urllib.error\nfrom unittest import mock\n\n\ndef test_it():\n"
        "    error = urllib.error.URLError('[Errno -2] Name or service not known')\n"
        "    with mock.patch('urllib.request.urlopen', side_effect=error):\n"
        "        assert fetch.rates() is None\n"
    ),
    "a server of the test's own that is not up": (
        "import socket\n\n\ndef test_it():\n    with socket.socket() as taken:\n"
        "        taken.bind(('127.0.0.1', 0))\n        fetch.stored(taken.getsockname()[1])\n"
    ),
    "a text about an outage": ("def test_it():\n    assert 'Name or service not known' == 'Name is not known'\n"),
}


@pytest.mark.parametrize(("test", "words"), NEEDS.values(), ids=NEEDS)
def test_what_needs_the_world_is_declined(make_request, sandbox, test, words):
    request = make_request({"fetch.py": FETCH, "test_fetch.py": f"import fetch\n\n\n{test}"})
    found = run_reproduce(request, sandbox)
    assert isinstance(found, Declined), found
    assert (found.reason, words in found.sentence) == (Reason.INFRASTRUCTURE, True), found.sentence


@pytest.mark.parametrize("test", FAULTS.values(), ids=FAULTS)
def test_what_only_speaks_of_it_is_a_fault(make_request, sandbox, test):
    found = run_reproduce(make_request({"fetch.py": FETCH, "test_fetch.py": f"import fetch\n\n\n{test}"}), sandbox)
    assert isinstance(found, Observed), found
    assert found.reproduction.failing == ("test_fetch.py::test_it",)


def test_the_others_are_repaired_beside_it(make_request, sandbox):
    tests = "import fetch\n\n\ndef test_net():\n    fetch.rates()\n\n\ndef test_own():\n    assert fetch.json is None\n"
    found = run_reproduce(make_request({"fetch.py": FETCH, "test_fetch.py": tests}), sandbox)
    assert isinstance(found, Observed)
    assert found.reproduction.failing == ("test_fetch.py::test_own",)
    assert found.reproduction.other_failures == ("test_fetch.py::test_net",)
    assert any("rates.example.com" in note for note in found.notes)
