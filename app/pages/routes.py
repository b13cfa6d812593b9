"""The pages' addresses. All of them read; a request that would change something has no route here."""

from __future__ import annotations

import json
from collections.abc import Callable

import structlog
from flask import Blueprint, Response
from flask import request as asked
from jinja2 import Environment
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException, NotFound

from app.pages.attempt import read_attempt, read_evidence, read_trace
from app.pages.listing import read_listing
from app.pages.record import read_ledger, read_stops
from app.pages.templating import templates
from tasks.policy.load import policy_schema
from tasks.report.onboarding import SCHEMA_PATH
from tasks.stop import StopSwitch
from tasks.store.database import Store

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_LONGEST_NUMBER = 9
"""Digits of an attempt's number: what fits into the column on both databases."""

log = structlog.get_logger()


def pages(store: Store, stop_switch: StopSwitch) -> Blueprint:
    """Make the blueprint. It reads the store and the switch at each request and keeps nothing."""
    made = Blueprint("pages", "app.pages", static_folder="static", static_url_path="/static")
    shell = Shell(templates(), stop_switch)
    _add_pages(made, store, shell)
    _add_documents(made, store)
    _add_schema(made)
    made.after_request(_closed)
    made.register_error_handler(NotFound, shell.missing)
    made.register_error_handler(SQLAlchemyError, shell.no_database)
    return made


class Shell:
    """What surrounds every page: the templates, and the banner while everything is stopped."""

    def __init__(self, environment: Environment, stop_switch: StopSwitch) -> None:
        self._environment = environment
        self._switch = stop_switch

    def page(self, template: str, status: int = 200, **values: object) -> Response:
        """Render a template."""
        text = self._environment.get_template(template).render(
            stopped=self._switch.is_stopped(), stop_files=self._switch.files, **values
        )
        return Response(text, status=status, content_type="text/html; charset=utf-8")

    def missing(self, error: HTTPException) -> Response:
        """Answer 404 with the sentence of the error: a page to people, text to programs."""
        sentence = error.description or "There is nothing here."
        if asked.path.endswith(".json"):
            return Response(sentence + "\n", 404, content_type="text/plain; charset=utf-8")
        return self.page("problem.html", 404, title="Not found", sentence=sentence)

    def no_database(self, error: SQLAlchemyError) -> Response:
        """Answer 503; the details are in the log, not on the page."""
        log.error("page_without_database", path=asked.path, why=type(error).__name__)
        sentence = "There is nothing to show until it does. On the server, `goldseam doctor` says what is wrong."
        return self.page("problem.html", 503, title="The database does not answer", sentence=sentence)


def _add_pages(made: Blueprint, store: Store, shell: Shell) -> None:
    @made.get("/")
    def attempts() -> Response:
        """List incidents and attempts, newest first."""
        before = asked.args.get("before")
        with store.read() as session:
            listing = read_listing(session, before=None if before is None else _number(before))
            stops = read_stops(session)
        return shell.page("attempts.html", listing=listing, stops=stops, first=before is None)

    @made.get("/attempts/<number>")
    def attempt(number: str) -> Response:
        """Show one attempt whole."""
        with store.read() as session:
            view = read_attempt(session, _number(number))
        if view is None:
            raise NotFound(_NO_ATTEMPT)
        return shell.page("attempt.html", view=view)

    @made.get("/ledger")
    def ledger() -> Response:
        """Show the end of the ledger, and whether all of it holds."""
        with store.read() as session:
            view = read_ledger(session)
        return shell.page("ledger.html", view=view)

    @made.get("/stop")
    def stop() -> Response:
        """Show the switch, and the commands that set and clear it."""
        with store.read() as session:
            stops = read_stops(session)
        return shell.page("stop.html", stops=stops)


def _add_documents(made: Blueprint, store: Store) -> None:
    def document(number: str, read: Callable[[Session, int], str | None], absent: str) -> Response:
        with store.read() as session:
            body = read(session, _number(number))
        if body is None:
            raise NotFound(absent)
        return Response(body, content_type="application/json")

    @made.get("/attempts/<number>/trace.json")
    def trace(number: str) -> Response:
        """Answer the stored trace as it is."""
        return document(number, read_trace, f"Attempt {number} has no trace: it does not exist or is still at work.")

    @made.get("/attempts/<number>/evidence.json")
    def evidence(number: str) -> Response:
        """Answer the stored evidence: what `goldseam verify` runs again."""
        return document(number, read_evidence, f"Attempt {number} has no evidence: no repair of it was proven.")


def _add_schema(made: Blueprint) -> None:
    @made.get(SCHEMA_PATH)
    def schema() -> Response:
        """Answer the JSON Schema of the repository's file, to editors anywhere: it says nothing of this server."""
        body = json.dumps(policy_schema(), indent=2, sort_keys=True) + "\n"
        headers = {"Cache-Control": "public, max-age=3600", "Access-Control-Allow-Origin": "*"}
        return Response(body, content_type="application/schema+json", headers=headers)


_NO_ATTEMPT = "There is no attempt of that number. The list of attempts has all that there are."


def _number(text: str) -> int:
    """Read an attempt's number; what is none is not found, like one that is not there."""
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER):
        raise NotFound(_NO_ATTEMPT)
    return int(text)


def _closed(response: Response) -> Response:
    """Allow a page nothing but its own style sheet; it may hold a private repository's code, so nobody keeps it."""
    response.headers.update(_HEADERS)
    response.headers.setdefault("Cache-Control", "no-store")  # the style sheet has one of its own
    return response
