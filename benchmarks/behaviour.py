"""Does a patch do what the truth does? Asked of calls that the tests make, and of mutants of those calls.

The replay is the product's own, which groups candidates by it; here it compares one
candidate with the truth, which the product never sees, and over more tests than it takes.
"""

from __future__ import annotations

import ast
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.cases import Case
from benchmarks.source import functions
from benchmarks.suite import command, run_tests
from benchmarks.trees import changed_sources
from fixers.model import FileEdit
from fixers.runner.servers import ServerGone, first_line, fork_evaluator
from fixers.runner.swap import swap_of
from fixers.search.mutation import Swap
from tasks.prepare import Wishes, prepare
from tasks.sandbox.choose import sandbox

ENOUGH = 5
"""Calls that must have been compared before they say anything."""
_CALLS, _MUTANTS = 120, 1200
_TESTS = 400
_UNSTEADY = 0.1
"""Calls that do otherwise when made again, beside those that do not, after which nothing is said."""
_TEST_SECONDS = 5.0
_SECONDS, _WALL = 90.0, 180.0


@dataclass(frozen=True, slots=True)
class Compared:
    """What was seen of a patch and of the truth on the same calls."""

    calls: int
    """None were compared when 0."""
    apart: str = ""
    """A call that tells them apart, and what each does; empty when none does."""
    recorded: bool = False
    """Whether a test makes that call; otherwise it was made up."""
    note: str = ""
    """Why nothing was compared."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """The columns of a comparison: what runs in which tree."""

    tree: Path
    variants: tuple[tuple[str, Swap], ...]
    truth: int
    """Which column it is; 0 is the tree as it stands. The patch is the one after it."""
    again: int
    """The truth once more: where it differs from itself, chance or the clock speak."""


def compare(case: Case, edits: Sequence[FileEdit], cache: Path) -> Compared:
    """Replay calls of what the truth and a patch change; what cannot be swapped into a live process is not compared."""
    plan = _planned(case, edits)
    if plan is None:
        return Compared(0, note="more changes than the body of one function")
    tests = run_tests(case.truth, case.python, command(case.tests), cache).passed
    try:
        answer = _asked(plan, case, _first(case, tests))
    except ServerGone as gone:
        return Compared(0, note=f"the process that replays calls ended: {str(gone)[-100:]}")
    if int(answer.get("calls", 0)) < ENOUGH or not answer.get("returning"):
        return Compared(0, note="too few calls could be replayed")
    if int(answer["unsteady"]) > _UNSTEADY * int(answer["calls"]):
        return Compared(0, note="the truth itself does not do the same twice")
    if answer["behaviours"][plan.truth] == answer["behaviours"][plan.truth + 1]:
        return Compared(int(answer["calls"]))
    return _apart(answer, plan)


def _planned(case: Case, edits: Sequence[FileEdit]) -> _Plan | None:
    swap = swap_of(edits[0].before, edits[0].after) if len(edits) == 1 else None
    if swap is None:
        return None
    path = edits[0].path
    changed = changed_sources(case.tree, case.truth, case.tests)
    right = swap_of(_text(case.tree / changed[0]), _text(case.truth / changed[0])) if len(changed) == 1 else None
    if right is not None:
        truth = (changed[0], right)
        return _Plan(case.tree, (truth, (path, swap), truth), truth=1, again=3)
    # The truth is more than one function: the patch's function is put into the truth's file, if it is one of its.
    own = dict(functions(ast.parse(_text(case.truth / path)))).get(swap.qualname)
    if path not in changed or own is None:
        return None
    patched = Swap(swap.qualname, own.lineno, swap.source)
    own.decorator_list = []
    again = Swap(swap.qualname, own.lineno, ast.unparse(own))
    return _Plan(case.truth, ((path, patched), (path, again)), truth=0, again=2)


def _first(case: Case, tests: frozenset[str]) -> list[str]:
    """Return the tests of the bug, then those of the same files, then the others."""
    own = [*case.failing, *case.held_back]
    files = {test.split("::")[0] for test in own}
    others = sorted(tests - set(own), key=lambda test: (test.split("::")[0] not in files, test))
    return [*own, *others][:_TESTS]


def _asked(plan: _Plan, case: Case, tests: list[str]) -> dict[str, Any]:
    wishes = Wishes(python=case.python, test_command=tuple(shlex.split(command(case.tests))))
    request = prepare(plan.tree, mount=str(plan.tree), cache=plan.tree, wishes=wishes)
    with fork_evaluator(
        request.target, sandbox(), request.project, tests=tests, rootdir="", jobs=1, wall=_SECONDS
    ) as evaluator:
        server = evaluator.collected
        if server is None:
            return {}
        places = dict.fromkeys((path, swap.qualname, swap.line) for path, swap in plan.variants)
        number = server.submit(
            kind="compare",
            observe=[
                {"path": path, "qualname": name, "line": first_line(request.project, path, line)}
                for path, name, line in places
            ],
            variants=[evaluator.change(path, swap) for path, swap in plan.variants],
            tests=tests,
            cap=_CALLS,
            mutants=_MUTANTS,
            test_seconds=_TEST_SECONDS,
            seconds=_SECONDS,
            wall=_WALL,
        )
        return server.take(number, _WALL)


def _apart(answer: dict[str, Any], plan: _Plan) -> Compared:
    calls, truth, patched = int(answer["calls"]), plan.truth, plan.truth + 1
    swapped = [row for row in answer["rows"] if "?" not in row["outcomes"]]
    if not swapped and answer["rows"]:
        return Compared(0, note="a change that no running code can take over")
    steady = [row for row in swapped if row["outcomes"][truth] == row["outcomes"][plan.again]]
    rows = [row for row in steady if row["outcomes"][truth] != row["outcomes"][patched]]
    rows.sort(key=lambda row: (row["origin"] != "recorded", len(row["call"])))
    if not rows and answer["behaviours"][truth] != answer["behaviours"][plan.again]:
        return Compared(0, note="the truth itself does not do the same twice")
    if not rows:
        return Compared(calls, apart="a call that is not shown")
    row = rows[0]
    said = f"{row['call']}: {row['outcomes'][truth]} in the truth, {row['outcomes'][patched]} with the patch"
    return Compared(calls, apart=said[:300], recorded=row["origin"] == "recorded")


def _text(path: Path) -> str:
    return path.read_bytes().decode(errors="replace")
