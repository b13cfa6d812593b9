"""Containers of which the type checker wants to know what they will hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from typing import ClassVar

import libcst as cst

from fixers.codemods.source import Edits, Source, parse
from fixers.model import Tier
from fixers.tools.repairs.base import Case, Example, FindingRepair

_EMPTY = re.compile(
    r'^Need type annotation for "(?P<name>\w+)" \(hint: "\w+: (?P<kind>[\w.]+)\[<type>(?:, <type>)?\] = '
)
_BARE = re.compile(r'^Missing type (?:parameters|arguments) for generic type "(?:[\w.]+\.)?(?P<kind>\w+)"')
_PAIRS = frozenset({"dict", "Dict", "defaultdict", "DefaultDict", "OrderedDict", "Mapping", "MutableMapping"})
_SINGLES = frozenset({
    "list", "List", "set", "Set", "frozenset", "FrozenSet", "deque", "Deque", "Iterable", "Iterator", "Sequence",
    "Collection",
})  # fmt: skip
_KEYS = ("str", "int")
_VALUES = ("str", "int", "list[str]", "list[int]")
_ITEMS = ("str", "int", "bytes", "list[str]", "tuple[str, int]", "tuple[str, str]", "dict[str, str]")
_HINT = 'Need type annotation for "found" (hint: "found: list[<type>] = ...")'
_FILLED = "def f(words: list[str]) -> int:\n    found{} = []\n    found.extend(words)\n    return len(found)\n"


class UnannotatedContainer(FindingRepair):
    """Say of a list, set or dictionary the one plain type of what it holds that its uses allow.

    The type checker is asked of each; where it takes several, the uses do not tell, and nothing is written. `Any`,
    which it would always take, is none of them.
    """

    NAME = "unannotated-container"
    NUMBER = 30
    TIER = Tier.A
    PRIOR = 0.85
    MESSAGE = "a container does not say what it holds"
    CODES = frozenset({"var-annotated", "type-arg"})
    VALID: ClassVar[tuple[Example, ...]] = (
        Example("x = f()\n", "x = f()\n", "var-annotated", 'Need type annotation for "x"', 1),
        Example("def f(g: Callable) -> None:\n    g()\n", "def f(g: Callable) -> None:\n    g()\n", "type-arg",
                'Missing type parameters for generic type "Callable"', 1),
    )  # fmt: skip
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(_FILLED.format(""), _FILLED.format(": list[str]"), "var-annotated", _HINT, 2),
        Example("class A:\n    def __init__(self) -> None:\n        self.n = {}\n",
                "class A:\n    def __init__(self) -> None:\n        self.n: dict[str, str] = {}\n", "var-annotated",
                'Need type annotation for "n" (hint: "n: dict[<type>, <type>] = ...")', 3),
        Example("class A:\n    x: dict = {}\n", "class A:\n    x: dict[str, int] = {}\n", "type-arg",
                'Missing type parameters for generic type "dict"', 2, 8),
        Example("import typing\n\n\ndef f(n: typing.List, m: list[int]) -> int:\n    return len(n)\n",
                "import typing\n\n\ndef f(n: typing.List[int], m: list[int]) -> int:\n    return len(n)\n",
                "type-arg", 'Missing type arguments for generic type "List"', 4, 10),
    )  # fmt: skip

    def mend(self, case: Case) -> str:
        """Leave it to the choice among rivals: what fits the tool says."""
        return case.text

    def rivals(self, case: Case) -> tuple[str, ...]:
        """Return the text with each plain type that the container might hold."""
        source, finding = parse(case.text), case.findings[0]
        empty, bare = _EMPTY.match(finding.message), _BARE.match(finding.message)
        if source is None:
            return ()
        if empty is not None:
            made = [line for line in source.at(finding.line, cst.Assign) if len(line.targets) == 1]
            named = [line for line in made if _name(line.targets[0].target) == empty["name"]]
            return tuple(text for line in named[:1] for text in _annotations(source, line, empty["kind"]))
        kind = bare["kind"] if bare is not None else ""
        mentions = list(_mentions(source, finding.line, kind))
        return tuple(_completed(source, mentions[0], kind)) if len(mentions) == 1 else ()


def _held(kind: str) -> tuple[str, ...]:
    name = kind.rpartition(".")[2]
    if name in _PAIRS:
        return tuple(", ".join(pair) for pair in product(_KEYS, _VALUES))
    return _ITEMS if name in _SINGLES else ()


def _annotations(source: Source, line: cst.Assign, kind: str) -> Iterator[str]:
    for inner in _held(kind):
        annotation = cst.Annotation(cst.parse_expression(f"{kind}[{inner}]"))
        annotated = cst.AnnAssign(line.targets[0].target, annotation, line.value)
        yield Edits(source).put(line, annotated).text()


def _completed(source: Source, mention: cst.BaseExpression, kind: str) -> Iterator[str]:
    for inner in _held(kind):
        new = cst.parse_expression(f"{source.code(mention)}[{inner}]")
        yield Edits(source).put(mention, new).text()


def _mentions(source: Source, line: int, name: str) -> Iterator[cst.BaseExpression]:
    """Yield each mention of a type, in an annotation that spans the line, that says nothing of what it holds."""
    for annotation in source.all(cst.Annotation):
        place = source.place(annotation)
        for node in source.within(annotation, cst.Name) if place.start.line <= line <= place.end.line else ():
            owner = source.parents[node]
            whole = owner if isinstance(owner, cst.Attribute) and owner.attr is node else node
            around = source.parents[whole]
            if node.value == name and not (isinstance(around, cst.Subscript) and around.value is whole):
                yield whole


def _name(target: cst.BaseExpression) -> str:
    match target:
        case cst.Name(value=str(name)) | cst.Attribute(attr=cst.Name(value=str(name))):
            return name
    return ""
