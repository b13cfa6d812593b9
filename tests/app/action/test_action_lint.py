"""The action and the example workflows, by the linters that their users have."""

from __future__ import annotations

import re
import subprocess
import sysconfig
from pathlib import Path

import pytest
import yaml
from action_workflow import ACTION, ROOT

SCRIPTS = Path(sysconfig.get_path("scripts"))
EXAMPLES = sorted((ROOT / "docs" / "examples").glob("*.yml"))


def said(*command: str) -> str:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def schema(name: str, *files: Path) -> str:
    assert files, "nothing to check"
    checker = str(SCRIPTS / "check-jsonschema")
    return said(checker, "--builtin-schema", f"vendor.github-{name}", *map(str, files))


def zizmor(*files: Path) -> str:
    config = str(ROOT / "scripts" / "zizmor.yml")
    options = ("--offline", "--no-progress", "--color=never", "--strict-collection")
    return said(str(SCRIPTS / "zizmor"), *options, "--config", config, *map(str, files))


def test_the_action_and_the_examples_fit_githubs_schemas():
    assert schema("actions", ACTION) == ""
    assert schema("workflows", *EXAMPLES) == ""


def test_zizmor_finds_nothing():
    assert zizmor(ACTION, *EXAMPLES) == ""


def test_the_linters_would_find_something(tmp_path):
    text = ACTION.read_text()
    bad = tmp_path / "action.yml"
    bad.write_text(text.replace('run: \'"$GOLDSEAM" -I', 'run: \'echo ${{ inputs.path }} && "$GOLDSEAM" -I'))
    assert "template-injection" in zizmor(bad)
    bad.write_text(text.replace("shell: bash", "shel: bash"))
    assert "shel" in schema("actions", bad)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_uses_the_action_as_it_is(example):
    inputs = set(yaml.safe_load(ACTION.read_text())["inputs"])
    workflow = yaml.safe_load(example.read_text())
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    ours = [step for step in steps if step.get("uses", "").startswith("goldseam/goldseam@")]
    assert ours
    assert all(set(step.get("with", {})) <= inputs for step in ours)
    others = [step["uses"] for step in steps if "uses" in step and step not in ours]
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", use) for use in others)


def test_the_page_shows_every_example_and_explains_every_input_and_output():
    page = (ROOT / "docs" / "action.md").read_text()
    document = yaml.safe_load(ACTION.read_text())
    cells = re.findall(r"^\| (`.+?`) \|", page, re.MULTILINE)
    rows = {name for cell in cells for name in re.findall(r"`([\w-]+)`", cell)}
    assert rows == {*document["inputs"], *document["outputs"]}
    assert EXAMPLES
    assert [path.name for path in EXAMPLES if f"(examples/{path.name})" not in page] == []
