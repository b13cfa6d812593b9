"""Prove behaviours, several at once, and no more of them than an answer needs."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from fixers.evidence import Cluster
from fixers.runner.sandbox import Sandbox
from fixers.verify import Base, Proof, prove

PROPOSALS_TRIED = 2
OFFERED = 3
"""Behaviours shown to a person at most; when so many are proven, no further one is."""

Pair = tuple[Cluster, Proof]


def prove_clusters(base: Base, clusters: Sequence[Cluster], sandbox: Sandbox, *, seed: int, jobs: int) -> list[Pair]:
    """Prove a proposal of each cluster, in order, `jobs` at once; each proof runs in sandboxes of its own."""
    pairs: list[Pair] = []
    with ThreadPoolExecutor(max_workers=max(1, jobs)) as pool:
        for start in range(0, len(clusters), max(1, jobs)):
            group = clusters[start : start + max(1, jobs)]
            proofs = pool.map(lambda cluster: _prove_cluster(base, cluster, sandbox, seed), group)
            pairs += zip(group, proofs, strict=True)
            if sum(proof.holds for _, proof in pairs) >= OFFERED:
                break
    return pairs


def _prove_cluster(base: Base, cluster: Cluster, sandbox: Sandbox, seed: int) -> Proof:
    proof = prove(base, cluster.proposals[0], sandbox, seed=seed)
    for other in cluster.proposals[1:PROPOSALS_TRIED]:
        if proof.holds:
            break
        proof = prove(base, other, sandbox, seed=seed)
    return proof
