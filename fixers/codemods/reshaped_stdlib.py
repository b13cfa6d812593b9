"""Standard library calls whose replacement takes another shape, not only another name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import ClassVar

import libcst as cst
from libcst.helpers import get_full_name_for_node

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import Crash, Site, crashes, nearest_site
from fixers.codemods.imports import Import, add_import
from fixers.codemods.source import Edits
from fixers.codemods.symbols import imports
from fixers.model import Candidate, Tier

_AST_VALUES = {"Str": "str", "Num": "(int, float, complex)", "Bytes": "bytes"}
_AST_GONE = re.compile(
    r"module 'ast' has no attribute '(?P<name>Str|Num|Bytes|NameConstant|Ellipsis)'|ast\.(?P<old>\w+) is deprecated"
)
_COROUTINE_GONE = re.compile(r"module 'asyncio' has no attribute 'coroutine'|\"@coroutine\" decorator is deprecated")
_ESCAPE_GONE = re.compile(r"module 'cgi' has no attribute 'escape'|No module named 'cgi'")
_CHILDREN_GONE = re.compile(r"'xml\.etree\.ElementTree\.Element' object has no attribute 'getchildren'")
_UNORDERED = re.compile(r"Population must be a sequence.*use sorted\(d\)|Population must be a sequence or set")
_NO_MAPPING = re.compile(r"'EntryPoints' object has no attribute 'get'")
_NAIVE_UTC = re.compile(r"datetime\.(?:datetime\.)?utcnow\(\) is deprecated")


class ReshapedStdlib(Codemod):
    """Write a removed or deprecated standard library call in its present shape.

    Covers generator-based coroutines, `datetime.utcnow`, `cgi.escape`, `entry_points`, samples of sets,
    `Element.getchildren` and the `ast` node classes before 3.8. What the call
    returns stays the same: `utcnow` stays naive, `escape` leaves quotes alone.
    """

    NAME = "reshaped-stdlib"
    NUMBER = 3
    TIER = Tier.A
    PRIOR = 0.93
    MESSAGE = "the standard library of this Python version has this only in another shape"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # a plain `yield` cannot stand in a coroutine function that returns a value
            before="import asyncio\n\n\n@asyncio.coroutine\ndef f():\n    yield\n    return 1\n",
            after="import asyncio\n\n\n@asyncio.coroutine\ndef f():\n    yield\n    return 1\n",
            exception="AttributeError",
            message="module 'asyncio' has no attribute 'coroutine'",
            line=4,
        ),
        Rewrite(  # another object's `utcnow`
            before="def f(clock):\n    return clock.utcnow()\n",
            after="def f(clock):\n    return clock.utcnow()\n",
            exception="DeprecationWarning",
            message="datetime.datetime.utcnow() is deprecated and scheduled for removal in a future version.",
            line=2,
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before=(
                "import asyncio\n\n\n@asyncio.coroutine\ndef f(x):  # slow\n    yield from asyncio.sleep(0)\n"
                "    return x\n"
            ),
            after="import asyncio\n\n\nasync def f(x):  # slow\n    await asyncio.sleep(0)\n    return x\n",
            exception="AttributeError",
            message="module 'asyncio' has no attribute 'coroutine'",
            line=4,
        ),
        Rewrite(
            before="from datetime import datetime\n\n\ndef f():\n    return datetime.utcnow()\n",
            after=(
                "from datetime import datetime, timezone\n\n\n"
                "def f():\n    return datetime.now(timezone.utc).replace(tzinfo=None)\n"
            ),
            exception="DeprecationWarning",
            message="datetime.datetime.utcnow() is deprecated and scheduled for removal in a future version.",
            line=5,
        ),
        Rewrite(
            before="import datetime\n\nNOW = datetime.datetime.utcnow()\n",
            after="import datetime\n\nNOW = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)\n",
            exception="DeprecationWarning",
            message="datetime.datetime.utcnow() is deprecated and scheduled for removal in a future version.",
            line=3,
        ),
        Rewrite(
            before="import random\n\n\ndef f(names):\n    return random.sample(set(names), 2)\n",
            after="import random\n\n\ndef f(names):\n    return random.sample(sorted(set(names)), 2)\n",
            exception="TypeError",
            message="Population must be a sequence.  For dicts or sets, use sorted(d).",
            line=5,
        ),
        Rewrite(
            before=(
                "from importlib.metadata import entry_points\n\n\ndef f(group):\n"
                "    return list(entry_points().get(group, ()))\n"
            ),
            after=(
                "from importlib.metadata import entry_points\n\n\ndef f(group):\n"
                "    return list(entry_points(group=group))\n"
            ),
            exception="AttributeError",
            message="'EntryPoints' object has no attribute 'get'",
            line=5,
        ),
        Rewrite(
            before="import cgi\n\n\ndef f(x):\n    return cgi.escape(x), cgi.escape(x, True)\n",
            after="import html\n\n\ndef f(x):\n    return html.escape(x, quote=False), html.escape(x, True)\n",
            exception="AttributeError",
            message="module 'cgi' has no attribute 'escape'",
            line=5,
        ),
        Rewrite(
            before="def f(root):\n    return [c.tag for c in root.getchildren()]\n",
            after="def f(root):\n    return [c.tag for c in list(root)]\n",
            exception="AttributeError",
            message="'xml.etree.ElementTree.Element' object has no attribute 'getchildren'",
            line=2,
        ),
        Rewrite(
            before="import ast\n\n\ndef f(node):\n    return isinstance(node, ast.Str) and node.s\n",
            after=(
                "import ast\n\n\ndef f(node):\n"
                "    return isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value\n"
            ),
            exception="AttributeError",
            message="module 'ast' has no attribute 'Str'",
            line=5,
            python=(3, 14),
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Rewrite every use in the file at once: the next one would fail in the same way."""
        for crash in crashes(scene):
            shape = _shape(crash)
            site = nearest_site(scene, crash) if shape else None
            if site is None or shape is None:
                continue
            edits = Edits(site.source)
            shape(scene, site, edits)
            if edits.changes:
                yield from self.offer(
                    scene,
                    {site.path: edits.text()},
                    summary="This Python version has the call in another shape; what it returns is the same.",
                    line=site.line,
                    function=site.function,
                )


