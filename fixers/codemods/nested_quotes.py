"""F-strings that hold their own kind of quote, as only Python 3.12 and newer read them."""

from __future__ import annotations

import libcst as cst

from fixers.codemods.source import Edits, parse


def requoted(text: str) -> str | None:
    """Return a text with the other quote inside every such f-string; None when there is none, or no quote is free.

    The libcst parser reads them on every interpreter.
    """
    source = parse(text) if 'f"' in text.lower() or "f'" in text.lower() else None
    if source is None:
        return None
    edits = Edits(source)
    for outer in source.all(cst.FormattedString):
        if source.up(outer, cst.FormattedStringExpression):
            continue
        quote = _quote(outer.start)
        for inner in source.within(outer, cst.SimpleString):
            if _quote(inner.quote) == quote:
                changed = _turned(inner, quote)
                if changed is None or _between(source.within(outer, cst.FormattedString)[1:], quote):
                    return None
                edits.put(inner, changed)
    return edits.text() if edits.changes else None


def _quote(opening: str) -> str:
    return opening.lstrip("rRbBfFuUtT")


def _turned(node: cst.SimpleString, quote: str) -> cst.SimpleString | None:
    """Return a string in the other quote; None for one that holds it, or a backslash, which may not stand there."""
    other = "'" if quote[0] == '"' else '"'
    body = node.raw_value
    if len(node.quote) > 1 or len(quote) > 1 or other in body or "\\" in body:
        return None
    return cst.SimpleString(f"{node.prefix}{other}{body}{other}")


def _between(strings: list[cst.FormattedString], quote: str) -> bool:
    """Say whether an f-string inside the outer one already needs a quote of its own."""
    return any(_quote(node.start) in {quote, "'" if quote == '"' else '"'} for node in strings)
