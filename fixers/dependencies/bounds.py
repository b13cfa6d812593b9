"""An installed release outside those that have what the code uses: found, shown with its evidence, offered as a bound.

Which release a project wants is a person's to say, so the manifest is never edited by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.version import InvalidVersion, Version

from fixers.codemods.base import Scene
from fixers.codemods.crash import Crash, crashes
from fixers.dependencies.gone import GONE
from fixers.dependencies.manifest import requirements
from fixers.model import FileEdit, Offer
from fixers.patch import unified

_NAMED = re.compile(
    r"module '(?P<module>[\w.]+)' has no attribute '(?P<name>\w+)'|cannot import name '(?P<imported>\w+)' from "
    r"'(?P<home>[\w.]+)'|No module named '(?P<missing>[\w.]+)'|"
    r"(?:type object )?'(?P<type>[\w.]+)'(?: object)? has no attribute '(?P<attribute>\w+)'|"
    r"`np\.(?P<np>\w+)` was removed"
)
_LOWER = {">", ">=", "~=", "=="}
_UPPER = {"<", "<=", "==", "~=", "==="}


@dataclass(frozen=True, slots=True)
class Outside:
    """A use of what the installed release does not have."""

    distribution: str
    installed: str
    release: str
    """The first without it."""
    name: str
    place: str
    """`path:line` of the use."""


def bound_offers(scene: Scene, tree: Path) -> tuple[Offer, ...]:
    """Return an offer for each distribution of which the failures show that another release is meant."""
    found: dict[str, Outside] = {}
    for crash in crashes(scene, "AttributeError", "ImportError", "ModuleNotFoundError"):
        for outside in _outside(scene, crash):
            found.setdefault(outside.distribution, outside)
    return tuple(_offer(outside, tree) for outside in found.values() if not _is_meant(outside, tree))


def bounded(tree: Path, distribution: str, bound: str) -> FileEdit | None:
    """Return the edit that adds an upper bound where the manifest states a distribution without one."""
    for path, text, stated in requirements(tree, distribution):
        requirement = _requirement(stated)
        if requirement is None or {clause.operator for clause in requirement.specifier} & _UPPER:
            continue
        head, marker, rest = stated.partition(";")
        comma = "," if requirement.specifier else ""
        after = f"{head.rstrip()}{comma}{bound}{' ' if marker else ''}{marker}{rest}"
        if text.count(stated) == 1 or f'"{stated}"' in text:
            quoted = f'"{stated}"' if f'"{stated}"' in text else stated
            return FileEdit(path, text, text.replace(quoted, quoted.replace(stated, after), 1))
    return None


def _outside(scene: Scene, crash: Crash) -> Iterator[Outside]:
    frame = next((frame for frame in reversed(crash.frames) if frame.in_project), None)
    named = _NAMED.search(crash.message)
    if frame is None or named is None:
        return
    for dotted, since in GONE.items():
        distribution, _, release = since.partition(" ")
        if not _is_named(dotted, named):
            continue
        installed = scene.installed.version(distribution)
        if installed and _is_at_least(installed, release):
            yield Outside(distribution, installed, release, dotted, f"{frame.path}:{frame.line}")


def _is_named(dotted: str, named: re.Match[str]) -> bool:
    home, _, name = dotted.rpartition(".")
    if named["missing"]:
        return named["missing"] == dotted or named["missing"].startswith(f"{dotted}.")
    if named["np"]:
        return dotted == f"numpy.{named['np']}"
    if named["type"]:
        return name == named["attribute"] and home.rpartition(".")[2] == named["type"].rpartition(".")[2]
    module, attribute = (named["module"], named["name"]) if named["module"] else (named["home"], named["imported"])
    return dotted == f"{module}.{attribute}"


def _is_at_least(installed: str, release: str) -> bool:
    try:
        return Version(installed) >= Version(release)
    except InvalidVersion:
        return False


def _is_meant(outside: Outside, tree: Path) -> bool:
    """Say whether the manifest asks for the release that dropped the name, or a later one: the code is to follow."""
    stated = [_requirement(text) for _, _, text in requirements(tree, outside.distribution)]
    least = [clause for one in stated if one is not None for clause in one.specifier if clause.operator in _LOWER]
    return any(_is_at_least(clause.version.removesuffix(".*"), outside.release) for clause in least)


def _offer(outside: Outside, tree: Path) -> Offer:
    name, bound = outside.distribution, f"<{outside.release}"
    installed = f"{name} {outside.installed} is installed"
    use = f"{outside.place} uses `{outside.name}`, which {name} dropped in {outside.release}"
    stated = next(iter(requirements(tree, name)), None)
    requirement = _requirement(stated[2]) if stated is not None else None
    if stated is not None and requirement is not None and not requirement.specifier.contains(outside.installed):
        title = f"Install {stated[2]}, as {stated[0]} states it: {installed}, and {use}."
        return Offer(kind="dependency", title=title, text=f'pip install "{stated[2]}"')
    edit = bounded(tree, name, bound)
    return Offer(
        kind="dependency",
        title=f"State {name}{bound} until the code does without it: {installed}, and {use}.",
        text=f'pip install "{name}{bound}"',
        patch=unified([edit]) if edit is not None else "",
    )


def _requirement(text: str) -> Requirement | None:
    try:
        return Requirement(text)
    except InvalidRequirement:
        return None
