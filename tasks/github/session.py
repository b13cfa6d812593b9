"""How a process reaches GitHub: address, pace, identity, and what is never written to a log."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from github.Auth import Auth
from github.Requester import Requester
from urllib3.util import Retry

from tasks.github.gate import Gate, GatedRequester

GITHUB = "https://api.github.com"
_AGENT = "goldseam"
_TALKATIVE = ("github", "urllib3")
"""At DEBUG PyGithub logs whole answers, minted tokens among them, and urllib3 logs signed addresses."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The GitHub an installation lives on."""

    api_url: str = GITHUB
    """`https://HOST/api/v3` for GitHub Enterprise Server."""
    timeout_seconds: int = 30
    seconds_between_requests: float = 0.25
    seconds_between_writes: float = 1.0
    """GitHub's own advice against secondary limits; 0 for a simulator."""
    retries: int = 2
    """Of requests that change nothing. Writes are never repeated here: the caller looks first."""

    @property
    def web_url(self) -> str:
        """Where git and browsers go: `https://github.com`, `https://HOST`."""
        parts = urlsplit(self.api_url)
        host = parts.netloc.removeprefix("api.") if parts.path in {"", "/"} else parts.netloc
        return f"{parts.scheme}://{host}"

    @property
    def api_version(self) -> str | None:
        """Sent to GitHub's own service only; an Enterprise Server refuses versions it does not know."""
        return "2022-11-28" if self.api_url.rstrip("/") == GITHUB else None


@contextmanager
def connected(endpoint: Endpoint, auth: Auth | None, gate: Gate | None = None) -> Iterator[Requester]:
    """Open a connection as `auth`, or as nobody, behind a gate if there is one; closed on leaving."""
    for name in _TALKATIVE:
        logger = logging.getLogger(name)
        logger.setLevel(max(logger.level, logging.INFO))
    requester = GatedRequester(
        auth=auth,
        base_url=endpoint.api_url.rstrip("/"),
        timeout=endpoint.timeout_seconds,
        user_agent=_AGENT,
        per_page=100,
        verify=True,
        retry=_retry(endpoint.retries),
        pool_size=None,
        seconds_between_requests=endpoint.seconds_between_requests,
        seconds_between_writes=endpoint.seconds_between_writes,
        api_version=endpoint.api_version,
        lazy=True,
    )
    if gate is not None:
        requester.gate = gate
    try:
        yield requester
    finally:
        requester.close()


def _retry(times: int) -> Retry:
    """Return a policy that sleeps at most seconds: waiting for a rate limit is the queue's work, not a worker's."""
    return Retry(
        total=times,
        backoff_factor=0.2,
        status_forcelist=(500, 502, 503, 504),
        allowed_methods=frozenset({"GET", "HEAD"}),
        respect_retry_after_header=False,
        raise_on_status=False,
    )
