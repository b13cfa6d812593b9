"""Who may ask GitHub now: one gate for all workers of an installation.

A connection asks the gate before each request and tells it when GitHub said that a
limit is used up. What may not be asked now raises `RateLimited`, so that the stage
is taken up later; nobody sleeps here.
"""

from __future__ import annotations

from typing import Any, Protocol

from github.Requester import Requester

from tasks.github.errors import Limit, Unreadable, limit_of

_READING = frozenset({"GET", "HEAD"})


class Gate(Protocol):
    """The state that the workers of one installation share."""

    def admit(self, *, write: bool) -> None:
        """Reserve one request; raises RateLimited when it may not be made now."""

    def close(self, limit: Limit) -> None:
        """Let nobody ask until the limit is over."""


class OpenGate:
    """Lets everything pass: for one process with one token, which GitHub itself holds back."""

    def admit(self, *, write: bool) -> None:
        """Let it pass."""

    def close(self, limit: Limit) -> None:
        """Remember nothing."""


class GatedRequester(Requester):
    """PyGithub's requester behind a gate."""

    gate: Gate = OpenGate()

    def requestJson(  # noqa: N802 - PyGithub's name
        self, verb: str, url: str, *arguments: Any, **named: Any
    ) -> tuple[int, dict[str, Any], str]:
        """Send a request that the gate admits, and close the gate when the answer says that a limit is used up.

        Raises Unreadable for a page: something in between answered, such as a proxy.
        """
        self.gate.admit(write=_writes(verb, url, arguments, named))
        status, headers, body = super().requestJson(verb, url, *arguments, **named)
        limit = limit_of(status, headers, body)
        if limit is not None:
            self.gate.close(limit)
        if body and 200 <= status < 300 and "text/html" in str(headers.get("content-type", "")):
            raise Unreadable(body)
        return status, headers, body

    def graphql_query(self, query: str, variables: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Ask GraphQL; raises Unreadable for an answer that holds neither data nor errors."""
        headers, document = super().graphql_query(query, variables)
        if not isinstance(document, dict) or not isinstance(document.get("data"), dict):
            raise Unreadable(document)
        return headers, document


def _writes(verb: str, url: str, arguments: tuple[Any, ...], named: dict[str, Any]) -> bool:
    if verb in _READING:
        return False
    # A GraphQL query is a POST that creates nothing.
    document = named.get("input", arguments[2] if len(arguments) > 2 else None)
    query = document.get("query") if url.endswith("/graphql") and isinstance(document, dict) else ""
    return not str(query or "").lstrip().startswith("query")
