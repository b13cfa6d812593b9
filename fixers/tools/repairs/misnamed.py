"""Attributes and keywords that a type checker does not know, but for a letter or two."""

from __future__ import annotations

import re
from typing import ClassVar

import libcst as cst

from fixers.codemods.source import Edits, Source, parse
from fixers.tools.repairs.base import Case, Example, FindingRepair

_ATTRIBUTE = re.compile(r'^(?:Module )?"?[^"]*"? ?has no attribute "(?P<old>\w+)"; maybe "(?P<new>\w+)"\?$')
_SEVERAL = re.compile(r'has no attribute "(?P<old>\w+)"; maybe (?P<new>"\w+"(?:(?:, | or |, or )"\w+")+)\?$')
_KEYWORD = re.compile(r'^Unexpected keyword argument "(?P<old>\w+)" for .*; did you mean "(?P<new>\w+)"\?$')


class Misnamed(FindingRepair):
    """Spell an attribute or a keyword as the type checker knows it, when it takes one name like it and no other."""

    NAME = "misnamed"
    NUMBER = 5
    PRIOR = 0.93
    MESSAGE = "an attribute or keyword is misspelled"
    CODES = frozenset({"attr-defined", "call-arg"})
    VALID: ClassVar[tuple[Example, ...]] = (
        Example("x.nmae\n", "x.nmae\n", "attr-defined", '"A" has no attribute "nmae"; maybe "name" or "game"?', 1),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example("def f(x: A) -> str:\n    return x.nmae\n", "def f(x: A) -> str:\n    return x.name\n", "attr-defined",
                '"A" has no attribute "nmae"; maybe "name"?', 2, column=12),
        Example("f(sze=1)\n", "f(size=1)\n", "call-arg",
                'Unexpected keyword argument "sze" for "f"; did you mean "size"?', 1),
    )  # fmt: skip

    def mend(self, case: Case) -> str:
        """Rename on the findings' lines, where the name stands once."""
        source = parse(case.text)
        if source is None:
            return case.text
        edits = Edits(source)
        for finding in case.findings:
            if named := _ATTRIBUTE.match(finding.message):
                _attribute(edits, source, finding.line, named["old"], named["new"])
            elif named := _KEYWORD.match(finding.message):
                _keyword(edits, source, finding.line, named["old"], named["new"])
        return edits.text()

    def rivals(self, case: Case) -> tuple[str, ...]:
        """Return the text with each of the names that the type checker suggests."""
        source, finding = parse(case.text), case.findings[0]
        named = _SEVERAL.search(finding.message)
        if source is None or named is None:
            return ()
        texts = []
        for new in re.findall(r"\w+", named["new"].replace(" or ", " ")):
            edits = Edits(source)
            _attribute(edits, source, finding.line, named["old"], new)
            texts.append(edits.text())
        return tuple(texts)


def _attribute(edits: Edits, source: Source, line: int, old: str, new: str) -> None:
    found = [node for node in source.at(line, cst.Attribute) if node.attr.value == old]
    if len(found) == 1:
        edits.put(found[0].attr, found[0].attr.with_changes(value=new))


def _keyword(edits: Edits, source: Source, line: int, old: str, new: str) -> None:
    found = [node for node in source.at(line, cst.Arg) if node.keyword is not None and node.keyword.value == old]
    if len(found) == 1 and found[0].keyword is not None:
        edits.put(found[0].keyword, found[0].keyword.with_changes(value=new))
