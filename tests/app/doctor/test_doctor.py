"""What `goldseam doctor` finds, with a simulated GitHub that is set up rightly and wrongly."""

import dataclasses
import json
import sqlite3
from datetime import timedelta

import pytest
from click.testing import CliRunner
from pydantic import SecretStr
from sqlalchemy import text

from app.cli.doctor import doctor
from app.config import Settings
from app.doctor.finding import Finding
from app.doctor.github import look_at_github, now
from app.doctor.machine import look_at_data
from app.doctor.server import look_at_credentials, look_at_database, look_at_redis
from app.simulator import keys
from app.simulator.hub import Hub
from app.simulator.server import serve
from tasks.store.database import open_store, upgrade


@pytest.fixture(scope="module")
def github(tmp_path_factory):
    """Give a GitHub whose App fits, and the configuration of a server that fits it."""
    folder = tmp_path_factory.mktemp("doctor")
    pair = keys.generate()
    key = folder / "app.pem"
    key.touch(mode=0o600)
    key.write_bytes(pair.private)
    hub = Hub(folder / "github", pair.public, webhook_secret="s3cret")
    hub.add_repository("acme/billing")
    with serve(hub):
        yield hub, key, hub.app


@pytest.fixture
def hub(github):
    """Give that GitHub as it was, whatever the test before did to it."""
    hub, _, app = github
    hub.app, hub.deliveries[:], hub.faults[:] = app, [], []
    for installation in hub.installations.values():
        installation.permissions, installation.suspended = dict(app.permissions), False
    hub.webhook_url = "http://127.0.0.1:8000/webhooks/github"
    return hub


@pytest.fixture
def config(hub, github, tmp_path):
    return Settings(
        app_id=hub.app.id,
        private_key_file=github[1],
        webhook_secret="s3cret",
        github_url=f"{hub.url}/api/v3",
        github_pause_seconds=0,
        data_dir=tmp_path,
        _env_file=None,
    )


def faults(findings) -> dict[str, Finding]:
    return {finding.name: finding for finding in findings if not finding.ok}


def deliver(hub: Hub, status: int) -> None:
    """Note a delivery that was answered with a status; 0 is no answer."""
    delivery = hub.deliver("ping", {"zen": "x"})
    hub.deliveries[-1] = dataclasses.replace(delivery, status_code=status)


def test_an_app_that_fits_has_no_fault_but_that_nothing_came_yet(config):
    found = list(look_at_github(config))
    assert list(faults(found)) == ["deliveries"]
    assert {"clock", "GitHub", "permissions", "events", "webhooks", "installation acme"} <= {f.name for f in found}


def test_after_a_delivery_there_is_none(hub, config):
    deliver(hub, 202)
    assert faults(look_at_github(config)) == {}


@pytest.mark.parametrize(
    ("change", "name", "required"),
    [
        ({"checks": "read"}, "permission checks", True),
        ({"pull_requests": ""}, "permission pull_requests", True),
        ({"actions": "read"}, "permission actions", True),
        ({"actions": ""}, "permission actions", True),
        ({"workflows": "write"}, "permissions", False),
        ({"metadata": "admin"}, "permissions", False),
    ],
    ids=str,
)
def test_permissions_are_compared_with_what_is_used(hub, config, change, name, required):
    changed = {key: level for key, level in {**hub.app.permissions, **change}.items() if level}
    hub.app = dataclasses.replace(hub.app, permissions=changed)
    found = faults(look_at_github(config))[name]
    assert found.required is required
    assert f"{hub.url}/settings/apps/goldseam/permissions" in found.mend


def test_an_event_that_is_not_sent_is_named(hub, config):
    hub.app = dataclasses.replace(hub.app, events=tuple(set(hub.app.events) - {"workflow_run", "push"}))
    assert "push, workflow_run" in faults(look_at_github(config))["events"].detail


def test_an_installation_that_has_not_accepted_a_change_is_named(hub, config):
    (installation,) = hub.installations.values()
    installation.permissions = {**installation.permissions, "issues": "read"}
    assert "issues" in faults(look_at_github(config))["installation acme"].detail
    installation.suspended = True
    assert "suspended" in faults(look_at_github(config))["installation acme"].detail


@pytest.mark.parametrize(("seconds", "mark"), [(0, "ok"), (45, "weaker"), (90, "MISSING"), (-90, "MISSING")])
def test_the_clock_is_compared_with_githubs(config, seconds, mark):
    found = list(look_at_github(config, lambda: now() + timedelta(seconds=seconds)))
    (clock,) = [finding for finding in found if finding.name == "clock"]
    assert clock.mark == mark


def test_a_key_of_another_app_is_said_and_the_clock_is_still_compared(hub, config):
    hub.app = dataclasses.replace(hub.app, public_key=keys.generate().public)
    found = list(look_at_github(config))
    assert [(each.name, each.ok) for each in found] == [("clock", True), ("GitHub", False)]


