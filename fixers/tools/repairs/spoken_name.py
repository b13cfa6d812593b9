"""Names of local variables that a linter does not want: `l`, `Result`."""

from __future__ import annotations

import ast
import builtins
import keyword
import re
from typing import ClassVar

import libcst as cst

from fixers.codemods.source import Edits, Source, parse
from fixers.tools.repairs.base import Case, Example, FindingRepair

_MESSAGE = re.compile(
    r"^(?:[Aa]mbiguous variable name:? ['`](?P<ambiguous>\w)['`]"
    r"|Variable [`'](?P<cased>\w+)[`'] in function should be lowercase"
    r"|variable '(?P<plain>\w+)' in function should be lowercase)"
)
_LOOKS_BY_NAME = frozenset({"locals", "vars", "eval", "exec"})


class SpokenName(FindingRepair):
    """Give a local variable the name that the linter wants: in lower case, or one that is no number to the eye.

    Only where every use of the name is in one function, and the new name is free there. A loop over `rows` gives a
    `row`, other loops an `item`, a count a `length` or `number`, and everything else a `value`.
    """

    NAME = "spoken-name"
    NUMBER = 1
    PRIOR = 0.95
    MESSAGE = "a local variable has a name that the linter does not want"
    CODES = frozenset({"E741", "N806"})
    VALID: ClassVar[tuple[Example, ...]] = (
        Example("def f(a, row):\n    for l in rows:\n        g(l, row, item)\n",
                "def f(a, row):\n    for l in rows:\n        g(l, row, item)\n", "E741",
                "Ambiguous variable name: `l`", 2, 9),
        Example("def f(l):\n    return l\n", "def f(l):\n    return l\n", "E741", "ambiguous variable name 'l'", 1, 7),
        Example("def f():\n    Size = 1\n    g(f'{Size=}')\n", "def f():\n    Size = 1\n    g(f'{Size=}')\n", "N806",
                "Variable `Size` in function should be lowercase", 2, 5),
        Example("l = 1\n", "l = 1\n", "E741", "ambiguous variable name 'l'", 1, 1),
    )  # fmt: skip
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example("def f(lines):\n    for l in lines:\n        g(l)\n",
                "def f(lines):\n    for line in lines:\n        g(line)\n", "E741",
                "Ambiguous variable name: `l`", 2, 9),
        Example("def f(rows):\n    return [l for l in rows if l.x]\n",
                "def f(rows):\n    return [row for row in rows if row.x]\n", "E741", "ambiguous variable name 'l'", 2,
                19),
        Example("def f(text):\n    l = len(text)\n    return g(l=l)\n",
                "def f(text):\n    length = len(text)\n    return g(l=length)\n", "E741",
                "ambiguous variable name 'l'", 2, 5),
        Example("def f(r):\n    MaxSize = 2 * r\n    return MaxSize\n",
                "def f(r):\n    max_size = 2 * r\n    return max_size\n", "N806",
                "Variable `MaxSize` in function should be lowercase", 2, 5),
    )  # fmt: skip

    def mend(self, case: Case) -> str:
        """Rename one variable after the other, each in the text that the one before left."""
        text = case.text
        for finding in case.findings:
            named, source = _MESSAGE.match(finding.message), parse(text)
            name = next(filter(None, named.groups()), "") if named else ""
            if name and source is not None:
                text = _renamed(source, finding.line, name)
        return text


def _renamed(source: Source, line: int, old: str) -> str:
    function = source.enclosing(line, cst.FunctionDef)
    if function is None:
        return source.text
    new = _lower(old) if len(old) > 1 or old not in "lOI" else _spoken(source, function, line, old)
    if not new or not _is_local(source, function, old) or _is_taken(source, function, new):
        return source.text
    edits = Edits(source)
    for node in source.within(function, cst.Name):
        if node.value == old and not _is_label(source, node):
            edits.put(node, node.with_changes(value=new))
    return edits.text()


def _is_local(source: Source, function: cst.FunctionDef, name: str) -> bool:
    """Say whether a name is bound in this function, no parameter of any, and looked up by nothing but its uses."""
    names = {node.value for node in source.within(function, cst.Name)}
    parameters = {node.name.value for node in source.within(function, cst.Param)}
    shared = {item.name.value for item in source.within(function, cst.NameItem)}
    imported = any(True for _ in source.within(function, cst.ImportAlias))
    owning = any(True for _ in source.within(function, cst.ClassDef))
    shown = any(node.equal is not None for node in source.within(function, cst.FormattedStringExpression))
    inner = (
        imported or owning or shown or any(node is not function for node in source.within(function, cst.FunctionDef))
    )
    outer = source.up(function, cst.FunctionDef) is not None
    return not (names & _LOOKS_BY_NAME or name in parameters | shared or inner or outer)


def _is_taken(source: Source, function: cst.FunctionDef, name: str) -> bool:
    names = {node.value for node in source.within(function, cst.Name)}
    module = {node.id for node in ast.walk(ast.parse(source.text)) if isinstance(node, ast.Name)}
    return name in names | module or hasattr(builtins, name) or keyword.iskeyword(name)


def _is_label(source: Source, node: cst.Name) -> bool:
    """Say whether a name is an attribute's or a keyword's: nothing that is looked up as a variable."""
    parent = source.parents[node]
    if isinstance(parent, cst.Attribute):
        return parent.attr is node
    return isinstance(parent, cst.Arg) and parent.keyword is node


def _lower(name: str) -> str:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
    return words if words.isidentifier() and len(words) > 1 else ""


def _spoken(source: Source, function: cst.FunctionDef, line: int, name: str) -> str:
    loops: list[cst.For | cst.CompFor] = [*source.within(function, cst.For), *source.within(function, cst.CompFor)]
    for loop in loops:
        if isinstance(loop.target, cst.Name) and loop.target.value == name and source.line(loop) <= line:
            over = loop.iter.value if isinstance(loop.iter, cst.Name) else ""
            over = loop.iter.attr.value if isinstance(loop.iter, cst.Attribute) else over
            return over[:-1] if len(over) > 3 and over.endswith("s") and not over.endswith("ss") else "item"
    for given in source.within(function, cst.Assign):
        target = given.targets[0].target
        if isinstance(target, cst.Name) and target.value == name:
            called = source.code(given.value.func) if isinstance(given.value, cst.Call) else ""
            return "length" if called == "len" else "number" if isinstance(given.value, cst.Integer) else "value"
    return ""
