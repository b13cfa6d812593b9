"""The model's candidates through the whole engine: the same gates, the same proof, the same trace."""

import pytest
from llm_project import CANARY, NEW, OLD, SHARES

from fixers.engine import attempt
from fixers.evidence import Trace
from fixers.llm.fixer import ModelFixer
from fixers.llm.scripted_model import ScriptedModel, call, says
from fixers.model import Reason
from fixers.request import Request

pytestmark = pytest.mark.usefixtures("repeated_less")


def play(shares, sandbox, *script, candidates=20_000) -> tuple[Trace, ModelFixer]:
    target, project = shares
    fixer = ModelFixer(ScriptedModel(list(script)))
    request = Request(
        target, project, digest="sha256:" + "0" * 64, fixers=(fixer,), budget_seconds=300, budget_candidates=candidates
    )
    return attempt(request, sandbox), fixer


def test_a_repair_of_two_statements_is_proven_like_any_other(shares, sandbox):
    trace, fixer = play(
        shares,
        sandbox,
        says(call("read_source", path=SHARES, start_line=1, end_line=11)),
        says(call("run_tests")),
        says(call("propose_patch", path=SHARES, old=OLD, new=NEW.replace("base + 1", "base + 2"))),
        says(call("run_tests")),
        says(call("propose_patch", path=SHARES, old=OLD, new=NEW)),
    )
    assert (trace.status, trace.fixer) == ("fixed", "model:scripted"), trace.sentence
    assert "divmod(total, ways)" in trace.patch
    assert trace.evidence is not None
    assert all(gate.passed for gate in trace.evidence.gates)
    family = next(f for f in trace.families if f.name == "model:scripted")
    assert (family.generated, family.passed_failing_tests, family.refused) == (2, 1, {"failing tests": 1})
    assert fixer.outcome is not None
    assert fixer.outcome.ended == "passes"
    assert CANARY not in repr(fixer.model.asked)


HARD_CODED = """\
    if (total, ways) == (10, 3):
        return [4, 3, 3]
    if (total, ways) == (11, 3):
        return [4, 4, 3]
    return [total // ways] * ways
"""
SWALLOWED = """\
    try:
        base, rest = divmod(total, ways)
    except Exception:
        return []
    return [base + 1] * rest + [base] * (ways - rest)
"""
CHEATS = {"the tested values written in": (HARD_CODED, "G6"), "errors swallowed": (SWALLOWED, "G4")}


@pytest.mark.parametrize(("new", "gate"), CHEATS.values(), ids=CHEATS)
def test_a_cheat_that_passes_the_tests_is_refused_by_name(shares, sandbox, new, gate):
    trace, fixer = play(
        shares,
        sandbox,
        says(call("propose_patch", path=SHARES, old=OLD, new=new)),
        says(call("give_up", reason="I cannot do it honestly.")),
        candidates=100,
    )
    assert (trace.status, trace.reason, trace.patch) == ("declined", Reason.REFUSED_BY_INTEGRITY, "")
    family = next(f for f in trace.families if f.name == "model:scripted")
    assert [name[:2] for name in family.refused] == [gate]
    assert f"{gate} " in repr(fixer.model.asked[-1])
