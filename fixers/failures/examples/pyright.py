"""What pyright and basedpyright print."""

from __future__ import annotations

from fixers.failures.base import Example
from fixers.failures.examples.expected import at
from fixers.model import Failure, FailureKind

EXAMPLES: tuple[Example, ...] = (
    Example(
        name="errors",
        raw=(
            "/home/runner/work/shop/shop/fees.py\n"
            '  /home/runner/work/shop/shop/fees.py:1:8 - warning: Import "sys" is not accessed (reportUnusedImport)\n'
            '  /home/runner/work/shop/shop/fees.py:7:9 - error: "json" is not defined (reportUndefinedVariable)\n'
            '  /home/runner/work/shop/shop/fees.py:9:16 - error: Expression of type "None" cannot be assigned\n'
            '    "None" is not assignable to "int" (reportArgumentType)\n'
            "2 errors, 1 warning, 0 notes\n"
        ),
        failures=(
            Failure(
                kind=FailureKind.TYPE_CHECK,
                exception="reportUndefinedVariable",
                message='"json" is not defined',
                frames=(at("fees.py", 7),),
                tool="pyright",
            ),
            Failure(
                kind=FailureKind.TYPE_CHECK,
                exception="reportArgumentType",
                message='Expression of type "None" cannot be assigned',
                frames=(at("fees.py", 9),),
                tool="pyright",
            ),
        ),
    ),
)
