"""Values that JSON has no form for."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from fixers.codemods.annotated import annotations_of
from fixers.codemods.arguments import with_keyword
from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import Site, crashes, sites
from fixers.codemods.live import types_of
from fixers.codemods.source import Edits
from fixers.codemods.spelling import Spelling
from fixers.codemods.symbols import classes
from fixers.model import Candidate, Tier

_SAID = re.compile(r"Object of type (?P<kind>\w+) is not JSON serializable")
_BY_FORM = {
    "str({})": ("Decimal", "UUID", "PosixPath", "WindowsPath", "PurePosixPath"),
    "{}.isoformat()": ("datetime", "date", "time", "Timestamp"),
    "{}.total_seconds()": ("timedelta",),
    "sorted({})": ("set", "frozenset"),
    "{}.decode()": ("bytes",),
    "list({})": ("dict_keys", "dict_values", "generator", "map", "filter", "zip", "deque", "range"),
    "{}.tolist()": ("ndarray", "Series"),
    "int({})": ("int64", "int32"),
    "float({})": ("float64", "float32"),
    "bool({})": ("bool_",),
}
_FORMS = {kind: form for form, kinds in _BY_FORM.items() for kind in kinds}
_DEFAULTS = frozenset({"Decimal", "UUID", "PosixPath", "PurePosixPath", "datetime", "date", "time"})
"""Types whose text says all, so that `default=str` does."""
_WRITTEN = {"PosixPath": "Path", "WindowsPath": "Path", "frozenset": "frozenset"}
_HOMES = {"Decimal": "decimal.Decimal", "UUID": "uuid.UUID", "datetime": "datetime.datetime", "date": "datetime.date",
          "PosixPath": "pathlib.Path", "timedelta": "datetime.timedelta"}  # fmt: skip
_TO_PLAIN = ("to_dict", "as_dict", "asdict", "to_json", "model_dump", "_asdict", "serialize")
_DECIMAL = "Object of type Decimal is not JSON serializable"
_DUMPS = "import json\n\n\ndef f(event):\n    return json.dumps(event{})\n"


class Unserializable(Codemod):
    """Give JSON what it has a form for, where the value of another type is put in, else where all is written.

    A set becomes a sorted list, so that the same set is always the same text.
    """

    NAME = "unserializable"
    NUMBER = 18
    TIER = Tier.A
    PRIOR = 0.9
    MESSAGE = "a value is written as JSON that JSON has no form for"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # nobody knows how an object of the project's own is written
            before=_DUMPS.format(""),
            after=_DUMPS.format(""),
            exception="TypeError",
            message="Object of type Cart is not JSON serializable",
            frames=(("pkg/mod.py", 5, "f"),),
        ),
        Rewrite(  # the author says already how
            before=_DUMPS.format(", default=str"),
            after=_DUMPS.format(", default=str"),
            exception="TypeError",
            message=_DECIMAL,
            frames=(("pkg/mod.py", 5, "f"),),
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before=_DUMPS.format(", indent=2"),
            after=_DUMPS.format(", indent=2, default=str"),
            exception="TypeError",
            message=_DECIMAL,
            frames=(("pkg/mod.py", 5, "f"), ("/usr/lib/python3/json/encoder.py", 180, "default")),
        ),
        Rewrite(
            before="import json\n\n\ndef f(mark):\n    return json.dumps({'n': mark.n, 'tags': mark.tags})\n",
            after="import json\n\n\ndef f(mark):\n    return json.dumps({'n': mark.n, 'tags': sorted(mark.tags)})\n",
            exception="TypeError",
            message="Object of type set is not JSON serializable",
            frames=(("pkg/mod.py", 5, "f"),),
            values={"types:pkg/mod.py:5:mark.tags": ("set", "str"), "types:pkg/mod.py:5:mark.n": ("int",)},
        ),
        Rewrite(
            before=(
                "import json\nfrom datetime import datetime\n\n\n"
                "def plain(value):\n    if isinstance(value, datetime):\n        return value.isoformat()\n"
                "    raise TypeError(f'Object of type {type(value).__name__} is not JSON serializable')\n\n\n"
                "def f(event):\n    return json.dumps(event, default=plain)\n"
            ),
            after=(
                "import json\nfrom datetime import datetime\nfrom decimal import Decimal\n\n\n"
                "def plain(value):\n    if isinstance(value, datetime):\n        return value.isoformat()\n"
                "    if isinstance(value, Decimal):\n        return str(value)\n"
                "    raise TypeError(f'Object of type {type(value).__name__} is not JSON serializable')\n\n\n"
                "def f(event):\n    return json.dumps(event, default=plain)\n"
            ),
            exception="TypeError",
            message=_DECIMAL,
            frames=(("pkg/mod.py", 12, "f"), ("pkg/mod.py", 8, "plain")),
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Offer the value's own form first, then what the whole text is written with."""
        for crash in crashes(scene, "TypeError"):
            said = _SAID.search(crash.message)
            for site in sites(scene, crash) if said else ():
                assert said is not None  # noqa: S101 - there are no sites without it
                kind = said["kind"]
                for number, (text, what, tier) in enumerate(_texts(scene, site, kind)):
                    yield from self.offer(
                        scene,
                        {site.path: text},
                        summary=f"A value of type {kind} {what}.",
                        line=site.line,
                        function=site.function,
                        tier=tier,
                        wider=number > 0,
                    )


