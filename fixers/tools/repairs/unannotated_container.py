"""Empty containers of which the type checker wants to know what they will hold."""

from __future__ import annotations

import re
from itertools import product
from typing import ClassVar

import libcst as cst

from fixers.codemods.source import Edits, parse
from fixers.model import Tier
from fixers.tools.repairs.base import Case, Example, FindingRepair

_MESSAGE = re.compile(
    r'^Need type annotation for "(?P<name>\w+)" \(hint: "\w+: (?P<kind>[\w.]+)\[(?P<holes><type>(?:, <type>)?)\] = '
)
_KEYS = ("str", "int")
_VALUES = ("str", "int", "list[str]", "list[int]")
_ITEMS = ("str", "int", "bytes", "list[str]", "tuple[str, int]", "tuple[str, str]", "dict[str, str]")
_HINT = 'Need type annotation for "found" (hint: "found: list[<type>] = ...")'
_FILLED = "def f(words: list[str]) -> int:\n    found{} = []\n    found.extend(words)\n    return len(found)\n"


class UnannotatedContainer(FindingRepair):
    """Annotate an empty list, set or dictionary with the one plain type that its uses allow.

    The type checker is asked of each; where it takes several, the uses do not tell, and nothing is written.
    """

    NAME = "unannotated-container"
    NUMBER = 30
    TIER = Tier.A
    PRIOR = 0.85
    MESSAGE = "an empty container does not say what it will hold"
    CODES = frozenset({"var-annotated"})
    VALID: ClassVar[tuple[Example, ...]] = (
        Example("x = f()\n", "x = f()\n", "var-annotated", 'Need type annotation for "x"', 1),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(_FILLED.format(""), _FILLED.format(": list[str]"), "var-annotated", _HINT, 2),
        Example("class A:\n    def __init__(self) -> None:\n        self.n = {}\n",
                "class A:\n    def __init__(self) -> None:\n        self.n: dict[str, str] = {}\n", "var-annotated",
                'Need type annotation for "n" (hint: "n: dict[<type>, <type>] = ...")', 3),
        Example("seen = set()  # so far\n", "seen: set[str] = set()  # so far\n", "var-annotated",
                'Need type annotation for "seen" (hint: "seen: set[<type>] = ...")', 1),
    )  # fmt: skip

    def mend(self, case: Case) -> str:
        """Leave it to the choice among rivals: what fits the tool says."""
        return case.text

    def rivals(self, case: Case) -> tuple[str, ...]:
        """Return the text with each plain type that the container might hold."""
        source, finding = parse(case.text), case.findings[0]
        named = _MESSAGE.match(finding.message)
        if source is None or named is None:
            return ()
        made = [line for line in source.at(finding.line, cst.Assign) if len(line.targets) == 1]
        made = [line for line in made if _name(line.targets[0].target) == named["name"]]
        held = [", ".join(pair) for pair in product(_KEYS, _VALUES)] if "," in named["holes"] else _ITEMS
        texts = []
        for line in made[:1]:
            for inner in held:
                annotation = cst.Annotation(cst.parse_expression(f"{named['kind']}[{inner}]"))
                annotated = cst.AnnAssign(line.targets[0].target, annotation, line.value)
                texts.append(Edits(source).put(line, annotated).text())
        return tuple(texts)


def _name(target: cst.BaseExpression) -> str:
    match target:
        case cst.Name(value=str(name)) | cst.Attribute(attr=cst.Name(value=str(name))):
            return name
    return ""
