"""The file that is proposed fits its schema, with every line that a reader may uncomment."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest

from tasks.policy.load import policy_schema, read_repository_policy
from tasks.policy.model import RepositoryPolicy
from tasks.policy.strict_yaml import parse
from tasks.report.onboarding import OnboardingTexts
from tasks.stages.redruns import SeenRun, Survey

ROOT = Path(__file__).resolve().parents[3]
FILE = OnboardingTexts("https://goldseam.example").file()
WHOLE = re.sub(rb"^# ((?:[a-z_]+:|  - |  consent).*)$", rb"\1", FILE, flags=re.MULTILINE)


@pytest.mark.parametrize("data", [FILE, WHOLE], ids=["as proposed", "uncommented"])
def test_the_file_is_read_and_fits_its_schema(data: bytes) -> None:
    read_repository_policy(data)
    jsonschema.validate(parse(data).value, policy_schema())


def test_every_key_is_shown() -> None:
    assert read_repository_policy(WHOLE).model_fields_set == set(RepositoryPolicy.model_fields)


def test_every_key_of_the_schema_says_what_it_is_for() -> None:
    schema = json.loads((ROOT / "docs/schemas/policy-1.json").read_text())
    assert schema["$id"] == policy_schema()["$id"]
    assert [name for name, key in schema["properties"].items() if not key.get("description")] == []


def test_a_typing_error_does_not_fit() -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"version": 1, "autonomie": "pr"}, policy_schema())


def test_without_red_runs_it_says_so() -> None:
    title, body = OnboardingTexts("https://x.example").pull(Survey())
    assert title == "Set up Goldseam"
    assert "no workflow run of this repository ended in failure" in body


def test_the_longest_body_fits() -> None:
    long = SeenRun(
        id=1,
        name="n" * 500,
        html_url="https://x.example/" + "r" * 200,
        branch="b" * 250,
        head_sha="a" * 40,
        outcome="repair",
        fingerprint="f" * 64,
        failures=99,
        first="`|@#" * 75,
    )
    _, body = OnboardingTexts("https://x.example").pull(Survey(runs=(long,) * 10, unread=3))
    assert len(body) < 60_000
    assert all(line.count(" | ") == 2 for line in body.splitlines() if line.startswith("| "))
