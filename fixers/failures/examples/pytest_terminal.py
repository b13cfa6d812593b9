"""All examples of pytest's terminal report."""

from __future__ import annotations

from fixers.failures.base import Example
from fixers.failures.examples.pytest_phases import EXAMPLES as PHASES
from fixers.failures.examples.pytest_runs import EXAMPLES as RUNS
from fixers.failures.examples.pytest_styles import EXAMPLES as STYLES

EXAMPLES: tuple[Example, ...] = STYLES + RUNS + PHASES
