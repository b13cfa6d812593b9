"""Chains of rules: mend one error, look what the tests say then, and mend that.

A test stops at its first error, and a module at the first import that fails. After an
upgrade the next error waits behind each one that is mended, so no single rule turns the
tests green. A link is kept when the tests get further with it; the whole chain is one
candidate and is screened and proven like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from fixers.codemods.base import Scene
from fixers.failures.signature import signature
from fixers.hunt import RULE, Hunt
from fixers.model import Candidate, Failure, FileEdit, Frame, Tier
from fixers.project import Project

LONGEST = 12
"""Links of a chain at most."""
STATED = frozenset(
    f"{RULE}{name}"
    for name in (
        "moved-api",
        "removed-stdlib",
        "renamed-api",
        "renamed-member",
        "reshaped-api",
        "reshaped-frame",
        "retired-value",
        "reworded-api",
        "syntax-slip",
        "unknown-keyword",
    )
)
"""Rules that know from a table, or from what is installed, what a release changed, or make a text parse.

These may be links when less sure.
"""
TRIED = 4
"""Candidates that are tried as the next link, the likeliest ones."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look at an edited tree shows: what fails there, and live facts as in `Scene.values`."""

    failures: tuple[Failure, ...]
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


Propose = Callable[[Scene], Iterable[Candidate]]
Look = Callable[[Sequence[FileEdit]], Seen | None]
"""Run the failing tests on an edited tree; None when that says nothing."""


@dataclass(frozen=True, slots=True)
class _Link:
    """How far a chain has come: the whole edit, and what the tests say with it."""

    candidate: Candidate
    seen: Seen


def chain(hunt: Hunt, scene: Scene, propose: Propose, look: Look) -> Candidate | None:
    """Return the whole edit of a chain with which no failing test fails any more, None when no chain gets there.

    Only rules of tier A take part, and tables of what releases changed; the first that gets further is
    followed. A chain shows what follows from errors, and guesses nothing; its tier is its least sure link's.
    """
    project, done = scene.project, None
    for _ in range(LONGEST):
        link = _next(hunt, project, done, links(propose, scene), scene, look)
        if link is None:
            return None
        if not link.seen.failures:
            return link.candidate if done else None  # a single rule was tried by itself already
        done = link.candidate
        edited = _edited(project, done)
        # Lines of an edited file are no longer those that the push changed.
        changed = {path: lines for path, lines in scene.changed.items() if path not in {e.path for e in done.edits}}
        scene = replace(scene, failures=link.seen.failures, values=link.seen.values, project=edited, changed=changed)
    return None


def links(propose: Propose, scene: Scene) -> Iterator[Candidate]:
    """Yield what follows from the error, then what a table of changes states, though not in one way only."""
    sure, stated = 0, []
    for candidate in propose(scene):
        if candidate.tier is Tier.A and sure < TRIED:
            sure += 1
            yield candidate
        elif candidate.tier is Tier.B and candidate.fixer in STATED:
            stated.append(candidate)
    yield from stated[:TRIED]


def _next(
    hunt: Hunt, project: Project, done: Candidate | None, candidates: Iterable[Candidate], scene: Scene, look: Look
) -> _Link | None:
    for found in candidates:
        if hunt.spent():
            return None
        whole = _joined(project, done, found)
        seen = look(whole.edits)
        if seen is not None and gets_further(scene.failures, seen.failures, scene.project, _edited(project, whole)):
            return _Link(whole, seen)
    return None


def gets_further(before: Sequence[Failure], after: Sequence[Failure], old: Project, new: Project) -> bool:
    """Say whether something passes that did not, or fails for another reason or elsewhere.

    Elsewhere is another function, or another line of the same one; a line that the edit
    itself changed is where it failed before.
    """
    was, now = _causes(before), _causes(after)
    return any(test not in now or _moved(place, now[test], old, new) for test, place in was.items())


def _causes(failures: Sequence[Failure]) -> dict[str, tuple[str, Frame | None]]:
    """Return for each test what ended it: the exception's signature and the innermost frame of the project."""
    found = {}
    for failure in failures:
        kind, message, frames = failure.exception, failure.message, failure.frames
        if kind.endswith("ExceptionGroup") and failure.causes:
            # A group says how many there were, and not what: that stands in what it holds.
            held = failure.causes[-1]
            kind, message, frames = held.type, held.message, held.frames
        inner = next((frame for frame in reversed(frames) if frame.in_project), None)
        found.update(dict.fromkeys(failure.test_ids, (signature(kind, message), inner)))
    return found


def _moved(was: tuple[str, Frame | None], now: tuple[str, Frame | None], old: Project, new: Project) -> bool:
    (cause, before), (other, after) = was, now
    if cause != other or before is None or after is None:
        return cause != other
    if (before.path, before.function) != (after.path, after.function):
        return True
    line = _line(new, after)
    return line != _line(old, before) and line in old.files.get(after.path, "").split("\n")


def _line(project: Project, frame: Frame) -> str:
    lines = project.files.get(frame.path, "").split("\n")
    return lines[frame.line - 1] if 0 < frame.line <= len(lines) else ""


def _edited(project: Project, candidate: Candidate) -> Project:
    texts = {edit.path: edit.after for edit in candidate.edits}
    return Project({**project.files, **texts}, project.source_roots)


def _joined(project: Project, done: Candidate | None, found: Candidate) -> Candidate:
    """Return one candidate for a chain and its next link, with edits of the tree that the chain began with."""
    if done is None:
        return found
    texts = {edit.path: edit.after for edit in (*done.edits, *found.edits)}
    paths = sorted(texts, key=lambda path: path != done.path)
    rules = dict.fromkeys((*done.fixer.removeprefix(RULE).split("+"), found.fixer.removeprefix(RULE)))
    return Candidate(
        edits=tuple(FileEdit(path, project.files[path], texts[path]) for path in paths),
        fixer=f"{RULE}{'+'.join(rules)}",
        tier=max(done.tier, found.tier),
        prior=min(done.prior, found.prior),
        summary=done.summary if found.summary in done.summary else f"{done.summary} {found.summary}",
        path=done.path,
        line=done.line,
        function="" if found.path != done.path or found.function != done.function else done.function,
    )
