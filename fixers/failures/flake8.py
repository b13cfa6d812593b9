"""flake8's findings in its default form."""

from __future__ import annotations

import re
from typing import ClassVar

from fixers.failures.base import MAX_MESSAGE, Example, Parser, frame
from fixers.failures.examples import flake8
from fixers.model import Failure, FailureKind

# ruff prints the same shape; flake8's own messages begin in lower case, with a quote, or with E999's exception.
_FINDING = re.compile(
    r"^((?:[A-Za-z]:)?[^\s:][^:]{0,500}):(\d+):(\d+): ([A-Z]{1,4}\d{1,4}) ([a-z'].*|(?:Syntax|Indentation|Tab)Error.*)$"
)


class Flake8Parser(Parser):
    """flake8 and pycodestyle; a plugin whose messages begin with a capital is taken for ruff."""

    TOOL: ClassVar[str] = "flake8"
    EXAMPLES: ClassVar[tuple[Example, ...]] = flake8.EXAMPLES

    def feed(self, line: str) -> bool:
        """Take a line; True when it names a finding."""
        found = _FINDING.match(line)
        if not found:
            return False
        self.found.add(
            Failure(
                kind=FailureKind.LINT,
                exception=found[4],
                message=found[5][:MAX_MESSAGE],
                frames=(frame(self.places, found[1], found[2], ""),),
                tool=self.TOOL,
                excerpt=line[:MAX_MESSAGE],
            )
        )
        return True

    def close(self) -> None:
        """Nothing is ever pending."""
