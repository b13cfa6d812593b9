"""What an edit does, in a sentence."""

from __future__ import annotations

import ast

from fixers.search.template import Edit, Insert, Template

_QUOTED = 70


def said(edit: Edit, template: Template) -> str:
    """Say what an edit does, and what it supposes."""
    return f"{_what(edit)}: {template.SUMMARY}."


def _what(edit: Edit) -> str:
    """Say in a few words what the edit does."""
    if isinstance(edit.change, Insert):
        return f"`{_quoted(edit.change.statement)}` is added {'after' if edit.change.after else 'before'} this line"
    return ", ".join(f"`{_quoted(old)}` becomes `{_quoted(new)}`" for old, new in edit.change.pairs.items())


def _quoted(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= _QUOTED else text[: _QUOTED - 1] + "…"
