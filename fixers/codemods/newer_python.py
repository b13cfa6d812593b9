"""Features of a newer Python than the one that runs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import ClassVar

import libcst as cst

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import Site, crashes, nearest_site
from fixers.codemods.imports import Import, add_import
from fixers.codemods.source import Edits
from fixers.model import Candidate, Tier

_UNION = re.compile(r"unsupported operand type\(s\) for \|=?: '(?:dict|defaultdict|OrderedDict)' and '\w+'")
_AFFIX = re.compile(r"'(?:str|bytes)' object has no attribute 'remove(?:prefix|suffix)'")
_GENERIC = re.compile(
    r"'(?:type|ABCMeta|_abc\w*)' object is not subscriptable"
    r"|unsupported operand type\(s\) for \|: '\w+' and '(?:type|NoneType|_GenericAlias|ABCMeta|\w+Meta)'"
)
_CACHE = re.compile(r"cannot import name 'cache' from 'functools'|module 'functools' has no attribute 'cache'")
_UTC = re.compile(r"cannot import name 'UTC' from 'datetime'|module 'datetime' has no attribute 'UTC'")
_PURE = (cst.Name, cst.Attribute, cst.SimpleString, cst.ConcatenatedString)
_TYPES = {"list": "List", "dict": "Dict", "set": "Set", "frozenset": "FrozenSet", "tuple": "Tuple", "type": "Type"}
_FUTURE = Import("__future__", "annotations")


class NewerPython(Codemod):
    """Write what this interpreter does not have yet in the way that every supported one understands.

    Covers `|` of dicts and of types, `removeprefix` and `removesuffix`, built-in generics, `functools.cache` and
    `datetime.UTC`: code that was written on a newer Python and runs on an older one of the matrix.
    """

    NAME = "newer-python"
    NUMBER = 3
    TIER = Tier.A
    PRIOR = 0.93
    MESSAGE = "this Python version does not have this yet"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # evaluated twice, a call might do something else the second time
            before="def f(p):\n    return p.read().removeprefix('x')\n",
            after="def f(p):\n    return p.read().removeprefix('x')\n",
            exception="AttributeError",
            message="'str' object has no attribute 'removeprefix'",
            line=2,
            python=(3, 8),
        ),
        Rewrite(  # here `|` of these values is a fault of the values
            before="def f(a, b):\n    return a | b\n",
            after="def f(a, b):\n    return a | b\n",
            exception="TypeError",
            message="unsupported operand type(s) for |: 'dict' and 'list'",
            line=2,
            python=(3, 12),
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before="def f(a, b):\n    return a | b\n",
            after="def f(a, b):\n    return {**a, **b}\n",
            exception="TypeError",
            message="unsupported operand type(s) for |: 'dict' and 'dict'",
            line=2,
            python=(3, 8),
        ),
        Rewrite(
            before="def f(a, b):\n    a |= b\n    return a\n",
            after="def f(a, b):\n    a.update(b)\n    return a\n",
            exception="TypeError",
            message="unsupported operand type(s) for |=: 'dict' and 'dict'",
            line=2,
            python=(3, 8),
        ),
        Rewrite(
            before="def f(name):\n    return name.removeprefix('py-')\n",
            after="def f(name):\n    return name[3:] if name.startswith('py-') else name\n",
            exception="AttributeError",
            message="'str' object has no attribute 'removeprefix'",
            line=2,
            python=(3, 8),
        ),
        Rewrite(
            before="def f(self, end):\n    return g(self.name.removesuffix(end), 1)\n",
            after=(
                "def f(self, end):\n"
                "    return g(self.name[:-len(end)] if end and self.name.endswith(end) else self.name, 1)\n"
            ),
            exception="AttributeError",
            message="'str' object has no attribute 'removesuffix'",
            line=2,
            python=(3, 8),
        ),
        Rewrite(
            before='"""Names."""\n\n\ndef f(xs: list[str]) -> str | None:\n    return xs[0]\n',
            after=(
                '"""Names."""\n\nfrom __future__ import annotations\n\n\n'
                "def f(xs: list[str]) -> str | None:\n    return xs[0]\n"
            ),
            exception="TypeError",
            message="'type' object is not subscriptable",
            line=4,
            python=(3, 8),
        ),
        Rewrite(
            before="Pairs = dict[str, list[int]]\n",
            after="from typing import Dict, List\n\nPairs = Dict[str, List[int]]\n",
            exception="TypeError",
            message="'type' object is not subscriptable",
            line=1,
            python=(3, 8),
        ),
        Rewrite(
            before="def f(x):\n    return isinstance(x, int | str)\n",
            after="def f(x):\n    return isinstance(x, (int, str))\n",
            exception="TypeError",
            message="unsupported operand type(s) for |: 'type' and 'type'",
            line=2,
            python=(3, 9),
        ),
        Rewrite(
            before="from functools import cache\n\n\n@cache\ndef f(x):\n    return x\n",
            after="from functools import lru_cache\n\n\n@lru_cache(maxsize=None)\ndef f(x):\n    return x\n",
            exception="ImportError",
            message="cannot import name 'cache' from 'functools' (/usr/lib/python3.8/functools.py)",
            line=1,
            python=(3, 8),
        ),
        Rewrite(
            before="import datetime\n\n\ndef f():\n    return datetime.datetime.now(datetime.UTC)\n",
            after="import datetime\n\n\ndef f():\n    return datetime.datetime.now(datetime.timezone.utc)\n",
            exception="AttributeError",
            message="module 'datetime' has no attribute 'UTC'",
            line=5,
            python=(3, 10),
        ),
        Rewrite(
            before="from datetime import UTC, datetime\n\n\ndef f():\n    return datetime.now(UTC)\n",
            after="from datetime import timezone, datetime\n\n\ndef f():\n    return datetime.now(timezone.utc)\n",
            exception="ImportError",
            message="cannot import name 'UTC' from 'datetime' (/usr/lib/python3.10/datetime.py)",
            line=1,
            python=(3, 10),
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Rewrite every use in the file that fails, where its form proves what it is."""
        for crash in crashes(scene, "TypeError", "AttributeError", "ImportError"):
            site = nearest_site(scene, crash)
            for message, until, rewrite in _REWRITES:
                if site is None or scene.installed.python_version >= until or not message.search(crash.message):
                    continue
                edits = Edits(site.source)
                rewrite(scene, site, edits)
                if edits.changes:
                    version = ".".join(map(str, until))
                    yield from self.offer(
                        scene,
                        {site.path: edits.text()},
                        summary=f"This needs Python {version}; it is written for the older one that runs here.",
                        line=site.line,
                        function=site.function,
                    )


