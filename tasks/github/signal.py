"""What a webhook means to Goldseam, in Goldseam's own words.

Every text in a signal was written by a stranger: it is stored and shown, never run,
never put into a shell, a path or a prompt as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from fixers.model import Contract

Source = Literal["workflow_run", "check_run", "check_suite", "status"]


class CiFailure(Contract):
    """A commit went red."""

    kind: Literal["ci_failure"] = "ci_failure"
    source: Source
    run_id: int | None = None
    """Of the workflow run; None when the event does not name one: look it up by the commit."""
    attempt: int = 1
    name: str = ""
    """Of the workflow, check or status context."""
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


class Command(Contract):
    """A comment on a pull request that speaks to Goldseam; who may command is decided later."""

    kind: Literal["command"] = "command"
    where: Literal["comment", "review_comment", "review"] = "comment"
    comment_id: int
    pull_number: int
    author_login: str
    author_id: int
    author_type: str = ""
    """`User`, `Bot`, …: GitHub's own word."""
    app_id: int | None = None
    """Of the App that wrote it for the author, where GitHub says so."""
    body: str


class Signal(Contract):
    """A delivery, parsed. `what` says which of the three it is."""

    schema_version: Literal["1.0"] = "1.0"
    repository: str
    """Full name at the time of the event; the id outlives a renaming."""
    repository_id: int
    default_branch: str = ""
    installation_id: int | None = None
    """None for hooks that were not sent by the App."""
    what: CiFailure | PullClosed | Command = Field(discriminator="kind")


@dataclass(frozen=True, slots=True)
class Ignored:
    """The delivery is understood as far as needed, and there is nothing to do."""

    reason: str
    """Counted and shown; holds no text of the delivery."""


def semantic_key(signal: Signal) -> str:
    """Return what is the same for two deliveries that ask for the same work.

    A red commit is one key, whether a workflow run, its checks, its suite or a re-run
    tells of it: the checks of GitHub Actions name nothing but the commit.
    """
    match signal.what:
        case CiFailure(head_sha=sha):
            return f"ci:{signal.repository_id}:{sha}"
        case PullClosed(number=number, merged=merged, merge_sha=sha):
            return f"pull:{signal.repository_id}:{number}:{'merged' if merged else 'closed'}:{sha}"
        case Command(where=where, comment_id=comment_id):
            return f"command:{signal.repository_id}:{where}:{comment_id}"
