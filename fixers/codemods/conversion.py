"""Rewriting a project's uses of a library to what its installed release takes."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from fixers.codemods.base import Codemod, Scene
from fixers.codemods.crash import Crash, Site, crashes, nearest_site
from fixers.codemods.idle import without_idle
from fixers.codemods.shapes import Keyword, Reach, Rework, Rule, Shape, holds, is_warning, library, speaks_of
from fixers.codemods.spelling import tidied
from fixers.codemods.symbols import imports
from fixers.codemods.workfile import Workfile
from fixers.model import Candidate, Tier
from fixers.project import Project

_ROUNDS = 4
"""A use inside a use is rewritten in a round of its own."""
_HOLE = re.compile(r"\$\**\w+")
_WORD = re.compile(r"[A-Za-z_]\w*")
_LESS_SURE = 0.7
_SUMMARY = "The installed release of {} takes this in another form."
_PYTHON = "This Python version takes this in another form; what it does is the same."


def conversions(codemod: Codemod, scene: Scene, rules: Sequence[Rule]) -> Iterator[Candidate]:
    """Offer what the failures' own rules change in the whole project, then what all rules of that library change.

    One red test stands for every use of what is gone; but a use counts only where its
    form proves it, or where it stands in the line that failed.
    """
    for crash in crashes(scene):
        site = nearest_site(scene, crash)
        spoken = [rule for rule in rules if speaks_of(rule, crash.qualified, crash.message)]
        spoken = [rule for rule in spoken if _is_mentioned(scene, rule)]
        warned = is_warning(crash.qualified)
        live = [rule for rule in spoken if _applies(scene, site, rule) and holds(scene, rule, warned=warned)]
        made: list[Mapping[str, str]] = []
        for chosen in _alternatives(live):
            conversion = _convert(scene, crash, site, chosen)
            if conversion.texts and conversion.texts not in made:
                made.append(conversion.texts)
                wider = any(isinstance(rule, Rework) and rule.wider for rule in conversion.applied)
                yield from _offer(codemod, scene, site, conversion, wider=wider)
        if made:
            roots = {library(rule) for rule in live}
            others = [rule for rule in rules if library(rule) in roots and rule not in spoken and _is_certain(rule)]
            others = [rule for rule in others if _is_mentioned(scene, rule)]
            chosen = [*_alternatives(live)[0], *(rule for rule in others if holds(scene, rule, warned=False))]
            conversion = _convert(scene, crash, site, chosen)
            if conversion.texts not in made:
                yield from _offer(codemod, scene, site, conversion, wider=True)


@dataclass(frozen=True, slots=True)
class Conversion:
    """New texts, the failing file's first, and the rules that made them."""

    texts: Mapping[str, str]
    applied: tuple[Rule, ...]


def converted(
    project: Project, path: str, rules: Sequence[Rule], line: int = 0, said: str = ""
) -> tuple[str, list[Rule]]:
    """Return a file's text with every use that the rules know rewritten, and the rules that changed something.

    `line` is where the failure stands: rules that hold for that line only are used there.
    """
    text = before = project.text(path)
    applied: list[Rule] = []
    expressions = [rule for rule in rules if not isinstance(rule, Rework)]
    for number in range(_ROUNDS):
        work = Workfile.of(project, path, text, line if number == 0 else 0)
        after = work.rewritten(expressions) if work else text
        if work is None or after == text:
            break
        applied += work.applied
        text = after
    for rework in rules:
        work = Workfile.of(project, path, text, line, said) if isinstance(rework, Rework) else None
        if work is not None and isinstance(rework, Rework):
            rework.apply(work)
            if work.edits.changes:
                text = work.edits.text()
                applied.append(rework)
    return (tidied(project, path, without_idle(before, text)) if text != before else text), applied


def _is_mentioned(scene: Scene, rule: Rule) -> bool:
    """Say whether some file may hold the old form: to ask the environment costs a start of its interpreter."""
    match rule:
        case Shape():
            words = set(_WORD.findall(_HOLE.sub("", rule.old))) - {"False", "None", "True"}
        case Keyword():
            words = {rule.callee.rpartition(".")[2], rule.old or rule.callee.partition(".")[0]}
            words = {rule.old} if rule.family or rule.reach is Reach.LINE else words
        case Rework():
            words = {rule.library} - {"builtins"}
    return any(all(word in text for word in words) for text in scene.project.files.values())


