"""Anthropic's Messages API as a `Model`. The only module that imports the SDK, and the only one that talks to a model.

Key and base URL are the SDK's own business (`ANTHROPIC_API_KEY`, `ANTHROPIC_BASE_URL`, profiles).
Repository text only ever stands in user turns; the tools are declared by us, and
nothing but the four of them can come back as a call.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import httpx2
from anthropic import (
    Anthropic,
    AnthropicError,
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    AuthenticationError,
    CredentialsError,
    PermissionDeniedError,
)
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from fixers.llm.model import Asked, History, Instructions, Limits, ModelFailed, Reply, Tool, ToolCall
from fixers.llm.prices import PRICES, Price, price_of

DEFAULT_MODEL = "claude-sonnet-5-5"
BODY_BYTES = 8 << 20
"""Of one answer; more is no answer to our question."""


NO_KEY = "There is no key for it. Set ANTHROPIC_API_KEY, or run with --llm off."


class _Usage(BaseModel):
    input_tokens: int = Field(ge=0)
    output_tokens: int = Field(ge=0)
    cache_creation_input_tokens: int | None = Field(default=None, ge=0)
    cache_read_input_tokens: int | None = Field(default=None, ge=0)


class _Block(BaseModel):
    model_config = ConfigDict(extra="allow")

    type: str
    id: str = ""
    name: str = ""
    text: str = ""
    input: dict[str, object] = Field(default_factory=dict)


class _Message(BaseModel):
    model: str
    content: list[_Block]
    usage: _Usage
    stop_reason: str | None = None


@dataclass(frozen=True, slots=True)
class AnthropicModel:
    """One of Anthropic's models, by its id."""

    id: str = DEFAULT_MODEL

    def ask(self, history: History, tools: tuple[Tool, ...], limits: Limits) -> Reply:
        """Return the model's next turn and its cost; ModelFailed after the SDK's retries, or when it cannot be priced.

        One call takes at most `limits.call_seconds` for each of `1 + limits.retries` requests.
        """
        price = price_of(self.id)
        if price is None:
            raise ModelFailed(f"The price of {self.id} is not known. Choose one of {', '.join(sorted(PRICES))}.")
        try:
            with Anthropic(timeout=limits.call_seconds, max_retries=limits.retries) as client:
                if client.api_key is None and client.auth_token is None and client.credentials is None:
                    raise ModelFailed(NO_KEY)
                body = _post(client, self._request(history, tools, limits), limits.call_seconds)
        except (AnthropicError, httpx2.HTTPError) as error:
            raise ModelFailed(_in_words(error)) from error
        return _reply(body, asked=self.id, price=price)

    def _request(self, history: History, tools: tuple[Tool, ...], limits: Limits) -> dict[str, Any]:
        return {
            "model": self.id,
            "max_tokens": limits.reply_tokens,
            "system": "\n\n".join(turn.text for turn in history if isinstance(turn, Instructions)),
            "messages": list(_messages(history)),
            "tools": [{"name": t.name, "description": t.description, "input_schema": dict(t.schema)} for t in tools],
            "tool_choice": {"type": "auto", "disable_parallel_tool_use": True},
        }


def _messages(history: History) -> Iterable[dict[str, Any]]:
    for turn in history:
        match turn:
            case Asked(results, text):
                blocks: list[dict[str, Any]] = [
                    {"type": "tool_result", "tool_use_id": r.call, "content": r.text, "is_error": r.refused}
                    for r in results
                ]
                if text:
                    blocks.append({"type": "text", "text": text})
                yield {"role": "user", "content": blocks}
            case Reply(echo=echo) if echo:
                # As it came, thinking blocks and their signatures included: the API asks for them back.
                yield {"role": "assistant", "content": json.loads(echo)}


def _post(client: Anthropic, request: dict[str, Any], seconds: float) -> bytes:
    """Return the answer's body. A read timeout alone would let a server that drips bytes hold us for ever."""
    body = bytearray()
    with client.messages.with_streaming_response.create(**request) as response:
        ends = time.monotonic() + seconds
        for chunk in response.iter_bytes():
            body += chunk
            if time.monotonic() > ends:
                raise ModelFailed(f"Its answer was not complete after {seconds:g} s.")
            if len(body) > BODY_BYTES:
                raise ModelFailed(f"Its answer is longer than {BODY_BYTES:,} bytes.")
    return bytes(body)


def _reply(body: bytes, *, asked: str, price: Price) -> Reply:
    try:
        message = _Message.model_validate_json(body)
    except ValidationError as error:
        raise ModelFailed("Its answer is not what the API documents. Check ANTHROPIC_BASE_URL.") from error
    # An alias may be answered by a dated snapshot of the same model; anything else was not asked for.
    if not re.fullmatch(rf"{re.escape(asked)}(-\d{{8}})?", message.model):
        raise ModelFailed(f"{message.model[:80]!a} answered, but {asked} was asked. Its price is not known.")
    usage = message.usage
    # No caching is asked for; if some is reported all the same, it is counted in full.
    tokens_in = usage.input_tokens + (usage.cache_creation_input_tokens or 0) + (usage.cache_read_input_tokens or 0)
    cost: Decimal = price.of(tokens_in, usage.output_tokens)
    if message.stop_reason == "refusal":
        raise ModelFailed(f"It declined to work on this request (${cost:.4f}).")
    blocks = [block.model_dump(exclude_unset=True) for block in message.content]
    return Reply(
        model=message.model,
        calls=tuple(ToolCall(b.id, b.name, b.input) for b in message.content if b.type == "tool_use"),
        text="".join(b.text for b in message.content if b.type == "text"),
        tokens_in=tokens_in,
        tokens_out=usage.output_tokens,
        usd=cost,
        echo=json.dumps(blocks) if blocks else "",
    )


def _in_words(error: Exception) -> str:
    """Say what happened without the provider's prose, which may repeat what was sent."""
    match error:
        case APITimeoutError() | httpx2.TimeoutException():
            return "It did not answer in time. Try again later."
        case CredentialsError():
            return NO_KEY
        case AuthenticationError() | PermissionDeniedError():
            return f"The key was not accepted (HTTP {error.status_code}). Check ANTHROPIC_API_KEY."
        case APIStatusError():
            return f"The provider answered HTTP {error.status_code} to the last try. Try again later."
        case APIConnectionError() | httpx2.HTTPError():
            return "The provider could not be reached. Check ANTHROPIC_BASE_URL and the network."
    return f"The SDK cannot be used as it is configured ({type(error).__name__})."
