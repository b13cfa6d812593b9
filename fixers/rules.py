"""Every maker of candidates as a reader sees it: codemods, codemods of other packages, search templates."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from fixers.codemods.base import Codemod
from fixers.codemods.plugins import Found, Plugin, in_order, installed_plugins
from fixers.codemods.registry import ALL as CODEMODS
from fixers.measured import Measured, precision
from fixers.model import Tier
from fixers.search.registry import ALL as TEMPLATES
from fixers.search.template import Template
from fixers.tools.repairs.base import FindingRepair
from fixers.tools.repairs.registry import ALL as REPAIRS

TIERS = {
    Tier.A: "may be proposed once it is proven: it follows from the error",
    Tier.B: "may be proposed when all candidates that pass behave alike",
    Tier.C: "is never proposed by itself, only shown as an alternative",
}
BUILT_IN = "Goldseam"


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of repair."""

    kind: Literal["codemod", "search"]
    name: str
    tier: Tier
    prior: float
    message: str
    """What is wrong, in a sentence."""
    why: str
    """Why that is a bug and what is done about it, from the class's own docstring."""
    before: str
    after: str
    left_alone: tuple[str, ...]
    """Near misses: code that it must not touch."""
    source: str
    """`Goldseam`, or the package that brought it, with its version."""
    measured: Measured | None
    """None when no benchmark has seen it propose anything."""

    @property
    def example(self) -> str:
        """The first line that differs in the example, before and after."""
        diff = difflib.ndiff(self.before.splitlines(), self.after.splitlines())
        changed = [line for line in diff if line[0] in "-+" and line[2:].strip()]
        old = next((line[2:].strip() for line in changed if line[0] == "-"), "")
        new = next((line[2:].strip() for line in changed if line[0] == "+"), "")
        return f"{old} → {new}" if old and new else f"+ {new}" if new else f"- {old}"


def all_rules(found: Found | None = None) -> Iterator[Rule]:
    """Yield codemods, those of other packages among them, then templates, then repairs of what tools find, in order."""
    found = plugins() if found is None else found
    for entry in in_order(CODEMODS, found.plugins):
        if isinstance(entry, Plugin):
            yield _of_code(entry.codemod, entry.source)
        else:
            yield _of_code(entry)
    for template in TEMPLATES:
        yield _of_search(template)
    for repair in REPAIRS:
        yield _of_code(repair)


def plugins() -> Found:
    """Return the codemods of other packages; no name of a rule of ours may be theirs."""
    return installed_plugins(CODEMODS, [*(kind.NAME for kind in TEMPLATES), *(kind.NAME for kind in REPAIRS)])


def _of_code(family: type[Codemod | FindingRepair], source: str = BUILT_IN) -> Rule:
    example, near = family.INVALID[0], [near.before for near in family.VALID]
    return _rule("codemod", family, family.MESSAGE, (example.before, example.after), near, source)


def _of_search(family: type[Template]) -> Rule:
    example = family.INVALID[0]
    return _rule("search", family, family.SUMMARY, (example.before, example.after), family.VALID, BUILT_IN)


def _rule(
    kind: Literal["codemod", "search"],
    family: type[Codemod | FindingRepair | Template],
    message: str,
    example: tuple[str, str],
    near: Iterable[str],
    source: str,
) -> Rule:
    return Rule(
        kind=kind,
        name=family.NAME,
        tier=family.TIER,
        prior=family.PRIOR,
        message=message,
        why=inspect.cleandoc(family.__doc__ or ""),
        before=example[0],
        after=example[1],
        left_alone=tuple(dict.fromkeys(near)),
        source=source,
        measured=precision().rules.get(f"{kind}:{family.NAME}") if source == BUILT_IN else None,
    )
