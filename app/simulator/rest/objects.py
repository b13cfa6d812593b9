"""Git's objects by REST: blobs, trees, commits, and moving a branch to a commit."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request

from app.simulator.access import FORBIDDEN, NOT_FOUND, Problem, allows
from app.simulator.documents import Document, objects
from app.simulator.documents.repositories import ref as ref_document
from app.simulator.git import NULL_SHA, GitFailed
from app.simulator.gitrecords import Signature
from app.simulator.records import Repository
from app.simulator.rest.door import answer, body, caller, found, hub, invalid, made, needs, text

routes = Blueprint("objects", __name__)
MODES = {"100644", "100755", "040000", "160000", "120000"}
WORKFLOWS = ".github/workflows/"


@routes.get("/repos/<owner>/<name>/git/commits/<sha>")
@needs("contents:read")
def get_commit(repo: Repository, sha: str) -> Response:
    """Answer a commit as git stores it."""
    return answer(objects.commit(hub(), repo, repo.git.commit(found(repo.git.resolve(sha)))))


@routes.get("/repos/<owner>/<name>/git/trees/<path:sha>")
@needs("contents:read")
def get_tree(repo: Repository, sha: str) -> Response:
    """Answer a tree, with `recursive` also what lies below it."""
    try:
        tree = repo.git("rev-parse", "--verify", "--end-of-options", f"{sha}^{{tree}}").decode().strip()
    except GitFailed as error:
        raise Problem(*NOT_FOUND) from error
    return answer(objects.tree(hub(), repo, tree, recursive="recursive" in request.args))


@routes.post("/repos/<owner>/<name>/git/blobs")
@needs("contents:write")
def create_blob(repo: Repository) -> Response:
    """Keep a file's bytes."""
    document = body()
    content = text(document, "content", resource="Blob")
    try:
        data = base64.b64decode(content, validate=True) if document.get("encoding") == "base64" else content.encode()
    except binascii.Error as error:
        raise invalid("content is not valid Base64") from error
    sha = repo.git.write_blob(data)
    made(f"blob {repo.full_name}@{sha}")
    return answer(objects.short_blob(hub(), repo, sha), 201)


@routes.post("/repos/<owner>/<name>/git/trees")
@needs("contents:write")
def create_tree(repo: Repository) -> Response:
    """Make a tree of entries, upon another tree if one is named."""
    document = body()
    entries = [_entry(repo, item) for item in document.get("tree", [])]
    if any(path.startswith(WORKFLOWS) for _, _, path in entries) and not allows(
        caller().permissions, "workflows:write"
    ):
        raise Problem(403, FORBIDDEN, headers={"X-Accepted-GitHub-Permissions": "contents=write,workflows=write"})
    try:
        sha = repo.git.write_tree(document.get("base_tree"), entries)
    except GitFailed as error:
        raise invalid("tree.sha or base_tree is not a valid object") from error
    made(f"tree {repo.full_name}@{sha}")
    return answer(objects.tree(hub(), repo, sha, recursive=False), 201)


@routes.post("/repos/<owner>/<name>/git/commits")
@needs("contents:write")
def create_commit(repo: Repository) -> Response:
    """Make a commit of a tree; GitHub signs it for an App that names no author and no committer."""
    document = body()
    message, tree = text(document, "message", resource="Commit"), text(document, "tree", resource="Commit")
    bot = hub().app.bot
    who = _person(document.get("author")) or Signature(
        bot.login, f"{bot.id}+{bot.login}@users.noreply.example", hub().now()
    )
    try:
        sha = repo.git.write_commit(tree, document.get("parents", []), message, who)
    except GitFailed as error:
        raise invalid("Tree SHA or a parent does not exist") from error
    if not document.keys() & {"author", "committer", "signature"}:
        repo.verified.add(sha)
    made(f"commit {repo.full_name}@{sha}")
    return answer(objects.commit(hub(), repo, repo.git.commit(sha)), 201)


@routes.patch("/repos/<owner>/<name>/git/refs/<path:ref>")
@needs("contents:write")
def update_ref(repo: Repository, ref: str) -> Response:
    """Move a ref; without `force` only forwards."""
    document, full = body(), f"refs/{ref}"
    new, old = text(document, "sha", resource="Reference"), repo.git.refs(full).get(full)
    if old is None:
        raise invalid("Reference does not exist")
    if repo.git.resolve(new) != new:
        raise invalid("Object does not exist")
    if not document.get("force") and repo.git.merge_base(old, new) != old:
        raise invalid("Update is not a fast forward")
    repo.git.move_ref(full, new, old)
    hub().refresh_pulls(repo)
    made(f"ref {repo.full_name}:{full}@{new}")
    return answer(ref_document(hub(), repo, full, new))


def _entry(repo: Repository, item: Mapping[str, Any]) -> tuple[str, str, str]:
    path, mode = str(item.get("path", "")), str(item.get("mode", ""))
    if not path or mode not in MODES:
        raise invalid("tree.path or tree.mode is missing or not valid")
    if "content" in item:
        return mode, repo.git.write_blob(str(item["content"]).encode()), path
    if item.get("sha") is None:
        return "0", NULL_SHA, path
    return mode, str(item["sha"]), path


def _person(document: Document | None) -> Signature | None:
    if document is None:
        return None
    return Signature(str(document["name"]), str(document["email"]), hub().now())
