"""Values that stand where a type should, and are named almost like it."""

from __future__ import annotations

import re
from typing import ClassVar

import libcst as cst

from fixers.codemods.imports import Import, add_import
from fixers.codemods.source import Edits, parse
from fixers.tools.repairs.base import Case, Example, FindingRepair

_MESSAGE = re.compile(r'^Function "builtins\.(?P<name>any|callable)" is not valid as a type')
_TYPES = {"any": Import("typing", "Any"), "callable": Import("collections.abc", "Callable")}


class MisusedValue(FindingRepair):
    """Write `Any` for `any` and `Callable` for `callable` in an annotation: the builtins are functions."""

    NAME = "misused-value"
    NUMBER = 30
    PRIOR = 0.97
    MESSAGE = "a builtin function is used as a type"
    CODES = frozenset({"valid-type"})
    VALID: ClassVar[tuple[Example, ...]] = (
        Example("def f(x: int) -> bool:\n    return any([x])\n", "def f(x: int) -> bool:\n    return any([x])\n",
                "valid-type", 'Function "builtins.any" is not valid as a type', 2),
    )  # fmt: skip
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example("def f(x: any) -> bool:\n    return any([x])\n",
                "from typing import Any\n\n\ndef f(x: Any) -> bool:\n    return any([x])\n", "valid-type",
                'Function "builtins.any" is not valid as a type', 1, 10),
        Example("from typing import Any\n\n\ndef f(x: dict[str, any]) -> Any:\n    return x\n",
                "from typing import Any\n\n\ndef f(x: dict[str, Any]) -> Any:\n    return x\n", "valid-type",
                'Function "builtins.any" is not valid as a type', 4, 20),
        Example("def f(\n    g: callable,\n) -> None:\n    g()\n",
                "from collections.abc import Callable\n\n\ndef f(\n    g: Callable,\n) -> None:\n    g()\n",
                "valid-type", 'Function "builtins.callable" is not valid as a type', 2, 8),
    )  # fmt: skip

    def mend(self, case: Case) -> str:
        """Replace the names in annotations on the findings' lines."""
        source = parse(case.text)
        if source is None:
            return case.text
        edits = Edits(source)
        for finding in case.findings:
            named = _MESSAGE.match(finding.message)
            inside = [
                node
                for annotation in source.all(cst.Annotation)
                for node in source.within(annotation, cst.Name)
                if named and node.value == named["name"] and source.line(node) == finding.line
            ]
            for node in inside if named else ():
                edits.put(node, cst.Name(_TYPES[node.value].name))
                add_import(edits, case.project, case.path, _TYPES[node.value])
        return edits.text()
