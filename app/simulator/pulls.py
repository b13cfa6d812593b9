"""Opening, closing and merging pull requests: the rules, for REST, GraphQL and people alike."""

from __future__ import annotations

from app.simulator.access import Problem
from app.simulator.gitrecords import Signature
from app.simulator.hub import Hub
from app.simulator.records import Account, Pull, Repository

LONGEST_BODY = 65536


def refused(message: str, field: str = "base", code: str = "custom") -> Problem:
    """Return GitHub's 422 about a pull request."""
    error = {"resource": "PullRequest", "code": code, "field": field, "message": message}
    return Problem(422, "Validation Failed", (error,))


def open_pull(
    hub: Hub,
    repo: Repository,
    author: Account,
    *,
    head: str,
    base: str,
    title: str,
    body: str = "",
    draft: bool = False,
) -> Pull:
    """Open a pull request between two branches of a repository.

    Raises GitHub's 422 when a branch is missing, when nothing differs and when
    an open pull request already goes the same way.
    """
    if repo.archived:
        raise Problem(403, "Repository was archived so is read-only.")
    branch = head.rpartition(":")[2]
    heads = repo.git.refs("refs/heads/")
    for name, field in ((branch, "head"), (base, "base")):
        if f"refs/heads/{name}" not in heads:
            raise refused(f"{field} is invalid", field, "invalid")
    if find_open(repo, branch, base) is not None:
        raise refused(f"A pull request already exists for {repo.owner.login}:{branch}.")
    if draft and repo.private and not hub.private_drafts:
        raise refused("Draft pull requests are not supported in this repository.", "draft")
    head_sha, base_sha = heads[f"refs/heads/{branch}"], heads[f"refs/heads/{base}"]
    if not repo.git.log(f"{base_sha}..{head_sha}"):
        raise refused(f"No commits between {base} and {branch}")
    if len(body) > LONGEST_BODY:
        raise refused(f"body is too long (maximum is {LONGEST_BODY} characters)", "body", "invalid")
    number, now = repo.next_number, hub.now()
    repo.next_number += 1
    pull = Pull(hub.next_id(), number, title, body, author, branch, base, head_sha, base_sha, draft, now, now)
    repo.pulls[number] = pull
    repo.git("update-ref", f"refs/pull/{number}/head", head_sha)
    return pull


def find_open(repo: Repository, head: str, base: str) -> Pull | None:
    """Return the open pull request from one branch into another, or None."""
    for pull in repo.pulls.values():
        ours = not pull.head_repository
        if ours and (pull.state, pull.head_branch, pull.base_branch) == ("open", head, base):
            return pull
    return None


def close(hub: Hub, pull: Pull) -> None:
    """Close a pull request."""
    pull.state, pull.closed_at, pull.updated_at = "closed", hub.now(), hub.now()


def reopen(hub: Hub, pull: Pull) -> None:
    """Open a closed pull request again; a merged one stays closed."""
    if pull.merged:
        raise refused("Cannot reopen a merged pull request", "state", "invalid")
    pull.state, pull.closed_at, pull.updated_at = "open", None, hub.now()


def merge(hub: Hub, repo: Repository, pull: Pull, by: Account, *, expected_head: str | None = None) -> str:
    """Merge into the base branch with a merge commit; returns its id.

    Raises GitHub's 405 when it cannot be merged and its 409 when the head is another than expected.
    """
    if expected_head not in {None, pull.head_sha}:
        raise Problem(409, "Head branch was modified. Review and try the merge again.")
    tree = repo.git.merge_tree(pull.base_sha, pull.head_sha)
    if pull.state != "open" or pull.draft or tree is None:
        raise Problem(405, "Pull Request is not mergeable")
    message = f"Merge pull request #{pull.number} from {repo.owner.login}/{pull.head_branch}\n\n{pull.title}"
    who = Signature(by.login, f"{by.id}+{by.login}@users.noreply.example", hub.now())
    sha = repo.git.write_commit(tree, [pull.base_sha, pull.head_sha], message, who)
    repo.git.move_ref(f"refs/heads/{pull.base_branch}", sha, pull.base_sha)
    repo.verified.add(sha)
    close(hub, pull)
    pull.merge_commit_sha, pull.merged_by = sha, by
    hub.refresh_pulls(repo)
    return sha
