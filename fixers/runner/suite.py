"""One clean run of the target's tests in the sandbox, and what it said.

This run, and no faster evaluator, is the proof: a fresh process over a fresh copy
of the tree, under the project's own pytest options.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from fixers.model import Failure, FailureKind, Frame, Raised
from fixers.runner.sandbox import Command, Ended, Finished, Limits, Sandbox
from fixers.runner.target import Target

INSIDE = Path(__file__).resolve().parent / "inside"

_KINDS = {"setup": FailureKind.SETUP, "teardown": FailureKind.TEARDOWN}
_VALUE_OPTIONS = frozenset(
    {"-c", "-k", "-m", "-o", "-p", "-r", "-W", "--rootdir", "--confcutdir", "--import-mode", "--tb"}
)


@dataclass(frozen=True, slots=True)
class TestResult:
    """What one test did."""

    __test__ = False  # pytest must not take this class for a test

    id: str
    outcome: Literal["passed", "failed", "skipped"]
    seconds: float
    failure: Failure | None = None
    facts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What the variables of its crashed frames were, by kind and place: types, sizes, keys; never a value."""
    reached: tuple[str, ...] = ()
    """Where a failing test wanted to go outside its process: `host:port`, `unix:path`."""
    serves: bool = False
    """Whether anything was bound or started in its process that may have been meant to answer."""


@dataclass(frozen=True, slots=True)
class SuiteResult:
    """What one run of tests did; `tests` in run order, modules that failed to import among them."""

    tests: tuple[TestResult, ...]
    collected: int
    exit_code: int
    ended: Ended
    hanging: str
    """Id of the test during which the run was cut, or empty."""
    rootdir: str
    seconds: float
    argv: tuple[str, ...]
    output_tail: str
    """The end of what the run printed; hostile text, for diagnosis only."""
    finished: bool = False
    """Whether pytest itself said that it came to an end; a process that merely exits does not."""
    spectrum: Mapping[str, Any] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Whether pytest came to its own end (exit codes 0, 1, or 5 for no tests)."""
        return self.finished and self.exit_code in {0, 1, 2, 5}

    def ids(self, outcome: str) -> tuple[str, ...]:
        """Return the ids with an outcome, in run order."""
        return tuple(t.id for t in self.tests if t.outcome == outcome)

    @property
    def failures(self) -> tuple[Failure, ...]:
        """The failures, in run order."""
        return tuple(t.failure for t in self.tests if t.failure is not None)


def run_suite(
    target: Target,
    sandbox: Sandbox,
    *,
    wanted: Sequence[str] | None = None,
    rootdir: str = "",
    seed: int | None = None,
    spectrum_for: Sequence[str] | None = None,
    groups: Sequence[Sequence[str]] = (),
    collector: str | None = None,
    limits: Limits | None = None,
    test_seconds: float = 60.0,
    hash_seed: int = 0,
    ordered: bool = False,
) -> SuiteResult:
    """Run the whole suite, or the `wanted` ids, once.

    `seed` shuffles modules and the tests within them. `spectrum_for` names the
    failing tests and asks for statement counts besides; those of `groups` are counted
    apart. `collector` insists on a way to count (`probes`). A test that outlives
    `test_seconds` fails with a timeout of ours. `hash_seed` decides the order of sets
    of texts; `ordered` runs the wanted ids in the order in which they are given.
    """
    request = {
        **base_request(target, rootdir=rootdir),
        "mode": "run" if spectrum_for is None else "spectrum",
        "wanted": list(wanted) if wanted is not None else None,
        "groups": [list(group) for group in groups or (spectrum_for or (),)],
        "collector": collector,
        "seed": seed,
        "test_seconds": test_seconds,
        "ordered": ordered,
    }
    command = inside_command(target, request, limits or Limits())
    command = replace(command, environment={**command.environment, "PYTHONHASHSEED": str(hash_seed)})
    return _read(sandbox.run(command), target, command.argv)


def base_request(target: Target, *, rootdir: str) -> dict[str, Any]:
    """Return what every mode of the inside code needs to know."""
    return {
        "args": list(target.pytest_args),
        "options": list(options_of(target)),
        "source_roots": list(target.source_roots),
        "tree": target.mount,
        "rootdir": rootdir,
    }


def inside_command(target: Target, request: Mapping[str, Any], limits: Limits) -> Command:
    """Compose the command that runs our inside code over the target."""
    return Command(
        argv=(str(target.python), *target.start.options, "-B", str(INSIDE / "goldseam_inside.py")),
        tree=target.tree,
        mount=target.mount,
        environment={
            **dict(target.start.variables),
            "PYTHONHASHSEED": "0",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONUNBUFFERED": "1",
            "CI": "true",
        },
        read_only=(*target.read_only, INSIDE),
        stdin=json.dumps(request).encode() + b"\n",
        limits=limits,
    )


def options_of(target: Target) -> Iterator[str]:
    """Yield the project's pytest arguments without the paths among them."""
    expects_value = False
    for argument in target.pytest_args:
        if expects_value or argument.startswith("-"):
            expects_value = not expects_value and argument in _VALUE_OPTIONS
            yield argument
        elif not (target.tree / argument.split("::", 1)[0]).exists():
            yield argument


