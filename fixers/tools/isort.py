"""isort."""

from __future__ import annotations

import re

from fixers.evidence import Finding
from fixers.tools.base import Output, Tool, matched

_UNSORTED = re.compile(r"^ERROR: (?P<path>.+?) Imports are incorrectly sorted and/or formatted\.$")


def _findings(output: Output) -> list[Finding]:
    found = matched(_UNSORTED, output, output.err + "\n" + output.out, code="unsorted")
    return [finding.model_copy(update={"message": "imports are not sorted"}) for finding in found]


ISORT = Tool(
    name="isort",
    distribution="isort",
    kind="layout",
    command=("isort",),
    report=("--check-only",),
    read=_findings,
    mend=("--quiet",),
    flags=frozenset({
        "-c", "--check", "--check-only", "--diff", "-d", "-q", "--quiet", "-v", "--verbose", "--color", "--stdout",
        "--apply", "-y", "-i", "--interactive", "--only-modified",
    }),
    files=frozenset({"--settings-path", "--settings-file", "--sp", "--settings", "--src", "--src-path"}),
)  # fmt: skip
