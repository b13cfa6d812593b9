"""A worker that is told to end: what is under way is finished or handed back, and nothing is left behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tasks.store import attempts
from tasks.store.database import open_store, upgrade
from tasks.store.models import Attempt
from tasks.store.states import State

WORKER = """
import sys
from pathlib import Path
from app.config import Settings
from app.server.stores import store_of, turns_of, work_of
from app.server.telemetry import log_lines
from app.server.worker import work_on
from fixers.runner.sandbox import Command
from tasks.sandbox.choose import sandbox
from tasks.store.states import State

log_lines("publish")
config = Settings(data_dir=Path(sys.argv[1]), grace_seconds=float(sys.argv[3]), redis_url="redis://127.0.0.1:1/0")
turns = turns_of(config, store_of(config), "publish")
tree = config.data_dir / "tree"
tree.mkdir()

def publish(number):
    with turns.take(number, State.PUBLISHING) as turn:
        print("began", flush=True)
        sandbox().run(Command(("/bin/sleep", sys.argv[2]), tree=tree, mount="/src/r"))
        return turn.finish(State.DONE, why="It slept.")
    return turns.state_of(number)

work_on(config, "publish", work_of(config, turns, {"publish": publish}))
"""


@pytest.mark.parametrize(
    ("sleep", "grace", "state", "most"),
    [("0.5", "20", State.DONE, 15.0), ("4321", "0.5", State.PUBLISHING, 10.0)],
    ids=["finished", "handed back"],
)
def test_a_stage_under_way_is_finished_or_handed_back(tmp_path, sleep, grace, state, most):
    store = open_store(f"sqlite:///{tmp_path / 'goldseam.db'}")
    upgrade(store.engine)
    with store.write() as session:
        row = Attempt(semantic_key="k", repository_id=7, repository="o/r", base="main", head_sha="a" * 40)
        row.state = State.PUBLISHING
        attempts.open_attempt(session, row)
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-c", WORKER, tmp_path, sleep, grace], stdout=subprocess.PIPE, text=True, env=environment
    ) as worker:
        try:
            assert worker.stdout.readline() == "began\n"
            time.sleep(0.2)
            told = time.monotonic()
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(60) == 0
        finally:
            worker.kill()
    assert time.monotonic() - told < most
    with store.write() as session:
        found = session.query(Attempt).one()
        assert (found.state, found.lease_until, found.not_before, found.tries) == (state, None, None, 0)
        again = attempts.lease(session, found.id, state=State.PUBLISHING, owner="next", seconds=30)
        assert (again is not None) == (state is State.PUBLISHING)
    assert not [line for line in commands() if line[1:] == [sleep]]
    assert not list(tmp_path.glob("goldseam-scratch-*"))


def commands() -> list[list[str]]:
    found = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.append(place.read_text().rstrip("\0").split("\0"))
        except OSError:
            continue
    return found
