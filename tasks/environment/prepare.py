"""From a tree to an environment in which its tests run."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import sysconfig
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from importlib import metadata
from pathlib import Path

from fixers.runner.target import Target
from tasks.environment.detect import detect
from tasks.environment.generated import keep_generated, lay_generated
from tasks.environment.install_sandbox import InstallStep, client_environment, local_sources, run_install
from tasks.environment.interpreters import (
    OLDEST,
    InterpreterFacts,
    choose_interpreter,
    installed_interpreters,
    interpreter_facts,
)
from tasks.environment.plan import Plan
from tasks.environment.reading_tree import read_tree
from tasks.errors import EnvironmentFailed
from tasks.sandbox.export import export_directory

_LAYOUT = "2"
"""Part of every cache key: raise it when an older environment would no longer be made the same way."""
_SHOWN = 5
_VERSION_WITHOUT_GIT = "9999.0.0"
"""Build backends ask git for the version; a tree has no git. High, so that plugins' lower bounds hold."""
_VERSION_VARIABLES = (
    "SETUPTOOLS_SCM_PRETEND_VERSION",
    "PDM_BUILD_SCM_VERSION",
    "PBR_VERSION",
    "POETRY_DYNAMIC_VERSIONING_BYPASS",
)


def prepare(
    checkout_tree: Path,
    *,
    mount: str,
    cache: Path,
    python: Path | None,
    test_command: Sequence[str] | None,
    python_version: str | None = None,
    setup: Sequence[Sequence[str]] = (),
    workflow_steps: Sequence[str] = (),
    tool: str = "",
    trusted: bool = False,
    environment: Mapping[str, str] | None = None,
) -> Target:
    """Return the target: the interpreter named by the user as it stands, or one made for the tree.

    Nothing of the tree runs on the host. The tree is an export of our own: modules
    that its build generates are laid into it, and nothing there is changed. `cache` must
    belong to one repository and one level of trust; environments are reused from
    it as long as the files that say what to install, and the interpreter, stay the same.
    `python_version` (`3.12`) narrows what the project itself requires.
    `tool` is the distribution of a linter, formatter or type checker that is to be run
    there; it is installed from wherever the project names it, and from nowhere else.
    `environment` is where certificates, proxies and index addresses are looked up;
    our own by default. EnvironmentFailed when no environment can be had, with the
    installer's last lines.
    """
    files = read_tree(checkout_tree)
    plan = detect(files, test_command=test_command, setup=setup, steps=workflow_steps, tool=tool)
    surroundings = os.environ if environment is None else environment
    if python is not None:
        facts = _given(python, plan, needs_pytest=not tool)
        return _target(checkout_tree, mount, plan, facts, "given with --python")
    asked = (plan.python_requires, f"=={python_version}.*" if python_version else "")
    requires = ",".join(part for part in asked if part)
    base = choose_interpreter(requires, python_version or plan.python_wanted, installed_interpreters(surroundings))
    settings, held_back = client_environment(surroundings)
    plan = replace(plan, why=(*plan.why, *held_back))
    home = cache / _key(files, plan, base, mount)
    with _locked(home):
        facts, reused = _made(home, checkout_tree, mount, plan, base, settings, cache, trusted=trusted)
        laid = lay_generated(home / "generated", checkout_tree)
    if laid:
        plan = replace(plan, why=(*plan.why, f"the build generated {', '.join(laid[:_SHOWN])}"))
    how = "reused" if reused else "made by uv"
    return _target(checkout_tree, mount, plan, facts, f"{how} from {_origin(plan)} with Python {facts.version}")


def _given(python: Path, plan: Plan, *, needs_pytest: bool) -> InterpreterFacts:
    facts = interpreter_facts(python)
    if facts.implementation != "CPython" or facts.minor < OLDEST:
        raise EnvironmentFailed(
            f"{python} is {facts.implementation} {facts.version}, and tests are run by CPython 3.8 or newer only. "
            "Name another interpreter with --python."
        )
    if not facts.suits(plan.python_requires):
        raise EnvironmentFailed(
            f"{python} is Python {facts.version}, but the project requires {plan.python_requires}. "
            "Name an interpreter that fits with --python."
        )
    if needs_pytest and "pytest" not in facts.packages:
        raise EnvironmentFailed(f"{python} has no pytest. Install it with: {python} -m pip install pytest")
    return facts


