"""Operands and arguments of a type that does not fit the other one's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from fixers.codemods.argument_types import arguments, hashed, whole_numbers
from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import Crash, Site, crashes, nearest_site, raising_site
from fixers.codemods.operand_types import Pair, Repair, compared, joined, operands
from fixers.model import Candidate, Tier

_CONCATENATED = re.compile(r"can only concatenate (?P<left>\w+) \(not \"(?P<right>[\w.]+)\"\) to \w+")
_BYTES = re.compile(r"can't concat (?P<right>[\w.]+) to (?P<left>bytes)")
_OPERANDS = re.compile(r"unsupported operand type\(s\) for (?P<sign>\S+): '(?P<left>[\w.]+)' and '(?P<right>[\w.]+)'")
_ORDERED = re.compile(
    r"'(?P<sign>[<>]=?)' not supported between instances of '(?P<left>[\w.]+)' and '(?P<right>[\w.]+)'"
)
_JOINED = re.compile(r"sequence item \d+: expected str instance, (?P<kind>[\w.]+) found")
_ARGUMENT = re.compile(
    r"(?:must be|expected|required).*?\b(?P<want>str|bytes-like object|bytes|int|float)\b.*? not '?(?P<have>[\w.]+)'?$"
)
_TEXT = re.compile(r"string argument expected, got '(?P<have>[\w.]+)'")
_WHOLE = re.compile(r"'(?P<have>float|str)' object cannot be interpreted as an integer")
_INDICES = re.compile(r"(?:list|tuple|string) indices must be integers(?: or slices)?, not '?(?P<have>str|float)'?")
_UNHASHABLE = re.compile(
    r"unhashable type: '(?P<have>list|set|dict)'|cannot use '(?P<other>list|set)' as a (?:dict key|set element)"
)
_SHOWN = "def line(name, count):\n    return name + ': ' + count\n"
_INT = 'can only concatenate str (not "int") to str'


class MismatchedTypes(Codemod):
    """Convert the operand, or the argument, whose type the exception names.

    What is joined to a literal text must become text; otherwise either side may be
    the one to convert, and the tests choose. None is never converted.
    """

    NAME = "mismatched-types"
    NUMBER = 18
    TIER = Tier.B
    PRIOR = 0.7
    MESSAGE = "two values are put together whose types do not go together"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # None is a missing value, no value of another type
            before="def f(name):\n    return 'Dear ' + name\n",
            after="def f(name):\n    return 'Dear ' + name\n",
            exception="TypeError",
            message='can only concatenate str (not "NoneType") to str',
            line=2,
            values={"types:pkg/mod.py:2:name": ("NoneType",)},
        ),
        Rewrite(  # the frame knows of no such pair on this line
            before="def f(a, b):\n    return a + b\n",
            after="def f(a, b):\n    return a + b\n",
            exception="TypeError",
            message=_INT,
            line=2,
            values={"types:pkg/mod.py:2:a": ("str",), "types:pkg/mod.py:2:b": ("str",)},
        ),
        Rewrite(  # a class of the project's own: nobody but its author knows what it is as a number
            before="def f(a, b):\n    return a - b\n",
            after="def f(a, b):\n    return a - b\n",
            exception="TypeError",
            message="unsupported operand type(s) for -: 'Amount' and 'int'",
            line=2,
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before=_SHOWN,
            after="def line(name, count):\n    return name + ': ' + str(count)\n",
            exception="TypeError",
            message=_INT,
            line=2,
            values={"types:pkg/mod.py:2:name": ("str",), "types:pkg/mod.py:2:count": ("int",)},
        ),
        Rewrite(
            before="def f(row):\n    total = 0\n    total += row.price\n    return total\n",
            after="def f(row):\n    total = 0\n    total += int(row.price)\n    return total\n",
            exception="TypeError",
            message="unsupported operand type(s) for +=: 'int' and 'str'",
            line=3,
        ),
        Rewrite(
            before="def f(a, b):\n    return a.keys() + b\n",
            after="def f(a, b):\n    return list(a.keys()) + b\n",
            exception="TypeError",
            message="unsupported operand type(s) for +: 'dict_keys' and 'list'",
            line=2,
        ),
        Rewrite(
            before="def f(names):\n    return ', '.join(names)\n",
            after="def f(names):\n    return ', '.join(map(str, names))\n",
            exception="TypeError",
            message="sequence item 0: expected str instance, int found",
            line=2,
        ),
        Rewrite(
            before="def f(xs):\n    return ' '.join(x.n for x in xs)  # all\n",
            after="def f(xs):\n    return ' '.join(str(x.n) for x in xs)  # all\n",
            exception="TypeError",
            message="sequence item 2: expected str instance, float found",
            line=2,
        ),
        Rewrite(
            before="def f(limit, size):\n    return size > limit\n",
            after="def f(limit, size):\n    return size > int(limit)\n",
            exception="TypeError",
            message="'>' not supported between instances of 'int' and 'str'",
            line=2,
        ),
        Rewrite(
            before="def f(xs, line):\n    return xs[line]\n",
            after="def f(xs, line):\n    return xs[int(line)]\n",
            exception="TypeError",
            message="list indices must be integers or slices, not str",
            line=2,
            values={"types:pkg/mod.py:2:xs": ("list", "int"), "types:pkg/mod.py:2:line": ("str",)},
        ),
        Rewrite(
            before="import hashlib\n\n\ndef f(text):\n    return hashlib.sha256(text).hexdigest()\n",
            after="import hashlib\n\n\ndef f(text):\n    return hashlib.sha256(text.encode()).hexdigest()\n",
            exception="TypeError",
            message="Strings must be encoded before hashing",
            line=5,
        ),
        Rewrite(
            before="def f(seen, point):\n    seen.add(point)\n",
            after="def f(seen, point):\n    seen.add(tuple(point))\n",
            exception="TypeError",
            message="unhashable type: 'list'",
            line=2,
            values={"types:pkg/mod.py:2:seen": ("set",), "types:pkg/mod.py:2:point": ("list", "int")},
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Offer the conversions that the message and the crashed frame leave, the surest first."""
        for crash in crashes(scene, "TypeError"):
            site = raising_site(scene, crash) or nearest_site(scene, crash)
            if site is None:
                continue
            found = sorted(_repairs(scene, site, crash), key=lambda repair: -repair.prior)
            for repair in found[:6]:
                yield from self.offer(
                    scene,
                    {site.path: repair.edits.text()},
                    summary=repair.what,
                    line=site.line,
                    function=site.function,
                    prior=repair.prior,
                    tier=repair.tier,
                )


