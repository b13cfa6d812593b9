"""What a callable accepts, and which call a message speaks of."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

import libcst as cst
from libcst.helpers import get_full_name_for_node

from fixers.codemods.base import Scene
from fixers.codemods.crash import Site
from fixers.codemods.live import types_of
from fixers.codemods.live_classes import class_named
from fixers.codemods.scopes import Function
from fixers.codemods.symbols import Definition, classes, functions, imports

_PRINTED = re.compile(r"^(?P<stars>\*{0,2})(?P<name>\w*)(?:\s*:[^=]*)?(?P<default>\s*=.*)?$")


@dataclass(frozen=True, slots=True)
class Signature:
    """Parameters as a caller fills them; `self` and `cls` are left out."""

    positional: tuple[str, ...]
    keyword_only: tuple[str, ...] = ()
    positional_only: tuple[str, ...] = ()
    required: frozenset[str] = frozenset()
    takes_any_keyword: bool = False

    @property
    def keywords(self) -> tuple[str, ...]:
        """Names that may be passed by keyword."""
        return tuple(name for name in self.positional if name not in self.positional_only) + self.keyword_only


@dataclass(frozen=True, slots=True)
class Callee:
    """What a call reaches; `definition` when the project defines it as a function."""

    signature: Signature
    definition: Definition | None = None
    documentation: str = ""
    """What a callable of the environment says of itself."""


def of_function(node: Function, *, bound: bool) -> Signature:
    """Return the signature of a definition; `bound` drops its first parameter."""
    arguments = node.args
    positional = [arg.arg for arg in (*arguments.posonlyargs, *arguments.args)]
    optional = positional[len(positional) - len(arguments.defaults) :] if arguments.defaults else []
    keyword_only = [arg.arg for arg in arguments.kwonlyargs]
    optional += [name for name, default in zip(keyword_only, arguments.kw_defaults, strict=True) if default is not None]
    skipped = positional[:1] if bound else []
    return Signature(
        positional=tuple(positional[len(skipped) :]),
        keyword_only=tuple(keyword_only),
        positional_only=tuple(arg.arg for arg in arguments.posonlyargs if arg.arg not in skipped),
        required=frozenset({*positional, *keyword_only} - {*optional, *skipped}),
        takes_any_keyword=arguments.kwarg is not None,
    )


def of_printed(parameters: tuple[str, ...]) -> Signature:
    """Return the signature that `inspect` printed, one string a parameter."""
    positional: list[str] = []
    keyword_only: list[str] = []
    positional_only: list[str] = []
    required = set()
    any_keyword = False
    into = positional
    for text in parameters:
        if text.strip() == "/":
            positional_only = list(positional)
            continue
        found = _PRINTED.match(text.strip())
        if found is None:
            continue
        if found["stars"] == "**":
            any_keyword = True
        elif found["stars"] == "*":
            into = keyword_only
        else:
            into.append(found["name"])
            if not found["default"]:
                required.add(found["name"])
    positional_only = [name for name in positional_only if name not in {"self", "cls"}]
    skipped = positional[:1] if positional[:1] in (["self"], ["cls"]) else []
    return Signature(
        tuple(positional[len(skipped) :]),
        tuple(keyword_only),
        tuple(positional_only),
        frozenset(required - set(skipped)),
        any_keyword,
    )


def is_bound(definition: Definition) -> bool:
    """Say whether a call on an instance or class fills the definition's first parameter."""
    if definition.owner is None:
        return False
    names = {node.id for node in definition.node.decorator_list if isinstance(node, ast.Name)}
    return "staticmethod" not in names


def defined(scene: Scene, qualname: str) -> Definition | None:
    """Return the project's one function that a message calls `qualname`."""
    found = functions(scene.project, qualname.rpartition("<locals>.")[2])
    return found[0] if len(found) == 1 else None


def callee(scene: Scene, site: Site, call: cst.Call, qualname: str) -> Callee | None:
    """Return what a call reaches, from the project's text or from the live environment."""
    name = qualname.rpartition("<locals>.")[2]
    if name == "__init__":
        name = f"{called_name(call)}.__init__"
    definition = defined(scene, name)
    if definition is not None:
        return Callee(of_function(definition.node, bound=is_bound(definition)), definition)
    if name.endswith(".__init__") and (fields := _dataclass(scene, name.split(".")[-2])) is not None:
        return Callee(fields)
    written = get_full_name_for_node(call.func) or ""
    root, _, rest = written.partition(".")
    origin = imports(scene.project, site.path).get(root)
    if origin is None or scene.project.path_of(origin.module) is not None:
        return _method(scene, site, call, name)
    inside = ".".join(part for part in (origin.name, rest) if part)
    printed = scene.installed.parameters(origin.module, inside)
    if printed is None:
        return None
    return Callee(of_printed(printed), documentation=scene.installed.documentation(origin.module, inside))


def _method(scene: Scene, site: Site, call: cst.Call, qualname: str) -> Callee | None:
    """Return what a call on an object reaches: by the class that the message names, else by what the object was."""
    kind, _, name = qualname.rpartition(".")
    func = call.func
    if not kind and isinstance(func, cst.Attribute) and isinstance(func.value, (cst.Name, cst.Attribute)):
        kind = next(iter(types_of(scene, site, func.value)), "")
    kind = kind.rpartition(".")[2]
    if not kind or called_name(call) != name or classes(scene.project, kind):
        return None
    owner = class_named(scene, site.path, kind)
    printed = scene.installed.parameters(owner, name) if owner else None
    return Callee(of_printed(printed), documentation=scene.installed.documentation(owner, name)) if printed else None


def called_name(call: cst.Call) -> str:
    """Return the last name of what is called: `get` for `requests.get(…)`; empty for other expressions."""
    func = call.func
    if isinstance(func, cst.Name):
        return str(func.value)
    return str(func.attr.value) if isinstance(func, cst.Attribute) else ""


def calls_of(scene: Scene, site: Site, qualname: str) -> list[cst.Call]:
    """Return the calls on the crashing line that may be the one a message names."""
    owner, _, name = qualname.rpartition("<locals>.")[2].rpartition(".")
    wanted = {name} if name != "__init__" else {owner.rpartition(".")[2]} - {""}
    found = site.source.at(site.line, cst.Call)
    if name == "__init__" and not wanted:
        return [call for call in found if classes(scene.project, called_name(call))]
    return [call for call in found if called_name(call) in wanted]


def _dataclass(scene: Scene, name: str) -> Signature | None:
    found = classes(scene.project, name)
    if len(found) != 1 or found[0][1].bases or not any("dataclass" in ast.dump(d) for d in found[0][1].decorator_list):
        return None
    fields = [
        item for item in found[0][1].body if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)
    ]
    names = [(item.target.id, item.value is None) for item in fields if isinstance(item.target, ast.Name)]
    return Signature(tuple(name for name, _ in names), required=frozenset(name for name, needed in names if needed))
