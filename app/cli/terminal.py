"""What a person sees while an attempt runs, and when it ended."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from rich.console import Console
from rich.live import Live
from rich.text import Text

from app.cli.alternatives import lettered
from fixers.evidence import Alternative, Evidence, RedTool, Trace
from fixers.model import Offer, Suspect
from fixers.patch import FileDiff, read
from fixers.patch import touched as patch_touched
from fixers.project import is_test_path
from tasks.report.neutral import visible

_BAR = 24
_MOST_LINES = 80
"""Changed lines of a patch that are shown one by one; of more, a person reads the patch itself."""
_MARGIN = "  "
_COMMAND = re.compile(r"(?m)^(\s*)(::|##\[)")


class Terminal:
    """Progress on standard error: a live line on a terminal, one plain line a stage elsewhere."""

    def __init__(self, console: Console, budget: float) -> None:
        self.console, self.budget = console, budget
        self.interrupted = False
        self.name, self.began = "", time.monotonic()
        self.live: Live | None = None

    def stage(self, name: str) -> None:
        """Say that a stage begins."""
        self.name, self.began = name, time.monotonic()
        self._show(f"{_MARGIN}{name:<11} …")

    def said(self, text: str, seconds: float) -> None:
        """Print a stage's result."""
        self._show("")
        self.console.print(shown(f"{_MARGIN}{self.name:<11} {text:<64} {seconds:6.1f} s"), soft_wrap=True)

    def tick(self, *, tried: int, passing: int, seconds_left: float) -> None:
        """Show how far the search is."""
        done = 1 - seconds_left / self.budget if self.budget else 1.0
        bar = "━" * round(_BAR * min(1.0, max(0.0, done)))
        self._show(
            f"{_MARGIN}{self.name:<11} {bar:<{_BAR}} {tried:,} candidates · {passing} pass the tests · "
            f"{seconds_left:.0f} s left"
        )

    def _show(self, line: str) -> None:
        if self.live is not None:
            self.live.update(Text(line))

    @contextmanager
    def running(self) -> Iterator[Terminal]:
        """Show the live line, and turn the first Ctrl-C into a request to end the search."""
        previous = signal.signal(signal.SIGINT, self._interrupt)
        try:
            if self.console.is_terminal:
                with Live(Text(""), console=self.console, transient=True, refresh_per_second=8) as self.live:
                    yield self
            else:
                yield self
        finally:
            self.live = None
            signal.signal(signal.SIGINT, previous)

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        if self.interrupted:
            signal.default_int_handler(number, frame)
        self.interrupted = True
        self.console.print(f"{_MARGIN}interrupted: proving the best so far; press Ctrl-C again to stop at once")


def show_trace(console: Console, trace: Trace, *, path: str, evidence_file: str) -> None:
    """Print the outcome of an attempt, short first."""
    console.print()
    for line in _outcome(trace, path, evidence_file):
        console.print(shown(f"{_MARGIN}{line}".rstrip()), soft_wrap=True)


def shown(text: str) -> Text:
    """Return text of a repository as a terminal, or the log of a workflow, may have it.

    Control characters are shown and not obeyed; a line that a runner of GitHub Actions
    would take for a command, whatever blanks stand before it, is none any more.
    """
    return Text(_COMMAND.sub(r"\1\\\2", visible(text)))


def _outcome(trace: Trace, path: str, evidence_file: str) -> Iterator[str]:
    if trace.status == "nothing_to_fix":
        yield trace.sentence
        return
    if trace.status == "fixed":
        yield from _fixed(trace, path, evidence_file)
        return
    reason = f"Declined: {trace.reason}. " if trace.reason else ""
    yield f"{reason}{trace.sentence}"
    yield from _alternatives(trace.alternatives)
    yield from _places(trace.localization)
    if trace.next_step:
        yield f"Next: {trace.next_step}"
    if trace.alternatives:
        yield f"Write them to files, a patch and a test each:  goldseam fix {path} --alternatives DIRECTORY"
    yield from _offers(trace.offers)
    yield from _notes(trace.notes)


def _fixed(trace: Trace, path: str, evidence_file: str) -> Iterator[str]:
    yield trace.sentence
    yield ""
    yield from patch_lines(trace.patch)
    yield ""
    if trace.evidence is not None and trace.evidence.tool is not None:
        yield from _tool_proof(trace.evidence, trace.evidence.tool)
    elif trace.evidence is not None and trace.reproduction is not None:
        yield from _proof(trace.evidence)
    yield f"Why     {trace.choice}"
    yield from _notes(trace.notes)
    yield ""
    yield f"Apply it:  goldseam fix {path} --apply      Proof:  goldseam verify {evidence_file} --repo {path}"


