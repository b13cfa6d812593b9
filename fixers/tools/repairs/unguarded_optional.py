"""Values that may be None, by the type checker's word, in functions that may answer None."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from fixers.codemods.source import Edits, Source, parse
from fixers.evidence import Finding
from fixers.model import Tier
from fixers.tools.repairs.base import Case, Example, FindingRepair

_MAY_BE_NONE = re.compile(
    r'^Item "None" of ".+" has no attribute "\w+"'
    r'|^Value of type ".+ \| None" is not indexable'
    r'|^Argument \d+ to .+ has incompatible type "(?P<have>.+) \| None"; expected "(?P=have)"'
    r'|^"\w+" is not a known attribute of "None"'
    r'|^Object of type "None" is not subscriptable'
)
_ANSWERS_NONE = re.compile(r"\bNone\b|\bOptional\[")
_LOOPS = (cst.For, cst.While)
_MESSAGE = 'Item "None" of "Match[str] | None" has no attribute "group"'


class UnguardedOptional(FindingRepair):
    """Answer None for a value that is None, before it is used, where the function's own annotation allows None.

    In any other function nobody can tell what is meant instead, so it is left alone; and so is a use within a
    loop, which may have to go on.
    """

    NAME = "unguarded-optional"
    NUMBER = 30
    TIER = Tier.B
    PRIOR = 0.8
    MESSAGE = "a value that may be None is used as if it could not be"
    CODES = frozenset({"union-attr", "index", "arg-type", "reportOptionalMemberAccess", "reportOptionalSubscript"})
    VALID: ClassVar[tuple[Example, ...]] = (
        Example("def f(t: str) -> str:\n    m = P.search(t)\n    return m.group()\n",
                "def f(t: str) -> str:\n    m = P.search(t)\n    return m.group()\n", "union-attr", _MESSAGE, 3, 12),
        Example("def f(ts: list[str]) -> str | None:\n    for t in ts:\n        m = P.search(t)\n"
                "        print(m.group())\n    return None\n",
                "def f(ts: list[str]) -> str | None:\n    for t in ts:\n        m = P.search(t)\n"
                "        print(m.group())\n    return None\n", "union-attr", _MESSAGE, 4, 15),
    )  # fmt: skip
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example("def f(t: str) -> str | None:\n    m = P.search(t)\n    return m.group()\n",
                "def f(t: str) -> str | None:\n    m = P.search(t)\n    if m is None:\n        return None\n"
                "    return m.group()\n", "union-attr", _MESSAGE, 3, 12),
        Example("def f(t: str) -> Optional[str]:\n    # the first\n    return P.search(t).group()\n",
                "def f(t: str) -> Optional[str]:\n    # the first\n    match = P.search(t)\n    if match is None:\n"
                "        return None\n    return match.group()\n", "union-attr", _MESSAGE, 3, 12),
    )  # fmt: skip

    def mend(self, case: Case) -> str:
        """Leave it to the choice among rivals: whether the guard settles the matter the tool says."""
        return case.text

    def rivals(self, case: Case) -> tuple[str, ...]:
        """Return the text with a guard in front of the statement that uses the value."""
        source = parse(case.text)
        return tuple(_guarded(source, case.findings[0])) if source is not None else ()


def _guarded(source: Source, finding: Finding) -> Iterator[str]:
    value = _value(source, finding) if _MAY_BE_NONE.match(finding.message) else None
    statement = _statement(source, value) if value is not None else None
    if value is None or statement is None or not _may_answer_none(source, statement):
        return
    edits = Edits(source)
    above, name = [], source.code(value)
    if not isinstance(value, cst.Name):
        name = "match" if "Match[" in finding.message else "found"
        if not isinstance(value, cst.Call) or re.search(rf"\b{name}\b", source.code(source.module)):
            return
        edits.put(value, cst.Name(name))
        above.append(f"{name} = {source.code(value)}\n")
    above.append(f"if {name} is None:\n    return None\n")
    lines = [cst.parse_statement(text) for text in above]

    def put(node: cst.SimpleStatementLine) -> cst.FlattenSentinel[cst.CSTNode]:
        first = lines[0].with_changes(leading_lines=node.leading_lines)
        return cst.FlattenSentinel([first, *lines[1:], node.with_changes(leading_lines=[])])

    yield edits.change(statement, cst.SimpleStatementLine, put).text()


def _value(source: Source, finding: Finding) -> cst.BaseExpression | None:
    """Return the expression that may be None: what the finding's place reads an attribute or an item of, or passes."""
    place = (finding.line, finding.column - 1)
    # A type checker names the start of the whole expression, or the attribute itself.
    found = [node.value for node in source.all(cst.Subscript) if _start(source, node) == place]
    reads = ((read, (_start(source, read), _start(source, read.attr))) for read in source.all(cst.Attribute))
    found += [read.value for read, places in reads if place in places]
    if finding.code == "arg-type":
        found = [arg.value for arg in source.all(cst.Arg) if _start(source, arg.value) == place]
    # The innermost that is not only the first word of another: `P.search(t)`, not `P`.
    plain = [node for node in found if isinstance(node, (cst.Name, cst.Call))]
    names = [node for node in plain if not _is_library(finding, source, node)]
    return min(names, key=lambda node: len(source.code(node)), default=None)


def _is_library(finding: Finding, source: Source, node: cst.CSTNode) -> bool:
    """Say whether a name is what a call is made on, and the finding is about another attribute than that call's."""
    parent = source.parents[node]
    said = re.search(r'has no attribute "(\w+)"', finding.message)
    return said is not None and isinstance(parent, cst.Attribute) and parent.attr.value != said[1]


def _start(source: Source, node: cst.CSTNode) -> tuple[int, int]:
    start = source.place(node).start
    return start.line, start.column


def _statement(source: Source, value: cst.CSTNode) -> cst.SimpleStatementLine | None:
    """Return the statement around a value; None where it is not run at once, or in a loop."""
    statement = source.up(value, cst.SimpleStatementLine)
    node = source.parents.get(value)
    while node is not None and node is not statement:
        if isinstance(node, (cst.Lambda, cst.CompFor, cst.IfExp, cst.BooleanOperation, cst.BaseComp)):
            return None
        node = source.parents.get(node)
    function = source.up(value, cst.FunctionDef)
    loops = [loop for kind in _LOOPS if (loop := source.up(value, kind)) is not None]
    inner = any(function is None or source.inside(loop, function) for loop in loops)
    called_first = not isinstance(value, cst.Call) or statement is None or _is_first(source, value, statement)
    return statement if called_first and not inner else None


def _is_first(source: Source, call: cst.Call, statement: cst.SimpleStatementLine) -> bool:
    """Say whether a call is the first thing that a statement does, so that it may as well be done before it."""
    head = statement.body[0]
    value = head.value if isinstance(head, cst.Return | cst.Assign | cst.Expr) else None
    return len(statement.body) == 1 and value is not None and _start(source, value) == _start(source, call)


def _may_answer_none(source: Source, statement: cst.SimpleStatementLine) -> bool:
    function = source.up(statement, cst.FunctionDef)
    if function is None or function.returns is None:
        return False
    annotation = source.code(function.returns.annotation).strip("'\"")
    generates = any(True for _ in source.within(function.body, cst.Yield))
    return annotation != "None" and not generates and _ANSWERS_NONE.search(annotation) is not None
