"""The tools that are asked stand beside Goldseam."""

import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def python() -> Path:
    return Path(sys.executable)
