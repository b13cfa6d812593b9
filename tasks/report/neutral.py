"""Make hostile text harmless in Markdown that GitHub will render.

Nothing that a repository or a log printed may notify a person, close an issue, load
an image, open a link, end a fence or pass for one of our markers.
"""

from __future__ import annotations

import re
import unicodedata

_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_HIDDEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]")
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~&])")


def visible(text: str) -> str:
    """Show control, bidirectional and invisible characters as escapes; keep line feeds and tabs."""
    text = _ANSI.sub("", text.replace("\r\n", "\n"))
    text = _HIDDEN.sub(lambda m: f"\\u{{{ord(m.group()):X}}}", text)
    return "".join(c if c in "\n\t" or unicodedata.category(c) != "Cc" else f"\\x{ord(c):02x}" for c in text)


def inline(text: str, limit: int = 200) -> str:
    """Return one line of text as a Markdown code span, in which nothing is interpreted."""
    flat = shortened(" ".join(visible(text).split()), limit)
    if not flat:
        return "` `"
    ticks = "`" * (_longest_run(flat) + 1)
    pad = " " if flat.startswith("`") or flat.endswith("`") else ""
    return f"{ticks}{pad}{flat}{pad}{ticks}"


def block(text: str, language: str = "text", limit: int = 8000) -> str:
    """Return text as a fenced block whose fence is longer than any in it."""
    body = shortened(visible(text), limit)
    fence = "`" * max(3, _longest_run(body) + 1)
    return f"{fence}{language}\n{body.rstrip()}\n{fence}"


def prose(text: str, limit: int = 600) -> str:
    """Return text for a sentence: mark-up escaped, mentions and issue references broken."""
    flat = shortened(" ".join(visible(text).split()), limit)
    escaped = _SPECIAL.sub(r"\\\1", flat)
    # A zero-width joiner would be invisible to a reader too; an entity is not interpreted and shows as typed.
    return escaped.replace("@", "&#64;").replace("://", ":&#47;&#47;")


def cell(text: str, limit: int = 120) -> str:
    """Return text for a table cell, as a code span without bars."""
    return inline(text.replace("|", "¦"), limit)


def shortened(text: str, limit: int) -> str:
    """Cut a text in its middle and say how much was left out."""
    if len(text) <= limit:
        return text
    head = limit * 2 // 3
    return f"{text[:head]} … ({len(text) - limit:,} characters left out) … {text[len(text) - (limit - head) :]}"


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall(r"`+", text)), default=0)
