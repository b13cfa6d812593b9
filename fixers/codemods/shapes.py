"""Rules of the form "this call of a library is written like that now", and whether they hold.

A rule holds in an environment when the installed release lacks what the rule replaces and
has what it puts there. Where the type of a call's receiver is not known, the rule says
how far its form alone is proof.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

import libcst as cst

from fixers.codemods.base import Scene
from fixers.codemods.patterns import object_name, objects, pattern
from fixers.codemods.signatures import of_printed
from fixers.model import Tier

if TYPE_CHECKING:
    from fixers.codemods.workfile import Workfile


_MODULES = {"scikit-learn": "sklearn", "pyjwt": "jwt", "pyyaml": "yaml"}
"""Modules that go by another name than their distribution."""


class Reach(IntEnum):
    """How far the form of a call is proof of what it is."""

    LINE = 1
    """Other things are written so too: only where the failure shows it."""
    LIBRARY = 2
    """Whoever imports the library and writes this means it."""


@dataclass(frozen=True, slots=True)
class Shape:
    """An expression of a library and what it has become."""

    old: str
    new: str
    since: str
    """Distribution and the first release that refuses the old form or warns of it: `pandas 2.0`; empty for Python 3."""
    receiver: str = ""
    """Dotted types, space between, that lost the attribute which `old` reads of its first hole."""
    message: str = ""
    """What the failure says, a regular expression over `type: message`; derived from what is gone unless given."""
    tier: Tier = Tier.A
    reach: Reach = Reach.LIBRARY
    used: bool = False
    """Only where the value is used: `list.append` has none."""
    unless: str = ""
    """A form that `old` matches too and that is right as it is."""

    @property
    def attribute(self) -> str:
        """What is read of the receiver."""
        found = re.search(r"^\$\w+\.(\w+)", self.old)
        return found[1] if found else ""


@dataclass(frozen=True, slots=True)
class Keyword:
    """An argument that goes by another name now, takes another value, or is gone."""

    callee: str
    """Dotted function or class."""
    old: str
    new: str
    """Another name; `name=value` when the value changes too; empty when the argument had no effect any more.

    `name=value` with an empty `old` is an argument that became required.
    """
    since: str
    value: str = ""
    """Only where this literal is passed, as source."""
    message: str = ""
    method: bool = False
    """Whether the callee is a method, which is known by its name and the keyword."""
    family: bool = False
    """Whether every class of the callee's module takes the same."""
    without: str = ""
    """Not where this other keyword is passed."""
    position: int = 0
    """Where a new argument stands; for those that `old` is empty for."""
    tier: Tier = Tier.A
    reach: Reach = Reach.LIBRARY
    """With LINE, whatever the failing line calls with this keyword: a subclass, for example."""


@dataclass(frozen=True, slots=True)
class Rework:
    """A rewriting that is more than one expression."""

    library: str
    since: str
    message: str
    apply: Callable[[Workfile], None]
    """Puts the edits of one file; it is asked again for what its first answer left."""
    needs: tuple[str, ...] = ()
    """Dotted names that have to be there."""
    tier: Tier = Tier.A
    wider: bool = False
    """Does more than another of the same message: only when that does not suffice."""


Rule = Shape | Keyword | Rework


def is_warning(exception: str) -> bool:
    """Say whether an exception is a deprecation that a filter made an error."""
    return exception.endswith("Warning") or "Deprecat" in exception


def library(rule: Rule) -> str:
    """Return the module at the root of what a rule is about."""
    if isinstance(rule, Rework):
        return rule.library
    if isinstance(rule, Keyword):
        return rule.callee.partition(".")[0]
    named = rule.receiver or next(iter(sorted(objects(pattern(rule.old)))), "")
    distribution = rule.since.partition(" ")[0]
    return named.partition(".")[0] or _MODULES.get(distribution, distribution) or "builtins"


