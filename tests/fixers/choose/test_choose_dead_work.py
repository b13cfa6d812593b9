"""A repair that makes what a function computes pointless is noticed, and one that does not is left alone."""

import pytest

from fixers.choose.dead_work import dead_work

MIXED = """def mixed(self):
    result = {}
    multi = {}
    for key, value in self.items():
        if key in multi:
            result[key].append(value)
        elif key in result:
            result[key] = [result[key], value]
            multi[key] = None
        else:
            result[key] = value
    return result
"""
MEAN = """def mean(values, weight, log):
    size = len(values)
    total = 0
    for value in values:
        total += value
        log.append(value)
    return total / size
"""
PAIRS = """def pairs(rows):
    for name, value in rows:
        text = str(value)
        yield name, text
"""
WAITS = """def taken(self, key):
    cond = self.condition
    while key in self.pending:
        cond.wait()
    result = self.cache[key]
    return cond
"""


@pytest.mark.parametrize(
    ("text", "old", "new", "idle"),
    [
        (MIXED, "return result", "return self", ("multi", "result")),
        (MIXED, "return result", "return multi", ()),
        (MIXED, "if key in multi", "if key in self", ("multi",)),
        (MIXED, "result = {}", "result = dict(self)", ()),
        (MEAN, "total / size", "total / weight", ("size",)),
        (MEAN, "total / size", "weight / size", ("total",)),
        (MEAN, "total += value", "total += weight", ()),
        (PAIRS, "yield name, text", "yield name, value", ("text",)),
        (PAIRS, "str(value)", "str(name)", ()),
        (WAITS, "return cond", "return result", ()),
        (WAITS, "cond.wait()", "self.wait = 0", ()),
        (WAITS.replace("return cond", "return result, cond"), "return result, cond", "return cond", ("result",)),
    ],
    ids=[
        "the result is not given out",
        "what is given out still needs it",
        "what is asked has changed",
        "a fresh value that starts otherwise",
        "one variable less is read",
        "a sum nobody reads",
        "a value that a call still takes",
        "a generator that gives out something else",
        "a part of what is unpacked",
        "what waits is of use",
        "what is given out is of use",
        "what waits needs no result",
    ],
)
def test_names_what_is_of_no_use_any_more(text, old, new, idle):
    assert old in text
    assert dead_work(text, text.replace(old, new)) == idle


@pytest.mark.parametrize("text", [MIXED, MEAN, PAIRS])
def test_says_nothing_of_code_that_stays(text):
    assert dead_work(text, text) == ()
