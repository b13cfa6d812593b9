"""The processes of docker/compose.yml without Docker: real Redis, real PostgreSQL, each with its own environment."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml
from sqlalchemy import select

sys.path.insert(0, str(Path(__file__).parents[2] / "faults"))
from faults_servers import PostgresServer, RedisServer

from app.demo.stack import free_port
from app.server.health import PROCESSES
from app.simulator import keys, payloads, sample
from app.simulator.hub import Hub
from app.simulator.server import serve
from tasks.store.database import open_store
from tasks.store.models import Attempt, LedgerRow
from tasks.store.states import TERMINAL, State
from tasks.tracing import trace_id_of

pytestmark = pytest.mark.timeout(600)
DOCKER = Path(__file__).parents[3] / "docker"
COMPOSE = yaml.safe_load((DOCKER / "compose.yml").read_text())
STAGES = re.compile(r"^FROM base AS (\w+)\n(?:.*\n)*?CMD (\[.*\])$", re.MULTILINE)
COMMANDS = dict(STAGES.findall((DOCKER / "Dockerfile").read_text()))


@dataclass
class Layout:
    """Five processes as compose would start them, with places of this machine in their environment."""

    folder: Path
    hub: Hub
    github_url: str
    redis: RedisServer
    database: PostgresServer
    port: int = field(default_factory=free_port)
    running: dict[str, subprocess.Popen] = field(default_factory=dict)

    def environment(self, name: str) -> dict[str, str]:
        """Return what compose gives the process: its own variables and secrets and no other."""
        service = COMPOSE["services"][name]
        values = {key: str(value) for key, value in service["environment"].items() if key.startswith("GOLDSEAM_")}
        values |= {
            "GOLDSEAM_REDIS_URL": self.redis.url,
            "GOLDSEAM_APP_ID": str(self.hub.app.id),
            "GOLDSEAM_GITHUB_URL": self.github_url,
            "GOLDSEAM_PUBLIC_URL": f"http://127.0.0.1:{self.port}",
            "GOLDSEAM_GITHUB_PAUSE_SECONDS": "0",
            "CREDENTIALS_DIRECTORY": str(self.secrets(name)),
        }
        if name == "web":
            values["GOLDSEAM_LISTEN"] = f"127.0.0.1:{self.port}"
        for key in ("GOLDSEAM_ANALYZE_USER", "GOLDSEAM_PUBLISH_USER"):
            if key in values:
                values[key] = str(os.getuid())
        places = {"/var/lib/goldseam-": f"{self.folder}/", "/run/goldseam-broker": f"{self.folder}/doors"}
        places["/run/secrets"] = str(self.secrets(name))
        for inside, here in places.items():
            values = {key: value.replace(inside, here) for key, value in values.items()}
        own = {key: value for key, value in os.environ.items() if not key.startswith(("GOLDSEAM_", "PYTHONDONT"))}
        return own | values

    def secrets(self, name: str) -> Path:
        """Return the directory of the process's secrets, made as compose mounts them."""
        place = self.folder / "secrets" / name
        place.mkdir(parents=True, exist_ok=True)
        texts = {"goldseam_database_url": self.database.url, "goldseam_webhook_secret": "between us"}
        texts["app_key"] = (self.folder / "app.pem").read_text()
        for secret in COMPOSE["services"][name]["secrets"]:
            (place / secret).touch(mode=0o600)
            (place / secret).write_text(texts[secret])
        return place

    def start(self) -> None:
        for name in ("web", "broker", "analyze", "publish", "beat"):
            (self.folder / name).mkdir(mode=0o700)
            argv = [sys.executable, "-P", "-m", "app.cli.main", *json.loads(COMMANDS[name])]
            log = (self.folder / f"{name}.log").open("wb")
            environment = self.environment(name) | {"PYTHONPATH": str(DOCKER.parent)}
            self.running[name] = subprocess.Popen(argv, env=environment, stdout=log, stderr=log, cwd=self.folder / name)
            if name == "web":  # the others wait for it, as in compose: it makes the tables
                self.until(lambda: self.get("/readyz")[0] == 200)

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def until(self, holds, seconds: float = 240) -> None:
        latest = time.monotonic() + seconds
        while not holds():
            dead = [name for name, process in self.running.items() if process.poll() is not None]
            assert not dead, (dead, (self.folder / f"{dead[0]}.log").read_text()[-3000:])
            assert time.monotonic() < latest, self.get("/healthz")
            time.sleep(0.1)


@pytest.fixture
def layout(tmp_path: Path) -> Iterator[Layout]:
    pair = keys.generate()
    (tmp_path / "app.pem").write_bytes(pair.private)
    hub = Hub(tmp_path / "github", pair.public, webhook_secret="between us")
    with ExitStack() as stack:
        places = [Path(stack.enter_context(_short())) for _ in range(2)]
        redis = stack.enter_context(RedisServer(places[0]))
        database = stack.enter_context(PostgresServer(places[1]))
        simulator = stack.enter_context(serve(hub))
        found = Layout(tmp_path, hub, f"{simulator.url}/api/v3", redis, database)
        hub.webhook_url = f"http://127.0.0.1:{found.port}/webhooks/github"
        try:
            found.start()
            yield found
        finally:
            for process in found.running.values():
                process.kill()
                process.wait()


def _short():
    from tempfile import TemporaryDirectory  # noqa: PLC0415 - sockets have short names, so not under tmp_path

    return TemporaryDirectory(prefix="goldseam-layout-", dir="/tmp", ignore_cleanup_errors=True)


def test_a_red_run_ends_in_a_pull_request_that_names_its_trace(layout):
    layout.until(lambda: layout.get("/healthz")[0] == 200)
    health = json.loads(layout.get("/healthz")[1])
    assert {part["name"] for part in health["parts"] if part["up"]} == {*PROCESSES, "database", "redis"}
    red = sample.red_main(layout.hub)
    for event, load in payloads.of_run(layout.hub, red.repository, red.run):
        layout.hub.deliver(event, load)
    store = open_store(layout.database.url)

    def attempts() -> list[Attempt]:
        with store.read() as session:
            return list(session.scalars(select(Attempt)))

    layout.until(lambda: [one for one in attempts() if one.state in TERMINAL | {State.WATCHING}])
    (attempt,) = attempts()
    assert attempt.state is State.WATCHING, attempt.sentence
    (pull,) = red.repository.pulls.values()
    assert attempt.trace_id in {trace_id_of(each.guid) for each in layout.hub.deliveries}
    assert f"trace={attempt.trace_id}" in pull.body
    with store.read() as session:
        assert attempt.trace_id in session.scalars(select(LedgerRow.entry).order_by(LedgerRow.seq)).all()[-1]
    lines = [json.loads(line) for line in (layout.folder / "publish.log").read_text().splitlines() if line[0] == "{"]
    assert attempt.trace_id in {line.get("trace_id") for line in lines}
    layout.until(lambda: 'stage_seconds_count{stage="publish"} 1.0' in layout.get("/metrics")[1], 15)
    # Counted by the broker, shown by web; each process writes its counts every few seconds.
    layout.until(lambda: 'goldseam_token_mints_total{stage="publish"} 1.0' in layout.get("/metrics")[1], 15)
    page = layout.get("/metrics")[1]
    assert 'goldseam_attempts{reason="none",state="watching"} 1.0' in page
    told = time.monotonic()
    for name in ("analyze", "publish", "beat", "broker", "web"):
        layout.running[name].send_signal(signal.SIGTERM)
    assert {name: process.wait(30) for name, process in layout.running.items()} == dict.fromkeys(layout.running, 0)
    assert time.monotonic() - told < 30
