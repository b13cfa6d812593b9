"""Choose among plausible candidates by what they do, not by how they read.

Tests over-accept: correct patches are rare among those that pass (Long and Rinard,
2016). Candidates are replayed on recorded and mutated calls; those that behave alike
form a cluster. One cluster may be proposed, several are a question for a person.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from fixers.evidence import Cluster, Proposal
from fixers.hunt import Hunt, Plausible
from fixers.model import Candidate
from fixers.patch import unified
from fixers.project import Project
from fixers.runner.servers import ForkEvaluator, Server, ServerGone, first_line
from fixers.search.render import Unrenderable

KEPT = 3
COMPARED = 80
"""Plausible candidates compared by what they do, the likeliest ones."""
OBSERVED = 6
"""Functions whose calls are recorded at most."""
CALLS = 80
MUTANTS = 700
TESTS = 150
TEST_SECONDS = 5.0
"""Processor time that a test may take while its calls are recorded."""
SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Comparison:
    """What replaying showed: one behaviour per variant, and the calls that tell them apart."""

    calls: int = 0
    behaviours: tuple[str, ...] = ()
    """Of the code before, then of each variant; empty when nothing was replayed."""
    rows: tuple[dict[str, Any], ...] = ()
    raising: tuple[int, ...] = ()
    """Calls that gave a result before and raise now, in the order of `behaviours`."""
    returning: int = 0
    """Calls that give a result with the code before."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Selection:
    """Clusters, the most likely one first."""

    clusters: tuple[Cluster, ...]
    calls: int = 0
    returning: int = 0
    notes: tuple[str, ...] = field(default=())


def select(hunt: Hunt) -> Selection:
    """Group the plausible candidates of a hunt by behaviour."""
    unique = _distinct(hunt.plausible)
    if not unique:
        return Selection(())
    comparison = compare(hunt, [p for p in unique if _replayable(p)])
    groups: dict[str, list[Plausible]] = defaultdict(list)
    number = 0
    column: dict[int, int] = {}
    for index, plausible in enumerate(unique):
        behaviour = f"unreplayed {index}"
        if _replayable(plausible):
            number += 1
            if comparison.calls:
                behaviour = comparison.behaviours[number]
                column[index] = number
        groups[behaviour].append(plausible)
    numbers = {id(p): column.get(i) for i, p in enumerate(unique)}
    ordered = sorted(groups.values(), key=lambda g: (min(p.rank for p in g), -len(g)))
    clusters = [_cluster(hunt, group, comparison, [numbers[id(p)] for p in group]) for group in ordered]
    notes = (comparison.note,) if comparison.note else ()
    return Selection(tuple(c for c in clusters if c.proposals), comparison.calls, comparison.returning, notes)


def _replayable(plausible: Plausible) -> bool:
    """Say whether replayed calls can show what it does: recorded ones name every argument, so no default matters."""
    return plausible.swap is not None and plausible.swap.default is None


def compare(hunt: Hunt, variants: Sequence[Plausible]) -> Comparison:
    """Replay calls of every touched function under every variant, in the server that holds the collected tests."""
    server = hunt.evaluator.collected
    if server is None or not variants:
        return Comparison(note="No call could be replayed: the change is outside any function." if not variants else "")
    places = list(dict.fromkeys((p.origin.path, p.swap.qualname, p.swap.line) for p in variants if p.swap))
    tests: list[str] = list(hunt.failing)
    for path, qualname, _ in places[:OBSERVED]:
        tests += hunt.impacted(path, qualname)
    try:
        answer = _ask(hunt.evaluator, server, places[:OBSERVED], variants, list(dict.fromkeys(tests))[:TESTS])
    except ServerGone as gone:
        return Comparison(note=f"Calls could not be replayed: {str(gone)[-200:] or 'the process ended'}.")
    if not answer.get("calls"):
        lost = answer.get("lost", 0)
        why = f"the arguments of {lost} calls cannot be copied" if lost else "the tests make no direct call of it"
        return Comparison(note=f"Behaviour was not compared on calls: {why}.")
    return Comparison(
        int(answer["calls"]),
        tuple(answer["behaviours"]),
        tuple(answer["rows"]),
        tuple(answer["raising"]),
        int(answer["returning"]),
    )


