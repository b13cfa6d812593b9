"""Markdown of strangers as a page may show it.

Raw HTML is escaped, save `<details>` and `<summary>`, which pull requests fold
their traces with; comments stay hidden, as on GitHub. No image is fetched.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup

KEPT = re.compile(r"<!--.*?(?:-->|\Z)|<(/?)(details|summary)(\s+open)?\s*>", re.DOTALL | re.IGNORECASE)


def render(text: str | None) -> Markup:
    """Return a body as HTML that cannot do anything but be read."""
    return Markup(_parser().render(text or ""))  # noqa: S704 - the renderer escapes; see the rules below


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"breaks": True}).enable(["table", "strikethrough"])
    parser.add_render_rule("html_block", _html)
    parser.add_render_rule("html_inline", _html)
    parser.add_render_rule("image", _image)
    return parser


def _html(_: RendererHTML, tokens: Sequence[Token], index: int, *__: Any) -> str:
    """Keep the two tags without attributes, drop comments, escape the rest."""
    raw, shown, end = tokens[index].content, [], 0
    for match in KEPT.finditer(raw):
        shown.append(escape(raw[end : match.start()]))
        if match[2]:
            shown.append(f"<{match[1]}{match[2].lower()}{' open' if match[3] and not match[1] else ''}>")
        end = match.end()
    return "".join([*shown, escape(raw[end:])])


def _image(_: RendererHTML, tokens: Sequence[Token], index: int, *__: Any) -> str:
    return f"<em>[image: {escape(tokens[index].content)}]</em>"
