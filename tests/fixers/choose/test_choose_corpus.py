"""The whole engine on small faults: what must be repaired unasked, and what must be left to a person."""

import pytest
from choose_corpus import NOT_MEANT, RIGHT
from sampled_cases import sampled

from fixers.engine import attempt
from fixers.model import Reason

SAMPLE = {"an index in a generator"}, {"a guard that leaves early", "another default than the one that is meant"}
LIMITS = {"budget_seconds": 300.0, "budget_candidates": 4000}
pytestmark = pytest.mark.usefixtures("repeated_less")


@pytest.mark.parametrize("name", sampled({name: name for name in RIGHT}, SAMPLE[0]))
def test_a_plain_slip_is_repaired_unasked(make_request, sandbox, name):
    trace = attempt(make_request(RIGHT[name], **LIMITS), sandbox)
    assert trace.status == "fixed", trace.sentence
    assert trace.evidence is not None
    behaviour = trace.evidence.behaviour
    assert behaviour is not None
    assert min(behaviour.calls, behaviour.watched) > 10


@pytest.mark.parametrize("name", sampled({name: name for name in NOT_MEANT}, SAMPLE[1]))
def test_what_passes_and_is_not_meant_is_offered_at_most(make_request, sandbox, name):
    trace = attempt(make_request(NOT_MEANT[name], **LIMITS), sandbox)
    assert (trace.status, trace.reason) == ("declined", Reason.AMBIGUOUS), trace.choice
