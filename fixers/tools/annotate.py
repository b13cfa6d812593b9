"""Annotations that a function lacks, with the types that mypy infers for what it is given and what it returns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import libcst as cst

from fixers.codemods.imports import add_import
from fixers.codemods.source import Edits, Source, parse
from fixers.codemods.symbols import functions
from fixers.model import Tier
from fixers.project import Project, is_repairable
from fixers.tools.repairs.missing_return_type import is_open, results_of
from fixers.tools.revealed import Span, revealed
from fixers.tools.run import patched
from fixers.tools.type_text import Spelling, united
from fixers.tools.work import SINGLE, Work

ASKED = "asked:mypy"
"""Maker of annotations that the type checker inferred."""
_PRIOR = 0.85
_SHARED = frozenset({*dir(dict), *dir(list), *dir(str), *dir(set)}) - {"__init__"}
"""Names of methods that say nothing of whose method is called."""
_CONTAINERS = frozenset({"list", "dict", "set", "tuple", "frozenset"})
_FUTURE = "from __future__ import annotations"


def annotate(work: Work, code: str) -> None:
    """Annotate the functions that mypy calls untyped, where every call and every result agrees on a type.

    The code is `no-untyped-def`, or `type-arg` for `list` where `list[int]` is wanted.
    """
    if work.tool.distribution != "mypy":
        return
    # A function that calls another one is told by it: as long as there is progress, ask again.
    while not work.spent and _one_round(work, code):
        pass


def _one_round(work: Work, code: str) -> bool:
    before = len(work.findings)
    for finding in sorted(work.wanted(), key=lambda f: -f.line)[: 2 * SINGLE]:
        path = finding.path
        there = finding.code == code and is_repairable(path) and path in work.project.files
        if there and not work.spent and finding in work.findings:
            text = _annotated(work, path, finding.line)
            if text and work.accept(ASKED, {path: text}, _PRIOR):
                work.tiers.append(Tier.B)
    return len(work.findings) < before


def _annotated(work: Work, path: str, line: int) -> str:
    source = parse(work.now.files[path])
    function = _at(source, line) if source is not None else None
    if source is None or function is None or (is_open(source, function) and function.returns is None):
        return ""
    spelling = Spelling(work.now, path)
    given = _given(work, source, function, spelling)
    if given is None:
        return ""
    edits = Edits(source)
    for param, kind in given.items():
        edits.change(param, cst.Param, _with_type(_quoted(source, function, kind)))
    text = edits.text()
    if function.returns is None or _bare(function.returns):
        text = _with_result(work, path, text, line, spelling)
    return text


def _at(source: Source, line: int) -> cst.FunctionDef | None:
    return next((f for f in source.all(cst.FunctionDef) if line in {source.line(f.name), source.line(f)}), None)


def _with_result(work: Work, path: str, text: str, line: int, spelling: Spelling) -> str:
    source = parse(text)
    function = _at(source, line) if source is not None else None
    if source is None or function is None:
        return ""
    results = results_of(function)
    values = results.yields if results.generates else results.values
    types = _ask(work, {path: text}, [_span(source, path, value) for value in values])
    kinds = {spelling.of(kind) for kind in types.values()} | ({"None"} if results.bare or not values else set())
    kind = united(kinds) if len(types) == len({_span(source, path, v) for v in values}) and "" not in kinds else ""
    if not _fits(function.returns, kind) or not kind or (results.generates and (results.values or not values)):
        return ""
    if results.generates:
        iterator = "typing.AsyncIterator" if function.asynchronous else "typing.Iterator"
        kind = f"{spelling.name(iterator)}[{kind}]"
    edits = Edits(source)
    written = cst.Annotation(cst.parse_expression(_quoted(source, function, kind)))
    edits.change(function, cst.FunctionDef, lambda node: node.with_changes(returns=written))
    for needed in spelling.needed:
        add_import(edits, work.now, path, needed)
    return edits.text()


def _given(work: Work, source: Source, function: cst.FunctionDef, spelling: Spelling) -> dict[cst.Param, str] | None:
    """Return the types of the parameters that have none; None where one of them cannot be told."""
    params = [*function.params.posonly_params, *function.params.params]
    method = isinstance(source.parents.get(source.parents[function]), cst.ClassDef)
    static = any(source.code(mark.decorator) == "staticmethod" for mark in function.decorators)
    bound = params[1:] if method and not static else params
    every = [*bound, *function.params.kwonly_params]
    lacking = [param for param in every if param.annotation is None or _bare(param.annotation)]
    stars = [function.params.star_arg, function.params.star_kwarg]
    if any(isinstance(star, cst.Param) and star.annotation is None for star in stars):
        return None
    if not lacking:
        return {}
    calls = list(_calls(work.now, source, function))
    spans = {param: [s for call in calls for s in _arguments(call, param, bound)] for param in lacking}
    types = _ask(work, {}, [span for found in spans.values() for span in found])
    return _agreed(lacking, spans, types, spelling)


def _agreed(
    lacking: Sequence[cst.Param],
    spans: Mapping[cst.Param, Sequence[Span]],
    types: Mapping[Span, str],
    spelling: Spelling,
) -> dict[cst.Param, str] | None:
    found = {}
    for param in lacking:
        kinds = {spelling.of(types.get(span, "")) for span in spans[param]}
        if param.default is not None:
            kinds.add(_literal(param.default))
        kind = united(kinds) if "" not in kinds else ""
        if not kind or kind == "None" or not _fits(param.annotation, kind):
            return None
        found[param] = kind
    return found


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
            yield _span(source, path, argument.value)


def _ask(work: Work, texts: Mapping[str, str], spans: Sequence[Span]) -> dict[Span, str]:
    now = {**work.texts, **texts}
    with patched(work.target, work.edits(now)) as target:
        return revealed(spans, {**work.project.files, **now}, work.tool, work.red.arguments, target, work.sandbox)


def _span(source: Source, path: str, node: cst.CSTNode) -> Span:
    place = source.place(node)
    return Span(path, place.start.line, place.start.column, place.end.line, place.end.column)


def _bare(annotation: cst.Annotation) -> str:
    """Return the name of a container that stands there without what it holds."""
    written = annotation.annotation
    return written.value if isinstance(written, cst.Name) and written.value.lower() in _CONTAINERS else ""


def _fits(annotation: cst.Annotation | None, kind: str) -> bool:
    return annotation is None or kind.partition("[")[0] == _bare(annotation).lower()


def _literal(node: cst.BaseExpression) -> str:
    kinds: tuple[tuple[type[cst.BaseExpression], str], ...] = (
        (cst.SimpleString, "str"), (cst.Integer, "int"), (cst.Float, "float"),
    )  # fmt: skip
    if isinstance(node, cst.Name):
        return {"True": "bool", "False": "bool", "None": "None"}.get(node.value, "")
    return next((name for kind, name in kinds if isinstance(node, kind)), "")


def _with_type(kind: str) -> Callable[[cst.Param], cst.Param]:
    spaced = cst.AssignEqual()

    def put(node: cst.Param) -> cst.Param:
        annotation = cst.Annotation(cst.parse_expression(kind))
        equal = spaced if node.default is not None else node.equal
        return node.with_changes(annotation=annotation, equal=equal)

    return put


def _quoted(source: Source, function: cst.FunctionDef, kind: str) -> str:
    """Put a type in quotes that names a class which is not there yet when the function is made."""
    later = {
        node.name.value for node in source.all(cst.ClassDef) if source.place(node).end.line >= source.line(function)
    }
    names = {node.value for node in _names(kind)}
    return f'"{kind}"' if names & later and _FUTURE not in source.text else kind


def _names(kind: str) -> list[cst.Name]:
    parsed = parse(kind + "\n")
    return list(parsed.all(cst.Name)) if parsed is not None else []
