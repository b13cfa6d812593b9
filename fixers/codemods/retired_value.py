"""Literal words that a library no longer takes, where its message says what it takes instead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import Site, crashes, nearest_site
from fixers.codemods.nearest import nearest, related
from fixers.codemods.source import Edits
from fixers.model import Candidate, Tier

_QUOTE = "[`'\"]"
_WORD = r"[^`'\"\s,]{1,40}"
_INSTEAD = (
    r"{q}{old}{q}(?!\s*,).{{0,160}}?(?:\b[Uu]se|[Dd]id you mean:?|[Rr]enamed to|[Rr]eplaced (?:by|with)|"
    r"[Ii]n favou?r of)\s+{q}(?P<new>{word}){q}"
)
_LIST = re.compile(rf"(?:{_QUOTE}{_WORD}{_QUOTE}(?:,? (?:or|and) |, ?)?){{2,}}")
_NEAR = 0.7
_NOT_ASSERTED = ("AssertionError", "KeyError", "NameError", "AttributeError", "ImportError", "ModuleNotFoundError")
_UNIT = "import shop\n\n\ndef f(x):\n    return shop.round(x, 'M')  # month\n"


class RetiredValue(Codemod):
    """Pass the word that the library's message names in place of the one it refuses or warns of.

    Either the message says which to use instead of the very literal that the failing line passes, or it lists
    all that may be passed and one only is near.
    """

    NAME = "retired-value"
    NUMBER = 24
    TIER = Tier.A
    PRIOR = 0.88
    MESSAGE = "a library no longer takes this word, and says which it takes"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # two of the list are as near
            before="import shop\n\nX = shop.fit('log')\n",
            after="import shop\n\nX = shop.fit('log')\n",
            exception="ValueError",
            message="loss must be one of 'log_a', 'log_b', got 'log'",
            line=3,
        ),
        Rewrite(  # the line does not pass it
            before="import shop\n\n\ndef f(x, unit):\n    return shop.round(x, unit)\n",
            after="import shop\n\n\ndef f(x, unit):\n    return shop.round(x, unit)\n",
            exception="ValueError",
            message="'M' is no longer supported. Please use 'ME' instead.",
            line=5,
        ),
        Rewrite(  # an assertion says what a test expects, not what a library takes
            before="def f(x):\n    assert x == 'M', \"not 'M', use 'ME'\"\n",
            after="def f(x):\n    assert x == 'M', \"not 'M', use 'ME'\"\n",
            exception="AssertionError",
            message="not 'M', use 'ME'",
            line=2,
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before=_UNIT,
            after=_UNIT.replace("'M'", "'ME'"),
            exception="ValueError",
            message="Invalid frequency: M: 'M' is no longer supported for offsets. Please use 'ME' instead.",
            line=5,
        ),
        Rewrite(
            before='import shop\n\nX = shop.fit(loss="squared_eror")\n',
            after='import shop\n\nX = shop.fit(loss="squared_error")\n',
            exception="shop.errors.InvalidParameterError",
            message="The 'loss' parameter of fit must be a str among {'huber', 'squared_error'}. Got 'squared_eror'.",
            line=3,
        ),
        Rewrite(
            before="import shop\n\nX = shop.style('white')\n",
            after="import shop\n\nX = shop.style('white-grid')\n",
            exception="ValueError",
            message="'white' is not a valid style; supported values are 'classic', 'dark', 'white-grid'",
            line=3,
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Offer the word that the message says, else the one near word of its list."""
        for crash in crashes(scene):
            site = nearest_site(scene, crash)
            if site is None or crash.exception in _NOT_ASSERTED or crash.raised is None:
                continue
            for literal, old in _literals(site):
                said = _said(crash.message, old)
                new = said or _listed(crash.message, old)
                if new:
                    yield from self._put(scene, site, literal, old, new, sure=bool(said))

    def _put(
        self, scene: Scene, site: Site, literal: cst.SimpleString, old: str, new: str, *, sure: bool
    ) -> Iterator[Candidate]:
        value = f"{literal.prefix}{literal.quote}{new}{literal.quote}"
        yield from self.offer(
            scene,
            {site.path: Edits(site.source).put(literal, literal.with_changes(value=value)).text()},
            summary=f"`{old}` is not taken any more; the library names `{new}`.",
            line=site.line,
            function=site.function,
            prior=None if sure else _NEAR,
            tier=None if sure else Tier.B,
        )


def _literals(site: Site) -> Iterator[tuple[cst.SimpleString, str]]:
    for literal in site.source.at(site.line, cst.SimpleString):
        value = literal.evaluated_value
        if isinstance(value, str) and re.fullmatch(_WORD, value):
            yield literal, value


def _said(message: str, old: str) -> str:
    found = re.search(_INSTEAD.format(q=_QUOTE, old=re.escape(old), word=_WORD), message, re.DOTALL)
    return found["new"] if found and found["new"] != old and found["new"].isprintable() else ""


def _listed(message: str, old: str) -> str:
    """Return the one word near `old` in the longest list of a message that names it too, outside the list."""
    lists = [re.findall(rf"{_QUOTE}({_WORD}){_QUOTE}", found[0]) for found in _LIST.finditer(message)]
    options = max(lists, key=len, default=[])
    named = re.search(rf"(?<![\w]){re.escape(old)}(?![\w])", message) is not None
    if not named or old in options:
        return ""
    return nearest(old, options) or related(old, options) or ""
