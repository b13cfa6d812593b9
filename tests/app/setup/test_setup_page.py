"""Who may open the set-up page, what it stores, and that it works once."""

import json
import re
import stat
from html import unescape

import pytest

from app.config import Settings, receiving_settings, settings
from app.setup.__main__ import run
from app.setup.credentials import key_file, stored_app, stored_secret
from app.setup.manifest import EVENTS, PERMISSIONS, manifest, registration_url, unreachable
from app.setup.routes import Visit, make_app
from app.simulator import keys
from app.simulator.hub import EVENTS as SIMULATED_EVENTS
from app.simulator.hub import PERMISSIONS as SIMULATED_PERMISSIONS
from app.simulator.hub import Hub
from app.simulator.server import serve
from tasks.broker.key import read_key
from tasks.broker.known import PERMISSIONS as LENT
from tasks.errors import BadInput
from tasks.github.events import EVENTS as UNDERSTOOD

STRENGTH = ["", "read", "write", "admin"]


class Bench:
    """A simulated GitHub, the page, and a visitor without a browser."""

    def __init__(self, hub: Hub, config: Settings) -> None:
        self.hub, self.config, self.visit = hub, config, Visit()
        self.client = make_app(config, self.visit).test_client()

    def enter(self) -> str:
        """Open the page with the token, and return it."""
        assert self.client.get("/setup", query_string={"token": self.visit.token}).status_code == 303
        return self.client.get("/setup").get_data(as_text=True)

    def agree(self, page: str, *, state: str | None = None) -> str:
        """Have the simulator accept the manifest of a page; return the path that GitHub redirects to."""
        action = unescape(re.search(r'form action="([^"]+)"', page)[1])
        raw = unescape(re.search(r'name="manifest" value="([^"]+)"', page)[1])
        with serve_client(self.hub) as github:
            assert github.post(action.removeprefix(self.hub.url), data={"manifest": raw}).status_code == 200
            given = state or re.search(r"state=([\w-]+)", action)[1]
            answer = github.post("/settings/apps", data={"manifest": raw, "state": given})
        return answer.headers["Location"].removeprefix(self.config.address)


def serve_client(hub: Hub):
    from app.simulator.server import create  # noqa: PLC0415 - a second door to the hub that is being served

    return create(hub).test_client()


@pytest.fixture(scope="module")
def first_key() -> bytes:
    """Return the public key of the App that is there before; making one takes a tenth of a second."""
    return keys.generate().public


@pytest.fixture
def bench(tmp_path, first_key):
    hub = Hub(tmp_path / "github", first_key)
    with serve(hub):
        yield Bench(hub, config_at(f"{hub.url}/api/v3", data_dir=tmp_path / "data", github_pause_seconds=0))


def config_at(url: str, **values: object) -> Settings:
    return Settings(github_url=url, _env_file=None, **values)


def test_the_app_is_stored_for_this_account_alone(bench):
    last = bench.client.get(bench.agree(bench.enter()))
    assert last.status_code == 200
    assert f"{bench.hub.url}/apps/{bench.hub.app.slug}/installations/new" in last.get_data(as_text=True)
    folder = bench.config.app_dir
    assert stored_app(folder, bench.config.github_url).id == bench.hub.app.id
    assert stored_secret(folder) == bench.hub.app.webhook_secret
    assert "PRIVATE KEY" in read_key(key_file(folder))
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert not any("client_secret" in path.read_text() for path in folder.iterdir())
    last.close()
    assert bench.visit.over.is_set()


@pytest.mark.parametrize("path", ["/setup", "/setup?token=wrong", "/setup?token=", "/setup/created?code=a&state=b"])
def test_without_the_token_nothing_is_told(bench, path):
    answer = bench.client.get(path)
    assert answer.status_code == 403
    assert bench.visit.state == ""
    assert str(bench.config.data_dir) not in answer.get_data(as_text=True)


def test_the_token_opens_once(bench):
    token = bench.visit.token
    bench.enter()
    stranger = make_app(bench.config, bench.visit).test_client()
    assert stranger.get("/setup", query_string={"token": token}).status_code == 403
    assert stranger.get("/setup").status_code == 403


def test_a_look_at_the_address_does_not_spend_the_token(bench):
    assert bench.client.head("/setup", query_string={"token": bench.visit.token}).status_code == 403
    assert "Create the App" in bench.enter()


def test_where_github_could_not_reach_the_server_nothing_is_served(tmp_path):
    with pytest.raises(BadInput, match="GOLDSEAM_PUBLIC_URL"):
        run(config_at("https://api.github.com", data_dir=tmp_path))


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites_forms(bench):
    said = bench.client.get("/setup", query_string={"token": bench.visit.token}).headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Lax", "Path=/setup"} <= set(said.split("; "))


def test_a_state_that_is_not_ours_stores_nothing(bench):
    page = bench.enter()
    assert bench.client.get(bench.agree(page, state="forged")).status_code == 403
    assert list(bench.config.app_dir.glob("*")) == []
    assert bench.client.get(bench.agree(page)).status_code == 403, "one try, whatever came of it"
    assert bench.client.get(bench.agree(bench.client.get("/setup").get_data(as_text=True))).status_code == 200


