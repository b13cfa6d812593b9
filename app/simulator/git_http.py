"""Clone, fetch and push over smart HTTP, with the same tokens and permissions as the API."""

from __future__ import annotations

import base64
import binascii

from flask import Blueprint, Response, request

from app.simulator.access import Problem, allows
from app.simulator.git import NULL_SHA
from app.simulator.records import Repository, Token
from app.simulator.rest.door import hub, made, needed, reachable

routes = Blueprint("git", __name__)
USER = "x-access-token"
CHALLENGE = {"WWW-Authenticate": 'Basic realm="GitHub"'}


@routes.get("/<owner>/<name>.git/info/refs", defaults={"service": "info/refs"})
@routes.post("/<owner>/<name>.git/git-upload-pack", defaults={"service": "git-upload-pack"})
@routes.post("/<owner>/<name>.git/git-receive-pack", defaults={"service": "git-receive-pack"})
def git(owner: str, name: str, service: str) -> Response:
    """Answer one request of git's protocol."""
    writes = "git-receive-pack" in {service, request.args.get("service")}
    try:
        with hub().lock:
            repo = _admitted(owner, name, writes=writes)
    except Problem as problem:
        return Response(f"{problem.message}\n", problem.status, problem.headers, content_type="text/plain")
    before = repo.git.refs("refs/heads/")
    answer = repo.git.serve_http(_environ(service), request.get_data())
    with hub().lock:
        _note(repo, before, repo.git.refs("refs/heads/"))
        hub().refresh_pulls(repo)
    return Response(answer.body, answer.status, list(answer.headers))


def _admitted(owner: str, name: str, *, writes: bool) -> Repository:
    """Return the repository, or raise what GitHub answers to git; a public repository may be read by anyone."""
    repo = hub().repositories.get(f"{owner}/{name}".lower())
    if "Authorization" not in request.headers and repo is not None and not (repo.private or writes):
        return repo
    token = _token()
    try:
        repo = reachable(token, owner, name)
    except Problem as problem:
        raise Problem(404, "Repository not found.") from problem
    wanted = "contents:write" if writes else "contents:read"
    needed(wanted)
    if not allows(token.permissions, wanted):
        raise Problem(403, f"Permission to {repo.full_name}.git denied to {hub().app.bot.login}.")
    return repo


def _token() -> Token:
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    try:
        user, _, password = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        user = password = ""
    if scheme.lower() != "basic" or user != USER:
        raise Problem(401, "No anonymous write access.", headers=CHALLENGE)
    try:
        return hub().gate.token(password, hub().now())
    except Problem as problem:
        raise Problem(problem.status, "Invalid username or token.", headers=CHALLENGE) from problem


def _environ(service: str) -> dict[str, str]:
    given = {
        "PATH_INFO": f"/{service}",
        "QUERY_STRING": request.query_string.decode("latin-1"),
        "REQUEST_METHOD": request.method,
        "CONTENT_TYPE": request.headers.get("Content-Type", ""),
        "CONTENT_LENGTH": str(len(request.get_data())) if request.method == "POST" else "",
        "HTTP_CONTENT_ENCODING": request.headers.get("Content-Encoding", ""),
        "GIT_PROTOCOL": request.headers.get("Git-Protocol", ""),
        # Pushing is allowed to a named user only; who may push was decided before this.
        "REMOTE_USER": hub().app.bot.login,
        "REMOTE_ADDR": request.remote_addr or "",
    }
    return {name: value for name, value in given.items() if value}


def _note(repo: Repository, before: dict[str, str], after: dict[str, str]) -> None:
    for ref in sorted({*before, *after}):
        if before.get(ref) != after.get(ref):
            made(f"push {repo.full_name}:{ref}@{after.get(ref, NULL_SHA)}")
