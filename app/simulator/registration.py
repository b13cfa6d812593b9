"""Making an App from a manifest, and installing it: the pages on which a person agrees, and the exchange of the code.

The simulator has one App, so a new one takes the place of the one before.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, abort, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from app.simulator import keys, payloads
from app.simulator.documents import accounts
from app.simulator.hub import Hub
from app.simulator.records import Account, AppRecord, Repository
from app.simulator.rest.door import API, answer, found, hub

routes = Blueprint("registration", __name__)
NEEDED: Mapping[str, tuple[str, ...]] = {
    "check_run": ("checks",),
    "check_suite": ("checks",),
    "issue_comment": ("issues", "pull_requests"),
    "pull_request": ("pull_requests",),
    "pull_request_review": ("pull_requests",),
    "pull_request_review_comment": ("pull_requests",),
    "push": ("contents",),
    "status": ("statuses",),
    "workflow_run": ("actions",),
}
"""Of each event, the permissions of which an App must have one to be told of it."""
LONGEST_NAME = 34


@routes.post("/settings/apps/new")
@routes.post("/organizations/<organization>/settings/apps/new")
def offer(organization: str = "") -> Response:
    """Show what the manifest asks for; whoever posts it from any site may."""
    manifest = _manifest()
    page = render_template(
        "register.html",
        manifest=manifest,
        raw=request.form["manifest"],
        state=request.args.get("state", ""),
        organization=organization,
    )
    return _page(page, manifest["redirect_url"])


@routes.post("/settings/apps")
@routes.post("/organizations/<organization>/settings/apps")
def accept(organization: str = "") -> AnyResponse:
    """Take the manifest under the name the person chose, and go back with a code for it."""
    manifest = _manifest()
    code = secrets.token_hex(20)
    with hub().lock:
        hub().manifests[code] = {**manifest, "name": request.form.get("name", manifest["name"]), "owner": organization}
    query = urlencode({"code": code, "state": request.form.get("state", "")})
    return redirect(f"{manifest['redirect_url']}?{query}", 302)


@routes.post(f"{API}/app-manifests/<code>/conversions")
def convert(code: str) -> Response:
    """Make the App of a code, once, and hand out its credentials."""
    with hub().lock:
        manifest = found(hub().manifests.pop(code, None))
        pair, secret = keys.generate(), secrets.token_hex(20)
        hub().app = _record(hub(), manifest, pair.public, secret)
        hub().installations.clear()
        hub().webhook_url = manifest["hook_attributes"]["url"]
        made = {
            **accounts.app(hub()),
            "client_secret": secrets.token_hex(20),
            "webhook_secret": secret,
            "pem": pair.private.decode(),
        }
        del made["installations_count"]
    return answer(made, 201)


@routes.get("/apps/<slug>/installations/new")
def choose(slug: str) -> Response:
    """Offer the repositories on which the App is not installed yet."""
    with hub().lock:
        _known(slug)
        free = [item for item in hub().repositories.values() if not _covered(item)]
        page = render_template("install.html", app=hub().app, repositories=free)
    return _page(page)


@routes.post("/apps/<slug>/installations/new")
def install(slug: str) -> AnyResponse:
    """Install the App on the chosen repositories and send the webhooks."""
    with hub().lock:
        _known(slug)
        names = {name.lower() for name in request.form.getlist("repository")}
        chosen = [item for name, item in hub().repositories.items() if name in names and not _covered(item)]
    for event, payload in installed(hub(), chosen):
        hub().deliver(event, payload)
    return redirect(f"{hub().url}/", 303)


def installed(state: Hub, chosen: list[Repository]) -> list[tuple[str, dict[str, Any]]]:
    """Install the App on repositories; return what GitHub then sends, one webhook an account."""
    sent = []
    with state.lock:
        for owner in dict.fromkeys(item.owner.login for item in chosen):
            mine = [item for item in chosen if item.owner.login == owner]
            is_new = all(item.account.login != owner for item in state.installations.values())
            installation = state.install(owner, [item.full_name for item in mine])
            sent.append(payloads.installation(state, installation, mine, is_new=is_new))
    return sent


def _manifest() -> dict[str, Any]:
    """Return the posted manifest if GitHub would take it; answers 422 and says why otherwise."""
    try:
        manifest = json.loads(request.form.get("manifest", ""))
    except ValueError:
        abort(422, "The manifest is no JSON.")
    if not isinstance(manifest, dict) or not all(isinstance(manifest.get(key), str) for key in ("url", "redirect_url")):
        abort(422, "The manifest needs url and redirect_url.")
    hook = manifest.get("hook_attributes")
    if not isinstance(hook, dict) or not isinstance(hook.get("url"), str):
        abort(422, "The manifest needs hook_attributes.url.")
    if not 0 < len(str(manifest.get("name", ""))) <= LONGEST_NAME:
        abort(422, f"Name is missing or longer than {LONGEST_NAME} characters.")
    granted = manifest.get("default_permissions") or {}
    for event in manifest.get("default_events") or []:
        if not any(name in granted for name in NEEDED.get(event, ())):
            abort(422, f"Default events unsupported: {event}")
    return manifest


def _record(state: Hub, manifest: Mapping[str, Any], public_key: bytes, secret: str) -> AppRecord:
    slug = re.sub(r"[^a-z0-9]+", "-", str(manifest["name"]).lower()).strip("-")
    owner = manifest["owner"] or "goldseam-operator"
    state.account(owner)
    if manifest["owner"]:
        state.accounts[owner] = Account(state.accounts[owner].id, owner, "Organization")
    return AppRecord(
        id=state.next_id(),
        slug=slug,
        name=str(manifest["name"]),
        owner=state.accounts[owner],
        bot=state.account(f"{slug}[bot]"),
        public_key=public_key,
        webhook_secret=secret,
        permissions={**manifest.get("default_permissions", {}), "metadata": "read"},
        created_at=state.now(),
        events=tuple(manifest.get("default_events", ())),
    )


def _known(slug: str) -> None:
    if slug != hub().app.slug:
        abort(404)


def _covered(repository: Repository) -> bool:
    return any(repository.full_name in item.repositories for item in hub().installations.values())


def _page(page: str, leads_to: str = "") -> Response:
    """Answer with a page whose form may end at one other site: a browser checks the redirect after it as well."""
    target = urlsplit(leads_to)
    there = f" {target.scheme}://{target.netloc}" if leads_to else ""
    response = Response(page)
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'self'; form-action 'self'{there}; base-uri 'none'; frame-ancestors 'none'"
    )
    return response
