"""Runs the searches for what was missed at their intervals, beside the broker's doors."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import structlog

from tasks.broker.hooks import AppHooks
from tasks.broker.missed import search_missed
from tasks.broker.unsent import search_unsent
from tasks.errors import GoldseamError
from tasks.store.database import Store

MISSED_SECONDS, UNSENT_SECONDS = 300.0, 1800.0
_FIRST_SECONDS = 20.0
"""After the start, when the web process listens to what is sent again."""

log = structlog.get_logger()


@dataclass(slots=True)
class Search:
    """Something that is done at intervals."""

    name: str
    seconds: float
    run: Callable[[], None]
    due: float = 0.0


@contextmanager
def searching(hooks: AppHooks, store: Store) -> Iterator[None]:
    """Search in a thread until the context ends; what fails is tried at the next interval."""
    first = time.monotonic() + _FIRST_SECONDS
    searches = (
        Search("missed", MISSED_SECONDS, lambda: _missed(hooks, store), first),
        Search("unsent", UNSENT_SECONDS, lambda: _unsent(hooks, store), first + MISSED_SECONDS),
    )
    over = threading.Event()
    thread = threading.Thread(target=_work, args=(searches, over), name="searches", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(5.0)


def _work(searches: tuple[Search, ...], over: threading.Event) -> None:
    while not over.wait(1.0):
        for search in searches:
            if time.monotonic() >= search.due:
                search.due = time.monotonic() + search.seconds
                _try(search)


def _try(search: Search) -> None:
    try:
        search.run()
    except GoldseamError as error:
        log.warning("search_failed", search=search.name, why=str(error))
    except Exception as error:  # noqa: BLE001 - the doors beside it must stay open
        log.error("search_broken", search=search.name, why=type(error).__name__)  # noqa: TRY400 - may quote GitHub


def _missed(hooks: AppHooks, store: Store) -> None:
    found = search_missed(hooks, store)
    if found.alarm:
        log.error("deliveries_gap", why=found.alarm)
    log.info("missed_searched", asked_again=found.asked_again, given_up=found.given_up)


def _unsent(hooks: AppHooks, store: Store) -> None:
    log.info("unsent_searched", found=search_unsent(hooks, store))
