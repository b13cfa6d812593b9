"""One pytest session: its sections, its summary, and which of them speak of the same test."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from fixers.failures.base import MAX_FAILURES, Ration, failure_from, frame
from fixers.failures.node_ids import heading_of, id_from_frames, splits_of
from fixers.failures.places import Places
from fixers.failures.pytest_body import split_message
from fixers.model import Failure, FailureKind, Raised

TOOL = "pytest"
_SUBTESTS = re.compile(r"^contains \d+ failed subtests?$")
_COUNTS = re.compile(r"(\d+) (failed|errors?)")


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under one heading."""

    name: str
    error: bool
    """Whether it stood under ERRORS."""
    failure: Failure
    """As far as the section alone tells it: without test id."""
    first_line: str


@dataclass(slots=True, eq=False)
class _Entry:
    """One line of the short summary; `ways` are the possible cuts into id and message."""

    error: bool
    subtest: str
    ways: list[tuple[str, str]]
    doubt: int = 0
    """How much the line before makes this look like a part of somebody's message: text 1, a blank 2."""
    used: bool = False

    def names(self) -> Iterator[tuple[str, tuple[str, str]]]:
        """Yield each heading this entry may belong to, with the cut that makes it so."""
        for way in self.ways:
            heading = heading_of(way[0])
            yield (f"{heading} {self.subtest}" if self.subtest else heading), way
            if "::" in way[0]:
                yield f"[doctest] {way[0].rpartition('::')[2]}", way


@dataclass(slots=True)
class Session:
    """Collects a session's parts in the order in which they were printed, then joins them."""

    sections: list[Section] = field(default_factory=list)
    entries: list[_Entry] = field(default_factory=list)
    lines: list[Raised] = field(default_factory=list)
    seen: dict[tuple[str, str], None] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    dropped: int = 0
    doubt: int = 0
    ration: Ration = field(default_factory=Ration)

    def section(self, section: Section) -> None:
        """Note what stood under a heading."""
        if self._room(self.sections):
            self.sections.append(replace(section, failure=self.ration.take(section.failure)))

    def summarize(self, word: str, subtest: str, text: str) -> None:
        """Note a line of the short summary."""
        if len(self.entries) < 2 * MAX_FAILURES:
            doubt, self.doubt = self.doubt, 0
            self.entries.append(
                _Entry(error=word == "ERROR", subtest=subtest, ways=_likeliest(splits_of(text)), doubt=doubt)
            )
        else:
            self.dropped += 1

    def continues(self, line: str) -> None:
        """Note a line of the summary that goes on with the message before it."""
        self.doubt = 1 if line.strip() else 2

    def one_line(self, places: Places, path: str, line: str, message: str) -> None:
        """Note a failure as `--tb=line` prints it."""
        if self._room(self.lines):
            kind, text = split_message(message)
            self.lines.append(Raised(type=kind, message=text, frames=(frame(places, path, line, ""),)))

    def saw(self, word: str, node_id: str) -> None:
        """Note an outcome that `-v` printed while the tests ran."""
        if len(self.seen) < MAX_FAILURES:
            self.seen[word, node_id] = None

    def count(self, line: str) -> None:
        """Note the last line's counts."""
        for number, word in _COUNTS.findall(line):
            self.counts[word.rstrip("s")] = int(number[:9])

    def failures(self, places: Places) -> Iterator[Failure]:
        """Yield one failure for each test and phase, details from the section and the id from the summary."""
        made = list(self._from_sections())
        made += self._from_lines() if self.lines and not any(not s.error for s in self.sections) else []
        made += self._from_entries()
        if not made:
            made = list(self._from_progress())
        for failure in without_echoes(made):
            yield _located(failure, places)

    def _room(self, kept: list[Section] | list[Raised]) -> bool:
        if len(kept) < MAX_FAILURES:
            return True
        self.dropped += 1
        return False

    def _from_sections(self) -> Iterator[Failure]:
        waiting: dict[tuple[bool, str], deque[tuple[_Entry, tuple[str, str]]]] = defaultdict(deque)
        for entry in self.entries:
            for name, way in entry.names():
                waiting[entry.error, name].append((entry, way))
        for section in self.sections:
            cut = _next(waiting[section.error, section.name])
            if cut:
                node_id, message = cut
                # A narrow terminal cuts the summary's message; the section's own first line is whole.
                message = section.first_line if not message or message.endswith("...") else message
            else:
                message = section.first_line
                node_id = _own_id(section)
                # With a summary at hand, a heading that neither it nor a frame knows was printed by a test.
                if not node_id and self.entries:
                    continue
            yield _joined(section.failure, node_id, message)

    def _from_lines(self) -> list[Failure]:
        """Walk the places of `--tb=line` and the summary together: both stand in the order of the run."""
        made = []
        places = deque(self.lines)
        for entry in self.entries:
            if entry.error or entry.used or not places:
                continue
            # The cut without a message is true to any place, so it only counts when there is no other.
            ways = [way for way in entry.ways if way[1]] or entry.ways
            way = next((way for way in ways if _same(way[1], places[0])), None)
            if way is None:
                continue
            entry.used = True
            raised = places.popleft()
            made.append(failure_from((raised,), kind=FailureKind.TEST, tool=TOOL, test_ids=(way[0],)))
        return made

    def _from_entries(self) -> list[Failure]:
        """Make do with the summary where there is no section."""
        failed = {entry.ways[0][0] for entry in self.entries if not entry.error}
        made = []
        for entry in self._credible():
            node_id, message = entry.ways[0]
            kind = _kind(node_id, error=entry.error)
            if kind is FailureKind.SETUP and node_id in failed:
                kind = FailureKind.TEARDOWN
            excerpt = f"{node_id} - {message}" if message else node_id
            made.append(
                failure_from(_said(message), kind=kind, tool=TOOL, test_ids=(node_id,), excerpt=excerpt[:2_000])
            )
        return made

    def _credible(self) -> list[_Entry]:
        """Return the entries without a section, less those that the last line's counts leave no room for.

        A message of several lines may hold lines that look like entries; they
        follow text or a blank line, so those are doubted first.
        """
        left = [entry for entry in self.entries if not entry.used]
        for error in (False, True):
            word = "error" if error else "failed"
            mine = [entry for entry in self.entries if entry.error is error]
            surplus = len(mine) - self.counts.get(word, len(mine))
            for entry in sorted((e for e in left if e.error is error), key=lambda e: -e.doubt)[: max(surplus, 0)]:
                left.remove(entry)
        return left

    def _from_progress(self) -> Iterator[Failure]:
        for word, node_id in self.seen:
            kind = _kind(node_id, error=word == "ERROR")
            yield failure_from((), kind=kind, tool=TOOL, test_ids=(node_id,))


