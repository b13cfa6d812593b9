"""Tests that use what pytest, unittest or a library no longer has, or are wrong themselves: never edited by a repair.

A repair may not touch what judges it. So the change that brings such tests up to date
is offered to a person, once the failing tests pass with it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import libcst as cst

from fixers.codemods.base import Installed, Scene
from fixers.codemods.conversion import converted
from fixers.codemods.shapes import Rule, holds, is_warning, speaks_of
from fixers.codemods.source import Edits, parse
from fixers.codemods.tables.frame_shapes import RULES as FRAMES
from fixers.codemods.tables.model_shapes import RULES as MODELS
from fixers.codemods.tables.polars_shapes import RULES as POLARS
from fixers.codemods.tables.python_2_shapes import TESTING
from fixers.codemods.tables.service_shapes import RULES as SERVICES
from fixers.codemods.tables.stdlib_removals import CASE_METHODS
from fixers.codemods.tables.stdlib_shapes import RULES as STDLIB
from fixers.codemods.tables.tool_shapes import RULES as TOOLS
from fixers.evidence import Observed, Trace
from fixers.model import Failure, FileEdit, Offer, Reason
from fixers.patch import unified
from fixers.project import Project, is_test_path
from fixers.slips_of_tests import mended

_RULES: tuple[Rule, ...] = (*TESTING, *SERVICES, *FRAMES, *POLARS, *MODELS, *STDLIB, *TOOLS)
_ROUNDS = 6
"""A test stops at its first error: the next one may wait behind it."""
_UNMENDED = frozenset({Reason.NO_CANDIDATE, Reason.BUDGET_EXHAUSTED})

Look = Callable[[Sequence[FileEdit]], Sequence[Failure] | None]
"""Run the failing tests on an edited tree; None when that says nothing."""


def with_test_offer(trace: Trace, observed: Observed, project: Project, installed: Installed, look: Look) -> Trace:
    """Add the offer to a trace that found no repair, where every failure stands in a line of a test."""
    if trace.status != "declined" or trace.reason not in _UNMENDED or trace.alternatives:
        return trace
    slipped = any(mended(failure, project, installed) for failure in observed.failures)
    edits = _updated(observed.failures, project, installed, look)
    if not edits:
        return trace
    where = ", ".join(edit.path for edit in edits[:3])
    why = "is wrong itself" if slipped else "uses what the installed release no longer takes"
    return trace.model_copy(
        update={
            "reason": Reason.NO_CANDIDATE,
            "sentence": f"The code is not at fault: {where} {why}, and a repair does not touch tests.",
            "next_step": "Read the offered change of the tests, and apply it by hand.",
            "offers": (*trace.offers, offer_of(edits, "the failing tests pass with it")),
        }
    )


def offer_of(edits: Sequence[FileEdit], known: str) -> Offer:
    """Return the offer of a change of tests; `known` says what was seen of it."""
    where = ", ".join(edit.path for edit in edits[:3])
    return Offer(
        kind="tests",
        title=f"Bring {where} up to date; {known}.",
        text="git apply tests.patch   # read that it asserts what it asserted before",
        patch=unified(edits),
    )


def _updated(failures: Sequence[Failure], project: Project, installed: Installed, look: Look) -> tuple[FileEdit, ...]:
    texts: dict[str, str] = {}
    for _ in range(_ROUNDS):
        now = Project({**project.files, **texts}, project.source_roots)
        scene = Scene(tuple(failures), now, installed)
        places = [_in_test(failure, now) for failure in failures]
        if not all(places):
            return ()
        found = {
            path: text
            for place, failure in zip(places, failures, strict=True)
            if place is not None
            for path, text in (_up_to_date(scene, failure, *place) or mended(failure, now, installed)).items()
        }
        if not found:
            return ()
        texts |= found
        edits = tuple(FileEdit(path, project.files[path], text) for path, text in sorted(texts.items()))
        seen = look(edits)
        if seen is None:
            return ()
        if not seen:
            return edits
        failures = seen
    return ()


def _in_test(failure: Failure, project: Project) -> tuple[str, int] | None:
    """Return the path and the line of a test at which a failure stands; line 0 where pytest itself refused the test."""
    inner = next((frame for frame in reversed(failure.frames) if frame.in_project), None)
    if inner is not None:
        return (inner.path, inner.line) if is_test_path(inner.path) and inner.path in project.files else None
    path = failure.test_ids[0].partition("::")[0] if failure.test_ids else ""
    return (path, 0) if is_test_path(path) and path in project.files else None


def _up_to_date(scene: Scene, failure: Failure, path: str, line: int) -> dict[str, str]:
    """Return the new text of the test file that a failure stands in; nothing where no table knows what is gone."""
    warned = is_warning(failure.exception)
    spoken = [rule for rule in _RULES if speaks_of(rule, failure.exception, failure.message)]
    rules = [rule for rule in spoken if holds(scene, rule, warned=warned)]
    text = scene.project.text(path)
    after, _ = converted(scene.project, path, rules, line, failure.message) if rules else (text, [])
    if after == text:
        after = _case_methods(text, failure.message, scene.installed.python_version)
    return {path: after} if after != text else {}


def _case_methods(text: str, message: str, python: tuple[int, int]) -> str:
    """Return a test's text with the removed aliases of `TestCase` by their present names."""
    source = parse(text)
    gone = {old: new for old, (new, since) in CASE_METHODS.items() if python >= since}
    if source is None or not any(f"has no attribute '{old}'" in message for old in gone):
        return text
    edits = Edits(source)
    for node in source.all(cst.Attribute):
        if node.attr.value in gone and isinstance(node.value, cst.Name) and node.value.value == "self":
            edits.put(node.attr, cst.Name(gone[node.attr.value]))
    return edits.text()
