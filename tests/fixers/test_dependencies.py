"""A module that nothing installs is declined with an offer, and never repaired."""

import tomllib

import pytest

from fixers.codemods.base import Scene
from fixers.dependencies.bounds import bound_offers
from fixers.dependencies.manifest import addition, declared
from fixers.dependencies.python_versions import is_supported
from fixers.engine import attempt
from fixers.model import Failure, FailureKind, Frame, Reason
from fixers.patch import apply
from fixers.project import Project

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


class Installed:
    """An environment that is written down."""

    python_version = (3, 12)

    def __init__(self, **versions: str) -> None:
        self.versions = versions

    def names(self, module):
        return None

    def parameters(self, module, qualname):
        return None

    def version(self, distribution):
        return self.versions.get(distribution)

    def homes(self, package, name):
        return ()

    def told(self, package, name):
        return ()

    def documentation(self, module, qualname):
        return ""


def offers_of(tree, message, installed, stated):
    (tree / "pyproject.toml").write_text(f"[project]\nname = 'x'\ndependencies = [{stated}]\n")
    frames = (Frame(path="load.py", line=3, function="load", in_project=True),)
    failure = Failure(kind=FailureKind.TEST, exception="AttributeError", message=message, frames=frames)
    return bound_offers(Scene((failure,), Project({"load.py": "import pandas\n"}), installed), tree)


LOOKUP = "'DataFrame' object has no attribute 'lookup'"


def test_a_release_that_dropped_what_is_used_is_offered_a_bound(tmp_path):
    (offer,) = offers_of(tmp_path, LOOKUP, Installed(pandas="2.2.3"), '"pandas>=1.3"')
    assert offer.kind == "dependency"
    assert offer.title.endswith("load.py:3 uses `pandas.DataFrame.lookup`, which pandas dropped in 2.0.")
    assert '+dependencies = ["pandas>=1.3,<2.0"]' in offer.patch


def test_a_bound_that_is_stated_already_is_to_be_installed(tmp_path):
    (offer,) = offers_of(tmp_path, LOOKUP, Installed(pandas="2.2.3"), '"pandas~=1.5"')
    assert (offer.text, offer.patch) == ('pip install "pandas~=1.5"', "")
    assert offer.title == (
        "Install pandas~=1.5, as pyproject.toml states it: pandas 2.2.3 is installed, and load.py:3 uses "
        "`pandas.DataFrame.lookup`, which pandas dropped in 2.0."
    )


def test_no_bound_is_offered_below_the_one_that_is_stated(tmp_path):
    assert offers_of(tmp_path, LOOKUP, Installed(pandas="2.2.3"), '"pandas>=2"') == ()


@pytest.mark.parametrize(
    ("message", "version"),
    [(LOOKUP, "1.5.3"), ("'Series' object has no attribute 'lookup'", "2.2.3"), (LOOKUP, "")],
    ids=["a release that has it", "another type", "not installed"],
)
def test_no_bound_is_offered_without_evidence(tmp_path, message, version):
    assert offers_of(tmp_path, message, Installed(pandas=version), '"pandas"') == ()


@pytest.mark.parametrize(
    ("name", "text", "supported"),
    [
        ("pyproject.toml", '[project]\nrequires-python = ">=3.10"\n', False),
        ("pyproject.toml", '[project]\nrequires-python = ">=3.9,<4"\n', True),
        ("pyproject.toml", '[project]\nclassifiers = ["Programming Language :: Python :: 3.10"]\n', True),
        ("pyproject.toml", '[project]\nname = "x"\n', True),
        ("pyproject.toml", '[project]\nrequires-python = ">=3.6,<3.9"\n', True),
        ("setup.cfg", "[options]\npython_requires = >=3.10\n", False),
        ("setup.py", "setup(python_requires='>=3.8')\n", True),
    ],
)
def test_what_a_project_says_of_python_is_read(tmp_path, name, text, supported):
    (tmp_path / name).write_text(text)
    assert is_supported(tmp_path, (3, 9)) is supported


def test_an_interpreter_that_is_too_old_is_named(make_request, sandbox):
    files = {
        "pyproject.toml": "[project]\nname = 'x'\nrequires-python = '>=3.99'\n",
        "code_.py": "def half(x):\n    return x // 3\n",
        "test_code.py": "import code_\n\n\ndef test_it():\n    assert code_.half(4) == 2\n",
    }
    trace = attempt(make_request(files), sandbox)
    assert (trace.status, trace.reason) == ("declined", Reason.ENVIRONMENT_FAILED)
    assert "requires a newer Python than 3." in trace.sentence
