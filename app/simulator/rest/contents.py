"""Repositories: branches, refs, files, commits, comparisons and roles."""

from __future__ import annotations

import re

from flask import Blueprint, Response, request

from app.simulator.access import NOT_FOUND, Problem
from app.simulator.documents import accounts, pulls, repositories
from app.simulator.git import NULL_SHA
from app.simulator.records import Repository
from app.simulator.rest.door import answer, body, found, hub, invalid, made, needs, nothing, page, paged, text

routes = Blueprint("contents", __name__)
SHA = re.compile(r"[0-9a-f]{40}")
COMPARED_FILES = 300


@routes.get("/repos/<owner>/<name>")
@needs("metadata:read")
def repository(repo: Repository) -> Response:
    """Answer the repository."""
    return answer(repositories.full_repository(hub(), repo))


@routes.get("/repos/<owner>/<name>/branches")
@needs("contents:read")
def branches(repo: Repository) -> Response:
    """List branches."""
    heads = [(ref.removeprefix("refs/heads/"), sha) for ref, sha in repo.git.refs("refs/heads/").items()]
    return paged(heads, lambda head: repositories.short_branch(hub(), repo, *head))


@routes.get("/repos/<owner>/<name>/branches/<path:branch>")
@needs("contents:read")
def branch(repo: Repository, branch: str) -> Response:
    """Answer one branch."""
    sha = repo.git.refs(f"refs/heads/{branch}").get(f"refs/heads/{branch}")
    if sha is None:
        raise Problem(404, "Branch not found")
    return answer(repositories.branch(hub(), repo, branch, repo.git.commit(sha)))


@routes.get("/repos/<owner>/<name>/git/ref/<path:ref>")
@needs("contents:read")
def get_ref(repo: Repository, ref: str) -> Response:
    """Answer one ref, named without `refs/`."""
    full = f"refs/{ref}"
    sha = found(repo.git.refs(full).get(full))
    return answer(repositories.ref(hub(), repo, full, sha))


@routes.get("/repos/<owner>/<name>/git/matching-refs/<path:ref>")
@needs("contents:read")
def matching_refs(repo: Repository, ref: str) -> Response:
    """List the refs that start so."""
    hits = [item for item in repo.git.refs().items() if item[0].startswith(f"refs/{ref}")]
    return paged(hits, lambda item: repositories.ref(hub(), repo, *item))


@routes.post("/repos/<owner>/<name>/git/refs")
@needs("contents:write")
def create_ref(repo: Repository) -> Response:
    """Create a ref at a commit that exists."""
    document = body()
    ref, sha = text(document, "ref", resource="Reference"), text(document, "sha", resource="Reference")
    if not ref.startswith("refs/") or ref.count("/") < 2 or not repo.git.valid_ref(ref):
        raise invalid(f"Reference name {ref!r} is not a valid ref name.")
    if not SHA.fullmatch(sha) or repo.git.resolve(sha) is None:
        raise invalid("Object does not exist")
    if ref in repo.git.refs(ref):
        raise invalid("Reference already exists")
    repo.git.move_ref(ref, sha, NULL_SHA)
    made(f"ref {repo.full_name}:{ref}@{sha}")
    response = answer(repositories.ref(hub(), repo, ref, sha), 201)
    response.headers["Location"] = f"{repositories.api(hub(), repo)}/git/{ref}"
    return response


@routes.delete("/repos/<owner>/<name>/git/refs/<path:ref>")
@needs("contents:write")
def delete_ref(repo: Repository, ref: str) -> Response:
    """Delete a ref."""
    full = f"refs/{ref}"
    if full not in repo.git.refs(full):
        raise invalid("Reference does not exist")
    if full == f"refs/heads/{repo.default_branch}":
        raise invalid("Cannot delete the default branch")
    repo.git.delete_ref(full)
    made(f"deleted {repo.full_name}:{full}")
    return nothing()


@routes.get("/repos/<owner>/<name>/contents/", defaults={"path": ""})
@routes.get("/repos/<owner>/<name>/contents/<path:path>")
@needs("contents:read")
def contents(repo: Repository, path: str) -> Response:
    """Answer a file with its bytes, or list a folder."""
    ref = request.args.get("ref") or repo.default_branch
    sha = repo.git.resolve(ref)
    if sha is None:
        raise Problem(404, f"No commit found for the ref {ref}")
    entries = repo.git.entries(sha, path.rstrip("/"))
    if not entries:
        raise Problem(*NOT_FOUND)
    if not path or entries[0].kind == "tree":
        inside = repo.git.entries(sha, f"{path.rstrip('/')}/" if path else "")
        return answer([repositories.content(hub(), repo, ref, entry) for entry in inside])
    data = repo.git.blob(entries[0].sha)
    if "raw" in request.headers.get("Accept", ""):
        return Response(data, content_type="application/vnd.github.raw; charset=utf-8")
    return answer(repositories.content(hub(), repo, ref, entries[0], data))


