"""The broker process: alone holds the App's key, hands out tokens of one repository by stage."""

from __future__ import annotations

import sys

from app.config import Settings
from app.server.stores import owner_of, store_of
from app.server.telemetry import export_spans, log_lines, pulse
from app.server.worker import End
from tasks.broker.desk import Desk
from tasks.broker.hooks import AppHooks
from tasks.broker.key import read_key
from tasks.broker.known import Stage
from tasks.broker.mint import AppMint
from tasks.broker.searches import searching
from tasks.broker.server import serving
from tasks.errors import BadInput
from tasks.store.assignments import StoreKnown


def run_broker(config: Settings) -> None:
    """Serve until told to stop; BadInput when the App's id or key is not configured."""
    log_lines("broker")
    export_spans("broker")
    if config.app_id is None or config.private_key_file is None:
        raise BadInput("The broker needs GOLDSEAM_APP_ID and GOLDSEAM_PRIVATE_KEY_FILE.")
    key = read_key(config.private_key_file)
    mint, hooks = AppMint(config.endpoint, config.app_id, key), AppHooks(config.endpoint, config.app_id, key)
    store, end = store_of(config), End()
    with (
        serving(Desk(StoreKnown(store), mint), config.token_dir, _users(config)),
        searching(hooks, store),
        pulse(store, name="broker", owner=owner_of("broker"), too_old=end.too_old),
    ):
        end.wait()
    if end.code:
        sys.exit(end.code)


def _users(config: Settings) -> dict[Stage, frozenset[int]]:
    """Say whom each door admits: the user that its worker runs as, where that is not our own."""
    named: dict[Stage, int | None] = {"analyze": config.analyze_user, "publish": config.publish_user}
    return {stage: frozenset({user}) for stage, user in named.items() if user is not None}
