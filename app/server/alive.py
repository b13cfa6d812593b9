"""`python -m app.server.alive NAME`: exit 0 when this host's process of that name was heard of lately, else 1.

What a container's health check runs. It asks the database, where every process says that it lives.
"""

from __future__ import annotations

import socket
import sys

from app.config import settings
from app.server.stores import store_of
from tasks.store import processes


def main(name: str) -> int:
    """Return the exit code; what is wrong goes to standard error."""
    store = store_of(settings())
    with store.read() as session:
        alive = processes.is_alive(session, name=name, host=socket.gethostname())
    if not alive:
        sys.stderr.write(f"No {name} process of this host was heard of lately.\n")
    return 0 if alive else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
