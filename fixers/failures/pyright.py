"""pyright's and basedpyright's errors."""

from __future__ import annotations

import re
from typing import ClassVar

from fixers.failures.base import MAX_MESSAGE, Example, Parser, frame
from fixers.failures.examples import pyright
from fixers.model import Failure, FailureKind

_FINDING = re.compile(r"^ {2}(\S.{0,500}?):(\d+):\d+ - error: (\S.*?)(?: \((report[A-Z]\w{0,80})\))?$")
_REST = re.compile(r"^ {4,}.{0,2000}?(?: \((report[A-Z]\w{0,80})\))?$")


class PyrightParser(Parser):
    """pyright; `exception` is the rule, which stands behind the last line of a longer message."""

    TOOL: ClassVar[str] = "pyright"
    EXAMPLES: ClassVar[tuple[Example, ...]] = pyright.EXAMPLES

    _open: Failure | None = None

    def feed(self, line: str) -> bool:
        """Take a line; True when it is an error or goes on with one."""
        if self._open is not None and (rest := _REST.match(line)):
            if rest[1]:
                self._open = self._open.model_copy(update={"exception": rest[1]})
                self.close()
            return True
        self.close()
        found = _FINDING.match(line)
        if found:
            self._open = Failure(
                kind=FailureKind.TYPE_CHECK,
                exception=found[4] or "",
                message=found[3][:MAX_MESSAGE],
                frames=(frame(self.places, found[1], found[2], ""),),
                tool=self.TOOL,
                excerpt=line.strip()[:MAX_MESSAGE],
            )
            if found[4]:
                self.close()
        return bool(found)

    def close(self) -> None:
        """Finish the last error."""
        if self._open is not None:
            self.found.add(self._open)
        self._open = None
