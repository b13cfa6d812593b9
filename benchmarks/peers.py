"""Other ways to try a change: a lean pytest process for each, mutmut 3, cosmic-ray 8."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from benchmarks.rate import NoRate, Rate, rate_of

LEAN = (
    "-q",
    "-x",
    "--assert=plain",
    "--tb=no",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:unraisableexception",
    "-p",
    "no:doctest",
)
_ROUNDS = 5


def lean_pytest(tree: Path, python: Path, source_root: str, tests: Sequence[str]) -> Rate:
    """Run the failing tests of a tree a few times, each time in a new process with little of pytest in it."""
    environment = _environment(python, tree / source_root)
    cpu, began = 0.0, time.monotonic()
    for _ in range(_ROUNDS):
        process = subprocess.Popen(
            [python, "-m", "pytest", *LEAN, *tests], cwd=tree, env=environment, stdout=subprocess.DEVNULL
        )
        _, code, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(code)
        if process.returncode != 1:
            raise NoRate(f"pytest ended with {process.returncode} on {tree.name} where a test should fail")
        cpu += used.ru_utime + used.ru_stime
    return Rate(_ROUNDS, cpu, time.monotonic() - began)


def mutmut(tree: Path, python: Path, module: str, test: str, scratch: Path, *, seconds: float) -> Rate:
    """Let mutmut mutate one module of a sound tree and run one file of tests."""
    place = _copy(tree, scratch / "mutmut")
    top = module.split("/", maxsplit=1)[0] if not module.startswith("src/") else "src"
    (place / "setup.cfg").write_text(
        f"[mutmut]\nsource_paths={top}\nonly_mutate={module}\npytest_add_cli_args_test_selection={test}\n"
        "pytest_add_cli_args=-p no:cacheprovider\n"
    )
    for name in ("pyproject.toml", "pytest.ini", "tox.ini"):
        (place / name).unlink(missing_ok=True)
    program = [str(python.parent / "mutmut"), "run", "--max-children", "2"]
    return rate_of(program, place, _environment(python, place), lambda: _mutmut_done(place), seconds=seconds)


def cosmic_ray(tree: Path, python: Path, module: str, test: str, scratch: Path, *, seconds: float) -> Rate:
    """Let cosmic-ray mutate one module of a sound tree and run one file of tests."""
    place = _copy(tree, scratch / "cosmic-ray")
    root = "src" if module.startswith("src/") else "."
    test_command = " ".join([str(python), "-m", "pytest", *LEAN, test])
    (place / "cr.toml").write_text(
        f'[cosmic-ray]\nmodule-path = "{module}"\ntimeout = 30.0\nexcluded-modules = []\n'
        f'test-command = {json.dumps(test_command)}\n\n[cosmic-ray.distributor]\nname = "local"\n'
    )
    program = str(python.parent / "cosmic-ray")
    environment = _environment(python, place / root)
    subprocess.run(
        [program, "init", "cr.toml", "cr.sqlite"], cwd=place, env=environment, check=True, capture_output=True
    )
    session = place / "cr.sqlite"
    return rate_of(
        [program, "exec", "cr.toml", "cr.sqlite"], place, environment, lambda: _cosmic_done(session), seconds=seconds
    )


def _copy(tree: Path, place: Path) -> Path:
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(tree, place)
    return place


def _environment(python: Path, root: Path) -> dict[str, str]:
    return {
        "PATH": f"{python.parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(root),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": os.environ.get("HOME", "/"),
        "LANG": "C.UTF-8",
    }


def _mutmut_done(place: Path) -> int:
    return sum(map(_judged, place.glob("mutants/**/*.meta")))


def _judged(meta: Path) -> int:
    try:
        codes = json.loads(meta.read_text())["exit_code_by_key"].values()
    except (OSError, ValueError, KeyError):  # it is being written
        return 0
    return sum(code is not None for code in codes)


def _cosmic_done(session: Path) -> int:
    try:
        with closing(sqlite3.connect(f"file:{session}?mode=ro", uri=True)) as database:
            return int(database.execute("SELECT count(*) FROM work_results").fetchone()[0])
    except sqlite3.Error:  # locked, for a moment
        return 0
