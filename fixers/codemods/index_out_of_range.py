"""Items that a sequence does not have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import Site, crashes, raising_site
from fixers.codemods.live import size_of
from fixers.codemods.source import Edits, Source
from fixers.codemods.ways_out import guards
from fixers.model import Candidate, Tier

_MESSAGE = re.compile(r"(?:list|tuple|string|deque|array|range object) (?:assignment )?index out of range")
_PAIRS = "def f(xs):\n    found = []\n    for i in range(len(xs)):\n        found.append(xs[i] - xs[i + 1])\n"
_FIRST = "def f(xs):\n    return xs[0]\n"


class IndexOutOfRange(Codemod):
    """Stop a loop one item earlier, or leave before an item of nothing is read.

    A loop over `range(len(xs))` that reads `xs[i + 1]` ends too late; so does one
    that runs while `i <= len(xs)`. A constant index into what was empty needs a way
    out, one of those that the function has.
    """

    NAME = "index-out-of-range"
    NUMBER = 17
    TIER = Tier.B
    PRIOR = 0.7
    MESSAGE = "an item is read that the sequence does not have"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # two sequences, and nothing says which of them was short
            before="def f(a, b):\n    return a[0] + b[0]\n",
            after="def f(a, b):\n    return a[0] + b[0]\n",
            exception="IndexError",
            message="list index out of range",
            line=2,
        ),
        Rewrite(  # it was not empty: the wrong item is asked for, or too few were given
            before="def f(xs):\n    return xs[3]\n",
            after="def f(xs):\n    return xs[3]\n",
            exception="IndexError",
            message="list index out of range",
            line=2,
            values={"size:pkg/mod.py:2:xs": ("2",)},
        ),
        Rewrite(  # raised on purpose
            before="def f(xs):\n    raise IndexError('no such row')\n",
            after="def f(xs):\n    raise IndexError('no such row')\n",
            exception="IndexError",
            message="no such row",
            line=2,
        ),
        Rewrite(  # asked already
            before="def f(xs):\n    return xs[0] if xs else None\n",
            after="def f(xs):\n    return xs[0] if xs else None\n",
            exception="IndexError",
            message="list index out of range",
            line=2,
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before=_PAIRS,
            after=_PAIRS.replace("range(len(xs))", "range(len(xs) - 1)"),
            exception="IndexError",
            message="list index out of range",
            line=4,
        ),
        Rewrite(
            before="def f(xs):\n    i = 0\n    while i <= len(xs):\n        print(xs[i])\n        i += 1\n",
            after="def f(xs):\n    i = 0\n    while i < len(xs):\n        print(xs[i])\n        i += 1\n",
            exception="IndexError",
            message="list index out of range",
            line=4,
        ),
        Rewrite(
            before="def f(xs):\n    last = xs[len(xs)]\n    return last\n",
            after="def f(xs):\n    last = xs[len(xs) - 1]\n    return last\n",
            exception="IndexError",
            message="list index out of range",
            line=2,
        ),
        Rewrite(  # the way out is the one the function has
            before=(
                "def f(text):\n    if not text:\n        return ''\n    words = text.split()\n    return words[-1]\n"
            ),
            after=(
                "def f(text):\n    if not text:\n        return ''\n    words = text.split()\n    if not words:\n"
                "        return ''\n    return words[-1]\n"
            ),
            exception="IndexError",
            message="list index out of range",
            line=5,
            values={"size:pkg/mod.py:5:words": ("0",)},
        ),
        Rewrite(
            before=_FIRST,
            after="def f(xs):\n    return xs[0] if xs else None\n",
            exception="IndexError",
            message="list index out of range",
            line=2,
            values={"size:pkg/mod.py:2:xs": ("0",)},
        ),
        Rewrite(  # which of the two was empty, the crashed frame tells
            before="def f(a, b):\n    for row in a:\n        print(row, b[0])\n",
            after=(
                "def f(a, b):\n    for row in a:\n        if not b:\n            continue\n        print(row, b[0])\n"
            ),
            exception="IndexError",
            message="tuple index out of range",
            line=3,
            values={"size:pkg/mod.py:3:a": ("2",), "size:pkg/mod.py:3:b": ("0",)},
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Offer the end of the loop first, then the ways out."""
        for crash in crashes(scene, "IndexError"):
            site = raising_site(scene, crash)
            if site is None or not _MESSAGE.search(crash.message):
                continue
            reads = list({site.source.code(n): n for n in _reads(site)}.values())
            if len(reads) > 1:
                reads = [node for node in reads if _fell_short(scene, site, node)]
            if len(reads) == 1:
                yield from self._repairs(scene, site, reads[0])

    def _repairs(self, scene: Scene, site: Site, node: cst.Subscript) -> Iterator[Candidate]:
        base, index = site.source.code(node.value), _index(node)
        found = [*_too_far(site, node, base, index), *_from_nothing(scene, site, node, base, index)]
        for prior, edits, what in sorted(found, key=lambda item: -item[0]):
            texts = {site.path: edits.text()}
            yield from self.offer(scene, texts, summary=what, line=site.line, function=site.function, prior=prior)


