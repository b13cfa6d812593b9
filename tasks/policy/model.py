"""The two policy files and what they make together."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Annotated, Any, Literal

import rfc8785
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StrictBool,
    StrictInt,
    StringConstraints,
)

REPOSITORY_FILE = ".github/goldseam.yml"
"""Read from the default branch only: a change of it counts once a person has merged it."""


class Autonomy(IntEnum):
    """How far Goldseam may go by itself; each level includes the ones before."""

    OBSERVE = 0
    """Work in the dark: nothing is shown outside."""
    SUGGEST = 1
    """Say the result in a check run, with the patch in it."""
    DRAFT_PR = 2
    PR = 3

    @property
    def word(self) -> str:
        """The level as policy files spell it."""
        return self.name.lower()


class Consent(IntEnum):
    """What may be sent to a language model."""

    NONE = 0
    DIAGNOSTICS = 1
    """Redacted error text, frames and file names; no source."""
    CODE = 2
    """Redacted slices of source as well."""

    @property
    def word(self) -> str:
        """The level as policy files spell it."""
        return self.name.lower()


def _level(kind: type[Autonomy | Consent]) -> BeforeValidator:
    def parse(value: object) -> Autonomy | Consent:
        if isinstance(value, kind):
            return value
        words = [member.word for member in kind]
        if not isinstance(value, str) or value not in words:
            raise ValueError(f"must be one of {', '.join(words)}")
        return kind[value.upper()]

    return BeforeValidator(parse, json_schema_input_type=Literal[*(member.word for member in kind)])


def _spelled() -> PlainSerializer:
    return PlainSerializer(lambda level: level.word, return_type=str)


AutonomyLevel = Annotated[Autonomy, _level(Autonomy), _spelled()]
ConsentLevel = Annotated[Consent, _level(Consent), _spelled()]
# Not Literal[1]: that takes `true` for 1.
Version = Annotated[StrictInt, Field(ge=1, le=1)]
Pattern = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=200)]
Word = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=1000)]
Label = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=50, pattern=r"^[^,\n]+$")]
Argv = Annotated[tuple[Word, ...], Field(min_length=1, max_length=100)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ModelUse(_Strict):
    """Whether a language model may be asked, and what it may be told."""

    consent: ConsentLevel = Field(
        default=Consent.NONE,
        description="What may be sent to a language model. "
        "none: nothing is asked. diagnostics: no source, so nothing is asked either. code: redacted slices of source.",
    )


class ServerPolicy(_Strict):
    """The file of whoever runs the server. Every key is a ceiling that no repository can lift."""

    version: Version = 1
    autonomy: AutonomyLevel = Autonomy.PR
    deny_paths: tuple[Pattern, ...] = ()
    max_files: StrictInt = Field(default=10, ge=0)
    max_lines: StrictInt = Field(default=300, ge=0)
    max_open: StrictInt = Field(default=3, ge=0)
    max_new_per_hour: StrictInt = Field(default=2, ge=0)
    forks: StrictBool = Field(
        default=False, description="Whether code of forks is run in the sandbox, and repairs suggested to them."
    )
    llm: ModelUse = ModelUse(consent=Consent.NONE)
    command_bots: tuple[StrictInt, ...] = ()
    """Numeric ids of bot accounts that may command as people with write access do."""
    onboarding: StrictBool = True
    """Whether a repository without a file is asked by a pull request that adds it, and left alone until then."""


class RepositoryPolicy(_Strict):
    """`.github/goldseam.yml`: what a repository allows, and how its tests are run. It can only tighten."""

    version: Version = Field(description="Version of this file's format.")
    autonomy: AutonomyLevel = Field(
        default=Autonomy.SUGGEST,
        description="How far Goldseam may go by itself. observe: nothing is shown. suggest: a neutral check run with "
        "the patch. draft_pr: a draft pull request. pr: one that is ready for review. Each includes the ones before.",
    )
    deny_paths: tuple[Pattern, ...] = Field(
        default=(), max_length=200, description="Globs of files that no repair may touch. Case does not matter."
    )
    max_files: StrictInt | None = Field(default=None, ge=0, description="Most files that a repair may touch.")
    max_lines: StrictInt | None = Field(default=None, ge=0, description="Most lines that a repair may add and remove.")
    max_open: StrictInt | None = Field(
        default=None, ge=0, description="Most pull requests of Goldseam that are open at a time; a repair beyond waits."
    )
    max_new_per_hour: StrictInt | None = Field(
        default=None, ge=0, description="Most pull requests that Goldseam opens in an hour; a repair beyond waits."
    )
    labels: Annotated[tuple[Label, ...], Field(max_length=10)] = Field(
        default=("goldseam",), description="Labels of the pull requests; those that do not exist yet are made."
    )
    approval_check: StrictBool = Field(
        default=False,
        description="Whether pull requests get the check run `Goldseam approval`, for a branch rule that requires it: "
        "those of Goldseam wait in it for `/goldseam approve`, those of people pass at once.",
    )
    rerun_failed_jobs: StrictBool = Field(
        default=False,
        description="Whether the failed jobs are run again, once, when the failure does not show in the sandbox: "
        "if they pass, it was chance. Costs minutes of the repository's own CI.",
    )
    llm: ModelUse = Field(default=ModelUse(), description="Use of a language model; none by default.")
    test_command: Argv | None = Field(
        default=None, description="How the tests are run, word by word; runs in the sandbox only."
    )
    setup: Annotated[tuple[Argv, ...], Field(max_length=20)] = Field(
        default=(), description="Commands that prepare the environment, each word by word; run in the sandbox only."
    )
    python: Pattern | None = Field(default=None, description="Version of Python, such as 3.12.")


class Standing(StrEnum):
    """How the repository's file was found."""

    VALID = "valid"
    MISSING = "missing"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class PathRule:
    """A glob with the clause it comes from: `repo:deny_paths[0]`."""

    clause: str
    pattern: str


@dataclass(frozen=True, slots=True)
class Ceiling:
    """A limit with the clause it comes from."""

    clause: str
    value: int


@dataclass(frozen=True, slots=True)
class EffectivePolicy:
    """What holds for one repository: on every key no more than the server allows."""

    standing: Standing
    problem: str
    """Why the repository's file is not valid, with its line; empty otherwise."""
    autonomy: Autonomy
    autonomy_clause: str
    deny_paths: tuple[PathRule, ...]
    max_files: Ceiling
    max_lines: Ceiling
    max_open: Ceiling
    max_new_per_hour: Ceiling
    consent: Consent
    forks: bool
    onboarding: bool
    """Whether the server lets repositories without a file be asked."""
    repository: RepositoryPolicy
    """For the keys that say how tests are run; the ceilings above are what counts for the others."""
    digest: str
    """`sha256:` of what both files said, canonically."""


def digest_of(*documents: BaseModel) -> str:
    """Return one digest of policy documents, the same for the same meaning."""
    said: list[Any] = [document.model_dump(mode="json") for document in documents]
    return "sha256:" + hashlib.sha256(rfc8785.dumps(said)).hexdigest()
