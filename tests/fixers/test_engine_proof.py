"""The proof refuses what breaks something, and a bundle holds only for the tree and the patch it was made for."""

import sys
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import pytest
from engine_projects import FEES, PLAIN

from fixers import patch as patches
from fixers.engine import attempt, run_reproduce
from fixers.evidence import Evidence, Observed, Proposal
from fixers.model import FileEdit
from fixers.project import read_project
from fixers.reprove import reprove
from fixers.request import Request
from fixers.runner.suite import INSIDE
from fixers.runner.target import Start
from fixers.verify import Base, prove
from tasks.sandbox.export import tree_digest

sys.path.insert(0, str(INSIDE))  # as the target's interpreter sees it
from goldseam_inside import shuffle_by_module

LOOSE = """import fees


def test_grace():
    assert fees.late_fee(3) == 0


def test_more():
    assert fees.late_fee(9) == 45
"""
RATE = "\n\nRATE = 5\n"
ORDERED = """import fees


def test_more():
    assert fees.late_fee(9) == 45


def test_grace():
    assert fees.late_fee(3) == 0
"""
REPAIR = FEES.replace(">= 3", "> 3")


def seen(request: Request, sandbox) -> Base:
    observed = run_reproduce(request, sandbox)
    assert isinstance(observed, Observed)
    return Base(
        target=request.target,
        project=request.project,
        digest=request.digest,
        commit="",
        reproduction=observed.reproduction,
        outcomes=observed.outcomes,
        rootdir=observed.rootdir,
    )


def proof_of(base: Base, sandbox, after, seed=0, path="fees.py"):
    patch = patches.unified([FileEdit(path, base.project.text(path), after)])
    proposal = Proposal(patch=patch, fixer="test", tier=1, prior=1.0, summary="", path=path, line=1)
    return prove(base, proposal, sandbox, seed=seed)


@pytest.fixture(scope="module")
def loose(make_shared_request, sandbox) -> Base:
    """See a tree fail once; each patch is proven in a copy of it."""
    return seen(make_shared_request({"fees.py": FEES, "test_fees.py": LOOSE}), sandbox)


CASES = {
    "the repair": (REPAIR, ""),
    "it breaks another test": (FEES.replace("return days * 5", "return 0"), "whole suite"),
    "it does not repair": (FEES.replace("days * 5", "5 * days"), "failing tests"),
    "it adds a finding": (REPAIR.replace("    return 0\n", "    unused = 1\n    return 0\n"), "static analysis"),
    "it names what is not there": (REPAIR.replace("days * 5", "days * RATE"), "static analysis"),
    "it knows that it is tested": (
        REPAIR.replace(
            "    if days", '    import sys\n\n    if "pytest" in sys.modules:\n        return 0\n    if days'
        ),
        "G5 test awareness",
    ),
}


@pytest.mark.parametrize(("after", "gate"), CASES.values(), ids=CASES)
def test_a_patch_falls_at_its_gate(loose, sandbox, after, gate):
    proof = proof_of(loose, sandbox, after)
    assert (proof.fell_at, proof.holds) == (gate, not gate), proof.gates


RENAMED = """import time

import pytest

import fees


@pytest.mark.parametrize("days", [0, 9, 10], ids=lambda days: f"{days}-{time.time_ns()}")
def test_more(days):
    assert fees.late_fee(days) in (0, 45, 50)


def test_grace():
    assert fees.late_fee(3) == 0
"""


@pytest.mark.parametrize(
    ("after", "gate"),
    [(REPAIR, ""), (REPAIR.replace("days * 5", "days * 5 - (days > 9)"), "whole suite")],
    ids=["the repair", "it breaks one of them"],
)
def test_tests_that_are_named_otherwise_in_each_run_are_counted(make_request, sandbox, after, gate):
    base = seen(make_request({"fees.py": FEES, "test_fees.py": RENAMED}), sandbox)
    proof = proof_of(base, sandbox, after)
    assert (proof.fell_at, proof.holds) == (gate, not gate), proof.gates


def test_a_patch_that_passes_only_in_the_order_of_the_file_is_refused(make_request, sandbox):
    """The patch spoils the rate for every test that runs after the one it repairs: in file order there is none."""
    files = {
        "fees.py": FEES.replace("    if", "    global RATE\n    if").replace("5", "RATE") + RATE,
        "test_fees.py": ORDERED,
    }
    after = files["fees.py"].replace("    if days >= 3", "    if days == 3:\n        RATE = 0\n    if days > 3")
    seed = next(seed for seed in range(20) if grace_comes_first(seed))
    proof = proof_of(seen(make_request(files), sandbox), sandbox, after, seed=seed)
    assert proof.fell_at == "whole suite, random order", proof.gates
    assert [c.purpose for c in proof.commands][-2:] == ["suite_shuffled", "suite_shuffled"]


