"""Laying out edited files for an analyser, running it in the sandbox, and comparing what it says.

Both sides of every edit stand in one tree, under neutral directory names, so that
one start of a tool sees everything and no directory name of the repository
(`vendor`, `build`, …) makes it look away. No configuration of the repository is
ever in that tree.
"""

from __future__ import annotations

import re
import sys
import sysconfig
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from fixers.checks.source import Source, read
from fixers.evidence import StaticCheck
from fixers.model import FileEdit
from fixers.runner.sandbox import Command, Ended, Finished, Limits, Sandbox

MOUNT = "/scan"
"""Where the laid-out files stand inside the sandbox."""

Side = Literal["before", "after"]
_LINE_NUMBER = re.compile(r"\bline \d+")
_LIMITS = Limits(wall_seconds=120, cpu_seconds=120, memory_bytes=4 << 30, output_bytes=32 << 20)


class AnalyserFailed(Exception):
    """Raised when an analyser came to no result; the sentence says how it ended."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark of an analyser about one side of an edit."""

    side: Side
    path: str
    line: int
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Scan:
    """Edited files on disk, before and after."""

    tree: Path
    edits: Mapping[str, FileEdit]
    """By the number of its directory."""

    def locate(self, printed: str) -> tuple[Side, str] | None:
        """Turn a path as a tool printed it into the side and the path in the project."""
        parts = PurePosixPath(printed.removeprefix(MOUNT + "/")).parts
        match parts:
            case ("before" | "after" as side, number, _) if number in self.edits:
                return side, self.edits[number].path
        return None


def sides(edit: FileEdit) -> tuple[tuple[Side, str], tuple[Side, str]]:
    """Return both texts of an edit with their names."""
    return ("before", edit.before), ("after", edit.after)


@contextmanager
def laid_out(edits: Sequence[FileEdit]) -> Iterator[Scan]:
    """Write the Python files among `edits` into a private directory, `before/0/name.py` and `after/0/name.py`."""
    python = {str(number): edit for number, edit in enumerate(edits) if edit.path.endswith((".py", ".pyi"))}
    with tempfile.TemporaryDirectory(prefix="goldseam-scan-") as name:
        tree = Path(name)
        for number, edit in python.items():
            for side, text in sides(edit):
                directory = tree / side / number
                directory.mkdir(parents=True)
                (directory / PurePosixPath(edit.path).name).write_bytes(text.encode(errors="surrogatepass"))
        yield Scan(tree, python)


def own_tool(name: str) -> Path:
    """Return the command `name` of Goldseam's own environment, never one from PATH or from the repository."""
    path = Path(sysconfig.get_path("scripts")) / name
    if not path.exists():
        raise AnalyserFailed(
            f"{name} is missing from {path.parent}: reinstall Goldseam (pip install --force-reinstall)"
        )
    return path


def own_prefixes() -> tuple[Path, ...]:
    """Return what a tool of our environment needs to see, read-only: the environment and the Python under it."""
    prefixes = (Path(sys.prefix), Path(sys.base_prefix))
    return tuple(dict.fromkeys(path for prefix in prefixes for path in (prefix, prefix.resolve())))


def run_tool(
    sandbox: Sandbox,
    scan: Scan,
    argv: Sequence[str],
    *,
    read_only: Sequence[Path],
    environment: Mapping[str, str] | None = None,
) -> Finished:
    """Run one analyser over the laid-out files and return what it left behind; AnalyserFailed when it was cut off."""
    finished = sandbox.run(
        Command(
            argv=tuple(argv),
            tree=scan.tree,
            mount=MOUNT,
            environment=environment or {},
            read_only=tuple(read_only),
            limits=_LIMITS,
        )
    )
    if finished.ended is not Ended.EXITED or finished.truncated:
        tail = finished.stderr[-300:].decode(errors="replace")
        raise AnalyserFailed(f"{Path(argv[0]).name} ended by {finished.ended.value} without a result. {tail}".strip())
    return finished


def compared(tool: str, version: str, findings: Iterable[Finding], edits: Iterable[FileEdit]) -> StaticCheck:
    """Count both sides and name what is new.

    A finding is known when the same code and message stood in the same function
    before: lines that merely moved are no news.
    """
    sources = {(side, edit.path): read(text) for edit in edits for side, text in sides(edit)}
    before: Counter[tuple[str, str, str, str]] = Counter()
    after: list[Finding] = []
    for finding in findings:
        if finding.side == "before":
            before[_identity(finding, sources[finding.side, finding.path])] += 1
        else:
            after.append(finding)
    total = before.total()
    new: list[str] = []
    for finding in sorted(after, key=lambda item: (item.path, item.line, item.code)):
        identity = _identity(finding, sources[finding.side, finding.path])
        if before[identity] > 0:
            before[identity] -= 1
        else:
            new.append(f"{finding.path}:{finding.line} {finding.code} {finding.message}")
    return StaticCheck(tool=tool, version=version, before=total, after=len(after), new=tuple(new))


def _identity(finding: Finding, source: Source | None) -> tuple[str, str, str, str]:
    scope = source.scope_at(finding.line) if source else ""
    return finding.path, finding.code, _LINE_NUMBER.sub("line", finding.message), scope
