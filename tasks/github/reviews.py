"""Reviews: suggestions at lines of a pull request, and who is asked to review."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import structlog
from github.Repository import Repository

from tasks.github.comments import is_by
from tasks.github.errors import Rejected, translated
from tasks.github.protocol import Account, ReviewRemark, Suggestion
from tasks.github.raw import asked, listed

_MOST_REVIEWS = 1000
_MOST_REVIEWERS = 15
_MOST_REMARKS = 100
_FENCE = re.compile(r"`{3,}")

log = structlog.get_logger()


def suggest(
    repository: Repository, own: Account, number: int, head_sha: str, suggestions: Sequence[Suggestion], body: str
) -> int:
    """Write one review with the suggestions at its lines, or find it; returns its id."""
    path = f"/pulls/{number}/reviews"
    with translated(f"reading the reviews of #{number}"):
        for each in listed(repository, path, _MOST_REVIEWS):
            if is_by(own, each) and (each["commit_id"], each["body"]) == (head_sha, body):
                return int(each["id"])
    review = {
        "commit_id": head_sha,
        "event": "COMMENT",
        "body": body,
        "comments": [_at_lines(each) for each in suggestions],
    }
    with translated(f"suggesting a change of #{number}"):
        return int(asked(repository, "POST", path, review)["id"])


def review_remarks(repository: Repository, number: int, review_id: int) -> list[ReviewRemark]:
    """Return the lines that a review comments on; what stands at a whole file or at a line that is gone is left out."""
    with translated(f"reading a review of #{number}"):
        found = list(listed(repository, f"/pulls/{number}/reviews/{review_id}/comments", _MOST_REMARKS))
    lines = [(str(each["path"]), each.get("line") or each.get("original_line")) for each in found]
    return [ReviewRemark(path, line) for path, line in lines if isinstance(line, int)]


def request_reviewers(repository: Repository, number: int, users: Sequence[str], teams: Sequence[str]) -> None:
    """Ask for reviews; whoever GitHub does not accept is left out.

    GitHub refuses the whole list for one name in it, so a refused list is asked name by name.
    """
    wanted = [("reviewers", name) for name in users] + [("team_reviewers", name) for name in teams]
    wanted = wanted[:_MOST_REVIEWERS]
    if not wanted or _requested(repository, number, wanted):
        return
    refused = [name for kind, name in wanted if not _requested(repository, number, [(kind, name)])]
    log.warning("reviewers_refused", repository=repository.full_name, number=number, reviewers=refused)


def _requested(repository: Repository, number: int, wanted: Sequence[tuple[str, str]]) -> bool:
    document: dict[str, list[str]] = {}
    for kind, name in wanted:
        document.setdefault(kind, []).append(name)
    try:
        with translated(f"asking for reviews of #{number}"):
            asked(repository, "POST", f"/pulls/{number}/requested_reviewers", document)
    except Rejected:
        return False
    return True


def _at_lines(suggestion: Suggestion) -> dict[str, Any]:
    # A fence must be longer than any in the text.
    longest = max((len(each) for each in _FENCE.findall(suggestion.text)), default=2)
    fence = "`" * (longest + 1)
    text = f"{suggestion.text}\n" if suggestion.text else ""
    note = f"{suggestion.note}\n\n" if suggestion.note else ""
    written: dict[str, Any] = {
        "path": suggestion.path,
        "line": suggestion.line,
        "side": "RIGHT",
        "body": f"{note}{fence}suggestion\n{text}{fence}",
    }
    if suggestion.start_line < suggestion.line:
        written |= {"start_line": suggestion.start_line, "start_side": "RIGHT"}
    return written
