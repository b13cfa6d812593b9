"""f-strings that hold nothing to fill in."""

from __future__ import annotations

from typing import ClassVar

import libcst as cst

from fixers.codemods.source import Edits, parse
from fixers.tools.repairs.base import Case, Example, FindingRepair


class EmptyFString(FindingRepair):
    """Drop the `f` of a text without placeholders; doubled braces become single, as they are printed."""

    NAME = "empty-f-string"
    NUMBER = 1
    PRIOR = 0.98
    MESSAGE = "an f-string holds no placeholder"
    CODES = frozenset({"F541"})
    VALID: ClassVar[tuple[Example, ...]] = (
        Example("x = f'{a}'\n", "x = f'{a}'\n", "F541", "f-string is missing placeholders", 1, column=5),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example("x = f'a'\n", "x = 'a'\n", "F541", "f-string is missing placeholders", 1, column=5),
        Example("x = fr'a{{1}}'\n", "x = r'a{1}'\n", "F541", "f-string is missing placeholders", 1, column=5),
    )

    def mend(self, case: Case) -> str:
        """Rewrite the texts on the findings' lines."""
        source = parse(case.text)
        if source is None:
            return case.text
        edits, lines = Edits(source), {finding.line for finding in case.findings}
        for node in source.all(cst.FormattedString):
            plain = all(isinstance(part, cst.FormattedStringText) for part in node.parts)
            joined = isinstance(source.parents.get(node), cst.ConcatenatedString)
            if source.line(node) in lines and plain and not joined:
                edits.put(node, _plain(node))
        return edits.text()


def _plain(node: cst.FormattedString) -> cst.BaseExpression:
    body = "".join(part.value for part in node.parts if isinstance(part, cst.FormattedStringText))
    body = body.replace("{{", "{").replace("}}", "}")
    prefix = node.prefix.replace("f", "").replace("F", "")
    return cst.SimpleString(f"{prefix}{node.quote}{body}{node.end}", lpar=node.lpar, rpar=node.rpar)
