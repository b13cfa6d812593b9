"""The servers under load: Goldseam on each database, and Probot. Each in processes of its own."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from benchmarks.load_postgresql import Database
from benchmarks.load_posts import Target
from benchmarks.machine import ROOT

PROBOT = "probot@14.3.2"
PATH = "/webhooks/github"


@dataclass(frozen=True, slots=True)
class Served:
    """A server that answers."""

    target: Target
    process: subprocess.Popen[bytes]
    database_url: str = ""
    """Empty for a server that stores nothing."""
    beside: int | None = None
    """The process of a database server that works for it."""

    def memory(self) -> tuple[int, int]:
        """Return the resident bytes of the largest process and of all, pages they share counted once."""
        numbers = [self.process.pid, *_children(self.process.pid)]
        found = [_sizes(number) for number in numbers]
        return max(rss for rss, _ in found), sum(pss for _, pss in found)

    def cpu_seconds(self) -> float:
        """Return the processor time that it took so far, in all its processes."""
        roots = [self.process.pid, *([self.beside] if self.beside else [])]
        return sum(_cpu_seconds(number) for root in roots for number in (root, *_children(root)))


@contextmanager
def goldseam(folder: Path, database: Database | None = None) -> Iterator[Served]:
    """Run Goldseam's web process as `goldseam up` starts it; no worker and no Redis beside it."""
    port, secret = _free_port(), secrets.token_hex(16)
    folder.mkdir(parents=True)
    environment = {
        "GOLDSEAM_LISTEN": f"127.0.0.1:{port}",
        "GOLDSEAM_DATA_DIR": str(folder),
        "GOLDSEAM_WEBHOOK_SECRET": secret,
        "GOLDSEAM_DATABASE_URL": database.url if database else "",
        "GOLDSEAM_REDIS_URL": "redis://127.0.0.1:1/0",  # nobody listens: the worst case for an answer
    }
    argv = [sys.executable, "-P", "-m", "app.cli.main", "web"]
    with _running(argv, environment, port, ROOT) as process:
        url = database.url if database else f"sqlite:///{folder / 'goldseam.db'}"
        yield Served(Target(port, PATH, secret), process, url, database.process if database else None)


@contextmanager
def probot(cache: Path) -> Iterator[Served]:
    """Run Probot with one handler that does nothing; installed into the cache the first time."""
    node = shutil.which("node")
    if node is None:
        raise FileNotFoundError("node is missing: install Node.js 20 or later")
    home = cache.absolute() / "probot"
    if not (home / "node_modules" / "probot").exists():
        home.mkdir(parents=True, exist_ok=True)
        npm = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(home)]
        subprocess.run([*npm, PROBOT], check=True)
    script = home / "peer.mjs"
    shutil.copy(ROOT / "benchmarks" / "load_probot.mjs", script)
    port, secret = _free_port(), secrets.token_hex(16)
    environment = {"PEER_PORT": str(port), "PEER_SECRET": secret, "PEER_KEY": _key(), "NODE_ENV": "production"}
    with _running([node, str(script)], environment, port, home) as process:
        yield Served(Target(port, PATH, secret), process)


@contextmanager
def _running(
    argv: list[str], environment: Mapping[str, str], port: int, folder: Path
) -> Iterator[subprocess.Popen[bytes]]:
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(argv, env={**os.environ, **environment}, cwd=folder, stdout=said, stderr=said)
        try:
            _wait(process, port)
            yield process
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(30)
            process.kill()


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with {process.returncode}")
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise RuntimeError(f"{process.args!r} does not listen after 60 s")


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def _key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


def _children(number: int) -> list[int]:
    listed = Path(f"/proc/{number}/task/{number}/children").read_text().split()
    return [each for one in listed for each in (int(one), *_children(int(one)))]


def _sizes(number: int) -> tuple[int, int]:
    lines = Path(f"/proc/{number}/smaps_rollup").read_text().splitlines()
    sizes = {line.split(":")[0]: int(line.split()[1]) << 10 for line in lines[1:]}
    return sizes["Rss"], sizes["Pss"]


def _cpu_seconds(number: int) -> float:
    fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
