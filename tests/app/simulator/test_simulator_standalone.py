"""`python -m app.simulator`: a sample GitHub that a person can point Goldseam at."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import jwt
import pytest
import requests


@pytest.fixture(params=[signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "kill"])
def printed(request, tmp_path):
    """Start it as a script's background job, deaf to Ctrl-C, and read what it prints; then stop it."""
    command = [sys.executable, "-u", "-m", "app.simulator", "--directory", str(tmp_path / "hub")]
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3]) as process:
        signal.signal(signal.SIGINT, before)
        assert process.stdout is not None
        lines = []
        while "Ctrl-C" not in "".join(lines):
            lines.append(process.stdout.readline())
            assert lines[-1], "it ended before it served"
        yield "".join(lines)
        process.send_signal(request.param)
        rest, _ = process.communicate(timeout=10)
        assert (process.returncode, rest) == (0, "Ended.\n")


def test_it_serves_a_red_run_and_says_how_to_reach_it(printed) -> None:
    settings = dict(re.findall(r"export GOLDSEAM_(\w+)=(\S+)", printed))
    assert settings.keys() == {"GITHUB_URL", "APP_ID", "PRIVATE_KEY_FILE", "WEBHOOK_SECRET"}
    key = Path(settings["PRIVATE_KEY_FILE"])
    assert key.stat().st_mode & 0o077 == 0
    now = int(time.time())
    claims = {"iss": settings["APP_ID"], "iat": now - 60, "exp": now + 300}
    headers = {"Authorization": f"Bearer {jwt.encode(claims, key.read_bytes(), algorithm='RS256')}"}
    assert requests.get(f"{settings['GITHUB_URL']}/app", headers=headers, timeout=5).json()["slug"] == "goldseam"
    page = re.search(r"Red run: (\S+)", printed)
    assert page is not None
    assert "test_last_day_of_grace" in requests.get(page[1], timeout=5).text
