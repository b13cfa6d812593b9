"""Ask what candidates do inside the tests themselves, as they are and with a constant changed.

Calls that cannot be made again, of objects with handles or of whole modules, are
compared in this way; and for all candidates it shows types and documentation broken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fixers.hunt import Hunt, Plausible
from fixers.runner.servers import Server, ServerGone
from fixers.search.mutation import Mutation

WATCHED = 24
"""Candidates watched at most."""
FAILING, PASSING = 10, 40
"""Tests that are run under each."""
ENOUGH = 10
"""Changed runs in which something is heard, before like behaviour in them says anything."""
SLOW = 1.0
"""Seconds beyond which a passing test is left out."""
SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Watched:
    """What one variant did while tests ran."""

    runs: tuple[Mapping[str, Any], ...] = ()
    heard: int = 0
    """Events of watched functions in the tests as they are."""
    mutated: int = 0
    """Changed runs in which there were events."""
    types: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    doctests: Mapping[str, bool] = field(default_factory=dict)

    def does_as(self, other: Watched) -> bool:
        """Say whether both do the same in every run that both came to, and there were enough of those to tell."""
        if min(self.mutated, other.mutated) < ENOUGH:
            return False
        return all(_same(one, two) for one, two in zip(self.runs, other.runs, strict=False))


def watch(hunt: Hunt, variants: Sequence[Plausible]) -> tuple[Watched, ...]:
    """Watch the code before and then each variant; empty where the tests cannot be collected."""
    if hunt.evaluator.collected is None:
        return ()
    request = _request(hunt, variants)
    if not request["tests"]:
        return ()
    servers = [(hunt.evaluator.collected, hunt.evaluator.collected.submit(**request))]
    servers += [_submit(hunt, variant, request) for variant in variants]
    return tuple(_take(server, number) for server, number in servers)


def difference(one: Watched, two: Watched) -> tuple[str, str, str]:
    """Return a call on which two variants differ, what the first does there and what the second; empty texts if none.

    Only the first events of each run are kept in words.
    """
    for left, right in zip(one.runs, two.runs, strict=False):
        for (call, gives), (other, gave) in zip(left["told"], right["told"], strict=False):
            if (call, gives) != (other, gave):
                return (call, gives, gave) if call == other else ("", "", "")
    return "", "", ""


def _request(hunt: Hunt, variants: Sequence[Plausible]) -> dict[str, Any]:
    places = list(dict.fromkeys((p.origin.path, p.swap.qualname if p.swap else "") for p in variants))
    passing = list(dict.fromkeys(test for place in places for test in hunt.impacted(*place)))
    quick = [test for test in passing if hunt.evaluator.durations.get(test, 0.0) < SLOW]
    return {
        "kind": "watch",
        "observe": [{"path": path, "qualname": qualname} for path, qualname in places],
        "tests": [*hunt.failing[:FAILING], *_evenly(quick, PASSING)],
        "failing": list(hunt.failing),
        "mutate": True,
        "wall": SECONDS,
    }


def _evenly(tests: Sequence[str], most: int) -> list[str]:
    """Take so many tests from all over the suite: neighbours are often alike."""
    step = max(1.0, len(tests) / most)
    return [tests[int(number * step)] for number in range(min(most, len(tests)))]


def _submit(hunt: Hunt, variant: Plausible, request: Mapping[str, Any]) -> tuple[Server, int]:
    collected = hunt.evaluator.collected
    if variant.swap is not None and collected is not None:
        return collected, collected.submit(**request, **hunt.evaluator.change(variant.origin.path, variant.swap))
    origin = variant.origin
    sources = {origin.path: origin.module} if isinstance(origin, Mutation) else {e.path: e.after for e in origin.edits}
    return hunt.evaluator.zygote, hunt.evaluator.zygote.submit(**request, sources=sources)


def _take(server: Server, number: int) -> Watched:
    try:
        answer = server.take(number, SECONDS)
    except ServerGone:
        return Watched()
    if answer.get("status") != "watched":
        return Watched()
    return Watched(
        runs=tuple(answer["runs"]),
        heard=int(answer["heard"]),
        mutated=int(answer["mutated"]),
        types=answer["types"],
        doctests=answer["doctests"],
    )


def _same(one: Mapping[str, Any], two: Mapping[str, Any]) -> bool:
    if one["cut"] or two["cut"]:
        return all(left == right for left, right in zip(one["each"], two["each"], strict=False))
    return bool(one["digest"] == two["digest"])
