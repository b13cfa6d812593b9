"""A PostgreSQL of the benchmark's own."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Database:
    """A PostgreSQL that runs."""

    url: str
    process: int


@contextmanager
def postgresql(folder: Path) -> Iterator[Database]:
    """Run a PostgreSQL of our own that waits for the disk."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        raise FileNotFoundError("PostgreSQL's server is missing: apt-get install postgresql")
    # The data on the disk that the others use; a long path does not fit into a socket's name.
    home, data = Path(tempfile.mkdtemp(prefix="goldseam-pg-", dir="/tmp")), folder / "postgresql"
    data.mkdir()
    as_owner: list[str] = []
    if os.geteuid() == 0:  # the server refuses to run as root
        owner = pwd.getpwnam("postgres")
        for each in (home, data):
            os.chown(each, owner.pw_uid, owner.pw_gid)
        folder.chmod(0o711)
        as_owner = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    programs = found[-1].parent
    settings = f"-c listen_addresses='' -c unix_socket_directories={home}"
    make = [*as_owner, str(programs / "initdb"), "--pgdata", str(data), "--username=postgres", "--auth=trust"]
    control = [*as_owner, str(programs / "pg_ctl"), "-D", str(data)]
    subprocess.run(make, check=True, stdout=subprocess.DEVNULL, cwd="/")
    start = [*control, "start", "-w", "-o", settings, "-l", str(home / "log")]
    subprocess.run(start, check=True, stdout=subprocess.DEVNULL, cwd="/")
    try:
        number = int((data / "postmaster.pid").read_text().split()[0])
        yield Database(f"postgresql+psycopg://postgres@/postgres?host={home}", number)
    finally:
        subprocess.run([*control, "stop", "-m", "immediate"], check=False, stdout=subprocess.DEVNULL, cwd="/")
        shutil.rmtree(home)
