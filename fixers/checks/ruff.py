"""Ruff, for its rules that find bugs: ours alone, never the repository's configuration or its `noqa`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from importlib.metadata import version

from fixers.checks.scan import AnalyserFailed, Finding, Scan, compared, laid_out, own_prefixes, own_tool, run_tool
from fixers.checks.source import read
from fixers.evidence import StaticCheck
from fixers.model import FileEdit
from fixers.runner.sandbox import Sandbox

SELECT = (
    "F", "E9", "B", "PLE",
    "PLW0127", "PLW0129", "PLW0711", "PLR0124",
    "RUF006", "RUF008", "RUF009", "RUF016", "RUF018", "RUF024", "RUF026", "RUF030", "RUF034", "RUF040",
)  # fmt: skip
"""Rules whose findings are bugs or leftovers; style is the project's own affair."""
IGNORE = ("B007", "B009", "B010", "B028", "B904", "B905")
"""Advice on style inside the bug families: a repair that follows the file's habits may break them."""
_CANNOT_WORK = ("F7", "F82", "E9", "PLE", "syntax")
"""What a file that did not parse before is still held to: of the rest nobody can say whether it is new."""
_REEXPORT = "F401"
_OLDEST, _NEWEST = (3, 7), (3, 14)


def ruff_check(edits: Sequence[FileEdit], *, sandbox: Sandbox, python_version: str) -> StaticCheck:
    """Run ruff once over both sides of the edits; AnalyserFailed when it gives no result."""
    with laid_out(edits) as scan:
        argv = [
            str(own_tool("ruff")), "check", "--isolated", "--no-cache", "--no-fix", "--exit-zero",
            "--ignore-noqa", "--no-respect-gitignore", "--output-format", "json",
            "--select", ",".join(SELECT), "--ignore", ",".join(IGNORE),
            "--target-version", _target(python_version), "before", "after",
        ]  # fmt: skip
        findings: list[Finding] = []
        if scan.edits:
            finished = run_tool(sandbox, scan, argv, read_only=own_prefixes())
            if finished.exit_code != 0:
                tail = finished.stderr[-300:].decode(errors="replace")
                raise AnalyserFailed(f"ruff left with code {finished.exit_code}: {tail}")
            findings = [found for found in _findings(finished.stdout, scan) if not _is_excused(found, scan)]
        return compared("ruff", version("ruff"), findings, scan.edits.values())


def _is_excused(finding: Finding, scan: Scan) -> bool:
    if finding.side == "before":
        return False
    edit = next(edit for edit in scan.edits.values() if edit.path == finding.path)
    if finding.code == _REEXPORT and edit.path.endswith("__init__.py") and "__all__" not in edit.after:
        return True  # what a package imports and does not use, it gives out
    return read(edit.before) is None and not finding.code.startswith(_CANNOT_WORK)


def _target(python_version: str) -> str:
    major, minor, *_ = (int(part) for part in python_version.split(".")[:2])
    major, minor = min(max((major, minor), _OLDEST), _NEWEST)
    return f"py{major}{minor}"


def _findings(answer: bytes, scan: Scan) -> Iterator[Finding]:
    try:
        rows = json.loads(answer)
        for row in rows:
            place = scan.locate(row["filename"])
            if place is not None:
                yield Finding(*place, row["location"]["row"], row["code"] or "syntax", row["message"])
    except (ValueError, KeyError, TypeError) as error:
        raise AnalyserFailed(f"ruff's answer cannot be read: {error}") from error
