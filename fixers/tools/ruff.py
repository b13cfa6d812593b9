"""ruff, as a linter and as a formatter."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from fixers.evidence import Finding
from fixers.tools.base import Output, Tool, matched

# Releases differ: the first form is the older one of each pair.
_UNFORMATTED = re.compile(
    r"^(?:Would reformat: (?P<path>.+)|(?P<file>.+?):(?P<line>\d+):(?P<column>\d+): unformatted: .*)$"
)
_BROKEN = re.compile(
    r"^(?:error: Failed to parse )?(?P<path>[^:\s][^:]*):(?P<line>\d+):(?P<column>\d+): "
    r"(?:invalid-syntax: )?(?P<message>(?!unformatted:).*)$"
)
# Unsafe by ruff's own word for a comment that may go, or for an object that takes a list for an error. What changes
# an exception, a name or a result is not here: B006, E711, F841, RUF015, SIM112, S, T20, TC, DTZ, PTH. B028 and TRY400
# change what a person reads in a warning or a log, which is what they ask for; F811 is an import made twice.
_SAME_MEANING = (
    "ANN2", "B007", "B009", "B010", "B011", "B013", "B014", "B028", "B033", "B905", "C4", "COM", "D2", "D4", "E401",
    "E713", "E714", "E731", "EM", "F541", "F601", "F632", "FLY", "FURB1", "ISC", "N804", "N805", "PERF4", "PIE",
    "PLC0208", "PLC0414", "PLR0402", "PLR1711", "PLR1714", "PLR1722", "PLR1730", "PLR1733", "PLR1736", "PLR5501",
    "PLW0120", "Q", "RET", "RSE", "RUF005", "RUF010", "RUF019", "RUF021", "RUF022", "RUF023", "RUF046", "RUF059",
    "RUF100", "SIM10", "SIM110", "SIM114", "SIM117", "SIM118", "SIM2", "SIM300", "SIM401", "SIM910", "TRY201",
    "TRY400", "UP", "W605",
)  # fmt: skip


def _findings(output: Output) -> list[Finding]:
    try:
        rows = json.loads(output.out)
    except ValueError:
        return []
    return list(_read(rows, output)) if isinstance(rows, list) else []


def _read(rows: list[Any], output: Output) -> Iterator[Finding]:
    for row in rows:
        match row:
            case {
                "filename": str(path),
                "message": str(message),
                "location": {"row": int(line), "column": int(column)},
            }:
                code = row.get("code") if isinstance(row, Mapping) else None
                yield Finding(
                    path=output.relative(path),
                    line=line,
                    column=column,
                    code=code if isinstance(code, str) else "invalid-syntax",
                    message=message[:1000],
                )


def _unformatted(output: Output) -> list[Finding]:
    said = output.out + "\n" + output.err
    broken = matched(_BROKEN, output, said, code="invalid-syntax")
    found = matched(_UNFORMATTED, output, said, code="unformatted")
    return broken + [finding.model_copy(update={"message": "the file is not formatted"}) for finding in found]


CHECK = Tool(
    name="ruff check",
    distribution="ruff",
    kind="lint",
    command=("ruff", "check"),
    report=("--no-fix", "--no-cache", "--output-format=json"),
    read=_findings,
    mend=("--fix-only", "--no-unsafe-fixes", "--no-cache", "--exit-zero", "--quiet"),
    flags=frozenset({
        "--fix", "--fix-only", "--unsafe-fixes", "--no-unsafe-fixes", "--diff", "--show-fixes", "--show-files",
        "--show-settings", "--statistics", "--watch", "-w", "-q", "--quiet", "-s", "--silent", "-v", "--verbose",
        "-e", "--exit-zero", "--exit-non-zero-on-fix", "--no-cache", "-n", "--show-source", "--no-show-source",
        "--no-fix", "--add-noqa",
    }),
    valued=frozenset({"--output-format", "--format", "-o", "--output-file", "--cache-dir"}),
    bolder=_SAME_MEANING,
)  # fmt: skip

FORMAT = Tool(
    name="ruff format",
    distribution="ruff",
    kind="layout",
    command=("ruff", "format"),
    report=("--check", "--no-cache"),
    read=_unformatted,
    mend=("--no-cache", "--quiet"),
    flags=frozenset({"--check", "--diff", "-q", "--quiet", "-s", "--silent", "-v", "--verbose", "--no-cache", "-n"}),
    valued=frozenset({"--cache-dir", "--output-format"}),
)
