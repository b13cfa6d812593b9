"""Failing tests that need what a sandbox does not have: a network, or a service beside them.

No repair of code can help them here, and one that passed would only have learnt to
swallow the error. What a test really reached for decides, not what its error says:
a simulated outage reaches for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from fixers.model import Declined, Failure, Frame, Reason
from fixers.runner.suite import TestResult

_LOOPBACK = re.compile(r"^(127\.|::1$|localhost$|0\.0\.0\.0$|::$|sandbox$|ip6-localhost$|$)")
_SERVICES = {
    "6379": "Redis", "5432": "PostgreSQL", "3306": "MySQL", "27017": "MongoDB", "5672": "RabbitMQ",
    "9200": "Elasticsearch", "9092": "Kafka", "11211": "memcached", "2375": "Docker", "1433": "SQL Server",
    "8125": "StatsD", "2379": "etcd", "9000": "MinIO", "4566": "LocalStack",
}  # fmt: skip
_SOCKETS = {"docker.sock": "Docker", ".s.PGSQL": "PostgreSQL", "mysqld.sock": "MySQL", "mysql.sock": "MySQL",
            "redis": "Redis"}  # fmt: skip
_REFUSED = re.compile(r"Connection refused|ConnectionRefused|Connect call failed|\[Errno 111\]")
# For what reaches out without the interpreter's knowledge: a C library, another process.
_OFFLINE = re.compile(
    r"Name or service not known|Temporary failure in name resolution|nodename nor servname|getaddrinfo failed"
    r"|No address associated with hostname|Network is unreachable|Could not resolve host|\[Errno 101\]"
)
_SIMULATORS = re.compile(
    r"/(unittest/mock|mock/mock|responses/__init__|requests_mock/\w+|respx/\w+|pytest_httpx/\w+|aioresponses/\w+|"
    r"httpretty/\w+|vcr/[\w/]+|pook/\w+|pytest_socket)\.py$"
)


def outage(test: TestResult) -> str:
    """Say what a failing test needs that is not here; empty when it needs nothing of the kind."""
    failure = test.failure
    if failure is None:
        return ""
    split = [place.rpartition(":") for place in test.reached]
    away = [host for host, _, _ in split if host != "unix" and not _LOOPBACK.match(host)]
    if away:
        return f"it reaches for {away[0]}, and the sandbox has no network"
    text = "\n".join(_said(failure))
    for host, _, port in split:
        service = _served_by(host, port)
        if service and not test.serves:
            return f"it needs {service} at {host}:{port}, and no such service runs here"
        if not test.serves and _REFUSED.search(text):
            return f"it needs something that answers at {host}:{port}, and nothing does here"
    if not test.reached and _OFFLINE.search(text) and not _is_simulated(failure):
        return "it needs the network, and the sandbox has none"
    return ""


def declined_outage(needs: Sequence[tuple[str, str]]) -> Declined:
    """Return why nothing is repaired when every failing test, by id, needs what is not here."""
    test, why = needs[0]
    others = f" So it is with {len(needs) - 1} more." if len(needs) > 1 else ""
    return Declined(
        Reason.INFRASTRUCTURE,
        f"{test} cannot pass here whatever the code says: {why}.{others}",
        "Run these tests where they have what they need, or put a recorded or simulated connection in its place.",
    )


def _said(failure: Failure) -> Iterator[str]:
    yield f"{failure.exception}: {failure.message}"
    yield from (f"{cause.type}: {cause.message}" for cause in failure.causes)


def _served_by(host: str, port: str) -> str:
    if host == "unix":
        name = PurePosixPath(port).name
        return next((service for mark, service in _SOCKETS.items() if mark in name), "")
    return _SERVICES.get(port, "")


def _is_simulated(failure: Failure) -> bool:
    """Say whether the error was raised by a stand-in: by the project's own `raise`, or by a library of mocks."""
    links: list[tuple[str, tuple[Frame, ...]]] = [(cause.message, cause.frames) for cause in failure.causes]
    links.append((failure.message, failure.frames))
    frames = next((frames for message, frames in links if _OFFLINE.search(message)), ())
    if not frames:
        return True  # only told of, for instance in an assertion on a text
    last = frames[-1]
    return last.in_project or _SIMULATORS.search(last.path) is not None
