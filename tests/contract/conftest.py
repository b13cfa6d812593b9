"""GitHub's published descriptions, loaded once; missing, they are an error with the command that fetches them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLSchema, build_schema
from rest_contract import OpenApi

FOLDER = Path(__file__).resolve().parents[2] / ".cache" / "github"


def described(name: str) -> Path:
    path = FOLDER / name
    if not path.is_file():
        pytest.fail(f"{path.name} is missing: run scripts/fetch-github-descriptions", pytrace=False)
    return path


@pytest.fixture(scope="session")
def openapi() -> OpenApi:
    return OpenApi.load(described("openapi.json"))


@pytest.fixture(scope="session")
def schema() -> GraphQLSchema:
    return build_schema(described("schema.graphql").read_text(encoding="utf-8"), assume_valid=True)


@pytest.fixture(scope="session")
def recorded() -> list[tuple[str, dict[str, Any]]]:
    """Return recorded deliveries: the event and its payload."""
    events = json.loads(described("deliveries.json").read_text(encoding="utf-8"))
    return [(event["name"], example) for event in events for example in event["examples"]]
