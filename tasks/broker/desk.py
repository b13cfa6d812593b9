"""Decides who gets which token, and keeps the tokens that are out, in memory only."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog

from tasks.broker.known import PERMISSIONS, Assignment, Known, Stage
from tasks.broker.mint import Mint, Minted
from tasks.broker.wire import (
    Answer,
    DoneAnswer,
    DoneRequest,
    InstallationAnswer,
    InstallationRequest,
    RefusedAnswer,
    TokenAnswer,
    TokenRequest,
)
from tasks.errors import GoldseamError, Retryable
from tasks.github.errors import GitHubUnavailable, NotFound
from tasks.store.counts import TALLY

_FRESH = timedelta(minutes=10)
"""A token with less time left is replaced: a stage must not lose it between two writes."""

log = structlog.get_logger()

_Key = tuple[str, str, Stage]


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class _Slot:
    """The place of one token; whoever asks for it while it is being made waits for it."""

    making: threading.Lock = field(default_factory=threading.Lock)
    minted: Minted | None = None


@dataclass(slots=True)
class Desk:
    """One token at a time for each (attempt, repository, stage) that is known."""

    known: Known
    mint: Mint
    clock: Callable[[], datetime] = _now
    _out: dict[_Key, _Slot] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, request: TokenRequest | DoneRequest | InstallationRequest, door: Stage) -> Answer:
        """Answer a request that came in by the socket of stage `door`; never raises our own errors."""
        try:
            match request:
                case TokenRequest():
                    return self._token(request, door)
                case DoneRequest():
                    return self._done(request, door)
                case InstallationRequest():
                    return InstallationAnswer(installation_id=self.mint.installation(request.repository))
        except NotFound as error:
            return RefusedAnswer(why="not_found", sentence=str(error))
        except Retryable as error:
            wait = error.retry_after if isinstance(error, GitHubUnavailable) else None
            return RefusedAnswer(why="unavailable", sentence=str(error), retry_after=wait)
        except GoldseamError as error:
            return RefusedAnswer(why="refused", sentence=str(error))

    def close(self) -> None:
        """Drop every token that is out."""
        with self._lock:
            slots = list(self._out.values())
            self._out.clear()
        for slot in slots:
            self._drop(slot)

    def _token(self, request: TokenRequest, door: Stage) -> Answer:
        if request.stage != door:
            log.warning("broker_wrong_door", attempt=request.attempt, stage=request.stage, door=door)
            return RefusedAnswer(why="refused", sentence=f"This socket hands out tokens of the {door} stage only.")
        assignment = self.known.known(request.attempt, request.stage)
        if assignment is None or assignment.repository.lower() != request.repository.lower():
            log.warning("broker_unknown", attempt=request.attempt, stage=request.stage)
            sentence = f"No attempt {request.attempt} is in the {request.stage} stage for {request.repository}."
            return RefusedAnswer(why="refused" if assignment else "unheld", sentence=sentence)
        minted = self._fresh((request.attempt, assignment.repository.lower(), request.stage), assignment)
        return TokenAnswer(token=minted.token, expires_at=minted.expires_at, permissions=dict(minted.permissions))

    def _fresh(self, key: _Key, assignment: Assignment) -> Minted:
        with self._lock:
            self._forget_expired()
            slot = self._out.setdefault(key, _Slot())
        with slot.making:  # GitHub may be slow for this one, and the others go on
            if slot.minted is None or slot.minted.expires_at - self.clock() <= _FRESH:
                slot.minted = self.mint.make(assignment, PERMISSIONS[key[2]])
                TALLY.add("token_mints", stage=key[2])
                log.info("broker_token", attempt=key[0], repository=key[1], stage=key[2])
            return slot.minted

    def _forget_expired(self) -> None:
        now = self.clock()
        for key, slot in list(self._out.items()):
            if slot.minted is not None and slot.minted.expires_at <= now:
                del self._out[key]

    def _done(self, request: DoneRequest, door: Stage) -> Answer:
        if request.stage != door:
            return RefusedAnswer(why="refused", sentence=f"This socket serves the {door} stage only.")
        with self._lock:
            slot = self._out.pop((request.attempt, request.repository.lower(), request.stage), None)
        if slot is not None:
            self._drop(slot)
        return DoneAnswer()

    def _drop(self, slot: _Slot) -> None:
        with slot.making:
            if slot.minted is not None:
                self.mint.drop(slot.minted.token)
