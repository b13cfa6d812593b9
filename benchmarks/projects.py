"""Small projects of our own, each kept in one text: as it is broken, as it is right, and what judges a repair.

A text begins with TOML about the case. Files follow, each under a line `-- path --`; under `-- hidden: path --`
stands a file that only the judge adds. A line of a file belongs to all variants, unless it begins with a mark:

    -|    total = numpy.product(shape)     the broken tree
    +|    total = numpy.prod(shape)        the right one
    ?|    total = shape[0]                 a wrong one that the visible tests let pass

A file of which a variant has no line does not exist there.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

Variant = Literal["broken", "right", "wrong"]

_HEAD = re.compile(r"^-- (hidden: )?(\S+) --$")
_MARKS: Mapping[str, Variant] = {"-|": "broken", "+|": "right", "?|": "wrong"}
_FACTS = frozenset({"about", "kind", "environment", "command", "checks"})


@dataclass(frozen=True, slots=True)
class Project:
    """A case as it is written down."""

    name: str
    about: str
    kind: str
    environment: str
    """Which of the shared environments it needs."""
    command: str
    """What the repair is given to run, as a user types it; `python` means the environment's interpreter."""
    files: Mapping[str, tuple[str, ...]]
    """By path: lines, with their marks and ends."""
    hidden: Mapping[str, str]
    """Tests by path that only the judge runs."""
    checks: tuple[str, ...] = ()
    """Further commands that must succeed on a repaired tree."""

    def tree(self, variant: Variant) -> dict[str, str]:
        """Return the texts of a variant by path."""
        texts = {path: "".join(_chosen(lines, variant)) for path, lines in self.files.items()}
        return {path: text for path, text in texts.items() if text or not self.files[path]}

    def has(self, variant: Variant) -> bool:
        """Say whether some line is marked for a variant."""
        return any(_MARKS.get(line[:2]) == variant for lines in self.files.values() for line in lines)


class BadProject(Exception):
    """Raised when a text cannot be read as a project; the sentence names the text."""


def names(directory: Path) -> tuple[str, ...]:
    """Return the names of the projects in a directory, sorted, without reading them."""
    return tuple(sorted(path.stem for path in directory.glob("*.txt")))


def load(directory: Path, name: str) -> Project:
    """Read one project; BadProject when it is not there or not well formed."""
    try:
        return read(name, (directory / f"{name}.txt").read_text(encoding="utf-8"))
    except OSError as error:
        raise BadProject(f"There is no project {name} in {directory.name}.") from error


def read(name: str, text: str) -> Project:
    """Read a project from its text; BadProject when it is not well formed."""
    header, files, hidden = _split(text)
    try:
        facts: dict[str, Any] = tomllib.loads(header)
    except tomllib.TOMLDecodeError as error:
        raise BadProject(f"{name}: its head is no TOML: {error}.") from error
    if unknown := sorted({*facts} - _FACTS):
        raise BadProject(f"{name}: its head says {', '.join(unknown)}, which means nothing.")
    if missing := sorted({"about", "kind", "environment"} - {*facts}):
        raise BadProject(f"{name}: its head does not say {', '.join(missing)}.")
    return Project(
        name=name,
        about=facts["about"],
        kind=facts["kind"],
        environment=facts["environment"],
        command=facts.get("command", "python -m pytest"),
        files={path: tuple(lines) for path, lines in files.items()},
        hidden={path: "".join(lines) for path, lines in hidden.items()},
        checks=tuple(facts.get("checks", ())),
    )


def lay(texts: Mapping[str, str], home: Path) -> Path:
    """Write texts below `home` in a directory named by what they say, unless they stand there; return it."""
    key = sha256(repr(sorted(texts.items())).encode()).hexdigest()[:12]
    tree = home.with_name(f"{home.name}-{key}")
    if not tree.exists():
        unfinished = tree.with_name(f".{tree.name}.unfinished")
        for path, text in texts.items():
            file = unfinished / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode())
        unfinished.replace(tree)
    return tree


def _split(text: str) -> tuple[str, dict[str, list[str]], dict[str, list[str]]]:
    header: list[str] = []
    files: dict[str, list[str]] = {}
    hidden: dict[str, list[str]] = {}
    into = header
    for line in text.splitlines(keepends=True):
        if head := _HEAD.match(line.rstrip("\n")):
            into = (hidden if head[1] else files).setdefault(head[2], [])
        else:
            into.append(line)
    return "".join(header), files, hidden


def _chosen(lines: tuple[str, ...], variant: Variant) -> Iterator[str]:
    for line in lines:
        mark = _MARKS.get(line[:2])
        if mark is None or mark == variant:
            yield line if mark is None else line[2:]