def test_a_github_that_does_not_answer_is_one_finding(config):
    gone = config.model_copy(update={"github_url": "http://127.0.0.1:9/api/v3"})
    (found,) = look_at_github(gone)
    assert (found.name, found.mark) == ("GitHub", "MISSING")


@pytest.mark.parametrize(
    ("url", "mark"),
    [("", "MISSING"), ("https://elsewhere.example/hooks", "weaker"), ("http://127.0.0.1:8000/webhooks/github/", "ok")],
)
def test_where_webhooks_go_is_compared_with_this_server(hub, config, url, mark):
    hub.webhook_url = url
    (found,) = [finding for finding in look_at_github(config) if finding.name == "webhooks"]
    assert found.mark == mark


@pytest.mark.parametrize(
    ("oldest_first", "mark", "said"),
    [
        ((202, 202), "ok", "last 2 arrived"),
        ((202, 401), "MISSING", "GOLDSEAM_WEBHOOK_SECRET"),
        ((202, 0), "MISSING", "no answer"),
        ((503, 202), "weaker", "redeliver"),
    ],
    ids=str,
)
def test_how_deliveries_fare(hub, config, oldest_first, mark, said):
    for status in oldest_first:
        deliver(hub, status)
    (found,) = [finding for finding in look_at_github(config) if finding.name == "deliveries"]
    assert found.mark == mark
    assert said in found.detail + found.mend


def test_credentials_that_are_not_there_are_named_with_what_to_type(config, tmp_path):
    assert faults(look_at_credentials(config)) == {}
    (none,) = look_at_credentials(Settings(data_dir=tmp_path, _env_file=None))
    assert "goldseam up" in none.mend
    update = {"private_key_file": tmp_path / "none.pem", "webhook_secret": SecretStr("")}
    half = config.model_copy(update=update)
    assert list(faults(look_at_credentials(half))) == ["GOLDSEAM_WEBHOOK_SECRET", "GOLDSEAM_PRIVATE_KEY_FILE"]


def test_the_database_is_not_made_by_looking(config, tmp_path):
    (found,) = look_at_database(config)
    assert (found.ok, list(tmp_path.iterdir())) == (True, [])


def test_the_databases_version_is_compared(config, tmp_path):
    store = open_store(config.database)
    upgrade(store.engine)
    (found,) = look_at_database(config)
    assert found.ok
    with store.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    (found,) = look_at_database(config)
    assert (found.mark, "9999" in found.detail) == ("MISSING", True)


def test_a_database_that_does_not_answer_is_said_without_its_password(config):
    away = config.model_copy(update={"database_url": "postgresql://goldseam:hunter2@127.0.0.1:9/goldseam"})
    (found,) = look_at_database(away)
    assert (found.mark, "hunter2" in found.model_dump_json()) == ("MISSING", False)


def test_a_file_that_is_no_database_is_said(config, tmp_path):
    (tmp_path / "goldseam.db").write_bytes(b"not a database, by its first bytes" * 100)
    with pytest.raises(sqlite3.DatabaseError), sqlite3.connect(tmp_path / "goldseam.db") as connection:
        connection.execute("SELECT * FROM attempts")
    (found,) = look_at_database(config)
    assert found.mark == "MISSING"


def test_redis_that_does_not_answer_is_said_without_its_password(config):
    (found,) = look_at_redis(config)
    assert found.ok
    (found,) = look_at_redis(config.model_copy(update={"redis_url": "redis://:hunter2@127.0.0.1:9/0"}))
    assert (found.mark, "hunter2" in found.model_dump_json()) == ("MISSING", False)


def test_a_data_directory_that_others_can_read_is_said(config, tmp_path):
    tmp_path.chmod(0o755)
    assert faults(look_at_data(config))["data directory"].mend == f"chmod 700 {tmp_path}"


def test_the_whole_is_one_document_without_secrets(hub, config, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    deliver(hub, 202)
    for name in ("app_id", "private_key_file", "github_url", "data_dir", "github_pause_seconds"):
        monkeypatch.setenv(f"GOLDSEAM_{name.upper()}", str(getattr(config, name)))
    monkeypatch.setenv("GOLDSEAM_WEBHOOK_SECRET", "s3cret")
    done = CliRunner().invoke(doctor, ["--json"])
    report = json.loads(done.stdout)
    assert done.exit_code == (0 if report["healthy"] else 1)
    assert {"git", "database", "Redis", "permissions"} <= {finding["name"] for finding in report["findings"]}
    assert report["configuration"]["GOLDSEAM_APP_ID"] == str(hub.app.id)
    assert "s3cret" not in done.stdout
    assert all(finding["ok"] or finding["mend"] for finding in report["findings"]), "each fault says what to type"
