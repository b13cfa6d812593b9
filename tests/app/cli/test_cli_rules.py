"""`goldseam rules`, `goldseam doctor` and the door itself."""

import json

import pytest

from app.schemas import RuleEntry, RulesReport
from fixers.codemods.registry import ALL as CODEMODS
from fixers.search.registry import ALL as TEMPLATES
from fixers.tools.repairs.registry import ALL as REPAIRS

NAMES = [maker.NAME for maker in (*CODEMODS, *TEMPLATES, *REPAIRS)]


def test_every_rule_is_listed_once_and_in_order(goldseam):
    lines = goldseam("rules").stdout.splitlines()
    assert [line.split()[2] for line in lines[::2]] == NAMES
    assert len(set(NAMES)) == len(NAMES)


def test_every_rule_is_listed_with_an_example_and_with_what_was_measured(told):
    rows = json.loads(told("rules", "--json").stdout)["rules"]
    for row, line in zip(rows, told("rules").stdout.splitlines()[1::2], strict=True):
        said, _, example = line.strip().partition(": ")
        assert ("not measured" in said) == (row["measured"] is None)
        old, arrow, new = example.partition(" → ")
        sides = [old, new] if arrow else [example[2:]]
        assert all(side and side in row["before"] + row["after"] for side in sides), line


def test_a_rule_is_shown_with_its_example(told):
    shown = told("rules", "show", "mutable-default")
    assert (shown.returncode, shown.stdout.split()[0]) == (0, "mutable-default")
    places = [
        shown.stdout.index(word) for word in ("before:", "after:", "left alone:", "tier A:", "prior:", "measured:")
    ]
    assert places == sorted(places)
    assert "evaluates a default once" in shown.stdout


def test_a_rule_is_a_document_too(told):
    one = json.loads(told("rules", "show", "off-by-one", "--json").stdout)
    assert RuleEntry.model_validate(one).kind == "search"
    listed = RulesReport.model_validate_json(told("rules", "--json").stdout)
    assert RuleEntry.model_validate(one) in listed.rules


def test_the_doctor_looks_at_the_sandbox(goldseam):
    seen = goldseam("doctor")
    assert seen.returncode == 0, seen.stdout
    for name in ("bubblewrap", "seccomp", "no network", "git", "Python"):
        assert f" {name}:" in seen.stdout


WRONG = {
    "no such verb": (("mend",), "No such command"),
    "no such rule": (("rules", "show", "nothing"), "`goldseam rules` lists them"),
    "no bundle": (("verify", "none.json"), "none.json does not exist"),
    "no argument": (("verify",), "Missing argument"),
}


@pytest.mark.parametrize(("arguments", "words"), WRONG.values(), ids=WRONG)
def test_wrong_usage_is_told_in_a_sentence(told, arguments, words):
    ran = told(*arguments)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert words in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_bundle_that_is_none_is_an_error_document(told, tmp_path):
    (tmp_path / "b.json").write_text('{"schema_version": "1.0"}')
    ran = told("verify", "b.json", "--json")
    assert ran.returncode == 2
    assert '"holds": false' in ran.stdout
    assert "is no evidence bundle: goldseam_version: Field required" in ran.stdout
