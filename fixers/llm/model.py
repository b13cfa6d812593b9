"""What the agent asks of a language model, in our own words. No provider's types come past this Protocol."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Limits:
    """What one attempt may cost. No limit is passed by more than one model call."""

    steps: int = 16
    """Model calls."""
    tokens: int = 300_000
    """In and out together, over all calls."""
    usd: Decimal = Decimal("1.00")
    refusals: int = 5
    """Calls that could not be carried out as they were written, before the model is not asked again."""
    source_lines: int = 400
    """Lines of the repository that may leave this machine."""
    reply_tokens: int = 8_000
    """Of one reply."""
    call_seconds: float = 120.0
    """For one request, from its start to the last byte of its answer."""
    retries: int = 2
    """Of one call, by the SDK: lost connections, 408, 409, 429 and 5xx."""


@dataclass(frozen=True, slots=True)
class Tool:
    """One thing the model may ask for."""

    name: str
    description: str
    schema: Mapping[str, object]
    """JSON Schema of the arguments."""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """What the model asked for, not yet checked."""

    id: str
    name: str
    arguments: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Instructions:
    """Our standing text; the first turn of every history, and the only one that the model must obey."""

    text: str


@dataclass(frozen=True, slots=True)
class Result:
    """The answer to one tool call."""

    call: str
    text: str
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """Our turn: answers to the calls of the reply before, then text."""

    results: tuple[Result, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """The model's turn, with what it cost."""

    model: str
    calls: tuple[ToolCall, ...] = ()
    text: str = ""
    tokens_in: int = 0
    tokens_out: int = 0
    usd: Decimal = Decimal(0)
    echo: str = field(default="", repr=False)
    """The reply as the provider wants it back, in its own JSON; opaque to everybody else."""


Turn = Instructions | Asked | Reply
History = tuple[Turn, ...]


class ModelFailed(Exception):
    """Raised when no usable reply came; the sentence is shown to the user word for word."""


class Model(Protocol):
    """Something that continues a history."""

    @property
    def id(self) -> str:
        """The model's name, as the trace gives it."""

    def ask(self, history: History, tools: tuple[Tool, ...], limits: Limits) -> Reply:
        """Return the next turn; ModelFailed when there is none."""
