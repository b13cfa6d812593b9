"""From files to the policy that holds: the repository's file can only tighten the server's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from tasks.errors import BadInput
from tasks.policy.model import (
    REPOSITORY_FILE,
    Autonomy,
    Ceiling,
    EffectivePolicy,
    PathRule,
    RepositoryPolicy,
    ServerPolicy,
    Standing,
    digest_of,
)
from tasks.policy.strict_yaml import Place, parse

SCHEMA_ID = "urn:goldseam:schema:policy:1"
"""A name, not an address: each server serves the schema itself."""

_Model = TypeVar("_Model", bound=BaseModel)


def read_repository_policy(data: bytes) -> RepositoryPolicy:
    """Read a repository's file; BadInput says the line and what to write instead."""
    return _read(data, RepositoryPolicy, REPOSITORY_FILE)


def read_server_policy(data: bytes, *, name: str = "POLICY_FILE") -> ServerPolicy:
    """Read the server's file; BadInput says the line and what to write instead."""
    return _read(data, ServerPolicy, name)


def effective(server: ServerPolicy, file: bytes | None) -> EffectivePolicy:
    """Join the server's policy with the repository's file as it was found; never raises for that file.

    No file: nothing is shown, because the repository was not asked yet or said no; on a server
    that does not ask, `suggest`, because more needs a person's commit.
    A file that cannot be read: `observe`, because nobody knows what it meant to deny.
    """
    standing, problem = Standing.VALID, ""
    if file is None:
        level = Autonomy.OBSERVE if server.onboarding else Autonomy.SUGGEST
        standing, repository = Standing.MISSING, RepositoryPolicy(version=1, autonomy=level)
    else:
        try:
            repository = read_repository_policy(file)
        except BadInput as error:
            standing, problem = Standing.INVALID, str(error)
            repository = RepositoryPolicy(version=1, autonomy=Autonomy.OBSERVE)
    said = {Standing.VALID: "repo:autonomy", Standing.MISSING: "repo:missing", Standing.INVALID: "repo:invalid"}
    autonomy = _lower(Ceiling("server:autonomy", server.autonomy), Ceiling(said[standing], repository.autonomy))
    return EffectivePolicy(
        standing=standing,
        problem=problem,
        autonomy=Autonomy(autonomy.value),
        autonomy_clause=autonomy.clause,
        deny_paths=(*_rules("server", server.deny_paths), *_rules("repo", repository.deny_paths)),
        max_files=_ceiling("max_files", server, repository),
        max_lines=_ceiling("max_lines", server, repository),
        max_open=_ceiling("max_open", server, repository),
        max_new_per_hour=_ceiling("max_new_per_hour", server, repository),
        consent=min(server.llm.consent, repository.llm.consent),
        onboarding=server.onboarding,
        forks=server.forks,
        repository=repository,
        digest=digest_of(server, repository),
    )


def policy_schema() -> dict[str, Any]:
    """Return the JSON Schema of the repository's file, for editors and for `docs/schemas/`."""
    schema = RepositoryPolicy.model_json_schema()
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA_ID}
    return {**dialect, **schema, "title": REPOSITORY_FILE}


def _lower(server: Ceiling, repository: Ceiling | None) -> Ceiling:
    return server if repository is None or server.value <= repository.value else repository


def _ceiling(key: str, server: ServerPolicy, repository: RepositoryPolicy) -> Ceiling:
    own = getattr(repository, key)
    return _lower(Ceiling(f"server:{key}", getattr(server, key)), None if own is None else Ceiling(f"repo:{key}", own))


def _rules(owner: str, patterns: tuple[str, ...]) -> tuple[PathRule, ...]:
    return tuple(PathRule(f"{owner}:deny_paths[{index}]", pattern) for index, pattern in enumerate(patterns))


def _read(data: bytes, model: type[_Model], name: str) -> _Model:
    try:
        parsed = parse(data)
    except BadInput as error:
        raise BadInput(f"{name}: {error}") from error
    try:
        return model.model_validate(parsed.value)
    except ValidationError as error:
        raise BadInput(f"{name}: {_sentence(error.errors()[0], parsed.lines)}") from error


def _sentence(error: ErrorDetails, lines: Mapping[Place, int]) -> str:
    place: Place = tuple(error["loc"])
    known = place
    while known not in lines:  # a missing key has no line of its own; its parent has
        known = known[:-1]
    key = ".".join(map(str, place)) or "the file"
    if error["type"] == "extra_forbidden":
        return f"Line {lines[known]}: {key} is not a key of this version; remove it."
    return f"Line {lines[known]}: {key}: {error['msg'].removeprefix('Value error, ')}."
