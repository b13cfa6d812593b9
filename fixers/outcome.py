"""Draw the conclusion: what the proofs of the clusters say, as a trace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fixers.choose.hold import CLUSTERS_PROVEN, held, standing, sure
from fixers.choose.proofs import OFFERED, prove_clusters
from fixers.choose.settling import settling_test
from fixers.evidence import (
    Alternative,
    Behaviour,
    Cluster,
    Family,
    Localized,
    Observed,
    Repair,
    Trace,
)
from fixers.model import Declined, Reason, Suspect, Tier
from fixers.project import Project
from fixers.reproduce import Green
from fixers.runner.sandbox import Sandbox
from fixers.screen import PLAUSIBLE_CAP
from fixers.verify import Base, Proof, evidence_of

SUSPECTS_KEPT = 50
_NEARLY = 0.95
"""Of the seconds allowed, after which it was time that ended a search: groups of failures share it in parts."""


def green_trace(version: str, green: Green, seconds: Mapping[str, float]) -> Trace:
    """Return the trace of a suite in which nothing fails."""
    return Trace(
        goldseam_version=version,
        status="nothing_to_fix",
        sentence=green.said or f"Nothing to repair: all {green.suite_size} tests pass.",
        seconds=dict(seconds),
    )


def declined_trace(
    version: str, declined: Declined, seconds: Mapping[str, float], places: Sequence[Suspect] = ()
) -> Trace:
    """Return the trace of an attempt that ended before any candidate was made."""
    return Trace(
        goldseam_version=version,
        status="declined",
        reason=declined.reason,
        sentence=declined.sentence,
        next_step=declined.next_step,
        offers=declined.offers,
        localization=tuple(places[:SUSPECTS_KEPT]),
        seconds=dict(seconds),
    )


def conclude(
    base: Base,
    observed: Observed,
    localized: Localized,
    repair: Repair,
    sandbox: Sandbox,
    *,
    version: str,
    seed: int,
    jobs: int = 1,
) -> Trace:
    """Prove a proposal of each cluster; one proven behaviour is a fix, several are a question, none is a reason.

    What may never be proposed is proven only to be shown, so not when there is a fix.
    """
    likely = [cluster for cluster in repair.clusters if repair.picked_by or sure(cluster)][:CLUSTERS_PROVEN]
    pairs = prove_clusters(base, likely, sandbox, seed=seed, jobs=jobs)
    trace = Trace(
        goldseam_version=version,
        status="declined",
        sentence="",
        failures=observed.failures[:20],
        reproduction=observed.reproduction,
        localization=localized.suspects[:SUSPECTS_KEPT],
        families=_with_proofs(repair.families, [proof for _, proof in pairs]),
        target=base.target.provenance,
        notes=(*observed.notes, *localized.notes, *repair.notes),
    )
    proven = [(cluster, proof) for cluster, proof in pairs if proof.holds]
    stands = standing([cluster for cluster, _ in proven])
    if len(stands) == 1 and repair.budget.exhausted and not held(repair, stands[0]):
        proof = next(proof for cluster, proof in proven if cluster is stands[0])
        counts = _Counts(fell=len(pairs) - len(proven), left=len(proven) - 1)
        return _fixed(trace, base, repair, stands[0], proof, counts, sandbox=sandbox, version=version)
    if len(proven) < OFFERED:
        others = [cluster for cluster in repair.clusters if not sure(cluster)][: CLUSTERS_PROVEN - len(proven)]
        pairs += prove_clusters(base, others, sandbox, seed=seed, jobs=jobs)
        proven = [(cluster, proof) for cluster, proof in pairs if proof.holds]
    if proven:
        return _offered(trace, base.project, proven, repair)
    return _nothing(trace, repair, [proof for _, proof in pairs])


@dataclass(frozen=True, slots=True)
class _Counts:
    """What became of the other behaviours that were proven."""

    fell: int
    """At a later gate than the failing tests."""
    left: int
    """Passed every test, and left a mark that the chosen one mends."""


def _fixed(
    trace: Trace,
    base: Base,
    repair: Repair,
    cluster: Cluster,
    proof: Proof,
    counts: _Counts,
    *,
    sandbox: Sandbox,
    version: str,
) -> Trace:
    behaviour = Behaviour(
        calls=repair.calls,
        watched=repair.watched,
        clusters=len(repair.clusters),
        differs_when=cluster.differs_when,
    )
    evidence = evidence_of(base, proof, sandbox, version=version, budget=repair.budget, behaviour=behaviour)
    return trace.model_copy(
        update={
            "status": "fixed",
            "sentence": f"Fixed: {proof.proposal.path}, line {proof.proposal.line}. {proof.proposal.summary}",
            "choice": _why(repair, cluster, counts),
            "fixer": proof.proposal.fixer,
            "patch": proof.proposal.patch,
            "evidence": evidence,
        }
    )


def _why(repair: Repair, cluster: Cluster, counts: _Counts) -> str:
    if repair.picked_by:
        return f"@{repair.picked_by} picked it among the repairs that pass the failing tests; every gate passes."
    weaker = len(repair.clusters) - sum(map(sure, repair.clusters))
    alike = f"{cluster.size} repairs that behave alike {_where(repair)}" if cluster.size > 1 else "one repair"
    tried = repair.budget.validated
    made = "the one candidate that was run" if tried == 1 else f"{tried:,} candidates that were run"
    parts = [f"Of {made}, {alike} passed every test."]
    if counts.fell:
        others = f"{counts.fell} other behaviour{'s' if counts.fell > 1 else ''}"
        parts.append(f"{others} passed the failing tests and fell at a later gate.")
    if cluster.explains:
        parts.append(f"It mends what looked wrong by itself, too: {'; '.join(cluster.explains)}.")
    if counts.left:
        parts.append(f"{counts.left} other behaviour{'s' if counts.left > 1 else ''} passed every test and left that.")
    if weaker:
        parts.append(
            f"{weaker} more passed the failing tests, of a kind that often only hides a fault and is never proposed."
        )
    if cluster.proposals[0].tier == Tier.A:
        parts.append("It follows from the error itself, by rule.")
    elif cluster.proposals[0].fixer.startswith("model:"):
        parts.append("The search found none; a model proposed it, and the same gates passed it.")
    else:
        parts.append("All other edits of this place that are not far-fetched were tried.")
    return " ".join(parts)


def _where(repair: Repair) -> str:
    return f"on {repair.calls} replayed calls" if repair.calls else f"in {repair.watched} watched runs of tests"


def _offered(trace: Trace, project: Project, proven: Sequence[tuple[Cluster, Proof]], repair: Repair) -> Trace:
    """Show what is proven but must not be proposed, and say what a person has to decide."""
    alternatives = tuple(_alternative(project, cluster, proof) for cluster, proof in proven[:3])
    reason, next_step = Reason.AMBIGUOUS, "Add one of the tests shown with the alternatives, and run again."
    if not any(alternative.settling_test for alternative in alternatives):
        next_step = "Write a test of what is meant where the alternatives differ, and run again."
    likely = [cluster for cluster, _ in proven if sure(cluster)]
    if len(likely) > 1 or len(proven) > 1 > len(likely):
        sentence = f"{len(proven)} repairs pass every test, and they disagree. The tests do not say which is meant."
    elif not likely:
        sentence = "One repair passes every test, but it is of a kind that often only hides the fault."
        next_step = "Read it as a hint at the cause; apply it by hand if it is right."
    elif held(repair, likely[0]):
        sentence = held(repair, likely[0])
    else:
        reason, next_step = Reason.BUDGET_EXHAUSTED, "Read it, or run again with a larger --budget."
        sentence = f"One repair passes every test, but {_end(repair)} before the others of its place were tried."
    update = {"reason": reason, "sentence": sentence, "next_step": next_step, "alternatives": alternatives}
    return trace.model_copy(update=update)


def _end(repair: Repair) -> str:
    if repair.interrupted:
        return "you stopped it"
    return "too many alike were found" if repair.budget.plausible >= PLAUSIBLE_CAP else "the budget ended"


def _alternative(project: Project, cluster: Cluster, proof: Proof) -> Alternative:
    proposal = proof.proposal
    return Alternative(
        patch=proposal.patch,
        fixer=proposal.fixer,
        path=proposal.path,
        line=proposal.line,
        summary=proposal.summary,
        outputs=cluster.outputs,
        settling_test=settling_test(project, proposal, cluster.settling),
        objections=cluster.objections,
    )


def _nothing(trace: Trace, repair: Repair, proofs: Sequence[Proof]) -> Trace:
    reason, sentence, next_step = _reason(repair, proofs)
    return trace.model_copy(update={"reason": reason, "sentence": sentence, "next_step": next_step})


def _reason(repair: Repair, proofs: Sequence[Proof]) -> tuple[Reason, str, str]:
    budget = repair.budget
    look = "Start at the places listed under localization, the first one first."
    if proofs:
        fell = proofs[0]
        gate = next(g for g in fell.gates if not g.passed)
        if gate.name.startswith("G"):
            return Reason.REFUSED_BY_INTEGRITY, f"A repair passes the failing tests but is refused: {gate.detail}", look
        return Reason.NO_CANDIDATE, f"Every repair of the failing tests fell at another gate: {gate.detail}", look
    if repair.broken:
        sentence = f"The fault is reproduced, but no candidate could be tried: {repair.broken}."
        return Reason.UNSUPPORTED, sentence, f"{look} This is a limit of Goldseam, not of the code."
    tried = f"{budget.validated:,} candidates were run and {_how_far(repair)}"
    if repair.interrupted:
        return Reason.BUDGET_EXHAUSTED, f"Interrupted: {tried} so far.", "Run again with a larger --budget."
    if not budget.exhausted and budget.validated:
        in_time = budget.seconds_used < _NEARLY * budget.seconds
        what = "number allowed" if in_time else f"budget of {budget.seconds:g} s"
        spent = f"the {what} ended before all were tried"
        return Reason.BUDGET_EXHAUSTED, f"{tried}; {spent}.", f"{look} A larger --budget may help."
    return Reason.NO_CANDIDATE, f"{tried}.", look


def _how_far(repair: Repair) -> str:
    """Say how far the candidates came, where none came through the screen."""
    passing = sum(family.passed_failing_tests for family in repair.families)
    if not passing:
        return "none passes the failing tests"
    return f"{passing:,} of them pass{'' if passing > 1 else 'es'} the failing tests, but break others"


def _with_proofs(families: Sequence[Family], proofs: Sequence[Proof]) -> tuple[Family, ...]:
    """Count in each family the proposals that fell at a gate of the proof."""
    fallen: dict[str, dict[str, int]] = {}
    for proof in proofs:
        if not proof.holds:
            gates = fallen.setdefault(proof.proposal.fixer, {})
            gates[proof.fell_at] = gates.get(proof.fell_at, 0) + 1
    return tuple(
        f.model_copy(update={"refused": {**f.refused, **fallen[f.name]}}) if f.name in fallen else f for f in families
    )
