"""The real command over small real checkouts."""

import os
import subprocess
import sysconfig
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from cli_forked import run_forked
from cli_web import Web, serving

GOLDSEAM = Path(sysconfig.get_path("scripts")) / "goldseam"
PAST_PROXIES = {"no_proxy": "127.0.0.1"}
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Return an environment whose cache is the test's own, as on a terminal of no width.

    Without a wish to write no bytecode: a third of each start would compile Goldseam again, and it would hide
    that a checkout gets a cache.
    """
    dropped = ("GOLDSEAM_", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    ours = {"XDG_CACHE_HOME": str(tmp_path / "cache"), "NO_COLOR": "1", "PYTHONUNBUFFERED": "1"}
    return {**kept, **ours, **PAST_PROXIES}


@pytest.fixture(scope="session")
def python(small_python: Path) -> tuple[str, str]:
    """Return the option that names the interpreter of the checkouts."""
    return "--python", str(small_python)


@pytest.fixture
def goldseam(environment: dict[str, str], tmp_path: Path) -> Run:
    """Run the command to its end; `fix` gets this interpreter unless told otherwise."""

    def run(*arguments: object, **more: str) -> subprocess.CompletedProcess[str]:
        words = [str(a) for a in arguments]
        return subprocess.run(
            (str(GOLDSEAM), *words),
            env={**environment, **more},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )

    return run


@pytest.fixture
def told(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Run:
    """Run the command as `goldseam` does but for its start, which takes most of the time where little is done."""
    return lambda *words: run_forked([str(w) for w in words], environment, tmp_path, tmp_path_factory.mktemp("told"))


@pytest.fixture
def checkout(tmp_path: Path) -> Callable[[Mapping[str, str]], Path]:
    """Lay out files as a checkout."""

    def make(files: Mapping[str, str]) -> Path:
        root = tmp_path / "checkout"
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        return root

    return make


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    """Serve over HTTP on this machine."""
    for name, value in PAST_PROXIES.items():
        monkeypatch.setenv(name, value)
    with serving() as served:
        yield served
