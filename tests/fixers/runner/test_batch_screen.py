"""Screening many variants in one process says what a process of its own would say of each."""

from collections import Counter
from itertools import islice

import pytest
from small_target import lay_out

from fixers.localize.rank import rank
from fixers.localize.spectrum import read_spectrum
from fixers.runner.evaluator import Status, Variant
from fixers.runner.servers import fork_evaluator
from fixers.runner.suite import run_suite
from fixers.screen import variant_of
from fixers.search.generate import mutations
from fixers.search.mutation import Swap

STATEFUL = '''"""Prices, with everything that a variant can leave behind."""
import functools
import os
import random

SEEN = {}
LOG = []
RATE = 5


class Desk:
    fees = {"late": 5}
    opened = 0

    def __init__(self):
        Desk.opened += 1


DESK = Desk()


@functools.lru_cache(maxsize=None)
def base(days):
    return days * RATE


def late_fee(days, notes=[]):
    if days < 0:
        raise ValueError(days)
    fee = base(days) if days >= 3 else 0
    LOG.append(fee)
    SEEN[days] = fee
    return fee
'''
STATEFUL_TESTS = """import os

import pytest

import prices


@pytest.mark.parametrize(("days", "fee"), [(0, 0), (3, 0), (4, 20)])
def test_fee(days, fee):
    assert prices.RATE == 5 and prices.Desk.fees == {"late": 5} and prices.DESK.__dict__ == {}
    assert not os.environ.get("SPOILT")
    assert prices.late_fee(days) == fee


def test_negative():
    with pytest.raises(ValueError):
        prices.late_fee(-1)


def test_log():
    before = len(prices.LOG)
    prices.late_fee(1)
    assert len(prices.LOG) == before + 1 and isinstance(prices.SEEN, dict)
"""
TESTS = "test_prices.py"
FAILING = f"{TESTS}::test_fee[3-0]"
AROUND = (f"{TESTS}::test_fee[0-0]", f"{TESTS}::test_fee[4-20]", f"{TESTS}::test_negative", f"{TESTS}::test_log")
LATE_FEE = STATEFUL.split("\n").index("def late_fee(days, notes=[]):") + 1
REPAIR = "fee = base(days) if days > 3 else 0\n    LOG.append(fee)\n    SEEN[days] = fee\n    return fee"


def body(text: str) -> Variant:
    guard = "    if days < 0:\n        raise ValueError(days)\n"
    return Variant("prices.py", Swap("late_fee", LATE_FEE, f"def late_fee(days, notes=[]):\n{guard}    {text}"))


@pytest.fixture(scope="module")
def evaluator(tmp_path_factory, python, sandbox):
    """Hold one for all tests: each screen has a process of its own."""
    target, project = lay_out(tmp_path_factory.mktemp("tree"), {"prices.py": STATEFUL, TESTS: STATEFUL_TESTS}, python)
    with fork_evaluator(target, sandbox, project, tests=[TESTS], rootdir="", jobs=2, wall=3) as running:
        yield running


def screened(evaluator, variants):
    """Screen to the end, as the search does: a process that ended early is followed by another."""
    said: list[Status] = []
    while len(said) < len(variants):
        number = evaluator.start_screen([(v, AROUND) for v in variants[len(said) :]], [FAILING])
        assert number is not None, evaluator.screen_note
        fresh = evaluator.finish_screen(number)
        assert fresh, evaluator.screen_note
        said += fresh
    return said


SPOILERS = {
    "a new builtin": "import builtins; builtins.more = days; return 1",
    "a global rebound": "global RATE; RATE = 6; return 1",
    "a dictionary of a class": "Desk.fees['late'] = 1; Desk.fees['more'] = 2; return 1",
    "an attribute of an instance": "DESK.days = days; return 1",
    "a class attribute gone": "del Desk.fees; return 1",
    "a cache filled with nonsense": "global RATE; RATE = 7; base(4); base(3); RATE = 5; return 1",
    "a global of another kind": "global SEEN; SEEN = []; return 1",
    "the environment": "os.environ['SPOILT'] = 'yes'; return 1",
    "a default argument": "notes.append(1); return len(notes)",
    "the random generator": "random.seed(1); return 1",
    "a log emptied": "LOG.clear(); SEEN.clear(); return 1",
}


