"""What mypy takes the type of an expression to be: it is asked, in a copy of the tree that nothing else sees."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import libcst as cst

from fixers.codemods.source import Source
from fixers.model import FileEdit
from fixers.runner.sandbox import Sandbox
from fixers.runner.target import Target
from fixers.tools.base import Tool, kept, without_paths
from fixers.tools.run import patched, printed

_NOTE = re.compile(r'^(?P<path>.+?):(?P<line>\d+):(?P<column>\d+): note: Revealed type is "(?P<type>.*)"$')


class Span(NamedTuple):
    """Where an expression stands: lines from 1, columns from 0."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int


def span_of(source: Source, path: str, node: cst.CSTNode) -> Span:
    """Return where a node stands."""
    place = source.place(node)
    return Span(path, place.start.line, place.start.column, place.end.line, place.end.column)


def revealed(
    spans: Sequence[Span],
    texts: Mapping[str, str],
    tool: Tool,
    arguments: Sequence[str],
    target: Target,
    sandbox: Sandbox,
) -> dict[Span, str]:
    """Return the types of these expressions in mypy's words; those of which it says nothing are left out.

    `target` holds the texts already.
    """
    by_file: dict[str, list[Span]] = defaultdict(list)
    for span in sorted(set(spans)):
        by_file[span.path].append(span)
    edits = [FileEdit(path, texts[path], _asking(texts[path], found)) for path, found in by_file.items()]
    if tool.distribution != "mypy" or not edits:
        return {}
    with patched(target, edits) as asked:
        options = without_paths(tool, kept(tool, arguments), lambda word: (target.tree / word).exists())
        whole = arguments if {"-p", "-m", "--package", "--module"} & set(arguments) else (*options, *sorted(by_file))
        output = printed(tool, (*whole, "--check-untyped-defs"), asked, sandbox)
    if output is None:
        return {}
    said: dict[tuple[str, int], dict[int, str]] = defaultdict(dict)
    for line in output.out.splitlines():
        if note := _NOTE.match(line):
            said[output.relative(note["path"]), int(note["line"])][int(note["column"])] = note["type"]
    return _matched(by_file, said)


def _asking(text: str, spans: Sequence[Span]) -> str:
    lines = text.split("\n")
    for span in sorted(spans, reverse=True):
        end = lines[span.end_line - 1]
        lines[span.end_line - 1] = f"{end[: span.end_column]})){end[span.end_column :]}"
        start = lines[span.line - 1]
        lines[span.line - 1] = f"{start[: span.column]}reveal_type(({start[span.column :]}"
    return "\n".join(lines)


def _matched(
    by_file: Mapping[str, Sequence[Span]], said: Mapping[tuple[str, int], Mapping[int, str]]
) -> dict[Span, str]:
    """Give each expression what was said on its line, in the order in which they stand there."""
    found: dict[Span, str] = {}
    for path, spans in by_file.items():
        lines: dict[int, list[Span]] = defaultdict(list)
        for span in spans:
            lines[span.line].append(span)
        for line, there in lines.items():
            types = [kind for _, kind in sorted(said.get((path, line), {}).items())]
            if len(types) == len(there):
                found |= dict(zip(there, types, strict=True))
    return found