def test_an_answer_counts_once(bench):
    back = bench.agree(bench.enter())
    assert [bench.client.get(back).status_code for _ in range(2)] == [200, 403]


@pytest.mark.parametrize("code", ["unknown", "../../app", "", "x" * 300])
def test_a_code_that_github_does_not_know_is_said_and_may_be_tried_again(bench, code):
    page = bench.enter()
    answer = bench.client.get("/setup/created", query_string={"code": code, "state": bench.visit.state})
    assert answer.status_code == 502
    assert "Try again" in answer.get_data(as_text=True)
    assert list(bench.config.app_dir.glob("*")) == []
    assert not bench.visit.over.is_set()
    assert "Create the App" in page


def test_the_page_may_post_to_github_alone(bench):
    bench.enter()
    rule = bench.client.get("/setup").headers["Content-Security-Policy"]
    assert f"form-action 'self' {bench.hub.url};" in rule
    assert "default-src 'none'" in rule


def test_an_organization_is_put_into_the_address_or_left_out(bench):
    bench.enter()

    def action(name: str) -> str:
        page = bench.client.get("/setup", query_string={"organization": name}).get_data(as_text=True)
        return re.search(r'form action="([^"]+)\?', page)[1].removeprefix(bench.hub.url)

    assert action("acme") == "/organizations/acme/settings/apps/new"
    assert action("../../evil") == action("") == "/settings/apps/new"


@pytest.mark.parametrize(
    ("api", "page"),
    [
        ("https://api.github.com", "https://github.com/settings/apps/new"),
        ("https://api.acme.ghe.com", "https://acme.ghe.com/settings/apps/new"),
        ("https://git.acme.example/api/v3", "https://git.acme.example/settings/apps/new"),
    ],
)
def test_one_base_address_leads_to_every_kind_of_github(api, page):
    assert registration_url(config_at(api), "", "s") == f"{page}?state=s"


@pytest.mark.parametrize(
    ("values", "is_so"),
    [
        ({}, True),
        ({"listen": "localhost:8000"}, True),
        ({"listen": "[::1]:8000"}, True),
        ({"public_url": "https://goldseam.acme.example"}, False),
        ({"webhook_proxy": "https://smee.example/abc"}, False),
    ],
)
def test_an_address_that_github_cannot_reach_is_known_before(values, is_so):
    assert unreachable(config_at("https://api.github.com", **values)) is is_so


def test_the_manifest_asks_for_what_is_used_and_no_more():
    asked = manifest(config_at("https://api.github.com", public_url="https://x.example"))
    lent = {"statuses": "read"}  # for an event; no call needs it
    for permissions in LENT.values():
        lent |= {name: max(level, lent.get(name, ""), key=STRENGTH.index) for name, level in permissions.items()}
    assert dict(PERMISSIONS) == lent
    assert set(UNDERSTOOD) <= {*EVENTS, "installation", "installation_repositories"}
    assert dict(PERMISSIONS) == dict(SIMULATED_PERMISSIONS)
    assert EVENTS == SIMULATED_EVENTS
    assert asked["hook_attributes"] == {"url": "https://x.example/webhooks/github", "active": True}
    assert len(asked["name"]) <= 34
    assert not asked["public"]
    json.dumps(asked)


class TestStored:
    """What the environment and the folder say together."""

    @pytest.fixture
    def folder(self, bench, monkeypatch, tmp_path):
        bench.client.get(bench.agree(bench.enter()))
        monkeypatch.chdir(tmp_path)  # no .env there
        monkeypatch.setenv("GOLDSEAM_GITHUB_URL", bench.config.github_url)
        monkeypatch.setenv("GOLDSEAM_DATA_DIR", str(bench.config.data_dir))
        for name in ("APP_ID", "PRIVATE_KEY_FILE", "WEBHOOK_SECRET"):
            monkeypatch.delenv(f"GOLDSEAM_{name}", raising=False)
        return bench.config.app_dir

    def test_a_stored_app_stands_in(self, bench, folder):
        config = settings()
        assert (config.app_id, config.private_key_file) == (bench.hub.app.id, key_file(folder))
        assert config.webhook_secret.get_secret_value() == "", "only the process that receives needs it"
        assert receiving_settings().webhook_secret.get_secret_value() == bench.hub.app.webhook_secret
        assert not config.has_no_app

    def test_the_environment_wins_as_a_whole(self, folder, monkeypatch):
        monkeypatch.setenv("GOLDSEAM_APP_ID", "7")
        config = receiving_settings()
        assert (config.app_id, config.private_key_file) == (7, None), "an id never goes with another App's key"
        assert config.webhook_secret.get_secret_value() == ""

    def test_the_environments_secret_wins_alone(self, folder, monkeypatch):
        monkeypatch.setenv("GOLDSEAM_WEBHOOK_SECRET", "rotated")
        assert receiving_settings().webhook_secret.get_secret_value() == "rotated"

    def test_an_app_of_another_github_is_not_used(self, folder, monkeypatch):
        monkeypatch.setenv("GOLDSEAM_GITHUB_URL", "https://api.github.com")
        with pytest.raises(BadInput, match="belongs to"):
            settings()

    def test_credentials_that_were_cut_off_are_none(self, folder):
        (folder / "app.json").unlink()
        assert settings().has_no_app