def _ask(
    evaluator: ForkEvaluator,
    server: Server,
    places: Sequence[tuple[str, str, int]],
    variants: Sequence[Plausible],
    tests: list[str],
) -> dict[str, Any]:
    def place(path: str, qualname: str, line: int) -> dict[str, Any]:
        return {"path": path, "qualname": qualname, "line": first_line(evaluator.project, path, line)}

    number = server.submit(
        kind="compare",
        observe=[place(*p) for p in places],
        variants=[evaluator.change(v.origin.path, v.swap) for v in variants],
        tests=tests,
        cap=CALLS,
        mutants=MUTANTS,
        test_seconds=TEST_SECONDS,
        wall=SECONDS,
    )
    return server.take(number, SECONDS)


def _distinct(plausible: Sequence[Plausible]) -> list[Plausible]:
    """Keep one candidate per program, the best ranked one."""
    kept: dict[str, Plausible] = {}
    for one in sorted(plausible, key=lambda p: p.rank):
        kept.setdefault(one.meaning(), one)
    return list(kept.values())[:COMPARED]


def _cluster(hunt: Hunt, group: Sequence[Plausible], comparison: Comparison, numbers: Sequence[int | None]) -> Cluster:
    number = next((n for n in numbers if n is not None), None)
    rows = sorted(comparison.rows, key=lambda r: (r["origin"] != "recorded", len(r["call"])))
    outputs: list[tuple[str, str]] = []
    settling: tuple[tuple[str, str], ...] = ()
    if number is not None:
        between = [r for r in rows if len(set(r["outcomes"][1:])) > 1]
        outputs = [(str(r["call"]), str(r["outcomes"][number])) for r in between[:5]]
        settling = _settling(between, number, comparison.behaviours)
    best = islice(_written(hunt, sorted(group, key=lambda p: p.rank)), KEPT)
    return Cluster(
        proposals=tuple(proposal(candidate) for candidate in best),
        size=len(group),
        outputs=tuple(outputs),
        settling=settling,
        differs_when=_differs(comparison, number),
        newly_raising=comparison.raising[number] if number is not None else 0,
    )


def _written(hunt: Hunt, group: Sequence[Plausible]) -> Iterator[Candidate]:
    """Yield what can be written in the author's layout; the rest is counted as refused."""
    for plausible in group:
        try:
            yield plausible.candidate(hunt.project)
        except Unrenderable:
            hunt.counts(plausible.origin.fixer).refuse("render")


def _settling(rows: Sequence[Mapping[str, Any]], number: int, behaviours: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Pick calls that tell this variant from all that behave otherwise; none when they cannot be written down."""
    others = {n for n in range(1, len(behaviours)) if behaviours[n] != behaviours[number]}
    chosen = []
    for row in rows:
        answers = row.get("answers", ())
        if row.get("source") and answers[number]:
            apart = {
                n for n in others if answers[n] != answers[number] and row["outcomes"][n] != row["outcomes"][number]
            }
            if apart:
                chosen.append((str(row["source"]), str(answers[number])))
                others -= apart
    return tuple(chosen) if not others else ()


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


def _differs(comparison: Comparison, number: int | None) -> tuple[str, ...]:
    if number is None:
        return ()
    changed = [r for r in comparison.rows if r["outcomes"][0] != r["outcomes"][number]]
    changed.sort(key=lambda r: (r["origin"] != "recorded", len(r["call"])))
    told = (f"{r['call']}: {r['outcomes'][0]} before, {r['outcomes'][number]} after" for r in changed)
    return tuple(dict.fromkeys(told))[:5]


def settling_test(project: Project, place: Proposal, pairs: Sequence[tuple[str, str]]) -> str:
    """Return a test that would make this behaviour the required one; empty when it cannot be written down."""
    if not pairs or not place.function.isidentifier():
        return ""
    imports, body = [f"from {project.module_name(place.path)} import {place.function}"], []
    for call, answer in pairs:
        if not call.startswith(f"{place.function}("):
            return ""
        kind, _, what = answer.partition(" ")
        if kind == "returns":
            sign = "is" if what in {"None", "True", "False"} else "=="
            body.append(f"    assert {call} {sign} {what}")
            continue
        module, _, name = what.partition(":")
        if not name.isidentifier():
            return ""
        imports += ["import pytest", *([] if module == "builtins" else [f"from {module} import {name}"])]
        body.append(f"    with pytest.raises({name}):\n        {call}")
    head = "\n".join(sorted(set(imports), key=lambda line: (not line.startswith("import"), line)))
    return f"{head}\n\n\ndef test_{place.function}_settled():\n" + "\n".join(body) + "\n"
