"""Black."""

from __future__ import annotations

import re

from fixers.evidence import Finding
from fixers.tools.base import Output, Tool, matched

_UNFORMATTED = re.compile(r"^would reformat (?P<path>.+)$")
_BROKEN = re.compile(
    r"^error: cannot (?:format |parse: )(?P<path>[^:]+):(?: (?P<message>Cannot parse.*?):)? ?"
    r"(?P<line>\d+):(?P<column>\d+).*$"
)


def _findings(output: Output) -> list[Finding]:
    broken = matched(_BROKEN, output, output.err, code="invalid-syntax")
    found = matched(_UNFORMATTED, output, output.err, code="unformatted")
    return broken + [finding.model_copy(update={"message": "the file is not formatted"}) for finding in found]


BLACK = Tool(
    name="black",
    distribution="black",
    kind="layout",
    command=("black",),
    report=("--check",),
    read=_findings,
    mend=("--quiet",),
    flags=frozenset({"--check", "--diff", "--color", "--no-color", "-q", "--quiet", "-v", "--verbose"}),
)