def _dicts(_: Scene, site: Site, edits: Edits) -> None:
    for node in site.source.at(site.line, cst.BinaryOperation):
        if isinstance(node.operator, cst.BitOr) and not isinstance(site.source.parents[node], cst.BinaryOperation):
            parts = ", ".join(f"**{site.source.code(part)}" for part in _joined(node))
            edits.put(node, cst.parse_expression(f"{{{parts}}}"))
    for line in site.source.at(site.line, cst.AugAssign):
        if isinstance(line.operator, cst.BitOrAssign):
            call = f"{site.source.code(line.target)}.update({site.source.code(line.value)})"
            edits.put(line, cst.Expr(cst.parse_expression(call)))


def _joined(node: cst.BaseExpression) -> list[cst.BaseExpression]:
    """Return the operands of a chain of `|`, left to right."""
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.BitOr):
        return [*_joined(node.left), node.right]
    return [node]


def _affixes(_: Scene, site: Site, edits: Edits) -> None:
    for call in site.source.all(cst.Call):
        if not isinstance(call.func, cst.Attribute) or len(call.args) != 1:
            continue
        name, whole, affix = call.func.attr.value, call.func.value, call.args[0].value
        if name in {"removeprefix", "removesuffix"} and isinstance(whole, _PURE) and isinstance(affix, _PURE):
            text = _without(site.source.code(whole), site.source.code(affix), affix, prefix=name == "removeprefix")
            apart = isinstance(site.source.parents[call], (cst.Arg, cst.Return, cst.AssignTarget, cst.Assign))
            edits.put(call, cst.parse_expression(text if apart else f"({text})"))


