"""A slip is found and repaired whatever the suite around it looks like."""

import pytest
from engine_projects import FIXED_LINE, SHAPES
from sampled_cases import sampled

from fixers.engine import run_localize, run_repair, run_reproduce
from fixers.evidence import Observed
from fixers.request import Request

SAMPLE = {"fixtures of module and session", "odd parameter ids", "another red test", "options of plug-ins"}
pytestmark = pytest.mark.usefixtures("repeated_less")


def repaired(request: Request, sandbox):
    observed = run_reproduce(request, sandbox)
    assert isinstance(observed, Observed), observed
    localized = run_localize(request, observed, sandbox)
    return observed, localized, run_repair(request, observed, localized, sandbox)


@pytest.mark.parametrize("files", sampled(SHAPES, SAMPLE))
def test_the_slip_is_repaired(make_request, sandbox, files):
    request = make_request(
        files, asked=["test_fees.py::test_fee"] if "cheese" in str(files) else [], budget_candidates=130
    )
    observed, _, repair = repaired(request, sandbox)
    assert observed.reproduction.consistent
    proposals = [p for c in repair.clusters for p in c.proposals]
    assert any(f"+{FIXED_LINE}" in p.patch for p in proposals), (repair.families, repair.notes)
