"""The trees a row works on: one version's sources with another version's tests."""

from __future__ import annotations

import ast
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path


def transplant(before: Path, after: Path, tests: Sequence[str], destination: Path) -> None:
    """Lay out the version `before` at `destination`, with the paths in `tests` as they are in `after`.

    A path in `tests` is a file or a directory, relative; it replaces what stands there.
    """
    shutil.copytree(before, destination)
    for path in tests:
        _replace(after / path, destination / path)


def sources(tree: Path, tests: Sequence[str]) -> Iterator[str]:
    """Yield the Python files of a tree that are not below a test path, sorted, POSIX."""
    for path in sorted(tree.rglob("*.py")):
        name = path.relative_to(tree).as_posix()
        if not any(name == test or name.startswith(f"{test}/") for test in tests):
            yield name


def changed_sources(one: Path, other: Path, tests: Sequence[str]) -> tuple[str, ...]:
    """Return the source files that both trees have and whose programs differ, comments and layout aside."""
    common = sorted(set(sources(one, tests)) & set(sources(other, tests)))
    return tuple(name for name in common if not same_program(one / name, other / name))


def same_program(one: Path, other: Path) -> bool:
    """Say whether two files hold the same program; a file that does not parse is compared as text."""
    texts = one.read_bytes(), other.read_bytes()
    if texts[0] == texts[1]:
        return True
    try:
        return ast.dump(ast.parse(texts[0])) == ast.dump(ast.parse(texts[1]))
    except (SyntaxError, ValueError):
        return False


def _replace(source: Path, target: Path) -> None:
    if target.is_dir():
        shutil.rmtree(target)
    elif target.exists():
        target.unlink()
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target)
    elif source.exists():
        shutil.copyfile(source, target)
