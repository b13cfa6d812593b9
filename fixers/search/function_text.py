"""The source of an edited function, made by replacing lines instead of unparsing it whole.

Unparsing a mid-size function takes half a millisecond, an edited statement of it
a fiftieth of that, and the search asks for thousands of functions a second.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fixers.search.mutation import Cut
from fixers.search.site import Site
from fixers.search.syntax import FUNCTIONS, FunctionNode, copied, rebuilt
from fixers.search.template import Insert, Replace

_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")
_EMPTY = "\n    pass"


@dataclass(frozen=True, slots=True)
class _Range:
    """Lines of a statement in the unparsed function: counted from 0, end excluded."""

    start: int
    end: int
    indent: str


def statement_text(site: Site, change: Replace | Insert, edited: ast.stmt | None = None) -> str:
    """Return the inserted statement, or the site's own one after the change with `pass` for its blocks.

    `edited` is that statement where the caller has made it already.
    ValueError where the tree has no text, such as a backslash inside an f-string before Python 3.12.
    """
    if isinstance(change, Insert):
        return ast.unparse(change.statement)
    new = rebuilt(site.statement, change.pairs, site.view.parents) if edited is None else edited
    # What stands in the place of a simple statement is new as a whole.
    return ast.unparse(_header_only(new) if _has_block(site.statement) else new)


def compiles(site: Site, text: str) -> bool:
    """Say whether a statement's text compiles where the site is; the rest of the function is not compiled again."""
    if site.functions and not site.is_signature:
        shell = "async def _():\n " if isinstance(site.functions[0], ast.AsyncFunctionDef) else "def _():\n "
        inside = "while True:\n" if site.loop is not None else "if True:\n"
        text = shell + inside + "\n".join("  " + line for line in text.split("\n"))
    try:
        with warnings.catch_warnings():
            # Python warns of code that cannot work, such as calling a string.
            warnings.simplefilter("error", SyntaxWarning)
            compile(text, site.view.path, "exec", dont_inherit=True)
    except (SyntaxError, SyntaxWarning, ValueError):
        return False
    return True


class FunctionText:
    """The unparsed text of one function without its decorators, and where its statements are in it."""

    def __init__(self, function: FunctionNode) -> None:
        self._function = function
        self._text = ast.unparse(copied(function, decorator_list=[]))
        self._lines = self._text.split("\n")
        self._ranges = dict(_ranges(function, self._lines))

    def edited(self, site: Site, change: Replace | Insert, text: str, pairs: Mapping[ast.AST, ast.AST]) -> Cut | str:
        """Return the function after `change`, of which `text` is the `statement_text`: a cut, else its whole text."""
        known = self._ranges.get(site.statement)
        # Indenting would change what stands inside a string of several lines.
        if known is None or self._is_apart(site, change, known) or '"""' in text or "'''" in text:
            return ast.unparse(copied(rebuilt(self._function, pairs, site.view.parents), decorator_list=[]))
        if isinstance(change, Insert):
            place = known.end if change.after else known.start
            return self._spliced(place, place, known.indent, text)
        if not _has_block(site.statement):
            return self._spliced(known.start, known.end, known.indent, text)
        prefix = "el" if self._lines[known.start].lstrip().startswith("elif ") else ""
        return self._spliced(known.start, known.start + 1, known.indent, prefix + text.removesuffix(_EMPTY))

    def _is_apart(self, site: Site, change: Replace | Insert, known: _Range) -> bool:
        """Say whether the lines around the statement would not mean the same after the change."""
        if isinstance(change, Insert):
            # A lone `if` in an `else` is written as `elif`; a statement beside it makes it an `if` again.
            return self._lines[known.start].lstrip().startswith("elif ")
        if len(change.pairs) > 1 and any(isinstance(old, ast.stmt) for old in change.pairs):
            return True  # a second statement changes too
        return site.statement in change.pairs and _has_block(site.statement)

    def _spliced(self, start: int, end: int, indent: str, text: str) -> Cut:
        return Cut(self._text, start, end, "\n".join(indent + line for line in text.split("\n")))


def _header_only(statement: ast.stmt) -> ast.stmt:
    if not _has_block(statement) or isinstance(statement, ast.Match):
        return statement
    empty: dict[str, object] = {field: [] for field in _BLOCKS if hasattr(statement, field)}
    empty["body"] = [ast.Pass()]
    if isinstance(statement, ast.Try | ast.TryStar):
        empty["finalbody"] = [ast.Pass()]
    if isinstance(statement, FUNCTIONS):
        empty["decorator_list"] = []
    return copied(statement, **empty)


def _has_block(statement: ast.stmt) -> bool:
    return any(getattr(statement, field, None) for field in _BLOCKS)


def _ranges(function: FunctionNode, lines: list[str]) -> Iterator[tuple[ast.stmt, _Range]]:
    """Pair the function's statements with their lines; leave out those whose header is not their first line alone."""
    parsed = ast.parse("\n".join(lines)).body[0]
    for original, copy in zip(_statements(function), _statements(parsed), strict=True):
        irregular = isinstance(original, (ast.Try, ast.TryStar, ast.Match)) or bool(getattr(copy, "decorator_list", []))
        if original is not function and not irregular:
            start, end = copy.lineno - 1, copy.end_lineno or copy.lineno
            yield original, _Range(start, end, lines[start][: len(lines[start]) - len(lines[start].lstrip())])


def _statements(function: ast.stmt) -> list[ast.stmt]:
    return [node for node in ast.walk(function) if isinstance(node, ast.stmt)]
