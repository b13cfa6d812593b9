"""Environments made for real: uv, bubblewrap, the package index, and the test sandbox as the judge."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from fixers.runner.sandbox import Command
from fixers.runner.target import Target
from tasks.environment import prepare as preparing
from tasks.environment.install_sandbox import InstallStep, client_environment, run_install
from tasks.environment.interpreters import choose_interpreter, installed_interpreters, interpreter_facts
from tasks.environment.prepare import prepare
from tasks.errors import EnvironmentFailed
from tasks.sandbox.choose import sandbox

MOUNT = "/home/someone/billing"
PYPROJECT = """
[build-system]
requires = ["setuptools>=61"]
build-backend = "setuptools.build_meta"
[project]
name = "billing"
version = "1.2"
requires-python = ">=3.9"
dependencies = ["iniconfig"]
"""


def project(at: Path, **files: str) -> Path:
    named = {"pyproject.toml": PYPROJECT, "src/billing/__init__.py": "RATE = 3\n", **files}
    for path, text in named.items():
        (at / path).parent.mkdir(parents=True, exist_ok=True)
        (at / path).write_text(dedent(text))
    return at


def digest(tree: Path) -> str:
    names = sorted(path for path in tree.rglob("*") if path.is_file())
    return hashlib.sha256(b"".join(str(path).encode() + path.read_bytes() for path in names)).hexdigest()


def made(tree: Path, cache: Path, **options) -> Target:
    return prepare(tree, mount=MOUNT, cache=cache, python=None, test_command=None, **options)


@pytest.fixture(scope="module")
def cache(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def target(tmp_path_factory, cache) -> Target:
    return made(project(tmp_path_factory.mktemp("tree")), cache)


@pytest.fixture(autouse=True)
def quick(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out bytecode, which takes longest, wherever it is not what is looked at: in all but the first."""
    variables = preparing._variables
    monkeypatch.setattr(preparing, "_variables", lambda *of: {**variables(*of), "UV_COMPILE_BYTECODE": "0"})


def test_what_is_installed_is_compiled_once_and_not_by_each_run(target: Target) -> None:
    (site,) = target.python.parents[1].glob("lib/python*/site-packages")
    assert list(site.glob("_pytest/__pycache__/main.*.pyc"))


def test_the_tests_of_the_project_run_where_its_tree_will_stand(target: Target) -> None:
    """The editable install points at the mount, so the sandbox's own copy is what gets imported."""
    code = "import billing, iniconfig, pytest; print(billing.__file__, billing.RATE)"
    ended = sandbox().run(
        Command((str(target.python), "-c", code), target.tree, target.mount, read_only=target.read_only)
    )
    assert (ended.exit_code, ended.stderr) == (0, b"")
    assert ended.stdout.decode().split() == [f"{MOUNT}/src/billing/__init__.py", "3"]


def test_the_target_says_what_it_is(target: Target) -> None:
    assert target.source_roots == ("src",)
    assert {"billing", "iniconfig", "pytest"} <= set(target.packages)
    assert target.packages["billing"] == "1.2"
    assert target.provenance.startswith("made by uv from -e . pytest with Python 3.")


def test_the_tree_is_not_written(tmp_path: Path, cache: Path) -> None:
    tree = project(tmp_path)
    before = digest(tree)
    made(tree, cache)
    assert digest(tree) == before


def test_an_environment_is_reused_until_what_it_was_made_from_changes(
    target: Target, tmp_path: Path, cache: Path
) -> None:
    again = made(project(tmp_path, **{"src/billing/__init__.py": "RATE = 4\n"}), cache)
    assert again.python == target.python
    assert again.provenance.startswith("reused")
    other = made(project(tmp_path, **{"pyproject.toml": PYPROJECT.replace("1.2", "1.3")}), cache)
    assert other.python != target.python
    assert other.packages["billing"] == "1.3"


def test_an_interrupted_installation_is_made_again(target: Target, tmp_path: Path, cache: Path) -> None:
    (target.python.parents[2] / "done.json").unlink()
    (target.python.parents[1] / "pyvenv.cfg").unlink()
    again = made(project(tmp_path), cache)
    assert again.python == target.python
    assert again.provenance.startswith("made by uv")


GENERATING = """
import pathlib
from setuptools import setup
pathlib.Path("src/billing/_version.py").write_text("version = 'generated'")
pathlib.Path("src/linked").is_symlink() and pathlib.Path("src/linked").unlink()
pathlib.Path("src/linked").mkdir(exist_ok=True)
pathlib.Path("src/linked/planted.py").write_text("")
pathlib.Path("src/billing/__init__.py").write_text("overwritten")
setup()
"""


