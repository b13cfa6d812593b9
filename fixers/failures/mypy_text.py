"""mypy's errors, with and without codes, columns and `--pretty`."""

from __future__ import annotations

import re
from typing import ClassVar

from fixers.failures.base import MAX_MESSAGE, Example, Parser, frame
from fixers.failures.examples import mypy_text
from fixers.failures.places import Places
from fixers.model import Failure, FailureKind

_ERROR = re.compile(r"^((?:[A-Za-z]:)?[^\s:][^:]{0,500}):(\d+)(?::\d+){0,3}: error: (\S.*)$")
_CODE = re.compile(r"^(.*\S) {1,2}\[([a-z][a-z0-9-]{1,60})\]$")


class MypyParser(Parser):
    """mypy; `exception` is the error code, empty where codes are hidden."""

    TOOL: ClassVar[str] = "mypy"
    EXAMPLES: ClassVar[tuple[Example, ...]] = mypy_text.EXAMPLES

    def __init__(self, places: Places) -> None:
        super().__init__(places)
        self._open: tuple[str, str, list[str]] | None = None

    def feed(self, line: str) -> bool:
        """Take a line; True when it is an error or, with `--pretty`, the wrapped rest of one."""
        found = _ERROR.match(line)
        if found:
            self._end()
            self._open = (found[1], found[2], [found[3]])
            if _CODE.match(found[3]):
                self._end()
            return True
        if self._open is None:
            return False
        # Only a message that was wrapped ends with a code on its second or third line.
        message = self._open[2]
        if line and not line[0].isspace() and len(message) < 3 and _CODE.match(line):
            message.append(line)
            self._end()
            return True
        self._end()
        return False

    def close(self) -> None:
        """Finish the last error."""
        self._end()

    def _end(self) -> None:
        if self._open is None:
            return
        path, line, message = self._open
        self._open = None
        text = " ".join(message)
        coded = _CODE.match(text)
        self.found.add(
            Failure(
                kind=FailureKind.TYPE_CHECK,
                exception=coded[2] if coded else "",
                message=(coded[1] if coded else text)[:MAX_MESSAGE],
                frames=(frame(self.places, path, line, ""),),
                tool=self.TOOL,
                excerpt=f"{path}:{line}: {text}"[:MAX_MESSAGE],
            )
        )
