"""Groups of a regular expression that took no part in the match."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import Site, crashes, raising_site
from fixers.codemods.source import Edits
from fixers.codemods.symbols import classes, methods
from fixers.model import Candidate, Tier

_NONE = re.compile(r"^(?:int|float)\(\) argument must be .* not 'NoneType'|^'NoneType' object has no attribute '\w+'")
_SAID = "int() argument must be a string, a bytes-like object or a real number, not 'NoneType'"
_DISH = "@dataclass\nclass Dish:\n    name: str\n    cents: int = 0\n    note: str = ''\n\n\n"


class UnmatchedGroup(Codemod):
    """Take the default of the class that is made, where a group of the pattern did not match.

    All groups that are converted for the same object at once, and only into what its own fields default to.
    """

    NAME = "unmatched-group"
    NUMBER = 15
    TIER = Tier.A
    PRIOR = 0.9
    MESSAGE = "a group of a regular expression is used that did not match"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # no default says what is meant
            before=_DISH.replace(" = 0", "") + "def f(match):\n    return Dish('a', int(match['cents']))\n",
            after=_DISH.replace(" = 0", "") + "def f(match):\n    return Dish('a', int(match['cents']))\n",
            exception="TypeError",
            message=_SAID,
            line=9,
        ),
        Rewrite(  # no group
            before=_DISH + "def f(row):\n    return Dish('a', int(row.cents))\n",
            after=_DISH + "def f(row):\n    return Dish('a', int(row.cents))\n",
            exception="TypeError",
            message=_SAID,
            line=9,
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before=_DISH + "def f(match):\n    return Dish('a', int(match.group(1)), note=match['note'].strip())\n",
            after=(
                _DISH + "def f(match):\n"
                "    return Dish('a', int(match.group(1) or 0), note=(match['note'] or '').strip())\n"
            ),
            exception="TypeError",
            message=_SAID,
            line=9,
        ),
        Rewrite(
            before=_DISH + "def f(m):\n    name, cents = m.groups()\n    return Dish(name, cents=int(cents))  # one\n",
            after=_DISH
            + "def f(m):\n    name, cents = m.groups()\n    return Dish(name, cents=int(cents or 0))  # one\n",
            exception="TypeError",
            message=_SAID,
            line=10,
        ),
        Rewrite(
            before=_DISH + "def f(m):\n    note = m.group('note')\n    return Dish('a', note=note.lower())\n",
            after=_DISH + "def f(m):\n    note = m.group('note')\n    return Dish('a', note=(note or '').lower())\n",
            exception="AttributeError",
            message="'NoneType' object has no attribute 'lower'",
            line=10,
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Offer the defaults for all groups that the failing call is given."""
        for crash in crashes(scene, "TypeError", "AttributeError"):
            site = raising_site(scene, crash) if _NONE.search(crash.message) else None
            statement = site.source.statement(site.line) if site is not None else None
            edits = Edits(site.source) if site is not None else None
            for call in site.source.within(statement, cst.Call) if site is not None else ():
                assert site is not None and edits is not None  # noqa: S101, PT018 - there is no call without them
                defaults = _defaults(scene, call)
                for index, arg in enumerate(call.args):
                    default = defaults.get(arg.keyword.value if arg.keyword is not None else index)
                    group = _converted(site, arg.value)
                    if group is not None and default is not None and _fits(arg.value, default):
                        edits.put(
                            group, _or(group, default, in_call=isinstance(arg.value, cst.Call) and _is_plain(arg.value))
                        )
            if site is not None and edits is not None and edits.changes:
                summary = "What the pattern did not find is what the class has by default."
                yield from self.offer(
                    scene, {site.path: edits.text()}, summary=summary, line=site.line, function=site.function
                )  # fmt: skip


def _defaults(scene: Scene, call: cst.Call) -> dict[str | int, str]:
    """Return the literal defaults of a project class that a call makes, by name and by position."""
    name = call.func.value if isinstance(call.func, cst.Name) else ""
    found = classes(scene.project, name) if name[:1].isupper() else []
    if len(found) != 1:
        return {}
    node = found[0][1]
    init = next((method for method in methods(node) if method.name == "__init__"), None)
    pairs: list[tuple[str, ast.expr | None]] = []
    if init is not None:
        plain = init.args.args[1:]
        given: list[ast.expr | None] = [None] * (len(plain) - len(init.args.defaults))
        pairs = list(zip((arg.arg for arg in plain), [*given, *init.args.defaults], strict=False))
    else:
        fields = [item for item in node.body if isinstance(item, ast.AnnAssign)]
        pairs = [(item.target.id, item.value) for item in fields if isinstance(item.target, ast.Name)]
    known: dict[str | int, str] = {}
    for index, (field, value) in enumerate(pairs):
        if isinstance(value, ast.Constant) and isinstance(value.value, (int, float, str)):
            known[field] = known[index] = repr(value.value)
    return known


def _is_plain(node: cst.Call) -> bool:
    return isinstance(node.func, cst.Name) and node.func.value in {"int", "float"} and len(node.args) == 1


def _converted(site: Site, node: cst.BaseExpression) -> cst.BaseExpression | None:
    """Return the group that a value converts: what `int(group)` is given, what `group.strip()` is asked of."""
    if not isinstance(node, cst.Call):
        return None
    if _is_plain(node):
        inner: cst.BaseExpression = node.args[0].value
    elif isinstance(node.func, cst.Attribute) and not _is_group(site, node):
        inner = node.func.value
    else:
        return None
    return inner if _is_group(site, inner) else None


def _is_group(site: Site, node: cst.BaseExpression) -> bool:
    """Say whether an expression is a group of a match: read from one, or a variable that was given one."""
    if isinstance(node, cst.Subscript):
        return site.source.code(node.value) in {"m", "match", "found", "matched"}
    if isinstance(node, cst.Call):
        return isinstance(node.func, cst.Attribute) and node.func.attr.value == "group"
    function = site.source.enclosing(site.line, cst.FunctionDef)
    for line in site.source.within(function, cst.Assign) if isinstance(node, cst.Name) else ():
        targets = site.source.within(line.targets[0].target, cst.Name)
        reads = re.search(r"\.(?:groups|group)\(", site.source.code(line.value))
        if reads and any(isinstance(node, cst.Name) and target.value == node.value for target in targets):
            return True
    return False


def _fits(value: cst.BaseExpression, default: str) -> bool:
    """Say whether a default is of the type that the conversion gives."""
    number = isinstance(value, cst.Call) and _is_plain(value)
    return number != default.startswith(("'", '"'))


def _or(group: cst.BaseExpression, default: str, *, in_call: bool) -> cst.BaseExpression:
    written = f"{cst.Module([]).code_for_node(group)} or {default}"
    return cst.parse_expression(written if in_call else f"({written})")
