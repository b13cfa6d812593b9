"""The parsers, in the order in which they are offered each line."""

from __future__ import annotations

from fixers.failures.base import Parser
from fixers.failures.flake8 import Flake8Parser
from fixers.failures.isort import IsortParser
from fixers.failures.mypy_text import MypyParser
from fixers.failures.pyright import PyrightParser
from fixers.failures.pytest_terminal import PytestParser
from fixers.failures.python_traceback import TracebackParser
from fixers.failures.ruff import RuffParser
from fixers.failures.unittest_text import UnittestParser

# Order is policy: a test report owns the tracebacks inside it, so the runners come before the bare traceback;
# flake8's shape is the narrower one of two that look alike.
ALL: tuple[type[Parser], ...] = (
    PytestParser,
    UnittestParser,
    TracebackParser,
    Flake8Parser,
    RuffParser,
    MypyParser,
    IsortParser,
    PyrightParser,
)
