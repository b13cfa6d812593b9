"""Several faults at once: mend each group of failing tests by itself, then everything together.

No single edit turns the tests green when they fail for two reasons. Localization tells
groups apart that no one place explains; each gets a search of its own, and what mends
all groups together is one candidate, screened and proven on all failing tests.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice, product

from fixers import patch as patches
from fixers.checks.integrity import integrity_gates
from fixers.evidence import Cluster, FailureGroup, Proposal
from fixers.hunt import Hunt
from fixers.model import Candidate, Failure, Suspect, Tier
from fixers.project import Project
from fixers.repair import search, try_candidates
from fixers.select import select

MOST = 4
"""Groups that are mended one by one; more say that something else is wrong."""
BEHAVIOURS = 3
"""Behaviours of a group's repairs that are combined with those of the others."""
COMBINED = 9
RESERVED = 0.5
"""Of the time and the candidates for the search, what is kept for groups when there are several."""

Rules = Callable[[Hunt, Sequence[Failure]], object]
"""Asks the codemods for candidates that mend these failures, and has them tried."""


def search_groups(
    hunt: Hunt,
    groups: Sequence[FailureGroup],
    suspects: Sequence[Suspect],
    failures: Sequence[Failure],
    literals: Sequence[object],
    rules: Rules,
) -> None:
    """Search for one edit that mends everything; where there is none and several faults, for an edit of each.

    Rules were asked for everything already. They are asked for each fault before the search.
    """
    if not 1 < len(groups) <= MOST:
        search(hunt, suspects, failures, literals)
        return
    _ask_rules(hunt, groups, failures, literals, rules)
    whole = hunt.deadline, hunt.budget_candidates
    _narrow(hunt, RESERVED)
    search(hunt, suspects, failures, literals)
    if not hunt.plausible and hunt.cut != "interrupted":
        hunt.deadline, hunt.budget_candidates = whole
        _search_each(hunt, groups, suspects, failures, literals)


def _ask_rules(
    hunt: Hunt, groups: Sequence[FailureGroup], failures: Sequence[Failure], literals: Sequence[object], rules: Rules
) -> None:
    found: list[tuple[Proposal, ...]] = []
    for group in groups:
        part = _part(hunt, group, 1)
        rules(part, _of(group, failures))
        proposals = _proposals(part, literals)
        if not proposals:
            return
        found.append(proposals)
    try_candidates(hunt, islice(_together(hunt, found), COMBINED))


def _search_each(
    hunt: Hunt,
    groups: Sequence[FailureGroup],
    suspects: Sequence[Suspect],
    failures: Sequence[Failure],
    literals: Sequence[object],
) -> None:
    found: list[tuple[Proposal, ...]] = []
    exhausted = True
    for number, group in enumerate(groups):
        part = _part(hunt, group, len(groups) - number)
        search(part, suspects, _of(group, failures), literals)
        proposals = _proposals(part, literals)
        hunt.cost, hunt.cut = part.cost, part.cut
        exhausted = exhausted and part.exhausted
        if not proposals:
            return
        found.append(proposals)
        hunt.notes.append(_told(number, group, proposals[0]))
    hunt.cut = ""
    hunt.budget_candidates += COMBINED
    try_candidates(hunt, islice(_together(hunt, found), COMBINED))
    hunt.exhausted = exhausted


def _of(group: FailureGroup, failures: Sequence[Failure]) -> list[Failure]:
    return [failure for failure in failures if set(failure.test_ids) & set(group.tests)]


def _proposals(part: Hunt, literals: Sequence[object]) -> tuple[Proposal, ...]:
    """Return one proposal of each behaviour that mends a part, the likeliest first."""
    return tuple(_allowed(part.project, cluster, literals) for cluster in select(part).clusters[:BEHAVIOURS])


def _allowed(project: Project, cluster: Cluster, literals: Sequence[object]) -> Proposal:
    """Return the first proposal of a behaviour that no gate of integrity refuses, else the first one."""

    def passes(proposal: Proposal) -> bool:
        edits = patches.apply(proposal.patch, project.files)
        return all(gate.passed for gate in integrity_gates(edits, test_literals=literals))

    return next(filter(passes, cluster.proposals), cluster.proposals[0])


def _narrow(hunt: Hunt, share: float) -> None:
    """Leave a hunt so much of its time and of its candidates."""
    now = time.monotonic()
    hunt.deadline = now + share * max(0.0, hunt.deadline - now)
    hunt.budget_candidates = hunt.generated + int(share * (hunt.budget_candidates - hunt.generated))


def _part(hunt: Hunt, group: FailureGroup, left: int) -> Hunt:
    tests = frozenset(group.tests)
    failing = tuple(test for test in hunt.failing if test in tests)
    part = replace(hunt, failing=failing, plausible=[], partial=[], excessive=[], tried=set(), cut="", _quick={})
    _narrow(part, 1 / left)
    return part


def _together(hunt: Hunt, found: Sequence[Sequence[Proposal]]) -> Iterator[Candidate]:
    """Yield one repair of each group as one candidate, the likeliest first; two that meet in one place are left out."""
    ranked = sorted(product(*found), key=lambda parts: (max(p.tier for p in parts), -math.prod(p.prior for p in parts)))
    for parts in ranked:
        try:
            edits = patches.apply_together([part.patch for part in parts], hunt.project.files)
        except patches.PatchDoesNotApply:
            continue
        first = parts[0]
        yield Candidate(
            edits=edits,
            fixer="+".join(dict.fromkeys(part.fixer for part in parts)),
            tier=Tier(max(part.tier for part in parts)),
            prior=math.prod(part.prior for part in parts),
            summary=" ".join(part.summary for part in parts),
            path=first.path,
            line=first.line,
            function=first.function if all(p.function == first.function for p in parts) else "",
        )


def _told(number: int, group: FailureGroup, best: Proposal) -> str:
    tests = "one test" if len(group.tests) == 1 else f"{len(group.tests)} tests"
    place = f"{best.path}, line {best.line}"
    return f"Fault {number + 1}, {tests} ({group.signature}): mended alone at {place}. {best.summary}"
