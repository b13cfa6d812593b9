"""A module that nothing installs is declined with an offer, and never repaired."""

import tomllib

import pytest

from fixers.dependencies.manifest import addition, declared
from fixers.engine import attempt
from fixers.model import Reason
from fixers.patch import apply

USES = "import no_such_yaml_at_all\n\n\ndef load(text):\n    return no_such_yaml_at_all.load(text)\n"
TESTS = "import load\n\n\ndef test_it():\n    assert load.load('') is None\n"
MULTI = """[project]
name = "x"
dependencies = [
    "click>=8",  # the command line
    "rich",
]

[tool.x]
y = ["a"]
"""
ONE = '[project]\nname = "x"\ndependencies = ["click[extra]>=8"]\n'
EMPTY = '[project]\nname = "x"\ndependencies = []\n'
EXTRA = '[project]\nname = "x"\n\n[project.optional-dependencies]\ntest = [\n  "pytest"\n]\nyaml = ["PyYAML>=6"]\n'
GROUP = '[project]\nname = "x"\n\n[dependency-groups]\ndev = ["pytest"]\n'


def test_a_missing_module_is_an_offer(make_request, sandbox):
    files = {"load.py": USES, "test_load.py": TESTS, "pyproject.toml": MULTI}
    trace = attempt(make_request(files), sandbox)
    assert (trace.status, trace.reason) == ("declined", Reason.ENVIRONMENT_FAILED), trace.sentence
    assert "no_such_yaml_at_all (imported at load.py:1)" in trace.sentence
    (offer,) = trace.offers
    assert offer.kind == "dependency"
    assert "look it up" in offer.title
    assert '+    "no-such-yaml-at-all",\n' in offer.patch
    assert trace.patch == ""


@pytest.mark.parametrize(
    ("module", "path"),
    [("helper", "helpers/helper.py"), ("lod", "load.py")],
    ids=["a module of the project", "a slip"],
)
def test_what_the_project_has_is_no_dependency(make_request, sandbox, module, path):
    files = {path: "X = 1\n", "test_it.py": f"import {module}\n\n\ndef test_it():\n    assert {module}\n"}
    trace = attempt(make_request(files, budget_candidates=50), sandbox)
    assert trace.offers == ()


@pytest.mark.parametrize(
    ("name", "text", "for_tests", "keys"),
    [
        ("pyproject.toml", MULTI, False, ("project", "dependencies")),
        ("pyproject.toml", ONE, False, ("project", "dependencies")),
        ("pyproject.toml", EMPTY, False, ("project", "dependencies")),
        ("pyproject.toml", EXTRA, True, ("project", "optional-dependencies", "test")),
        ("pyproject.toml", GROUP, True, ("dependency-groups", "dev")),
    ],
)
def test_one_thing_is_added_where_its_like_stand(tmp_path, name, text, for_tests, keys):
    (tmp_path / name).write_text(text)
    edit = addition(tmp_path, "pyyaml", for_tests=for_tests)
    assert edit is not None
    before, after = tomllib.loads(text), tomllib.loads(edit.after)
    for key in keys:
        before, after = before[key], after[key]
    assert after == [*before, "pyyaml"]


def test_a_requirement_file_gets_a_line(tmp_path):
    (tmp_path / "requirements.txt").write_text("click")
    edit = addition(tmp_path, "pyyaml", for_tests=True)
    assert edit is not None
    assert (edit.path, edit.after) == ("requirements.txt", "click\npyyaml\n")


def test_what_is_stated_and_not_installed_is_said(tmp_path):
    (tmp_path / "pyproject.toml").write_text(EXTRA)
    found = declared(tmp_path, "pyyaml")
    assert found is not None
    assert found.install == '-e ".[yaml]"'
    assert declared(tmp_path, "pillow") is None


def test_an_offered_patch_applies(make_request, sandbox):
    files = {"load.py": USES, "test_load.py": TESTS, "pyproject.toml": ONE}
    trace = attempt(make_request(files), sandbox)
    (edit,) = apply(trace.offers[0].patch, files)
    assert tomllib.loads(edit.after)["project"]["dependencies"] == ["click[extra]>=8", "no-such-yaml-at-all"]
