"""Pull requests: looked up, opened once, edited, closed."""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from github.Repository import Repository

from tasks.failpoint import K, failpoint
from tasks.github.errors import GitHubUnavailable, Rejected, translated
from tasks.github.protocol import Pull
from tasks.github.raw import Document, asked, listed

_LIST_LAG_SECONDS = 30.0
"""How long GitHub's lists may lag behind a pull request that was just opened."""
_MOST_PULLS = 1000

log = structlog.get_logger()


def read_pull(repository: Repository, number: int) -> Pull:
    """Return a pull request."""
    with translated(f"reading pull request #{number}"):
        return _pull(asked(repository, "GET", f"/pulls/{number}"))


def find_pull(repository: Repository, head: str, base: str) -> Pull | None:
    """Return the open pull request from our branch `head` into `base`, or None."""
    owner = repository.full_name.partition("/")[0]
    with translated(f"looking for a pull request from {head}"):
        for each in listed(repository, "/pulls", 100, state="open", head=f"{owner}:{head}", base=base):
            found = _pull(each)
            # GitHub ignores a head it cannot parse and lists everything.
            if (found.head_branch, found.base_branch) == (head, base):
                return found
    return None


def open_pulls(repository: Repository, head_prefix: str) -> Sequence[Pull]:
    """Return the open pull requests from branches of this repository that begin so, newest first."""
    with translated("listing the open pull requests"):
        found = [_pull(each) for each in listed(repository, "/pulls", _MOST_PULLS, state="open")]
    own = repository.full_name.lower()
    return [each for each in found if each.head_branch.startswith(head_prefix) and each.head_repository.lower() == own]


def pulls_of(repository: Repository, sha: str) -> Sequence[Pull]:
    """Return the pull requests that hold the commit."""
    with translated(f"looking for pull requests of {sha[:12]}"):
        return [_pull(each) for each in listed(repository, f"/commits/{sha}/pulls", 100)]


def last_pull(repository: Repository, head: str) -> Pull | None:
    """Return the newest pull request from our branch `head`, in any state, or None."""
    owner, own = repository.full_name.partition("/")[0], repository.full_name.lower()
    with translated(f"looking for a pull request from {head}"):
        for each in listed(repository, "/pulls", 100, state="all", head=f"{owner}:{head}"):
            found = _pull(each)
            # GitHub ignores a head it cannot parse and lists everything.
            if found.head_branch == head and found.head_repository.lower() == own:
                return found
    return None


def open_pull(repository: Repository, *, head: str, base: str, title: str, body: str, draft: bool) -> Pull:
    """Open a pull request, or return the one that is open for the same head and base.

    Where the plan knows no drafts it is opened as an ordinary one: look at `Pull.draft`.
    Raises GitHubUnavailable when GitHub says that one exists but does not list it yet.
    """
    there = find_pull(repository, head, base)
    if there is not None:
        return there
    try:
        return _create(repository, head=head, base=base, title=title, body=body, draft=draft)
    except Rejected as error:
        if any("already exists" in said for said in error.messages):
            return _adopt(repository, head, base)
        if not (draft and any("draft" in said.lower() for said in error.messages)):
            raise
    log.warning("draft_not_supported", repository=repository.full_name, head=head)
    return _create(repository, head=head, base=base, title=title, body=body, draft=False)


def update_pull(repository: Repository, number: int, title: str | None, body: str | None) -> None:
    """Edit title or body; None leaves it as it is."""
    changed = {name: value for name, value in (("title", title), ("body", body)) if value is not None}
    with translated(f"editing pull request #{number}"):
        asked(repository, "PATCH", f"/pulls/{number}", changed)


def close_pull(repository: Repository, number: int) -> None:
    """Close a pull request; one that is closed or merged stays as it is."""
    with translated(f"closing pull request #{number}"):
        asked(repository, "PATCH", f"/pulls/{number}", {"state": "closed"})


def set_draft(repository: Repository, number: int, draft: bool) -> None:
    """Turn a pull request into a draft, or take it out of draft; only GraphQL can."""
    pull = read_pull(repository, number)
    if pull.draft is not draft:
        mutation = "convertPullRequestToDraft" if draft else "markPullRequestReadyForReview"
        with translated(f"changing the draft state of #{number}"):
            wanted = {"pullRequestId": pull.node_id}
            repository.requester.graphql_named_mutation(mutation, wanted, "pullRequest { isDraft }")


def _create(repository: Repository, *, head: str, base: str, title: str, body: str, draft: bool) -> Pull:
    document = {"head": head, "base": base, "title": title, "body": body, "draft": draft}
    with translated("opening the pull request"):
        made = _pull(asked(repository, "POST", "/pulls", document))
    failpoint(K.OPENED)
    return made


def _adopt(repository: Repository, head: str, base: str) -> Pull:
    found = find_pull(repository, head, base)
    if found is None:
        raise GitHubUnavailable(
            f"GitHub says that a pull request from {head} exists, and does not list it yet.", _LIST_LAG_SECONDS
        )
    return found


def _pull(document: Document) -> Pull:
    head, base, author = document["head"], document["base"], document.get("user") or {}
    return Pull(
        number=int(document["number"]),
        node_id=str(document.get("node_id") or ""),
        state="open" if document["state"] == "open" else "closed",
        # Lists carry no `merged`.
        merged=document.get("merged_at") is not None,
        draft=bool(document.get("draft")),
        head_branch=str(head["ref"]),
        head_sha=str(head["sha"]),
        base_branch=str(base["ref"]),
        body=str(document.get("body") or ""),
        html_url=str(document.get("html_url") or ""),
        title=str(document.get("title") or ""),
        author_login=str(author.get("login") or ""),
        author_id=int(author.get("id") or 0),
        head_repository=str((head.get("repo") or {}).get("full_name") or ""),
        base_sha=str(base["sha"]),
        mergeable=document.get("mergeable"),
        labels=tuple(str(each["name"]) for each in document.get("labels") or ()),
    )
