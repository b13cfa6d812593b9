"""The search finds its way back from slips: one place, one kind, the truth must be among the first."""

from __future__ import annotations

import ast
from statistics import median

import pytest

from fixers.model import Failure, FailureKind, Suspect
from fixers.project import Project
from fixers.search.generate import mutations

PATH = "shop/stock.py"
MODULE = '''
"""A small stock keeper."""

from collections import OrderedDict

LIMIT = 50


class Empty(Exception):
    """Nothing left."""


def page(items, size, number=1):
    """Return one page of the items, counted from 1."""
    if size <= 0:
        raise ValueError("size must be positive")
    if number < 1:
        raise ValueError("number must be positive")
    start = (number - 1) * size
    end = min(start + size, len(items))
    return list(items[start:end])


def running(values, window):
    """Return sums of neighbouring values."""
    if window <= 0:
        raise ValueError("size must be positive")
    sums = []
    total = 0
    for index, value in enumerate(values):
        total += value
        if index >= window:
            total -= values[index - window]
        if index + 1 >= window and total is not None:
            sums.append(total)
    return sums


def slug(title, separator="-", limit=LIMIT):
    """Return a title for an address."""
    words = []
    for word in title.strip().lower().split():
        kept = "".join(c for c in word if c.isalnum() or c == separator)
        if not kept:
            continue
        words.append(kept)
    return separator.join(words)[:limit]


class Shelf:
    """Keeps the newest goods."""

    def __init__(self, size, sink=None):
        self.size = size
        self.sink = sink
        self.goods = OrderedDict()
        self.hits = 0
        self.misses = 0

    def put(self, name, amount, replace=False):
        """Store goods, drop the oldest when full."""
        if name in self.goods and not replace:
            amount += self.goods[name]
        self.goods[name] = amount
        self.goods.move_to_end(name)
        while len(self.goods) > self.size:
            old, lost = self.goods.popitem(last=False)
            if self.sink is not None:
                self.sink(old, lost)
        return amount

    def take(self, name, default=0):
        """Return and forget goods."""
        if name not in self.goods:
            self.misses += 1
            return default
        self.hits += 1
        self.goods.move_to_end(name)
        amount = self.goods.pop(name)
        return abs(amount)


def merge(left, right):
    """Merge two sorted lists."""
    merged = []
    i = j = 0
    while i < len(left) and j < len(right):
        if left[i] <= right[j]:
            merged.append(left[i])
            i += 1
        else:
            merged.append(right[j])
            j += 1
    merged.extend(left[i:])
    merged.extend(right[j:])
    return merged
'''
# Kind of slip: function, right text, slipped text. A lost line slips to nothing.
SLIPS = {
    "wrong variable 1": ("page", "start + size, len(items)", "start + number, len(items)"),
    "wrong variable 2": ("running", "values[index - window]", "values[index - total]"),
    "wrong variable 3": ("slug", "words.append(kept)", "words.append(word)"),
    "off by one 1": ("page", "if number < 1", "if number < 2"),
    "off by one 2": ("running", "total = 0", "total = 1"),
    "off by one 3": ("merge", "i = j = 0", "i = j = 1"),
    "lost + 1": ("running", "index + 1 >= window", "index >= window"),
    "lost - 1": ("page", "(number - 1) * size", "number * size"),
    "comparison 1": ("merge", "left[i] <= right[j]", "left[i] < right[j]"),
    "comparison 2": ("Shelf.put", "len(self.goods) > self.size", "len(self.goods) >= self.size"),
    "comparison 3": ("page", "size <= 0", "size < 0"),
    "connective 1": ("merge", "len(left) and j", "len(left) or j"),
    "connective 2": ("slug", "c.isalnum() or c", "c.isalnum() and c"),
    "lost not 1": ("slug", "if not kept", "if kept"),
    "lost not 2": ("Shelf.put", "not replace", "replace"),
    "lost not 3": ("Shelf.take", "name not in self.goods", "name in self.goods"),
    "lost wrapper 1": ("Shelf.take", "abs(amount)", "amount"),
    "lost wrapper 2": ("page", "list(items[start:end])", "items[start:end]"),
    "lost wrapper 3": ("page", "min(start + size, len(items))", "start + size"),
    "lost method call 1": ("slug", "title.strip().lower()", "title.lower()"),
    "lost method call 2": ("slug", "title.strip().lower()", "title.strip()"),
    "wrong method": ("merge", "merged.extend(left[i:])", "merged.append(left[i:])"),
    "wrong attribute 1": ("Shelf.take", "self.misses += 1", "self.hits += 1"),
    "wrong attribute 2": ("Shelf.put", "> self.size", "> self.hits"),
    "lost guard 1": ("running", '    if window <= 0:\n        raise ValueError("size must be positive")\n', ""),
    "lost guard 2": ("slug", "        if not kept:\n            continue\n", ""),
    "lost statement 1": ("Shelf.take", "        self.goods.move_to_end(name)\n", ""),
    "lost statement 2": ("merge", "    merged.extend(right[j:])\n", ""),
    "lost update 1": ("merge", "            j += 1\n", ""),
    "lost update 2": ("Shelf.take", "        self.hits += 1\n", ""),
    "swapped names": ("Shelf.put", "self.sink(old, lost)", "self.sink(lost, old)"),
    "swapped targets": ("running", "index, value in", "value, index in"),
    "wrong default 1": ("page", "number=1", "number=0"),
    "wrong default 2": ("Shelf.put", "replace=False", "replace=True"),
    "wrong default 3": ("slug", "limit=LIMIT", "limit=None"),
    "wrong operator 1": ("running", "total -= values", "total += values"),
    "wrong operator 2": ("page", "(number - 1) * size", "(number - 1) + size"),
    "lost argument 1": ("Shelf.put", "popitem(last=False)", "popitem()"),
    "wrong flag": ("Shelf.put", "popitem(last=False)", "popitem(last=True)"),
    "wrong literal": ("slug", 'separator="-"', 'separator="_"'),
    "wrong result": ("Shelf.take", "return default", "return name"),
    "lost bound": ("slug", "[:limit]", "[limit:]"),
    "lost operand": ("running", "index + 1 >= window and total is not None", "total is not None"),
}
# What no template makes: a slice turned round, a condition strengthened, a donor with two names changed.
BEYOND = {"lost bound", "lost operand", "lost statement 2"}
FOUND = sorted(set(SLIPS) - BEYOND)
# Ranks seen when this was written were half of these or better; a change of weights that doubles them is a loss.
MEDIAN = 200
WORST = 7000


