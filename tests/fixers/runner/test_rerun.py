"""A module that runs again in the collected process says what a fresh import says, or that it cannot tell."""

from __future__ import annotations

from contextlib import contextmanager

import pytest

from fixers.project import Project
from fixers.runner.evaluator import Outcome, Status, Trial, Variant, judge
from fixers.runner.rerun import Rerun, used_elsewhere
from fixers.runner.servers import fork_evaluator

RATES = """
import re

STEPS = [1, 5]
WORD = re.compile(r"[a-z]")


class Rate:
    base = 2

    def of(self, step):
        return self.base * STEPS[step]


def double(function):
    return lambda *args: 2 * function(*args)


def words(text):
    return WORD.findall(text)
"""
TESTS = """
import pytest

from rates import STEPS, Rate, words
import rates


def test_of():
    assert Rate().of(1) == 30


def test_words():
    assert words("on off") == ["on", "off"]


def test_first():
    assert rates.STEPS[0] == STEPS[0] == 1
"""
FIRST = "tests/test_rates.py::test_first"
FAILING = ("tests/test_rates.py::test_of", "tests/test_rates.py::test_words")


@contextmanager
def rerun(make_target, sandbox, files):
    target, project = make_target({"rates.py": RATES, "tests/test_rates.py": TESTS, **files})
    with fork_evaluator(target, sandbox, project, tests=[*FAILING, FIRST], rootdir="", jobs=2, wall=3) as servers:
        yield Rerun(servers)


def trial(*changes: tuple[str, str]) -> Trial:
    text = RATES
    for before, after in changes:
        assert text.count(before) == 1
        text = text.replace(before, after)
    return Trial(Variant("rates.py", None, {"rates.py": text}), (FIRST,))


WORDS = ('"[a-z]"', '"[a-z]+"')


@pytest.mark.parametrize(
    ("changes", "status", "failing"),
    [
        pytest.param([], Status.FAIL, FAILING[:1], id="nothing"),
        pytest.param([WORDS], Status.FAIL, FAILING[:1], id="half"),
        pytest.param([WORDS, ("base = 2", "base = 6")], Status.PASS, (), id="attribute-of-a-class"),
        pytest.param([WORDS, ("[1, 5]", "[1, 15]")], Status.PASS, (), id="constant-given-out"),
        pytest.param([WORDS, ("[1, 5]", "[2, 15]")], Status.BREAKS, (FIRST,), id="breaks"),
        pytest.param([("import re\n", "")], Status.FAIL, (), id="does-not-import"),
        pytest.param([('"[a-z]"', '"[a-z"')], Status.FAIL, (), id="raises-another-error"),
    ],
)
def test_it_says_what_a_fresh_import_says(make_target, sandbox, changes, status, failing) -> None:
    with rerun(make_target, sandbox, {}) as evaluator:
        (said,) = judge(evaluator, [trial(*changes)], FAILING)
        assert (said.status, said.failing) == (status, failing)
        assert not evaluator.refuses(trial().variant)


@pytest.mark.parametrize(
    ("module", "why"),
    [
        pytest.param("import rates\nKNOWN = {}\nKNOWN['rate'] = rates.Rate\n", "others have used it", id="kept"),
        pytest.param("from rates import double\n@double\ndef f():\n    pass\n", "others have used it", id="decorates"),
        pytest.param("import sys\nHELD = [vars(sys.modules['rates'])['Rate']]\n", "holds on to the `Rate`", id="held"),
    ],
)
def test_what_others_made_of_its_things_only_a_fresh_import_can_tell(make_target, sandbox, module, why) -> None:
    files = {"other.py": module, "tests/test_rates.py": TESTS + "\nimport other\n"}
    with rerun(make_target, sandbox, files) as evaluator:
        assert judge(evaluator, [trial(WORDS)], FAILING) == [Outcome(Status.UNSUPPORTED)]
        assert why in evaluator.refuses(trial().variant)


def test_a_value_that_others_used_may_not_change(make_target, sandbox) -> None:
    with rerun(make_target, sandbox, {"tests/test_rates.py": TESTS + "\nCOUNT = len(rates.STEPS)\n"}) as evaluator:
        said = judge(evaluator, [trial(("[1, 5]", "[1, 15]")), trial(WORDS)], FAILING)
        assert [outcome.status for outcome in said] == [Status.UNSUPPORTED, Status.FAIL]


USES = [
    pytest.param("from rates import STEPS as S\nTOTAL = sum(S)\n", ("STEPS",), id="constant"),
    pytest.param("import rates\nclass Own(rates.Rate):\n    pass\n", ("Rate",), id="subclass"),
    pytest.param("from rates import *\ndef f(step=STEPS):\n    return Rate\n", ("STEPS",), id="default"),
    pytest.param("from rates import words\ndef f(text):\n    return words(text)\n", (), id="in-a-function"),
    pytest.param("import rates\nif __name__ == '__main__':\n    print(rates.STEPS)\n", (), id="as-a-script"),
    pytest.param("STEPS = 3\nprint(STEPS)\n", (), id="its-own"),
]


@pytest.mark.parametrize(("text", "used"), USES)
def test_what_a_module_uses_at_its_import(text, used) -> None:
    project = Project({"rates.py": RATES, "other.py": text, "docs/conf.py": "import rates\nprint(rates.words)\n"})
    assert used_elsewhere(project, "rates.py", ["rates.py", "other.py"]) == used
