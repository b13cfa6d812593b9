"""Forms of the standard library that take more than one expression to bring up to date."""

from __future__ import annotations

import re
from collections.abc import Callable

import libcst as cst
from libcst.helpers import get_full_name_for_node

from fixers.codemods.base import Scene
from fixers.codemods.crash import Crash, Site
from fixers.codemods.imports import Import, add_import
from fixers.codemods.source import Edits
from fixers.codemods.symbols import imports

_AST_VALUES = {"Str": "str", "Num": "(int, float, complex)", "Bytes": "bytes"}
_AST_SINGLES = {"NameConstant": "({0} is None or isinstance({0}, bool))", "Ellipsis": "{0} is ..."}
_AST_GONE = re.compile(
    r"module 'ast' has no attribute '(?P<name>Str|Num|Bytes|NameConstant|Ellipsis)'|ast\.(?P<old>\w+) is deprecated"
)
_COROUTINE_GONE = re.compile(r"module 'asyncio' has no attribute 'coroutine'|\"@coroutine\" decorator is deprecated")
_ESCAPE_GONE = re.compile(r"module 'cgi' has no attribute 'escape'|No module named 'cgi'")
_CHILDREN_GONE = re.compile(r"'xml\.etree\.ElementTree\.Element' object has no attribute 'getchildren'")
_UNORDERED = re.compile(r"Population must be a sequence.*use sorted\(d\)|Population must be a sequence or set")
_NO_MAPPING = re.compile(r"'EntryPoints' object has no attribute 'get'")
_NAIVE_UTC = re.compile(r"datetime\.(?:datetime\.)?utcnow\(\) is deprecated")

Form = Callable[[Scene, Site, Edits], None]


def form_of(crash: Crash) -> Form | None:
    """Return how to rewrite what a failure is about; None when it is about nothing known here."""
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
        drawn = isinstance(call.func, cst.Attribute) and call.func.attr.value == "sample"
        drawn |= _dotted(scene, site, call.func) == "random.sample"
        if drawn and call.args and call.args[0].keyword is None:
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
        if kind in _AST_VALUES or kind in _AST_SINGLES:
            asked.add(subject)
            test = _AST_SINGLES.get(kind) or f"isinstance({{0}}, {_AST_VALUES[kind]})"
            text = f"isinstance({subject}, ast.Constant) and {test.format(f'{subject}.value')}"
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


_SHAPES: tuple[tuple[re.Pattern[str], Form], ...] = (
    (_COROUTINE_GONE, _coroutines),
    (_NAIVE_UTC, _naive_utc),
    (_ESCAPE_GONE, _escapes),
    (_CHILDREN_GONE, _children),
    (_UNORDERED, _samples),
    (_NO_MAPPING, _entry_points),
    (_AST_GONE, _nodes),
)
