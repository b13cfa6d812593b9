"""Logs and artifacts: GitHub points to storage of somebody else, and the token must not travel there.

PyGithub follows such pointers only to GitHub's own hosts, so the pointer is taken
from the answer and the bytes are fetched by a client that has no credentials.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import requests
import structlog
from github.Repository import Repository

from tasks.failpoint import K, failpoint
from tasks.github.errors import GitHubUnavailable, NotFound, of_answer, translated

LOG_BYTES = 2 << 30
_CHUNK = 64 << 10
_TIMEOUT = (10.0, 30.0)
"""Seconds to connect, and between two reads."""
_WALL_SECONDS = 900.0
"""A server that sends one byte every 29 seconds is cut after this."""
_LINK_TOO_OLD = frozenset({403, 404})

log = structlog.get_logger()


def job_log(repository: Repository, job_id: int, *, most_bytes: int = LOG_BYTES) -> Iterator[bytes]:
    """Stream a job's log; cut, with a warning in our own log, at `most_bytes`. NotFound once GitHub dropped it."""
    return _download(repository, f"/actions/jobs/{job_id}/logs", most_bytes)


def artifact_zip(repository: Repository, artifact_id: int, *, most_bytes: int) -> Iterator[bytes]:
    """Stream an artifact's archive, cut at `most_bytes`. NotFound once it expired."""
    return _download(repository, f"/actions/artifacts/{artifact_id}/zip", most_bytes)


def _download(repository: Repository, path: str, most_bytes: int) -> Iterator[bytes]:
    with (
        translated("downloading from GitHub's storage"),
        _anonymous() as session,
        _opened(session, repository, path) as response,
    ):
        yield from _capped(response, most_bytes)


def _anonymous() -> requests.Session:
    session = requests.Session()
    # Any auth callable stops requests from reading credentials out of a .netrc file.
    session.auth = lambda request: request
    session.headers.update({"User-Agent": "goldseam", "Accept": "*/*", "Accept-Encoding": "identity"})
    return session


def _opened(session: requests.Session, repository: Repository, path: str) -> requests.Response:
    """Open the storage's answer. The pointer lasts one minute, so a stale one is asked for once more."""
    response = _fetch(session, _location(repository, path))
    if response.status_code in _LINK_TOO_OLD:
        response.close()
        response = _fetch(session, _location(repository, path))
    if response.status_code != 200:
        response.close()
        raise GitHubUnavailable(f"GitHub's storage answered {response.status_code} instead of the file.")
    return response


def _fetch(session: requests.Session, location: str) -> requests.Response:
    return session.get(location, stream=True, timeout=_TIMEOUT, allow_redirects=False)


def _location(repository: Repository, path: str) -> str:
    requester = repository.requester
    url = f"/repos/{repository.full_name}{path}"
    status, headers, body = requester.requestJson("GET", url)
    if status == 410:
        raise NotFound("GitHub has already deleted that log or artifact; its retention time is over.")
    if status >= 400:
        raise of_answer(status, {"message": body[:200]}, headers, "asking where the log or artifact lies")
    location = str(headers.get("location", ""))
    schemes = {"https", urlsplit(requester.base_url).scheme}
    if status not in {302, 307} or urlsplit(location).scheme not in schemes:
        raise GitHubUnavailable(f"GitHub answered {status} without saying where the log or artifact lies.")
    return location


def _capped(response: requests.Response, most_bytes: int) -> Iterator[bytes]:
    left, end = most_bytes, time.monotonic() + _WALL_SECONDS
    for chunk in response.iter_content(_CHUNK):
        yield chunk[:left]
        left -= len(chunk)
        failpoint(K.LOG)
        if left <= 0:
            log.warning("download_cut", bytes=most_bytes)
            return
        if time.monotonic() > end:
            raise GitHubUnavailable(f"The download was still running after {_WALL_SECONDS:.0f} s.")
