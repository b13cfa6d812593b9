"""Wrong strings, flags and `None`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from fixers.model import Failure, FailureKind, Tier
from fixers.search.ingredients import Ingredients
from fixers.search.literals import corrections
from fixers.search.order import one_slip_apart
from fixers.search.patterns import patterns
from fixers.search.site import Site
from fixers.search.syntax import copied, literal
from fixers.search.template import Edit, Example, Template, fading, merged, replace

_FLIPS = {True: (False, None), False: (True, None), None: (True, False, 0, "", 1)}
_SIGNS = " ,;:.-_/|\n\t\\'\"=+*#()[]{}<>&?!%@~"
_LONGEST = 40
_COMPARED = (Failure(kind=FailureKind.TEST, message="AssertionError: assert 'Hello Bob' == 'Hello, Bob'"),)


class WrongText(Template):
    """Use another string: one that stands nearby, or what the assertion says was expected."""

    NAME = "wrong-text"
    NUMBER = 44
    TIER = Tier.B
    PRIOR = 0.3
    SUMMARY = "another text may be meant"
    BY_SLOT = True
    VALID = ("def f(a):\n    return a\n", 'def f():\n    """Do."""\n')
    INVALID = (
        Example("def f(a):\n    g('x')\n    return a['y']\n", "def f(a):\n    g('x')\n    return a['x']\n"),
        Example("def f(a):\n    return 'Hello ' + a\n", "def f(a):\n    return 'Hello, ' + a\n", _COMPARED),
        Example("def f(a):\n    return f'Hello {a}'\n", "def f(a):\n    return f'Hello, {a}'\n", _COMPARED),
        Example("def f(a):\n    return a['y']\n", "def f(a):\n    return a['yes']\n", test_literals=("yes",)),
        Example("def f(a):\n    return a['Name']\n", "def f(a):\n    return a['name']\n"),
        Example("def f(a):\n    return a.split(',')\n", "def f(a):\n    return a.split(';')\n"),
        Example("def f(a):\n    return a.split('')\n", "def f(a):\n    return a.split('*')\n"),
        Example("def f(a):\n    return 'raised %' % a\n", "def f(a):\n    return 'raised %r' % a\n"),
        Example("def f(a):\n    return 'a={'.format(a)\n", "def f(a):\n    return 'a={}'.format(a)\n"),
        Example("def f(a):\n    return m(r'\\d+$', a)\n", "def f(a):\n    return m(r'\\d*$', a)\n"),
        Example("def f(a):\n    return m(r'^\\w+', a)\n", "def f(a):\n    return m(r'^\\w+$', a)\n"),
    )

    def edits(self, site: Site, ingredients: Ingredients) -> Iterator[Edit]:
        """Yield corrections from assertions and texts of tests at tier C, and strings of the module."""
        for slot in site.slots:
            if isinstance(slot, ast.Constant) and isinstance(slot.value, str):
                yield from _others(slot, slot.value, site, ingredients)
            elif isinstance(slot, ast.JoinedStr):
                for index, part in enumerate(slot.values):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        for text in corrections(part.value, ingredients.failures):
                            values = [*slot.values[:index], literal(text), *slot.values[index + 1 :]]
                            yield replace(slot, copied(slot, values=values), tier=Tier.C)


class WrongConstant(Template):
    """Flip `True`, `False` and `None`, in calls, results and default values."""

    NAME = "wrong-constant"
    NUMBER = 45
    TIER = Tier.B
    PRIOR = 0.55
    SUMMARY = "the flag may be flipped"
    BY_SLOT = True
    VALID = ("def f(a):\n    return 1\n",)
    INVALID = (
        Example("def f():\n    return True\n", "def f():\n    return False\n"),
        Example("def f(a=None):\n    return a\n", "def f(a=True):\n    return a\n"),
        Example("def f(a=False):\n    return a\n", "def f(a=True):\n    return a\n"),
    )

    def edits(self, site: Site, ingredients: Ingredients) -> Iterator[Edit]:  # noqa: ARG002 - needs none
        """Yield the other flag first."""
        for slot in site.slots:
            if isinstance(slot, ast.Constant) and (slot.value is None or isinstance(slot.value, bool)):
                for rank, other in enumerate(_FLIPS[slot.value]):
                    yield replace(slot, literal(other), fading(rank, 0.5))
                if slot.value is None:
                    yield replace(slot, ast.List(elts=[], ctx=ast.Load()), 0.2)
                    yield replace(slot, ast.Dict(keys=[], values=[]), 0.2)


def _others(slot: ast.expr, text: str, site: Site, ingredients: Ingredients) -> Iterator[Edit]:
    for corrected in corrections(text, ingredients.failures):
        yield replace(slot, literal(corrected), tier=Tier.C)
    nearby = [*ingredients.strings(site), "", text.strip(), text + " ", text + "\n"]
    alike = (other for other in ingredients.strings_beyond if one_slip_apart(text, other))
    yield from merged(
        (replace(slot, literal(other), 0.9 * fading(rank)) for rank, other in enumerate(nearby)),
        (replace(slot, literal(other), 0.6 * fading(rank)) for rank, other in enumerate(_misspelled(text))),
        (replace(slot, literal(other), 0.9 * fading(rank, 0.2)) for rank, other in enumerate(alike)),
        # Of a pattern that is a little wider or narrower many pass by accident.
        (replace(slot, literal(other), 0.6 * fading(rank, 0.05), Tier.C) for rank, other in enumerate(patterns(text))),
    )
    for rank, other in enumerate(value for value in ingredients.test_literals if isinstance(value, str)):
        yield replace(slot, literal(other), 0.6 * fading(rank), Tier.C)


def _misspelled(text: str) -> Iterator[str]:
    """Yield texts of which this one is a small slip: case, plural, separators, a sign too many or missing at an end."""
    if len(text) > _LONGEST:
        return
    signs = [sign for sign in _SIGNS if len(text) <= 1 and not text.isalnum() and sign != text]
    open_end = [text + end for start, end in ("{}", "()", "[]") if text.count(start) == text.count(end) + 1]
    open_end += [text + end for end in "srd" if text.endswith("%") and text != "%"]
    cases = (text.lower(), text.upper(), text.capitalize(), text.title(), text.swapcase())
    ends = (text[:-1], text[1:], text + "s", "-" + text, text + ":", text + ".", text + ",", " " + text, "_" + text)
    apart = (text.replace("-", "_"), text.replace("_", "-"), text.replace(" ", ""), text.replace(" ", "_"))
    yield from (found for found in dict.fromkeys((*open_end, *signs, *cases, *ends, *apart)) if found != text)