Shape = Callable[[Scene, Site, Edits], None]


def _shape(crash: Crash) -> Shape | None:
    for pattern, shape in _SHAPES:
        if pattern.search(crash.message):
            return shape
    return None


def _coroutines(scene: Scene, site: Site, edits: Edits) -> None:
    for function in site.source.all(cst.FunctionDef):
        marks = [d for d in function.decorators if _dotted(scene, site, d.decorator) == "asyncio.coroutine"]
        yields = list(site.source.within(function.body, cst.Yield))
        waits = [node for node in yields if isinstance(node.value, cst.From)]
        if not marks or len(waits) < len(yields):
            continue
        kept = [decorator for decorator in function.decorators if decorator not in marks]
        edits.change(function, cst.FunctionDef, _asynchronous(kept))
        for node in waits:
            edits.change(node, cst.Yield, _wait)


def _asynchronous(decorators: list[cst.Decorator]) -> Callable[[cst.FunctionDef], cst.FunctionDef]:
    return lambda node: node.with_changes(decorators=decorators, asynchronous=cst.Asynchronous())


def _wait(node: cst.Yield) -> cst.CSTNode:
    return cst.Await(node.value.item, lpar=node.lpar, rpar=node.rpar) if isinstance(node.value, cst.From) else node


def _naive_utc(scene: Scene, site: Site, edits: Edits) -> None:
    for call in site.source.all(cst.Call):
        if _dotted(scene, site, call.func) != "datetime.datetime.utcnow" or not isinstance(call.func, cst.Attribute):
            continue
        owner = site.source.code(call.func.value)
        package = owner.rpartition(".")[0]
        zone = f"{package}.timezone" if package else "timezone"
        edits.put(call, cst.parse_expression(f"{owner}.now({zone}.utc).replace(tzinfo=None)"))
        if not package:
            add_import(edits, scene.project, site.path, Import("datetime", "timezone"))


