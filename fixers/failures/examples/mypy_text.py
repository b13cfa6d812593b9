"""What mypy 2.4 prints."""

from __future__ import annotations

from fixers.failures.base import Example
from fixers.failures.examples.expected import at
from fixers.model import Failure, FailureKind

EXAMPLES: tuple[Example, ...] = (
    Example(
        name="default",
        raw=(
            'bad.py:3: error: Name "undefined" is not defined  [name-defined]\n'
            'bad.py:6: error: Argument 1 to "f" has incompatible type "str"; expected "int"  [arg-type]'
            "\n"
            "Found 2 errors in 1 file (checked 1 source file)\n"
        ),
        failures=(
            Failure(
                kind=FailureKind.TYPE_CHECK,
                exception="name-defined",
                message='Name "undefined" is not defined',
                frames=(at("bad.py", 3),),
                tool="mypy",
            ),
            Failure(
                kind=FailureKind.TYPE_CHECK,
                exception="arg-type",
                message='Argument 1 to "f" has incompatible type "str"; expected "int"',
                frames=(at("bad.py", 6),),
                tool="mypy",
            ),
        ),
    ),
    Example(
        name="pretty, columns, context",
        raw=(
            'bad.py:3:16: error: Name "undefined" is not defined  [name-defined]\n'
            "        return x + undefined\n"
            "                   ^~~~~~~~~\n"
            'bad.py:6:12: error: Argument 1 to "f" has incompatible type "str"; expected\n'
            '"int"  [arg-type]\n'
            '    x: str = f("a")\n'
            "               ^~~\n"
            "Found 2 errors in 1 file (checked 1 source file)\n"
        ),
        failures=(
            Failure(
                kind=FailureKind.TYPE_CHECK,
                exception="name-defined",
                message='Name "undefined" is not defined',
                frames=(at("bad.py", 3),),
                tool="mypy",
            ),
            Failure(
                kind=FailureKind.TYPE_CHECK,
                exception="arg-type",
                message='Argument 1 to "f" has incompatible type "str"; expected "int"',
                frames=(at("bad.py", 6),),
                tool="mypy",
            ),
        ),
    ),
    Example(
        name="codes hidden",
        raw=(
            'bad.py:3: error: Name "undefined" is not defined\n'
            'bad.py:6: error: Argument 1 to "f" has incompatible type "str"; expected "int"\n'
            "Found 2 errors in 1 file (checked 1 source file)\n"
        ),
        failures=(
            Failure(
                kind=FailureKind.TYPE_CHECK,
                message='Name "undefined" is not defined',
                frames=(at("bad.py", 3),),
                tool="mypy",
            ),
            Failure(
                kind=FailureKind.TYPE_CHECK,
                message='Argument 1 to "f" has incompatible type "str"; expected "int"',
                frames=(at("bad.py", 6),),
                tool="mypy",
            ),
        ),
    ),
    Example(
        name="with notes",
        raw=(
            "src/billing/fees.py:4: error: Function is missing a return type annotation  [no-untyped-de"
            "f]\n"
            'src/billing/fees.py:4: note: Use "-> None" if function does not return a value\n'
        ),
        failures=(
            Failure(
                kind=FailureKind.TYPE_CHECK,
                exception="no-untyped-def",
                message="Function is missing a return type annotation",
                frames=(at("src/billing/fees.py", 4),),
                tool="mypy",
            ),
        ),
    ),
)
