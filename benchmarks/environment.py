"""One environment per package, made by uv and kept: its dependencies and its tests' tools, without itself."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from importlib.metadata import distributions
from pathlib import Path

PYTEST = "pytest>=8,<9"
"""Pinned to one major, so that two runs of the benchmark months apart compare."""
_SECONDS = 600


class NotInstalled(Exception):
    """Raised when an environment cannot be made; the sentence ends with the installer's last words."""


def environment(package: str, version: str, extra: Sequence[str], cache: Path) -> Path:
    """Return the interpreter of an environment in which the tests of `package` can run.

    The package itself is installed from a wheel, for its dependencies and its metadata, and its
    modules are removed again: tests then import the tree or nothing. NotInstalled when uv fails.
    """
    wanted = [f"{package}=={version}", PYTEST, *extra]
    key = hashlib.sha256(json.dumps([*wanted, sys.version]).encode()).hexdigest()[:12]
    home = cache / f"{package}-{key}"
    python = home / "bin" / "python"
    if not (home / "done").exists():
        shutil.rmtree(home, ignore_errors=True)
        run_uv(["venv", "-q", "--python", sys.executable, str(home)])
        run_uv(
            ["pip", "install", "-q", "--python", str(python), "--compile-bytecode", "--only-binary", ":all:", *wanted]
        )
        _remove_modules(package, home)
        (home / "done").touch()
    return python


def run_uv(arguments: Sequence[str]) -> None:
    """Run uv to its end; NotInstalled when it fails."""
    uv = Path(sysconfig.get_path("scripts")) / "uv"
    environment = {**os.environ, "UV_NO_PROGRESS": "1", "UV_PYTHON_DOWNLOADS": "never"}
    if "PIP_CERT" in os.environ:
        # uv has its own name for what pip users have set already.
        environment.setdefault("SSL_CERT_FILE", os.environ["PIP_CERT"])
    try:
        done = subprocess.run(
            [uv, *arguments], env=environment, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotInstalled(f"uv did not finish: {error}. Try again, or type: make setup") from error
    if done.returncode:
        raise NotInstalled(f"uv could not install {arguments[-1]}: {' '.join(done.stderr.split())[-300:]}")


def _remove_modules(package: str, home: Path) -> None:
    """Remove the package's own files but its metadata, which some packages read at import time."""
    (site,) = home.glob("lib/python*/site-packages")
    for distribution in distributions(name=package, path=[str(site)]):
        for file in distribution.files or ():
            if ".dist-info" not in file.parts[0] and ".." not in file.parts:
                (site / file).unlink(missing_ok=True)
