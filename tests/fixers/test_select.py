"""What replayed calls say of candidates, and what the conclusion makes of it."""

import time

import pytest
from engine_projects import FEES, PLAIN

from fixers.choose.replay import compare
from fixers.engine import run_localize, run_repair, run_reproduce, run_verify
from fixers.hunt import Hunt, Plausible
from fixers.localize.spectrum import Spectrum
from fixers.model import Candidate, FileEdit, Tier
from fixers.progress import Silent
from fixers.runner.servers import fork_evaluator
from fixers.runner.swap import swap_of
from fixers.select import select

CHUNKS = '''"""Chunks."""


class Short(Exception):
    """Nothing to cut."""


def checked(size, rows):
    if len(rows) % size:
        raise Short
    return rows


def chunks(size, rows):
    """Cut rows into chunks, the last of which may be shorter; Short where there are none."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
'''
TESTS = """import pytest

from chunks import Short, chunks


def test_even():
    assert list(chunks(2, [1, 2, 3, 4])) == [[1, 2], [3, 4]]
    assert list(chunks(1, [5, 6])) == [[5], [6]]


def test_uneven_is_refused_for_three():
    with pytest.raises(Short):
        list(chunks(3, [1, 2]))
"""
FAILING = "test_chunks.py::test_uneven_is_refused_for_three"
HEAD = "    for start in range(0, len(rows), size):\n"
ALL_UNEVEN = CHUNKS.replace(HEAD, f"    if len(rows) % size:\n        raise Short\n{HEAD}")
ONE_CASE = CHUNKS.replace(HEAD, f"    if size == 3:\n        raise Short\n{HEAD}")


@pytest.fixture
def hunt(make_target, sandbox):
    target, project = make_target({"chunks.py": CHUNKS, "test_chunks.py": TESTS})
    reached = {f"test_chunks.py::{name}": frozenset({("chunks.py", "chunks")}) for name in ("test_even",)}
    with fork_evaluator(target, sandbox, project, tests=["test_chunks.py"], rootdir="", jobs=2, wall=3) as evaluator:
        spectrum = Spectrum((), failing=1, passing=1, reached=reached)
        yield Hunt(project, evaluator, spectrum, (FAILING,), frozenset(reached), Silent(), time.monotonic() + 60, 1000)


def plausible(text: str, prior: float = 0.5) -> Plausible:
    edit = FileEdit("chunks.py", CHUNKS, text)
    candidate = Candidate((edit,), "search:lost-exit", Tier.B, prior, "One.", "chunks.py", 15, "chunks")
    return Plausible(candidate, swap_of(CHUNKS, text))


def test_calls_that_raise_anew_are_counted_in_generators_too(hunt):
    comparison = compare(hunt, [plausible(ALL_UNEVEN), plausible(ONE_CASE)])
    assert comparison.returning > 10
    all_uneven, one_case = comparison.raising[1:]
    assert comparison.raising[0] == 0
    assert all_uneven > one_case > 0
    clusters = {cluster.newly_raising for cluster in select_all(hunt)}
    assert clusters == {all_uneven, one_case}


def select_all(hunt):
    hunt.plausible.extend([plausible(ALL_UNEVEN), plausible(ONE_CASE, 0.4)])
    return select(hunt).clusters


def test_candidates_that_are_the_same_program_are_one(hunt):
    hunt.plausible.extend([plausible(ALL_UNEVEN, prior) for prior in (0.3, 0.6, 0.4)])
    (cluster,) = select(hunt).clusters
    assert (cluster.size, cluster.proposals[0].prior) == (1, 0.6)


COUNTER = """class Gate:
    def __init__(self):
        self.count = 0

    def __repr__(self):
        return "Gate"

    def enter(self):
        if self.count > 0:
            return "full"
        return "in"
"""
COUNTER_TESTS = """from gate import Gate


def test_second_is_refused():
    gate = Gate()
    assert [gate.enter(), gate.enter()] == ["in", "full"]


def test_first():
    assert Gate().enter() == "in"
"""
LATE = COUNTER.replace('        return "in"', '        self.count += 1\n        return "in"')
ONCE = COUNTER.replace("        if self.count > 0", "        self.count += 1\n        if self.count > 1")


