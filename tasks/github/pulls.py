"""Pull requests: looked up, opened once, edited, commented on."""

from __future__ import annotations

from itertools import islice

import structlog
from github.GithubObject import NotSet
from github.PullRequest import PullRequest
from github.Repository import Repository

from tasks.github.errors import GitHubUnavailable, Rejected, translated
from tasks.github.protocol import Pull

_LIST_LAG_SECONDS = 30.0
"""How long GitHub's lists may lag behind a pull request that was just opened."""
_MOST_COMMENTS = 1000

log = structlog.get_logger()


def read_pull(repository: Repository, number: int) -> Pull:
    """Return a pull request."""
    with translated(f"reading pull request #{number}"):
        return _pull(repository.get_pull(number))


def find_pull(repository: Repository, head: str, base: str) -> Pull | None:
    """Return the open pull request from our branch `head` into `base`, or None."""
    owner = repository.full_name.partition("/")[0]
    with translated(f"looking for a pull request from {head}"):
        for found in islice(repository.get_pulls(state="open", head=f"{owner}:{head}", base=base), 100):
            # GitHub ignores a head it cannot parse and lists everything.
            if found.head.ref == head and found.base.ref == base:
                return _pull(found)
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
    with translated(f"editing pull request #{number}"):
        repository.get_pull(number).edit(
            title=NotSet if title is None else title, body=NotSet if body is None else body
        )


def comment(repository: Repository, number: int, body: str) -> int:
    """Comment on an issue or pull request; the same text by a bot that stands there already is adopted.

    Two comments that shall both appear must differ, which the hidden marker of ours sees to.
    """
    with translated(f"commenting on #{number}"):
        issue = repository.get_issue(number)
        for each in islice(issue.get_comments(), _MOST_COMMENTS):
            if each.body == body and each.user.type == "Bot":
                return each.id
        return issue.create_comment(body).id


def react(repository: Repository, comment_id: int, content: str) -> None:
    """React to an issue comment; a reaction that is there already is left alone by GitHub."""
    url = f"/repos/{repository.full_name}/issues/comments/{comment_id}/reactions"
    with translated("reacting to a comment"):
        repository.requester.requestJsonAndCheck("POST", url, input={"content": content})


def _create(repository: Repository, *, head: str, base: str, title: str, body: str, draft: bool) -> Pull:
    with translated("opening the pull request"):
        return _pull(repository.create_pull(base, head, title=title, body=body, draft=draft))


def _adopt(repository: Repository, head: str, base: str) -> Pull:
    found = find_pull(repository, head, base)
    if found is None:
        raise GitHubUnavailable(
            f"GitHub says that a pull request from {head} exists, and does not list it yet.", _LIST_LAG_SECONDS
        )
    return found


def _pull(pull: PullRequest) -> Pull:
    return Pull(
        number=pull.number,
        node_id=pull.raw_data.get("node_id") or "",
        state="open" if pull.state == "open" else "closed",
        # Lists carry no `merged`, and asking PyGithub for it would cost a request each.
        merged=pull.merged_at is not None,
        draft=bool(pull.draft),
        head_branch=pull.head.ref,
        head_sha=pull.head.sha,
        base_branch=pull.base.ref,
        body=pull.body or "",
        html_url=pull.html_url or "",
    )
