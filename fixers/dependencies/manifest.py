"""Where a project states what it needs, and the edit that would add a distribution there."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fixers.model import FileEdit

TEST_NAMES = ("test", "tests", "testing", "dev")
_LARGEST = 1 << 20
_REQUIREMENT_FILES = ("requirements.txt", "requirements.in", "requirements/base.txt", "requirements/requirements.txt")
_TEST_REQUIREMENT_FILES = (
    "requirements-test.txt", "requirements-dev.txt", "requirements_test.txt", "requirements_dev.txt",
    "test-requirements.txt", "dev-requirements.txt", "requirements/test.txt", "requirements/dev.txt",
    *_REQUIREMENT_FILES,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Declared:
    """Where a distribution is stated already."""

    where: str
    """In words: `the extra yaml of pyproject.toml`."""
    install: str
    """What to install to get it: `-e .[yaml]`."""


def declared(tree: Path, distribution: str) -> Declared | None:
    """Return where the project states a distribution that was nevertheless not installed; None when nowhere."""
    document = _toml(tree)
    project = _table(document, "project")
    for name, stated in _table(project, "optional-dependencies").items():
        if _names(stated, distribution):
            return Declared(f"the extra {name} of pyproject.toml", f'-e ".[{name}]"')
    for name, stated in _table(document, "dependency-groups").items():
        if _names(stated, distribution):
            return Declared(f"the group {name} of pyproject.toml", f"--group {name}")
    if _names(project.get("dependencies"), distribution):
        return Declared("the dependencies of pyproject.toml", "-e .")
    for path in sorted(tree.glob("*requirements*.txt")) + sorted(tree.glob("requirements/*.txt")):
        if _names(_text(path).splitlines(), distribution):
            name = path.relative_to(tree).as_posix()
            return Declared(name, f"-r {name}")
    return None


def requirements(tree: Path, distribution: str) -> Iterator[tuple[str, str, str]]:
    """Yield where a distribution is required: path, the file's text, and the requirement as it is written there."""
    text, project = _text(tree / "pyproject.toml"), _table(_toml(tree), "project")
    groups = [project.get("dependencies"), *_table(project, "optional-dependencies").values()]
    for group in (*groups, *_table(_toml(tree), "dependency-groups").values()):
        for stated in group if isinstance(group, list) else ():
            if isinstance(stated, str) and _names([stated], distribution):
                yield "pyproject.toml", text, stated
    for path in sorted(tree.glob("*requirements*.txt")) + sorted(tree.glob("requirements/*.txt")):
        for line in _text(path).splitlines():
            if _names([line], distribution):
                yield path.relative_to(tree).as_posix(), _text(path), line.partition("#")[0].strip()


def addition(tree: Path, distribution: str, *, for_tests: bool) -> FileEdit | None:
    """Return the edit that states the distribution where others of its kind stand; None when no place is plain."""
    return next(_additions(tree, distribution, for_tests=for_tests), None)


def _additions(tree: Path, distribution: str, *, for_tests: bool) -> Iterator[FileEdit]:
    text, document = _text(tree / "pyproject.toml"), _toml(tree)
    for table, key in _lists(document, for_tests=for_tests):
        after = _with_item(text, table, key, distribution)
        if after is not None and _added(document, after, (*table.split("."), key), distribution):
            yield FileEdit("pyproject.toml", text, after)
    for name in _TEST_REQUIREMENT_FILES if for_tests else _REQUIREMENT_FILES:
        before = _text(tree / name)
        if before:
            yield FileEdit(name, before, before + ("" if before.endswith("\n") else "\n") + f"{distribution}\n")


def _lists(document: Mapping[str, object], *, for_tests: bool) -> Iterator[tuple[str, str]]:
    """Yield table and key of the lists in which the distribution would belong, the best first."""
    project = _table(document, "project")
    if for_tests:
        extras, groups = _table(project, "optional-dependencies"), _table(document, "dependency-groups")
        yield from (("project.optional-dependencies", name) for name in TEST_NAMES if name in extras)
        yield from (("dependency-groups", name) for name in TEST_NAMES if name in groups)
    if "dependencies" in project:
        yield "project", "dependencies"


def _with_item(text: str, table: str, key: str, distribution: str) -> str | None:
    """Add a string to a TOML list in the layout that it has; None when it cannot be found by its plain form."""
    head = re.search(rf"^\[{re.escape(table)}\][ \t]*(?:#.*)?$", text, re.MULTILINE)
    if head is None:
        return None
    found = re.compile(rf"^(?:{re.escape(key)}|\"{re.escape(key)}\")[ \t]*=[ \t]*\[", re.MULTILINE).search(
        text, head.end()
    )
    following = re.compile(r"^\[", re.MULTILINE).search(text, head.end())
    if found is None or (following is not None and following.start() < found.start()):
        return None
    end = _closing(text, found.end())
    if end < 0:
        return None
    body = text[found.end() : end]
    item = f'"{distribution}"'
    if "\n" not in body:
        return text[:end].rstrip(" ,") + (f", {item}" if body.strip(" ,") else item) + text[end:]
    lines = body.rstrip().split("\n")
    indent = re.match(r"[ \t]*", lines[-1])
    last = lines[-1].rstrip()
    comma = "" if last.endswith((",", "[")) or "#" in last or not last else ","
    stated = body.rstrip()
    return f"{text[: found.end()]}{stated}{comma}\n{indent[0] if indent else ''}{item},\n{text[end:]}"


def _closing(text: str, start: int) -> int:
    """Return where the list that was opened before `start` ends; -1 when it does not."""
    token = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'|#[^\n]*|[\[\]]")
    depth = 1
    for match in token.finditer(text, start):
        depth += {"[": 1, "]": -1}.get(match[0], 0)
        if not depth:
            return match.start()
    return -1


def _added(before: Mapping[str, object], after: str, keys: Sequence[str], distribution: str) -> bool:
    """Say whether the new text states one thing more, at its place, and nothing else."""
    try:
        document: object = tomllib.loads(after)
    except tomllib.TOMLDecodeError:
        return False
    return document == _replaced(before, keys, distribution)


def _replaced(document: object, keys: Sequence[str], distribution: str) -> object:
    if not keys:
        return [*document, distribution] if isinstance(document, list) else None
    if not isinstance(document, dict):
        return None
    return {**document, keys[0]: _replaced(document.get(keys[0]), keys[1:], distribution)}


def _names(stated: object, distribution: str) -> bool:
    lines = [line for line in stated if isinstance(line, str)] if isinstance(stated, list) else []
    names = (re.match(r"\s*([A-Za-z0-9][\w.-]*)", line) for line in lines)
    return any(_normal(name[1]) == _normal(distribution) for name in names if name)


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _table(document: Mapping[str, object], key: str) -> dict[str, object]:
    found = document.get(key)
    return found if isinstance(found, dict) else {}


def _toml(tree: Path) -> dict[str, object]:
    try:
        return tomllib.loads(_text(tree / "pyproject.toml"))
    except tomllib.TOMLDecodeError:
        return {}


def _text(path: Path) -> str:
    if path.is_symlink() or not path.is_file() or path.stat().st_size > _LARGEST:
        return ""
    return path.read_text(encoding="utf-8", errors="replace")
