"""Screening a stream of mutations: none is lost, whatever one of them does to the process."""

import ast
import time
from dataclasses import replace
from functools import partial

import pytest

from fixers import repair
from fixers import screen as screens
from fixers.hunt import Hunt
from fixers.localize.spectrum import Spectrum, Statement
from fixers.model import Suspect, Tier
from fixers.progress import Silent
from fixers.runner.servers import fork_evaluator
from fixers.screen import ROUND, screen
from fixers.search import generate
from fixers.search.mutation import Mutation, Swap
from fixers.search.templates.result import WrongResult
from fixers.search.templates.wrapper import LostMethodCall

GATE = '''"""Gates."""
import sys

OPEN = []


def register(name):
    OPEN.append(name.lower())


register("North")


def is_open(name):
    return name in OPEN
'''
TESTS = """import sys

import gate


def test_is_open():
    assert gate.is_open("North"), getattr(sys, "spoilt", "as it was")


def test_is_closed():
    assert not gate.is_open("South")
"""
FAILING, QUIET = "test_gate.py::test_is_open", "test_gate.py::test_is_closed"
RIGHT = "return name.lower() in OPEN"


def mutation(function: str, body: str) -> Mutation:
    tree = ast.parse(GATE)
    node = next(n for n in tree.body if getattr(n, "name", "") == function)
    source = f"def {function}(name):\n    {body}"
    node.body = ast.parse(source).body[0].body
    swap = Swap(function, node.lineno, source)
    return Mutation("gate.py", node.lineno + 1, function, "wrong-result", Tier.B, 0.5, f"{body}.", swap, lambda: tree)


@pytest.fixture
def hunt(make_target, sandbox):
    target, project = make_target({"gate.py": GATE, "test_gate.py": TESTS})
    statements = (
        Statement("gate.py", 8, 8, "register", failed=0, passed=0, at_import=True),
        Statement("gate.py", 15, 15, "is_open", failed=1, passed=0, at_import=False),
    )
    spectrum = Spectrum(statements, failing=1, passing=0, reached={})
    with fork_evaluator(target, sandbox, project, tests=["test_gate.py"], rootdir="", jobs=2, wall=3) as evaluator:
        yield Hunt(project, evaluator, spectrum, (FAILING,), frozenset(), Silent(), time.monotonic() + 60, 10_000)


def test_a_mutation_that_spoils_the_process_costs_no_other_its_judgement(hunt):
    wrong = [mutation("is_open", f"return {number} > 1000") for number in range(100)]
    stream = [*wrong[:40], mutation("is_open", "sys.spoilt = name"), *wrong[40:], mutation("is_open", RIGHT)]
    screen(hunt, iter(stream))
    assert [p.origin.summary for p in hunt.plausible] == [f"{RIGHT}."]
    counts = hunt.counts("search:wrong-result")
    assert (counts.generated, counts.validated, counts.refused) == (102, 102, {"failing tests": 101})
    assert hunt.evaluator.screen_note
    assert hunt.evaluator.start_screen([], (FAILING,)) is not None  # what follows is screened as before


def test_a_function_that_runs_only_at_import_is_tried_by_importing_it(hunt):
    screen(hunt, iter([mutation("register", "OPEN.append(name.upper())"), mutation("register", "OPEN.append(name)")]))
    assert [p.origin.summary for p in hunt.plausible] == ["OPEN.append(name)."]
    assert hunt.plausible[0].swap is None


def test_a_stream_stops_where_it_is_told_to_and_at_the_end_of_the_budget(hunt):
    hunt.budget_candidates = 3
    screen(hunt, (mutation("is_open", f"return {number} > 1000") for number in range(100)))
    assert (hunt.generated, hunt.cut) == (3, "budget")


@pytest.mark.parametrize("seconds", [0.0, 0.004, 0.05], ids=["fast tests", "slower ones", "slow ones"])
def test_a_search_ends_at_the_same_mutation_however_long_tests_take(hunt, seconds):
    hunt.evaluator.durations = {FAILING: seconds}
    stream = (mutation("is_open", f"return {number} > 10000" if number != 500 else RIGHT) for number in range(3000))
    screen(hunt, stream, until=lambda: bool(hunt.plausible))
    assert (hunt.generated, len(hunt.plausible)) == (ROUND, 1)


@pytest.mark.parametrize(("cap", "exhausted"), [(1, False), (200, True)])
def test_a_search_that_stops_at_too_many_finds_has_exhausted_nothing(hunt, monkeypatch, cap, exhausted):
    for module in (repair, screens):
        monkeypatch.setattr(module, "PLAUSIBLE_CAP", cap)
    line = GATE.split("\n").index("    return name in OPEN") + 1
    suspect = Suspect(path="gate.py", function="is_open", line=line, end_line=line, score=1.0, reasons=())
    repair.search(hunt, [suspect], [], [])
    assert hunt.plausible
    assert hunt.exhausted == exhausted


@pytest.mark.parametrize(
    ("kinds", "budget", "tier"),
    [
        ((LostMethodCall,), 10_000, Tier.B),
        ((LostMethodCall,), 15, Tier.C),
        ((LostMethodCall, WrongResult), 10_000, Tier.C),
    ],
    ids=["all are tried", "not all are", "one of them drops something"],
)
def test_an_unlikely_edit_counts_as_its_kind_once_all_others_of_its_place_were_tried(
    hunt, monkeypatch, kinds, budget, tier
):
    monkeypatch.setattr(generate, "FAR_FETCHED", 1.0)
    monkeypatch.setattr(generate, "ALL", kinds)
    monkeypatch.setattr(repair, "mutations", partial(generate.mutations, templates=kinds))
    hunt.budget_candidates = budget
    line = GATE.split("\n").index("    return name in OPEN") + 1
    suspect = Suspect(path="gate.py", function="is_open", line=line, end_line=line, score=1.0, reasons=())
    repair.search(hunt, [suspect], [], [])
    assert {p.origin.template for p in hunt.plausible} == {kind.NAME for kind in kinds}
    assert {p.origin.tier for p in hunt.plausible} == {tier}


def test_what_mends_and_breaks_is_tried_under_conditions(hunt):
    hunt.spectrum = Spectrum(hunt.spectrum.statements, 1, 1, {QUIET: frozenset({("gate.py", "is_open")})})
    hunt.passing = frozenset({QUIET})
    line = GATE.split("\n").index("    return name in OPEN") + 1
    suspect = Suspect(path="gate.py", function="is_open", line=line, end_line=line, score=1.0, reasons=())
    repair.search(hunt, [suspect], [], [])
    assert hunt.excessive
    assert hunt.counts("search:conditional-edit").validated


def test_imports_under_way_are_not_waited_for_when_the_time_is_over(hunt):
    slow = [replace(mutation("register", f"import time; time.sleep({3 + n / 100})"), swap=None) for n in range(20)]
    began = hunt.deadline = time.monotonic() + 0.5
    screen(hunt, iter(slow))
    assert time.monotonic() - began < 12  # ten, two at once, are fifteen seconds
    assert hunt.counts("search:wrong-result").refused["time limit"] >= 10
