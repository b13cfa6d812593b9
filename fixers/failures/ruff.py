"""ruff's findings in its full, concise, github and JSON forms, and files it (or Black) would reformat."""

from __future__ import annotations

import json
import re
from typing import Any, ClassVar

from fixers.failures.base import MAX_MESSAGE, Example, Parser, frame
from fixers.failures.examples import ruff
from fixers.failures.places import Places
from fixers.model import Failure, FailureKind

_CODE = r"([A-Z]{1,8}\d{1,5}|[a-z]{2,20}(?:-[a-z]{2,20}){1,6}:|unformatted:)"
# flake8 prints the same shape; its messages begin in lower case or with a quote, ruff's do not.
_CONCISE = re.compile(
    rf"^((?:[A-Za-z]:)?[^\s:][^:]{{0,500}}):(\d+):(\d+): {_CODE} (?:\[\*\] )?([A-Z`].*|unexpected .*)$"
)
_HEAD = re.compile(rf"^{_CODE} (?:\[\*\] )?(\S.*)$")
_ARROW = re.compile(r"^ +--> ((?:[A-Za-z]:)?[^\s:][^:]{0,500}):(\d+):(\d+)$")
_REFORMAT = re.compile(r"^[Ww]ould reformat:? (\S.{0,500})$")
_MAX_JSON = 1 << 20


class RuffParser(Parser):
    """ruff check and ruff format --check; `exception` is the rule's code."""

    TOOL: ClassVar[str] = "ruff"
    EXAMPLES: ClassVar[tuple[Example, ...]] = ruff.EXAMPLES

    def __init__(self, places: Places) -> None:
        super().__init__(places)
        self._head: re.Match[str] | None = None
        self._json: list[str] | None = None
        self._json_size = 0

    def feed(self, line: str) -> bool:
        """Take a line; True when it names a finding."""
        if self._json is not None:
            return self._collect(line)
        if line == "[" or (line.startswith("[{") and line.endswith("}]") and '"filename"' in line):
            self._json, self._json_size = [], 0
            return self._collect(line)
        return self._text(line)

    def close(self) -> None:
        """Drop a document that never ended."""
        self._json = None

    def _text(self, line: str) -> bool:
        head, self._head = self._head, None
        arrow = _ARROW.match(line) if head else None
        if head and arrow:
            self._add(head[1], head[2], arrow[1], arrow[2], f"{head[0]}\n{line}")
            return True
        if line.startswith("::error "):
            line = line[2:].partition("::")[2].partition("%0A")[0]
        concise = _CONCISE.match(line)
        if concise:
            self._add(concise[4], concise[5], concise[1], concise[2], line)
            return True
        reformat = _REFORMAT.match(line)
        if reformat:
            self._add("unformatted", "File would be reformatted", reformat[1], "0", line)
            return True
        self._head = _HEAD.match(line)
        return False

    def _add(self, code: str, message: str, path: str, line: str, excerpt: str) -> None:
        self.found.add(
            Failure(
                kind=FailureKind.LINT,
                exception=code.rstrip(":"),
                message=message[:MAX_MESSAGE],
                frames=(frame(self.places, path, line, ""),),
                tool=self.TOOL,
                excerpt=excerpt[:MAX_MESSAGE],
            )
        )

    def _collect(self, line: str) -> bool:
        """Gather a JSON document, which ruff ends with a lone bracket (a newline may not follow it)."""
        lines = self._json
        if lines is None:
            return False
        lines.append(line)
        self._json_size += len(line)
        if self._json_size > _MAX_JSON or (len(lines) == 2 and line.strip() not in {"{", "]"}):
            self._json = None
            return False
        if line.startswith("]") or line.endswith("}]"):
            self._json = None
            self._document("\n".join([*lines[:-1], "]" if line.startswith("]") else line]))
        return True

    def _document(self, text: str) -> None:
        try:
            findings = json.loads(text)
        except (ValueError, RecursionError):
            return
        for finding in findings:
            if isinstance(finding, dict):
                self._finding(finding)

    def _finding(self, finding: dict[str, Any]) -> None:
        location = finding.get("location")
        row = location.get("row") if isinstance(location, dict) else 0
        path, message = finding.get("filename"), finding.get("message")
        if isinstance(path, str) and isinstance(message, str):
            code = finding.get("code")
            line = str(row) if isinstance(row, int) and 0 <= row < 10**9 else "0"
            name = code if isinstance(code, str) else "invalid-syntax"
            self._add(name[:100], message, path[:1_000], line, f"{path}:{line}: {name} {message}")