def _texts(scene: Scene, site: Site, kind: str) -> Iterator[tuple[str, str, Tier]]:
    form = _form(scene, kind)
    if not form:
        return
    function = site.source.enclosing(site.line, cst.FunctionDef)
    values = [node for node in _put_in(site, function) if _is_of(scene, site, node, kind)]
    edits = Edits(site.source)
    for node in values:
        edits.put(node, cst.parse_expression(form.format(site.source.code(node))))
    if values:
        yield edits.text(), "is put in as JSON knows it", Tier.A
    if (text := _in_handler(scene, site, function, kind, form)) is not None:
        yield text, "has its own form where the others have theirs", Tier.A
    for call in _dumps(site):
        default = "str" if kind in _DEFAULTS else "sorted" if kind in {"set", "frozenset"} else ""
        named = {arg.keyword.value for arg in call.args if arg.keyword is not None}
        shown = bool(call.args) and isinstance(call.args[0].value, (cst.Dict, cst.List))
        if default and not shown and not named & {"default", "cls"} and not any(arg.star == "**" for arg in call.args):
            whole = with_keyword(call, "default", cst.Name(default))
            yield Edits(site.source).put(call, whole).text(), "is written as text", Tier.B  # in which form, is a guess


def _form(scene: Scene, kind: str) -> str:
    """Return how a value of a type is written for JSON, with `{}` for the value; empty when nobody says."""
    own = [node for _, node in classes(scene.project, kind)]
    if len(own) != 1:
        return "" if own else _FORMS.get(kind, "")
    bases = {ast.unparse(base).rpartition(".")[2] for base in own[0].bases}
    if bases & {"Enum", "IntEnum", "StrEnum", "Flag"}:
        return "{}.value"
    methods = {item.name for item in own[0].body if isinstance(item, ast.FunctionDef) and len(item.args.args) == 1}
    known = [name for name in _TO_PLAIN if name in methods]
    return f"{{}}.{known[0]}()" if len(known) == 1 else ""


def _put_in(site: Site, function: cst.FunctionDef | None) -> list[cst.BaseExpression]:
    """Return what the function, or one of the module that it calls, puts into mappings, and what is written."""
    called = {call.func.value for call in site.source.within(function, cst.Call) if isinstance(call.func, cst.Name)}
    makers = [f for f in site.source.all(cst.FunctionDef) if f is function or f.name.value in called]
    found = [element.value for maker in makers for element in site.source.within(maker, cst.DictElement)]
    found += [call.args[0].value for call in _dumps(site) if call.args]
    return [node for node in found if isinstance(node, (cst.Name, cst.Attribute))]


def _is_of(scene: Scene, site: Site, node: cst.BaseExpression, kind: str) -> bool:
    """Say whether a value has the type: as the crashed frame saw it, else as its field or parameter is annotated."""
    seen = types_of(scene, site, node)
    if seen:
        return seen[0].rpartition(".")[2] == kind
    wanted = {kind, _WRITTEN.get(kind, kind)} | ({"Set"} if kind == "set" else set())
    name = node.attr.value if isinstance(node, cst.Attribute) else ""
    said = annotations_of(scene.project, name) if name else frozenset()
    return bool(said) and said <= wanted


def _dumps(site: Site) -> list[cst.Call]:
    return [
        call
        for call in site.source.at(site.line, cst.Call)
        if site.source.code(call.func) in {"json.dumps", "json.dump", "dumps", "dump"}
    ]


def _in_handler(scene: Scene, site: Site, function: cst.FunctionDef | None, kind: str, form: str) -> str | None:
    """Return the text in which the project's own writer of odd values knows one type more."""
    home = _HOMES.get(kind, "")
    body = function.body if function is not None else None
    if function is None or not isinstance(body, cst.IndentedBlock) or not (home or kind in {"set", "bytes"}):
        return None
    taken = [param.name.value for param in function.params.params if param.name.value != "self"]
    if re.search(rf"isinstance\(.*\b{_HOMES.get(kind, kind).rpartition('.')[2]}\b", site.source.code(body)):
        return None
    asked = [line for line in body.body if isinstance(line, cst.If) and "isinstance(" in site.source.code(line.test)]
    if len(taken) != 1 or not asked or not (function.name.value == "default" or _is_handed(scene, function)):
        return None
    edits = Edits(site.source)
    spelling = Spelling(scene.project, site.path, edits)
    written = spelling(home) if home else kind
    if spelling.failed:
        return None
    code = f"if isinstance({taken[0]}, {written}):\n    return {form.format(taken[0])}\n"
    last = asked[-1]
    new = cst.parse_statement(code, site.source.module.config_for_parsing)
    edits.change(last, cst.If, lambda node: cst.FlattenSentinel([node, new]))
    return edits.text()


def _is_handed(scene: Scene, function: cst.FunctionDef) -> bool:
    handed = re.compile(rf"\bdefault=(?:\w+\.)*{re.escape(function.name.value)}\b")
    return any(handed.search(text) for text in scene.project.files.values())
