"""Choose among plausible candidates by what they do, not by how they read.

Tests over-accept: correct patches are rare among those that pass (Long and Rinard,
2016). Candidates are replayed on recorded and invented calls, and watched while tests
run; those that behave alike form a cluster. One cluster may be proposed, if nothing
speaks against it; several are a question for a person.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from fixers.choose.dead_work import idle
from fixers.choose.guards import comes_later
from fixers.choose.hold import CLUSTERS_PROVEN
from fixers.choose.marks import mended
from fixers.choose.objections import objections
from fixers.choose.order import Key, Weigher
from fixers.choose.replay import Comparison, compare
from fixers.choose.settling import settling_pairs
from fixers.choose.skipped import skipped
from fixers.choose.strangers import strange
from fixers.choose.twins import guessed
from fixers.choose.watch import WATCHED, Watched, difference, watch
from fixers.evidence import Cluster, Proposal
from fixers.guidance import is_named
from fixers.hunt import Hunt, Plausible
from fixers.model import Candidate, Tier
from fixers.patch import unified
from fixers.search.render import Unrenderable

KEPT = 3
COMPARED = 80
"""Plausible candidates compared by what they do, the likeliest ones."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Clusters, the most likely one first."""

    clusters: tuple[Cluster, ...]
    calls: int = 0
    returning: int = 0
    settled: int = 0
    watched: int = 0
    notes: tuple[str, ...] = field(default=())


@dataclass(slots=True)
class _Group:
    """Candidates that behave alike, the likeliest first."""

    members: list[Plausible]
    number: int | None
    """Of the column of the comparison that holds what they do; None when no call could be replayed."""
    watched: Watched = field(default_factory=Watched)
    strange: tuple[str, ...] = ()
    """What speaks against the likeliest member by the types that it brings."""
    objections: tuple[str, ...] = ()
    explains: tuple[str, ...] = ()
    """What looked wrong by itself, and no longer does with the likeliest member."""


def select(hunt: Hunt, changed: Mapping[str, Collection[int]] | None = None) -> Selection:
    """Group the plausible candidates of a hunt by behaviour; `changed` are the lines of the commit under test.

    A behaviour that a person declined is left out, in whatever words it comes back.
    """
    weigher = Weigher(hunt.project, changed or {})
    unique = _distinct(hunt.plausible, weigher)
    if not unique:
        return Selection(())
    comparison = compare(hunt, [p for p in unique if p.swap is not None])
    groups = sorted(_groups(unique, comparison, weigher), key=lambda g: _key(g, weigher))
    before = _watch(hunt, groups)
    groups = _with_later_guards(_documented(hunt, _merged(groups), before))
    for group in groups:
        first = group.members[0]
        group.objections = (
            *group.strange,
            *objections(
                group.members, group.number, comparison, asked_for=is_named(first.origin, hunt.guidance, hunt.project)
            ),
            *idle(hunt.project, first),
            *skipped(hunt.spectrum, hunt.raising, first.origin),
        )
    for group in _likely(groups, weigher):
        group.objections += guessed(hunt, group.members[0])
    for group in groups if len(groups) > 1 else ():
        group.explains = mended(hunt.project, group.members[0])
    groups.sort(key=lambda g: (bool(g.objections), g.members[0].origin.tier, not g.explains, _key(g, weigher)))
    wanted = [group for group in groups if not _declined(hunt, group)]
    clusters = [_cluster(hunt, group, comparison, groups) for group in wanted]
    return Selection(
        clusters=tuple(c for c in clusters if c.proposals),
        calls=comparison.calls,
        returning=comparison.returning,
        settled=comparison.settled,
        watched=len(before.runs),
        notes=(*((comparison.note,) if comparison.note else ()), *_left_out(len(groups) - len(wanted))),
    )


def _declined(hunt: Hunt, group: _Group) -> bool:
    """Say whether a person declined any member of a group; members that cannot be written were never shown."""
    if not hunt.guidance.declined:
        return False
    return any(hunt.guidance.is_declined(proposal(candidate).patch) for candidate in _written(hunt, group.members))


def _left_out(count: int) -> tuple[str, ...]:
    return (f"{count} behaviour{'s' if count > 1 else ''} that a reviewer declined left out.",) if count else ()


def _likely(groups: Sequence[_Group], weigher: Weigher) -> list[_Group]:
    """Return the groups that may be proposed and have nothing said against them, as many as are proven."""
    open_ones = [g for g in groups if not g.objections and g.members[0].origin.tier is Tier.B]
    return sorted(open_ones, key=lambda g: _key(g, weigher))[:CLUSTERS_PROVEN]


def proposal(candidate: Candidate) -> Proposal:
    """Return the candidate as a document."""
    return Proposal(
        patch=unified(candidate.edits),
        fixer=candidate.fixer,
        tier=int(candidate.tier),
        prior=candidate.prior,
        summary=candidate.summary,
        path=candidate.path,
        line=candidate.line,
        function=candidate.function,
    )


def _distinct(plausible: Sequence[Plausible], weigher: Weigher) -> list[Plausible]:
    """Keep one candidate per program, the best ranked one."""
    kept: dict[str, Plausible] = {}
    for one in sorted(plausible, key=lambda p: p.rank):
        kept.setdefault(one.meaning(), one)
    return sorted(kept.values(), key=weigher.key)[:COMPARED]


