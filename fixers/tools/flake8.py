"""flake8, with whatever plug-ins the project has."""

from __future__ import annotations

import re

from fixers.evidence import Finding
from fixers.tools.base import Output, Tool, matched

_FINDING = re.compile(r"^(?P<path>.+?):(?P<line>\d+):(?P<column>\d+): (?P<code>[A-Z]{1,4}\d{1,4}) (?P<message>.*)$")


def _findings(output: Output) -> list[Finding]:
    return matched(_FINDING, output, output.out)


FLAKE8 = Tool(
    name="flake8",
    distribution="flake8",
    kind="lint",
    command=("flake8",),
    report=("--format=%(path)s:%(row)d:%(col)d: %(code)s %(text)s", "--jobs=1"),
    read=_findings,
    bolder=("B007", "B009", "B010", "B011", "B013", "B014", "C4", "ISC", "PIE", "Q", "RET", "SIM1", "SIM2", "SIM300"),
    flags=frozenset({"-q", "--quiet", "-v", "--verbose", "--count", "--statistics", "--show-source", "--tee",
                     "--exit-zero", "--benchmark"}),
    valued=frozenset({"--format", "--output-file", "-j", "--jobs", "--color"}),
    files=frozenset({"--config", "--append-config"}),
)  # fmt: skip