def _made(
    home: Path,
    tree: Path,
    mount: str,
    plan: Plan,
    base: InterpreterFacts,
    settings: Mapping[str, str],
    cache: Path,
    *,
    trusted: bool,
) -> tuple[InterpreterFacts, bool]:
    """Return the facts of the environment in `home`, making it first unless a finished one stands there."""
    venv, done = home / "venv", home / "done.json"
    if done.exists():
        return _facts_of(venv, base), True
    for leftover in (venv, home / "generated"):
        shutil.rmtree(leftover, ignore_errors=True)
    downloads = cache / "uv"
    for directory in (venv, downloads):
        directory.mkdir(parents=True, exist_ok=True)
    uv = _uv()
    with _private_copy(tree) as copy:
        step = InstallStep(
            argv=(),
            tree=copy,
            mount=mount,
            writable=(venv, downloads),
            read_only=tuple(dict.fromkeys((uv, uv.resolve(), *base.read_only, *local_sources(settings)))),
            environment={**settings, **_variables(venv, downloads)},
        )
        for argv in _commands(uv, venv, base, plan, trusted=trusted):
            run_install(replace(step, argv=argv), trusted=trusted)
        keep_generated(copy, tree, home / "generated")
    facts = _facts_of(venv, base)
    done.write_text(json.dumps({"packages": dict(facts.packages), "why": plan.why}, indent=1))
    return facts, False


def _uv() -> Path:
    uv = Path(sysconfig.get_path("scripts")) / "uv"
    if not uv.exists():
        raise EnvironmentFailed(f"uv is missing from {uv.parent}: reinstall Goldseam (pip install --force-reinstall).")
    return uv


def _variables(venv: Path, downloads: Path) -> dict[str, str]:
    """Return what installers are told by their environment, beside where packages come from."""
    return {
        "PATH": f"{venv / 'bin'}:/usr/local/bin:/usr/bin:/bin",
        "VIRTUAL_ENV": str(venv),
        "UV_CACHE_DIR": str(downloads),
        "UV_NO_CONFIG": "1",
        "UV_NO_PROGRESS": "1",
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_LINK_MODE": "copy",
        # Nothing may be written there later: without bytecode every run of the tests would compile what it imports.
        "UV_COMPILE_BYTECODE": "1",
        **dict.fromkeys(_VERSION_VARIABLES, _VERSION_WITHOUT_GIT),
    }


def _commands(uv: Path, venv: Path, base: InterpreterFacts, plan: Plan, *, trusted: bool) -> Iterator[tuple[str, ...]]:
    yield str(uv), "venv", "--allow-existing", "--python", str(base.python), str(venv)
    for words in plan.installs:
        # Without a mount namespace an editable install would point at a copy that is gone afterwards.
        yield str(uv), "pip", "install", *(_plain(words) if trusted else words)
    yield from plan.commands


def _plain(words: Sequence[str]) -> list[str]:
    return [word for word in words if word != "-e"]


def _facts_of(venv: Path, base: InterpreterFacts) -> InterpreterFacts:
    """Describe an environment by its files: starting its interpreter here would run what the repository installed."""
    found = [
        path for site in venv.glob("lib*/python*/site-packages") for path in metadata.distributions(path=[str(site)])
    ]
    packages = {
        str(name).lower().replace("_", "-").replace(".", "-"): item.version
        for item in found
        if (name := item.metadata["Name"])
    }
    return replace(base, python=venv / "bin" / "python", prefix=venv, packages=packages, editable=())


def _target(tree: Path, mount: str, plan: Plan, facts: InterpreterFacts, provenance: str) -> Target:
    siblings = tuple(path for path in facts.editable if path.is_dir() and not path.is_relative_to(mount))
    return Target(
        tree=tree,
        mount=mount,
        python=facts.python,
        read_only=tuple(dict.fromkeys((*facts.read_only, *siblings))),
        source_roots=plan.source_roots,
        pytest_args=plan.test_args,
        python_version=facts.version,
        packages=dict(sorted(facts.packages.items())),
        provenance="; ".join((provenance, *plan.why)),
        start=plan.start,
    )


def _origin(plan: Plan) -> str:
    return " ".join(plan.installs[0]) if plan.installs else "nothing"


def _key(files: Mapping[str, str], plan: Plan, base: InterpreterFacts, mount: str) -> str:
    digest = hashlib.sha256()
    parts = [_LAYOUT, base.version, str(base.python), mount, repr(plan.installs), repr(plan.commands)]
    for part in (*parts, *(f"{path}\0{text}" for path, text in sorted(files.items()) if text)):
        digest.update(part.encode(errors="surrogatepass") + b"\1")
    return digest.hexdigest()[:24]


@contextmanager
def _private_copy(tree: Path) -> Iterator[Path]:
    """Copy the tree for the builds of one installation; what they write there is looked at and dropped."""
    with tempfile.TemporaryDirectory(prefix="goldseam-build-") as name:
        copy = Path(name) / "tree"
        export_directory(tree, copy)
        yield copy


@contextmanager
def _locked(home: Path) -> Iterator[None]:
    """Hold the environment alone: two workers on one repository must not fill the same directory."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
