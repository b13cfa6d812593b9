"""A value that a repair makes up counts as told only if the tests fail with another one."""

import time

import pytest

from fixers.choose.twins import guessed
from fixers.hunt import Hunt, Plausible
from fixers.model import Candidate, FileEdit, Tier
from fixers.progress import Silent
from fixers.runner.servers import fork_evaluator
from fixers.runner.swap import swap_of

NAMES = """def first(names, seen=None):
    return names[0].upper()


def greet(names, log):
    log.append(names[0])
"""
GUARDED = NAMES.replace("    return", "    if not names:\n        return {}\n    return")
TOLD = "assert first([]) == ''"
UNTOLD = "first([])"
CASES = {
    "told": (TOLD, GUARDED.format("''"), ""),
    "not told": (UNTOLD, GUARDED.format("''"), "no test tells the `''` that it makes up from `None`"),
    "nothing, bare": (UNTOLD, GUARDED.format(""), "no test tells the `None` that it makes up from `0`"),
    "a flag told by its truth": ("assert not first([])", GUARDED.format("False"), ""),
    "a flag not told": (UNTOLD, GUARDED.format("False"), "no test tells the `False` that it makes up from `True`"),
    "something computed": (UNTOLD, GUARDED.format("seen"), ""),
    "an alternative": (
        UNTOLD,
        NAMES.replace("names[0].upper()", "(names or ['']) and 'A'"),
        "",
    ),
    "a choice": (
        UNTOLD,
        NAMES.replace("names[0].upper()", "names[0].upper() if names else None"),
        "no test tells the `None` that it makes up from `0`",
    ),
    "what is empty": (
        UNTOLD,
        GUARDED.format("names"),
        "no test tells the `names` that it makes up from `None`",
    ),
    "what is empty, told": ("assert first([]) == []", GUARDED.format("names"), ""),
    "a default": (
        UNTOLD,
        NAMES.replace("names[0].upper()", "max(names, default='')"),
        "no test tells the `''` that it makes up from `None`",
    ),
    "a procedure": ("greet([], [])", NAMES.replace("    log", "    if not names:\n        return\n    log"), ""),
}


@pytest.mark.parametrize(("test", "after", "words"), CASES.values(), ids=CASES)
def test_a_made_up_value(make_target, sandbox, test, after, words):
    assert said_of(make_target, sandbox, test, NAMES, after) == ((words,) if words else ())


def test_an_edit_beside_a_value_makes_up_nothing(make_target, sandbox):
    before = NAMES.replace("names[0].upper()", "names[9].upper() if names else None")
    assert said_of(make_target, sandbox, "first(['a'])", before, before.replace("9", "0")) == ()


def said_of(make_target, sandbox, test, before, after):
    tests = f"from names import first, greet\n\n\ndef test_none():\n    {test}\n"
    target, project = make_target({"names.py": before, "test_names.py": tests})
    candidate = Candidate(
        (FileEdit("names.py", before, after),), "search:lost-exit", Tier.B, 0.5, "One.", "names.py", 2, "first"
    )
    failing = ("test_names.py::test_none",)
    with fork_evaluator(target, sandbox, project, tests=["test_names.py"], rootdir="", jobs=1, wall=3) as evaluator:
        hunt = Hunt(project, evaluator, None, failing, frozenset(), Silent(), time.monotonic() + 60, 1000)
        return guessed(hunt, Plausible(candidate, swap_of(before, after)))
