"""How a project is installed and tested, read from its files alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from textwrap import dedent

import pytest

from tasks.environment.detect import detect


@dataclass(frozen=True)
class Layout:
    """A project as its telling files, and what must be decided for it."""

    name: str
    files: dict[str, str]
    installs: tuple[str, ...]
    roots: tuple[str, ...] = (".",)
    args: tuple[str, ...] = ()
    requires: str = ""
    wanted: str = ""
    why: str = ""
    command: tuple[str, ...] | None = None
    setup: tuple[tuple[str, ...], ...] = ()
    commands: tuple[tuple[str, ...], ...] = ()
    steps: tuple[str, ...] = field(default=())


LAYOUTS = (
    Layout(
        "pep621-src-with-test-extra",
        {
            "pyproject.toml": """
            [build-system]
            requires = ["hatchling"]
            [project]
            name = "billing"
            requires-python = ">=3.9"
            [project.optional-dependencies]
            test = ["pytest"]
            docs = ["sphinx"]
            """,
            "src/billing/__init__.py": "",
            "tests/test_rates.py": "",
        },
        installs=("-e", ".[test]", "pytest"),
        roots=("src",),
        requires=">=3.9",
        why="the project is installed with its extras test",
    ),
    Layout(
        "dependency-groups-with-include",
        {
            "pyproject.toml": """
            [project]
            name = "billing"
            [dependency-groups]
            test = ["pytest>=8", "hypothesis"]
            lint = ["ruff"]
            dev = [{include-group = "test"}, {include-group = "lint"}, "ipython"]
            circle = [{include-group = "circle"}]
            """,
            "billing/__init__.py": "",
        },
        installs=("-e", ".", "pytest>=8", "hypothesis", "ruff", "ipython"),
        why="2 requirements come from the dependency group test",
    ),
    Layout(
        "poetry",
        {
            "pyproject.toml": """
            [tool.poetry]
            name = "billing"
            packages = [{include = "billing", from = "lib"}]
            [tool.poetry.dependencies]
            python = "^3.9"
            [tool.poetry.group.dev.dependencies]
            pytest = "^7.2"
            respx = {version = "~0.20", extras = ["a"]}
            local = {path = "../local"}
            """,
        },
        installs=("-e", ".", "pytest>=7.2,<8", "respx[a]>=0.20,<0.21"),
        roots=("lib",),
        requires=">=3.9,<4",
    ),
    Layout(
        "setup-cfg",
        {
            "setup.cfg": """
            [metadata]
            name = billing
            [options]
            python_requires = >=3.8
            package_dir =
                = source
            [options.extras_require]
            testing =
                pytest
            docs = sphinx
            [tool:pytest]
            testpaths = tests
            """,
            "setup.py": "from setuptools import setup\nsetup()\n",
        },
        installs=("-e", ".[testing]", "pytest"),
        roots=("source",),
        requires=">=3.8",
    ),
    Layout(
        "setup-py-that-is-never-run",
        {
            "setup.py": """
            import os, setuptools
            os.system("false")
            EXTRAS = {"test": ["pytest"], "all": open("all.txt").read()}
            setuptools.setup(name="billing", python_requires=">=3.7", package_dir={"": "src"}, extras_require=EXTRAS)
            """,
            "requirements-dev.txt": "pytest\n",
        },
        installs=("-e", ".[test]", "-r", "requirements-dev.txt", "pytest"),
        roots=("src",),
        requires=">=3.7",
    ),
    Layout(
        "requirements-only",
        {
            "requirements.txt": "flask\n",
            "requirements/test.in": "pytest\n",
            "requirements/test.txt": "pytest==8\n",
            "requirements/docs.txt": "sphinx\n",
            "app.py": "",
        },
        installs=("-r", "requirements.txt", "-r", "requirements/test.txt", "pytest"),
        why="requirements.txt is installed",
    ),
    Layout(
        "only-a-linter-in-pyproject",
        {"pyproject.toml": "[tool.ruff]\nline-length = 100\n", "app.py": ""},
        installs=("pytest",),
    ),
    Layout(
        "workflow-is-followed",
        {
            "pyproject.toml": '[project]\nname = "billing"\n[project.optional-dependencies]\ndev = ["black"]\n',
            ".github/workflows/ci.yml": """
            jobs:
              lint:
                steps:
                  - run: pip install ruff
                  - run: ruff check
              test:
                steps:
                  - uses: actions/setup-python@v5
                    with:
                      python-version: "3.10"
                  - run: |
                      python -m pip install --upgrade pip
                      pip install -r requirements.txt -c constraints.txt "moto[s3]>=4" tox
                      pip install -e .[test]
                      pip install ${{ matrix.extra }}
                  - run: python -m pytest -n auto --cov=billing --cov-report xml tests -k "not slow"
            """,
        },
        installs=("-e", ".[test]", "-r", "requirements.txt", "-c", "constraints.txt", "moto[s3]>=4", "pytest"),
        args=("tests", "-k", "not slow"),
        wanted="3.10",
        why="-n auto is left out: workers would hide which test ran when",
    ),
    Layout(
        "workflow-runs-tox",
        {
            "pyproject.toml": '[project]\nname = "billing"\n',
            ".github/workflows/ci.yml": "jobs: {t: {steps: [{run: pip install tox}, {run: tox -e py311}]}}\n",
            "tox.ini": """
            [testenv]
            extras = test
            deps =
                pytest
                py38: importlib-metadata
                -r{toxinidir}/requirements-test.txt
            commands = pytest --basetemp={envtmpdir} {posargs:tests}
            [testenv:lint]
            deps = flake8
            commands = flake8
            """,
        },
        installs=("-e", ".[test]", "pytest", "importlib-metadata", "-r", "requirements-test.txt"),
        args=("tests",),
        why="tox.ini names what its test environment installs",
    ),
    Layout(
        "nox-session",
        {
            "pyproject.toml": '[project]\nname = "billing"\n',
            "noxfile.py": """
            import nox
            @nox.session
            def lint(session):
                session.install("flake8")
                session.run("flake8")
            @nox.session(python=["3.9"])
            def tests(session):
                session.install("-e", ".[dev]", "pytest", "time-machine")
                session.run("pytest", "--maxfail=1", "tests", *session.posargs)
            """,
        },
        command=("nox", "-s", "tests-3.9"),
        installs=("-e", ".[dev]", "pytest", "time-machine"),
        args=("tests",),
        why="--maxfail=1 is left out: every failure must be seen",
    ),
    Layout(
        "addopts-name-plugins",
        {
            "pyproject.toml": """
            [project]
            name = "billing"
            [tool.pytest.ini_options]
            addopts = ["--cov=billing", "-n", "2", "--timeout=30"]
            pythonpath = ["src", "tests/lib"]
            """,
            "src/billing/__init__.py": "",
        },
        installs=("-e", ".", "pytest", "pytest-cov", "pytest-xdist", "pytest-timeout"),
        roots=("src", "tests/lib"),
        why="pytest-timeout is added: pytest's addopts name --timeout",
    ),
    Layout(
        "unittest",
        {"setup.py": "from setuptools import setup\nsetup(name='b')\n", "b.py": ""},
        command=("python", "-m", "unittest", "discover", "-s", "tests", "-p", "check_*.py"),
        installs=("-e", ".", "pytest"),
        args=("tests", "-o", "python_files=check_*.py"),
        why="unittest is run by pytest over the same paths",
    ),
    Layout(
        "python-m-pytest-puts-the-directory-on-the-path",
        {"pyproject.toml": '[project]\nname = "b"\n', "src/b.py": "", "tests/test_b.py": ""},
        command=("python", "-m", "pytest", "-q", "tests", "-x"),
        installs=("-e", ".", "pytest"),
        roots=("src", "."),
        args=("-q", "tests"),
        why="-x is left out: every failure must be seen",
    ),
    Layout(
        "setup-commands-of-the-user",
        {"pyproject.toml": '[project]\nname = "b"\n[project.optional-dependencies]\ntest = ["x"]\n'},
        setup=(("pip", "install", "-e", ".[all]"), ("make", "grammar")),
        commands=(("make", "grammar"),),
        installs=("-e", ".[all]", "pytest"),
        why="the given setup commands are followed",
    ),
    Layout(
        "steps-of-the-failing-job",
        {"requirements.txt": "flask\n", ".python-version": "3.12.1\n"},
        steps=("uv pip install -r requirements.txt pytest-asyncio", "uv run --with x pytest -xvs tests/unit"),
        installs=("-r", "requirements.txt", "pytest-asyncio", "pytest"),
        args=("-vs", "tests/unit"),
        wanted="3.12.1",
        why="CI's own install steps are followed",
    ),
    Layout(
        "hatch-and-uv-development-tables",
        {
            "pyproject.toml": """
            [project]
            name = "b"
            [tool.hatch.envs.test]
            extra-dependencies = ["coverage"]
            [tool.uv]
            dev-dependencies = ["freezegun"]
            """,
        },
        installs=("-e", ".", "freezegun", "coverage", "pytest"),
    ),
    Layout(
        "malformed-files-say-nothing",
        {
            "pyproject.toml": "[project\n",
            "setup.cfg": "no section\n",
            "tox.ini": "[testenv\n",
            "noxfile.py": "def (",
            ".github/workflows/ci.yml": "{{{",
            "requirements.txt": "flask\n",
        },
        installs=("-r", "requirements.txt", "pytest"),
        why="no test command was found",
    ),
    Layout(
        "roots-outside-the-tree-are-not-believed",
        {"pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["../other", "/etc", "./lib/"]\n'},
        installs=("pytest",),
        roots=("lib",),
    ),
)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_decides_how_a_project_is_installed_and_tested(layout: Layout) -> None:
    files = {path: dedent(text) for path, text in layout.files.items()}
    plan = detect(files, test_command=layout.command, setup=layout.setup, steps=layout.steps)
    assert plan.installs == (layout.installs,)
    assert plan.test_args == layout.args
    assert plan.source_roots == layout.roots
    assert plan.python_requires == layout.requires
    assert plan.python_wanted == layout.wanted
    assert plan.commands == layout.commands
    assert any(layout.why in sentence for sentence in plan.why), plan.why
