"""Why the only repair that passes everything may still not be proposed, in words for a person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fixers.evidence import Cluster, Repair
from fixers.hunt import FELL
from fixers.model import Tier
from fixers.runner.evaluator import Status
from fixers.search.templates.flow import SuperfluousStatement

CLUSTERS_PROVEN = 4
_RAISING_LEAST, _RAISING_SHARE = 3, 0.2
_DELETION = f"search:{SuperfluousStatement.NAME}"


def held(repair: Repair, cluster: Cluster) -> str:
    """Return the sentence that says what forbids to propose a proven repair unasked; empty when nothing does."""
    return next(_reasons(repair, cluster), "")


def _reasons(repair: Repair, cluster: Cluster) -> Iterator[str]:
    if repair.picked_by:
        return  # a person has read it beside the others
    if unproven(repair, cluster):
        yield (
            f"{len(repair.clusters)} behaviours pass the failing tests. Of the {CLUSTERS_PROVEN} likeliest one passes "
            "every test; the others were not proven."
        )
    if tests_are_weak(repair):
        yield "One repair passes every test, but so does leaving a statement out: the tests say too little here."
    if cluster.proposals[0].tier == Tier.A:
        return  # it follows from the error, so what it changes elsewhere is what the error was about
    if raises_anew(repair, cluster):
        yield (
            f"One repair passes every test, but of {repair.returning} calls like those that the tests make, "
            f"{cluster.newly_raising} that gave a result raise with it."
        )
    if cluster.objections:
        yield f"One repair passes every test, but something speaks against it: {'; '.join(cluster.objections)}."
    if not cluster.seen:
        yield "One repair passes every test, but nothing could be seen of what else it does."


def sure(cluster: Cluster) -> bool:
    """Say whether a cluster holds an edit of a kind that may be proposed at all."""
    return cluster.proposals[0].tier != Tier.C


def standing(clusters: Sequence[Cluster]) -> list[Cluster]:
    """Return those of several proven behaviours that stand against each other.

    One that mends what looked wrong by itself stands above those that leave it or some of it, unless one of them
    follows from the error: the mark is a second witness, and hardly ever there by chance.
    """
    if any(cluster.proposals[0].tier == Tier.A for cluster in clusters):
        return list(clusters)
    return [one for one in clusters if not any(set(one.explains) < set(other.explains) for other in clusters)]


def unproven(repair: Repair, chosen: Cluster) -> int:
    """Count the behaviours that might stand against the chosen one, had there been time to prove them."""
    rivals = [
        cluster for cluster in repair.clusters if sure(cluster) and not set(cluster.explains) < set(chosen.explains)
    ]
    return max(0, len(rivals) - CLUSTERS_PROVEN)


def raises_anew(repair: Repair, cluster: Cluster) -> bool:
    """Say whether a repair raises on many calls, like those that tests make, that gave a result before."""
    return cluster.newly_raising > max(_RAISING_LEAST, _RAISING_SHARE * repair.returning)


def tests_are_weak(repair: Repair) -> bool:
    """Say whether the tests pass without a statement of the found place: then they say too little of any repair."""
    deleting = [family for family in repair.families if family.name == _DELETION]
    return any(f.passed_failing_tests > f.refused.get(FELL[Status.BREAKS], 0) for f in deleting)
