"""Arguments of a type that the type checker refuses, where one call makes the other type of it without loss."""

from __future__ import annotations

import re
from typing import ClassVar

import libcst as cst

from fixers.codemods.imports import Import, add_import
from fixers.codemods.source import Edits, Source, parse
from fixers.codemods.symbols import imports
from fixers.model import Tier
from fixers.tools.repairs.base import Case, Example, FindingRepair

_MESSAGE = re.compile(
    r'^Argument (?:\d+|"\w+") to .+ has incompatible type "(?P<have>[\w.]+)(?:\[.*\])?"; '
    r'expected "(?P<want>[\w.]+)(?:\[.*\])?"'
)
_RETURNED = re.compile(
    r'^Incompatible return value type \(got "(?P<have>\w+)\[.*\]", expected "(?P<want>list|tuple|set)\[.*\]"\)'
)
_VIEWS = frozenset({"dict_keys", "dict_values", "dict_items", "filter", "map", "zip", "reversed", "Generator", "range"})
_PRINTED = frozenset({"int", "float", "Decimal", "Fraction", "UUID", "Path", "PurePath", "date", "datetime"})
_ROWS = frozenset({"list", "tuple", "set", "frozenset", "dict_keys", "dict_values", "range", "deque", "filter", "map"})


class MistypedArgument(FindingRepair):
    """Pass a number where text is wanted as `str(number)`, text where a path is wanted as `Path(text)`.

    Also lists for tuples and the other way round, and a list for a view that is returned. Only what loses nothing:
    text as a number is a guess, and so is anything for None.
    """

    NAME = "mistyped-argument"
    NUMBER = 30
    TIER = Tier.B
    PRIOR = 0.7
    MESSAGE = "an argument is not of the type that the function takes"
    CODES = frozenset({"arg-type", "return-value"})
    VALID: ClassVar[tuple[Example, ...]] = (
        Example("f('1')\n", "f('1')\n", "arg-type", 'Argument 1 to "f" has incompatible type "str"; expected "int"', 1,
                3),
        Example("f(x)\n", "f(x)\n", "arg-type",
                'Argument 1 to "f" has incompatible type "str | None"; expected "str"', 1, 3),
    )  # fmt: skip
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example("def g(n: int) -> None:\n    f(1, n + 1)\n", "def g(n: int) -> None:\n    f(1, str(n + 1))\n",
                "arg-type", 'Argument 2 to "f" has incompatible type "int"; expected "str"', 2, 10),
        Example("def g(p: str) -> None:\n    f(p)\n",
                "from pathlib import Path\n\n\ndef g(p: str) -> None:\n    f(Path(p))\n", "arg-type",
                'Argument 1 to "f" has incompatible type "str"; expected "Path"', 2, 7),
        Example("def g(p: list[int]) -> None:\n    f(p)\n", "def g(p: list[int]) -> None:\n    f(tuple(p))\n",
                "arg-type", 'Argument 1 to "f" has incompatible type "list[int]"; expected "tuple[int, ...]"', 2, 7),
        Example("def g(d: dict[str, int]) -> list[str]:\n    return d.keys()\n",
                "def g(d: dict[str, int]) -> list[str]:\n    return list(d.keys())\n", "return-value",
                'Incompatible return value type (got "dict_keys[str, int]", expected "list[str]")', 2, 12),
    )  # fmt: skip

    def mend(self, case: Case) -> str:
        """Leave it to the choice among rivals: the tool says whether the other type is taken."""
        return case.text

    def rivals(self, case: Case) -> tuple[str, ...]:
        """Return the text with the one argument converted, or the one result that is only a view of what is wanted."""
        source, finding = parse(case.text), case.findings[0]
        returned = _RETURNED.match(finding.message)
        if source is not None and returned and returned["have"] in _VIEWS:
            return _listed(source, finding.line, returned["want"])
        named = _MESSAGE.match(finding.message)
        call = _conversion(named["have"], named["want"]) if named else ""
        if source is None or not call:
            return ()
        place = (finding.line, finding.column - 1)
        starts = ((arg, source.place(arg.value).start) for arg in source.all(cst.Arg) if not arg.star)
        found = [arg for arg, start in starts if (start.line, start.column) == place]
        if len(found) != 1:
            return ()
        edits = Edits(source)
        edits.put(found[0].value, cst.parse_expression(f"{call}({source.code(found[0].value)})"))
        if call == "Path" and "Path" not in imports(case.project, case.path):
            add_import(edits, case.project, case.path, Import("pathlib", "Path"))
        return (edits.text(),)


def _listed(source: Source, line: int, want: str) -> tuple[str, ...]:
    found = [node for node in source.at(line, cst.Return) if node.value is not None]
    if len(found) != 1 or found[0].value is None:
        return ()
    value = cst.parse_expression(f"{want}({source.code(found[0].value)})")
    return (Edits(source).put(found[0], cst.Return(value)).text(),)


def _conversion(have: str, want: str) -> str:
    have, want = have.rpartition(".")[2], want.rpartition(".")[2]
    if want == "str" and have in _PRINTED:
        return "str"
    if want == "Path" and have == "str":
        return "Path"
    return want if want in {"list", "tuple", "set"} and have in _ROWS - {want} else ""
