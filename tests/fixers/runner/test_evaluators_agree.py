"""Every evaluator says what a clean process says: fifty edits of each of five projects."""

from dataclasses import replace

import pytest
from agreement_checks import assert_agreement, repaired
from agreement_projects import PROJECTS

from benchmarks.agreement import agree
from fixers.runner.evaluator import Outcome, Status, Trial, Variant, judge
from fixers.runner.evaluators import Clean, Forked, Imported, InProcess, fastest
from fixers.runner.servers import fork_evaluator
from fixers.search.mutation import Swap

SEED = 20261130


@pytest.mark.parametrize("name", PROJECTS)
def test_fifty_edits_of_each_project(make_target, sandbox, name):
    target, project = make_target(PROJECTS[name])
    found = agree(target, project, repaired(project, name), sandbox, number=50, clean=4, seed=SEED, pool=5000)
    assert found.variants == 50
    assert_agreement(found, least=20)


class Refusing:
    name = "refusing"
    sure = True

    def refuses(self, variant: Variant) -> str:
        return "no"

    def begin(self, trials, failing):
        raise AssertionError("it was not to be asked")


def test_the_fastest_that_does_not_refuse_is_chosen(fees, sandbox):
    target, project = fees
    path = "billing/fees.py"
    swapped = Variant(path, Swap("late_fee", 8, "def late_fee(days):\n    return 0"), {path: project.text(path)})
    outside = replace(swapped, swap=None)
    with fork_evaluator(target, sandbox, project, tests=["tests"], rootdir="", jobs=1, wall=3) as servers:
        ladder = (InProcess(servers), Forked(servers), Imported(servers), Clean(target, project, sandbox, ""))
        assert fastest(ladder, swapped).name == "in one process"
        assert fastest(ladder, outside).name == "by a fresh import"
        assert fastest((Refusing(), *ladder[2:]), swapped).name == "by a fresh import"
        # A test that fails otherwise each time takes the canary's voice, and with it the one process.
        said = judge(ladder[0], [Trial(swapped)], ["tests/test_fees.py::test_account"])
        assert said == [Outcome(Status.UNSUPPORTED)]
        assert fastest(ladder, swapped).name == "in a fork"
