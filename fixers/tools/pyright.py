"""basedpyright; pyright itself fetches its engine from the network when it starts, which no sandbox here lets it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from fixers.evidence import Finding
from fixers.tools.base import Output, Tool


def _findings(output: Output) -> list[Finding]:
    if output.code == 0:
        return []  # warnings alone make it red by default, and the project may have switched that off
    try:
        document = json.loads(output.out)
    except ValueError:
        return []
    rows = document.get("generalDiagnostics") if isinstance(document, dict) else None
    return list(_read(rows, output)) if isinstance(rows, list) else []


def _read(rows: list[Any], output: Output) -> Iterator[Finding]:
    for row in rows:
        match row:
            case {
                "file": str(path),
                "severity": "error" | "warning",
                "message": str(message),
                "range": {"start": {"line": int(line), "character": int(column)}},
            }:
                code = str(row.get("rule", "error"))
                yield Finding(
                    path=output.relative(path),
                    line=line + 1,
                    column=column + 1,
                    code=code,
                    message=message.splitlines()[0][:1000],
                )


BASEDPYRIGHT = Tool(
    name="basedpyright",
    distribution="basedpyright",
    kind="types",
    command=("basedpyright",),
    report=("--outputjson",),
    read=_findings,
    flags=frozenset({"--outputjson", "--stats", "--verbose", "-w", "--watch", "--writebaseline"}),
    valued=frozenset({"--threads"}),
    files=frozenset({"-p", "--project", "--pythonpath", "-v", "--venvpath", "-t", "--typeshedpath"}),
)
