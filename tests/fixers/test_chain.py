"""Chains of rules: one error behind another, as after an upgrade."""

import pytest

from fixers.chain import gets_further, links
from fixers.codemods.base import Scene
from fixers.engine import attempt
from fixers.model import Candidate, Failure, FailureKind, Frame, Raised, Reason, Tier
from fixers.project import Project

OLD = '''"""Sums and mappings, by the ways of Python 3.3."""

import fractions
from collections import Mapping


def shared(a, b):
    """Return the greatest number that divides both."""
    return fractions.gcd(a, b)


def is_mapping(value):
    return isinstance(value, Mapping)


def first(mapping):
    """Return the first key that sorts lowest."""
    return sorted(mapping.keys())[0]
'''
TESTS = """import old


def test_shared():
    assert old.shared(12, 18) == 6


def test_is_mapping():
    assert old.is_mapping({})
    assert not old.is_mapping([])


def test_first():
    assert old.first({"b": 1, "a": 2}) == "a"
"""


def test_errors_behind_one_another_are_mended_in_one_patch(make_request, sandbox):
    trace = attempt(make_request({"old.py": OLD, "test_old.py": TESTS}), sandbox)
    assert trace.status == "fixed", trace.sentence
    added = [line for line in trace.patch.splitlines() if line.startswith("+") and "+++" not in line]
    assert "+from collections.abc import Mapping" in added
    assert "+    return math.gcd(a, b)" in added
    assert trace.fixer.startswith("codemod:")


def test_a_chain_that_ends_at_an_error_without_rule_is_not_proposed(make_request, sandbox):
    wrong = OLD.replace("[0]", "[-1]").replace("sorted(", "list(")
    request = make_request({"old.py": wrong + "\n\nraise SystemError('set up first')\n", "test_old.py": TESTS})
    trace = attempt(request, sandbox)
    assert (trace.status, trace.patch) == ("declined", "")
    assert trace.reason in {Reason.NO_CANDIDATE, Reason.BUDGET_EXHAUSTED}


SURE, STATED, GUESS = "codemod:newer-python", "codemod:renamed-api", "codemod:missing-key"


@pytest.mark.parametrize(
    ("offered", "tried"),
    [
        ([(GUESS, Tier.B), (STATED, Tier.B), (SURE, Tier.A)], [SURE, STATED]),
        ([(GUESS, Tier.B), (GUESS, Tier.C)], []),
    ],
    ids=["what follows first, then what a table states", "no guess"],
)
def test_a_link_follows_from_an_error_or_from_a_table(offered, tried):
    candidates = [Candidate((), fixer, tier, 0.5, "", "m.py", 1) for fixer, tier in offered]
    scene = Scene((), LINES, None)  # type: ignore[arg-type]
    assert [c.fixer for c in links(lambda _: candidates, scene)] == tried


LINES = Project({"m.py": "import a\n\nfirst(a)\nsecond(a)\n"})
EDITED = Project({"m.py": "import a\n\nmended(a)\nsecond(a)\n"})


def failed(test: str, message: str, function: str = "f", line: int = 3) -> Failure:
    frame = Frame(path="m.py", line=line, function=function, in_project=True)
    return Failure(kind=FailureKind.TEST, test_ids=(test,), exception="ImportError", message=message, frames=(frame,))


@pytest.mark.parametrize(
    ("after", "further"),
    [
        ([], True),
        ([failed("t", "no a"), failed("u", "no b")], False),
        ([failed("t", "no a")], True),
        ([failed("t", "no c"), failed("u", "no b")], True),
        ([failed("t", "no a", "g"), failed("u", "no b")], True),
        ([failed("t", "no a", line=4), failed("u", "no b")], True),
        ([failed("t", "no a"), failed("u", "no b"), failed("v", "no d")], False),
    ],
    ids=[
        "all pass",
        "all as before",
        "one passes",
        "another message",
        "another function",
        "another line",
        "one more fails",
    ],
)
def test_what_counts_as_getting_further(after, further):
    assert gets_further([failed("t", "no a"), failed("u", "no b")], after, LINES, EDITED) == further


@pytest.mark.parametrize(("message", "further"), [("no a", False), ("no c", True)])
def test_a_group_gets_further_with_what_it_holds(message, further):
    def grouped(held: str) -> Failure:
        inner = failed("t", held)
        raised = Raised(type=inner.exception, message=held, frames=inner.frames)
        told = {"exception": "ExceptionGroup", "message": "1 sub-exception", "frames": (), "causes": (raised,)}
        return inner.model_copy(update=told)

    assert gets_further([grouped("no a")], [grouped(message)], LINES, EDITED) == further
