"""Lines that are too long for what no formatter breaks: comments, docstrings and texts."""

from __future__ import annotations

import re
import textwrap
from typing import ClassVar

import libcst as cst

from fixers.checks.layout import same_program
from fixers.checks.source import comments
from fixers.codemods.source import Source, parse
from fixers.tools.repairs.base import Case, Example, FindingRepair
from fixers.tools.repairs.lines import from_the_end, parted, split
from fixers.tools.repairs.long_text import broken_text

_MESSAGE = re.compile(r"\(\d+ > (?P<limit>\d+)(?: characters)?\)")
_PROSE = re.compile(r"[^\W\d_]|['\"`(]")
_DIRECTIVE = re.compile(
    r"#\s*(noqa|type:|pragma|pylint|pyright|mypy|ruff|flake8|isort|fmt|yapf|nosec|noinspection|nopep8|TODO\(|!|:)"
    r"|\bnoqa\b|-\*-|coding[:=]",
    re.IGNORECASE,
)
_ITEM = re.compile(r"(?P<start>[-*+] |\d+[.)] |:\w+[^:]*: |\*{0,2}\w+(?: \([^)]*\))?: )(?=\S)")
_BRANCHES = re.compile(r"\s*(else|elif|except|finally|case)\b")
_LITERAL = re.compile(r"\s*(>>>|\.\.\. |\.\. |\||\+[-=]|@)")
_LEAST = 24
"""Columns that have to be left for prose."""


class LongLine(FindingRepair):
    """Break a long comment or docstring between words, and a long text into texts that stand together.

    A comment behind a statement goes above it. Left alone: comments that are meant for a tool, examples and tables,
    words that are longer than a line.
    """

    NAME = "long-line"
    NUMBER = 1
    PRIOR = 0.97
    MESSAGE = "a line is longer than the linter allows"
    CODES = frozenset({"E501", "W505"})
    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            'def f():\n    """Do.\n\n    >>> f()\n    one two three four five six seven\n    """\n',
            'def f():\n    """Do.\n\n    >>> f()\n    one two three four five six seven\n    """\n',
            "E501",
            "Line too long (37 > 30)",
            5,
            31,
        ),
        Example(
            "# https://example.org/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n",
            "# https://example.org/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n",
            "E501",
            "line too long (59 > 40 characters)",
            1,
            41,
        ),
        Example(
            "x = 1  # type: ignore[assignment] as the stubs say\n",
            "x = 1  # type: ignore[assignment] as the stubs say\n",
            "E501",
            "Line too long (50 > 40)",
            1,
            41,
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example("# see https://example.org/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n",
                "# see\n# https://example.org/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n", "E501",
                "line too long (63 > 40 characters)", 1, 41),
        Example("# one two three four five six seven eight\n", "# one two three four five six seven\n# eight\n", "E501",
                "Line too long (41 > 40)", 1, 41),
        Example("def f():\n    return 1  # one two three four five six\n",
                "def f():\n    # one two three four five six\n    return 1\n", "E501",
                "line too long (44 > 40 characters)", 2, 41),
        Example('def f():\n    """Return what one two three four five."""\n',
                'def f():\n    """Return what one two three four\n    five.\n    """\n', "E501",
                "Line too long (45 > 40)", 2, 41),
        Example('x = f(a, "one two three four five six seven eight")\n',
                'x = f(a, (\n    "one two three four five six seven "\n    "eight"\n))\n', "E501",
                "Line too long (51 > 40)", 1, 41),
    )  # fmt: skip

    def mend(self, case: Case) -> str:
        """Break each line of the findings, the last one first."""
        text = case.text
        for finding, _ in from_the_end(case.findings, split(text)):
            said, source = _MESSAGE.search(finding.message), parse(text)
            if said and source is not None:
                text = _broken(source, finding.line, int(said["limit"]))
        return text


def _broken(source: Source, line: int, limit: int) -> str:
    """Return the text with one line broken; as it is where no way is certain."""
    lines = split(source.text)
    body, end = parted(lines[line - 1])
    comment = dict(comments(source.text)).get(line, "")
    documented = _docstring(source, line)
    if documented is not None:
        new = [body] if _is_read(documented, body, limit) else _prose(body, documented, limit)
    elif comment and body.endswith(comment):
        new = _commented(source, line, body, comment, limit)
    else:
        return broken_text(source, line, limit)
    after = "".join([*lines[: line - 1], *(part + end for part in new), *lines[line:]])
    return after if documented is not None or same_program(source.text, after) else source.text


