"""Evaluators agree under other interpreters and other pytests than our own."""

import os
import shutil
import subprocess
import sysconfig
from dataclasses import replace
from pathlib import Path

import pytest
from agreement_checks import assert_agreement, repaired
from agreement_projects import PROJECTS

from benchmarks.agreement import agree

ROOT = Path(__file__).resolve().parents[3]
UV = Path(sysconfig.get_path("scripts")) / "uv"
SEED = 20261130
PYTESTS = (("3.8", "pytest==6.2.5"), ("3.8", "pytest==7.4.4"), ("3.11", "pytest==8.4.2"), ("3.13", "pytest>=9,<10"))
NAMES = ("money", "store")
CASES = [
    # Of each interpreter and of each pytest one project always, in turns; the other with the whole matrix.
    pytest.param(name, *made, marks=() if (n + m) % 2 else pytest.mark.matrix, id=f"{name}-{'-'.join(made)}")
    for n, name in enumerate(NAMES)
    for m, made in enumerate(PYTESTS)
]


def interpreter(version: str, requirement: str) -> Path:
    """Return an environment of this version with this pytest, made once; the machine need not have either."""
    bases = sorted(Path("~/.pyenv/versions").expanduser().glob(f"{version}.*/bin/python"))
    base = str(bases[-1]) if bases else shutil.which(f"python{version}")
    if base is None:
        pytest.skip(f"CPython {version} is not on this machine")
    home = ROOT / ".cache" / "agreement" / f"{version}-{requirement.partition('=')[2].strip('=') or 'newest'}"
    python = home / "bin" / "python"
    if not (home / "compiled").exists():
        environment = {**os.environ, "UV_PYTHON_DOWNLOADS": "never"}
        if "PIP_CERT" in os.environ:
            environment.setdefault("SSL_CERT_FILE", os.environ["PIP_CERT"])
        venv = ["venv", "-q", "--clear", "--python", base, home]
        install = ["pip", "install", "-q", "--compile-bytecode", "--python", python, requirement]
        for words in (venv, install):
            ran = subprocess.run([UV, *words], env=environment, capture_output=True, text=True, check=False)
            if ran.returncode:
                pytest.skip(f"{requirement} for CPython {version} cannot be installed here: {ran.stderr[-200:]}")
        (home / "compiled").touch()
    return python


@pytest.mark.parametrize(("name", "version", "requirement"), CASES)
def test_other_interpreters_and_pytests(make_target, sandbox, name, version, requirement):
    python = interpreter(version, requirement)
    target, project = make_target(PROJECTS[name])
    base = Path(os.path.realpath(python)).parents[1]
    target = replace(target, python=python, read_only=(python.parents[1], base), python_version=version)
    found = agree(target, project, repaired(project, name), sandbox, number=16, clean=2, seed=SEED, pool=2000)
    assert_agreement(found, least=8)
