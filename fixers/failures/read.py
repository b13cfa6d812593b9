"""The door of this package: logs, JUnit files and tracebacks, read into failures."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from fixers.failures.actions import ActionsLog
from fixers.failures.junit import parse_junit
from fixers.failures.lines import LineReader, clean
from fixers.failures.places import Places
from fixers.failures.python_traceback import read_chains
from fixers.model import Failure


@dataclass(frozen=True, slots=True)
class Report:
    """What a log says about a run."""

    failures: tuple[Failure, ...]
    command: str
    """The command of the failing step; the whole script where the runner echoed it."""
    infrastructure: str
    """A sentence when the runner, not the code, ended the run; else empty."""
    truncated: bool
    """Whether a line was too long, or the log endless, so that something was not read."""
    lines: int
    dropped: int = 0
    """Failures beyond the number that is kept."""


def read_log(chunks: Iterable[bytes], *, project_files: Collection[str] = ()) -> Report:
    """Read a job's log, or any tool's output, as it streams in.

    Takes any bytes and never raises for what they say. Time is linear in the
    size; memory is a few megabytes whatever the size. `project_files` are the
    project's paths, relative and POSIX: with them, paths of any machine are
    recognized; without them, only relative ones and usual workspaces.
    """
    reader = LineReader(chunks)
    log = ActionsLog(Places(project_files))
    for line in reader:
        log.feed(line)
    command, found, infrastructure = log.close()
    return Report(
        failures=tuple(found.failures),
        command=command,
        infrastructure=infrastructure,
        truncated=reader.truncated,
        lines=reader.count,
        dropped=found.dropped,
    )


def read_junit(data: bytes, *, project_files: Collection[str] = ()) -> tuple[Failure, ...]:
    """Read one JUnit XML file of any writer; what comes before a defect in the file is kept."""
    return tuple(parse_junit(data, Places(project_files)))


def read_traceback(text: str, *, project_files: Collection[str] = ()) -> tuple[Failure, ...]:
    """Read the Python tracebacks of a text, as a production log or a person supplies it."""
    lines = (clean(line) for line in text.split("\n"))
    return tuple(read_chains(lines, Places(project_files)).failures)
