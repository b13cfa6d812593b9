"""How the engine tells what it is doing, and how it is asked to stop."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Receives what a person would want to see while an attempt runs."""

    def stage(self, name: str) -> None:
        """Say that a stage begins: `reproduce`, `localize`, `repair`, `verify`."""

    def said(self, text: str, seconds: float) -> None:
        """Give the stage's result in one line, and how long it took."""

    def tick(self, *, tried: int, passing: int, seconds_left: float) -> None:
        """Count candidates during repair."""

    @property
    def interrupted(self) -> bool:
        """Whether the user asked to stop; the engine then ends the search and proves the best so far."""


class Silent:
    """Shows nothing and is never interrupted."""

    interrupted = False

    def stage(self, name: str) -> None:
        """Ignore the name."""

    def said(self, text: str, seconds: float) -> None:
        """Ignore the text."""

    def tick(self, *, tried: int, passing: int, seconds_left: float) -> None:
        """Ignore the counts."""