@routes.get("/repos/<owner>/<name>/compare/<path:basehead>")
@needs("contents:read")
def compare(repo: Repository, basehead: str) -> Response:
    """Compare two commits from their merge base, as a pull request would."""
    base_name, _, head_name = basehead.partition("...")
    base, head = found(repo.git.resolve(base_name)), found(repo.git.resolve(head_name))
    start = found(repo.git.merge_base(base, head))
    ahead = list(reversed(repo.git.log(f"{base}..{head}")))
    behind = len(repo.git.log(f"{head}..{base}"))
    commits, headers = page(ahead)
    files = repo.git.changes(start, head)[:COMPARED_FILES]
    address, html = f"{repositories.api(hub(), repo)}/compare/{basehead}", f"{repositories.page(hub(), repo)}/compare"
    document = {
        "url": address,
        "html_url": f"{html}/{basehead}",
        "permalink_url": f"{html}/{base}...{head}",
        "diff_url": f"{html}/{basehead}.diff",
        "patch_url": f"{html}/{basehead}.patch",
        "base_commit": repositories.commit(hub(), repo, repo.git.commit(base)),
        "merge_base_commit": repositories.commit(hub(), repo, repo.git.commit(start)),
        "status": _relation(len(ahead), behind),
        "ahead_by": len(ahead),
        "behind_by": behind,
        "total_commits": len(ahead),
        "commits": [repositories.commit(hub(), repo, record) for record in commits],
        "files": [repositories.changed_file(hub(), repo, head, change) for change in files],
    }
    response = answer(document)
    response.headers.update(headers)
    return response


@routes.get("/repos/<owner>/<name>/commits")
@needs("contents:read")
def commits(repo: Repository) -> Response:
    """List commits, newest first, from a ref and by path."""
    start = found(repo.git.resolve(request.args.get("sha") or repo.default_branch))
    records = repo.git.log(start, path=request.args.get("path", ""))
    return paged(records, lambda record: repositories.commit(hub(), repo, record))


@routes.get("/repos/<owner>/<name>/commits/<path:ref>")
@needs("contents:read")
def commit(repo: Repository, ref: str) -> Response:
    """Answer one commit with the files it changed."""
    sha = repo.git.resolve(ref)
    if sha is None:
        raise Problem(422, f"No commit found for SHA: {ref}")
    record = repo.git.commit(sha)
    files = repo.git.changes(record.parents[0], sha) if record.parents else []
    added, removed = sum(change.additions for change in files), sum(change.deletions for change in files)
    return answer(
        {
            **repositories.commit(hub(), repo, record),
            "stats": {"additions": added, "deletions": removed, "total": added + removed},
            "files": [repositories.changed_file(hub(), repo, sha, change) for change in files],
        }
    )


@routes.get("/repos/<owner>/<name>/commits/<sha>/pulls")
@needs("pull_requests:read")
def commit_pulls(repo: Repository, sha: str) -> Response:
    """List the pull requests whose head branch has the commit."""
    hits = [
        pull
        for pull in repo.pulls.values()
        if sha in {record.sha for record in repo.git.log(f"{pull.base_sha}..{pull.head_sha}")}
        or sha in {pull.head_sha, pull.merge_commit_sha}
    ]
    return paged(hits, lambda pull: pulls.short_pull(hub(), repo, pull))


@routes.get("/repos/<owner>/<name>/commits/<sha>/status")
@needs("statuses:read")
def combined_status(repo: Repository, sha: str) -> Response:
    """Answer the combined status; nobody reports statuses here, so it is pending as on GitHub."""
    full = found(repo.git.resolve(sha))
    base = repositories.api(hub(), repo)
    return answer(
        {
            "state": "pending",
            "statuses": [],
            "sha": full,
            "total_count": 0,
            "repository": repositories.repository(hub(), repo),
            "commit_url": f"{base}/commits/{full}",
            "url": f"{base}/commits/{full}/status",
        }
    )


@routes.get("/repos/<owner>/<name>/collaborators/<login>/permission")
@needs("metadata:read")
def permission(repo: Repository, login: str) -> Response:
    """Answer what an account may do; strangers may read a public repository, unknown accounts are a 404."""
    who = hub().accounts.get(login)
    if who is None:
        raise Problem(404, f"{login} is not a user")
    role = repo.roles.get(login, "none" if repo.private else "read")
    return answer(accounts.permission(hub(), who, role))


def _relation(ahead: int, behind: int) -> str:
    if ahead and behind:
        return "diverged"
    return "ahead" if ahead else "behind" if behind else "identical"
