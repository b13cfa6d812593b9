"""Fast evaluators: a fork server over collected tests, and a zygote for edits that need a fresh import.

Their word is a screen. A variant that passes here still has to pass a clean run.
"""

from __future__ import annotations

import ast
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from fixers.project import Project
from fixers.runner.evaluator import Outcome, Status, Variant
from fixers.runner.sandbox import Command, Conversation, Limits, Sandbox
from fixers.runner.suite import base_request, inside_command
from fixers.runner.target import Target
from fixers.search.mutation import Swap

START_SECONDS = 120.0
_BATCH_SECONDS = 60.0
_QUIET_SECONDS = 10.0
"""How long a screening process may say nothing, beside what its variants may take."""
_SLACK = 5.0
"""How many times longer than before the tests of a variant may run."""
_CPU_SECONDS = 0.5
"""Processor time that any variant gets, however short its tests."""
_LOADED = 4.0
"""Real seconds for one of processor time: on a loaded machine an import takes so much longer than it should."""


class ServerGone(Exception):
    """Raised when the server inside the sandbox ended or fell silent."""


@dataclass(slots=True)
class Server:
    """A conversation with our inside code; answers come back in any order and are matched by number."""

    talk: Conversation
    patience: float
    """Seconds to wait for an answer beyond a variant's own limit."""
    cpu_seconds: float = 0.0
    """Processor time of the children whose answers were taken; their parent's own is small beside it."""
    _next: int = 0
    _answers: dict[int, dict[str, Any]] = field(default_factory=dict)

    def submit(self, **request: Any) -> int:
        """Send a request and return its number."""
        number, self._next = self._next, self._next + 1
        try:
            self.talk.send(json.dumps({"n": number, **request}).encode())
        except BrokenPipeError as error:
            raise ServerGone(self._tail()) from error
        return number

    def take(self, number: int, seconds: float) -> dict[str, Any]:
        """Wait for the answer to a request; ServerGone when the server ends or falls silent."""
        while number not in self._answers:
            line = self.talk.receive(seconds + self.patience)
            if line is None:
                raise ServerGone(self._tail())
            answer = _object(line)
            if isinstance(answer.get("n"), int):
                self._answers[answer["n"]] = answer
        answer = self._answers.pop(number)
        self.cpu_seconds += float(answer.get("cpu", 0.0))
        return answer

    def _tail(self) -> str:
        return self.talk.stderr_tail().decode("utf-8", "replace")[-2000:]