def test_modules_that_the_build_generates_are_laid_into_the_tree(tmp_path: Path, cache: Path) -> None:
    """New ones only, and never through a link of the tree: the build may have put a directory in its place."""
    outside = tmp_path / "outside"
    outside.mkdir()
    for name, how in (("first", "made by uv"), ("second", "reused")):
        tree = project(tmp_path / name, **{"setup.py": GENERATING})
        (tree / "src/linked").symlink_to(outside)
        assert "the build generated src/billing/_version.py" in (found := made(tree, cache)).provenance
        assert found.provenance.startswith(how)
        assert (tree / "src/billing/_version.py").read_text() == "version = 'generated'"
        assert (tree / "src/billing/__init__.py").read_text() == "RATE = 3\n"
    assert not list(outside.iterdir())


def test_a_changed_source_of_a_compiled_module_asks_for_a_new_environment(
    target: Target, tmp_path: Path, cache
) -> None:
    other = made(project(tmp_path, **{"src/billing/fast.c": "int rate;"}), cache)
    assert other.python != target.python


FAILURES = {
    "no-such-package": (
        {"pyproject.toml": PYPROJECT.replace("iniconfig", "goldseam-there-is-no-such-package")},
        "ended with code",
        "goldseam-there-is-no-such-package",
    ),
    "build-backend-that-raises": (
        {
            "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
            "backend.py": "raise RuntimeError('the backend is broken')\n",
        },
        "ended with code",
        "the backend is broken",
    ),
    "no-python-fits": (
        {"pyproject.toml": PYPROJECT.replace(">=3.9", ">=3.99")},
        "The project requires Python >=3.99, and this machine has",
        "",
    ),
}


@pytest.mark.parametrize(("files", "sentence", "tail"), FAILURES.values(), ids=FAILURES)
def test_a_failure_carries_the_installers_last_lines(files, sentence, tail, tmp_path: Path, cache: Path) -> None:
    with pytest.raises(EnvironmentFailed) as failed:
        made(project(tmp_path, **files), cache)
    assert sentence in str(failed.value)
    assert tail in failed.value.tail


def test_a_build_sees_no_secret_and_writes_nowhere(tmp_path: Path, cache: Path, monkeypatch) -> None:
    """A hostile build backend looks around; what it finds is in the error it raises."""
    canary = tmp_path / "canary"
    canary.write_text("the secret of the host")
    monkeypatch.setenv("GITHUB_TOKEN", "the token of the host")
    backend = f"""
    import os, pathlib
    def attempt(do):
        try:
            return do()
        except OSError as error:
            return type(error).__name__
    found = [
        dict(os.environ).get("GITHUB_TOKEN", "no token"),
        attempt(lambda: pathlib.Path({str(canary)!r}).read_text()),
        attempt(lambda: pathlib.Path({str(tmp_path)!r}, "planted").write_text("x")),
        attempt(lambda: pathlib.Path("/usr/planted").write_text("x")),
        attempt(lambda: pathlib.Path("/root/.ssh").exists()),
        len([name for name in os.listdir("/proc") if name.isdigit()]) < 20,
    ]
    raise SystemExit("SEEN " + repr(found))
    """
    files = {
        "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
        "backend.py": backend,
    }
    with pytest.raises(EnvironmentFailed) as failed:
        made(project(tmp_path / "tree", **files), cache)
    seen = failed.value.tail
    assert "'no token', 'FileNotFoundError', 'FileNotFoundError', 'OSError', False, True]" in seen, seen
    assert not (tmp_path / "planted").exists()


def test_a_step_that_hangs_is_stopped_with_all_it_started(tmp_path: Path) -> None:
    script = "sleep 300 & echo started; sleep 300"
    step = InstallStep(("/bin/sh", "-c", script), tmp_path, MOUNT, (), (), seconds=1.0)
    with pytest.raises(EnvironmentFailed) as failed:
        run_install(step)
    assert "still ran after 1 s" in str(failed.value)
    assert "started" in failed.value.tail


def test_terminal_control_is_taken_out_of_the_last_lines(tmp_path: Path) -> None:
    step = InstallStep(("/bin/sh", "-c", r"printf '\033[31mred\033[0m\007'; exit 3"), tmp_path, MOUNT, (), ())
    with pytest.raises(EnvironmentFailed) as failed:
        run_install(step)
    assert failed.value.tail == "red"


def test_client_settings_pass_and_passwords_do_not() -> None:
    kept, held_back = client_environment({
        "PIP_INDEX_URL": "https://index.example/simple",
        "PIP_EXTRA_INDEX_URL": "https://me:secret@index.example/simple",
        "UV_FIND_LINKS": "/srv/wheels",
        "PIP_CERT": "/etc/ssl/certs/ca-certificates.crt",
        "https_proxy": "http://proxy.example:3128",
        "AWS_SECRET_ACCESS_KEY": "x",
        "PYTHONPATH": "/evil",
    })  # fmt: skip
    assert kept == {
        "UV_DEFAULT_INDEX": "https://index.example/simple",
        "UV_FIND_LINKS": "/srv/wheels",
        "SSL_CERT_FILE": "/etc/ssl/certs/ca-certificates.crt",
        "https_proxy": "http://proxy.example:3128",
    }
    assert held_back == ("UV_INDEX is not passed on: it carries a password, which a build could read",)


