"""The broker's two doors: unix sockets whose callers the kernel vouches for.

Which socket a caller came by decides the stage; the kernel says as which user it runs.
Where the workers run as different users, the analyze worker cannot pass the publish
door at all. Where everything runs as one user, only the store's knowledge of attempts
stands between them.
"""

from __future__ import annotations

import os
import socket
import socketserver
import stat
import struct
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import get_args

import structlog
from pydantic import ValidationError

from tasks.broker.desk import Desk
from tasks.broker.known import Stage
from tasks.broker.wire import LONGEST_LINE, REQUEST, Answer, RefusedAnswer
from tasks.errors import BadInput

_SECONDS = 10.0
_AT_ONCE = 32
_UCRED = struct.Struct("3i")

log = structlog.get_logger()


def socket_path(directory: Path, stage: Stage) -> Path:
    """Return where the door of a stage is."""
    return directory / f"{stage}.sock"


@contextmanager
def serving(desk: Desk, directory: Path, users: Mapping[Stage, frozenset[int]] | None = None) -> Iterator[None]:
    """Serve both doors until the context ends, then drop every token that is out.

    `users` are the user ids that each door admits; our own without it. BadInput when
    others could put a socket of theirs into the directory.
    """
    admitted: Mapping[Stage, frozenset[int]] = users or {}
    own = frozenset({os.getuid()})
    _prepare(directory, shared=any(each != own for each in admitted.values()))
    with ExitStack() as stack:
        stack.callback(desk.close)
        for stage in get_args(Stage):
            door = stack.enter_context(_Door(desk, stage, directory, admitted.get(stage, own)))
            thread = threading.Thread(target=door.serve_forever, args=(0.1,), name=f"broker-{stage}", daemon=True)
            thread.start()
            stack.callback(thread.join)
            stack.callback(door.shutdown)
        yield


def _prepare(directory: Path, *, shared: bool) -> None:
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    found = directory.stat()
    if found.st_uid != os.getuid() or found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise BadInput(
            f"Others can write to {directory}, so a worker could be led to a false broker. "
            f"Run: chown {os.getuid()} {directory} && chmod 700 {directory}"
        )
    # Other users need to reach the sockets; the kernel's word on who they are keeps the door.
    directory.chmod(0o711 if shared else 0o700)


class _Door(socketserver.ThreadingUnixStreamServer):
    """One socket."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = _AT_ONCE

    def __init__(self, desk: Desk, stage: Stage, directory: Path, users: frozenset[int]) -> None:
        self.desk, self.stage, self.users = desk, stage, users
        self.places = threading.BoundedSemaphore(_AT_ONCE)
        path = socket_path(directory, stage)
        path.unlink(missing_ok=True)  # left by a process that was killed
        super().__init__(str(path), _Caller)
        path.chmod(0o600 if users == {os.getuid()} else 0o666)


class _Caller(socketserver.StreamRequestHandler):
    """One connection, one question."""

    server: _Door
    timeout = _SECONDS

    def handle(self) -> None:
        if not self.server.places.acquire(timeout=_SECONDS):
            return
        try:
            answer = self._answer(self.rfile.readline(LONGEST_LINE))
            self.wfile.write(answer.model_dump_json().encode() + b"\n")
        except (TimeoutError, ConnectionError):
            log.info("broker_caller_left", stage=self.server.stage)
        finally:
            self.server.places.release()

    def _answer(self, line: bytes) -> Answer:
        user = _user(self.connection)
        if user not in self.server.users:
            log.warning("broker_stranger", user=user, stage=self.server.stage)
            return RefusedAnswer(why="refused", sentence=f"User {user} may not use the {self.server.stage} socket.")
        try:
            request = REQUEST.validate_json(line)
        except ValidationError:
            return RefusedAnswer(why="bad_request", sentence="The broker did not understand the request.")
        return self.server.desk.answer(request, self.server.stage)


def _user(connection: socket.socket) -> int:
    raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size)
    _, user, _ = _UCRED.unpack(raw)
    return int(user)