def _repairs(scene: Scene, site: Site, crash: Crash) -> Iterator[Repair]:
    message = crash.message
    pair = _pair(message)
    if pair is not None:
        yield from operands(scene, site, pair)
    elif (order := _ORDERED.search(message)) is not None:
        yield from compared(scene, site, Pair(_bare(order["left"]), _bare(order["right"]), order["sign"]))
    elif (item := _JOINED.search(message)) is not None:
        yield from joined(scene, site, _bare(item["kind"]))
    elif (number := _WHOLE.search(message) or _INDICES.search(message)) is not None:
        yield from whole_numbers(scene, site, number["have"])
    elif (key := _UNHASHABLE.search(message)) is not None:
        yield from hashed(scene, site, key["have"] or key["other"])
    elif message.startswith(("Strings must be encoded", "Unicode-objects must be encoded")):
        yield from arguments(scene, site, "str", "bytes")
    elif (text := _TEXT.search(message)) is not None:
        yield from arguments(scene, site, _bare(text["have"]), "str")
    elif (argument := _ARGUMENT.search(message)) is not None:
        want = "bytes" if argument["want"].startswith("bytes") else argument["want"]
        yield from arguments(scene, site, _bare(argument["have"]), want)


def _pair(message: str) -> Pair | None:
    found = _CONCATENATED.search(message) or _BYTES.search(message)
    if found is not None:
        return Pair(_bare(found["left"]), _bare(found["right"]))
    found = _OPERANDS.search(message)
    if found is None:
        return None
    return Pair(_bare(found["left"]), _bare(found["right"]), found["sign"].removesuffix("="))


def _bare(kind: str) -> str:
    return kind.rpartition(".")[2]
