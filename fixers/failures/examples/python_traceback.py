"""What CPython 3.8 to 3.13 prints when a program ends with an exception."""

from __future__ import annotations

from fixers.failures.base import Example
from fixers.failures.examples.expected import at
from fixers.model import Failure, FailureKind, Raised

EXAMPLES: tuple[Example, ...] = (
    Example(
        name="cause, message of several lines, 3.8",
        raw=(
            "Traceback (most recent call last):\n"
            '  File "/home/runner/work/billing/billing/boom.py", line 11, in cause\n'
            '    inner("q")\n'
            '  File "/home/runner/work/billing/billing/boom.py", line 3, in inner\n'
            '    return {"a": 1}[x]\n'
            "KeyError: 'q'\n"
            "\n"
            "The above exception was the direct cause of the following exception:\n"
            "\n"
            "Traceback (most recent call last):\n"
            '  File "/home/runner/work/billing/billing/boom.py", line 47, in <module>\n'
            "    main(sys.argv[1])\n"
            '  File "/home/runner/work/billing/billing/boom.py", line 19, in main\n'
            '    if w == "cause": cause()\n'
            '  File "/home/runner/work/billing/billing/boom.py", line 13, in cause\n'
            '    raise RuntimeError("multi\\nline: yes\\n  indented") from e\n'
            "RuntimeError: multi\n"
            "line: yes\n"
            "  indented\n"
            "make: *** [run] Error 1\n"
        ),
        failures=(
            Failure(
                kind=FailureKind.CRASH,
                exception="RuntimeError",
                message="multi",
                frames=(
                    at("boom.py", 47, "<module>", "main(sys.argv[1])"),
                    at("boom.py", 19, "main", 'if w == "cause": cause()'),
                    at("boom.py", 13, "cause", 'raise RuntimeError("multi\\nline: yes\\n  indented") from e'),
                ),
                causes=(
                    Raised(
                        type="KeyError",
                        message="'q'",
                        frames=(
                            at("boom.py", 11, "cause", 'inner("q")'),
                            at("boom.py", 3, "inner", 'return {"a": 1}[x]'),
                        ),
                    ),
                ),
                tool="python",
            ),
        ),
    ),
    Example(
        name="recursion",
        raw=(
            "Traceback (most recent call last):\n"
            '  File "/home/runner/work/billing/billing/boom.py", line 47, in <module>\n'
            "    main(sys.argv[1])\n"
            '  File "/home/runner/work/billing/billing/boom.py", line 20, in main\n'
            '    if w == "rec": rec(0)\n'
            "                   ^^^^^^\n"
            '  File "/home/runner/work/billing/billing/boom.py", line 15, in rec\n'
            "    return rec(n+1)\n"
            "           ^^^^^^^^\n"
            '  File "/home/runner/work/billing/billing/boom.py", line 15, in rec\n'
            "    return rec(n+1)\n"
            "           ^^^^^^^^\n"
            '  File "/home/runner/work/billing/billing/boom.py", line 15, in rec\n'
            "    return rec(n+1)\n"
            "           ^^^^^^^^\n"
            "  [Previous line repeated 995 more times]\n"
            "RecursionError: maximum recursion depth exceeded\n"
        ),
        failures=(
            Failure(
                kind=FailureKind.CRASH,
                exception="RecursionError",
                message="maximum recursion depth exceeded",
                frames=(
                    at("boom.py", 47, "<module>", "main(sys.argv[1])"),
                    at("boom.py", 20, "main", 'if w == "rec": rec(0)'),
                    at("boom.py", 15, "rec", "return rec(n+1)"),
                    at("boom.py", 15, "rec", "return rec(n+1)"),
                    at("boom.py", 15, "rec", "return rec(n+1)"),
                ),
                tool="python",
            ),
        ),
    ),
    Example(
        name="syntax error",
        raw=(
            "Traceback (most recent call last):\n"
            '  File "/home/runner/work/billing/billing/boom.py", line 47, in <module>\n'
            "    main(sys.argv[1])\n"
            '  File "/home/runner/work/billing/billing/boom.py", line 22, in main\n'
            '    if w == "syn": compile("def f(:\\n  pass", "pkg/x.py", "exec")\n'
            '  File "pkg/x.py", line 1\n'
            "    def f(:\n"
            "          ^\n"
            "SyntaxError: invalid syntax\n"
        ),
        failures=(
            Failure(
                kind=FailureKind.CRASH,
                exception="SyntaxError",
                message="invalid syntax",
                frames=(
                    at("boom.py", 47, "<module>", "main(sys.argv[1])"),
                    at("boom.py", 22, "main", 'if w == "syn": compile("def f(:\\n  pass", "pkg/x.py", "exec")'),
                    at("pkg/x.py", 1, "<module>", "def f(:"),
                ),
                tool="python",
            ),
        ),
    ),
    Example(
        name="group inside a chain",
        raw=(
            "  + Exception Group Traceback (most recent call last):\n"
            '  |   File "/home/runner/work/billing/billing/boom.py", line 45, in main\n'
            '  |     try: main("group")\n'
            "  |          ~~~~^^^^^^^^^\n"
            '  |   File "/home/runner/work/billing/billing/boom.py", line 40, in main\n'
            '  |     raise ExceptionGroup("many", [ExceptionGroup("sub", errs[:2]), errs[2]])\n'
            "  | ExceptionGroup: many (2 sub-exceptions)\n"
            "  +-+---------------- 1 ----------------\n"
            "    | ExceptionGroup: sub (2 sub-exceptions)\n"
            "    +-+---------------- 1 ----------------\n"
            "      | Traceback (most recent call last):\n"
            '      |   File "/home/runner/work/billing/billing/boom.py", line 36, in main\n'
            "      |     try: inner(k)\n"
            "      |          ~~~~~^^^\n"
            '      |   File "/home/runner/work/billing/billing/boom.py", line 3, in inner\n'
            '      |     return {"a": 1}[x]\n'
            "      |            ~~~~~~~~^^^\n"
            "      | KeyError: 'a1'\n"
            "      +---------------- 2 ----------------\n"
            "      | Traceback (most recent call last):\n"
            '      |   File "/home/runner/work/billing/billing/boom.py", line 36, in main\n'
            "      |     try: inner(k)\n"
            "      |          ~~~~~^^^\n"
            '      |   File "/home/runner/work/billing/billing/boom.py", line 3, in inner\n'
            '      |     return {"a": 1}[x]\n'
            "      |            ~~~~~~~~^^^\n"
            "      | KeyError: 'b1'\n"
            "      +------------------------------------\n"
            "    +---------------- 2 ----------------\n"
            "    | Traceback (most recent call last):\n"
            '    |   File "/home/runner/work/billing/billing/boom.py", line 6, in ctx\n'
            '    |     inner("q")\n'
            "    |     ~~~~~^^^^^\n"
            '    |   File "/home/runner/work/billing/billing/boom.py", line 3, in inner\n'
            '    |     return {"a": 1}[x]\n'
            "    |            ~~~~~~~~^^^\n"
            "    | KeyError: 'q'\n"
            "    | \n"
            "    | During handling of the above exception, another exception occurred:\n"
            "    | \n"
            "    | Traceback (most recent call last):\n"
            '    |   File "/home/runner/work/billing/billing/boom.py", line 38, in main\n'
            "    |     try: ctx()\n"
            "    |          ~~~^^\n"
            '    |   File "/home/runner/work/billing/billing/boom.py", line 8, in ctx\n'
            '    |     int("no number")\n'
            "    |     ~~~^^^^^^^^^^^^^\n"
            "    | ValueError: invalid literal for int() with base 10: 'no number'\n"
            "    +------------------------------------\n"
            "\n"
            "The above exception was the direct cause of the following exception:\n"
            "\n"
            "Traceback (most recent call last):\n"
            '  File "/home/runner/work/billing/billing/boom.py", line 47, in <module>\n'
            "    main(sys.argv[1])\n"
            "    ~~~~^^^^^^^^^^^^^\n"
            '  File "/home/runner/work/billing/billing/boom.py", line 46, in main\n'
            '    except ExceptionGroup as e: raise RuntimeError("wrapped") from e\n'
            "                                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
            "RuntimeError: wrapped\n"
        ),
        failures=(
            Failure(
                kind=FailureKind.CRASH,
                exception="RuntimeError",
                message="wrapped",
                frames=(
                    at("boom.py", 47, "<module>", "main(sys.argv[1])"),
                    at("boom.py", 46, "main", 'except ExceptionGroup as e: raise RuntimeError("wrapped") from e'),
                ),
                causes=(
                    Raised(
                        type="KeyError",
                        message="'a1'",
                        frames=(
                            at("boom.py", 36, "main", "try: inner(k)"),
                            at("boom.py", 3, "inner", 'return {"a": 1}[x]'),
                        ),
                    ),
                    Raised(
                        type="KeyError",
                        message="'b1'",
                        frames=(
                            at("boom.py", 36, "main", "try: inner(k)"),
                            at("boom.py", 3, "inner", 'return {"a": 1}[x]'),
                        ),
                    ),
                    Raised(type="ExceptionGroup", message="sub (2 sub-exceptions)", frames=()),
                    Raised(
                        type="KeyError",
                        message="'q'",
                        frames=(
                            at("boom.py", 6, "ctx", 'inner("q")'),
                            at("boom.py", 3, "inner", 'return {"a": 1}[x]'),
                        ),
                    ),
                    Raised(
                        type="ValueError",
                        message="invalid literal for int() with base 10: 'no number'",
                        frames=(
                            at("boom.py", 38, "main", "try: ctx()"),
                            at("boom.py", 8, "ctx", 'int("no number")'),
                        ),
                    ),
                    Raised(
                        type="ExceptionGroup",
                        message="many (2 sub-exceptions)",
                        frames=(
                            at("boom.py", 45, "main", 'try: main("group")'),
                            at(
                                "boom.py",
                                40,
                                "main",
                                'raise ExceptionGroup("many", [ExceptionGroup("sub", errs[:2]), errs[2]])',
                            ),
                        ),
                    ),
                ),
                tool="python",
            ),
        ),
    ),
    Example(
        name="prefix of a container",
        raw=(
            "web_1  | Traceback (most recent call last):\n"
            'web_1  |   File "/home/runner/work/billing/billing/boom.py", line 6, in ctx\n'
            'web_1  |     inner("q")\n'
            "web_1  |     ~~~~~^^^^^\n"
            'web_1  |   File "/home/runner/work/billing/billing/boom.py", line 3, in inner\n'
            'web_1  |     return {"a": 1}[x]\n'
            "web_1  |            ~~~~~~~~^^^\n"
            "web_1  | KeyError: 'q'\n"
            "web_1  | \n"
            "web_1  | During handling of the above exception, another exception occurred:\n"
            "web_1  | \n"
            "web_1  | Traceback (most recent call last):\n"
            'web_1  |   File "/home/runner/work/billing/billing/boom.py", line 47, in <module>\n'
            "web_1  |     main(sys.argv[1])\n"
            "web_1  |     ~~~~^^^^^^^^^^^^^\n"
            'web_1  |   File "/home/runner/work/billing/billing/boom.py", line 18, in main\n'
            'web_1  |     if w == "ctx": ctx()\n'
            "web_1  |                    ~~~^^\n"
            'web_1  |   File "/home/runner/work/billing/billing/boom.py", line 8, in ctx\n'
            'web_1  |     int("no number")\n'
            "web_1  |     ~~~^^^^^^^^^^^^^\n"
            "web_1  | ValueError: invalid literal for int() with base 10: 'no number'\n"
        ),
        failures=(
            Failure(
                kind=FailureKind.CRASH,
                exception="ValueError",
                message="invalid literal for int() with base 10: 'no number'",
                frames=(
                    at("boom.py", 47, "<module>", "main(sys.argv[1])"),
                    at("boom.py", 18, "main", 'if w == "ctx": ctx()'),
                    at("boom.py", 8, "ctx", 'int("no number")'),
                ),
                causes=(
                    Raised(
                        type="KeyError",
                        message="'q'",
                        frames=(
                            at("boom.py", 6, "ctx", 'inner("q")'),
                            at("boom.py", 3, "inner", 'return {"a": 1}[x]'),
                        ),
                    ),
                ),
                tool="python",
            ),
        ),
    ),
)
