"""The broker process: alone holds the App's key, hands out tokens of one repository by stage."""

from __future__ import annotations

import signal
import threading

from app.config import Settings
from app.server.stores import store_of
from app.server.worker import log_lines
from tasks.broker.desk import Desk
from tasks.broker.key import read_key
from tasks.broker.mint import AppMint
from tasks.broker.server import serving
from tasks.errors import BadInput
from tasks.store.assignments import StoreKnown


def run_broker(config: Settings) -> None:
    """Serve until told to stop; BadInput when the App's id or key is not configured."""
    log_lines()
    if config.app_id is None or config.private_key_file is None:
        raise BadInput("The broker needs GOLDSEAM_APP_ID and GOLDSEAM_PRIVATE_KEY_FILE.")
    mint = AppMint(config.endpoint, config.app_id, read_key(config.private_key_file))
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())
    with serving(Desk(StoreKnown(store_of(config)), mint), config.token_dir):
        over.wait()
