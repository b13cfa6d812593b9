"""One token too few, too many or wrong: the edits that a syntax error suggests.

Nothing here parses the text, because it does not parse. Edits are made at the
place that CPython names and are believed only when the result compiles.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from keyword import kwlist

from fixers.codemods.nearest import nearest
from fixers.codemods.old_syntax import handlers, modernized

_CLOSES = {"(": ")", "[": "]", "{": "}"}
_TOKEN = re.compile(
    r"""(?P<comment>\#.*)|(?P<string>(?i:[rbuf]{0,2})(?:\"{3}.*?\"{3}|'{3}.*?'{3}|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'))
    |(?P<word>\w+)|(?P<space>\s+)|(?P<sign>\*\*|//|->|:=|[=!<>]=|&&|\|\||=<|=>|<>|.)""",
    re.VERBOSE | re.DOTALL,
)
_FSTRING = re.compile(r"""(?i)(?<![\w])(?:f|rf|fr)(?P<quote>['"])(?!(?P=quote))""")
_FOREIGN = {"&&": "and", "||": "or", "<>": "!=", "=<": "<=", "=>": ">=", "elsif": "elif", "elseif": "elif"}
_TRIPLE, _OPENINGS = '"""', 4
_WORDS = 6
_REACH = 12
"""How many lines below its opening a bracket may have been meant to close."""


@dataclass(frozen=True, slots=True)
class Slip:
    """A whole new text, how sure the edit is, and what was wrong in words."""

    text: str
    prior: float
    what: str


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of one line, columns counted from 0."""

    kind: str
    text: str
    start: int
    end: int


def slips(text: str, error: SyntaxError) -> Iterator[Slip]:
    """Yield the edits that an error of the tokenizer or the parser suggests, most likely first."""
    lines = io.StringIO(text).readlines()
    row, column = (error.lineno or 1) - 1, max((error.offset or 1) - 1, 0)
    message = error.msg or ""
    repairs = next((repairs for words, repairs in _REPAIRS if re.match(words, message)), None)
    for line, what in modernized(lines[row]) if row < len(lines) else ():
        yield Slip("".join((*lines[:row], line, *lines[row + 1 :])), 0.9, what)
    if row < len(lines) and repairs is not None:
        yield from repairs(_Page(tuple(lines), row, column, error))


def quotes_in_fstring(text: str, line: int) -> Iterator[Slip]:
    """Yield the edit for an f-string that only newer interpreters read: the same quotes inside and outside."""
    lines = io.StringIO(text).readlines()
    if 0 < line <= len(lines):
        yield from _Page(tuple(lines), line - 1, 0, SyntaxError()).quotes_in_fstring()


def tokens(line: str) -> list[Token]:
    """Split one line, as far as it can be split; blanks and comments left out."""
    found = []
    for match in _TOKEN.finditer(line):
        kind = match.lastgroup or "sign"
        if kind not in {"comment", "space"}:
            found.append(Token(kind, match.group(), match.start(), match.end()))
    return found


def code_end(line: str) -> int:
    """Return the column after the last character of a line that is code."""
    found = tokens(line)
    return found[-1].end if found else 0


@dataclass(frozen=True, slots=True)
class _Page:
    lines: tuple[str, ...]
    row: int
    column: int
    error: SyntaxError

    @property
    def line(self) -> str:
        return self.lines[self.row]

    def with_line(self, row: int, line: str) -> str:
        return "".join((*self.lines[:row], line, *self.lines[row + 1 :]))

    def put(self, row: int, start: int, new: str, end: int | None = None) -> str:
        line = self.lines[row]
        return self.with_line(row, line[:start] + new + line[start if end is None else end :])

    def no_colon(self) -> Iterator[Slip]:
        end = code_end(self.line)
        jump = re.match(r"\s*(else\s+if)\b", self.line)
        if jump is not None:
            yield Slip(self.put(self.row, jump.start(1), "elif", jump.end(1)), 0.8, "`else if` is `elif`")
        before = [token for token in tokens(self.line) if token.end <= self.column]
        places = dict.fromkeys((end, before[-1].end if before else end))
        yield from (Slip(self.put(self.row, place, ":"), 0.8, "a colon is missing") for place in places)

    def unclosed(self) -> Iterator[Slip]:
        closing = _CLOSES.get(self.line[self.column : self.column + 1], ")")
        what = f"`{closing}` is missing"
        own = [token for token in tokens(self.line) if token.start > self.column]
        if not own:
            yield from self._closing_line(closing, what)
        for row in range(self.row, min(self.row + _REACH, len(self.lines))):
            end = code_end(self.lines[row])
            if not self.lines[row].strip():
                break
            if self.lines[row][:end].endswith(":"):
                yield Slip(self.put(row, end - 1, closing), 0.7, what)
            yield Slip(self.put(row, end, closing), 0.7, what)
        for token in reversed(own[:-1]):
            yield Slip(self.put(self.row, token.end, closing), 0.5, what)

    def _closing_line(self, closing: str, what: str) -> Iterator[Slip]:
        """Close on a line of its own where the author opened one line and put the items on the next."""
        indent = self.line[: len(self.line) - len(self.line.lstrip())]
        for row in range(self.row + 1, min(self.row + _REACH * 3, len(self.lines))):
            following = self.lines[row]
            if not following.strip() or len(following) - len(following.lstrip()) <= len(indent):
                text = "".join((*self.lines[:row], f"{indent}{closing}\n", *self.lines[row:]))
                yield Slip(text, 0.75, what)
                return

    def unopened(self) -> Iterator[Slip]:
        sign = self.line[self.column : self.column + 1]
        opening = next((key for key, value in _CLOSES.items() if value == sign), "")
        if not opening:
            return
        yield Slip(self.put(self.row, self.column, "", self.column + 1), 0.7, f"`{sign}` is one too many")
        found = [token for token in tokens(self.line) if token.end <= self.column]
        for left, right in pairwise(found):
            if left.kind == "word" and left.end < right.start:
                text = self.put(self.row, left.end, opening, right.start)
                yield Slip(text, 0.6, f"`{opening}` is missing")

    def wrong_closing(self) -> Iterator[Slip]:
        opened = re.search(r"opening parenthesis '(.)'", self.error.msg or "")
        closing = _CLOSES.get(opened[1] if opened else "(", ")")
        what = f"`{closing}` is missing"
        yield Slip(self.put(self.row, self.column, closing), 0.65, what)
        for token in reversed([token for token in tokens(self.line) if token.end < self.column]):
            yield Slip(self.put(self.row, token.end, closing), 0.5, what)
        swapped = self.put(self.row, self.column, closing, self.column + 1)
        yield Slip(swapped, 0.5, f"the bracket is closed by the wrong sign instead of `{closing}`")

    def open_string(self) -> Iterator[Slip]:
        quote = self.line[self.column : self.column + 1]
        if quote not in {"'", '"'}:
            return
        other = "'" if quote == '"' else '"'
        first = self.line.find(quote)
        if first < self.column and self.line.count(quote) > 2 and other not in self.line:
            whole = self.line[:first] + other + self.line[first + 1 : self.column] + other
            text = self.with_line(self.row, whole + self.line[self.column + 1 :])
            yield Slip(text, 0.7, "the text holds the quote that it is written in")
        end = len(self.line.rstrip())
        while end > self.column:
            yield Slip(self.put(self.row, end, quote), 0.65, "a text is not closed")
            if self.line[end - 1] not in ")]}:, ":
                break
            end -= 1
        before = [token for token in tokens(self.line[: self.column]) if token.kind != "string"]
        for token in before[: -_WORDS - 1 : -1]:
            yield Slip(self.put(self.row, token.start, quote), 0.5, "a text is not opened")

    def open_text(self) -> Iterator[Slip]:
        """Close a docstring on the line that opens it: the error itself may stand far below."""
        opening = [row for row in range(self.row, -1, -1) if self.lines[row].count(_TRIPLE) == 1]
        for row in opening[:_OPENINGS]:
            text = self.put(row, len(self.lines[row].rstrip()), _TRIPLE)
            yield Slip(text, 0.65, "a docstring is not closed")

    def fstring(self) -> Iterator[Slip]:
        yield from self.quotes_in_fstring()
        yield from self._unclosed_field()

    def quotes_in_fstring(self) -> Iterator[Slip]:
        for match in _FSTRING.finditer(self.line):
            quote = match["quote"]
            other = "'" if quote == '"' else '"'
            depth, inner, at = 0, [], match.end()
            while at < len(self.line) and (depth or self.line[at] != quote):
                sign = self.line[at]
                depth += (sign == "{") - (sign == "}")
                if sign == quote:
                    inner.append(at)
                at += 1
            field = self.line[match.end() : at]
            if inner and at < len(self.line) and other not in field and "\\" not in field:
                new = "".join(other if n in inner else sign for n, sign in enumerate(self.line))
                yield Slip(self.with_line(self.row, new), 0.85, "the quotes inside the f-string end it")

    def _unclosed_field(self) -> Iterator[Slip]:
        for match in _FSTRING.finditer(self.line):
            end = self.line.find(match["quote"], match.end())
            body = self.line[match.end() : end]
            if end > 0 and body.count("{") == body.count("}") + 1:
                yield Slip(self.put(self.row, end, "}"), 0.65, "`}` is missing")

    def assignment(self) -> Iterator[Slip]:
        for token in tokens(self.line):
            if token.text == "=" and token.start >= self.column:
                yield Slip(self.put(self.row, token.start, "==", token.end), 0.75, "`=` compares nothing")

    def old_except(self) -> Iterator[Slip]:
        for line, prior in handlers(self.line):
            yield Slip(self.with_line(self.row, line), prior, "the handler is written as in Python 2")

    def old_number(self) -> Iterator[Slip]:
        for token in tokens(self.line):
            if re.fullmatch(r"0[0-7]+", token.text):
                text = self.put(self.row, token.start, f"0o{token.text[1:]}", token.end)
                yield Slip(text, 0.9, f"`{token.text}` is an octal number as Python 2 writes it")
            if re.fullmatch(r"(?:0[xX])?[\da-fA-F]+[lL]", token.text) and token.kind == "word":
                text = self.put(self.row, token.end - 1, "", token.end)
                yield Slip(text, 0.9, f"`{token.text}` is a long number as Python 2 writes it")

    def around(self) -> Iterator[Slip]:
        """Try the one token before and after the place where the parser stopped."""
        found = tokens(self.line)
        at = next((n for n, token in enumerate(found) if token.start >= self.column), len(found))
        for token in dict.fromkeys((*found[:1], *found[max(at - 1, 0) : at + 1])):
            new = _FOREIGN.get(token.text) or nearest(token.text, kwlist)
            if new is not None and token.text not in kwlist:
                yield Slip(self.put(self.row, token.start, new, token.end), 0.8, f"`{token.text}` is `{new}`")
        pair = "".join(token.text for token in found[max(at - 1, 0) : at + 1])
        if pair in _FOREIGN:
            left, right = found[at - 1], found[at]
            new = _FOREIGN[pair]
            yield Slip(self.put(self.row, left.start, new, right.end), 0.8, f"`{pair}` is `{new}`")
        if at < len(found) and found[at].text == "!":
            yield Slip(self.put(self.row, found[at].start, "not ", found[at].end), 0.75, "`!` is `not`")
        yield from self._inserted(found, at)
        yield from self._removed(found, at)
        yield from self.open_text()

    def gaps(self) -> Iterator[Slip]:
        """Put a comma, or a colon, between two neighbours in the span that the parser names."""
        last = (self.error.end_lineno or self.row + 1) - 1
        end_column = (self.error.end_offset or 1) - 1
        for row in range(self.row, min(last + 1, len(self.lines))):
            found = tokens(self.lines[row])
            for n, token in enumerate(found):
                after = (row, token.start) > (last, end_column)
                closes = n + 1 == len(found) and row == last
                if after or closes or (row, token.start) < (self.row, self.column):
                    continue
                for sign in (",", ":"):
                    yield Slip(self.put(row, token.end, sign), 0.65, f"`{sign}` is missing")

    def _inserted(self, found: list[Token], at: int) -> Iterator[Slip]:
        row, place = self.row, found[at - 1].end if at else 0
        if not at:  # the parser stopped at a line's first token: what lacks something is the line above
            row = next((n for n in range(self.row - 1, -1, -1) if code_end(self.lines[n])), self.row)
            place = code_end(self.lines[row])
        for sign, prior in ((",", 0.6), (":", 0.6), (")", 0.6), ("]", 0.6), ("}", 0.6), (" in", 0.6), (".", 0.4)):
            yield Slip(self.put(row, place, sign), prior, f"`{sign.strip()}` is missing")

    def _removed(self, found: list[Token], at: int) -> Iterator[Slip]:
        for token in (*found[at : at + 1], *found[max(at - 1, 0) : at]):
            if token.kind == "sign":
                text = self.put(self.row, token.start, "", token.end)
                yield Slip(text, 0.55, f"`{token.text}` is one too many")


_REPAIRS: tuple[tuple[str, Callable[[_Page], Iterator[Slip]]], ...] = (
    (r"expected ':'", _Page.no_colon),
    (r".*was never closed", _Page.unclosed),
    (r"unmatched", _Page.unopened),
    (r"closing parenthesis", _Page.wrong_closing),
    (r"unterminated string", _Page.open_string),
    (r"unterminated triple", _Page.open_text),
    (r"f-string", _Page.fstring),
    (r"cannot assign to|.*Maybe you meant '=='", _Page.assignment),
    (r"multiple exception types", _Page.old_except),
    (r"leading zeros in decimal|invalid (?:decimal|hexadecimal) literal", _Page.old_number),
    (r".*forgot a comma", _Page.gaps),
    (r"invalid syntax|expected ", _Page.around),
)
"""What begins CPython's message, and what may be done about it; the first that fits."""