FAILURES = (Failure(kind=FailureKind.TEST, message="AssertionError: assert 'old_tea' == 'old-tea'"),)


def slipped(name: str) -> str:
    function, right, wrong = SLIPS[name]
    start = MODULE.index(f"def {function.rpartition('.')[2]}(")
    place = MODULE.index(right, start)
    return MODULE[:place] + wrong + MODULE[place + len(right) :]


def function_in(source: str, name: str) -> ast.FunctionDef:
    return next(node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef) and node.name == name)


def rank_of_truth(name: str, limit: int = WORST) -> int | None:
    """Count the mutations until the right module comes, given only the statements of its function."""
    last = SLIPS[name][0].rpartition(".")[2]
    wanted, wanted_body = ast.dump(ast.parse(MODULE)), ast.unparse(function_in(MODULE, last))
    project = Project({PATH: slipped(name)})
    function = function_in(project.text(PATH), last)
    lines = sorted({node.lineno for node in ast.walk(function) if isinstance(node, ast.stmt)} - {function.lineno})
    suspects = [Suspect(path=PATH, function=last, line=n, end_line=n, score=1.0, reasons=()) for n in lines]
    for rank, mutation in enumerate(mutations(project, suspects, failures=FAILURES), start=1):
        if rank > limit:
            return None
        # Comparing texts first saves making the tree of every mutation.
        alike = mutation.swap is None or mutation.swap.source == wanted_body
        if alike and ast.dump(mutation.tree()) == wanted:
            return rank
    return None


@pytest.fixture(scope="module")
def ranks() -> dict[str, int | None]:
    return {name: rank_of_truth(name) for name in FOUND}


@pytest.mark.parametrize("name", FOUND)
def test_generates_the_truth(ranks, name):
    assert ranks[name] is not None


def test_generates_the_truth_early(ranks):
    assert median(ranks[name] or WORST for name in FOUND) <= MEDIAN