def _without(whole: str, affix: str, node: cst.BaseExpression, *, prefix: bool) -> str:
    value = node.evaluated_value if isinstance(node, cst.SimpleString) else None
    length = str(len(value)) if value is not None else f"len({affix})"
    if prefix:
        return f"{whole}[{length}:] if {whole}.startswith({affix}) else {whole}"
    guard = "" if value else f"{affix} and "
    return f"{whole}[:-{length}] if {guard}{whole}.endswith({affix}) else {whole}"


def _generics(scene: Scene, site: Site, edits: Edits) -> None:
    """Leave annotations unevaluated; spell other types by `typing`, and a union that is asked about as a tuple."""
    asked = [call for call in site.source.at(site.line, cst.Call) if _asks_type(call)]
    for call in asked:
        kinds = call.args[1].value
        if isinstance(kinds, cst.BinaryOperation):
            edits.put(kinds, cst.parse_expression(f"({', '.join(site.source.code(k) for k in _joined(kinds))})"))
    if edits.changes:
        return
    if any(site.source.at(site.line, kind) for kind in (cst.Annotation, cst.FunctionDef)):
        add_import(edits, scene.project, site.path, _FUTURE)
        return
    for node in site.source.at(site.line, cst.Subscript):
        if isinstance(node.value, cst.Name) and node.value.value in _TYPES:
            new = _TYPES[node.value.value]
            edits.put(node.value, cst.Name(new))
            add_import(edits, scene.project, site.path, Import("typing", new))


def _asks_type(call: cst.Call) -> bool:
    return isinstance(call.func, cst.Name) and call.func.value in {"isinstance", "issubclass"} and len(call.args) == 2


def _cache(_: Scene, site: Site, edits: Edits) -> None:
    whole = cst.parse_expression("functools.lru_cache(maxsize=None)")
    for node in site.source.all(cst.Attribute):
        if site.source.code(node) == "functools.cache":
            edits.put(node, whole)
    imported = _imported(site, edits, "functools", "cache", "lru_cache")
    for name in site.source.all(cst.Name) if imported else ():
        if name.value == "cache" and isinstance(site.source.parents[name], cst.Decorator):
            edits.put(name, cst.parse_expression("lru_cache(maxsize=None)"))


def _utc(_: Scene, site: Site, edits: Edits) -> None:
    for node in site.source.all(cst.Attribute):
        if site.source.code(node) == "datetime.UTC":
            edits.put(node, cst.parse_expression("datetime.timezone.utc"))
    imported = _imported(site, edits, "datetime", "UTC", "timezone")
    for name in site.source.all(cst.Name) if imported else ():
        if name.value == "UTC" and not isinstance(site.source.parents[name], (cst.ImportAlias, cst.Attribute)):
            edits.put(name, cst.parse_expression("timezone.utc"))


def _imported(site: Site, edits: Edits, module: str, old: str, new: str) -> bool:
    """Import `new` in the place of `old`; False when the file does not import `old` under its own name."""
    for line in site.source.all(cst.ImportFrom):
        names = line.names if isinstance(line.names, (list, tuple)) else ()
        found = next((a for a in names if a.evaluated_name == old and a.asname is None), None)
        if found is not None and line.module is not None and site.source.code(line.module) == module:
            if any(alias.evaluated_name == new for alias in names):
                return False
            edits.put(found.name, cst.Name(new))
            return True
    return False


_REWRITES: tuple[tuple[re.Pattern[str], tuple[int, int], Callable[[Scene, Site, Edits], None]], ...] = (
    (_UNION, (3, 9), _dicts),
    (_AFFIX, (3, 9), _affixes),
    (_GENERIC, (3, 10), _generics),
    (_CACHE, (3, 9), _cache),
    (_UTC, (3, 11), _utc),
)
"""What the failure says, the version that has it, and how it is written without."""
