"""Every evaluator says what a clean process says: fifty edits of each of five projects, and four pytests."""

import os
import shutil
import subprocess
import sysconfig
from dataclasses import replace
from pathlib import Path

import pytest
from agreement_projects import PROJECTS, REPAIRS

from benchmarks.agreement import agree
from fixers.project import Project
from fixers.runner.evaluator import Outcome, Status, Trial, Variant
from fixers.runner.evaluators import Clean, Forked, Imported, InProcess, fastest
from fixers.runner.servers import fork_evaluator
from fixers.search.mutation import Swap

ROOT = Path(__file__).resolve().parents[3]
UV = Path(sysconfig.get_path("scripts")) / "uv"
SEED = 20261130
PYTESTS = (("3.8", "pytest==6.2.5"), ("3.8", "pytest==7.4.4"), ("3.11", "pytest==8.4.2"), ("3.13", "pytest>=9,<10"))


def repaired(project: Project, name: str) -> Project:
    path, wrong, right = REPAIRS[name]
    assert project.files[path].count(wrong) == 1
    return Project({**project.files, path: project.files[path].replace(wrong, right)}, project.source_roots)


def assert_agreement(found, *, least: int) -> None:
    assert found.differences == ()
    assert set(found.identity.values()) == {True}
    assert min(found.judged[name] for name in ("in one process", "in a fork")) >= least
    assert found.judged["by a fresh import"] == found.variants
    assert found.outcomes.get("pass", 0) >= 1, "no variant passes, so nothing could be lost"
    assert found.judged["in a clean process"] >= found.outcomes["pass"]


@pytest.mark.parametrize("name", PROJECTS)
def test_fifty_edits_of_each_project(make_target, sandbox, name):
    target, project = make_target(PROJECTS[name])
    found = agree(target, project, repaired(project, name), sandbox, number=50, clean=4, seed=SEED)
    assert found.variants == 50
    assert_agreement(found, least=20)


def interpreter(version: str, requirement: str) -> Path:
    """Return an environment of this version with this pytest, made once; the machine need not have either."""
    bases = sorted(Path("~/.pyenv/versions").expanduser().glob(f"{version}.*/bin/python"))
    base = str(bases[-1]) if bases else shutil.which(f"python{version}")
    if base is None:
        pytest.skip(f"CPython {version} is not on this machine")
    home = ROOT / ".cache" / "agreement" / f"{version}-{requirement.partition('=')[2].strip('=') or 'newest'}"
    python = home / "bin" / "python"
    if not (home / "done").exists():
        environment = {**os.environ, "UV_PYTHON_DOWNLOADS": "never"}
        if "PIP_CERT" in os.environ:
            environment.setdefault("SSL_CERT_FILE", os.environ["PIP_CERT"])
        for words in (["venv", "-q", "--clear", "--python", base, home], ["pip", "install", "-q", "--python", python]):
            extra = [requirement] if words[0] == "pip" else []
            ran = subprocess.run([UV, *words, *extra], env=environment, capture_output=True, text=True, check=False)
            if ran.returncode:
                pytest.skip(f"{requirement} for CPython {version} cannot be installed here: {ran.stderr[-200:]}")
        (home / "done").touch()
    return python


@pytest.mark.parametrize(("version", "requirement"), PYTESTS, ids=[f"{v}-{r}" for v, r in PYTESTS])
@pytest.mark.parametrize("name", ["money", "store"])
def test_other_interpreters_and_pytests(make_target, sandbox, name, version, requirement):
    python = interpreter(version, requirement)
    target, project = make_target(PROJECTS[name])
    base = Path(os.path.realpath(python)).parents[1]
    target = replace(target, python=python, read_only=(python.parents[1], base), python_version=version)
    found = agree(target, project, repaired(project, name), sandbox, number=16, clean=2, seed=SEED)
    assert_agreement(found, least=8)


class Refusing:
    name = "refusing"

    def refuses(self, variant: Variant) -> str:
        return "no"

    def judge(self, trials, failing):
        return [Outcome(Status.UNSUPPORTED) for _ in trials]


def test_the_fastest_that_does_not_refuse_is_chosen(fees, sandbox):
    target, project = fees
    path = "billing/fees.py"
    swapped = Variant(path, Swap("late_fee", 8, "def late_fee(days):\n    return 0"), {path: project.text(path)})
    outside = replace(swapped, swap=None)
    with fork_evaluator(target, sandbox, project, tests=["tests"], rootdir="", jobs=1, wall=3) as servers:
        ladder = (InProcess(servers), Forked(servers), Imported(servers), Clean(target, project, sandbox, ""))
        assert fastest(ladder, swapped).name == "in one process"
        assert fastest(ladder, outside).name == "by a fresh import"
        assert fastest((Refusing(), *ladder[2:]), swapped).name == "by a fresh import"
        # A test that fails otherwise each time takes the canary's voice, and with it the one process.
        said = ladder[0].judge([Trial(swapped)], ["tests/test_fees.py::test_account"])
        assert said == [Outcome(Status.UNSUPPORTED)]
        assert fastest(ladder, swapped).name == "in a fork"
