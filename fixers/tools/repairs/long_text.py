"""A long text as several that stand together, which Python reads as one."""

from __future__ import annotations

import re

import libcst as cst

from fixers.checks.layout import same_program
from fixers.codemods.source import Source

Text = cst.SimpleString | cst.FormattedString
_LEAST = 16
"""Columns of text that a piece has at least."""


def broken_text(source: Source, line: int, limit: int) -> str:
    """Return the module with the text that reaches beyond the limit on a line broken; as it is where none can be."""
    lines = source.text.split("\n")
    texts: list[Text] = [*source.all(cst.SimpleString), *source.all(cst.FormattedString)]
    for node in texts:
        place = source.place(node)
        one_line = place.start.line == place.end.line == line and len(_quote(node)) == 1
        if one_line and place.end.column > limit - 2 and _may_stand_alone(source, node):
            after = _put(source, node, lines, limit)
            if after != source.text and same_program(source.text, after):
                return after
    return source.text


def _put(source: Source, node: Text, lines: list[str], limit: int) -> str:
    place = source.place(node)
    row, start, end = place.start.line - 1, place.start.column, place.end.column
    before, behind = lines[row][:start], lines[row][end:]
    indent = before[: len(before) - len(before.lstrip())]
    alone = _only_argument(source, node) or isinstance(source.parents[node], cst.ConcatenatedString)
    if not before.strip() and alone:  # its own line already, within a bracket
        pieces = _pieces(source, node, limit - len(indent) - max(len(behind), 0))
        new = "\n".join(indent + piece for piece in pieces)
    elif isinstance(source.parents[node], cst.ConcatenatedString):
        pad = " " * start
        new = before + f"\n{pad}".join(_pieces(source, node, limit - start - len(behind)))
    else:
        deeper = indent + "    "
        opening, closing = ("", "") if alone else ("(", ")")
        pieces = _pieces(source, node, limit - len(deeper))
        if len(pieces) == 1 and not alone:
            return source.text
        inner = "".join(f"\n{deeper}{piece}" for piece in pieces)
        new = f"{before}{opening}{inner}\n{indent}{closing}"
    return "\n".join([*lines[:row], new + behind, *lines[row + 1 :]])


def _pieces(source: Source, node: Text, room: int) -> list[str]:
    """Part a text behind spaces, so that each piece with its quotes fits into the room."""
    prefix, quote = node.prefix, _quote(node)
    if isinstance(node, cst.SimpleString):
        atoms = re.findall(r"\S* +|\S+", node.raw_value)
    else:
        atoms = []
        for part in node.parts:
            words = re.findall(r"[^ ]* +|[^ ]+", part.value) if isinstance(part, cst.FormattedStringText) else []
            atoms += words or [source.code(part)]
    joined = _joined(atoms)
    room -= len(prefix) + 2 * len(quote)
    pieces, current = [], ""
    for word in joined:
        if current and len(current) + len(word) > max(room, _LEAST):
            pieces.append(current)
            current = ""
        current += word
    return [f"{_prefix(prefix, piece)}{quote}{piece}{quote}" for piece in [*pieces, current]]


def _joined(atoms: list[str]) -> list[str]:
    """Keep together what no space parts: a word and the expression that follows it."""
    words: list[str] = []
    for atom in atoms:
        if words and not words[-1].endswith(" "):
            words[-1] += atom
        else:
            words.append(atom)
    return words


def _prefix(prefix: str, piece: str) -> str:
    return prefix if "{" in piece or "}" in piece else re.sub("[fF]", "", prefix)


def _quote(node: Text) -> str:
    return node.quote if isinstance(node, cst.SimpleString) else node.end


def _only_argument(source: Source, node: cst.CSTNode) -> bool:
    argument = source.parents[node]
    call = source.parents[argument]
    only = isinstance(call, cst.Call) and len(call.args) == 1
    return only and isinstance(argument, cst.Arg) and argument.keyword is None


def _may_stand_alone(source: Source, node: cst.CSTNode) -> bool:
    """Say whether a text may be put in parentheses: it is an expression, and no docstring."""
    parent = source.parents[node]
    kinds = (
        cst.Arg, cst.Assign, cst.AnnAssign, cst.Return, cst.BinaryOperation, cst.Element, cst.DictElement,
        cst.ConcatenatedString, cst.Attribute, cst.Raise, cst.Comparison, cst.Assert, cst.IfExp, cst.Param,
    )  # fmt: skip
    return isinstance(parent, kinds)
