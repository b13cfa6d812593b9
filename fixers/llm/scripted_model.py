"""A model that replays replies: for tests, and for running a recorded attempt again. It opens no connection."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal

from fixers.llm.model import History, Limits, ModelFailed, Reply, Tool, ToolCall

Script = Reply | ModelFailed | Callable[[History], Reply]


@dataclass(slots=True)
class ScriptedModel:
    """Answers from a list, and keeps every history it was asked with.

    An entry may be a function of the history, so that a script can obey what it
    reads. A call beyond the end fails as a provider that is down would.
    """

    script: list[Script]
    id: str = "scripted"
    asked: list[History] = field(default_factory=list)

    def ask(self, history: History, tools: tuple[Tool, ...], limits: Limits) -> Reply:
        """Return the next entry, or raise it."""
        del tools, limits
        number = len(self.asked)
        self.asked.append(history)
        if number >= len(self.script):
            raise ModelFailed(f"The script ends after {len(self.script)} replies.")
        entry = self.script[number]
        if isinstance(entry, ModelFailed):
            raise entry
        reply = entry if isinstance(entry, Reply) else entry(history)
        # Ids tie answers to calls, so they differ from reply to reply as a provider's would.
        return replace(reply, calls=tuple(replace(call, id=f"call-{number}-{n}") for n, call in enumerate(reply.calls)))


def says(*calls: ToolCall, tokens: int = 100, usd: str = "0.01", text: str = "") -> Reply:
    """Return a reply that makes these calls, at this cost."""
    return Reply(model="scripted", calls=calls, text=text, tokens_out=tokens, usd=Decimal(usd))


def call(name: str, **arguments: object) -> ToolCall:
    """Return a call as a model would write it."""
    return ToolCall(id="", name=name, arguments=arguments)
