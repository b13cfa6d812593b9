"""The set-up page: opened once with the token from the terminal, it creates the App and is gone.

Three secrets keep others out, each compared in constant time: the token, good for one
opening; the cookie that the opening gave, which every page asks for; the state, which
GitHub brings back and which is good for one try.
"""

from __future__ import annotations

import json
import re
import secrets
import threading
from dataclasses import dataclass, field
from hmac import compare_digest

import structlog
from flask import Flask, Response, redirect, request
from jinja2 import Environment, PackageLoader, StrictUndefined
from werkzeug.wrappers import Response as AnyResponse

from app.config import Settings
from app.setup.credentials import StoredApp, store
from app.setup.manifest import EVENTS, PERMISSIONS, manifest, registration_url
from tasks.errors import GoldseamError
from tasks.github.registration import convert

_COOKIE = "goldseam_setup"
_LOGIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})")

log = structlog.get_logger()


@dataclass(slots=True)
class Visit:
    """The one visit during which the App is made."""

    token: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    cookie: str = field(default="", repr=False)
    state: str = field(default="", repr=False)
    app: StoredApp | None = None
    over: threading.Event = field(default_factory=threading.Event)
    """Set when the App is stored and its last page was sent."""
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def open(self, token: str) -> str:
        """Return the visit's cookie for its token, which is spent with that; empty for anything else."""
        with self._lock:
            if not _same(token, self.token):
                return ""
            self.token, self.cookie = "", secrets.token_urlsafe(32)
            return self.cookie

    def is_visitor(self, cookie: str) -> bool:
        """Say whether the cookie is the visit's own."""
        return _same(cookie, self.cookie)

    def new_state(self) -> str:
        """Return a state for one try; the one before is worthless then."""
        with self._lock:
            self.state = secrets.token_urlsafe(32)
            return self.state

    def spend(self, state: str) -> bool:
        """Say whether the state is that of the try under way, and end the try either way."""
        with self._lock:
            known, self.state = self.state, ""
            return _same(state, known)


def make_app(config: Settings, visit: Visit) -> Flask:
    """Make the application that serves one visit."""
    app = Flask("goldseam-setup", template_folder=None, static_folder=None)
    pages = _Pages(config)

    @app.get("/setup")
    def page() -> AnyResponse:
        """Show the button; with the token, begin the visit."""
        token = request.args.get("token", "")
        if token and request.method == "GET":  # what looks at links before a person does must not spend it
            return _opened(config, visit.open(token)) or pages.stranger()
        if not visit.is_visitor(request.cookies.get(_COOKIE, "")):
            return pages.stranger()
        return pages.begin(visit.new_state(), request.args.get("organization", config.organization))

    @app.get("/setup/created")
    def created() -> AnyResponse:
        """Take GitHub's code, store what it stands for, and end the visit."""
        if not visit.is_visitor(request.cookies.get(_COOKIE, "")):
            return pages.stranger()
        if not visit.spend(request.args.get("state", "")):
            return pages.failed("This answer of GitHub's belongs to no try that is under way.", 403)
        try:
            registered = convert(config.endpoint, request.args.get("code", ""))
            visit.app = store(config.app_dir, registered, config.github_url)
        except GoldseamError as error:
            log.warning("app_not_created", why=str(error))
            return pages.failed(str(error), 502)
        except OSError as error:
            log.warning("app_not_stored", why=str(error))
            return pages.failed(f"GitHub made the App, and its key could not be stored: {error}.", 500)
        last = pages.created(visit.app)
        last.call_on_close(visit.over.set)
        return last

    @app.get("/healthz")
    def healthz() -> AnyResponse:
        """Answer that the server does not run yet."""
        return Response("Waiting for the GitHub App to be created.\n", 503, content_type="text/plain; charset=utf-8")

    return app


class _Pages:
    """The pages, each whole in itself: the server may be gone when a browser asks for more."""

    def __init__(self, config: Settings) -> None:
        self._config = config
        self._templates = Environment(
            loader=PackageLoader("app.setup"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def begin(self, state: str, organization: str) -> Response:
        """Show what will be asked for, and the button."""
        if organization and not _LOGIN.fullmatch(organization):
            organization = ""
        return self._page(
            "begin.html",
            action=registration_url(self._config, organization, state),
            manifest=json.dumps(manifest(self._config)),
            organization=organization,
            permissions=PERMISSIONS,
            events=EVENTS,
            config=self._config,
        )

    def created(self, app: StoredApp) -> Response:
        """Say that the App is there, and lead to its installation."""
        return self._page("created.html", app=app, config=self._config)

    def failed(self, sentence: str, status: int) -> Response:
        """Say what went wrong; the visit goes on."""
        return self._page("failed.html", status, sentence=sentence)

    def stranger(self) -> Response:
        """Tell nothing but how the operator gets in."""
        return self._page("stranger.html", 403)

    def _page(self, template: str, status: int = 200, **values: object) -> Response:
        nonce = secrets.token_urlsafe(16)
        text = self._templates.get_template(template).render(nonce=nonce, **values)
        response = Response(text, status, content_type="text/html; charset=utf-8")
        github = self._config.endpoint.web_url
        response.headers.update(
            {
                "Content-Security-Policy": (
                    f"default-src 'none'; style-src 'nonce-{nonce}'; form-action 'self' {github}; "
                    "base-uri 'none'; frame-ancestors 'none'"
                ),
                "X-Content-Type-Options": "nosniff",
                # The state is in the address that the form posts to, so GitHub needs to know no more of ours.
                "Referrer-Policy": "origin",
                "Cache-Control": "no-store",
            }
        )
        return response


def _opened(config: Settings, cookie: str) -> AnyResponse | None:
    if not cookie:
        return None
    response = redirect(f"{config.address}/setup", 303)
    # Lax, because GitHub's redirect comes from another site and has to bring it along.
    secure = config.address.startswith("https://")
    response.set_cookie(_COOKIE, cookie, httponly=True, samesite="Lax", path="/setup", secure=secure)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response


def _same(given: str, known: str) -> bool:
    """Compare in constant time; nothing is the same as nothing."""
    return bool(known) and compare_digest(given.encode(), known.encode())