def _escapes(scene: Scene, site: Site, edits: Edits) -> None:
    calls = [call for call in site.source.all(cst.Call) if _dotted(scene, site, call.func) == "cgi.escape"]
    for call in calls:
        arguments = ", ".join(site.source.code(arg).rstrip(", ") for arg in call.args)
        plain = "" if len(call.args) > 1 else ", quote=False"
        edits.put(call, cst.parse_expression(f"html.escape({arguments}{plain})"))
    lines = [node for node in site.source.all(cst.Import) if site.source.code(node) == "import cgi"]
    reads = [name for name in site.source.all(cst.Name) if name.value == "cgi"]
    if calls and len(lines) == 1 and len(reads) == len(calls) + 1:
        edits.put(lines[0], cst.Import([cst.ImportAlias(cst.Name("html"))]))
    elif calls:
        add_import(edits, scene.project, site.path, Import("html"))


def _samples(scene: Scene, site: Site, edits: Edits) -> None:
    for call in site.source.at(site.line, cst.Call):
        if _dotted(scene, site, call.func) == "random.sample" and call.args and call.args[0].keyword is None:
            population = site.source.code(call.args[0].value)
            if not population.startswith("sorted("):
                edits.put(call.args[0].value, cst.parse_expression(f"sorted({population})"))


def _entry_points(scene: Scene, site: Site, edits: Edits) -> None:
    for call in site.source.all(cst.Call):
        if not (isinstance(call.func, cst.Attribute) and call.func.attr.value == "get" and call.args):
            continue
        asked = call.func.value
        if not isinstance(asked, cst.Call) or asked.args:
            continue
        if _dotted(scene, site, asked.func).endswith("metadata.entry_points"):
            group = site.source.code(call.args[0].value)
            edits.put(call, cst.parse_expression(f"{site.source.code(asked.func)}(group={group})"))


def _children(_scene: Scene, site: Site, edits: Edits) -> None:
    for call in site.source.at(site.line, cst.Call):
        if isinstance(call.func, cst.Attribute) and call.func.attr.value == "getchildren" and not call.args:
            edits.put(call, cst.parse_expression(f"list({site.source.code(call.func.value)})"))


def _nodes(scene: Scene, site: Site, edits: Edits) -> None:
    """Ask for a Constant with a value of the old class's type; read `.value` where the same name was asked about."""
    asked: set[str] = set()
    for call in site.source.all(cst.Call):
        if not (isinstance(call.func, cst.Name) and call.func.value == "isinstance" and len(call.args) == 2):
            continue
        kind = _dotted(scene, site, call.args[1].value).removeprefix("ast.")
        subject = site.source.code(call.args[0].value)
        if kind in _AST_VALUES:
            asked.add(subject)
            text = f"isinstance({subject}, ast.Constant) and isinstance({subject}.value, {_AST_VALUES[kind]})"
            parent = site.source.parents[call]
            bare = isinstance(parent, (cst.If, cst.Return, cst.Assign)) or (
                isinstance(parent, cst.BooleanOperation) and isinstance(parent.operator, cst.And)
            )
            edits.put(call, cst.parse_expression(text if bare else f"({text})"))
    for node in site.source.all(cst.Attribute):
        if node.attr.value in {"s", "n"} and site.source.code(node.value) in asked:
            edits.put(node.attr, cst.Name("value"))


def _dotted(scene: Scene, site: Site, node: cst.CSTNode) -> str:
    """Return the real dotted name of an expression that starts at an import; empty for any other."""
    written = get_full_name_for_node(node) or ""
    root, _, rest = written.partition(".")
    origin = imports(scene.project, site.path).get(root)
    return f"{origin.dotted}.{rest}".rstrip(".") if origin is not None else ""


_SHAPES: tuple[tuple[re.Pattern[str], Shape], ...] = (
    (_COROUTINE_GONE, _coroutines),
    (_NAIVE_UTC, _naive_utc),
    (_ESCAPE_GONE, _escapes),
    (_CHILDREN_GONE, _children),
    (_UNORDERED, _samples),
    (_NO_MAPPING, _entry_points),
    (_AST_GONE, _nodes),
)
