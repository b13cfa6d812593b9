"""What is passed for the parameters of a function that do not say what they take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import libcst as cst

from fixers.codemods.source import Source, parse
from fixers.codemods.symbols import functions
from fixers.project import Project
from fixers.tools.revealed import Span, span_of
from fixers.tools.type_text import Spelling, united

Lack = Mapping[cst.Param, Sequence[Span]]
"""Parameters without a type, and where the project passes something for them."""
_SHARED = frozenset({*dir(dict), *dir(list), *dir(str), *dir(set)}) - {"__init__"}
"""Names of methods that say nothing of whose method is called."""
_CONTAINERS = frozenset({"list", "dict", "set", "tuple", "frozenset"})
_EXIT = ("builtins.type[builtins.BaseException] | None", "builtins.BaseException | None", "types.TracebackType | None")
"""What the language passes to `__exit__`."""


def lacks(project: Project, source: Source, function: cst.FunctionDef) -> Lack | None:
    """Return the parameters that lack a type; None where some cannot be told: those that take whatever comes."""
    params = [*function.params.posonly_params, *function.params.params]
    method = isinstance(source.parents.get(source.parents[function]), cst.ClassDef)
    static = any(source.code(mark.decorator) == "staticmethod" for mark in function.decorators)
    bound = params[1:] if method and not static else params
    every = [*bound, *function.params.kwonly_params]
    lacking = [param for param in every if param.annotation is None or bare(param.annotation)]
    stars = [function.params.star_arg, function.params.star_kwarg]
    if any(isinstance(star, cst.Param) and star.annotation is None for star in stars):
        return None
    calls = list(_calls(project, source, function)) if lacking else []
    return {param: [s for call in calls for s in _arguments(call, param, bound)] for param in lacking}


def agreed(
    function: cst.FunctionDef, lack: Lack, types: Mapping[Span, str], spelling: Spelling
) -> dict[cst.Param, str] | None:
    """Return the type of each parameter; None where calls and defaults do not agree, or nobody knows."""
    if function.name.value in {"__exit__", "__aexit__"} and len(lack) == len(_EXIT):
        return {param: spelling.of(kind) for param, kind in zip(lack, _EXIT, strict=True)}
    found = {}
    for param, spans in lack.items():
        kinds = {spelling.of(types.get(span, "")) for span in spans}
        if param.default is not None:
            kinds.add(_literal(param.default))
        kind = united(kinds) if "" not in kinds else ""
        if not kind or kind == "None" or not fits(param.annotation, kind):
            return None
        found[param] = kind
    return found


def bare(annotation: cst.Annotation) -> str:
    """Return the name of a container that stands there without what it holds."""
    written = annotation.annotation
    return written.value if isinstance(written, cst.Name) and written.value.lower() in _CONTAINERS else ""


def fits(annotation: cst.Annotation | None, kind: str) -> bool:
    """Say whether a type fills what is annotated so far."""
    return annotation is None or kind.partition("[")[0] == bare(annotation).lower()


Call = tuple[str, Source, cst.Call]


def _calls(project: Project, source: Source, function: cst.FunctionDef) -> Iterator[Call]:
    name = function.name.value
    owner = source.up(function, cst.ClassDef)
    called = owner.name.value if name == "__init__" and owner is not None else name
    if called in _SHARED or (name != "__init__" and len(functions(project, name)) != 1):
        return
    for other, text in sorted(project.files.items()):
        read = parse(text) if f"{called}(" in text else None
        for call in read.all(cst.Call) if read is not None else ():
            func = call.func.attr if isinstance(call.func, cst.Attribute) else call.func
            if isinstance(func, cst.Name) and func.value == called and read is not None:
                yield other, read, call


def _arguments(call: Call, param: cst.Param, bound: Sequence[cst.Param]) -> Iterator[Span]:
    path, source, node = call
    place = list(bound).index(param) if param in bound else -1
    for number, argument in enumerate(node.args):
        keyword = argument.keyword.value if argument.keyword is not None else ""
        if not argument.star and (keyword == param.name.value or (not keyword and number == place)):
            yield span_of(source, path, argument.value)


def _literal(node: cst.BaseExpression) -> str:
    kinds: tuple[tuple[type[cst.BaseExpression], str], ...] = (
        (cst.SimpleString, "str"), (cst.Integer, "int"), (cst.Float, "float"),
    )  # fmt: skip
    if isinstance(node, cst.Name):
        return {"True": "bool", "False": "bool", "None": "None"}.get(node.value, "")
    return next((name for kind, name in kinds if isinstance(node, kind)), "")
