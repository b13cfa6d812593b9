"""Lines of a text, changed from the last to the first so that findings keep their places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fixers.evidence import Finding


def split(text: str) -> list[str]:
    """Split at line feeds only; every line keeps its end."""
    parts = text.split("\n")
    return [part + "\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def from_the_end(findings: Sequence[Finding], lines: Sequence[str]) -> Iterator[tuple[Finding, int]]:
    """Yield findings with the index of their line, the last first; those outside the text are left out."""
    for finding in sorted(findings, key=lambda f: (f.line, f.column), reverse=True):
        if 0 < finding.line <= len(lines):
            yield finding, finding.line - 1


def parted(line: str) -> tuple[str, str]:
    """Return a line without its end, and the end."""
    body = line.rstrip("\r\n")
    return body, line[len(body) :]