def _read(finished: Finished, target: Target, argv: tuple[str, ...]) -> SuiteResult:
    tests: dict[str, TestResult] = {}
    raised: dict[str, dict[str, Any]] = {}
    collected, code, rootdir, running = 0, finished.exit_code, "", ""
    ended_itself = False
    spectrum: Mapping[str, Any] = {}
    for event in events(finished.report):
        match event["event"]:
            case "collected":
                collected, rootdir = len(event["ids"]), event["rootdir"]
            case "collect_raised":
                raised[event["id"]] = event
            case "collect_error":
                known = raised.get(event["id"], {})
                failure = failure_of(event["id"], FailureKind.COLLECTION, known.get("chain", []), target.mount)
                if not failure.message:
                    failure = failure.model_copy(
                        update={"message": event["message"], "excerpt": event["message"][-8000:]}
                    )
                tests[event["id"]] = TestResult(event["id"], "failed", 0.0, failure, _facts(known))
            case "start":
                running = event["id"]
            case "test":
                running = ""
                tests[event["id"]] = _test_of(event, target.mount)
            case "spectrum":
                spectrum = event
            case "finish":
                code, ended_itself = event["code"], True
    output = (finished.stdout[-6000:] + finished.stderr[-4000:]).decode("utf-8", "replace")
    return SuiteResult(
        tests=tuple(tests.values()),
        collected=collected,
        exit_code=code,
        ended=finished.ended,
        hanging="" if ended_itself else running,
        rootdir=rootdir,
        seconds=finished.seconds,
        argv=argv,
        output_tail=output,
        finished=ended_itself,
        spectrum=spectrum,
    )


def events(report: bytes) -> Iterator[dict[str, Any]]:
    """Yield the JSON lines of a report; a line cut short by a kill is left out."""
    for line in report.split(b"\n"):
        if line:
            try:
                event = json.loads(line)
            except ValueError:
                continue
            if isinstance(event, dict) and "event" in event:
                yield event


def _test_of(event: dict[str, Any], mount: str) -> TestResult:
    outcome: Literal["passed", "failed", "skipped"] = "passed"
    if event["outcome"] in {"failed", "skipped"}:
        outcome = event["outcome"]
    failure = None
    if outcome == "failed":
        failure = failure_of(event["id"], _KINDS.get(event["phase"], FailureKind.TEST), event["chain"], mount)
    reached = tuple(str(place) for place in event.get("reached", ()))
    serves = bool(event.get("serves", False))
    return TestResult(event["id"], outcome, event["seconds"], failure, _facts(event), reached, serves)


def _facts(event: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Read the facts of an event; whatever is not a list of texts is left out."""
    facts = event.get("facts")
    pairs = facts.items() if isinstance(facts, dict) else ()
    return {k: tuple(v) for k, v in pairs if isinstance(v, list) and all(isinstance(text, str) for text in v)}


def failure_of(test_id: str, kind: FailureKind, chain: list[Any], mount: str) -> Failure:
    """Build a Failure from the exception chain that our plug-in described."""
    raised = [
        Raised(type=link["type"], message=link["message"], frames=tuple(_frame(f, mount) for f in link["frames"]))
        for link in chain
    ]
    last = raised[-1] if raised else Raised(type="", message="")
    return Failure(
        kind=kind,
        test_ids=(test_id,),
        exception=last.type,
        message=last.message,
        frames=last.frames,
        causes=tuple(raised[:-1]),
        tool="pytest",
        excerpt=f"{last.type}: {last.message}"[:8000],
    )


def _frame(parts: list[Any], mount: str) -> Frame:
    path, line, function = parts
    prefix = mount.rstrip("/") + "/"
    inside = path.startswith(prefix) and "/site-packages/" not in path
    return Frame(path=path[len(prefix) :] if inside else path, line=line, function=function, in_project=inside)
