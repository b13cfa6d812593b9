"""One run of a tree's tests in Goldseam's sandbox, remembered by what was run.

Other people's code runs here too, so it runs where repository code always runs.
What a run says is the only thing taken from the product: which ids passed and failed.
"""

from __future__ import annotations

import hashlib
import json
import shlex
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from fixers.runner.sandbox import Limits
from fixers.runner.suite import run_suite
from tasks.prepare import Wishes, prepare
from tasks.sandbox.choose import sandbox
from tasks.sandbox.export import tree_digest

_SECONDS = 600.0
_TEST_SECONDS = 60.0
"""What one test may take; longer is a failure."""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Ids by outcome; `complete` when pytest came to its own end."""

    passed: frozenset[str]
    failed: frozenset[str]
    complete: bool
    seconds: float
    tail: str = ""
    """The end of the output where a run was not complete."""


def command(tests: Sequence[str], hidden: Sequence[str] = ()) -> str:
    """Return the test command for paths, with some tests kept from the run."""
    return shlex.join(["python", "-m", "pytest", *tests, *(f"--deselect={test}" for test in hidden)])


def run_tests(
    tree: Path,
    python: Path,
    test_command: str,
    cache: Path,
    *,
    wall: float = _SECONDS,
    test_seconds: float = _TEST_SECONDS,
) -> Outcomes:
    """Run the tests of a tree once, or say what the same run said before, whatever its limits were."""
    key = hashlib.sha256(f"{tree_digest(tree)}\n{python}\n{test_command}".encode()).hexdigest()[:24]
    kept = cache / f"{key}.json"
    if kept.exists():
        return _read(json.loads(kept.read_text()))
    wishes = Wishes(python=python, test_command=tuple(shlex.split(test_command)))
    request = prepare(tree, mount=str(tree), cache=cache / "unused", wishes=wishes)
    result = run_suite(request.target, sandbox(), limits=Limits(wall_seconds=wall), test_seconds=test_seconds)
    outcomes = Outcomes(
        passed=frozenset(result.ids("passed")),
        failed=frozenset(result.ids("failed")),
        complete=result.complete,
        seconds=result.seconds,
        tail="" if result.complete else result.output_tail[-600:],
    )
    cache.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps(asdict(outcomes), default=sorted))
    return outcomes


def _read(document: dict[str, Any]) -> Outcomes:
    return Outcomes(**{**document, "passed": frozenset(document["passed"]), "failed": frozenset(document["failed"])})
