"""`goldseam up` on an empty machine, seen through a browser: from no App at all to the first delivery accepted."""

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from setup_browser import browser_page
from sqlalchemy import select

from app.demo.stack import free_port, wait_for_health
from app.setup.manifest import EVENTS, PERMISSIONS
from app.simulator import keys
from app.simulator.hub import Hub
from app.simulator.server import serve
from tasks.store.database import open_store
from tasks.store.models import Delivery

GOLDSEAM = Path(sys.executable).with_name("goldseam")


@pytest.fixture
def hub(tmp_path):
    state = Hub(tmp_path / "github", keys.generate().public)
    state.add_repository("acme/billing", {".github/goldseam.yml": b"version: 1\n"}, installed=False)
    with serve(state):
        yield state


@pytest.fixture
def environment(hub, tmp_path):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GOLDSEAM_")}
    return {
        **kept,
        "GOLDSEAM_GITHUB_URL": f"{hub.url}/api/v3",
        "GOLDSEAM_LISTEN": f"127.0.0.1:{free_port()}",
        "GOLDSEAM_DATA_DIR": str(tmp_path / "data"),
        "GOLDSEAM_GITHUB_PAUSE_SECONDS": "0",
    }


def test_one_button_takes_an_empty_machine_to_the_first_delivery(hub, environment, tmp_path):
    address = f"http://{environment['GOLDSEAM_LISTEN']}"
    with subprocess.Popen(
        [GOLDSEAM, "up"], env=environment, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as up:
        try:
            link = next(found[0] for line in up.stdout if (found := re.search(r"http://\S+\?token=\S+", line)))
            with browser_page() as page:
                page.goto(link)
                assert "token" not in page.url
                page.get_by_role("button", name="Create the App").click()
                page.get_by_label("GitHub App name").fill("Goldseam for acme")
                page.get_by_role("button", name="Create GitHub App").click()
                page.get_by_role("heading", name="The App goldseam-for-acme is created").wait_for()
                wait_for_health(address)
                page.get_by_role("link", name="Choose repositories").click()
                page.get_by_label("acme/billing").check()
                page.get_by_role("button", name="Install").click()
                page.get_by_role("link", name="acme/billing").wait_for()
            sent = [(each.event, each.status_code) for each in hub.deliveries]
        finally:
            up.terminate()
    assert (dict(hub.app.permissions), hub.app.events) == (dict(PERMISSIONS), EVENTS)
    assert sent == [("installation", 202)]
    data = tmp_path / "data"
    with open_store(f"sqlite:///{data / 'goldseam.db'}").read() as session:
        assert [each.event for each in session.scalars(select(Delivery))] == ["installation"]
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (data / "app").iterdir()}
    assert modes == dict.fromkeys(("app.json", "private-key.pem", "webhook-secret"), 0o600)
    assert stat.S_IMODE((data / "app").stat().st_mode) == 0o700