@dataclass(slots=True)
class ForkEvaluator:
    """Evaluates by swapping live code where a variant allows it, by fresh import where not."""

    target: Target
    project: Project
    collected: Server | None
    zygote: Server
    wall: float
    """Seconds one variant may take beside five times what its tests took before."""
    live: frozenset[tuple[str, int, str]] = frozenset()
    """Path, first line and name of the functions that there are once the tests are collected."""
    loaded: frozenset[str] = frozenset()
    """Paths of the modules that are imported once the tests are collected."""
    durations: Mapping[str, float] = field(default_factory=dict)
    """How long each test takes; one that does not end counts for nothing."""
    until: float = math.inf
    """When the search ends, on the monotonic clock."""
    screen_note: str = ""
    """Why variants cannot be screened in one process, once that is known."""
    _screens: bool = True
    _import_seconds: float | None = None
    """Processor time that a fresh import may take; None before the first one."""
    _first_lines: dict[tuple[str, int], int] = field(default_factory=dict)

    def run(self, variant: Variant, tests: Sequence[str], *, stop_at_first: bool = True) -> Outcome:
        """Run the tests under the variant and wait for the outcome."""
        return self.finish(self.start(variant, tests, stop_at_first=stop_at_first))

    def start(self, variant: Variant, tests: Sequence[str], *, stop_at_first: bool = True) -> Ticket:
        """Begin an evaluation without waiting, so that several run at once."""
        ticket = Ticket(variant, tuple(tests), stop_at_first, self.wall + _SLACK * self.seconds_of(tests))
        if variant.swap is not None and self.collected is not None:
            ticket.number = self.collected.submit(
                kind="run",
                **self.change(variant.path, variant.swap),
                tests=list(tests),
                stop=stop_at_first,
                wall=ticket.wall,
                cpu=_CPU_SECONDS + _SLACK * self.seconds_of(tests),
            )
            ticket.server = self.collected
        else:
            self._start_zygote(ticket)
        return ticket

    def seconds_of(self, tests: Sequence[str]) -> float:
        """Return how long these tests take, as far as that is known."""
        return sum(self.durations.get(test, 0.0) for test in tests)

    def start_screen(self, variants: Sequence[tuple[Variant, tuple[str, ...]]], tests: Sequence[str]) -> int | None:
        """Begin to judge swaps in one process, many times faster than one by one; None where that cannot be done.

        With each variant come the passing tests around it, run when `tests` pass.
        """
        if self.collected is None or self.why_not_screened():
            return None
        seconds = self.seconds_of(tests)
        around = {names: number for number, names in enumerate(dict.fromkeys(names for _, names in variants))}
        bases: dict[str, int] = {}
        return self.collected.submit(
            kind="batch",
            variants=[
                {**self._cut(variant.path, variant.swap, bases), "around": around[names]} for variant, names in variants
            ],
            bases=list(bases),
            around=[list(names) for names in around],
            tests=list(tests),
            durations={test: self.durations.get(test) for names in (tests, *around) for test in names},
            wall=_BATCH_SECONDS + 8 * _SLACK * seconds,
            quiet=_QUIET_SECONDS + 8 * _SLACK * seconds,
        )

    def why_not_screened(self) -> str:
        """Say why no swap can be judged in one process here, as far as that is known; empty when it can."""
        if self.collected is None:
            return "the tests cannot be collected"
        return "" if self._screens else self.screen_note or "the tests cannot be run twice in one process"

    def finish_screen(self, number: int) -> list[Status]:
        """Return a status per variant, in order, as far as the process came; a pass asks for a closer look."""
        if self.collected is None:
            return []
        answer = self.collected.take(number, _BATCH_SECONDS)
        if answer.get("status") != "screened":
            # A batch that cannot be believed says nothing of the next one.
            self._screens = answer.get("status") == "untrusted"
            self.screen_note = str(answer.get("signature", ""))
        return [_status(text) for text in answer.get("statuses", ())]

    def swaps(self, path: str, swap: Swap) -> bool:
        """Say whether there is a live function to swap; a module that tests load themselves has none."""
        return (path, self._first_line(path, swap.line), _name(swap.qualname)) in self.live

    def change(self, path: str, swap: Swap | None) -> dict[str, Any]:
        """Return a swap as the server inside takes it."""
        if swap is None:
            raise ValueError("only swaps can be screened")
        new = {"qualname": swap.qualname, "line": self._first_line(path, swap.line), "source": swap.source}
        return {"path": path, "swap": {**new, "default": swap.default}}

    def _cut(self, path: str, swap: Swap | None, bases: dict[str, int]) -> dict[str, Any]:
        """Return a swap as a screen takes it: where only lines of a function change, these, and the function once."""
        change = self.change(path, swap)
        if swap is not None and swap.cut is not None:
            cut = swap.cut
            change["swap"] |= {"base": bases.setdefault(cut.base, len(bases)), "cut": [cut.start, cut.end, cut.text]}
            del change["swap"]["source"]
        return change

    def _first_line(self, path: str, line: int) -> int:
        key = (path, line)
        if key not in self._first_lines:
            self._first_lines[key] = first_line(self.project, *key)
        return self._first_lines[key]

    def finish(self, ticket: Ticket) -> Outcome:
        """Wait for a started evaluation; falls back to a fresh import when code could not be swapped."""
        assert ticket.server is not None, "a ticket comes from start()"  # noqa: S101 - states an invariant for mypy
        answer = ticket.server.take(ticket.number, ticket.wall)
        if answer.get("status") == "unsupported" and ticket.variant.sources:
            self._start_zygote(ticket)
            answer = ticket.server.take(ticket.number, ticket.wall)
        return _outcome(answer)

    def _start_zygote(self, ticket: Ticket) -> None:
        if self._import_seconds is None:
            self._import_seconds = self._time_an_import(self._test_that_ends(ticket.tests))
        cpu = self._import_seconds + _SLACK * self.seconds_of(ticket.tests)
        ticket.wall = self.wall + _LOADED * cpu
        ticket.server = self.zygote
        ticket.number = self._submit_import(
            ticket.variant.sources, ticket.tests, ticket.stop_at_first, ticket.wall, cpu
        )

    def _test_that_ends(self, tests: Sequence[str]) -> Sequence[str]:
        """Return the first test that is known to end, else one beside it, else the first."""
        files = {test.partition("::")[0] for test in tests}
        beside = (test for test in self.durations if test.partition("::")[0] in files)
        return [next((test for test in tests if test in self.durations), next(beside, tests[0]))] if tests else []

    def _time_an_import(self, tests: Sequence[str]) -> float:
        """Import the project as it is, and return the processor time that a variant gets for that."""
        seconds = START_SECONDS / _LOADED
        number = self._submit_import({}, tests, True, START_SECONDS, seconds)
        answer = self.zygote.take(number, START_SECONDS)
        if answer.get("status") not in {"pass", "fail"} or any("::" not in test for test in answer.get("failing", ())):
            return max(
                self.wall, _SLACK * float(answer.get("cpu", 0.0))
            )  # it does not import: a repair may take longer
        return _CPU_SECONDS + _SLACK * float(answer.get("cpu", 0.0))

    def _submit_import(
        self, sources: Mapping[str, str], tests: Sequence[str], stop: bool, wall: float, cpu: float
    ) -> int:
        return self.zygote.submit(kind="run", sources=dict(sources), tests=list(tests), stop=stop, wall=wall, cpu=cpu)


