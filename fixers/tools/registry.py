"""Every tool whose red run is understood."""

from __future__ import annotations

from fixers.tools.base import Tool
from fixers.tools.black import BLACK
from fixers.tools.flake8 import FLAKE8
from fixers.tools.isort import ISORT
from fixers.tools.mypy import MYPY
from fixers.tools.pyright import BASEDPYRIGHT
from fixers.tools.ruff import CHECK, FORMAT

ALL: tuple[Tool, ...] = (CHECK, FORMAT, BLACK, ISORT, FLAKE8, MYPY, BASEDPYRIGHT)


def tool_named(name: str) -> Tool | None:
    """Return the tool of a name such as `ruff check`; None when it is not known."""
    return next((tool for tool in ALL if tool.name == name), None)
