"""A GitHub Actions job log: the runner's own layer, taken off before the tools' output is read.

Works on the text of the API, on `gh run view --log`, and on output that never
saw a runner: without a runner's marks everything is one step.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from fixers.failures.base import Found
from fixers.failures.infrastructure import EXITED, from_network, from_output, from_runner
from fixers.failures.lines import clean
from fixers.failures.places import Places
from fixers.failures.step import Step
from fixers.model import Failure, FailureKind

_STAMP = re.compile(r"^\ufeff?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,9}Z ?")
# `gh run view --log` puts job and step first, separated by tabs.
_JOB = re.compile(r"^\ufeff?([^\t\n]{1,200})\t[^\t\n]{0,300}\t(?=\ufeff?\d{4}-\d\d-\d\dT)")
_RUN = "##[group]Run "
_END = "##[endgroup]"
_ERROR = "##[error]"
_MARK = re.compile(r"^##\[(?:error|warning|notice|debug|section|command)\]")
# The runner echoes the script in cyan. Some copies of a log have lost the escape byte.
_ECHO = re.compile(r"^(?:\x1b\[|\[)36;1m(.*?)(?:(?:\x1b\[|\[)0m)?$")
_USES = re.compile(r"^[\w.-]+/[\w./-]+@\S+$|^\./\S+$")
_MAX_HEADER = 2_000
_MAX_STEPS = 200


@dataclass(slots=True)
class _Header:
    """The lines between `##[group]Run …` and its end: the script's echo, shell and environment."""

    title: str
    raw: list[str] = field(default_factory=list)
    script: list[str] = field(default_factory=list)
    real: bool = False
    """Whether it is the runner's own, and no group that a program opened under such a name."""

    def add(self, text: str) -> None:
        """Take a line of the header."""
        echo = _ECHO.match(text)
        if echo:
            self.script.append(clean(echo[1]))
            self.real = True
        elif text.startswith(("shell: ", "with:", "env:")):
            self.real = True
        if len(self.raw) < _MAX_HEADER:
            self.raw.append(text)

    def command(self) -> str:
        """Return the whole script, or the title where none was echoed."""
        return "\n".join(self.script).strip() or self.title


@dataclass(slots=True)
class _Steps:
    """What some steps of the log showed, together."""

    found: Found = field(default_factory=Found)
    commands: list[tuple[str, bool]] = field(default_factory=list)
    """Each step's command, and whether it showed failures."""

    def add(self, command: str, found: Found) -> None:
        """Take in one step."""
        self.found.extend(found)
        if len(self.commands) < _MAX_STEPS:
            self.commands.append((command, bool(found.failures)))

    def command(self) -> str:
        """Return the command of the first step that shows what failed, else of the first one that did."""
        ranked = sorted(self.commands, key=lambda pair: not pair[1])
        return ranked[0][0] if ranked else ""


class ActionsLog:
    """Takes raw lines, and gathers what the failing steps printed."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._header: _Header | None = None
        self._step = Step(places)
        self._job = ""
        self._job_failed = False
        self._cut = False
        self._failing = _Steps()
        self._others = _Steps()
        self._infrastructure = ""
        self._disk = ""
        self._network = ""
        """What the present step says of the network."""
        self._offline = ""
        """The same, of the first step that failed."""

    def feed(self, raw: str) -> None:
        """Take a line as it came, without its newline."""
        job = _JOB.match(raw)
        if job:
            self._enter_job(job[1])
            raw = raw[job.end() :]
        stamp = _STAMP.match(raw)
        if stamp:
            raw = raw[stamp.end() :]
        if self._cut:
            return
        if self._header is not None:
            self._in_header(raw)
        elif raw.startswith(_RUN):
            self._header = _Header(title=clean(raw[len(_RUN) :]))
        else:
            self._output(clean(raw))

    def close(self) -> tuple[str, Found, str]:
        """Return the failing command, what was found, and the infrastructure's sentence, each perhaps empty."""
        self._flush_header()
        self._end_step()
        chosen = self._failing if self._failing.commands else self._others
        ended = self._infrastructure or self._disk_full(chosen.found)
        if not ended and self._offline and not any(map(_of_the_project, chosen.found.failures)):
            return chosen.command(), Found(), self._offline
        return chosen.command(), chosen.found, ended

    def _enter_job(self, job: str) -> None:
        if job != self._job:
            self._flush_header()
            self._end_step()
            self._job, self._cut, self._job_failed = job, False, False

    def _in_header(self, raw: str) -> None:
        header = self._header
        if header is None:
            return
        if raw.startswith(_END):
            if header.real or _USES.match(header.title):
                self._end_step()
                self._step = Step(self._places, header.command())
                self._header = None
            else:
                self._flush_header()
        else:
            header.add(raw)
            # A group that long is no header; nothing of it may be lost.
            if len(header.raw) >= _MAX_HEADER and not header.real:
                self._flush_header()

    def _flush_header(self) -> None:
        """Give back the lines of a group that turned out to be a program's own."""
        header, self._header = self._header, None
        if header is not None and not header.real:
            for line in header.raw:
                self._output(clean(line))

    def _output(self, line: str) -> None:
        if line.startswith("##["):
            if line.startswith(_ERROR):
                self._error(line[len(_ERROR) :])
            line = _MARK.sub("", line, count=1)
        elif line == "Post job cleanup." and self._job_failed:
            # What follows belongs to other steps: git's warnings, caches that cannot be saved.
            self._cut = True
            return
        self._disk = self._disk or from_output(line)
        self._network = self._network or from_network(line)
        self._step.feed(line)

    def _error(self, text: str) -> None:
        sentence = from_runner(text)
        if EXITED.match(text) or sentence:
            self._step.failed = self._job_failed = True
        self._infrastructure = self._infrastructure or sentence

    def _end_step(self) -> None:
        step, self._step = self._step, Step(self._places)
        found = step.close()
        network, self._network = self._network, ""
        if step.failed:
            self._offline = self._offline or network
            self._failing.add(step.command, found)
        elif found.failures:
            self._others.add(step.command, found)

    def _disk_full(self, found: Found) -> str:
        """Believe a program that reports a full disk when no failure speaks of anything else."""
        told = all("No space left on device" in failure.message for failure in found.failures)
        return self._disk if told else ""


def _of_the_project(failure: Failure) -> bool:
    """Say whether a failure is one of the project's code, and no traceback of an installer."""
    return failure.kind is not FailureKind.CRASH or any(frame.in_project for frame in failure.frames)