# An interpreter that the user names


def test_a_named_interpreter_is_used_as_it_stands(tmp_path: Path) -> None:
    target = prepare(
        project(tmp_path),
        mount=MOUNT,
        cache=tmp_path / "cache",
        python=Path(sys.executable),
        test_command=["python", "-m", "pytest", "tests"],
    )
    assert target.python == Path(sys.executable)
    assert {Path(sys.prefix), Path(sys.base_prefix)} <= set(target.read_only)
    assert target.pytest_args == ("tests",)
    assert target.provenance.startswith("given with --python")
    assert not (tmp_path / "cache").exists()


@pytest.fixture(scope="module")
def bare(tmp_path_factory) -> Path:
    """An environment without pytest."""
    where = tmp_path_factory.mktemp("bare") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", where], check=True)
    return where / "bin" / "python"


def given(python: Path, tree: Path) -> Target:
    return prepare(tree, mount=MOUNT, cache=tree / "cache", python=python, test_command=None)


def test_a_named_interpreter_without_pytest_is_refused_with_the_command(bare: Path, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFailed, match=f"has no pytest. Install it with: {bare} -m pip install pytest"):
        given(bare, project(tmp_path))


def test_a_named_interpreter_of_another_version_gets_its_own_sentence(tmp_path: Path) -> None:
    tree = project(tmp_path, **{"pyproject.toml": PYPROJECT.replace(">=3.9", "<3.9")})
    with pytest.raises(EnvironmentFailed, match=r"is Python 3\.\d+\.\d+, but the project requires <3\.9"):
        given(Path(sys.executable), tree)


@pytest.mark.parametrize("name", ["/bin/true", "/nonexistent/python", "/etc/passwd"])
def test_what_is_no_python_is_named(name: str, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFailed, match=name):
        given(Path(name), project(tmp_path))


def test_an_old_python_is_refused(tmp_path: Path) -> None:
    old = tmp_path / "python"
    facts = json.dumps(["CPython", "3.7.16", "/usr", "/usr", {"pytest": "7"}, []])
    old.write_text(f"#!/bin/sh\necho '{facts}'\n")
    old.chmod(0o755)
    with pytest.raises(EnvironmentFailed, match=r"CPython 3\.7\.16, and tests are run by CPython 3\.8 or newer only"):
        given(old, project(tmp_path / "tree"))


def test_facts_are_asked_for_in_isolation(bare: Path, monkeypatch, tmp_path: Path) -> None:
    """Neither the environment nor the current directory can change what the interpreter loads."""
    (tmp_path / "json.py").write_text("raise SystemExit('planted')\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    facts = interpreter_facts(bare)
    assert facts.prefix == bare.parents[1]
    assert facts.python == bare
    assert facts.packages == {}


def test_the_version_that_ci_names_is_chosen_first() -> None:
    found = list(installed_interpreters(os.environ))
    assert len(found) >= 2, "at least two CPythons are needed here; install one with: pyenv install 3.12"
    for facts in found:
        if facts.minor >= (3, 8):
            wanted = ".".join(map(str, facts.minor))
            assert choose_interpreter(">=3.8", wanted, found).minor == facts.minor
    assert choose_interpreter("", "", found).minor == sys.version_info[:2]


def test_two_at_once_make_one_environment(tmp_path: Path) -> None:
    """The second waits for the first and reuses what it made."""
    tree, cache = project(tmp_path / "tree"), tmp_path / "cache"
    code = (
        "import sys; from pathlib import Path; from tasks.environment.prepare import prepare\n"
        f"made = prepare(Path({str(tree)!r}), mount={MOUNT!r}, cache=Path({str(cache)!r}), python=None,"
        " test_command=None)\nprint(made.provenance)"
    )
    root = Path(__file__).parents[3]
    running = [
        subprocess.Popen([sys.executable, "-c", code], cwd=root, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    said = sorted(process.communicate(timeout=120)[0].split()[0] for process in running)
    assert said == ["made", "reused"]


def test_a_trusted_repository_needs_no_walls(tmp_path: Path) -> None:
    """The project is then installed plainly: an editable install would point at a copy that is gone."""
    target = made(project(tmp_path / "tree"), tmp_path / "cache", trusted=True)
    done = subprocess.run(
        [target.python, "-c", "import billing; print(billing.__file__)"], capture_output=True, text=True, check=True
    )
    assert "site-packages" in done.stdout
