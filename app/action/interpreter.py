"""The interpreter of the job: the one in which the failing step ran the tests."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tasks.errors import BadInput

NEW = "new"
_SECONDS = 30


def interpreter(asked: str, workspace: Path) -> Path | None:
    """Return the interpreter to use, by default the job's `python`; None for one that Goldseam makes.

    It is asked where it is: version managers put a script under its name, which no sandbox could run.
    """
    if asked == NEW:
        return None
    named = asked or next((name for name in ("python", "python3") if shutil.which(name)), "")
    found = shutil.which(named) if "/" not in named else str(workspace / named)
    if not named or found is None:
        raise BadInput(
            f"There is no {asked or 'python'} on the PATH of this job. Run actions/setup-python before, name an "
            f"interpreter with the input python, or set it to {NEW!r} to have an environment made."
        )
    try:
        said = subprocess.run(
            (found, "-I", "-c", "import sys; print(sys.executable)"),
            cwd=workspace,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=True,
        ).stdout.strip()
    except (OSError, subprocess.SubprocessError) as error:
        raise BadInput(f"{found} cannot be run as a Python interpreter; name another with the input python.") from error
    return Path(said)
