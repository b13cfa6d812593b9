"""The inputs of `action.yml`, as the runner hands them over: text in variables that begin with INPUT_."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError
from pydantic_core import ErrorDetails

from tasks.errors import BadInput

PREFIX = "INPUT_"


def _switch(value: object) -> bool:
    if value not in {"true", "false"}:
        raise ValueError("must be true or false")
    return value == "true"


def _listed(value: object) -> tuple[str, ...]:
    return tuple(line.strip() for line in str(value).splitlines() if line.strip())


Switch = Annotated[bool, BeforeValidator(_switch)]
Lines = Annotated[tuple[str, ...], BeforeValidator(_listed)]
FailOn = Literal["fixed", "declined", "error", "never"]
_Model = TypeVar("_Model", bound="_Inputs")


class _Inputs(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=lambda name: name.replace("_", "-"))


class RunInputs(_Inputs):
    """What the step that repairs is given."""

    path: Path = Path()
    python: str = ""
    """Empty for the job's own; `new` for an environment that Goldseam makes."""
    test_command: str | None = None
    failing: Lines = ()
    log: Path | None = None
    diff: Path | None = None
    budget_seconds: float = Field(default=60.0, ge=0, le=3600, allow_inf_nan=False)
    budget_candidates: int = Field(default=250_000, ge=0)
    seed: int = 0
    jobs: int = Field(default=2, ge=1, le=64)
    annotations: Switch = True
    artifact_name: str = ""
    fail_on: FailOn = "declined"
    trust_target: Switch = False


class PublishInputs(_Inputs):
    """What the step that opens the pull request is given."""

    token: SecretStr
    result_directory: Path
    draft: Switch = True
    api_url: str = Field(default="https://api.github.com", pattern=r"^https?://[^\s]+$")


def read_inputs(model: type[_Model], environment: Mapping[str, str]) -> _Model:
    """Read a step's inputs; an empty one counts as not given. BadInput names the first that cannot be used."""
    names = [name.replace("_", "-") for name in model.model_fields]
    variables = {name: environment.get(f"{PREFIX}{name.replace('-', '_').upper()}", "").strip() for name in names}
    given: dict[str, Any] = {name: value for name, value in variables.items() if value}
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise BadInput(_sentence(error.errors(include_url=False, include_context=False)[0])) from None


def _sentence(error: ErrorDetails) -> str:
    name, value = ".".join(map(str, error["loc"])), str(error["input"])
    if error["type"] == "missing":
        return f"The input {name} is missing."
    said = error["msg"].removeprefix("Value error, ").removeprefix("Input ")
    said = re.sub(r"^(should|must) ", "must ", said)
    return f"The input {name} {said}; it is {value[:80]!r}."
