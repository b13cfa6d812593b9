"""Plain pages on which a person reads what GitHub would show; no script, and two buttons to try things with."""

from __future__ import annotations

from itertools import chain, islice
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from app.simulator import payloads, pulls
from app.simulator.access import Problem
from app.simulator.lines import diff_lines, log_lines
from app.simulator.markdown import render
from app.simulator.records import Log, Pull, Repository
from app.simulator.rest.actions import chunks
from app.simulator.rest.door import hub
from app.simulator.reviews import changes
from app.simulator.talkrecords import Comment, ReviewComment

routes = Blueprint("pages", __name__)
SHOWN_BYTES = 1 << 20
POLICY = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"


@routes.after_request
def closed(response: Response) -> Response:
    """Allow the page nothing but its own style sheet."""
    response.headers["Content-Security-Policy"] = POLICY
    return response


@routes.get("/")
def repositories() -> str:
    """List the repositories."""
    with hub().lock:
        return _page("repositories.html", repositories=list(hub().repositories.values()))


@routes.get("/<owner>/<name>")
def repository(owner: str, name: str) -> str:
    """Show a repository's pull requests and runs."""
    with hub().lock:
        repo = _repository(owner, name)
        return _page(
            "repository.html", repo=repo, runs=reversed(repo.runs.values()), pulls=reversed(repo.pulls.values())
        )


@routes.get("/<owner>/<name>/pull/<int:number>")
def pull(owner: str, name: str, number: int) -> str:
    """Show a pull request whole: body, checks, changes and talk."""
    with hub().lock:
        repo, shown = _pull(owner, name, number)
        start = repo.git.merge_base(shown.base_sha, shown.head_sha) or shown.base_sha
        return _page(
            "pull.html",
            repo=repo,
            pull=shown,
            files=changes(repo, shown),
            commits=list(reversed(repo.git.log(f"{start}..{shown.head_sha}"))),
            checks=[check for check in repo.checks.values() if check.head_sha == shown.head_sha],
            talk=_talk(repo, number),
        )


@routes.get("/<owner>/<name>/pull/<int:number>.diff")
def pull_diff(owner: str, name: str, number: int) -> Response:
    """Answer a pull request's changes as a unified diff."""
    with hub().lock:
        repo, shown = _pull(owner, name, number)
        diff = repo.git("diff", "-M", f"{shown.base_sha}...{shown.head_sha}")
    return Response(diff, content_type="text/plain; charset=utf-8")


@routes.get("/<owner>/<name>/runs/<int:number>")
def check(owner: str, name: str, number: int) -> str:
    """Show a check run."""
    with hub().lock:
        repo = _repository(owner, name)
        shown = repo.checks.get(number) or abort(404)
        run = next((run for run in repo.runs.values() if run.check_suite_id == shown.check_suite_id), None)
        return _page("check.html", repo=repo, check=shown, run=run)


@routes.get("/<owner>/<name>/actions/runs/<int:number>")
@routes.get("/<owner>/<name>/actions/runs/<int:number>/job/<int:job>")
def run(owner: str, name: str, number: int, job: int | None = None) -> str:
    """Show a run with the end of the log of each job, or of one."""
    with hub().lock:
        repo = _repository(owner, name)
        shown = repo.runs.get(number) or abort(404)
        jobs = [item for item in shown.latest_jobs if job is None or item.id == job]
    return _page("run.html", repo=repo, run=shown, jobs=[(item, log_lines(_shown(item.log))) for item in jobs])


@routes.get("/<owner>/<name>/commit/<sha>")
def commit(owner: str, name: str, sha: str) -> str:
    """Show a commit and what it changed."""
    with hub().lock:
        repo = _repository(owner, name)
        shown = repo.git.commit(repo.git.resolve(sha) or abort(404))
        files = repo.git.changes(shown.parents[0], shown.sha) if shown.parents else []
        return _page("commit.html", repo=repo, commit=shown, files=files)