def test_what_a_call_leaves_behind_tells_candidates_apart(make_target, sandbox):
    """The first call of either gives the same and leaves the same; the second shows that one goes on counting."""
    target, project = make_target({"gate.py": COUNTER, "test_gate.py": COUNTER_TESTS})
    failing = "test_gate.py::test_second_is_refused"
    with fork_evaluator(target, sandbox, project, tests=["test_gate.py"], rootdir="", jobs=1, wall=3) as evaluator:
        hunt = Hunt(project, evaluator, None, (failing,), frozenset(), Silent(), time.monotonic() + 60, 1000)
        variants = []
        for text in (LATE, ONCE):
            edit = FileEdit("gate.py", COUNTER, text)
            candidate = Candidate((edit,), "search:lost-update", Tier.B, 0.5, "One.", "gate.py", 9, "Gate.enter")
            variants.append(Plausible(candidate, swap_of(COUNTER, text)))
        comparison = compare(hunt, variants)
    before, late, once = comparison.behaviours
    assert len({before, late, once}) == 3


COUNT = """def count(n):
    total = 0
    for _ in range(n):
        total += 1
    return total + 1
"""
COUNT_TESTS = """from count import count


def test_count():
    assert count(200_000) == 200_000
"""
QUICK = COUNT.replace("total + 1", "total")
SLOW = COUNT.replace("return total + 1", "return total + sum(0 for _ in range(60 * n))")
ENDLESS = COUNT.replace("return total + 1", "while n == 0:\n        pass\n    return total")

WAITING = COUNT.replace(
    "return total + 1", "if n == 0:\n        __import__('threading').Event().wait()\n    return total"
)


def test_what_takes_longer_is_not_what_has_no_end(make_target, sandbox):
    target, project = make_target({"count.py": COUNT, "test_count.py": COUNT_TESTS})
    failing = "test_count.py::test_count"
    with fork_evaluator(target, sandbox, project, tests=["test_count.py"], rootdir="", jobs=1, wall=3) as evaluator:
        hunt = Hunt(project, evaluator, None, (failing,), frozenset(), Silent(), time.monotonic() + 60, 1000)

        def behaviours(*texts: str) -> tuple[str, ...]:
            variants = []
            for text in texts:
                edit = FileEdit("count.py", COUNT, text)
                candidate = Candidate((edit,), "search:off-by-one", Tier.B, 0.5, "One.", "count.py", 5, "count")
                variants.append(Plausible(candidate, swap_of(COUNT, text)))
            return compare(hunt, variants).behaviours[1:]

        assert len(set(behaviours(QUICK, SLOW))) == 1
        assert len(set(behaviours(QUICK, ENDLESS))) == 2
        assert len(set(behaviours(QUICK, WAITING))) == 2


@pytest.fixture(scope="module")
def until_repair(make_shared_request, sandbox):
    """Go as far as the search once; what it found is then bent by each test in its own way."""
    request = make_shared_request({"fees.py": FEES, "test_fees.py": PLAIN})
    observed = run_reproduce(request, sandbox)
    localized = run_localize(request, observed, sandbox)
    return request, observed, localized, run_repair(request, observed, localized, sandbox)


@pytest.mark.parametrize(("raising", "status"), [(20, "fixed"), (21, "declined")])
def test_a_repair_that_raises_on_much_that_worked_is_not_proposed(until_repair, sandbox, raising, status):
    request, observed, localized, repair = until_repair
    (cluster,) = repair.clusters
    found = cluster.model_copy(update={"newly_raising": raising})
    repair = repair.model_copy(update={"clusters": (found,), "returning": 100})
    trace = run_verify(request, observed, localized, repair, sandbox)
    assert trace.status == status
    if status == "declined":
        assert trace.sentence.endswith(
            "of 100 calls like those that the tests make, 21 that gave a result raise with it."
        )
        assert len(trace.alternatives) == 1


@pytest.mark.parametrize(("tier", "status"), [(Tier.B, "declined"), (Tier.C, "fixed")])
def test_a_behaviour_that_was_not_proven_may_be_the_right_one(until_repair, sandbox, tier, status):
    request, observed, localized, repair = until_repair
    (cluster,) = repair.clusters
    refused = cluster.proposals[0].model_copy(update={"patch": cluster.proposals[0].patch.replace("> 3", "> 30")})
    wrong = cluster.model_copy(update={"proposals": (refused,)})
    last = cluster.proposals[0].model_copy(update={"tier": int(tier)})
    clusters = (cluster, wrong, wrong, wrong, cluster.model_copy(update={"proposals": (last,)}))
    trace = run_verify(request, observed, localized, repair.model_copy(update={"clusters": clusters}), sandbox)
    assert trace.status == status
    said = "3 other behaviours passed the failing tests and fell" if status == "fixed" else "Of the 4 likeliest one"
    assert said in (trace.choice or trace.sentence)
