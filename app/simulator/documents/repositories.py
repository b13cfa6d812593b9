"""Repositories, commits, refs, files and comparisons."""

from __future__ import annotations

import base64
from urllib.parse import quote

from app.simulator.documents import Document, node, stamp
from app.simulator.documents.accounts import account
from app.simulator.gitrecords import CommitRecord, FileChange, Signature, TreeEntry
from app.simulator.hub import Hub
from app.simulator.records import Repository

LARGEST_INLINE = 1 << 20
"""Files above this have no content in the contents document."""
API_LINKS = {
    "archive_url": "/{archive_format}{/ref}",
    "assignees_url": "/assignees{/user}",
    "blobs_url": "/git/blobs{/sha}",
    "branches_url": "/branches{/branch}",
    "collaborators_url": "/collaborators{/collaborator}",
    "comments_url": "/comments{/number}",
    "commits_url": "/commits{/sha}",
    "compare_url": "/compare/{base}...{head}",
    "contents_url": "/contents/{+path}",
    "contributors_url": "/contributors",
    "deployments_url": "/deployments",
    "downloads_url": "/downloads",
    "events_url": "/events",
    "forks_url": "/forks",
    "git_commits_url": "/git/commits{/sha}",
    "git_refs_url": "/git/refs{/sha}",
    "git_tags_url": "/git/tags{/sha}",
    "hooks_url": "/hooks",
    "issue_comment_url": "/issues/comments{/number}",
    "issue_events_url": "/issues/events{/number}",
    "issues_url": "/issues{/number}",
    "keys_url": "/keys{/key_id}",
    "labels_url": "/labels{/name}",
    "languages_url": "/languages",
    "merges_url": "/merges",
    "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}",
    "pulls_url": "/pulls{/number}",
    "releases_url": "/releases{/id}",
    "stargazers_url": "/stargazers",
    "statuses_url": "/statuses/{sha}",
    "subscribers_url": "/subscribers",
    "subscription_url": "/subscription",
    "tags_url": "/tags",
    "teams_url": "/teams",
    "trees_url": "/git/trees{/sha}",
}
NOTHING_OF = (
    "forks",
    "forks_count",
    "size",
    "stargazers_count",
    "watchers",
    "watchers_count",
)


def api(hub: Hub, repo: Repository) -> str:
    """Return the API address of a repository."""
    return f"{hub.url}/api/v3/repos/{repo.full_name}"


def page(hub: Hub, repo: Repository) -> str:
    """Return the address of a repository's page."""
    return f"{hub.url}/{repo.full_name}"


def repository(hub: Hub, repo: Repository) -> Document:
    """Return a repository as other documents carry it."""
    base, html = api(hub, repo), page(hub, repo)
    open_pulls = sum(pull.state == "open" for pull in repo.pulls.values())
    return {
        "id": repo.id,
        "node_id": node("R", repo.id),
        "name": repo.name,
        "full_name": repo.full_name,
        "owner": account(hub, repo.owner),
        "private": repo.private,
        "visibility": "private" if repo.private else "public",
        "html_url": html,
        "description": None,
        "fork": bool(repo.fork_of),
        "url": base,
        **{name: base + tail for name, tail in API_LINKS.items()},
        "git_url": html.replace("http:", "git:") + ".git",
        "ssh_url": f"git@localhost:{repo.full_name}.git",
        "clone_url": f"{html}.git",
        "svn_url": html,
        "mirror_url": None,
        "homepage": None,
        "language": None,
        "license": None,
        "topics": [],
        **dict.fromkeys(NOTHING_OF, 0),
        "default_branch": repo.default_branch,
        "open_issues": open_pulls,
        "open_issues_count": open_pulls,
        "has_issues": repo.has_issues,
        "has_projects": False,
        "has_wiki": False,
        "has_pages": False,
        "has_downloads": False,
        "has_discussions": False,
        "is_template": False,
        "archived": repo.archived,
        "disabled": False,
        "pushed_at": stamp(repo.created_at),
        "created_at": stamp(repo.created_at),
        "updated_at": stamp(repo.created_at),
    }


def full_repository(hub: Hub, repo: Repository) -> Document:
    """Return a repository as its own call answers it."""
    return {**repository(hub, repo), "network_count": 0, "subscribers_count": 0}


