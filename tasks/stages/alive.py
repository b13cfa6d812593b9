"""A lease that is renewed while a worker works under it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from sqlalchemy.orm import Session

from tasks.store.database import AWAY, Store


@contextmanager
def kept_alive(store: Store, renew: Callable[[Session], bool], *, name: str, seconds: float) -> Iterator[None]:
    """Renew a lease of `seconds` three times in its length, until the context ends or `renew` says that it is lost."""
    over = threading.Event()

    def renewing() -> None:
        while not over.wait(seconds / 3):
            # A database that is away for a moment costs no lease: the next renewal may come in time.
            with suppress(*AWAY), store.write() as session:
                if not renew(session):
                    return

    thread = threading.Thread(target=renewing, name=f"lease-{name}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
