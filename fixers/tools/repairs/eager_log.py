"""Messages of a log that are put together before the logger says whether it wants them."""

from __future__ import annotations

import re
from typing import ClassVar

import libcst as cst

from fixers.codemods.source import Edits, Source, parse
from fixers.tools.repairs.base import Case, Example, FindingRepair

_LEVELS = frozenset({"debug", "info", "warning", "error", "critical", "exception"})
_STANDARD = re.compile(r"\blogging\b")
_OTHER = re.compile(r"\b(loguru|structlog|eliot|logbook)\b")
"""Loggers that fill in nothing, or in braces."""
_LOG = "import logging\nlog.{}\n"
_PERCENT = "Logging statement uses `%`"
_FSTRING = "Logging statement uses f-string"


class EagerLog(FindingRepair):
    """Hand a logger the text and the values apart, so that it puts them together when the message is wanted.

    `%s` prints what `{x}` prints, `%r` what `{x!r}` prints. Left alone: other formats, and a text with a percent sign
    of its own.
    """

    NAME = "eager-log"
    NUMBER = 1
    PRIOR = 0.95
    MESSAGE = "the message of a log is put together before it is wanted"
    CODES = frozenset({"G002", "G004"})
    VALID: ClassVar[tuple[Example, ...]] = (
        Example(_LOG.format('info(f"{x:>9}")'), _LOG.format('info(f"{x:>9}")'), "G004", _FSTRING, 2, 10),
        Example(_LOG.format('info(f"{x}", y)'), _LOG.format('info(f"{x}", y)'), "G004", _FSTRING, 2, 10),
        Example(_LOG.format('info("%s" % x)'), _LOG.format('info("%s" % x)'), "G002", _PERCENT, 2, 10),  # a tuple?
        Example('import logging, loguru\nlog.info(f"{x}")\n', 'import logging, loguru\nlog.info(f"{x}")\n', "G004",
                _FSTRING, 2, 10),
    )  # fmt: skip
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(_LOG.format('info(f"got {x} of {len(y)!r}: 5%")'),
                _LOG.format('info("got %s of %r: 5%%", x, len(y))'), "G004", _FSTRING, 2, 10),
        Example(_LOG.format('warning(f"{x:.2f}", exc_info=True)'),
                _LOG.format('warning("%.2f", x, exc_info=True)'), "G004", _FSTRING, 2, 13),
        Example(_LOG.format('info("%s: %d" % (x, y))'), _LOG.format('info("%s: %d", x, y)'), "G002", _PERCENT, 2, 10),
        Example(_LOG.format('info("%s" % f"{x}")'), _LOG.format('info("%s", f"{x}")'), "G002", _PERCENT, 2, 10),
    )  # fmt: skip

    def mend(self, case: Case) -> str:
        """Mend the calls on the findings' lines."""
        source = parse(case.text)
        if source is None or not _STANDARD.search(case.text) or _OTHER.search(case.text):
            return case.text
        edits = Edits(source)
        for finding in case.findings:
            for call in source.at(finding.line, cst.Call):
                if _is_log(call) and source.line(call.args[0].value) <= finding.line:
                    split = _split(source, call.args[0].value)
                    if split is not None:
                        first, *rest = [cst.Arg(value) for value in split]
                        edits.put(call, call.with_changes(args=[first, *rest, *call.args[1:]]))
        return edits.text()


def _is_log(call: cst.Call) -> bool:
    """Say whether a call logs one message, without values of its own."""
    named = isinstance(call.func, cst.Attribute) and call.func.attr.value in _LEVELS
    return named and bool(call.args) and all(arg.keyword is not None for arg in call.args[1:]) and not call.args[0].star


def _split(source: Source, node: cst.BaseExpression) -> list[cst.BaseExpression] | None:
    if isinstance(node, cst.FormattedString):
        return _of_f_string(source, node)
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Modulo):
        return _of_percent(node)
    return None


def _of_percent(node: cst.BinaryOperation) -> list[cst.BaseExpression] | None:
    text = node.left
    if not isinstance(text, (cst.SimpleString, cst.ConcatenatedString)):
        return None
    if isinstance(node.right, cst.Tuple):
        return [text, *(element.value for element in node.right.elements)]
    one = isinstance(node.right, (cst.SimpleString, cst.FormattedString, cst.Integer))
    return [text, node.right] if one else None


def _of_f_string(source: Source, node: cst.FormattedString) -> list[cst.BaseExpression] | None:
    text, values = "", []
    for part in node.parts:
        if isinstance(part, cst.FormattedStringText):
            text += part.value.replace("%", "%%").replace("{{", "{").replace("}}", "}")
        elif isinstance(part, cst.FormattedStringExpression):
            code = _code(source, part)
            if not code or part.equal is not None:
                return None
            text += code
            values.append(part.expression)
    if not values:
        text = text.replace("%%", "%")  # without values nothing is filled in
    prefix = node.prefix.replace("f", "").replace("F", "")
    return [cst.SimpleString(f"{prefix}{node.start[len(node.prefix) :]}{text}{node.end}"), *values]


def _code(source: Source, part: cst.FormattedStringExpression) -> str:
    if part.format_spec is None:
        return {None: "%s", "s": "%s", "r": "%r", "a": "%a"}[part.conversion]
    spec = "".join(source.code(piece) for piece in part.format_spec)
    plain = spec[:1] == "." and spec[1:-1].isdigit() and spec[-1] in "fe"
    return f"%{spec}" if plain and part.conversion is None else ""
