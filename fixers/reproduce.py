"""Reproduce: run the suite, find what fails, and tell broken from flaky.

The failing tests run three times in all. A test that fails each time the same way
is broken; one that does not is flaky, and no code repair is claimed for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fixers.evidence import CommandRun, Observed, Reproduction
from fixers.flaky import explain_flaky, seek_flaky
from fixers.installed import installed_in
from fixers.model import Declined, Failure, Reason
from fixers.outage import declined_outage, outage
from fixers.project import Project
from fixers.runner.sandbox import Ended, Sandbox
from fixers.runner.suite import SuiteResult, TestResult, run_suite
from fixers.runner.target import Target
from fixers.setup_faults import declined_setup, is_setup_fault

REPEATS = 3
TEST_SECONDS = 60.0
"""A test that outlives this fails, whatever it waits for."""
_SHORTEST, _LONGER = 5.0, 10.0
_TIMED_OUT = "TestTimedOut"


@dataclass(frozen=True, slots=True)
class Green:
    """Nothing fails."""

    suite_size: int
    seconds: float
    said: str = ""
    """A sentence where it was no suite that was run."""


def reproduce(
    target: Target,
    sandbox: Sandbox,
    project: Project,
    *,
    asked: Sequence[str] = (),
    expected: Sequence[str] = (),
    reported: Sequence[Failure] = (),
    base: Target | None = None,
    test_seconds: float = TEST_SECONDS,
) -> Observed | Green | Declined:
    """Run the suite and the failing tests again.

    `asked` limits the attempt to these test ids (the user's word). `expected` are ids
    that a log named; when none of them fails here, the fault is not reproduced.
    `reported` are faults seen outside any test, for instance in production.
    `base` is the same project before the change under test, where that is known.
    """
    baseline = run_suite(target, sandbox, test_seconds=test_seconds)
    unfit = _unusable(baseline) or _set_up(target, sandbox, baseline, asked)
    failing = unfit or _to_repair(baseline, asked, expected, reported)
    if isinstance(failing, Declined) and failing.reason is Reason.NOT_REPRODUCED and expected and not asked:
        failing = seek_flaky(target, sandbox, baseline, expected, test_seconds=test_seconds) or failing
    if isinstance(failing, Green | Declined):
        return failing
    needs = {test.id: why for test in baseline.tests if test.id in set(failing) and (why := outage(test))}
    if len(needs) == len(failing):
        return declined_outage(list(needs.items()))
    failing = tuple(test for test in failing if test not in needs)
    limit = again_seconds(baseline.tests, test_seconds)
    repeats = [
        run_suite(target, sandbox, wanted=failing, rootdir=baseline.rootdir, test_seconds=limit, hash_seed=seed)
        for seed in range(1, REPEATS)  # another one each time: a test that depends on it is not broken
    ]
    broken = tuple(i for i in failing if all(i in run.ids("failed") for run in repeats))
    if not broken:
        return explain_flaky(target, sandbox, baseline, repeats, failing[0], test_seconds=limit)
    if base is not None and _red_there(base, sandbox, broken, baseline.rootdir):
        return _declined_base_is_red(broken)
    observed = _observed(baseline, repeats, broken, failing, project, limit)
    notes = tuple(f"Left alone: {test}: {why}." for test, why in list(needs.items())[:5])
    return observed.model_copy(update={"notes": (*observed.notes, *notes)})


def _set_up(target: Target, sandbox: Sandbox, baseline: SuiteResult, asked: Sequence[str]) -> Declined | None:
    """Decline where every failing test is one that pytest cannot run as it is set up."""
    failing = _chosen(baseline, asked)
    broken = [test for test in baseline.tests if not isinstance(failing, Declined) and test.id in failing]
    if not broken or not all(map(is_setup_fault, broken)):
        return None
    return declined_setup(broken, lambda: installed_in(target, sandbox))


def _observed(
    baseline: SuiteResult,
    repeats: Sequence[SuiteResult],
    broken: tuple[str, ...],
    failing: tuple[str, ...],
    project: Project,
    limit: float,
) -> Observed:
    chosen = frozenset(broken)
    flaky = [i for i in failing if i not in chosen]
    document = Reproduction(
        suite_size=max(baseline.collected, len(baseline.tests)),
        failing=broken,
        other_failures=tuple(i for i in baseline.ids("failed") if i not in chosen),
        repeats=REPEATS,
        consistent=not flaky,
        seconds=round(baseline.seconds + sum(r.seconds for r in repeats), 2),
        commands=(command_run("baseline", baseline), *(command_run("repeat", r) for r in repeats)),
    )
    failures = tuple(with_sources(t.failure, project) for t in baseline.tests if t.failure and t.id in chosen)
    notes = (f"Flaky, left alone: {', '.join(flaky[:5])}.",) if flaky else ()
    return Observed(
        reproduction=document,
        failures=failures,
        outcomes={t.id: t.outcome for t in baseline.tests},
        durations={t.id: t.seconds for t in baseline.tests},
        rootdir=baseline.rootdir,
        suite_seconds=round(baseline.seconds, 2),
        notes=notes,
        endless=tuple(t.id for t in baseline.tests if _is_endless(t)),
        test_seconds=limit,
        values=joined_facts([t for t in baseline.tests if t.id in chosen]),
    )


def again_seconds(tests: Sequence[TestResult], test_seconds: float) -> float:
    """Return how long a test may take when it runs again: far longer than the slowest one that came to its end."""
    slowest = max((t.seconds for t in tests if not _is_endless(t)), default=0.0)
    return min(test_seconds, max(_SHORTEST, _LONGER * slowest))


def joined_facts(tests: Sequence[TestResult]) -> dict[str, tuple[str, ...]]:
    """Join what failing tests told of their frames; of the same place, the first one's word."""
    facts: dict[str, tuple[str, ...]] = {}
    for test in tests:
        for key, value in test.facts.items():
            facts.setdefault(key, value)
    return facts


def _is_endless(test: TestResult) -> bool:
    return test.failure is not None and test.failure.exception.endswith(_TIMED_OUT)


def _named(failing: Sequence[str], expected: Sequence[str]) -> tuple[str, ...]:
    """Return the failing tests that a report names, written in its way: from another directory, without parameters."""

    def is_named(test: str, name: str) -> bool:
        same = test in {name, name.split("[", 1)[0], name.split("::", 1)[0]} or test.split("[", 1)[0] == name
        return same or test.endswith("/" + name) or name.endswith("/" + test)

    return tuple(test for test in failing if any(is_named(test, name) for name in expected))


def _red_there(base: Target, sandbox: Sandbox, broken: Sequence[str], rootdir: str) -> bool:
    return set(broken) <= set(run_suite(base, sandbox, wanted=broken, rootdir=rootdir).ids("failed"))


def command_run(purpose: str, result: SuiteResult, seed: int | None = None) -> CommandRun:
    """Record a suite run for the evidence."""
    return CommandRun.model_validate(
        {
            "purpose": purpose,
            "argv": result.argv,
            "exit_code": result.exit_code,
            "seconds": round(result.seconds, 2),
            "collected": result.collected,
            "passed": len(result.ids("passed")),
            "failed": len(result.ids("failed")),
            "skipped": len(result.ids("skipped")),
            "seed": seed,
        }
    )


def with_sources(failure: Failure, project: Project) -> Failure:
    """Fill in the source lines of the frames that lie in the project."""
    frames = []
    for frame in failure.frames:
        lines = project.files.get(frame.path, "").split("\n") if frame.in_project else []
        source = lines[frame.line - 1].strip() if 0 < frame.line <= len(lines) else frame.source
        frames.append(frame.model_copy(update={"source": source}))
    return failure.model_copy(update={"frames": tuple(frames)})


def _to_repair(
    baseline: SuiteResult, asked: Sequence[str], expected: Sequence[str], reported: Sequence[Failure]
) -> tuple[str, ...] | Green | Declined:
    failing = _chosen(baseline, asked)
    if isinstance(failing, Declined):
        return failing
    failing = tuple(i for i in failing if i not in {t.id for t in baseline.tests if is_setup_fault(t)})
    if not asked and expected:
        return _named(failing, expected) or _declined_not_reproduced(expected, baseline)
    if failing:
        return failing
    return _declined_untested(reported[0], baseline) if reported else Green(baseline.collected, baseline.seconds)


def _chosen(baseline: SuiteResult, asked: Sequence[str]) -> tuple[str, ...] | Declined:
    failing = baseline.ids("failed")
    if not asked:
        return failing
    known = {t.id for t in baseline.tests}
    chosen: list[str] = []
    for name in asked:
        found = [i for i in known if i == name or i.split("[", 1)[0] == name or i.split("::", 1)[0] == name]
        found = found or [i for i in failing if name.split("::", 1)[0] == i]  # its module does not even import
        if not found:
            return Declined(
                Reason.NOT_REPRODUCED,
                f"The suite has no test {name!r}.",
                "Give the id as pytest prints it, for example tests/test_x.py::test_y.",
            )
        chosen += [i for i in found if i in failing]
    if not chosen:
        return Declined(
            Reason.NOT_REPRODUCED,
            f"{asked[0]} passes here{'' if len(asked) == 1 else ', and so do the other tests that were named'}.",
            "Compare the interpreter and the package versions with those of the failing run.",
        )
    return tuple(i for i in failing if i in set(chosen))


def _unusable(run: SuiteResult) -> Declined | None:
    if run.hanging:
        return Declined(
            Reason.UNSUPPORTED,
            f"The suite did not end; it was cut during {run.hanging}.",
            "Give that test a time limit, or name the failing tests with --failing.",
        )
    if run.ended is Ended.MEMORY:
        return Declined(Reason.UNSUPPORTED, "The suite needs more memory than the sandbox gives.", "Raise the limit.")
    if run.exit_code == 5 or (run.complete and not run.tests):
        return Declined(
            Reason.UNSUPPORTED,
            "pytest collected no test here, so nothing can show a fault or prove a repair.",
            "Give the test command: --test-command 'python -m pytest path/to/tests'.",
        )
    if not run.complete:
        tail = " / ".join(line for line in run.output_tail.strip().splitlines()[-4:] if line.strip())
        return Declined(
            Reason.ENVIRONMENT_FAILED,
            f"pytest could not run (exit code {run.exit_code}): {tail[-600:]}",
            "Run the same command by hand; a plug-in that the configuration asks for may be missing.",
        )
    return None


def _declined_not_reproduced(expected: Sequence[str], baseline: SuiteResult) -> Declined:
    return Declined(
        Reason.NOT_REPRODUCED,
        f"{expected[0]} failed in the report, but {_not_so_here(baseline)}.",
        "Compare the interpreter and the package versions with those of the failing run.",
    )


def _declined_untested(failure: Failure, baseline: SuiteResult) -> Declined:
    place = next((f for f in reversed(failure.frames) if f.in_project), None)
    where = f" at {place.path}:{place.line} in {place.function}" if place else ""
    return Declined(
        Reason.NOT_REPRODUCED,
        f"{failure.exception or 'A fault'}{where} was reported, but no test shows it: all {_tests(baseline.collected)} "
        "pass here. Without a failing test no repair can be proven.",
        "Add a test that calls that place as production did and fails, and run again.",
    )


def _declined_base_is_red(broken: Sequence[str]) -> Declined:
    return Declined(
        Reason.BASE_IS_RED,
        f"{broken[0]} also fails on the base commit, so this change did not break it.",
        "Repair the base branch first; Goldseam looks at its own red runs there.",
    )


def _not_so_here(baseline: SuiteResult) -> str:
    others = len(baseline.ids("failed"))
    only = "only another test fails here" if others == 1 else f"only {others} other tests fail here"
    return only if others else f"all {_tests(baseline.collected)} pass here"


def _tests(count: int) -> str:
    return "1 test" if count == 1 else f"{count} tests"
