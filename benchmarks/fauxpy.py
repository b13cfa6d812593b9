"""FauxPy, the peer: its spectrum-based family over the same tree, tests and failing tests, in the same sandbox.

It is a pytest plug-in, so it stands in an environment of its own beside the dependencies
of the tests. It writes its report beside the tree, which therefore lies one level down.
"""

from __future__ import annotations

import csv
import shlex
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.cases import Case
from benchmarks.environment import PYTEST, environment, run_uv
from benchmarks.spent import Spent, Timed
from benchmarks.truth import Entry
from fixers.runner.sandbox import Command, Limits
from tasks.sandbox.choose import sandbox

REQUIREMENT = "fauxpy==0.7.0"
TECHNIQUES = ("Ochiai", "Dstar")
_LIMITS = Limits(wall_seconds=1200.0, cpu_seconds=300)
"""Processor time is what bounds it; other load on the machine must not make it fail."""
_MARK = "==== goldseam "
_FAILING = "failing-for-fauxpy.txt"


@dataclass(frozen=True, slots=True)
class Listed:
    """What one run said: entries with scores by technique, best first; empty with a reason when it failed."""

    entries: dict[str, list[tuple[Entry, float]]]
    spent: Spent
    why_not: str = ""


def fauxpy_environment(package: str, version: str, extra: tuple[str, ...], cache: Path) -> Path:
    """Return the interpreter of an environment with the tests' dependencies and FauxPy; NotInstalled otherwise."""
    python = environment(package, version, extra, cache)
    done = python.parents[1] / REQUIREMENT
    if not done.exists():
        # Some of what it depends on comes as sources only, which `environment` would refuse.
        run_uv(["pip", "install", "-q", "--python", str(python), PYTEST, REQUIREMENT])
        done.touch()
    return python


def run_fauxpy(case: Case, python: Path, roots: Sequence[str], granularity: str) -> Listed:
    """Run FauxPy once over a case; `roots` go on the import path, `granularity` is `function` or `statement`."""
    with tempfile.TemporaryDirectory(prefix="goldseam-peer-") as scratch:
        top = Path(scratch)
        shutil.copytree(case.tree, top / "tree")
        names = dict.fromkeys(test.split("[", 1)[0] for test in case.failing)
        (top / "tree" / _FAILING).write_text("\n".join(names) + "\n")
        command = Command(
            argv=("/bin/sh", "-c", _script(case, python, granularity)),
            tree=top,
            mount=str(top),
            cwd="tree",
            environment={
                "PYTHONPATH": ":".join(str(top / "tree" / root) for root in roots),
                "PYTHONDONTWRITEBYTECODE": "1",
                "PYTHONHASHSEED": "0",
                "CI": "true",
            },
            read_only=(python.parents[1], python.resolve().parents[1]),
            limits=_LIMITS,
        )
        box = Timed(sandbox())
        finished = box.run(command)
        text = finished.stdout.decode(errors="replace")
        entries = {name: list(_entries(text, name, top / "tree")) for name in TECHNIQUES}
    if not any(entries.values()):
        ended = f"{finished.ended}, exit code {finished.exit_code}"
        return Listed({}, box.spent, f"{ended}: {' '.join(text.split())[-200:]}")
    return Listed(entries, box.spent)


def _script(case: Case, python: Path, granularity: str) -> str:
    pytest = [
        str(python), "-m", "pytest", *case.tests, *(f"--deselect={test}" for test in case.held_back), "-q",
        "-p", "no:cacheprovider", "--color", "no",
        # coverage.py warns where a test runs none of the project; some projects turn warnings into errors.
        "-W", "ignore::coverage.exceptions.CoverageWarning",
        "--src", ".", "--exclude", f"[{','.join(case.tests)}]", "--family", "sbfl",
        "--granularity", granularity, "--top-n", "-1", "--failing-file", _FAILING,
        "--rootdir", ".",
    ]  # fmt: skip
    reports = "; ".join(f"echo '{_MARK}{name}'; cat ../FauxPyReport_*/Scores_{name}.csv" for name in TECHNIQUES)
    return f"{shlex.join(pytest)} > ../log 2>&1; tail -c 400 ../log; echo; {reports}; echo '{_MARK}end'"


def _entries(text: str, technique: str, tree: Path) -> Iterator[tuple[Entry, float]]:
    """Yield the entries of a technique's table; those no failing test ran are as good as not listed."""
    _, _, after = text.partition(f"{_MARK}{technique}\n")
    table, _, _ = after.partition(_MARK)
    rows = [row for row in csv.reader(table.splitlines()[1:]) if len(row) == 2]
    for entity, score in sorted(rows, key=lambda row: -float(row[1])):  # stable: ties stay as listed
        path, *rest = entity.split("::")
        lines = [int(part) for part in rest if part.isdigit()]
        if lines and Path(path).is_relative_to(tree) and float(score) > 0:
            yield (Path(path).relative_to(tree).as_posix(), lines[0], lines[-1]), float(score)
