"""Make hostile text harmless in Markdown that GitHub will render.

Nothing that a repository or a log printed may notify a person, close an issue, load
an image, open a link, end a fence or pass for one of our markers.
"""

from __future__ import annotations

import re
import unicodedata

_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_HIDDEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
)
_MARKUP = re.compile(r"([\\`*_\[\]<>|~])")
_REACHING = re.compile(r"[@#](?=[\w-])|://|(?<=www)\.|(?<=GH-)(?=\d)", re.IGNORECASE)
"""What GitHub turns into a mention, a reference or a link, after it has rendered: escapes do not stop it."""
_BREAK = "&#8203;"
_FOLDED = "\n</details>"
_SPARE = 80
"""For a fence or a fold that the last line opens."""
_COMMAND = re.compile(r"^::", re.MULTILINE)


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
    """Return text as a fenced block whose fence is longer than any in it.

    A line that a runner of workflows would take for a command gets a space before it.
    """
    body = _COMMAND.sub(" ::", shortened(visible(text), limit))
    fence = "`" * max(3, _longest_run(body) + 1)
    return f"{fence}{language}\n{body.rstrip()}\n{fence}"


def prose(text: str, limit: int = 600) -> str:
    """Return text for a sentence: what stands between backticks as code, the rest with nothing in it interpreted."""
    flat = shortened(" ".join(visible(text).split()), limit)
    parts = re.split(r"`([^`]+)`", flat)
    return "".join(inline(part, limit) if index % 2 else _plain(part) for index, part in enumerate(parts))


def prose_cell(text: str, limit: int = 200) -> str:
    """Return prose for a table cell, where a bar would end the cell even within code."""
    return prose(text.replace("|", "¦"), limit)


def _plain(text: str) -> str:
    escaped = _MARKUP.sub(r"\\\1", text.replace("&", "&amp;"))
    return _REACHING.sub(lambda m: f"{m.group()[:1]}{_BREAK}{m.group()[1:]}", escaped)


def cell(text: str, limit: int = 120) -> str:
    """Return text for a table cell, as a code span without bars."""
    return inline(text.replace("|", "¦"), limit)


def cut(markdown: str, limit: int, end: str = "\n\n… cut here.\n") -> str:
    """Cut our own Markdown at the end of a line, close what stands open there, and say so with `end`."""
    if len(markdown) <= limit:
        return markdown
    lines, used, open_fence, folds = [], 0, "", 0
    for line in markdown.split("\n"):
        closing = (len(open_fence) + 1 if open_fence else 0) + len(_FOLDED) * folds
        if used + len(line) + 1 + closing + len(end) + _SPARE > limit:
            break
        lines.append(line)
        used += len(line) + 1
        ticks = re.match("`{3,}", line)
        if ticks and not open_fence:
            open_fence = ticks[0]
        elif line == open_fence:
            open_fence = ""
        elif not open_fence:
            folds += line.count("<details") - line.count("</details>")
    return "\n".join(lines) + (f"\n{open_fence}" if open_fence else "") + _FOLDED * folds + end


def shortened(text: str, limit: int) -> str:
    """Cut a text in its middle and say how much was left out."""
    if len(text) <= limit:
        return text
    head = limit * 2 // 3
    return f"{text[:head]} … ({len(text) - limit:,} characters left out) … {text[len(text) - (limit - head) :]}"


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall(r"`+", text)), default=0)
