"""Run the set-up page in a process of its own, so that the one that starts the server never holds the key."""

from __future__ import annotations

import subprocess
import sys

from app.config import Settings
from tasks.errors import BadInput, GoldseamError
from tasks.sandbox.host import program


def create_app(config: Settings) -> None:
    """Return when an App is stored; BadInput when its page ended without one, having said why."""
    config.app_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    # -P: the working directory may hold an `app` of its own. Told to end when this process is killed.
    command = [sys.executable, "-P", "-m", "app.setup"]
    tied = [str(program("setpriv", "util-linux")), "--pdeathsig", "SIGTERM", "--", *command]
    code = subprocess.run(tied, stdin=subprocess.DEVNULL, check=False).returncode
    if code == 0:
        return
    if code in {130, -2}:
        raise KeyboardInterrupt
    if code == 2:
        raise BadInput("No GitHub App was created.")
    raise GoldseamError("The set-up page ended before an App was created.")
