"""One command over a tree in Goldseam's sandbox, remembered by what was run."""

from __future__ import annotations

import hashlib
import json
import shlex
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from fixers.runner.sandbox import Command, Ended, Limits
from tasks.environment.interpreters import interpreter_facts
from tasks.sandbox.choose import sandbox
from tasks.sandbox.export import tree_digest

_LIMITS = Limits(wall_seconds=180.0, cpu_seconds=120)
_SHOWN = 1500


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended."""

    command: str
    green: bool
    tail: str
    """The end of what it printed."""


def run(tree: Path, python: Path, command: str, cache: Path, *, environment: Mapping[str, str] | None = None) -> Ran:
    """Run a command once over a copy of a tree, or say what the same run said before.

    `python` at its beginning means the interpreter. Nothing it writes comes back.
    """
    settings = {"PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1", **(environment or {})}
    asked = f"{tree_digest(tree)}\n{python}\n{command}\n{sorted(settings.items())}"
    kept = cache / f"command-{hashlib.sha256(asked.encode()).hexdigest()[:24]}.json"
    if kept.exists():
        return Ran(**json.loads(kept.read_text()))
    ran = _run(tree, python, command, settings)
    cache.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps(asdict(ran)))
    return ran


def _run(tree: Path, python: Path, command: str, settings: Mapping[str, str]) -> Ran:
    words = shlex.split(command)
    if words[0] == "python":
        words[0] = str(python)
    finished = sandbox().run(
        Command(
            argv=tuple(words),
            tree=tree,
            mount=str(tree),
            environment=settings,
            read_only=interpreter_facts(python).read_only,
            limits=_LIMITS,
        )
    )
    green = finished.ended is Ended.EXITED and finished.exit_code == 0
    said = (finished.stdout + finished.stderr).decode(errors="replace")
    return Ran(command, green, said[-_SHOWN:])