@dataclass(slots=True)
class Ticket:
    """An evaluation under way."""

    variant: Variant
    tests: tuple[str, ...]
    stop_at_first: bool
    wall: float
    server: Server | None = None
    number: int = -1


@contextmanager
def fork_evaluator(
    target: Target,
    sandbox: Sandbox,
    project: Project,
    *,
    tests: Sequence[str],
    rootdir: str,
    jobs: int,
    wall: float,
    durations: Mapping[str, float] | None = None,
) -> Iterator[ForkEvaluator]:
    """Start both servers; the collecting one only when the tests can be collected at all."""
    limits = Limits(wall_seconds=7200, cpu_seconds=7200, memory_bytes=3 << 30)
    request = {**base_request(target, rootdir=rootdir), "jobs": jobs, "wanted": list(tests)}
    zygote_command = inside_command(target, {**request, "mode": "zygote"}, limits)
    collected_command = inside_command(target, {**request, "mode": "collected"}, limits)
    with sandbox.talk(zygote_command) as zygote_talk:
        zygote = Server(zygote_talk, patience=START_SECONDS)
        if _first_event(zygote_talk, zygote_command).get("event") != "ready":
            raise ServerGone(zygote_talk.stderr_tail().decode("utf-8", "replace"))
        with sandbox.talk(collected_command) as talk:
            said = _first_event(talk, collected_command)
            collected = Server(talk, patience=START_SECONDS) if said.get("event") == "ready" else None
            live = frozenset((str(path), int(line), str(name)) for path, line, name in said.get("live", ()))
            loaded = frozenset(str(path) for path in said.get("loaded", ()))
            yield ForkEvaluator(target, project, collected, zygote, wall, live, loaded, durations or {})


def first_line(project: Project, path: str, line: int) -> int:
    """Return the line of the first decorator of the function whose `def` stands at `line`, or `line`."""
    for node in ast.walk(project.tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.lineno == line and node.decorator_list:
            return min(line, *(d.lineno for d in node.decorator_list))
    return line


def _name(qualname: str) -> str:
    return qualname.rpartition(".")[2]


def _first_event(talk: Conversation, command: Command) -> dict[str, Any]:
    """Send the request that a one-shot run would find on standard input, and return what the server says first."""
    try:
        talk.send(command.stdin.rstrip(b"\n"))
    except BrokenPipeError:
        return {}
    line = talk.receive(START_SECONDS)
    return _object(line) if line is not None else {}


def _object(line: bytes) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _outcome(answer: dict[str, Any]) -> Outcome:
    return Outcome(
        status=_status(answer.get("status")),
        failing=tuple(str(i) for i in answer.get("failing", ())),
        signature=str(answer.get("signature", ""))[:400],
        passed=int(answer.get("passed", 0)),
    )


def _status(text: object) -> Status:
    return Status(text) if isinstance(text, str) and text in set(Status) else Status.CRASH
