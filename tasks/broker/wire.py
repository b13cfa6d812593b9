"""The broker's language: one line of JSON asks, one line answers, then the connection ends."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, TypeAdapter, field_serializer

from tasks.broker.known import Stage
from tasks.github.names import OWNER_NAME

LONGEST_LINE = 16 << 10

Attempt = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:-]{1,64}$")]
Repository = Annotated[str, Field(pattern=OWNER_NAME, max_length=200)]


class Line(BaseModel):
    """What both sides send; an unknown field is a mistake, because both are ours and of one version."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    schema_version: Literal["1.0"] = "1.0"


class TokenRequest(Line):
    """Asks for a token; a repeat gets the same one while it is fresh."""

    op: Literal["token"] = "token"
    attempt: Attempt
    repository: Repository
    stage: Stage


class DoneRequest(Line):
    """Says that the stage is over; its token is dropped."""

    op: Literal["done"] = "done"
    attempt: Attempt
    repository: Repository
    stage: Stage


class InstallationRequest(Line):
    """Asks which installation covers a repository."""

    op: Literal["installation"] = "installation"
    repository: Repository


Request = Annotated[TokenRequest | DoneRequest | InstallationRequest, Field(discriminator="op")]
REQUEST: TypeAdapter[TokenRequest | DoneRequest | InstallationRequest] = TypeAdapter(Request)


class TokenAnswer(Line):
    """The token."""

    answer: Literal["token"] = "token"
    token: SecretStr
    expires_at: datetime
    permissions: dict[str, str]

    @field_serializer("token", when_used="json")
    def _reveal(self, token: SecretStr) -> str:
        return token.get_secret_value()


class DoneAnswer(Line):
    """It is dropped, or there was none."""

    answer: Literal["done"] = "done"


class InstallationAnswer(Line):
    """The installation's id."""

    answer: Literal["installation"] = "installation"
    installation_id: int


class RefusedAnswer(Line):
    """Nothing is handed out."""

    answer: Literal["refused"] = "refused"
    why: Literal["refused", "unheld", "unavailable", "not_found", "bad_request"]
    """`unheld`: nobody holds that attempt in that stage now."""
    sentence: str
    retry_after: float | None = None


Answer = TokenAnswer | DoneAnswer | InstallationAnswer | RefusedAnswer
ANSWER: TypeAdapter[Answer] = TypeAdapter(Annotated[Answer, Field(discriminator="answer")])
