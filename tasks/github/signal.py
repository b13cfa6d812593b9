"""What a webhook means to Goldseam, in Goldseam's own words.

Every text in a signal was written by a stranger: it is stored and shown, never run,
never put into a shell, a path or a prompt as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import AwareDatetime, Field

from fixers.model import Contract

Source = Literal["workflow_run", "check_run", "check_suite", "status"]
Where = Literal["comment", "review_comment", "review"]


class CiFailure(Contract):
    """A commit went red."""

    kind: Literal["ci_failure"] = "ci_failure"
    source: Source
    run_id: int | None = None
    """Of the workflow run; None when the event does not name one: look it up by the commit."""
    attempt: int = 1
    name: str = ""
    """Of the workflow, check or status context."""
    app_slug: str = ""
    """Of the App behind a check or suite; `github-actions` for the jobs of a workflow."""
    conclusion: str
    head_sha: str
    head_branch: str = ""
    """Empty when the event names none."""
    head_repository: str = ""
    """Full name; differs from the repository for forks; empty when unknown or gone."""
    base_branch: str
    """A guess: the pull request's base, else the pushed branch, else the default branch."""
    pull_numbers: tuple[int, ...] = ()
    """Empty for forks, whatever the truth."""
    html_url: str = ""


class PullClosed(Contract):
    """A pull request was merged or closed."""

    kind: Literal["pull_closed"] = "pull_closed"
    number: int
    merged: bool
    merge_sha: str = ""
    """Commit on the base branch; empty unless merged."""
    head_branch: str
    head_sha: str = ""
    base_branch: str = ""
    head_repository: str = ""
    """Full name; empty when the fork is gone."""


class PullChanged(Contract):
    """A pull request was opened, reopened, pushed to, or its title, text or base was edited."""

    kind: Literal["pull_changed"] = "pull_changed"
    change: Literal["opened", "reopened", "pushed", "edited"]
    number: int
    head_branch: str
    head_sha: str = ""
    head_repository: str = ""
    """Full name; differs from the repository for forks; empty when the fork is gone."""
    base_branch: str = ""
    before: str = ""
    """The head before a push; empty otherwise."""
    base_before: str = ""
    """The base before an edit that changed it; empty otherwise."""


class Command(Contract):
    """A comment on a pull request that speaks to Goldseam; who may command is decided later.

    On a branch of Goldseam's own, a review that requests changes and every inline
    comment is one, even when its body holds no call.
    """

    kind: Literal["command"] = "command"
    where: Where = "comment"
    comment_id: int
    pull_number: int
    author_login: str
    author_id: int
    author_type: str = ""
    """`User`, `Bot`, …: GitHub's own word."""
    app_id: int | None = None
    """Of the App that wrote it for the author, where GitHub says so."""
    body: str
    node_id: str = ""
    path: str = ""
    """The file that a review comment is on."""
    line: int | None = None
    """The line of `path`; None for a whole file and for lines that are gone."""
    review_id: int | None = None
    """Of the review, or of the review that an inline comment belongs to."""
    review_state: str = ""
    """`changes_requested`, `commented`, `approved`; empty unless it is a review: inline comments do not say."""
    head_branch: str = ""
    """Empty for comments on the whole pull request, which do not say."""


class ButtonPressed(Contract):
    """A button of a check run of Goldseam's own, or GitHub's own re-run button on it (`rerun`)."""

    kind: Literal["button"] = "button"
    identifier: str
    check_run_id: int
    external_id: str = ""
    head_sha: str
    author_login: str
    author_id: int
    author_type: str = ""


class BoxTicked(Contract):
    """A person ticked a box in the text of a pull request of Goldseam's own."""

    kind: Literal["box"] = "box"
    number: int
    head_branch: str
    box: str
    author_login: str
    """Of who edited the text."""
    author_id: int
    author_type: str = ""
    edited_at: str = ""
    """As GitHub wrote it; tells two ticks of one box apart."""


class Pushed(Contract):
    """A branch got commits, was made or was deleted."""

    kind: Literal["pushed"] = "pushed"
    branch: str
    before: str
    """Zeros when the branch is new."""
    after: str
    """Zeros when the branch is gone."""
    deleted: bool = False
    forced: bool = False
    pusher_id: int | None = None
    pusher_login: str = ""
    pusher_type: str = ""
    touches_policy: bool = False
    """Whether a commit adds, changes or removes the repository's policy file."""


class RepositoryName(Contract):
    """A repository that an installation got or lost."""

    id: int
    full_name: str


class InstallationChanged(Contract):
    """The App was installed, removed, suspended or resumed, or got or lost repositories."""

    kind: Literal["installation"] = "installation"
    change: Literal["created", "deleted", "suspended", "resumed", "permissions", "repositories"]
    account: str = ""
    added: tuple[RepositoryName, ...] = ()
    removed: tuple[RepositoryName, ...] = ()


What = CiFailure | PullClosed | PullChanged | Command | ButtonPressed | BoxTicked | Pushed | InstallationChanged


class Signal(Contract):
    """A delivery, parsed. `what` says which kind it is."""

    schema_version: Literal["1.0"] = "1.0"
    repository: str
    """Full name at the time of the event, empty for an installation's; the id outlives a renaming."""
    repository_id: int
    """0 for the events of a whole installation."""
    default_branch: str = ""
    installation_id: int | None = None
    """None for hooks that were not sent by the App."""
    sender_login: str = ""
    sender_id: int | None = None
    sender_type: str = ""
    """`User`, `Bot`, …; empty when GitHub does not say who caused it."""
    happened_at: AwareDatetime | None = None
    """By the payload's own word; None where it holds no time of the event."""
    what: What = Field(discriminator="kind")


@dataclass(frozen=True, slots=True)
class Ignored:
    """The delivery is understood as far as needed, and there is nothing to do."""

    reason: str
    """Counted and shown; holds no text of the delivery."""


def semantic_key(signal: Signal) -> str:  # noqa: PLR0911 - one a kind
    """Return what is the same for two deliveries that ask for the same work; empty when none can be.

    A red commit is one key, whether a workflow run, its checks, its suite or a re-run
    tells of it: the checks of GitHub Actions name nothing but the commit.
    """
    where = signal.repository_id
    match signal.what:
        case CiFailure(head_sha=sha):
            return f"ci:{where}:{sha}"
        case PullClosed(number=number, merged=merged, merge_sha=sha):
            # A pull request can be closed, reopened and closed again; merged it is once.
            return f"pull:{where}:{number}:{f'merged:{sha}' if merged else f'closed:{_moment(signal)}'}"
        case PullChanged(number=number, change=change, head_sha=sha):
            return f"pull:{where}:{number}:{change}:{sha}:{_moment(signal)}"
        case Command(where=place, comment_id=comment_id):
            return f"command:{where}:{place}:{comment_id}"
        case BoxTicked(number=number, box=box, edited_at=at):
            return f"box:{where}:{number}:{box}:{at}" if at else ""
        case Pushed(branch=branch, before=before, after=after):
            # Back and forth between two commits gives the same pair again.
            return f"push:{where}:{branch}:{before}:{after}:{_moment(signal)}"
        case ButtonPressed() | InstallationChanged():
            return ""  # only the App's own hook tells of them, and each telling is another event


def _moment(signal: Signal) -> str:
    return signal.happened_at.isoformat() if signal.happened_at else ""
