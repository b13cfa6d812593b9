"""The repository's own habits at a pull request: read before it is written, kept after it is open."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

import structlog

from fixers.evidence import Trace
from tasks.github.errors import NotFound, PermissionMissing, Rejected
from tasks.github.protocol import Account, CheckOutput, Reader, Writer
from tasks.policy.decide import Action
from tasks.report.codeowners import PLACES, Owners, owners_of
from tasks.report.habits import Habits, habits_of, trailers
from tasks.stages.doors import PullContext, Renderer
from tasks.stages.effect import Hand, Made

_COMMITS = 50
_DCO = ".github/dco.yml"
_TEMPLATES = ("pull_request_template.md", "pull_request_template.txt", "pull_request_template")
_FOLDERS = (".github", "", "docs")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Habitual:
    """A renderer whose pull requests are written in the repository's way."""

    renderer: Renderer
    habits: Habits

    def render_pull(self, trace: Trace, context: PullContext) -> tuple[str, str]:
        """Return title and body of the pull request."""
        title, body = self.renderer.render_pull(trace, context)
        return self.habits.title(title), self.habits.body(body)

    def render_check(self, trace: Trace) -> CheckOutput:
        """Return what the check run shows."""
        return self.renderer.render_check(trace)


def read_habits(reader: Reader, base: str) -> Habits:
    """Read them off the base branch's history and the default branch's files."""
    default = reader.default_branch()
    files = [path for folder in _FOLDERS for path in reader.files_in(folder, default)]
    template = next((path for path in files if path.rpartition("/")[2].lower() in _TEMPLATES), None)
    data = reader.file_at(template, default) if template is not None else None
    return habits_of(
        reader.subjects(base, _COMMITS),
        asks_for_sign_off=any(path.lower() == _DCO for path in files),
        template=(data or b"").decode("utf-8", "replace"),
    )


def commit_trailers(reader: Reader, habits: Habits, helper: Account | None) -> tuple[str, ...]:
    """Return the trailers of our commit; `helper` is whose hint or command led to it."""
    host = urlsplit(reader.clone_url()).hostname or "github.com"
    if not habits.signed and helper is None:
        return ()
    return trailers(habits, reader.own_account(), helper, host)


def attend(hand: Hand, writer: Writer, number: int, paths: Collection[str], *, draft: bool) -> None:
    """Label the pull request and ask the owners of its files for a review.

    GitHub itself asks the owners when a pull request is no draft. A repository that
    does not let us label or ask keeps its pull request all the same.
    """
    labels = hand.policy.repository.labels

    def labelled() -> Made | None:
        return Made(str(number)) if set(labels) <= set(writer.pull(number).labels) else None

    if labels:
        asked = _Courtesy("labels", number, labels)
        _pay(hand, asked, labelled, lambda: writer.add_labels(number, labels))
    owners = _owners(writer, hand.turn.attempt.base, paths) if draft else Owners()
    if owners.users or owners.teams:
        asked = _Courtesy("reviewers", number, (*owners.users, *owners.teams))
        # No look-up: GitHub asks nobody twice.
        _pay(hand, asked, lambda: None, lambda: writer.request_reviewers(number, owners.users, owners.teams))


@dataclass(frozen=True, slots=True)
class _Courtesy:
    kind: str
    number: int
    names: tuple[str, ...]


def _pay(hand: Hand, courtesy: _Courtesy, look: Callable[[], Made | None], call: Callable[[], None]) -> None:
    def do() -> Made:
        try:
            call()
        except (Rejected, NotFound, PermissionMissing) as error:
            log.warning("courtesy_refused", kind=courtesy.kind, number=courtesy.number, why=str(error))
        return Made(str(courtesy.number))

    target = f"#{courtesy.number} {','.join(courtesy.names)}"
    hand.make(Action.EDIT, kind=courtesy.kind, target=target, look=look, do=do)


def _owners(reader: Reader, base: str, paths: Collection[str]) -> Owners:
    for place in PLACES:
        found = reader.file_at(place, base)
        if found is not None:
            return owners_of(paths, found)
    return Owners()