def grace_comes_first(seed: int) -> bool:
    items = [SimpleNamespace(nodeid=f"test_fees.py::{name}") for name in ("test_more", "test_grace")]
    shuffle_by_module(items, seed)
    return items[0].nodeid.endswith("grace")


def judge(request: Request, evidence: Evidence, sandbox):
    tree = request.target.tree
    return reprove(evidence, request.target, read_project(tree, (".",)), tree_digest(tree), sandbox)


LOOP = """import asyncio


async def work():
    return 42


def answer():
    return asyncio.run(work) + 0
"""
LOOP_TESTS = """import job


def test_answer():
    assert job.answer() == 42
"""


@pytest.mark.parametrize(
    ("call", "fell"),
    [("asyncio.run(work())", ""), ("asyncio.new_event_loop().run_until_complete(work())", "whole suite")],
    ids=["its loop is closed", "its loop is left open"],
)
def test_a_patch_with_which_pytest_fails_after_the_last_test_is_refused(make_request, sandbox, call, fell):
    strict = "[pytest]\nfilterwarnings = error\n"
    files = {"job.py": LOOP, "test_job.py": LOOP_TESTS, "pytest.ini": strict}
    base = seen(make_request(files), sandbox)
    proof = proof_of(base, sandbox, LOOP.replace("asyncio.run(work)", call), path="job.py")
    assert proof.fell_at == fell, proof.gates
    assert bool(fell) == any("PytestUnraisableExceptionWarning" in gate.detail for gate in proof.gates)


def test_a_bundle_holds_on_its_tree_and_on_no_other(make_request, sandbox):
    """One attempt is made, and its bundle is then bent in every way in turn."""
    request = make_request({"fees.py": FEES, "test_fees.py": PLAIN})
    trace = attempt(request, sandbox)
    assert trace.evidence is not None, trace.sentence
    evidence = Evidence.model_validate_json(trace.evidence.model_dump_json())
    judgement = judge(request, evidence, sandbox)
    assert judgement.holds, judgement.gates
    assert judgement.differences == ()

    fell = {name: judge(request, bend(evidence), sandbox) for name, bend in TAMPERED.items()}
    assert {name: [g.name for g in j.gates if not g.passed] for name, j in fell.items()} == {
        "another patch": ["patch"],
        "another patch and its digest": ["failing tests"],
        "a patch of a test": ["G1 tests"],
        "a patch that does not fit": ["patch fits"],
        "a failing test that passes": ["before"],
        "a failing test that is not there": ["before"],
        "no failing test": ["tests"],
    }

    other = replace(request.target, python_version="3.7.1", packages={"six": "1"})
    assert judge(replace(request, target=other), evidence, sandbox).differences == (
        f"Python 3.7.1 here, {evidence.python_version} in the bundle",
        "six 1 here, absent in the bundle",
    )
    strict = replace(request.target, start=Start(("-bb",), (("LEVEL", "a b"),)), pytest_args=("-k", "more or grace"))
    here, there = "LEVEL='a b' python -bb -m pytest -k 'more or grace'", "python -m pytest"
    said = f"the tests start as `{here}` here, as `{there}` in the bundle"
    assert judge(replace(request, target=strict), evidence, sandbox).differences == (said,)

    source = request.target.tree / "fees.py"
    source.write_text(REPAIR)
    assert [g.name for g in judge(request, evidence, sandbox).gates if not g.passed] == ["tree", "patch fits"]


def with_patch(text: str) -> Callable[[Evidence], Evidence]:
    return lambda e: e.model_copy(update={"patch": text, "patch_digest": patches.digest(text)})


TAMPERED: dict[str, Callable[[Evidence], Evidence]] = {
    "another patch": lambda e: e.model_copy(update={"patch": e.patch.replace("> 3", "> 2")}),
    "another patch and its digest": with_patch(
        patches.unified([FileEdit("fees.py", FEES, FEES.replace("days * 5", "5 * days"))])
    ),
    "a patch of a test": with_patch(
        patches.unified([FileEdit("test_fees.py", PLAIN, PLAIN.replace("assert late", "assert True or late"))])
    ),
    "a patch that does not fit": with_patch(patches.unified([FileEdit("fees.py", REPAIR, FEES)])),
    "a failing test that passes": lambda e: e.model_copy(
        update={"failing_before": (*e.failing_before, "test_fees.py::test_fee[0-0]")}
    ),
    "a failing test that is not there": lambda e: e.model_copy(update={"failing_before": ("test_fees.py::test_x",)}),
    "no failing test": lambda e: e.model_copy(update={"failing_before": ()}),
}
