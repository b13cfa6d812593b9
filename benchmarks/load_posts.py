"""Signed deliveries, made before they are needed: only their guid differs from one to the next."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Post:
    """One request, ready to be sent."""

    guid: str
    head: bytes
    body: bytes


@dataclass(frozen=True, slots=True)
class Target:
    """Where deliveries go."""

    port: int
    path: str
    secret: str


def payload(number: int, size: int) -> bytes:
    """Return a red workflow run's delivery of about `size` bytes."""
    repository = {"id": 7 + number % 50, "full_name": f"acme/service-{number % 50}", "default_branch": "main"}
    run = {
        "id": 1000 + number,
        "run_attempt": 1,
        "name": "ci",
        "event": "push",
        "conclusion": "failure",
        "head_branch": "main",
        "head_sha": f"{number:040x}",
        "head_repository": {"full_name": repository["full_name"]},
        "pull_requests": [],
        "updated_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "head_commit": {"message": "a line of a message\n" * (size // 21)},
    }
    return json.dumps({"action": "completed", "repository": repository, "workflow_run": run}).encode()


def posts(target: Target, *, size: int, repeats: float, seed: int = 1, bodies: int = 200) -> Iterator[Post]:
    """Yield deliveries without end; the share `repeats` of them are redeliveries of earlier ones."""
    rng = Random(seed)
    pool = [payload(number, size) for number in range(bodies)]
    signatures = [hmac.new(target.secret.encode(), body, hashlib.sha256).hexdigest() for body in pool]
    sent: list[Post] = []
    while True:
        if sent and rng.random() < repeats:
            yield sent[rng.randrange(len(sent))]
            continue
        index, guid = rng.randrange(bodies), str(uuid.UUID(int=rng.getrandbits(128)))
        sent.append(Post(guid, head(target, guid, signatures[index], len(pool[index])), pool[index]))
        yield sent[-1]


def head(target: Target, guid: str, signature: str, length: int) -> bytes:
    """Return the head of a request."""
    return (
        f"POST {target.path} HTTP/1.1\r\nHost: 127.0.0.1:{target.port}\r\nUser-Agent: GitHub-Hookshot/bench\r\n"
        f"Accept: */*\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nX-GitHub-Delivery: {guid}\r\n"
        f"X-GitHub-Event: workflow_run\r\nX-Hub-Signature-256: sha256={signature}\r\n\r\n"
    ).encode()
