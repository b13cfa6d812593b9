"""What ruff 0.17 and Black print."""

from __future__ import annotations

from fixers.failures.base import Example
from fixers.failures.examples.expected import finding

EXAMPLES: tuple[Example, ...] = (
    Example(
        name="full",
        raw=(
            "F401 [*] `os` imported but unused\n"
            " --> bad.py:1:8\n"
            "  |\n"
            "1 | import os\n"
            "  |        ^^\n"
            "2 | def f(x: int) -> str:\n"
            "3 |     return x + undefined\n"
            "  |\n"
            "help: Remove unused import: `os`\n"
            "  |\n"
            "  - import os\n"
            "1 | def f(x: int) -> str:\n"
            "  |\n"
            "\n"
            "F821 Undefined name `undefined`\n"
            " --> bad.py:3:16\n"
            "  |\n"
            "1 | import os\n"
            "2 | def f(x: int) -> str:\n"
            "3 |     return x + undefined\n"
            "  |                ^^^^^^^^^\n"
            "4 | def g(a=[], *args):\n"
            '5 |     return g("s", 1 ,nope)\n'
            "  |\n"
            "\n"
            "F821 Undefined name `nope`\n"
            " --> bad.py:5:22\n"
            "  |\n"
            "3 |     return x + undefined\n"
            "4 | def g(a=[], *args):\n"
            '5 |     return g("s", 1 ,nope)\n'
            "  |                      ^^^^\n"
            '6 | x: str = f("a")\n'
            "  |\n"
            "\n"
            "invalid-syntax: Expected a parameter or the end of the parameter list\n"
            " --> syn.py:1:7\n"
            "  |\n"
            "1 | def f(:\n"
            "  |       ^\n"
            "\n"
            "invalid-syntax: unexpected EOF while parsing\n"
            " --> syn.py:1:9\n"
            "  |\n"
            "1 | def f(:\n"
            "  |        ^\n"
            "\n"
            "Found 5 errors.\n"
            "[*] 1 fixable with `--fix`.\n"
        ),
        failures=(
            finding("ruff", "F401", "`os` imported but unused", "bad.py", 1),
            finding("ruff", "F821", "Undefined name `undefined`", "bad.py", 3),
            finding("ruff", "F821", "Undefined name `nope`", "bad.py", 5),
            finding("ruff", "invalid-syntax", "Expected a parameter or the end of the parameter list", "syn.py", 1),
            finding("ruff", "invalid-syntax", "unexpected EOF while parsing", "syn.py", 1),
        ),
    ),
    Example(
        name="concise",
        raw=(
            "bad.py:1:8: F401 [*] `os` imported but unused\n"
            "bad.py:3:16: F821 Undefined name `undefined`\n"
            "bad.py:5:22: F821 Undefined name `nope`\n"
            "syn.py:1:7: invalid-syntax: Expected a parameter or the end of the parameter list\n"
            "syn.py:2:1: invalid-syntax: unexpected EOF while parsing\n"
            "Found 5 errors.\n"
            "[*] 1 fixable with `--fix`.\n"
        ),
        failures=(
            finding("ruff", "F401", "`os` imported but unused", "bad.py", 1),
            finding("ruff", "F821", "Undefined name `undefined`", "bad.py", 3),
            finding("ruff", "F821", "Undefined name `nope`", "bad.py", 5),
            finding("ruff", "invalid-syntax", "Expected a parameter or the end of the parameter list", "syn.py", 1),
            finding("ruff", "invalid-syntax", "unexpected EOF while parsing", "syn.py", 2),
        ),
    ),
    Example(
        name="github",
        raw=(
            "::error title=ruff (F401),file=/home/runner/work/billing/billing/bad.py,line=1,col=8,endLi"
            "ne=1,endColumn=10::bad.py:1:8: F401 `os` imported but unused%0A  help: Remove unused impor"
            "t: `os`\n"
            "::error title=ruff (F821),file=/home/runner/work/billing/billing/bad.py,line=3,col=16,endL"
            "ine=3,endColumn=25::bad.py:3:16: F821 Undefined name `undefined`\n"
            "::error title=ruff (F821),file=/home/runner/work/billing/billing/bad.py,line=5,col=22,endL"
            "ine=5,endColumn=26::bad.py:5:22: F821 Undefined name `nope`\n"
            "::error title=ruff (invalid-syntax),file=/home/runner/work/billing/billing/syn.py,line=1,c"
            "ol=7,endLine=1,endColumn=8::syn.py:1:7: invalid-syntax: Expected a parameter or the end of"
            " the parameter list\n"
            "::error title=ruff (invalid-syntax),file=/home/runner/work/billing/billing/syn.py,line=2,c"
            "ol=1,endLine=2,endColumn=1::syn.py:2:1: invalid-syntax: unexpected EOF while parsing\n"
        ),
        failures=(
            finding("ruff", "F401", "`os` imported but unused", "bad.py", 1),
            finding("ruff", "F821", "Undefined name `undefined`", "bad.py", 3),
            finding("ruff", "F821", "Undefined name `nope`", "bad.py", 5),
            finding("ruff", "invalid-syntax", "Expected a parameter or the end of the parameter list", "syn.py", 1),
            finding("ruff", "invalid-syntax", "unexpected EOF while parsing", "syn.py", 2),
        ),
    ),
    Example(
        name="json",
        raw=(
            "[\n"
            "  {\n"
            '    "cell": null,\n'
            '    "code": "F401",\n'
            '    "end_location": {\n'
            '      "column": 10,\n'
            '      "row": 1\n'
            "    },\n"
            '    "filename": "/home/runner/work/billing/billing/bad.py",\n'
            '    "fix": {\n'
            '      "applicability": "safe",\n'
            '      "edits": [\n'
            "        {\n"
            '          "content": "",\n'
            '          "end_location": {\n'
            '            "column": 1,\n'
            '            "row": 2\n'
            "          },\n"
            '          "location": {\n'
            '            "column": 1,\n'
            '            "row": 1\n'
            "          }\n"
            "        }\n"
            "      ],\n"
            '      "message": "Remove unused import: `os`"\n'
            "    },\n"
            '    "location": {\n'
            '      "column": 8,\n'
            '      "row": 1\n'
            "    },\n"
            '    "message": "`os` imported but unused",\n'
            '    "name": "unused-import",\n'
            '    "noqa_row": 1,\n'
            '    "severity": "error",\n'
            '    "url": "https://docs.astral.sh/ruff/rules/unused-import"\n'
            "  }\n"
            "]"
        ),
        failures=(finding("ruff", "F401", "`os` imported but unused", "bad.py", 1),),
    ),
    Example(
        name="format",
        raw=(
            "unformatted: File would be reformatted\n"
            "  --> bad.py:2:1\n"
            "   |\n"
            "1  | import os\n"
            "2  +\n"
            "3  +\n"
            "4  | def f(x: int) -> str:\n"
            "5  |     return x + undefined\n"
            "6  +\n"
            "7  +\n"
            "8  | def g(a=[], *args):\n"
            '   -     return g("s", 1 ,nope)\n'
            '9  +     return g("s", 1, nope)\n'
            "10 +\n"
            "11 +\n"
            '12 | x: str = f("a")\n'
            "   |\n"
            "\n"
            "1 file would be reformatted\n"
        ),
        failures=(finding("ruff", "unformatted", "File would be reformatted", "bad.py", 2),),
    ),
    Example(
        name="black",
        raw=(
            "would reformat src/billing/fees.py\n"
            "Oh no! \U0001f4a5 \U0001f494 \U0001f4a5\n"
            "1 file would be reformatted.\n"
        ),
        failures=(finding("ruff", "unformatted", "File would be reformatted", "src/billing/fees.py", 0),),
    ),
)