def commit(hub: Hub, repo: Repository, record: CommitRecord) -> Document:
    """Return a commit, without its files."""
    base, html = api(hub, repo), page(hub, repo)
    return {
        "url": f"{base}/commits/{record.sha}",
        "sha": record.sha,
        "node_id": node("C", record.sha),
        "html_url": f"{html}/commit/{record.sha}",
        "comments_url": f"{base}/commits/{record.sha}/comments",
        "commit": {
            "url": f"{base}/git/commits/{record.sha}",
            "author": _signature(record.author),
            "committer": _signature(record.committer),
            "message": record.message,
            "comment_count": 0,
            "tree": {"sha": record.tree, "url": f"{base}/git/trees/{record.tree}"},
            "verification": _verification(repo, record),
        },
        "author": _known(hub, record.author),
        "committer": _known(hub, record.committer),
        "parents": [
            {"sha": sha, "url": f"{base}/commits/{sha}", "html_url": f"{html}/commit/{sha}"} for sha in record.parents
        ],
    }


def simple_commit(record: CommitRecord) -> Document:
    """Return the short form that runs and check suites carry."""
    return {
        "id": record.sha,
        "tree_id": record.tree,
        "message": record.message,
        "timestamp": stamp(record.committer.at),
        "author": {"name": record.author.name, "email": record.author.email},
        "committer": {"name": record.committer.name, "email": record.committer.email},
    }


def changed_file(hub: Hub, repo: Repository, head: str, change: FileChange) -> Document:
    """Return one file of a comparison, a commit or a pull request."""
    path = quote(change.path)
    document = {
        "sha": change.sha,
        "filename": change.path,
        "status": change.status,
        "additions": change.additions,
        "deletions": change.deletions,
        "changes": change.additions + change.deletions,
        "blob_url": f"{page(hub, repo)}/blob/{head}/{path}",
        "raw_url": f"{page(hub, repo)}/raw/{head}/{path}",
        "contents_url": f"{api(hub, repo)}/contents/{path}?ref={head}",
    }
    if change.patch:
        document["patch"] = change.patch
    if change.previous is not None:
        document["previous_filename"] = change.previous
    return document


def ref(hub: Hub, repo: Repository, name: str, sha: str) -> Document:
    """Return a git ref."""
    base = api(hub, repo)
    return {
        "ref": name,
        "node_id": node("REF", name),
        "url": f"{base}/git/{name}",
        "object": {"type": "commit", "sha": sha, "url": f"{base}/git/commits/{sha}"},
    }


def short_branch(hub: Hub, repo: Repository, name: str, sha: str) -> Document:
    """Return a branch as the list shows it."""
    return {"name": name, "commit": {"sha": sha, "url": f"{api(hub, repo)}/commits/{sha}"}, "protected": False}


def branch(hub: Hub, repo: Repository, name: str, record: CommitRecord) -> Document:
    """Return a branch with its head commit."""
    address = f"{api(hub, repo)}/branches/{name}"
    return {
        "name": name,
        "commit": commit(hub, repo, record),
        "_links": {"html": f"{page(hub, repo)}/tree/{name}", "self": address},
        "protected": False,
        "protection": {"enabled": False, "required_status_checks": {"contexts": [], "checks": []}},
        "protection_url": f"{address}/protection",
    }


def content(hub: Hub, repo: Repository, at: str, entry: TreeEntry, data: bytes | None = None) -> Document:
    """Return a file with its bytes, or an entry of a folder without them."""
    path = quote(entry.path)
    links = {
        "self": f"{api(hub, repo)}/contents/{path}?ref={at}",
        "git": f"{api(hub, repo)}/git/blobs/{entry.sha}",
        "html": f"{page(hub, repo)}/blob/{at}/{path}",
    }
    document = {
        "type": "dir" if entry.kind == "tree" else "symlink" if entry.mode == "120000" else "file",
        "size": entry.size,
        "name": entry.path.rpartition("/")[2],
        "path": entry.path,
        "sha": entry.sha,
        "url": links["self"],
        "git_url": links["git"],
        "html_url": links["html"],
        "download_url": None if entry.kind == "tree" else f"{page(hub, repo)}/raw/{at}/{path}",
        "_links": links,
    }
    if data is None:
        return document
    if document["type"] == "symlink":
        return {**document, "target": data.decode("utf-8", "replace")}
    whole = entry.size <= LARGEST_INLINE
    text = base64.encodebytes(data).decode() if whole else ""
    return {**document, "encoding": "base64" if whole else "none", "content": text}


def _signature(who: Signature) -> Document:
    return {"name": who.name, "email": who.email, "date": stamp(who.at)}


def _verification(repo: Repository, record: CommitRecord) -> Document:
    if record.sha not in repo.verified:
        return {"verified": False, "reason": "unsigned", "signature": None, "payload": None, "verified_at": None}
    return {
        "verified": True,
        "reason": "valid",
        "signature": "-----BEGIN PGP SIGNATURE-----\n(simulated)\n-----END PGP SIGNATURE-----\n",
        "payload": f"tree {record.tree}\n",
        "verified_at": stamp(record.committer.at),
    }


def _known(hub: Hub, who: Signature) -> Document | None:
    known = hub.accounts.get(who.name)
    return None if known is None else account(hub, known)