@pytest.mark.parametrize("text", SPOILERS.values(), ids=SPOILERS)
def test_what_one_variant_spoils_does_not_fail_the_next(evaluator, text):
    assert screened(evaluator, [body(text), body(REPAIR)]) == [Status.FAIL, Status.PASS]


def test_early_ends_and_endless_loops_spare_the_others(evaluator):
    variants = [
        body("return 1"),
        body("os._exit(0)"),
        body("return 0"),
        body("\n    while True:\n        pass"),
        body(REPAIR),
    ]
    said = screened(evaluator, variants)
    assert said == [Status.FAIL, Status.CRASH, Status.BREAKS, Status.TIMEOUT, Status.PASS]


def test_a_hundred_and_fifty_mutations_are_judged_alike_in_one_process_and_apart(make_target, sandbox):
    target, project = make_target({"prices.py": STATEFUL, TESTS: STATEFUL_TESTS})
    run = run_suite(target, sandbox, spectrum_for=[FAILING])
    suspects = rank(project, read_spectrum(run.spectrum, [FAILING]), run.failures)
    found = list(islice((m for m in mutations(project, suspects) if m.swap is not None), 150))
    variants = [variant_of(m) for m in found]
    assert len(variants) > 100
    with fork_evaluator(target, sandbox, project, tests=[TESTS], rootdir="", jobs=2, wall=3) as evaluator:
        together = screened(evaluator, variants)
        tickets = [evaluator.start(v, [FAILING, *AROUND]) for v in variants]
        apart = [status_of(evaluator.finish(ticket)) for ticket in tickets]
    differing = [(m.summary, t, a) for m, t, a in zip(found, together, apart, strict=True) if t is not a]
    assert differing == []
    assert Counter(apart)[Status.FAIL] > 50
    assert Counter(apart)[Status.PASS] >= 1


def status_of(outcome):
    fell_around = outcome.status is Status.FAIL and outcome.failing[0] != FAILING
    return Status.BREAKS if fell_around else outcome.status


def test_the_screen_says_what_a_clean_run_says(make_target, sandbox, tmp_path):
    target, project = make_target({"prices.py": STATEFUL, TESTS: STATEFUL_TESTS})
    texts = ["return 1", "return 0", REPAIR, "return base(days)"]
    with fork_evaluator(target, sandbox, project, tests=[TESTS], rootdir="", jobs=2, wall=3) as evaluator:
        together = screened(evaluator, [body(text) for text in texts])
    for text, status in zip(texts, together, strict=True):
        head, _, _ = STATEFUL.partition("    fee = base(days)")
        (target.tree / "prices.py").write_text(f"{head}    {text}\n")
        failed = run_suite(target, sandbox).ids("failed")
        clean = Status.PASS if not failed else Status.FAIL if FAILING in failed else Status.BREAKS
        assert (text, status) == (text, clean)


@pytest.mark.parametrize(
    ("test", "note"),
    [
        ("    prices.late_fee(3)\n    assert 0, __import__('time').time_ns()\n", True),
        ("    assert prices.late_fee(3) == 0\n", False),
    ],
    ids=["another failure each time", "the same failure"],
)
def test_tests_that_cannot_be_run_twice_are_left_to_forks(make_target, sandbox, test, note):
    target, project = make_target({"prices.py": STATEFUL, "test_p.py": f"import prices\n\n\ndef test_fee():\n{test}"})
    with fork_evaluator(target, sandbox, project, tests=["test_p.py"], rootdir="", jobs=1, wall=3) as evaluator:
        number = evaluator.start_screen([(body(REPAIR), ())], ["test_p.py::test_fee"])
        said = evaluator.finish_screen(number)
        assert (said, bool(evaluator.screen_note)) == ([] if note else [Status.PASS], note)
        assert (evaluator.start_screen([], ["test_p.py::test_fee"]) is None) == note
