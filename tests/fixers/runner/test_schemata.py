"""Many edits in one code: under the number of each, the function is the one that the edit alone would make."""

import ast
import sys
from functools import cache
from itertools import islice

import pytest

from fixers.model import Suspect
from fixers.project import Project
from fixers.runner.suite import INSIDE
from fixers.search.generate import mutations

sys.path.insert(0, str(INSIDE))
import goldseam_schemata as schemata

PATH = "fees.py"
TEXT = '''from math import floor


def fee(days, rate, names=()):
    """Return a fee."""
    total, count = 0, 0
    for name in names:
        if not name or name in total:
            continue
        elif len(name) > 3:
            count += 1
        else:
            total += days * rate
    while count > 0:
        count -= 1
        total = floor(total / 2)
    try:
        log(total, [item.lower() for item in names])
    except ValueError:
        total = None
    if total is None:
        return [name for name in names if name]
    return total


def rows(table):
    for row in table:
        cells = [str(cell) for cell in row]
        yield cells
        if not cells:
            return


def outer(text, seen):
    def inner(word):
        return word.strip() if word else text

    seen = inner(text)
    return inner(seen)
'''


class Resolved(ast.NodeTransformer):
    """The function as it runs while the switch stands at one number."""

    def __init__(self, choice):
        self.choice = choice

    def visit_If(self, node):
        self.generic_visit(node)
        stands = self.stands(node.test)
        return node if stands is None else (node.body if stands else node.orelse) or None

    def visit_IfExp(self, node):
        stands = self.stands(node.test)
        return self.generic_visit(node) if stands is None else self.visit(node.body if stands else node.orelse)

    def stands(self, test):
        if not any(isinstance(node, ast.Name) and node.id == schemata.CHOICE for node in ast.walk(test)):
            return None
        if not isinstance(test, ast.Compare):
            return None
        return eval(compile(ast.Expression(test), "switch", "eval"), {schemata.CHOICE: self.choice})


def program(text):
    return ast.dump(ast.parse(ast.unparse(ast.parse(text))))


def resolved(text, choice):
    return ast.dump(ast.parse(ast.unparse(ast.fix_missing_locations(Resolved(choice).visit(ast.parse(text))))))


@cache
def cuts_of(name):
    module = ast.parse(TEXT)
    function = next(node for node in module.body if getattr(node, "name", "") == name)
    lines = sorted({node.lineno for node in ast.walk(function) if isinstance(node, ast.stmt)})
    suspects = [Suspect(path=PATH, function=name, line=n, end_line=n, score=1.0, reasons=()) for n in lines]
    found = islice(mutations(Project({PATH: TEXT}), suspects), 3000)
    swaps = [m.swap for m in found if m.swap is not None and m.swap.qualname == name and m.swap.cut is not None]
    return tuple(swaps[::4])


@pytest.mark.parametrize("name", ["fee", "rows", "outer"])
def test_each_choice_is_the_function_that_its_edit_makes(name):
    swaps = cuts_of(name)
    base = schemata.Base(swaps[0].cut.base)
    taken = [s for s in swaps if base.takes((s.cut.start, s.cut.end, s.cut.text))]
    assert len(taken) > len(swaps) / 3
    for start in range(0, len(taken), 32):
        group = taken[start : start + 32]
        text, choices = schemata.combined(base, [(s.cut.start, s.cut.end, s.cut.text) for s in group])
        assert sorted(choices.values()) == list(range(1, len(group) + 1))
        assert resolved(text, 0) == program(swaps[0].cut.base)
        for index, swap in enumerate(group):
            assert resolved(text, choices[index]) == program(swap.source), swap.source


def test_a_cut_gives_the_source_that_it_stands_for():
    for swap in cuts_of("fee"):
        assert swap.cut.source == swap.source
        assert schemata.Base(swap.cut.base).spliced((swap.cut.start, swap.cut.end, swap.cut.text)) == swap.source


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("fee", "        count -= 1", "        floor = 1"),
        ("fee", "    while count > 0:", "    for count in names:"),
        ("fee", "    return total", "    return super().fee(total)"),
        ("fee", "    return total", "    yield total"),
        ("rows", "        yield cells", "        pass"),
        ("outer", "        return word.strip() if word else text", "        seen = word"),
    ],
    ids=[
        "a name that becomes local",
        "another kind of block",
        "a cell of the class",
        "a generator",
        "no generator any more",
        "a local of the outer one",
    ],
)
def test_an_edit_that_would_change_the_others_is_left_out(name, old, new):
    text = cuts_of(name)[0].cut.base
    start = text.split("\n").index(old)
    assert not schemata.Base(text).takes((start, start + 1, new))
