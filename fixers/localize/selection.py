"""Which passing tests to probe where the whole suite would take too long.

Ochiai's formula needs some passing tests that run the same functions as the failing
ones, not all of them. So tests of the failing files come first, then those of files
that import what the failing tests ran, nearest first, and then a random sample.
"""

from __future__ import annotations

import ast
import random
from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from pathlib import PurePosixPath

from fixers.project import Project

MOST_TESTS, MOST_SECONDS = 300, 10.0
"""Of passing tests that are probed."""
_FAR = 9
_OF_FAILING_FILES, _OF_A_FILE = 2, 6
"""Failing files get at most one part in so many of the tests, any other file one in so many."""


def passing_to_probe(
    project: Project,
    failing: Sequence[str],
    reached: Collection[str],
    passing: Mapping[str, float],
    seed: int,
) -> tuple[str, ...]:
    """Choose among the passing tests, given with their seconds; `reached` are the files that the failing tests ran.

    The same arguments give the same tests. They are returned in run order.
    """
    by_file: dict[str, list[str]] = {}
    for test in passing:
        by_file.setdefault(test.split("::", 1)[0], []).append(test)
    chance = random.Random(seed)  # noqa: S311 - a sample, no secret
    for tests in by_file.values():
        chance.shuffle(tests)
    red = {test.split("::", 1)[0] for test in failing}
    near = sorted(by_file, key=lambda f: (f not in red, *_nearness(project, f, red, reached), f))
    chosen: dict[str, None] = {}
    left = MOST_SECONDS

    def take(tests: Sequence[str], most: int) -> None:
        nonlocal left
        for test in tests:
            if len(chosen) < MOST_TESTS and most > 0 and passing[test] <= left and test not in chosen:
                chosen[test] = None
                most -= 1
                left -= passing[test]

    for file in near:
        if file in red or _nearness(project, file, red, reached)[0] < _FAR:
            take(by_file[file], MOST_TESTS // (_OF_FAILING_FILES if file in red else _OF_A_FILE))
    rest = sorted(passing.keys() - chosen.keys())
    chance.shuffle(rest)
    take(rest, MOST_TESTS)
    return tuple(test for test in passing if test in chosen)


def imports_of(project: Project, path: str) -> frozenset[str]:
    """Return the project's files that a file imports by itself, at any level of its code."""
    try:
        tree = project.tree(path)
    except (KeyError, SyntaxError):
        return frozenset()
    package = PurePosixPath(path).parent.as_posix()
    modules = (name for node in ast.walk(tree) for name in _modules(node, project, package))
    return frozenset(found for name in modules if (found := project.path_of(name)) is not None)


def _modules(node: ast.AST, project: Project, package: str) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            home = PurePosixPath(package)
            for _ in range(node.level - 1):
                home = home.parent
            base = ".".join(part for part in (project.module_name((home / "__init__.py").as_posix()), base) if part)
        yield base
        yield from (f"{base}.{alias.name}" for alias in node.names)


def _nearness(project: Project, file: str, red: Collection[str], reached: Collection[str]) -> tuple[int, float]:
    """Return how many imports lie between a test file and what the failing tests ran, and how unlike its name is."""
    stem = _stem(file)
    likeness = max((SequenceMatcher(None, stem, _stem(f)).ratio() for f in (*red, *reached)), default=0.0)
    return _distance(project, file, reached), -round(likeness, 3)


def _distance(project: Project, file: str, reached: Collection[str]) -> int:
    seen, waiting = {file}, deque([(file, 0)])
    while waiting:
        path, steps = waiting.popleft()
        for found in imports_of(project, path) - seen:
            if found in reached:
                return steps + 1
            seen.add(found)
            if steps + 1 < _FAR:
                waiting.append((found, steps + 1))
    return _FAR


def _stem(path: str) -> str:
    return PurePosixPath(path).stem.removeprefix("test_").removesuffix("_test")
