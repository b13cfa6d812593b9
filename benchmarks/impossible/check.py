"""Does each case hold what it promises? It fails, and what makes it impossible can be seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.projects import Project, Variant, lay
from benchmarks.sandboxed import run

_RUNS = 40
"""So many runs of a case of chance have to show both outcomes."""
_CHANCE: Mapping[str, str] = {"flaky": "RUN", "hash-seed": "PYTHONHASHSEED"}
"""By kind: which variable of the environment makes one run another."""


def faults(project: Project, python: Path, cache: Path) -> Iterator[str]:
    """Yield a sentence for each promise that a case does not keep."""
    runs = _Runs(project, python, cache)
    if project.kind in _CHANCE:
        if not runs.both_ways(_CHANCE[project.kind]):
            yield f"{_RUNS} runs ended alike"
    elif runs.green("broken", project.command):
        yield f"`{project.command}` passes"
    for command in project.checks:
        if not runs.green("broken", command):
            yield f"`{command}` fails"
    for variant in _repairs(project):
        if not runs.green(variant, project.command):
            yield f"`{project.command}` fails on the {variant} tree"
    if project.hidden and not runs.hidden_green("right"):
        yield "the hidden tests fail on the right tree"
    if project.hidden and runs.hidden_green("wrong"):
        yield "the hidden tests do not tell the right tree from the wrong one"


@dataclass(frozen=True, slots=True)
class _Runs:
    project: Project
    python: Path
    cache: Path

    def green(self, variant: Variant, command: str, environment: Mapping[str, str] | None = None) -> bool:
        return self._green(self.project.tree(variant), command, environment)

    def hidden_green(self, variant: Variant) -> bool:
        hidden = self.project.hidden
        command = f"python -m pytest -q {' '.join(sorted(hidden))}"
        return self._green({**self.project.tree(variant), **hidden}, command)

    def both_ways(self, variable: str) -> bool:
        seen = set()
        for number in range(_RUNS):
            seen.add(self.green("broken", self.project.command, {variable: str(number)}))
            if len(seen) == 2:
                return True
        return False

    def _green(self, texts: Mapping[str, str], command: str, environment: Mapping[str, str] | None = None) -> bool:
        tree = lay(texts, self.cache / "trees" / f"impossible-{self.project.name}")
        return run(tree, self.python, command, self.cache / "runs", environment=environment).green


def _repairs(project: Project) -> Iterator[Variant]:
    for variant in ("right", "wrong"):
        if project.has(variant):
            yield variant
