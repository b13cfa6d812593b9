"""Codemods of other packages, found by entry point.

A package that declares an entry point in the group `goldseam.codemods` adds a codemod
wherever it is installed beside Goldseam. Its code runs in Goldseam's own process, so
whoever installs it trusts it; but it may be broken, and then costs a sentence and no run.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import EntryPoint, entry_points

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.model import Candidate, Tier
from fixers.project import Project, is_repairable

GROUP = "goldseam.codemods"
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_SENTENCE = re.compile(r".+")


@dataclass(frozen=True, slots=True)
class Plugin:
    """A codemod that another package brought."""

    codemod: type[Codemod]
    distribution: str
    version: str

    @property
    def source(self) -> str:
        """The package and its version, as people read it."""
        return f"{self.distribution} {self.version}"


@dataclass(frozen=True, slots=True)
class Found:
    """What the entry points gave."""

    plugins: tuple[Plugin, ...]
    """By distribution, then by name of the entry point, so that their order is the same everywhere."""
    refused: tuple[str, ...]
    """A sentence for each entry point that cannot be used."""


def installed_plugins(built_in: Sequence[type[Codemod]], templates: Sequence[str] = ()) -> Found:
    """Load every codemod that an installed package declares; never raises for what such a package does.

    The names of `built_in` codemods and of search `templates` are taken.
    """
    taken = {codemod.NAME: "Goldseam" for codemod in built_in} | dict.fromkeys(templates, "Goldseam")
    plugins: list[Plugin] = []
    refused: list[str] = []
    for point in sorted(entry_points(group=GROUP), key=lambda p: (_distribution(p), p.name, p.value)):
        where = f"The codemod {point.name!r} of {_distribution(point)} {_version(point)}"
        found = _loaded(point)
        if isinstance(found, str):
            refused.append(f"{where} was left out: {found}.")
        elif found.NAME in taken:
            refused.append(f"{where} was left out: {taken[found.NAME]} has a rule called {found.NAME!r} already.")
        else:
            plugins.append(Plugin(found, _distribution(point), _version(point)))
            taken[found.NAME] = _distribution(point)
    return Found(tuple(plugins), tuple(refused))


def in_order(built_in: Sequence[type[Codemod]], plugins: Sequence[Plugin]) -> list[type[Codemod] | Plugin]:
    """Put each plug-in after the last built-in codemod of its tier, or of a better one where its tier has none."""
    order: list[type[Codemod] | Plugin] = list(built_in)
    for tier in sorted(Tier, reverse=True):
        last = max((n for n, codemod in enumerate(built_in, 1) if tier >= codemod.TIER), default=0)
        order[last:last] = [plugin for plugin in plugins if plugin.codemod.TIER is tier]
    return order


def proposals(plugin: Plugin, scene: Scene, notes: list[str]) -> Iterator[Candidate]:
    """Yield what a plug-in proposes under its own name and no better tier; what is wrong with it becomes a note.

    The first thing that is wrong ends it: a codemod that is confused once is not asked again.
    """
    name = plugin.codemod.NAME
    where = f"The codemod {name!r} of {plugin.source}"
    try:
        for candidate in plugin.codemod().propose(scene):
            wrong = _what_is_wrong(candidate, scene.project)
            if wrong:
                notes.append(f"{where} was left out: {wrong}.")
                return
            yield replace(candidate, fixer=f"codemod:{name}", tier=max(candidate.tier, plugin.codemod.TIER))
    except Exception as error:  # noqa: BLE001 - somebody else's code: whatever it raises must not end the run
        notes.append(f"{where} was left out: it raised {_told(error)}.")


def _loaded(point: EntryPoint) -> type[Codemod] | str:
    """Return the class that an entry point names, or what is wrong with it."""
    try:
        found = point.load()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - as above
        return f"loading it raised {_told(error)}"
    if not (inspect.isclass(found) and issubclass(found, Codemod)) or inspect.isabstract(found):
        return f"{point.value} is no subclass of fixers.codemods.base.Codemod with a method propose"
    return _flaw(found) or found


def _flaw(codemod: type[Codemod]) -> str:
    """Say what a class lacks for a reader and for the engine; empty when it has everything."""
    missing = [n for n in ("NAME", "TIER", "PRIOR", "MESSAGE", "VALID", "INVALID") if not hasattr(codemod, n)]
    if missing:
        return f"it lacks {', '.join(missing)}"
    flaws = (
        (not _is_text(codemod.NAME, _NAME), f"its NAME {codemod.NAME!r} is not in kebab case"),
        (not isinstance(codemod.TIER, Tier), f"its TIER {codemod.TIER!r} is no Tier"),
        (not _is_share(codemod.PRIOR), f"its PRIOR {codemod.PRIOR!r} is not between 0 and 1"),
        (not _is_text(codemod.MESSAGE, _SENTENCE), "its MESSAGE is no line of text"),
        (not _are_examples(codemod.INVALID), "it needs at least one Rewrite in INVALID"),
        (not _are_examples(codemod.VALID), "it needs at least one Rewrite in VALID"),
    )
    return next((sentence for wrong, sentence in flaws if wrong), "")


# What another package wrote is of any type, whatever the annotations say.
def _is_text(value: object, pattern: re.Pattern[str]) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_share(value: object) -> bool:
    return isinstance(value, int | float) and 0 < value <= 1


def _are_examples(value: object) -> bool:
    return isinstance(value, tuple) and bool(value) and all(isinstance(example, Rewrite) for example in value)


def _what_is_wrong(candidate: object, project: Project) -> str:
    if not isinstance(candidate, Candidate) or not candidate.edits:
        return f"it proposed {type(candidate).__name__} where a Candidate with edits was expected"
    for edit in candidate.edits:
        if edit.path not in project.files or project.files[edit.path] != edit.before:
            return f"it proposed to edit {edit.path}, which is not what the project has there"
        if not is_repairable(edit.path):
            return f"it proposed to edit {edit.path}, which no repair may touch"
        try:
            compile(edit.after, edit.path, "exec", dont_inherit=True)
        except (SyntaxError, ValueError) as error:
            return f"what it made of {edit.path} does not compile ({error})"
    return ""


def _told(error: BaseException) -> str:
    text = " ".join(str(error).split())[:200]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _distribution(point: EntryPoint) -> str:
    return point.dist.name if point.dist else "an unknown package"


def _version(point: EntryPoint) -> str:
    return point.dist.version if point.dist else ""
