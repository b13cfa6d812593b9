"""Statements as Python 2 writes them, on one line of a text that does not parse."""

from __future__ import annotations

import re
from collections.abc import Iterator

_RAISE = re.compile(r"^(?P<head>\s*raise\s+[\w.]+)\s*,\s*(?P<value>[^,#]+(?:\([^()]*\)[^,#]*)*?)\s*(?P<rest>#.*)?$")
_BACKTICKS = re.compile(r"`(?P<value>[^`]+)`")
_EXEC = re.compile(r"^(?P<head>\s*)exec\s+(?P<code>[\w.\"'()\[\]]+)(?:\s+in\s+(?P<where>[\w., ()]+))?\s*$")
_TEXT = re.compile(r"(?i)(?<![\w])ur(?=['\"])")


def modernized(line: str) -> Iterator[tuple[str, str]]:
    """Yield the line as Python 3 writes it, with what was wrong in words; nothing where it is none of these."""
    body = line.rstrip("\r\n")
    end = line[len(body) :]
    if (found := _RAISE.match(body)) is not None:
        rest = f"  {found['rest']}" if found["rest"] else ""
        yield f"{found['head']}({found['value'].strip()}){rest}{end}", "the error is raised as in Python 2"
    if _BACKTICKS.search(body) and body.count("`") % 2 == 0:
        yield _BACKTICKS.sub(r"repr(\g<value>)", body) + end, "backticks are `repr` in Python 2"
    if (found := _EXEC.match(body)) is not None:
        where = f", {found['where'].strip()}" if found["where"] else ""
        yield f"{found['head']}exec({found['code']}{where}){end}", "`exec` is a statement in Python 2"
    if _TEXT.search(body):
        yield _TEXT.sub("r", body) + end, "`ur` begins a text in Python 2"


def handlers(line: str) -> Iterator[tuple[str, float]]:
    """Yield the line with an `except A, b` as Python 3 writes it, how sure that is, and what else it may have meant."""
    found = re.match(r"(\s*except\s+)([\w.]+)\s*,\s*(\w+)", line)
    if found is None:
        return
    named = f"{found[1]}{found[2]} as {found[3]}{line[found.end() :]}"
    both = f"{found[1]}({found[2]}, {found[3]}){line[found.end() :]}"
    first, second = (both, named) if found[3][0].isupper() else (named, both)
    yield first, 0.8
    yield second, 0.3
