"""Annotations that a function lacks, with the types that mypy infers for what it is given and what it returns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

import libcst as cst

from fixers.codemods.imports import Import, add_import
from fixers.codemods.source import Edits, Source, parse
from fixers.model import Tier
from fixers.project import is_repairable
from fixers.tools.given import agreed, bare, fits, lacks
from fixers.tools.repairs.missing_return_type import is_open, results_of
from fixers.tools.revealed import Span, revealed, span_of
from fixers.tools.run import patched
from fixers.tools.type_text import Spelling, united
from fixers.tools.work import SINGLE, Work

ASKED = "asked:mypy"
"""Maker of annotations that the type checker inferred."""
_PRIOR = 0.85
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
    found: dict[str, set[int]] = defaultdict(set)
    for finding in work.wanted():
        if finding.code == code and is_repairable(finding.path) and finding.path in work.project.files:
            found[finding.path].add(finding.line)
    for path, lines in found.items():
        # All at once, because each question costs a run of mypy; else one by one, the last first.
        if not _accepted(work, path, lines) and len(lines) > 1:
            for line in sorted(lines, reverse=True)[:SINGLE]:
                _accepted(work, path, {line})
    return len(work.findings) < before


def _accepted(work: Work, path: str, lines: set[int]) -> bool:
    if work.spent:
        return False
    text = _annotated(work, path, lines)
    good = bool(text) and work.accept(ASKED, {path: text}, _PRIOR)
    if good:
        work.tiers.append(Tier.B)
    return good


def _annotated(work: Work, path: str, lines: set[int]) -> str:
    """Return the file with the functions on these lines annotated, as many of them as can be."""
    source = parse(work.now.files[path])
    found = {line: function for line in lines if source and (function := _at(source, line))}
    if source is None:
        return ""
    lacking = {line: lacks(work.now, source, function) for line, function in found.items()}
    wanted = {line: lack for line, lack in lacking.items() if lack is not None}
    types = _ask(work, {}, [span for lack in wanted.values() for spans in lack.values() for span in spans])
    edits, needed, told = Edits(source), set[Import](), set[int]()
    for line, lack in wanted.items():
        spelling = Spelling(work.now, path)
        given = agreed(found[line], lack, types, spelling)
        for param, kind in (given or {}).items():
            edits.change(param, cst.Param, _with_type(_quoted(source, found[line], kind)))
        if given is not None:
            told.add(line)
            needed |= spelling.needed
    return _with_results(work, path, edits.text(), told, needed)


def _at(source: Source, line: int) -> cst.FunctionDef | None:
    return next((f for f in source.all(cst.FunctionDef) if line in {source.line(f.name), source.line(f)}), None)


def _with_results(work: Work, path: str, text: str, lines: set[int], needed: set[Import]) -> str:
    """Return the text with the results of these functions annotated; nothing where nothing was annotated at all."""
    source = parse(text)
    found = [function for line in lines if source and (function := _at(source, line)) is not None]
    open_ = [f for f in found if f.returns is None or bare(f.returns)]
    if source is None:
        return ""
    types = _ask(work, {path: text}, [span_of(source, path, value) for f in open_ for value in _values(f)])
    edits = Edits(source)
    for function in open_:
        spelling = Spelling(work.now, path)
        kind = _result(source, function, path, types, spelling)
        if kind:
            edits.change(function, cst.FunctionDef, _with_returns(_quoted(source, function, kind)))
            needed |= spelling.needed
    for module in sorted(needed, key=str):
        add_import(edits, work.now, path, module)
    after = edits.text()
    return after if after != work.now.files[path] else ""


def _values(function: cst.FunctionDef) -> Sequence[cst.BaseExpression]:
    results = results_of(function)
    return results.yields if results.generates else results.values


def _result(source: Source, function: cst.FunctionDef, path: str, types: Mapping[Span, str], spelling: Spelling) -> str:
    results, values = results_of(function), _values(function)
    spans = {span_of(source, path, value) for value in values}
    kinds = {spelling.of(types.get(span, "")) for span in spans} | ({"None"} if results.bare or not values else set())
    kind = united(kinds) if "" not in kinds else ""
    if not kind or not fits(function.returns, kind) or (results.generates and (results.values or not values)):
        return ""
    if is_open(source, function) and not values:
        return ""
    if results.generates:
        iterator = "typing.AsyncIterator" if function.asynchronous else "typing.Iterator"
        return f"{spelling.name(iterator)}[{kind}]"
    return kind


def _with_returns(kind: str) -> Callable[[cst.FunctionDef], cst.FunctionDef]:
    return lambda node: node.with_changes(returns=cst.Annotation(cst.parse_expression(kind)))


def _ask(work: Work, texts: Mapping[str, str], spans: Sequence[Span]) -> dict[Span, str]:
    now = {**work.texts, **texts}
    with patched(work.target, work.edits(now)) as target:
        return revealed(spans, {**work.project.files, **now}, work.tool, work.red.arguments, target, work.sandbox)


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