_Repair = tuple[float, Edits, str]


def _too_far(site: Site, node: cst.Subscript, base: str, index: cst.BaseExpression) -> Iterator[_Repair]:
    """Yield edits of loops and indices that reach behind the end."""
    source, length = site.source, f"len({base})"
    if source.code(index) == length:
        edits = Edits(source).put(index, cst.parse_expression(f"{length} - 1"))
        yield 0.65, edits, f"The last item of `{base}` stands one before its length."
    name, step = _counted(source, index)
    end = _end_of_range(source, node, name)
    if end is not None and source.code(end) == length and step > 0:
        edits = Edits(source).put(end, cst.parse_expression(f"{length} - {step}"))
        yield 0.7, edits, f"The loop reads {step} further than its counter, so it has to end {step} earlier."
    elif end is not None and source.code(end) == f"{length} + 1":
        yield 0.7, Edits(source).put(end, cst.parse_expression(length)), "The loop goes one too far."
    around = source.up(node, cst.While)
    if around is not None and isinstance(around.test, cst.Comparison) and len(around.test.comparisons) == 1:
        target = around.test.comparisons[0]
        counts = source.code(around.test.left) == name and source.code(target.comparator) == length
        if counts and isinstance(target.operator, cst.LessThanEqual):
            less = cst.LessThan(target.operator.whitespace_before, target.operator.whitespace_after)
            yield 0.7, Edits(source).put(target.operator, less), "The loop goes one too far."


def _from_nothing(
    scene: Scene, site: Site, node: cst.Subscript, base: str, index: cst.BaseExpression
) -> Iterator[_Repair]:
    """Yield ways around the first or last item of what may be empty."""
    source = site.source
    size = size_of(scene, site, node.value)
    constant = source.code(index) in {"0", "-1"}
    if not constant or size not in {None, 0} or not isinstance(node.value, (cst.Name, cst.Attribute)):
        return
    if re.search(rf"\b(?:if|and|or|not|len\() *{re.escape(base)}\b", _line(site)):
        return
    what = f"`{base}` may be empty here, and the code goes on without an item of it."
    parent = source.parents[node]
    ways = list(guards(scene, site, node, f"not {base}"))
    if isinstance(parent, (cst.Return, cst.Assign)) and not any(prior >= 0.5 for prior, _ in ways):
        instead = cst.parse_expression(f"{source.code(node)} if {base} else None")
        yield 0.45, Edits(source).put(node, instead), f"`{base}` may be empty here; there is no item then."
    yield from ((prior, edits, what) for prior, edits in ways)


def _reads(site: Site) -> Iterator[cst.Subscript]:
    for node in site.source.at(site.line, cst.Subscript):
        single = len(node.slice) == 1 and isinstance(node.slice[0].slice, cst.Index)
        if single and not isinstance(_index(node), cst.SimpleString) and site.source.up(node, cst.Annotation) is None:
            yield node


def _fell_short(scene: Scene, site: Site, node: cst.Subscript) -> bool:
    """Say whether a read must have failed: a constant index beyond the size, or a counter with something added."""
    size, text = size_of(scene, site, node.value), site.source.code(_index(node)).replace(" ", "")
    if re.fullmatch(r"-?\d+", text):
        return size is not None and not -size <= int(text) < size
    return _counted(site.source, _index(node))[1] > 0


def _index(node: cst.Subscript) -> cst.BaseExpression:
    part = node.slice[0].slice
    return part.value if isinstance(part, cst.Index) else cst.Name("None")


def _counted(source: Source, index: cst.BaseExpression) -> tuple[str, int]:
    """Return the counter of an index and what is added to it: `i + 1` is (`i`, 1)."""
    match index:
        case cst.BinaryOperation(left=cst.Name(value=name), operator=cst.Add(), right=cst.Integer(value=step)):
            return name, int(step, 0)
    return source.code(index), 0


def _end_of_range(source: Source, node: cst.Subscript, counter: str) -> cst.BaseExpression | None:
    """Return where the range ends that a counter around a read runs through."""
    loops: list[cst.For | cst.CompFor] = list(source.within(source.owner(node), cst.CompFor))
    if (around := source.up(node, cst.For)) is not None:
        loops.append(around)
    ends = (_end(loop.iter) for loop in loops if source.code(loop.target) == counter)
    return next(ends, None)


def _end(call: cst.BaseExpression) -> cst.BaseExpression | None:
    if not (isinstance(call, cst.Call) and isinstance(call.func, cst.Name) and call.func.value == "range"):
        return None
    return call.args[0].value if len(call.args) == 1 else call.args[1].value if len(call.args) == 2 else None


def _line(site: Site) -> str:
    lines = site.source.text.splitlines()
    return lines[site.line - 1] if site.line <= len(lines) else ""
