"""`action.yml` and the code agree on every input, and one that cannot be used is answered in a sentence."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from action_workflow import ACTION, ROOT

from app.action.inputs import PublishInputs, RunInputs, read_inputs
from tasks.errors import BadInput

DOCUMENT = yaml.safe_load(ACTION.read_text())
STEPS = {step.get("id", step["name"]): step for step in DOCUMENT["runs"]["steps"]}


def variables(step: dict[str, Any]) -> set[str]:
    return {name for name in step.get("env", {}) if name.startswith("INPUT_")}


def test_nothing_is_written_into_a_script():
    scripts = [step["run"] for step in STEPS.values() if "run" in step]
    assert len(scripts) >= 3
    assert [script for script in scripts if "${{" in script] == []


def test_every_input_is_kebab_case_explained_and_handed_over_by_the_environment():
    used = set(re.findall(r"inputs\.([\w-]+)", str(DOCUMENT["runs"]) + str(DOCUMENT["outputs"])))
    assert set(DOCUMENT["inputs"]) == used
    for name, said in DOCUMENT["inputs"].items():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name)
        assert said["description"]
        assert isinstance(said["default"], str)


@pytest.mark.parametrize(("step", "model"), [("run", RunInputs), ("publish", PublishInputs)])
def test_a_step_is_given_what_its_model_reads_and_nothing_else(step, model):
    assert variables(STEPS[step]) == {f"INPUT_{name.upper()}" for name in model.model_fields}


def test_the_installing_step_is_given_what_its_script_reads():
    script = (ROOT / "scripts" / "install-action").read_text()
    assert variables(STEPS["install"]) == set(re.findall(r"INPUT_\w+", script))


def test_defaults_of_the_action_are_those_of_the_code():
    given = {f"INPUT_{name.replace('-', '_').upper()}": said["default"] for name, said in DOCUMENT["inputs"].items()}
    assert read_inputs(RunInputs, {**given, "INPUT_ARTIFACT_NAME": ""}) == RunInputs()


def test_only_one_step_is_given_the_token():
    holders = [name for name, step in STEPS.items() if "inputs.token" in str({**step, "if": ""})]
    assert holders == ["publish"]


def test_other_actions_are_pinned_by_commit():
    used = [step["uses"] for step in STEPS.values() if "uses" in step]
    assert used
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", use) for use in used)


def test_values_arrive_as_what_they_are():
    read = read_inputs(
        RunInputs,
        {
            "INPUT_FAILING": "tests/test_a.py::test_x[1, 2]\n\n  tests/test_b.py::test_y \n",
            "INPUT_BUDGET_SECONDS": "2.5",
            "INPUT_ANNOTATIONS": "false",
            "INPUT_TEST_COMMAND": " python -m pytest tests ",
        },
    )
    assert read.failing == ("tests/test_a.py::test_x[1, 2]", "tests/test_b.py::test_y")
    assert (read.budget_seconds, read.annotations, read.test_command) == (2.5, False, "python -m pytest tests")


BAD = {
    "fail-on": ("sometimes", "must be 'fixed', 'declined', 'error' or 'never'; it is 'sometimes'."),
    "annotations": ("yes", "must be true or false; it is 'yes'."),
    "trust-target": ("True", "must be true or false; it is 'True'."),
    "budget-seconds": ("a minute", "must be a valid number, unable to parse string as a number; it is 'a minute'."),
    "budget-candidates": ("-1", "must be greater than or equal to 0; it is '-1'."),
    "jobs": ("0", "must be greater than or equal to 1; it is '0'."),
    "seed": ("1.5", "must be a valid integer, unable to parse string as an integer; it is '1.5'."),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_input_is_answered_in_one_sentence(name):
    value, words = BAD[name]
    with pytest.raises(BadInput) as caught:
        read_inputs(RunInputs, {f"INPUT_{name.replace('-', '_').upper()}": value})
    assert str(caught.value) == f"The input {name} {words}"


def test_no_sentence_ever_quotes_the_token():
    with pytest.raises(BadInput) as caught:
        read_inputs(PublishInputs, {"INPUT_TOKEN": "ghs_secret", "INPUT_API_URL": "ftp://x", "INPUT_DRAFT": "no"})
    assert "ghs_secret" not in str(caught.value)
    with pytest.raises(BadInput, match="The input token is missing"):
        read_inputs(PublishInputs, {"INPUT_RESULT_DIRECTORY": "/tmp/x"})