def _commented(source: Source, line: int, body: str, comment: str, limit: int) -> list[str]:
    code = body[: -len(comment)].rstrip()
    indent = body[: len(body) - len(body.lstrip())]
    words = comment.lstrip("#").strip()
    if _DIRECTIVE.search(comment) or not _PROSE.match(words) or _BRANCHES.match(code):
        return [body]
    if code and not _whole(source, line):
        return [body]
    room = limit - len(indent) - 2
    wrapped = _wrapped(words, room, room) or ([words] if code and len(words) <= room else [])
    return [*(f"{indent}# {part}" for part in wrapped), *([code] if code else [])] if wrapped else [body]


def _whole(source: Source, line: int) -> bool:
    """Say whether a line is a statement's first and, but for its block, its last."""
    starts = {source.line(node) for node in source.all(cst.SimpleStatementLine)}
    kinds = (cst.If, cst.For, cst.While, cst.With, cst.FunctionDef, cst.ClassDef, cst.Try)
    starts |= {source.line(node.name if hasattr(node, "name") else node) for kind in kinds for node in source.all(kind)}
    return line in starts


def _docstring(source: Source, line: int) -> cst.SimpleString | None:
    """Return the docstring that a line stands in."""
    for node in source.all(cst.SimpleString):
        place = source.place(node)
        if place.start.line <= line <= place.end.line and len(node.quote) == 3:
            statement = source.parents[node]
            owner = source.parents.get(source.parents[statement]) if isinstance(statement, cst.Expr) else None
            return node if isinstance(owner, (cst.IndentedBlock, cst.Module)) else None
    return None


def _is_read(node: cst.SimpleString, body: str, limit: int) -> bool:
    """Say whether a program may read a docstring's lines: an example that is run, a usage, a block of code."""
    text = node.value
    example = text.find(">>>")
    below = 0 <= example < text.find(body.strip()[:limit])
    return below or "```" in text or "::" in text or re.search(r"\busage:", text, re.IGNORECASE) is not None


def _prose(body: str, node: cst.SimpleString, limit: int) -> list[str]:
    indent = body[: len(body) - len(body.lstrip())]
    opening = re.match(r"[rRuU]?(\"\"\"|''')", body.lstrip())
    start = opening[0] if opening else ""
    content = body.lstrip()[len(start) :]
    closed = content.endswith(node.quote)
    content = content[: -len(node.quote)].rstrip() if closed else content
    if not _PROSE.match(content) and not _ITEM.match(content):
        return [body]
    if _LITERAL.match(content) or "   " in content.strip() or "\t" in content or content.endswith("::"):
        return [body]
    item = _ITEM.match(content)
    hang = indent + (" " * (2 if item and item["start"][0] in "-*+" else 4) if item and not opening else "")
    wrapped = _wrapped(content, limit - len(indent) - len(start), limit - len(hang))
    if not wrapped:
        return [body]
    first, *rest = wrapped
    return [f"{indent}{start}{first}", *(f"{hang}{part}" for part in rest), *([indent + node.quote] if closed else [])]


def _wrapped(words: str, first: int, rest: int) -> list[str]:
    """Wrap words into lines; nothing where a word is longer than a line, or too little room is left."""
    if min(first, rest) < _LEAST:
        return []
    pieces = textwrap.wrap(
        words, rest, initial_indent=" " * max(rest - first, 0), break_long_words=False, break_on_hyphens=False
    )
    pieces = [piece.strip() for piece in pieces]
    rooms = [first] + [rest] * len(pieces)
    good = all(len(piece) <= room or _is_link(piece) for piece, room in zip(pieces, rooms, strict=False))
    return pieces if good and len(pieces) > 1 else []


def _is_link(piece: str) -> bool:
    """Say whether a line is one address: linters let that stand, for it cannot be broken."""
    return re.fullmatch(r"<?https?://\S+", piece) is not None
