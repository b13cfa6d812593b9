"""Mutable attributes of a class that do not say that all its objects share them."""

from __future__ import annotations

from typing import ClassVar

import libcst as cst

from fixers.codemods.imports import Import, add_import
from fixers.codemods.source import Edits, parse
from fixers.codemods.symbols import imports
from fixers.tools.repairs.base import Case, Example, FindingRepair

_MESSAGE = "Mutable class attributes should be annotated with `typing.ClassVar`"
_TYPES: tuple[tuple[type[cst.BaseExpression], str], ...] = (
    (cst.SimpleString, "str"),
    (cst.ConcatenatedString, "str"),
    (cst.Integer, "int"),
    (cst.Float, "float"),
)


class SharedAttribute(FindingRepair):
    """Annotate a mutable attribute of a class as `ClassVar`, which is what it is.

    With the type of what it holds, where that is written down there. Left alone: an attribute that has an annotation,
    and a class with a base that is not known, which may take attributes for fields.
    """

    NAME = "shared-attribute"
    NUMBER = 30
    PRIOR = 0.95
    MESSAGE = "a mutable attribute of a class does not say that it is shared"
    CODES = frozenset({"RUF012"})
    VALID: ClassVar[tuple[Example, ...]] = (
        Example("class A(Model):\n    x = [1]\n", "class A(Model):\n    x = [1]\n", "RUF012", _MESSAGE, 2, 9),
        Example("class A:\n    x = []\n", "class A:\n    x = []\n", "RUF012", _MESSAGE, 2, 9),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example("class A:\n    x = [1, 2]\n",
                "from typing import ClassVar\n\n\nclass A:\n    x: ClassVar[list[int]] = [1, 2]\n", "RUF012", _MESSAGE,
                2, 9),
        Example("from typing import ClassVar\n\n\nclass A(Exception):\n    x = {'a': 1}\n",
                "from typing import ClassVar\n\n\nclass A(Exception):\n    x: ClassVar[dict[str, int]] = {'a': 1}\n",
                "RUF012", _MESSAGE, 5, 9),
    )  # fmt: skip

    def mend(self, case: Case) -> str:
        """Annotate the attributes on the findings' lines."""
        source = parse(case.text)
        if source is None:
            return case.text
        edits, lines, done = Edits(source), {finding.line for finding in case.findings}, False
        for node in source.all(cst.Assign):
            owner = source.up(node, cst.ClassDef)
            if source.line(node.value) not in lines or owner is None or not _is_plain(owner) or len(node.targets) > 1:
                continue
            kind = _type(node.value)
            if kind:
                annotation = cst.Annotation(cst.parse_expression(f"ClassVar[{kind}]"))
                edits.put(node, cst.AnnAssign(node.targets[0].target, annotation, node.value))
                done = True
        if done and "ClassVar" not in imports(case.project, case.path):
            add_import(edits, case.project, case.path, Import("typing", "ClassVar"))
        return edits.text()


def _is_plain(owner: cst.ClassDef) -> bool:
    bases = [base.value.value for base in owner.bases if isinstance(base.value, cst.Name)]
    known = {"object", "Exception", "ABC", "ValueError", "RuntimeError", "TestCase"}
    return not owner.decorators and len(bases) == len(owner.bases) and set(bases) <= known and not owner.keywords


def _type(value: cst.BaseExpression) -> str:
    if isinstance(value, (cst.List, cst.Set)):
        held = {_type(element.value) for element in value.elements}
        one = held.pop() if len(held) == 1 else ""
        return f"{'list' if isinstance(value, cst.List) else 'set'}[{one}]" if one else ""
    if isinstance(value, cst.Dict):
        pairs = [element for element in value.elements if isinstance(element, cst.DictElement)]
        keys, held = {_type(pair.key) for pair in pairs}, {_type(pair.value) for pair in pairs}
        whole = len(pairs) == len(value.elements) and len(keys) == len(held) == 1
        key, one = (keys.pop(), held.pop()) if whole else ("", "")
        return f"dict[{key}, {one}]" if key and one else ""
    if isinstance(value, cst.Name) and value.value in {"True", "False"}:
        return "bool"
    return next((name for kind, name in _TYPES if isinstance(value, kind)), "")
