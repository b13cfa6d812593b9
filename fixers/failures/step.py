"""One step of a job: its output, offered to every parser."""

from __future__ import annotations

from fixers.failures.base import Found, Parser
from fixers.failures.places import Places
from fixers.failures.registry import ALL
from fixers.model import FailureKind

_TESTS = frozenset({FailureKind.TEST, FailureKind.SETUP, FailureKind.TEARDOWN, FailureKind.COLLECTION})
_MAX_COMMAND = 4_000


class Step:
    """Feeds the parsers; the first one that owns a line keeps it from the others."""

    def __init__(self, places: Places, command: str = "") -> None:
        self.command = command[:_MAX_COMMAND]
        self.failed = False
        """Whether the runner said that the step failed."""
        self._parsers: tuple[Parser, ...] = tuple(parser(places) for parser in ALL)

    def feed(self, line: str) -> None:
        """Offer a line of output to the parsers."""
        for parser in self._parsers:
            if parser.feed(line):
                return

    def close(self) -> Found:
        """Return what the parsers found, marked with the step's command.

        Tracebacks beside test failures are left out: they are what the tests
        printed on their way.
        """
        everything = Found()
        for parser in self._parsers:
            parser.close()
            everything.dropped += parser.found.dropped
        tested = any(failure.kind in _TESTS for parser in self._parsers for failure in parser.found.failures)
        for parser in self._parsers:
            for failure in parser.found.failures:
                if not (tested and failure.kind is FailureKind.CRASH):
                    everything.add(failure.model_copy(update={"command": self.command}))
        return everything
