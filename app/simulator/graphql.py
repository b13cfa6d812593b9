"""The little GraphQL that Goldseam needs, answered with just the fields that were asked for."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response

from app.simulator.access import FORBIDDEN, Problem, allows
from app.simulator.documents import Document, node, stamp
from app.simulator.documents.repositories import page
from app.simulator.git import GitFailed
from app.simulator.gitrecords import Signature
from app.simulator.hub import Hub
from app.simulator.records import Pull, Repository, Token
from app.simulator.rest.comments import reacted
from app.simulator.rest.door import answer, body, hub, installation_token, made, reachable
from app.simulator.rest.door import needed as note_needed
from app.simulator.selection import Operation, Unreadable, pick, read
from app.simulator.talkrecords import Comment, Review, ReviewComment

routes = Blueprint("graphql", __name__)
Input = Mapping[str, Any]


class Failed(Exception):
    """A mutation that GitHub would answer with `errors`; `kind` is the error's type."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(kind, message)
        self.kind, self.message = kind, message


@routes.post("/api/graphql")
def graphql() -> Response:
    """Run one mutation or query. As on GitHub, the status is 200 even when `errors` say what went wrong."""
    with hub().lock:
        token = installation_token()
        document = body()
        try:
            operation = read(str(document.get("query", "")), document.get("variables") or {})
            result = _run(token, operation)
        except Unreadable as error:
            return answer({"errors": [{"message": str(error)}]})
        except Failed as error:
            problem = {"type": error.kind, "path": [operation.alias], "message": error.message}
            return answer({"data": {operation.alias: None}, "errors": [problem]})
        return answer({"data": {operation.alias: pick(result, operation.selection)}})


def _run(token: Token, operation: Operation) -> Document:
    if operation.kind == "query":
        if operation.field != "viewer":
            raise Unreadable(f"Field '{operation.field}' doesn't exist on type 'Query' of this simulator")
        bot = hub().app.bot
        return {"login": bot.login, "databaseId": bot.id, "id": node("BOT", bot.id)}
    mutation = MUTATIONS.get(operation.field)
    if mutation is None:
        raise Unreadable(f"Field '{operation.field}' doesn't exist on type 'Mutation' of this simulator")
    result = mutation(token, operation.input)
    return {**result, "clientMutationId": operation.input.get("clientMutationId")}


def create_commit_on_branch(token: Token, given: Input) -> Document:
    """Commit whole files on a branch whose head must be the expected one.

    GitHub signs the commit, and the App's bot is its author.
    """
    target = given["branch"]
    repo = _repository(token, str(target.get("repositoryNameWithOwner", "")), "contents:write")
    branch = str(target.get("branchName", "")).removeprefix("refs/heads/")
    additions = {item["path"]: _decoded(item) for item in given.get("fileChanges", {}).get("additions", [])}
    deletions = [item["path"] for item in given.get("fileChanges", {}).get("deletions", [])]
    touched = [*additions, *deletions]
    if any(path.startswith(".github/workflows/") for path in touched) and not allows(
        token.permissions, "workflows:write"
    ):
        raise Failed(
            "FORBIDDEN", "refusing to allow a GitHub App to create or update workflow without `workflows` permission"
        )
    head = repo.git.refs(f"refs/heads/{branch}").get(f"refs/heads/{branch}")
    if head is None:
        raise Failed("NOT_FOUND", f'No such branch "{branch}"')
    if head != given["expectedHeadOid"]:
        raise Failed(
            "STALE_DATA",
            f'Expected branch to point to "{given["expectedHeadOid"]}" but it points to "{head}". Pull and try again.',
        )
    try:
        tree = repo.git.write_tree(head, repo.git.whole_files(additions, deletions))
    except GitFailed as error:
        raise Failed("UNPROCESSABLE", f"A path is not valid: {error}") from error
    sha = _commit(repo, branch, head, given, tree)
    made(f"commit {repo.full_name}:refs/heads/{branch}@{sha}")
    return {"commit": commit_object(hub(), repo, sha), "ref": _ref_object(repo, branch, sha)}


def mark_ready(token: Token, given: Input) -> Document:
    """Take a pull request out of draft."""
    repo, pull = _pull(token, given["pullRequestId"], "pull_requests:write")
    pull.draft = False
    made(f"pull {repo.full_name}#{pull.number}")
    return {"pullRequest": _pull_object(hub(), repo, pull)}


def convert_to_draft(token: Token, given: Input) -> Document:
    """Put a pull request back into draft."""
    repo, pull = _pull(token, given["pullRequestId"], "pull_requests:write")
    pull.draft = True
    made(f"pull {repo.full_name}#{pull.number}")
    return {"pullRequest": _pull_object(hub(), repo, pull)}


def revert(token: Token, given: Input) -> Document:
    """Refuse to revert, as GitHub does when a revert would conflict; clients fall back to `git revert`."""
    _pull(token, given["pullRequestId"], "pull_requests:write")
    raise Failed("UNPROCESSABLE", "Sorry, this pull request couldn't be reverted automatically.")


