"""What flake8 7 prints."""

from __future__ import annotations

from fixers.failures.base import Example
from fixers.failures.examples.expected import finding

EXAMPLES: tuple[Example, ...] = (
    Example(
        name="default",
        raw=(
            "./src/billing/fees.py:1:1: F401 'os' imported but unused\n"
            "src/billing/fees.py:7:80: E501 line too long (81 > 79 characters)\n"
            "src/billing/fees.py:9:1: C901 'late_fee' is too complex (11)\n"
            "src/billing/old.py:1:8: E999 SyntaxError: invalid syntax\n"
        ),
        failures=(
            finding("flake8", "F401", "'os' imported but unused", "src/billing/fees.py", 1),
            finding("flake8", "E501", "line too long (81 > 79 characters)", "src/billing/fees.py", 7),
            finding("flake8", "C901", "'late_fee' is too complex (11)", "src/billing/fees.py", 9),
            finding("flake8", "E999", "SyntaxError: invalid syntax", "src/billing/old.py", 1),
        ),
    ),
)
