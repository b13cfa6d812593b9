"""Issues of our own, and labels, which pull requests have as well."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from github.Repository import Repository

from tasks.github.comments import is_by
from tasks.github.errors import translated
from tasks.github.protocol import Account
from tasks.github.raw import Document, asked, listed

_MOST_ISSUES = 300


def find_issue(repository: Repository, own: Account, marker: str) -> int | None:
    """Return the newest open issue of our own bot that holds the marker, or None."""
    return next((int(each["number"]) for each in _ours(repository, own) if marker in (each["body"] or "")), None)


def open_issue(repository: Repository, own: Account, title: str, body: str, labels: Sequence[str]) -> int:
    """Open an issue, or find the open one of ours that says the same; returns its number."""
    for each in _ours(repository, own):
        if (each["title"], each["body"]) == (title, body):
            return int(each["number"])
    with translated("opening an issue"):
        document = {"title": title, "body": body, "labels": list(labels)}
        return int(asked(repository, "POST", "/issues", document)["number"])


def close_issue(repository: Repository, number: int) -> None:
    """Close an issue."""
    with translated(f"closing issue #{number}"):
        asked(repository, "PATCH", f"/issues/{number}", {"state": "closed"})


def add_labels(repository: Repository, number: int, names: Sequence[str]) -> None:
    """Add labels; those that are there already stay."""
    if names:
        with translated(f"labelling #{number}"):
            asked(repository, "POST", f"/issues/{number}/labels", {"labels": list(names)})


def _ours(repository: Repository, own: Account) -> Iterator[Document]:
    with translated("listing the issues"):
        found = list(listed(repository, "/issues", _MOST_ISSUES, creator=own.login, state="open"))
    # Every pull request is an issue too, and GitHub may one day not know a bot as a creator.
    return (each for each in found if is_by(own, each) and not each.get("pull_request"))