def auto_merge(token: Token, given: Input) -> Document:
    """Refuse automatic merging, as a repository with default settings does."""
    _pull(token, given["pullRequestId"], "pull_requests:write")
    raise Failed("UNPROCESSABLE", "Pull request Auto merge is not allowed for this repository")


def add_reaction(token: Token, given: Input) -> Document:
    """React to a comment or review, known by its node id."""
    contents = {"EYES": "eyes", "THUMBS_UP": "+1", "CONFUSED": "confused", "ROCKET": "rocket"}
    for full_name in sorted(token.repositories):
        repo = _repository(token, full_name, "metadata:read")
        named: list[tuple[str, str, Mapping[int, Review | ReviewComment | Comment]]] = [
            ("PRR", "pull_requests:write", repo.reviews),
            ("PRRC", "pull_requests:write", repo.review_comments),
            ("IC", "issues:write", repo.comments),
        ]
        for prefix, needed, things in named:
            for item in things.values():
                if node(prefix, item.id) == given["subjectId"]:
                    _repository(token, full_name, needed)
                    reaction, _ = reacted(repo, item, contents[given["content"]])
                    return {"reaction": {"id": node("REA", reaction.id), "content": given["content"]}}
    raise Failed("NOT_FOUND", f"Could not resolve to a node with the global id of '{given['subjectId']}'.")


MUTATIONS: Mapping[str, Callable[[Token, Input], Document]] = {
    "createCommitOnBranch": create_commit_on_branch,
    "markPullRequestReadyForReview": mark_ready,
    "convertPullRequestToDraft": convert_to_draft,
    "revertPullRequest": revert,
    "enablePullRequestAutoMerge": auto_merge,
    "addReaction": add_reaction,
}


def commit_object(state: Hub, repo: Repository, sha: str) -> Document:
    """Return a commit with the fields of GraphQL's `Commit` that the simulator knows."""
    record = repo.git.commit(sha)
    verified = sha in repo.verified
    signature = {"isValid": verified, "state": "VALID" if verified else "UNSIGNED", "wasSignedByGitHub": verified}
    return {
        "id": node("C", sha),
        "oid": sha,
        "abbreviatedOid": sha[:7],
        "url": f"{page(state, repo)}/commit/{sha}",
        "commitUrl": f"{page(state, repo)}/commit/{sha}",
        "message": record.message,
        "messageHeadline": record.message.partition("\n")[0],
        "committedDate": stamp(record.committer.at),
        "authoredDate": stamp(record.author.at),
        "author": {"name": record.author.name, "email": record.author.email},
        "signature": signature if verified else None,
    }


def _commit(repo: Repository, branch: str, head: str, given: Input, tree: str) -> str:
    bot, message = hub().app.bot, given["message"]
    who = Signature(bot.login, f"{bot.id}+{bot.login}@users.noreply.example", hub().now())
    text = "\n\n".join(part for part in (message.get("headline"), message.get("body")) if part)
    sha = repo.git.write_commit(tree, [head], text, who)
    repo.git.move_ref(f"refs/heads/{branch}", sha, head)
    repo.verified.add(sha)
    hub().refresh_pulls(repo)
    return sha


def _repository(token: Token, full_name: str, needed: str) -> Repository:
    owner, _, name = full_name.partition("/")
    try:
        repo = reachable(token, owner, name)
    except Problem as problem:
        raise Failed("NOT_FOUND", f"Could not resolve to a Repository with the name '{full_name}'.") from problem
    if not allows(token.permissions, needed):
        raise Failed("FORBIDDEN", f"{FORBIDDEN} ({needed.replace(':', '=')} is needed)")
    note_needed(needed)
    return repo


def _pull(token: Token, identity: str, needed: str) -> tuple[Repository, Pull]:
    for full_name in sorted(token.repositories):
        repo = _repository(token, full_name, needed)
        for pull in repo.pulls.values():
            if node("PR", pull.id) == identity:
                return repo, pull
    raise Failed("NOT_FOUND", f"Could not resolve to a node with the global id of '{identity}'.")


def _decoded(addition: Input) -> bytes:
    try:
        return base64.b64decode(addition["contents"], validate=True)
    except binascii.Error as error:
        raise Failed("UNPROCESSABLE", f"The contents of {addition['path']} are not base64") from error


def _ref_object(repo: Repository, branch: str, sha: str) -> Document:
    name = f"refs/heads/{branch}"
    return {"id": node("REF", f"{repo.id}:{name}"), "name": branch, "prefix": "refs/heads/", "target": {"oid": sha}}


def _pull_object(state: Hub, repo: Repository, pull: Pull) -> Document:
    return {
        "id": node("PR", pull.id),
        "number": pull.number,
        "title": pull.title,
        "isDraft": pull.draft,
        "state": "MERGED" if pull.merged else pull.state.upper(),
        "url": f"{page(state, repo)}/pull/{pull.number}",
        "headRefOid": pull.head_sha,
        "headRefName": pull.head_branch,
        "baseRefName": pull.base_branch,
    }
