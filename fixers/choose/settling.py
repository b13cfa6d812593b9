"""Tests that would settle an ambiguity: one per behaviour, of calls that no other behaviour answers alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fixers.evidence import Proposal
from fixers.project import Project


def settling_pairs(
    rows: Sequence[Mapping[str, Any]], number: int, behaviours: Sequence[str]
) -> tuple[tuple[str, str], ...]:
    """Pick calls that tell this variant from all that behave otherwise; none when they cannot be written down."""
    others = {n for n in range(1, len(behaviours)) if behaviours[n] != behaviours[number]}
    usable = [row for row in rows if row.get("source") and row["answers"][number]]
    chosen = []
    while others:
        best = max(usable, key=lambda row: len(_apart(row, number, others)), default=None)
        apart = _apart(best, number, others) if best is not None else set()
        if best is None or not apart:
            return ()
        chosen.append((str(best["source"]), str(best["answers"][number])))
        others -= apart
    return tuple(chosen)


def settling_test(project: Project, place: Proposal, pairs: Sequence[tuple[str, str]]) -> str:
    """Return a test that would make this behaviour the required one; empty when it cannot be written down."""
    outer = place.function.split(".")[0]
    if not pairs or not outer.isidentifier() or "<locals>" in place.function:
        return ""
    imports, body = [f"from {project.module_name(place.path)} import {outer}"], []
    for call, answer in pairs:
        if not call.startswith((f"{outer}(", f"{outer}.")):
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
    name = place.function.replace(".", "_").strip("_").lower()
    return f"{head}\n\n\ndef test_{name}_settled():\n" + "\n".join(body) + "\n"


def _apart(row: Mapping[str, Any], number: int, others: set[int]) -> set[int]:
    answers, outcomes = row["answers"], row["outcomes"]
    return {n for n in others if answers[n] != answers[number] and outcomes[n] != outcomes[number]}
