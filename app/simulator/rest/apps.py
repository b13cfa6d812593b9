"""The App, its installations, tokens and webhook deliveries."""

from __future__ import annotations

from flask import Blueprint, Response, request

from app.simulator.access import NOT_FOUND, Problem, narrow
from app.simulator.documents import accounts
from app.simulator.documents.repositories import repository as repository_document
from app.simulator.records import Delivery, Installation
from app.simulator.rest.door import answer, as_app, check_app, found, hub, installation_token, invalid, nothing, paged
from app.simulator.webhooks import outcome

routes = Blueprint("apps", __name__)


@routes.get("/app")
@as_app
def app() -> Response:
    """Answer who the App is."""
    return answer(accounts.app(hub()))


@routes.get("/app/installations")
@as_app
def installations() -> Response:
    """List the App's installations."""
    return paged(list(hub().installations.values()), lambda item: accounts.installation(hub(), item))


@routes.get("/app/installations/<int:number>")
@as_app
def installation(number: int) -> Response:
    """Answer one installation."""
    return answer(accounts.installation(hub(), _installation(number)))


@routes.get("/repos/<owner>/<name>/installation")
@as_app
def repository_installation(owner: str, name: str) -> Response:
    """Answer the installation that covers a repository."""
    wanted = f"{owner}/{name}".lower()
    for item in hub().installations.values():
        if any(full_name.lower() == wanted for full_name in item.repositories):
            return answer(accounts.installation(hub(), item))
    raise Problem(*NOT_FOUND)


@routes.post("/app/installations/<int:number>/access_tokens")
@as_app
def mint(number: int) -> Response:
    """Hand out a token for named repositories and permissions, never for more than was granted."""
    item = _installation(number)
    if item.suspended:
        raise Problem(403, "This installation has been suspended")
    wanted = request.get_json(force=True, silent=True) or {}
    names = _repositories(item, wanted)
    permissions = narrow(item, wanted.get("permissions") or {})
    token = hub().gate.mint(item, hub().app.id, names, permissions, hub().now())
    document = accounts.token(token)
    if wanted.get("repositories") or wanted.get("repository_ids"):
        covered = [repo for repo in hub().repositories.values() if repo.full_name in names]
        document["repositories"] = [repository_document(hub(), repo) for repo in covered]
    return answer(document, 201)


@routes.delete("/installation/token")
def drop_token() -> Response:
    """Make the caller's token useless."""
    with hub().lock:
        del hub().gate.tokens[installation_token().value]
    return nothing()


@routes.get("/installation/repositories")
def token_repositories() -> Response:
    """List what the caller's token covers."""
    with hub().lock:
        token = installation_token()
        covered = [repo for repo in hub().repositories.values() if repo.full_name in token.repositories]
        return paged(covered, lambda repo: repository_document(hub(), repo), "repositories")


@routes.get("/rate_limit")
def rate_limit() -> Response:
    """Answer what is left of this hour; asking counts as a call here, which it does not on GitHub."""
    with hub().lock:
        window = hub().gate.windows[installation_token().installation.id]
    rate = {
        "limit": window.limit,
        "used": window.used,
        "remaining": max(0, window.limit - window.used),
        "reset": int(window.resets_at.timestamp()),
    }
    return answer({"resources": {"core": rate, "search": rate}, "rate": rate})


@routes.get("/app/hook/config")
@as_app
def hook_config() -> Response:
    """Answer where webhooks go."""
    hidden = "********" if hub().app.webhook_secret else None
    return answer({"content_type": "json", "insecure_ssl": "0", "secret": hidden, "url": hub().webhook_url})


@routes.get("/app/hook/deliveries")
@as_app
def deliveries() -> Response:
    """List webhook deliveries, newest first; the cursor is the id of the first delivery of a page."""
    size, cursor = request.args.get("per_page", 30, int), request.args.get("cursor", 0, int)
    status = request.args.get("status")
    items = [
        item
        for item in reversed(hub().deliveries)
        if (not cursor or item.id <= cursor) and status in {None, outcome(item)}
    ]
    response = answer([accounts.delivery(item) for item in items[:size]])
    if len(items) > size:
        response.headers["Link"] = f'<{hub().url}{request.path}?per_page={size}&cursor={items[size].id}>; rel="next"'
    return response


@routes.get("/app/hook/deliveries/<int:number>")
@as_app
def delivery(number: int) -> Response:
    """Answer one delivery, payload and all."""
    return answer(accounts.whole_delivery(hub(), _delivery(number)))


@routes.post("/app/hook/deliveries/<int:number>/attempts")
def attempt_again(number: int) -> Response:
    """Send a delivery again under the same GUID."""
    with hub().lock:
        check_app()
        wanted = _delivery(number)
    # Sent without the lock: whoever receives it may ask the simulator something before it answers.
    hub().redeliver(wanted)
    return answer({}, 202)


def _delivery(number: int) -> Delivery:
    return found(next((item for item in hub().deliveries if item.id == number), None))


def _installation(number: int) -> Installation:
    return found(hub().installations.get(number))


def _repositories(item: Installation, wanted: dict[str, object]) -> frozenset[str]:
    names, ids = wanted.get("repositories"), wanted.get("repository_ids")
    if names is None and ids is None:
        return frozenset(item.repositories)
    named = set(names) if isinstance(names, list) else set()
    numbered = set(ids) if isinstance(ids, list) else set()
    covered = [repo for repo in hub().repositories.values() if repo.full_name in item.repositories]
    chosen = [repo for repo in covered if repo.name in named or repo.id in numbered]
    if len(chosen) != len(named) + len(numbered):
        raise invalid(
            "There is at least one repository that does not exist or is not accessible to the parent installation."
        )
    return frozenset(repo.full_name for repo in chosen)
