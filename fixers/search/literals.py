"""Values that the failing tests speak of: never code, only literals."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from fixers.model import Failure

_STRING = r"""(?:'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")"""
_NUMBER = r"(?<![\w.])-?\d+(?:\.\d+)?(?![\w.])"
_LITERAL = re.compile(rf"{_STRING}|{_NUMBER}")
_COMPARED = re.compile(rf"({_STRING})\s*(?:==|!=)\s*({_STRING})")
_EXCEPTION = re.compile(r"\b[A-Z]\w*(?:Error|Exception|Warning|Iteration|Interrupt)\b")
_NOT_RAISED = re.compile(r"DID NOT RAISE(?: any of)? \(?<class '([\w.]+)'>")
_NOT_MEANT = frozenset({"", "AssertionError", "Failed", "Exception"})
_SCANNED = 8_000


def literals_in(failures: Sequence[Failure]) -> Iterator[object]:
    """Yield the strings and numbers of the failures' messages, in order."""
    for failure in failures:
        for match in _LITERAL.finditer(failure.message[:_SCANNED]):
            yield from _evaluated(match[0])


def exceptions_in(failures: Sequence[Failure]) -> Iterator[str]:
    """Yield exception types that the messages name, without their modules: `DID NOT RAISE <class 'ValueError'>`.

    Whether a place knows the name of one that is not built in, it has to be asked.
    """
    for failure in failures:
        text = failure.message[:_SCANNED]
        missed = [dotted.rpartition(".")[2] for dotted in _NOT_RAISED.findall(text)]
        for name in (failure.exception.rpartition(".")[2], *missed, *_EXCEPTION.findall(text)):
            found = getattr(builtins, name, Exception)
            if isinstance(found, type) and issubclass(found, Exception) and name not in _NOT_MEANT:
                yield name


def corrections(text: str, failures: Sequence[Failure]) -> Iterator[str]:
    """Yield what the literal `text` should be for a compared string to become the other one.

    Which side of `'a' == 'b'` was expected is not said, so both readings are yielded.
    """
    for failure in failures:
        for match in _COMPARED.finditer(failure.message[:_SCANNED]):
            sides = [value for side in match.groups() for value in _evaluated(side) if isinstance(value, str)]
            if len(sides) == 2:
                yield from _corrected(text, sides[0], sides[1])
                yield from _corrected(text, sides[1], sides[0])


def _corrected(text: str, actual: str, expected: str) -> Iterator[str]:
    start = actual.find(text) if text else -1
    if start < 0 or actual == expected:
        return
    end = start + len(text)
    pieces: list[str] = []
    for tag, a, b, c, d in SequenceMatcher(None, actual, expected, autojunk=False).get_opcodes():
        low, high = max(a, start), min(b, end)
        if tag == "equal" and low < high:
            pieces.append(actual[low:high])
        elif tag == "insert" and start <= a <= end:
            pieces.append(expected[c:d])
        elif tag in {"replace", "delete"} and low < high:
            if a < start or b > end:
                return
            pieces.append(expected[c:d])
    yield "".join(pieces)


def _evaluated(source: str) -> Iterator[object]:
    try:
        yield ast.literal_eval(source)
    except (ValueError, SyntaxError):
        return
