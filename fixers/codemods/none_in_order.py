"""Values that are sorted, and of which some are None."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

import libcst as cst
from libcst.helpers import get_full_name_for_node

from fixers.codemods.arguments import with_keyword
from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import Site, crashes, raising_site
from fixers.codemods.source import Edits, Source
from fixers.model import Candidate, Tier

_ORDERED = re.compile(r"'[<>]=?' not supported between instances of '(?:NoneType' and '[\w.]+|[\w.]+' and 'NoneType)'")
_SORTS = frozenset({"sorted", "sort", "nsmallest", "nlargest"})
_SAID = "'<' not supported between instances of 'NoneType' and 'int'"


class NoneInOrder(Codemod):
    """Sort what is None behind everything else, or before it, whichever the tests want.

    The order of all other values stays as it is.
    """

    NAME = "none-in-order"
    NUMBER = 15
    TIER = Tier.B
    PRIOR = 0.88
    MESSAGE = "values are sorted of which some are None"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # no sorting: which of both is meant, nobody knows
            before="def f(a, b):\n    return a < b\n",
            after="def f(a, b):\n    return a < b\n",
            exception="TypeError",
            message=_SAID,
            line=2,
        ),
        Rewrite(  # what the key does is written elsewhere
            before="def f(xs, key):\n    return sorted(xs, key=key)\n",
            after="def f(xs, key):\n    return sorted(xs, key=key)\n",
            exception="TypeError",
            message=_SAID,
            line=2,
        ),
        Rewrite(  # other types that do not go together
            before="def f(xs):\n    return sorted(xs)\n",
            after="def f(xs):\n    return sorted(xs)\n",
            exception="TypeError",
            message="'<' not supported between instances of 'str' and 'int'",
            line=2,
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before="def f(xs):\n    return sorted(xs, key=lambda x: x.due)  # soon\n",
            after="def f(xs):\n    return sorted(xs, key=lambda x: (x.due is None, x.due))  # soon\n",
            exception="TypeError",
            message=_SAID,
            line=2,
        ),
        Rewrite(
            before="def f(xs):\n    xs.sort(reverse=True)\n",
            after="def f(xs):\n    xs.sort(reverse=True, key=lambda value: (value is None, value))\n",
            exception="TypeError",
            message=_SAID,
            line=2,
        ),
        Rewrite(
            before="from operator import itemgetter\n\n\ndef f(xs):\n    return sorted(xs, key=itemgetter('n'))\n",
            after=(
                "from operator import itemgetter\n\n\n"
                "def f(xs):\n    return sorted(xs, key=lambda item: (item['n'] is None, item['n']))\n"
            ),
            exception="TypeError",
            message=_SAID,
            line=5,
        ),
        Rewrite(
            before="def f(xs):\n    return sorted(xs, key=lambda x: (x.due, x.name))\n",
            after="def f(xs):\n    return sorted(xs, key=lambda x: (x.due is None, x.due, x.name))\n",
            exception="TypeError",
            message=_SAID,
            line=2,
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Offer None last, then None first, for each part of the key."""
        for crash in crashes(scene, "TypeError"):
            site = raising_site(scene, crash) if _ORDERED.search(crash.message) else None
            calls = [call for call in site.source.at(site.line, cst.Call) if _name(call) in _SORTS] if site else []
            if site is None or len(calls) != 1:
                continue
            for text, where in _sorted_texts(site, calls[0]):
                yield from self.offer(
                    scene,
                    {site.path: text},
                    summary=f"What is None comes {where} all other values.",
                    line=site.line,
                    function=site.function,
                )


def _sorted_texts(site: Site, call: cst.Call) -> Iterator[tuple[str, str]]:
    key = next((arg for arg in call.args if arg.keyword is not None and arg.keyword.value == "key"), None)
    for sign, where in (("is", "after"), ("is not", "before")):
        for new in _keys(site.source, key, sign):
            edits = Edits(site.source)
            if key is not None:
                edits.put(key.value, new)
            else:
                edits.put(call, with_keyword(call, "key", new))
            yield edits.text(), where


def _keys(source: Source, key: cst.Arg | None, sign: str) -> Iterator[cst.BaseExpression]:
    """Yield the functions that a sorting may use instead."""
    if key is None:
        yield cst.parse_expression(f"lambda value: (value {sign} None, value)")
        return
    value = key.value
    if isinstance(value, cst.Call) and len(value.args) == 1 and isinstance(value.args[0].value, cst.SimpleString):
        read = _read(_name(value), value.args[0].value)
        if read:
            yield cst.parse_expression(f"lambda item: ({read} {sign} None, {read})")
    if not isinstance(value, cst.Lambda):
        return
    body = value.body
    if " None" in source.code(body):
        return  # the author has thought of it
    parts = [element.value for element in body.elements] if isinstance(body, cst.Tuple) else [body]
    texts = [source.code(part) for part in parts]
    for index, part in enumerate(parts):
        if _is_read(part):
            within = [*texts[:index], f"{texts[index]} {sign} None", *texts[index:]]
            yield value.with_changes(body=cst.parse_expression(f"({', '.join(within)})"))


def _read(getter: str, name: cst.SimpleString) -> str:
    if getter == "itemgetter":
        return f"item[{name.value}]"
    plain = str(name.evaluated_value)
    return f"item.{plain}" if getter == "attrgetter" and plain.isidentifier() else ""


def _is_read(node: cst.BaseExpression) -> bool:
    """Say whether an expression only reads a value, so that it may be written twice."""
    if isinstance(node, cst.Call):
        return _name(node) == "get" and isinstance(node.func, cst.Attribute) and _is_read(node.func.value)
    return isinstance(node, cst.Name) or (isinstance(node, (cst.Attribute, cst.Subscript)) and _is_read(node.value))


def _name(call: cst.Call) -> str:
    if isinstance(call.func, cst.Attribute):
        return str(call.func.attr.value)
    return get_full_name_for_node(call.func) or ""
