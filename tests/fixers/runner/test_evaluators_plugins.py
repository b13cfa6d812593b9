"""Plug-ins of pytest that are installed and configured: evaluators agree, and the proof is made with them on."""

import os
import subprocess
import sys
import sysconfig
from dataclasses import replace
from pathlib import Path

import pytest
from plugin_projects import PROJECTS, REPAIRS
from sampled_cases import sampled

from benchmarks.agreement import agree
from fixers.project import Project
from fixers.runner.suite import run_suite

ROOT = Path(__file__).resolve().parents[3]
UV = Path(sysconfig.get_path("scripts")) / "uv"
PLUGINS = (
    "pytest>=8,<9",
    "pytest-asyncio",
    "pytest-cov",
    "pytest-django",
    "pytest-mock",
    "pytest-random-order",
    "pytest-randomly",
    "pytest-rerunfailures",
    "pytest-timeout",
    "pytest-xdist",
    "hypothesis",
    "django",
)


@pytest.fixture(scope="module")
def python():
    """Return an environment that has all of them, made once from the package index."""
    home = ROOT / ".cache" / "agreement" / "plugins"
    if not (home / "compiled").exists():
        environment = {**os.environ, "UV_PYTHON_DOWNLOADS": "never"}
        if "PIP_CERT" in os.environ:
            environment.setdefault("SSL_CERT_FILE", os.environ["PIP_CERT"])
        venv = ["venv", "-q", "--clear", "--python", sys.executable, home]
        install = ["pip", "install", "-q", "--compile-bytecode", "--python", home / "bin" / "python", *PLUGINS]
        for words in (venv, install):
            ran = subprocess.run([UV, *words], env=environment, capture_output=True, text=True, check=False)
            if ran.returncode:
                pytest.skip(f"the plug-ins cannot be installed here: {ran.stderr[-200:]}")
        (home / "compiled").touch()
    return home / "bin" / "python"


@pytest.fixture
def project_of(make_target, python):
    def make(name):
        target, project = make_target(PROJECTS[name])
        base = Path(os.path.realpath(python)).parents[1]
        return replace(target, python=python, read_only=(python.parents[1], base)), project

    return make


@pytest.mark.parametrize("name", sampled({name: name for name in PROJECTS}, {"everything"}))
def test_evaluators_agree_with_the_plugins_configured(project_of, sandbox, name):
    target, project = project_of(name)
    path, wrong, right = REPAIRS[name]
    repaired = Project({**project.files, path: project.files[path].replace(wrong, right, 1)}, project.source_roots)
    found = agree(target, project, repaired, sandbox, number=12, clean=2, seed=1, pool=2000)
    assert found.differences == ()
    assert set(found.identity.values()) == {True}
    assert found.judged["in one process"] >= 6
    assert found.outcomes["pass"] >= 1


@pytest.mark.parametrize("name", PROJECTS)
def test_the_repair_passes_a_clean_run_under_the_projects_own_options(project_of, sandbox, name):
    target, _ = project_of(name)
    assert run_suite(target, sandbox).ids("failed")
    path, wrong, right = REPAIRS[name]
    text = (target.tree / path).read_text()
    (target.tree / path).write_text(text.replace(wrong, right, 1))
    after = run_suite(target, sandbox)
    assert after.complete
    assert (after.ids("failed"), after.exit_code) == ((), 0), after.output_tail
