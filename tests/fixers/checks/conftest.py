"""Interpreters of other versions, which the checks must be able to ask."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def other_pythons() -> Callable[[str], Path]:
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"

    def find(version: str) -> Path:
        python = versions / version / "bin" / "python"
        assert python.exists(), f"CPython {version} is needed here; install it with: pyenv install {version}"
        return python

    return find
