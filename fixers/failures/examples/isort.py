"""What isort 5 to 9 print."""

from __future__ import annotations

from fixers.failures.base import Example
from fixers.failures.examples.expected import finding

EXAMPLES: tuple[Example, ...] = (
    Example(
        name="check",
        raw="ERROR: /home/runner/work/shop/shop/src/fees.py Imports are incorrectly sorted and/or formatted.\n",
        failures=(finding("isort", "unsorted", "Imports are incorrectly sorted", "src/fees.py", 0),),
    ),
)