def _proof(evidence: Evidence) -> Iterator[str]:
    baseline = next(c for c in evidence.commands if c.purpose == "baseline")
    suite = [c for c in evidence.commands if c.purpose in {"suite", "suite_shuffled"}]
    if suite:
        times = "twice, second time in random order" if len(suite) > 1 else "once"
        after = counted(suite[0].failed, suite[0].passed)
        yield f"Before  {counted(baseline.failed, baseline.passed)}      After  {after}, {times}"
    tools = ", ".join(c.tool for c in evidence.static)
    new = sum(len(c.new) for c in evidence.static)
    yield f"Static  {tools}: {'nothing new' if not new else f'{new} new'}      Tests  untouched"
    if evidence.behaviour is not None and evidence.behaviour.calls:
        yield f"Calls   {evidence.behaviour.calls} replayed; the patch differs from the code before on:"
        yield from (f"          {line}" for line in evidence.behaviour.differs_when[:3])


def _tool_proof(evidence: Evidence, tool: RedTool) -> Iterator[str]:
    after = "nothing" if not tool.after else f"{len(tool.after)} that were not asked for"
    name = f"{tool.tool} {tool.version}".strip()
    yield f"Before  {name}: {len(tool.asked or tool.findings)} findings      After  {after}"
    suite = [c for c in evidence.commands if c.purpose in {"suite", "suite_shuffled"}]
    if suite:
        yield f"Suite   {counted(suite[0].failed, suite[0].passed)} as before, twice, second time in random order"
    touched = [path for path in patch_touched(evidence.patch) if is_test_path(path)]
    tests = f"only laid out anew: {', '.join(touched[:3])}" if touched else "untouched"
    tools = ", ".join(c.tool for c in evidence.static)
    yield f"Static  {tools}: nothing new      Tests  {tests}"


def counted(failed: int, passed: int) -> str:
    """Return "2 failed, 316 passed"."""
    return f"{failed} failed, {passed} passed" if failed else f"{passed} passed"


def patch_lines(patch: str) -> Iterator[str]:
    """Yield the changed lines of a patch, file by file; of a long one, how many lines change in each file."""
    files = read(patch)
    if sum(hunk.count("+-") for file in files for hunk in file.hunks) > _MOST_LINES:
        yield from (_size(file) for file in files)
        return
    for file in files:
        yield file.path
        yield from _changed(file)


def _size(file: FileDiff) -> str:
    more, fewer = (sum(hunk.count(sign) for hunk in file.hunks) for sign in "+-")
    return f"{file.path}  +{more} -{fewer}"


def _changed(file: FileDiff) -> Iterator[str]:
    return (line for hunk in file.hunks for line in hunk.lines if line[0] in "+-")


def _alternatives(alternatives: Sequence[Alternative]) -> Iterator[str]:
    for letter, alternative in lettered(alternatives):
        yield ""
        yield f"{letter}  {alternative.path}:{alternative.line}  {alternative.summary}"
        yield from (f"   {line}" for line in patch_lines(alternative.patch))
        yield from (f"   when {call}: {outcome}" for call, outcome in alternative.outputs[:2])
        yield from (f"   but {objection}" for objection in alternative.objections)
        if alternative.settling_test:
            yield "   To make it the answer, add:"
            yield from (f"     {line}" for line in alternative.settling_test.rstrip().splitlines())
    if alternatives:
        yield ""


def _offers(offers: Sequence[Offer]) -> Iterator[str]:
    for offer in offers:
        yield ""
        yield f"Offer   {offer.title}"
        yield from (f"   {line}" for line in offer.text.rstrip().splitlines())
        if offer.patch:
            yield from (f"   {line}" for line in patch_lines(offer.patch))
    if offers:
        yield ""


def _places(suspects: Sequence[Suspect]) -> Iterator[str]:
    if suspects:
        yield "Places to look at:"
    for suspect in suspects[:3]:
        yield f"  {suspect.path}:{suspect.line} {suspect.function}  {'; '.join(suspect.reasons)}"


def _notes(notes: Sequence[str]) -> Iterator[str]:
    for note in notes:
        yield f"Note    {note}"