def without_echoes(failures: Iterable[Failure]) -> list[Failure]:
    """Leave out tests that only say that a part of them failed, where that part has its own report."""
    made = list(failures)
    with_details = {failure.test_ids for failure in made if not _SUBTESTS.match(failure.message)}
    return [f for f in made if not (_SUBTESTS.match(f.message) and f.test_ids in with_details)]


def _likeliest(ways: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Put the cuts first that leave an exception as the message."""
    return sorted(ways, key=lambda way: not split_message(way[1])[0])


def _next(waiting: deque[tuple[_Entry, tuple[str, str]]]) -> tuple[str, str] | None:
    while waiting:
        entry, way = waiting.popleft()
        if not entry.used:
            entry.used = True
            return way
    return None


def _same(message: str, raised: Raised) -> bool:
    """Compare a summary's message, perhaps cut, with the place that `--tb=line` printed."""
    kind, text = split_message(message)
    if message.endswith("..."):
        whole = f"{raised.type}: {raised.message}"
        return whole.startswith(message[:-3]) or raised.message.startswith(message[:-3])
    return not message or (kind, text.partition("\n")[0]) == (raised.type, raised.message)


def _own_id(section: Section) -> str:
    failure = section.failure
    if failure.kind is FailureKind.COLLECTION:
        return section.name
    causes = [frame for raised in failure.causes for frame in raised.frames]
    return id_from_frames(section.name, [*failure.frames, *causes], fixtures=failure.kind is not FailureKind.TEST)


def _joined(failure: Failure, node_id: str, message: str) -> Failure:
    """Complete what a section told with the test's id, and with its message where no exception was shown."""
    update: dict[str, object] = {"test_ids": (node_id,) if node_id else ()}
    if not failure.exception and not failure.message:
        update["exception"], update["message"] = split_message(message)
    return failure.model_copy(update=update)


def _said(message: str) -> tuple[Raised, ...]:
    kind, text = split_message(message)
    return (Raised(type=kind, message=text),)


def _kind(node_id: str, *, error: bool) -> FailureKind:
    if not error:
        return FailureKind.TEST
    return FailureKind.SETUP if "::" in node_id else FailureKind.COLLECTION


def _located(failure: Failure, places: Places) -> Failure:
    """Write the file of each id the way the project does."""
    ids = []
    for node_id in failure.test_ids:
        file, colons, inner = node_id.partition("::")
        path, in_project = places.locate(file)
        ids.append(f"{path if in_project else file}{colons}{inner}")
    return failure.model_copy(update={"test_ids": tuple(ids)})
