"""Every maker of candidates as a reader sees it: codemods, codemods of other packages, search templates."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Iterator
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
        changed = [line for line in diff if line[0] in "-+"]
        old = next((line[2:].strip() for line in changed if line[0] == "-"), "")
        new = next((line[2:].strip() for line in changed if line[0] == "+"), "")
        return f"{old} → {new}" if old and new else f"+ {new}" if new else f"- {old}"


def all_rules(found: Found | None = None) -> Iterator[Rule]:
    """Yield codemods, those of other packages among them, then templates, then repairs of what tools find, in order."""
    found = plugins() if found is None else found
    for entry in in_order(CODEMODS, found.plugins):
        if isinstance(entry, Plugin):
            yield _codemod(entry.codemod, entry.source)
        else:
            yield _codemod(entry, BUILT_IN)
    for template in TEMPLATES:
        yield _template(template)
    for repair in REPAIRS:
        yield _finding(repair)


def plugins() -> Found:
    """Return the codemods of other packages; no name of a rule of ours may be theirs."""
    return installed_plugins(CODEMODS, [*(kind.NAME for kind in TEMPLATES), *(kind.NAME for kind in REPAIRS)])


def _codemod(codemod: type[Codemod], source: str) -> Rule:
    example = codemod.INVALID[0]
    return Rule(
        kind="codemod",
        name=codemod.NAME,
        tier=codemod.TIER,
        prior=codemod.PRIOR,
        message=codemod.MESSAGE,
        why=inspect.cleandoc(codemod.__doc__ or ""),
        before=example.before,
        after=example.after,
        left_alone=tuple(dict.fromkeys(near.before for near in codemod.VALID)),
        source=source,
        measured=_measured(f"codemod:{codemod.NAME}") if source == BUILT_IN else None,
    )


def _template(template: type[Template]) -> Rule:
    example = template.INVALID[0]
    return Rule(
        kind="search",
        name=template.NAME,
        tier=template.TIER,
        prior=template.PRIOR,
        message=template.SUMMARY,
        why=inspect.cleandoc(template.__doc__ or ""),
        before=example.before,
        after=example.after,
        left_alone=template.VALID,
        source=BUILT_IN,
        measured=_measured(f"search:{template.NAME}"),
    )


def _finding(repair: type[FindingRepair]) -> Rule:
    example = repair.INVALID[0]
    return Rule(
        kind="codemod",
        name=repair.NAME,
        tier=repair.TIER,
        prior=repair.PRIOR,
        message=repair.MESSAGE,
        why=inspect.cleandoc(repair.__doc__ or ""),
        before=example.before,
        after=example.after,
        left_alone=tuple(dict.fromkeys(near.before for near in repair.VALID)),
        source=BUILT_IN,
        measured=_measured(f"codemod:{repair.NAME}"),
    )


def _measured(fixer: str) -> Measured | None:
    return precision().rules.get(fixer)
