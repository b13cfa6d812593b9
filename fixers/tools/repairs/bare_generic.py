"""Generic types that are named without what they hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from fixers.codemods.imports import Import, add_import
from fixers.codemods.source import Edits, Source, parse
from fixers.model import Tier
from fixers.tools.repairs.base import Case, Example, FindingRepair

_MESSAGE = re.compile(r'^Missing type (?:parameters|arguments) for generic type "(?P<name>[\w.]+)"')
_ONE = (
    "list List set Set frozenset FrozenSet deque Deque Counter type Type Iterable Iterator Sequence MutableSequence "
    "Collection Container AbstractSet MutableSet Awaitable AsyncIterable AsyncIterator Queue Task Future KeysView "
    "ValuesView"
)
_TWO = "dict Dict defaultdict DefaultDict OrderedDict Mapping MutableMapping ItemsView AsyncGenerator ndarray"
_HELD = {
    **dict.fromkeys(_ONE.split(), "Any"),
    **dict.fromkeys(_TWO.split(), "Any, Any"),
    **dict.fromkeys(("tuple", "Tuple"), "Any, ..."),
    **dict.fromkeys(("Generator", "Coroutine"), "Any, Any, Any"),
    "Callable": "..., Any",
}


class BareGeneric(FindingRepair):
    """Say that a generic type holds anything, which is what its bare name means.

    Nothing changes for whoever uses it: `dict` and `dict[Any, Any]` are the same type. A narrower one is the
    author's to choose.
    """

    NAME = "bare-generic"
    NUMBER = 30
    TIER = Tier.A
    PRIOR = 0.85
    MESSAGE = "a generic type does not say what it holds"
    CODES = frozenset({"type-arg"})
    VALID: ClassVar[tuple[Example, ...]] = (
        Example("class Box:\n    inner: Crate\n", "class Box:\n    inner: Crate\n", "type-arg",
                'Missing type parameters for generic type "Crate"', 2),
        Example("x = dict(a=1)\n", "x = dict(a=1)\n", "type-arg",
                'Missing type parameters for generic type "dict"', 1),
    )  # fmt: skip
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example("class A:\n    x: dict = {}\n",
                "from typing import Any\n\n\nclass A:\n    x: dict[Any, Any] = {}\n", "type-arg",
                'Missing type parameters for generic type "dict"', 2, 8),
        Example("from typing import Any, Callable\n\n\ndef f(g: Callable, n: list[int]) -> Any:\n    return g(n)\n",
                "from typing import Any, Callable\n\n\ndef f(g: Callable[..., Any], n: list[int]) -> Any:\n"
                "    return g(n)\n", "type-arg", 'Missing type parameters for generic type "Callable"', 4, 10),
        Example("from typing import Any\n\n\ndef f() -> list[tuple]:\n    x: list[Any] = []\n    return x\n",
                "from typing import Any\n\n\ndef f() -> list[tuple[Any, ...]]:\n    x: list[Any] = []\n"
                "    return x\n", "type-arg", 'Missing type parameters for generic type "tuple"', 4, 17),
    )  # fmt: skip

    def mend(self, case: Case) -> str:
        """Complete the bare names on the findings' lines."""
        source = parse(case.text)
        if source is None:
            return case.text
        edits = Edits(source)
        for finding in case.findings:
            named = _MESSAGE.match(finding.message)
            name = named["name"].rpartition(".")[2] if named else ""
            for whole in _bare(source, finding.line, name) if name in _HELD else ():
                edits.put(whole, cst.parse_expression(f"{source.code(whole)}[{_HELD[name]}]"))
        if not edits.changes:
            return case.text
        return add_import(edits, case.project, case.path, Import("typing", "Any")).text()


def _bare(source: Source, line: int, name: str) -> Iterator[cst.BaseExpression]:
    """Yield each mention of a type, in an annotation that spans the line, that says nothing of what it holds."""
    for annotation in source.all(cst.Annotation):
        place = source.place(annotation)
        for node in source.within(annotation, cst.Name) if place.start.line <= line <= place.end.line else ():
            owner = source.parents[node]
            whole = owner if isinstance(owner, cst.Attribute) and owner.attr is node else node
            around = source.parents[whole]
            if node.value == name and not (isinstance(around, cst.Subscript) and around.value is whole):
                yield whole
