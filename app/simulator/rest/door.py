"""What every REST route shares: who asks, for which repository, with which permission, and how answers look."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate, ParamSpec, TypeVar

from flask import Response, current_app, g, request

from app.simulator.access import NOT_FOUND, Problem, check_app_jwt, demand
from app.simulator.hub import Hub
from app.simulator.records import Repository, Token

EXTENSION = "goldseam.hub"
API = "/api/v3"
VERSIONS = {"2022-11-28", "2026-03-10"}
MAX_PAGE = 100

P = ParamSpec("P")
Item = TypeVar("Item")


def hub() -> Hub:
    """Return the hub of the running simulator."""
    found: Hub = current_app.extensions[EXTENSION]
    return found


def answer(document: Any, status: int = 200) -> Response:
    """Answer with a JSON document."""
    return Response(json.dumps(document), status, content_type="application/json; charset=utf-8")


def nothing(status: int = 204) -> Response:
    """Answer with an empty body."""
    return Response(status=status)


def refusal(problem: Problem) -> Response:
    """Answer with a problem in GitHub's form."""
    document: dict[str, Any] = {
        "message": problem.message,
        "documentation_url": "https://docs.github.com/rest",
        "status": str(problem.status),
    }
    if problem.errors:
        document["errors"] = list(problem.errors)
    response = answer(document, problem.status)
    response.headers.update(problem.headers)
    return response


def invalid(message: str, *, resource: str = "", field: str = "", code: str = "custom") -> Problem:
    """Return GitHub's 422."""
    if not resource:
        return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, message)
    error = {"resource": resource, "field": field, "code": code, "message": message}
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "Validation Failed", (error,))


def body() -> dict[str, Any]:
    """Return the request's JSON object; raises a 400 for anything else."""
    document = request.get_json(force=True, silent=True)
    if not isinstance(document, dict):
        raise Problem(400, "Problems parsing JSON")
    return document


def text(document: dict[str, Any], field: str, *, resource: str, default: str | None = None) -> str:
    """Return a string field; raises a 422 when it is missing or something else."""
    value = document.get(field, default)
    if not isinstance(value, str):
        raise invalid(f"{field} is missing or not a string", resource=resource, field=field, code="missing_field")
    return value


def made(what: str) -> None:
    """Note for the journal what this call brought about."""
    g.made = [*g.get("made", []), what]


def needed(*alternatives: str) -> None:
    """Note for the record of uses that this call had one of these permissions, and needed it."""
    g.needed = alternatives


def page(items: Sequence[Item]) -> tuple[Sequence[Item], dict[str, str]]:
    """Cut the page that was asked for, and return it with its Link header."""
    size = max(1, min(MAX_PAGE, _number("per_page", 30)))
    number = max(1, _number("page", 1))
    last = max(1, -(-len(items) // size))
    links = [("next", number + 1), ("last", last)] if number < last else []
    links += [("prev", number - 1), ("first", 1)] if number > 1 else []
    header = ", ".join(f'<{_page_url(at)}>; rel="{name}"' for name, at in links)
    return items[(number - 1) * size : number * size], {"Link": header} if header else {}


def paged(items: Sequence[Item], render: Callable[[Item], Any], envelope: str = "") -> Response:
    """Answer with a page of documents, bare or inside GitHub's `total_count` envelope."""
    chosen, headers = page(items)
    documents = [render(item) for item in chosen]
    response = answer({"total_count": len(items), envelope: documents} if envelope else documents)
    response.headers.update(headers)
    return response


def as_app(view: Callable[P, Response]) -> Callable[P, Response]:
    """Let a route in with a JSON web token of the App."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> Response:
        with hub().lock:
            check_app()
            return view(*args, **kwargs)

    return guarded


def check_app() -> None:
    """Raise a 401 unless the caller is the App."""
    check_app_jwt(_credential(), hub().app, hub().now())


def needs(
    *alternatives: str,
) -> Callable[[Callable[Concatenate[Repository, P], Response]], Callable[..., Response]]:
    """Let a route in with an installation token of its repository that has one of the permissions."""

    def wrap(view: Callable[Concatenate[Repository, P], Response]) -> Callable[..., Response]:
        @wraps(view)
        def guarded(owner: str, name: str, *args: P.args, **kwargs: P.kwargs) -> Response:
            with hub().lock:
                token = installation_token()
                repository = reachable(token, owner, name)
                demand(token, alternatives)
                needed(*alternatives)
                return view(repository, *args, **kwargs)

        return guarded

    return wrap


def installation_token() -> Token:
    """Return the caller's installation token and count the call; raises a 401 or a 403."""
    token = hub().gate.token(_credential(), hub().now())
    g.token = token
    g.window = hub().gate.count(token, hub().now())
    return token


def caller() -> Token:
    """Return the token of this request; only inside a route that `needs` one."""
    token: Token = g.token
    return token


def reachable(token: Token, owner: str, name: str) -> Repository:
    """Return a repository that the token covers; raises a 301 for its former name and a 404 for every other."""
    repository = hub().repositories.get(f"{owner}/{name}".lower())
    moved = hub().renamed.get(f"{owner}/{name}".lower())
    if moved is not None and moved.full_name in token.repositories:
        path = request.full_path.rstrip("?").replace(f"/{owner}/{name}", f"/{moved.full_name}", 1)
        raise Problem(301, "Moved Permanently", headers={"Location": f"{hub().url}{path}"})
    if repository is None or repository.full_name not in token.repositories & token.installation.repositories:
        raise Problem(*NOT_FOUND)
    return repository


def found(item: Item | None) -> Item:
    """Return the item, or raise a 404."""
    if item is None:
        raise Problem(*NOT_FOUND)
    return item


def digest() -> str:
    """Return the SHA-256 of the request's body."""
    return hashlib.sha256(request.get_data(cache=True)).hexdigest()


def _credential() -> str:
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() not in {"bearer", "token"} or not value:
        raise Problem(401, "Requires authentication")
    version = request.headers.get("X-GitHub-Api-Version")
    if version is not None and version not in VERSIONS:
        raise Problem(400, f"The version {version} of the API does not exist.")
    return value


def _number(name: str, default: int) -> int:
    value = request.args.get(name, "")
    return int(value) if value.isdecimal() else default


def _page_url(number: int) -> str:
    query = {**request.args.to_dict(), "page": str(number)}
    return f"{hub().url}{request.path}?" + "&".join(f"{name}={value}" for name, value in query.items())
