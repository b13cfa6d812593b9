"""Every published version of a document is read for ever: a field more is a minor version, the rest a major one."""

import json
import runpy
from pathlib import Path

import jsonschema
import pytest

from app.action.result import ActionResult
from app.doctor.finding import DoctorReport
from app.schemas import FixReport, RulesReport, VerifyReport
from fixers.evidence import Evidence, Trace
from fixers.measured import Precision
from fixers.model import Failure
from tasks.github.signal import Signal
from tasks.ledger.entry import LedgerEntry
from tasks.policy.decide import Decision

ROOT = Path(__file__).resolve().parent.parent
GOLDEN = sorted((ROOT / "tests" / "golden").glob("*.json"))
MODELS = {
    "action-result": ActionResult,
    "decision": Decision,
    "doctor-report": DoctorReport,
    "evidence": Evidence,
    "failure": Failure,
    "fix-report": FixReport,
    "ledger-entry": LedgerEntry,
    "measured": Precision,
    "rules-report": RulesReport,
    "signal": Signal,
    "trace": Trace,
    "verify-report": VerifyReport,
}


def name_of(path: Path) -> str:
    return path.stem.rpartition("-")[0]


def keeps(new: object, old: object) -> bool:
    """Say whether everything of the old document stands in the new one, which may hold more fields at any depth."""
    if isinstance(old, dict):
        return isinstance(new, dict) and all(key in new and keeps(new[key], value) for key, value in old.items())
    if isinstance(old, list):
        return isinstance(new, list) and len(new) == len(old) and all(map(keeps, new, old))
    return new == old


def test_a_lost_value_is_noticed_at_any_depth():
    assert keeps({"a": [{"b": 1, "c": 2}]}, {"a": [{"b": 1}]})
    assert not keeps({"a": [{"b": 2}]}, {"a": [{"b": 1}]})
    assert not keeps({"a": [{}]}, {"a": [{"b": None}]})
    assert not keeps({"a": []}, {"a": [1]})


@pytest.mark.parametrize("path", GOLDEN, ids=lambda p: p.stem)
def test_a_published_document_is_still_read_and_loses_nothing(path):
    document = json.loads(path.read_text())
    again = json.loads(MODELS[name_of(path)].model_validate(document).model_dump_json())
    assert keeps(again, document)


@pytest.mark.parametrize("path", GOLDEN, ids=lambda p: p.stem)
def test_a_published_document_fits_its_published_schema(path):
    schema = json.loads((ROOT / "docs" / "schemas" / path.name).read_text())
    jsonschema.validate(json.loads(path.read_text()), schema)


@pytest.mark.parametrize("name", sorted(MODELS))
def test_a_field_of_a_newer_minor_version_is_passed_over(name):
    document = json.loads((ROOT / "tests" / "golden" / f"{name}-1.0.json").read_text())
    MODELS[name].model_validate({**document, "field_of_tomorrow": 1})


def test_every_contract_has_a_golden_document_and_a_schema():
    assert {name_of(path) for path in GOLDEN} == set(MODELS)
    published = runpy.run_path(str(ROOT / "scripts" / "schemas"))["schemas"]()
    assert {name.rpartition("-")[0] for name in published} == {*MODELS, "policy"}
    for name, schema in published.items():
        assert json.loads((ROOT / "docs" / "schemas" / name).read_text()) == json.loads(json.dumps(schema)), name