def _groups(unique: Sequence[Plausible], comparison: Comparison, weigher: Weigher) -> list[_Group]:
    groups: dict[str, _Group] = {}
    number = 0
    for index, plausible in enumerate(unique):
        column, behaviour = None, f"unreplayed {index}"
        if plausible.swap is not None:
            number += 1
            if comparison.calls:
                column, behaviour = number, comparison.behaviours[number]
        groups.setdefault(behaviour, _Group([], column)).members.append(plausible)
    for group in groups.values():
        group.members = weigher.ordered(group.members)
    return list(groups.values())


def _key(group: _Group, weigher: Weigher) -> Key:
    """Order by the likeliest member; of equally likely ones by the votes of independent edits, then the smaller."""
    best = min(map(weigher.key, group.members))
    return (*best[:3], -len(group.members), *best[3:])


def _watch(hunt: Hunt, groups: Sequence[_Group]) -> Watched:
    """Watch the code before, which is returned, and candidates of each group, the likeliest of all groups first.

    Where another member of a group brings no strange types, it takes the first place.
    """
    turns = [(depth, group) for depth in range(KEPT) for group in groups if depth < len(group.members)][:WATCHED]
    before, *after = watch(hunt, [group.members[depth] for depth, group in turns]) or (Watched(),)
    seen: dict[int, list[tuple[tuple[str, ...], int, Watched]]] = {}
    for (depth, group), watched in zip(turns, after, strict=False):
        found = strange(hunt.project, group.members[depth], before.types, watched.types)
        seen.setdefault(id(group), []).append((found, depth, watched))
    for group in groups:
        if id(group) in seen:
            group.strange, depth, group.watched = min(seen[id(group)], key=lambda each: (len(each[0]), each[1]))
            group.members.insert(0, group.members.pop(depth))
    return before


def _merged(groups: Sequence[_Group]) -> list[_Group]:
    """Join what could not be replayed with what it does the same as in enough changed runs of tests."""
    kept: list[_Group] = []
    for group in groups:
        alike = next(
            (g for g in kept if None in {g.number, group.number} and g.watched.does_as(group.watched)),
            None,
        )
        if alike is None:
            kept.append(group)
        else:
            alike.members += group.members
            alike.number = alike.number if alike.number is not None else group.number
    return kept


def _with_later_guards(groups: Sequence[_Group]) -> list[_Group]:
    """Put what is the guard of another group further down behind it: it is tried where the earlier one falls."""
    kept = list(groups)
    for group in groups:
        first = group.members[0]
        earlier = next((g for g in kept if g is not group and comes_later(first, g.members[0])), None)
        if earlier is not None:
            earlier.members += group.members
            kept.remove(group)
    return kept


def _documented(hunt: Hunt, groups: Sequence[_Group], before: Watched) -> list[_Group]:
    """Leave out what breaks an example of the documentation, and what leaves one broken that others mend."""
    mended = {n for g in groups for n, good in g.watched.doctests.items() if good and not before.doctests.get(n, True)}
    kept = []
    for group in groups:
        said = group.watched.doctests
        if all(said.get(n, True) for n, good in before.doctests.items() if good or n in mended):
            kept.append(group)
        else:
            for plausible in group.members:
                hunt.counts(plausible.origin.fixer).refuse("documentation")
    return kept


def _cluster(hunt: Hunt, group: _Group, comparison: Comparison, groups: Sequence[_Group]) -> Cluster:
    number = group.number
    rows = sorted(comparison.rows, key=lambda r: (r["origin"] != "recorded", len(r["call"])))
    outputs: list[tuple[str, str]] = []
    settling: tuple[tuple[str, str], ...] = ()
    if number is not None:
        between = [r for r in rows if len({r["outcomes"][g.number] for g in groups if g.number is not None}) > 1]
        outputs = [(str(r["call"]), str(r["outcomes"][number])) for r in between[:5]]
        settling = settling_pairs(between, number, comparison.behaviours)
    if not outputs:
        outputs = _seen_apart(group, groups)
    return Cluster(
        proposals=tuple(proposal(candidate) for candidate in islice(_written(hunt, group.members), KEPT)),
        size=len(group.members),
        outputs=tuple(outputs),
        settling=settling,
        differs_when=_differs(comparison, number),
        newly_raising=comparison.raising[number] if number is not None else 0,
        objections=group.objections,
        explains=group.explains,
        seen=number is not None or group.watched.heard > 0,
        touched=comparison.changed[number] if number is not None else 0,
    )


def _seen_apart(group: _Group, groups: Sequence[_Group]) -> list[tuple[str, str]]:
    """Return what a behaviour does where another one does otherwise, as it was watched."""
    pairs = [difference(group.watched, other.watched) for other in groups if other is not group]
    return list(dict.fromkeys((call, does) for call, does, _ in pairs if call))[:5]


def _written(hunt: Hunt, group: Sequence[Plausible]) -> Iterator[Candidate]:
    """Yield what can be written in the author's layout; the rest is counted as refused."""
    for plausible in group:
        try:
            yield plausible.candidate(hunt.project)
        except Unrenderable:
            hunt.counts(plausible.origin.fixer).refuse("render")


def _differs(comparison: Comparison, number: int | None) -> tuple[str, ...]:
    if number is None:
        return ()
    changed = [r for r in comparison.rows if r["outcomes"][0] != r["outcomes"][number]]
    changed.sort(key=lambda r: (r["origin"] != "recorded", len(r["call"])))
    told = (f"{r['call']}: {r['outcomes'][0]} before, {r['outcomes'][number]} after" for r in changed)
    return tuple(dict.fromkeys(told))[:5]
