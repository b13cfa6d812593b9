"""Python interpreters of this machine: what one is, and which one suits a project."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from tasks.errors import EnvironmentFailed

OLDEST = (3, 8)
_SECONDS = 30
_NAME = re.compile(r"^python(3(\.\d+)?)?$")
_FACTS = """
import json, platform, sys
from importlib import metadata
packages, elsewhere = {}, []
for found in metadata.distributions():
    name = found.metadata["Name"]
    if name:
        packages.setdefault(name.lower().replace("_", "-").replace(".", "-"), found.version or "")
    try:
        url = json.loads(found.read_text("direct_url.json") or "{}")
    except ValueError:
        continue
    if url.get("dir_info", {}).get("editable") and url.get("url", "").startswith("file://"):
        elsewhere.append(url["url"][7:])
print(json.dumps([platform.python_implementation(), platform.python_version(), sys.prefix, sys.base_prefix,
                  packages, elsewhere]))
"""


@dataclass(frozen=True, slots=True)
class InterpreterFacts:
    """What an interpreter says of itself."""

    python: Path
    implementation: str
    """`CPython`, `PyPy`, …"""
    version: str
    prefix: Path
    base_prefix: Path
    packages: Mapping[str, str]
    """Normalized name to version."""
    editable: tuple[Path, ...] = ()
    """Directories that editable installs of this environment point to."""

    @property
    def minor(self) -> tuple[int, int]:
        """Major and minor version."""
        release = Version(self.version).release
        return release[0], release[1]

    @property
    def read_only(self) -> tuple[Path, ...]:
        """Return what must be visible for it to run: its prefixes, links followed."""
        binary = self.python.resolve().parent.parent
        places = (self.prefix, self.prefix.resolve(), self.base_prefix, self.base_prefix.resolve(), binary)
        return tuple(dict.fromkeys(places))

    def suits(self, requires: str) -> bool:
        """Say whether its version lies in the specifier; an unreadable specifier excludes nothing."""
        try:
            return SpecifierSet(requires).contains(self.version, prereleases=True)
        except InvalidSpecifier:
            return True


def interpreter_facts(python: Path) -> InterpreterFacts:
    """Ask `python` what it is: isolated mode, empty environment, outside any checkout.

    EnvironmentFailed when it does not run or gives no sensible answer. It runs on
    the host, so only ever ask an interpreter that the user named or that is
    installed on this machine, never one whose packages a repository chose.
    """
    argv = (str(python), "-I", "-c", _FACTS)
    try:
        done = subprocess.run(argv, env={}, cwd="/", capture_output=True, text=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EnvironmentFailed(
            f"{python} cannot be run as a Python interpreter; name another one.", str(error)
        ) from error
    try:
        implementation, version, prefix, base_prefix, packages, editable = json.loads(done.stdout)
        return InterpreterFacts(
            Path(os.path.abspath(python)),  # noqa: PTH100 - a link must stay a link: it is what makes a venv
            implementation,
            version,
            Path(prefix),
            Path(base_prefix),
            packages,
            tuple(map(Path, editable)),
        )
    except (ValueError, TypeError) as error:
        tail = (done.stderr or done.stdout)[-2000:]
        raise EnvironmentFailed(
            f"{python} does not answer like a Python interpreter; name another one.", tail
        ) from error


def choose_interpreter(requires: str, wanted: str, candidates: Iterable[InterpreterFacts]) -> InterpreterFacts:
    """Choose the interpreter to make an environment with; EnvironmentFailed when none satisfies `requires`.

    The version that CI names comes first, then our own minor version, then the
    newest. Nothing is downloaded.
    """
    known = [facts for facts in candidates if facts.implementation == "CPython" and facts.minor >= OLDEST]
    fitting = [facts for facts in known if facts.suits(requires)]
    if not fitting:
        found = ", ".join(sorted({facts.version for facts in known}, key=Version)) or "none"
        raise EnvironmentFailed(
            f"The project requires Python {requires or '>=3.8'}, and this machine has {found}. "
            "Install one that fits (`uv python install`), or name one with --python."
        )
    return max(
        fitting,
        key=lambda facts: (
            bool(wanted) and Version(facts.version).release[: len(Version(wanted).release)] == Version(wanted).release,
            facts.minor == sys.version_info[:2],
            Version(facts.version),
        ),
    )


def installed_interpreters(environment: Mapping[str, str]) -> Iterator[InterpreterFacts]:
    """Yield the one under us, pyenv's, uv's and those on PATH; what does not run is passed over."""
    seen: set[Path] = set()
    for python in _candidates(environment):
        real = python.resolve()
        if real in seen or not os.access(real, os.X_OK):
            continue
        seen.add(real)
        try:
            facts = interpreter_facts(python)
        except EnvironmentFailed:
            continue  # a pyenv shim of a version that is not active, for one
        if facts.prefix == facts.base_prefix:
            yield facts


def _candidates(environment: Mapping[str, str]) -> Iterator[Path]:
    home = Path(environment.get("HOME") or "/nonexistent")
    yield Path(sys.base_prefix, "bin", f"python{sys.version_info.major}.{sys.version_info.minor}")
    pyenv = Path(environment.get("PYENV_ROOT") or home / ".pyenv") / "versions"
    data = Path(environment.get("XDG_DATA_HOME") or home / ".local/share")
    uv = Path(environment.get("UV_PYTHON_INSTALL_DIR") or data / "uv/python")
    for versions in (pyenv, uv):
        yield from sorted(versions.glob("*/bin/python3"))
    for directory in environment.get("PATH", "/usr/local/bin:/usr/bin:/bin").split(os.pathsep):
        if Path(directory).is_absolute() and Path(directory).is_dir() and "shims" not in Path(directory).parts:
            yield from sorted(path for path in Path(directory).glob("python*") if _NAME.match(path.name))
