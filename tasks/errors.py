"""Errors of the control plane, grouped by what the caller will do about them."""

from __future__ import annotations


class GoldseamError(Exception):
    """Anything Goldseam raises on purpose; its text is one sentence for a person."""


class Retryable(GoldseamError):
    """Trying the same stage again later may work."""

    retry_after: float | None = None
    """Seconds from now, where it is known when; waiting until then costs no try."""


class Waiting(Retryable):
    """Raised when nothing failed and there is only a time to wait for.

    A turn that ends so gives the attempt back with that time on it; no try is counted.
    """


class Refused(GoldseamError):
    """Policy, the stop switch or a missing permission said no. Never retried; always written to the ledger."""


class BadInput(GoldseamError):
    """What the user gave cannot be used; the sentence says what to give instead."""


class EnvironmentFailed(GoldseamError):
    """The target's environment could not be made; carries the last lines of the installer."""

    def __init__(self, sentence: str, tail: str = "") -> None:
        super().__init__(sentence, tail)  # all arguments, so that pickle can rebuild it
        self.sentence, self.tail = sentence, tail

    def __str__(self) -> str:
        return self.sentence