def speaks_of(rule: Rule, exception: str, message: str) -> bool:
    """Say whether a failure is what a rule's old form raises."""
    if isinstance(rule, Rework) or rule.message:
        return re.search(rule.message, f"{exception}: {message}") is not None
    warned = is_warning(exception)
    if isinstance(rule, Keyword):
        name = rule.callee.rpartition(".")[2]
        refused = re.search(
            rf"(?:\b{name}|__init__|__new__)\(\) got an unexpected keyword argument '{rule.old}'", message
        )
        return refused is not None or (warned and re.search(rf"\W{rule.old}\W", message) is not None)
    if rule.receiver:
        types = "|".join(re.escape(dotted.rpartition(".")[2]) for dotted in rule.receiver.split())
        gone = re.search(rf"'(?:[\w.]+\.)?(?:{types})' object has no attribute '{rule.attribute}'", message)
        return gone is not None or (warned and re.search(rf"\b{rule.attribute}\b", message) is not None)
    return any(_says_gone(dotted, message, warned=warned) for dotted in objects(pattern(rule.old)))


def holds(scene: Scene, rule: Rule, *, warned: bool) -> bool:
    """Check a rule against the installed release; `warned` says that the old form may still be there."""
    distribution, _, release = rule.since.partition(" ")
    installed = scene.installed.version(distribution) if distribution else ""
    if installed and release and _numbers(installed) < _numbers(release):
        return False
    match rule:
        case Rework():
            return installed is not None and all(_exists(scene, dotted) for dotted in rule.needs)
        case Keyword():
            return _keyword_holds(scene, rule, warned=warned)
        case Shape():
            return _shape_holds(scene, rule, warned=warned)


def _says_gone(dotted: str, message: str, *, warned: bool) -> bool:
    module, _, name = dotted.rpartition(".")
    forms = (
        rf"(?:[Mm]odule|type object) '(?:[\w.]+\.)?{re.escape(module.rpartition('.')[2])}' has no attribute '{name}'",
        rf"cannot import name '{name}' from '{re.escape(module)}'",
        rf"No module named '(?:{'|'.join(map(re.escape, _homes(module)))})'",
        rf"`?\b{name}`?.{{0,40}}\b(?:removed|moved|deprecated)\b"
        if warned
        else rf"`[\w.]*\b{name}`.{{0,20}}\bremoved\b",
    )
    return any(re.search(form, message) for form in forms)


def _homes(module: str) -> list[str]:
    """Return a module and the packages around it: when a package is gone, only its own name is said."""
    parts = module.split(".")
    return [".".join(parts[: count + 1]) for count in range(len(parts))]


def _shape_holds(scene: Scene, rule: Shape, *, warned: bool) -> bool:
    new = pattern(rule.new)
    if not all(_exists(scene, dotted) for dotted in objects(new)) or not _binds(scene, new):
        return False
    if warned or rule.message:
        return not rule.since or scene.installed.version(rule.since.partition(" ")[0]) is not None
    if rule.receiver:
        known = [names for dotted in rule.receiver.split() if (names := scene.installed.names(dotted)) is not None]
        return any(rule.attribute not in names for names in known)
    return any(not _exists(scene, dotted) for dotted in objects(pattern(rule.old)))


def _keyword_holds(scene: Scene, rule: Keyword, *, warned: bool) -> bool:
    module, _, name = rule.callee.rpartition(".")
    printed = scene.installed.parameters(module, name)
    if printed is None:
        return bool(rule.message) and scene.installed.version(rule.since.partition(" ")[0]) is not None
    signature = of_printed(printed)
    new = rule.new.partition("=")[0]
    if new and new not in signature.keywords and not signature.takes_any_keyword:
        return False
    gone = rule.old not in signature.keywords
    return bool(warned or rule.message or rule.value or gone)


def _exists(scene: Scene, dotted: str) -> bool:
    module, _, name = dotted.rpartition(".")
    if not module:
        return scene.installed.names(dotted) is not None
    return name in (scene.installed.names(module) or ()) or scene.installed.names(dotted) is not None


def _binds(scene: Scene, new: cst.BaseExpression) -> bool:
    """Say whether the keywords that a rule writes are parameters of what it calls; True where that is unknown."""
    callee = object_name(new.func) if isinstance(new, cst.Call) else ""
    module, _, name = callee.rpartition(".")
    printed = scene.installed.parameters(module, name) if module else None
    if printed is None or not isinstance(new, cst.Call):
        return True
    signature = of_printed(printed)
    written = [arg.keyword.value for arg in new.args if arg.keyword is not None]
    return signature.takes_any_keyword or all(keyword in signature.keywords for keyword in written)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])
