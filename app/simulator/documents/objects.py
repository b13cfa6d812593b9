"""Git's objects: commits, trees and blobs as git stores them."""

from __future__ import annotations

from app.simulator.documents import Document
from app.simulator.documents.repositories import api
from app.simulator.documents.repositories import commit as full_commit
from app.simulator.gitrecords import CommitRecord, TreeEntry
from app.simulator.hub import Hub
from app.simulator.records import Repository


def commit(hub: Hub, repo: Repository, record: CommitRecord) -> Document:
    """Return a git commit."""
    whole = full_commit(hub, repo, record)
    inner = whole["commit"]
    return {
        "sha": record.sha,
        "node_id": whole["node_id"],
        "url": inner["url"],
        "html_url": whole["html_url"],
        **{key: inner[key] for key in ("author", "committer", "message", "tree", "verification")},
        "parents": [{**parent, "url": f"{api(hub, repo)}/git/commits/{parent['sha']}"} for parent in whole["parents"]],
    }


def tree(hub: Hub, repo: Repository, sha: str, *, recursive: bool) -> Document:
    """Return a tree and its entries."""
    entries = repo.git.entries(sha, recursive=recursive)
    return {
        "sha": sha,
        "url": f"{api(hub, repo)}/git/trees/{sha}",
        "tree": [_entry(hub, repo, entry) for entry in entries],
        "truncated": False,
    }


def short_blob(hub: Hub, repo: Repository, sha: str) -> Document:
    """Return what creating a blob answers."""
    return {"sha": sha, "url": f"{api(hub, repo)}/git/blobs/{sha}"}


def _entry(hub: Hub, repo: Repository, entry: TreeEntry) -> Document:
    kind = "trees" if entry.kind == "tree" else "blobs"
    document: Document = {"path": entry.path, "mode": entry.mode, "type": entry.kind, "sha": entry.sha}
    if entry.kind == "blob":
        document["size"] = entry.size
    return {**document, "url": f"{api(hub, repo)}/git/{kind}/{entry.sha}"}