@routes.get("/<owner>/<name>/blob/<ref>/<path:path>")
def blob(owner: str, name: str, ref: str, path: str) -> str:
    """Show a file with numbered lines, so that links to a line arrive."""
    text = _file(owner, name, ref, path).decode("utf-8", "replace")
    return _page("blob.html", repo=_repository(owner, name), ref=ref, path=path, lines=text.splitlines())


@routes.get("/<owner>/<name>/raw/<ref>/<path:path>")
def raw(owner: str, name: str, ref: str, path: str) -> Response:
    """Answer a file's bytes as plain text."""
    return Response(_file(owner, name, ref, path), content_type="text/plain; charset=utf-8")


@routes.post("/<owner>/<name>/actions/runs/<int:number>/webhooks")
def announce(owner: str, name: str, number: int) -> AnyResponse:
    """Send every webhook of a run again, each with a new GUID."""
    _same_origin()
    with hub().lock:
        repo = _repository(owner, name)
        shown = repo.runs.get(number) or abort(404)
        events = payloads.of_run(hub(), repo, shown)
    for event, payload in events:
        hub().deliver(event, payload)
    return redirect(f"{hub().url}/{repo.full_name}/actions/runs/{number}", 303)


@routes.post("/<owner>/<name>/pull/<int:number>/comments")
def comment(owner: str, name: str, number: int) -> AnyResponse:
    """Comment as the repository's owner, and send the webhook."""
    _same_origin()
    with hub().lock:
        repo, shown = _pull(owner, name, number)
        body = request.form.get("body", "").strip()
        made = hub().comment(repo, number, repo.owner.login, body) if body else None
    if made is not None:
        hub().deliver("issue_comment", payloads.issue_comment(hub(), repo, made))
    return _back(repo, shown)


@routes.post("/<owner>/<name>/pull/<int:number>/merge")
def merge(owner: str, name: str, number: int) -> AnyResponse:
    """Merge as the repository's owner, and send the webhooks."""
    _same_origin()
    with hub().lock:
        repo, shown = _pull(owner, name, number)
        before, shown.draft = shown.base_sha, False
        try:
            after = pulls.merge(hub(), repo, shown, repo.owner)
        except Problem as problem:
            abort(409, problem.message)
    hub().deliver("push", payloads.push(hub(), repo, shown.base_branch, before, after))
    hub().deliver("pull_request", payloads.pull_request(hub(), repo, shown, "closed"))
    return _back(repo, shown)


def _talk(repo: Repository, number: int) -> list[Comment | ReviewComment]:
    """Return what was said below a pull request and at its lines, oldest first."""
    below: list[Comment | ReviewComment] = [each for each in repo.comments.values() if each.number == number]
    at_lines = [each for each in repo.review_comments.values() if each.number == number]
    return sorted([*below, *at_lines], key=lambda each: (each.created_at, each.id))


def _page(template: str, **values: object) -> str:
    return render_template(template, markdown=render, diff_lines=diff_lines, **values)


def _repository(owner: str, name: str) -> Repository:
    found: Repository = hub().repositories.get(f"{owner}/{name}".lower()) or abort(404)
    hub().refresh_pulls(found)
    return found


def _pull(owner: str, name: str, number: int) -> tuple[Repository, Pull]:
    repo = _repository(owner, name)
    return repo, repo.pulls.get(number) or abort(404)


def _file(owner: str, name: str, ref: str, path: str) -> bytes:
    with hub().lock:
        repo = _repository(owner, name)
        entries = repo.git.entries(repo.git.resolve(ref) or abort(404), path)
        if not entries or entries[0].kind != "blob":
            abort(404)
        return repo.git.blob(entries[0].sha)


def _shown(log: Log) -> bytes:
    """Return the last MiB of a log, or the first of one that is made while it is read: some never end."""
    if isinstance(log, bytes):
        return log[-SHOWN_BYTES:]
    return bytes(islice(chain.from_iterable(chunks(log)), SHOWN_BYTES))


def _same_origin() -> None:
    """Refuse a form that another site's page sent."""
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        abort(403)


def _back(repo: Repository, shown: Pull) -> AnyResponse:
    return redirect(f"{hub().url}/{repo.full_name}/pull/{shown.number}", 303)
