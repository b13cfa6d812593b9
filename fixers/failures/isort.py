"""isort's word on files whose imports are out of order."""

from __future__ import annotations

import re
from typing import ClassVar

from fixers.failures.base import MAX_MESSAGE, Example, Parser, frame
from fixers.failures.examples import isort
from fixers.model import Failure, FailureKind

_FINDING = re.compile(r"^ERROR: (\S.{0,500}?) Imports are incorrectly sorted and/or formatted\.$")


class IsortParser(Parser):
    """isort --check; `exception` is `unsorted`."""

    TOOL: ClassVar[str] = "isort"
    EXAMPLES: ClassVar[tuple[Example, ...]] = isort.EXAMPLES

    def feed(self, line: str) -> bool:
        """Take a line; True when it names a file."""
        found = _FINDING.match(line)
        if found:
            self.found.add(
                Failure(
                    kind=FailureKind.LINT,
                    exception="unsorted",
                    message="Imports are incorrectly sorted",
                    frames=(frame(self.places, found[1], "0", ""),),
                    tool=self.TOOL,
                    excerpt=line[:MAX_MESSAGE],
                )
            )
        return bool(found)

    def close(self) -> None:
        """Nothing is ever pending."""
