"""The command without its start: each run is forked from a process that has imported it and done nothing else."""

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from app.cli.main import main

_STARTED = multiprocessing.get_context("forkserver")
_STARTED.set_forkserver_preload(["app.cli.main", "app.cli.fix", "app.cli.verify", "app.cli.rules"])


def run_forked(
    arguments: Sequence[str], environment: Mapping[str, str], folder: Path, outputs: Path
) -> subprocess.CompletedProcess[str]:
    """Run the command in `folder` with this environment and no other; what it says goes through files in `outputs`."""
    out, err = outputs / "stdout", outputs / "stderr"
    process = _STARTED.Process(target=_become, args=(list(arguments), dict(environment), folder, out, err))
    process.start()
    process.join(240)
    if process.exitcode is None:
        process.kill()
        raise subprocess.TimeoutExpired(list(arguments), 240)
    return subprocess.CompletedProcess(list(arguments), process.exitcode, out.read_text(), err.read_text())


def _become(arguments: list[str], environment: dict[str, str], folder: Path, out: Path, err: Path) -> None:
    for path, descriptor in ((out, 1), (err, 2)):
        with path.open("wb") as stream:
            os.dup2(stream.fileno(), descriptor)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["goldseam", *arguments]
    main()
