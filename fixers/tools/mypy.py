"""mypy."""

from __future__ import annotations

import re

from fixers.evidence import Finding
from fixers.tools.base import Output, Tool, matched

_FINDING = re.compile(
    r"^(?P<path>.+?):(?P<line>\d+)(?::(?P<column>\d+))?: error: (?P<message>.*?)(?:  \[(?P<code>[a-z][\w-]*)\])?$"
)


def _findings(output: Output) -> list[Finding]:
    return matched(_FINDING, output, output.out, code="misc")


MYPY = Tool(
    name="mypy",
    distribution="mypy",
    kind="types",
    command=("mypy",),
    report=("--show-column-numbers", "--show-error-codes", "--no-pretty", "--no-error-summary",
            "--hide-error-context", "--no-color-output"),
    read=_findings,
    flags=frozenset({"--pretty", "--no-pretty", "--show-column-numbers", "--show-error-codes", "--error-summary",
                     "--no-error-summary", "--show-error-context", "--hide-error-context", "--color-output",
                     "--no-color-output", "--show-error-end", "--install-types", "--non-interactive", "-v",
                     "--verbose", "--hide-error-codes", "--hide-column-numbers", "--show-absolute-path"}),
    valued=frozenset({"--junit-xml", "--junit-format", "--html-report", "--txt-report", "--xml-report",
                      "--cobertura-xml-report", "--linecount-report", "--linecoverage-report", "--any-exprs-report",
                      "--xslt-html-report", "--xslt-txt-report", "--cache-dir", "-O", "--output"}),
    files=frozenset({"--config-file", "-p", "--package", "-m", "--module", "--exclude", "--custom-typeshed-dir"}),
)  # fmt: skip