def _applies(scene: Scene, site: Site | None, rule: Rule) -> bool:
    """Say whether a failure may be this rule's: it shows where, or says it in so many words of a library in use."""
    if isinstance(rule, Shape) and rule.receiver:
        return site is not None
    roots = {library(rule)}
    return bool(site or rule.message) and any(_reaches(scene.project, path, roots) for path in scene.project.files)


def _alternatives(live: Sequence[Rule]) -> list[list[Rule]]:
    """Return the rules with the first way to rewrite each old form, then with the second way, and so on."""
    ways: dict[str, list[Rule]] = {}
    for rule in live:
        match rule:
            case Shape():
                key = rule.old
            case Keyword():
                key = f"{rule.callee}:{rule.old}:{rule.value}:{rule.new.partition('=')[0]}"
            case Rework():
                key = rule.message
        ways.setdefault(key, []).append(rule)
    most = max((len(way) for way in ways.values()), default=0)
    return [[way[min(number, len(way) - 1)] for way in ways.values()] for number in range(most)]


def _is_certain(rule: Rule) -> bool:
    """Say whether a rule may be used where no failure asked for it."""
    return rule.tier is Tier.A and not (isinstance(rule, (Shape, Keyword)) and rule.reach is Reach.LINE)


def _convert(scene: Scene, crash: Crash, site: Site | None, rules: Sequence[Rule]) -> Conversion:
    """Rewrite the failing file, and beside it the files that import the library."""
    roots = {library(rule) for rule in rules}
    texts: dict[str, str] = {}
    applied: list[Rule] = []
    for path in sorted(scene.project.repairable(), key=lambda path: (site is None or path != site.path, path)):
        here = site is not None and path == site.path
        if not here and not _may_use(scene.project, path, roots):
            continue
        line = site.line if site is not None and here else 0
        after, used = converted(scene.project, path, rules, line, crash.message)
        if after != scene.project.text(path):
            texts[path] = after
            applied += used
    return Conversion(texts, tuple(applied))


def _reaches(project: Project, path: str, roots: set[str]) -> bool:
    if "builtins" in roots:
        return True
    if not any(root in project.text(path) for root in roots):
        return False
    return any(origin.module.partition(".")[0] in roots for origin in imports(project, path).values())


def _may_use(project: Project, path: str, roots: set[str]) -> bool:
    """Say whether a file imports a library, or a module of the project that does."""
    if _reaches(project, path, roots):
        return True
    modules = {module for origin in imports(project, path).values() for module in (origin.module, origin.dotted)}
    homes = {home for module in modules if (home := project.path_of(module)) is not None}
    return any(_reaches(project, home, roots) for home in homes) or _is_given(project, path, roots)


def _is_given(project: Project, path: str, roots: set[str]) -> bool:
    """Say whether a file that imports a library imports this one too: what it passes may be the library's."""
    module = project.module_name(path)
    users = (other for other in project.files if module.rpartition(".")[2] in project.text(other))
    return any(
        _reaches(project, other, roots)
        and any(module in {origin.module, origin.dotted} for origin in imports(project, other).values())
        for other in users
    )


def _offer(
    codemod: Codemod, scene: Scene, site: Site | None, conversion: Conversion, *, wider: bool = False
) -> Iterator[Candidate]:
    texts, applied = conversion.texts, conversion.applied
    tier = max((rule.tier for rule in applied), default=Tier.B)
    path = next(iter(texts))
    at_site = site is not None and site.path == path
    yield from codemod.offer(
        scene,
        texts,
        summary=_summary(applied),
        line=site.line if site is not None and at_site else _first_change(scene.project.text(path), texts[path]),
        function=site.function if site is not None and at_site else "",
        prior=codemod.PRIOR if tier is Tier.A else _LESS_SURE,
        tier=tier,
        wider=wider,
    )


def _summary(applied: Sequence[Rule]) -> str:
    libraries = sorted({library(rule) for rule in applied if rule.since})
    return _SUMMARY.format(" and ".join(libraries)) if libraries else _PYTHON


def _first_change(before: str, after: str) -> int:
    matcher = difflib.SequenceMatcher(None, before.splitlines(), after.splitlines(), autojunk=False)
    return next((start + 1 for tag, start, _, _, _ in matcher.get_opcodes() if tag != "equal"), 1)
