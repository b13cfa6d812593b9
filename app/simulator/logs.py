"""Job logs in the form that GitHub Actions gives them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

BOM = b"\xef\xbb\xbf"
ECHO, RESET = "\x1b[36;1m", "\x1b[0m"


def job_log(command: str, output: str, *, exit_code: int, at: datetime) -> bytes:
    """Return the log of a job that checked out, ran one command and cleaned up.

    Every line is stamped, the command is echoed inside its group, and a command
    that failed is followed by GitHub's error line.
    """
    lines = [
        "Current runner version: '2.330.0'",
        "##[group]Run actions/checkout@v4",
        "with:",
        "  persist-credentials: false",
        "##[endgroup]",
        f"##[group]Run {command}",
        f"{ECHO}{command}{RESET}",
        "shell: /usr/bin/bash -e {0}",
        "env:",
        "  CI: true",
        "##[endgroup]",
        *output.rstrip("\n").split("\n"),
        *([f"##[error]Process completed with exit code {exit_code}."] if exit_code else []),
        "Post job cleanup.",
        "##[command]/usr/bin/git version",
        "Cleaning up orphan processes",
    ]
    return BOM + "".join(_stamped(lines, at)).encode()


def _stamped(lines: Iterable[str], at: datetime) -> Iterable[str]:
    for number, line in enumerate(lines):
        moment = at + timedelta(milliseconds=7 * number)
        yield f"{moment:%Y-%m-%dT%H:%M:%S.%f}0Z {line}\n"
