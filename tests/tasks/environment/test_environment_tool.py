"""Which tool a red command or a log is about, and where the project says which version of it."""

import shlex

import pytest

from fixers.failures import read_log
from fixers.model import Declined, Reason
from fixers.tools.reproduce import ToolRequest
from tasks.environment.detect import detect
from tasks.environment.tool_command import read_tool_command, reported_tool
from tasks.environment.tool_wants import tool_wants

COMMANDS = {
    "python -m ruff check . --output-format github": ToolRequest("ruff check", (".", "--output-format", "github")),
    "ruff format --check src": ToolRequest("ruff format", ("--check", "src")),
    "ruff src": ToolRequest("ruff check", ("src",)),
    "poetry run black --check .": ToolRequest("black", ("--check", ".")),
    "uv run --group lint isort -c .": ToolRequest("isort", ("-c", ".")),
    "CI=1 .venv/bin/flake8": ToolRequest("flake8", ()),
    "python3.12 -m mypy -p shop": ToolRequest("mypy", ("-p", "shop")),
    "python -m pytest tests": None,
    "ruff version": None,
    "": None,
}
DECLINED = {
    "pre-commit run --all-files": "Give the command of the hook",
    "pyright": "basedpyright carries its own",
    "pylint shop": "A red `pylint` is not repaired",
    "ruff check . && ruff format --check .": "more than one command",
}
HEAD = "##[group]Run {0}\n\x1b[36;1m{0}\x1b[0m\nshell: /usr/bin/bash -e {{0}}\n##[endgroup]\n"
FAILED = "##[error]Process completed with exit code 1.\n"
LOGS = {
    "the step's own command": ("ruff check .", "a.py:1:8: F401 [*] `os` imported but unused\n", "ruff check ."),
    "a hook": ("pre-commit run", "a.py:1:8: F401 [*] `os` imported but unused\n", "ruff check a.py"),
    "black": ("make lint", "would reformat a.py\nOh no!\n", "black a.py"),
    "ruff format": ("make lint", "Would reformat: a.py\n1 file would be reformatted\n", "ruff format a.py"),
    "isort": ("make lint", "ERROR: /x/a.py Imports are incorrectly sorted and/or formatted.\n", "isort a.py"),
    "mypy": ("tox -e types", 'a.py:1: error: Name "x" is not defined  [name-defined]\n', "mypy a.py"),
    "flake8": (
        "flake8 --max-line-length 99",
        "a.py:1:1: F401 'os' imported but unused\n",
        "flake8 --max-line-length 99",
    ),
}
PYPROJECT = """[project]
name = "shop"
[project.optional-dependencies]
docs = ["sphinx"]
lint = ["Ruff==0.6.9", "types-requests"]
[dependency-groups]
types = ["mypy>=1.8"]
[tool.poetry.group.style.dependencies]
black = "^24"
"""
HOOKS = """repos:
- repo: https://github.com/pre-commit/mirrors-mypy
  rev: v1.11.2
  hooks:
  - id: mypy
    additional_dependencies: [types-requests]
- repo: https://github.com/PyCQA/isort
  rev: 5.13.2
  hooks: [{id: isort}]
"""
PLACES = {
    "an extra": ({"pyproject.toml": PYPROJECT}, "ruff", ("-e", ".[lint]")),
    "a group": ({"pyproject.toml": PYPROJECT}, "mypy", ("mypy>=1.8",)),
    "a Poetry group": ({"pyproject.toml": PYPROJECT}, "black", ("black>=24,<25",)),
    "a requirement file": ({"requirements/lint.txt": "flake8==7.0\n"}, "flake8", ("-r", "requirements/lint.txt")),
    "tox": ({"tox.ini": "[testenv:lint]\ndeps =\n    black==24.1\n    isort\n"}, "black", ("black==24.1", "isort")),
    "a workflow": (
        {".github/workflows/ci.yml": "      - run: pip install ruff==0.5.0 pip\n"},
        "ruff",
        ("ruff==0.5.0",),
    ),
    "a hook with its stubs": ({".pre-commit-config.yaml": HOOKS}, "mypy", ("mypy==1.11.2", "types-requests")),
    "a hook": ({".pre-commit-config.yaml": HOOKS}, "isort", ("isort==5.13.2",)),
    "nowhere": ({"pyproject.toml": PYPROJECT, ".pre-commit-config.yaml": "{"}, "flake8", ()),
}


@pytest.mark.parametrize(("command", "found"), COMMANDS.items())
def test_a_command_is_read(command, found):
    assert read_tool_command(shlex.split(command)) == found


@pytest.mark.parametrize(("command", "words"), DECLINED.items())
def test_what_cannot_be_repaired_says_so(command, words):
    found = read_tool_command(shlex.split(command))
    assert isinstance(found, Declined)
    assert (found.reason, words in found.sentence + found.next_step) == (Reason.UNSUPPORTED, True), found


@pytest.mark.parametrize(("step", "printed", "command"), LOGS.values(), ids=LOGS)
def test_a_log_says_which_tool_is_red(step, printed, command):
    report = read_log([(HEAD.format(step) + printed + FAILED).encode()], project_files=("a.py",))
    found = reported_tool(report.failures)
    assert isinstance(found, ToolRequest)
    assert (found.command, len(found.reported)) == (command, 1)


def test_a_log_with_failing_tests_is_about_those():
    printed = "a.py:1:8: F401 [*] `os` imported but unused\nFAILED test_a.py::test_x - assert 1 == 2\n"
    report = read_log([printed.encode()])
    assert {failure.tool for failure in report.failures} == {"ruff", "pytest"}
    assert reported_tool(report.failures) is None


@pytest.mark.parametrize(("files", "tool", "installs"), PLACES.values(), ids=PLACES)
def test_the_projects_own_version_is_found(files, tool, installs):
    assert tool_wants(files, tool).installs == installs


def test_the_tool_comes_beside_what_tests_need():
    files = {
        "pyproject.toml": PYPROJECT,
        ".github/workflows/ci.yml": "jobs: {t: {steps: [{run: pip install -e . x\n\
          pytest}]}}",
    }
    plan = detect(files, tool="ruff")
    assert plan.installs[0][:2] == ("-e", ".[lint]")
    assert "pytest" in plan.installs[0]
