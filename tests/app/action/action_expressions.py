"""Expressions of workflows, as far as an action uses them: contexts, strings, comparisons, and, or, not, status."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_TOKEN = re.compile(r"\s*('(?:[^']|'')*'|==|!=|&&|\|\||[!()]|[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*)")
_HOLE = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
STATUS = ("always", "success", "failure", "cancelled")


class Unreadable(Exception):
    """The expression uses something that is not known here; nothing is guessed."""


def filled(text: str, contexts: Mapping[str, Any]) -> str:
    """Return a text with its expressions replaced by what they are."""
    return _HOLE.sub(lambda hole: shown(value(hole[1], contexts)), text)


def condition(text: str, contexts: Mapping[str, Any], *, failed: bool) -> bool:
    """Say whether a step runs; one that asks for no status runs only while nothing has failed."""
    inner = _HOLE.fullmatch(text.strip())
    expression = inner[1] if inner else text
    answers = {"always": True, "success": not failed, "failure": failed, "cancelled": False}
    asks = any(f"{name}()" in expression for name in STATUS)
    return (asks or not failed) and bool(value(expression, {**contexts, "()": answers}))


def value(expression: str, contexts: Mapping[str, Any]) -> Any:
    """Evaluate an expression; a name that no context has is null, as in the runner."""
    tokens, position = [], 0
    expression = expression.strip()
    while position < len(expression):
        found = _TOKEN.match(expression, position)
        if found is None:
            raise Unreadable(expression)
        tokens.append(found[1])
        position = found.end()
    reader = _Reader(tokens, contexts)
    result = reader.either()
    if reader.rest:
        raise Unreadable(expression)
    return result


def shown(result: Any) -> str:
    """Return a value as the runner writes it into a text."""
    if result is None:
        return ""
    return str(result).lower() if isinstance(result, bool) else str(result)


class _Reader:
    def __init__(self, tokens: list[str], contexts: Mapping[str, Any]) -> None:
        self.rest, self.contexts = tokens, contexts

    def either(self) -> Any:
        left = self.both()
        while self._take("||"):
            right = self.both()
            left = left or right
        return left

    def both(self) -> Any:
        left = self.compared()
        while self._take("&&"):
            right = self.compared()
            left = left and right
        return left

    def compared(self) -> Any:
        left = self.single()
        if self._take("=="):
            return _alike(left, self.single())
        if self._take("!="):
            return not _alike(left, self.single())
        return left

    def single(self) -> Any:
        if self._take("!"):
            return not self.single()
        if self._take("("):
            inner = self.either()
            self._expect(")")
            return inner
        if not self.rest:
            raise Unreadable("the expression ends early")
        token = self.rest.pop(0)
        if token.startswith("'"):
            return token[1:-1].replace("''", "'")
        if self._take("("):
            self._expect(")")
            return self.contexts["()"][token]
        return self._named(token)

    def _named(self, token: str) -> Any:
        first, *names = token.split(".")
        if first not in self.contexts:
            raise Unreadable(f"there is no context {first} here")
        found = self.contexts[first]
        for name in names:
            found = found.get(name) if isinstance(found, Mapping) else None
        return found

    def _take(self, token: str) -> bool:
        if self.rest[:1] != [token]:
            return False
        self.rest.pop(0)
        return True

    def _expect(self, token: str) -> None:
        if not self._take(token):
            raise Unreadable(f"{token} is missing")


def _alike(left: Any, right: Any) -> bool:
    return shown(left).lower() == shown(right).lower()
