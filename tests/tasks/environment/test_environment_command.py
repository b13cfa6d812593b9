"""Test commands as people write them, and what pytest is given of them."""

from __future__ import annotations

import pytest

from tasks.environment.test_command import cleaned, read_test_line

LINES = {
    "plain": ("pytest", ("pytest", (), False)),
    "module": ("python -m pytest -q tests", ("pytest", ("-q", "tests"), True)),
    "versioned-python": ("python3.11 -m pytest tests", ("pytest", ("tests",), True)),
    "warnings-of-python": ("python3.11 -W error -m pytest tests", ("pytest", ("-W", "error", "tests"), True)),
    "warnings-glued": ("python -Werror -m pytest -q", ("pytest", ("-W", "error", "-q"), True)),
    "warnings-of-the-environment": (
        "PYTHONWARNINGS=error,ignore::UserWarning uv run pytest a.py",
        ("pytest", ("-W", "error", "-W", "ignore::UserWarning", "a.py"), False),
    ),
    "warnings-of-unittest": ("python -W error -m unittest -v", ("pytest", ("-W", "error"), True)),
    "path-to-pytest": (".venv/bin/pytest tests", ("pytest", ("tests",), False)),
    "environment": ("FOO=1 env BAR=2 pytest a.py", ("pytest", ("a.py",), False)),
    "coverage": ("coverage run --source=x -m pytest tests", ("pytest", ("tests",), True)),
    "coverage-module": ("python -m coverage run -m pytest tests", ("pytest", ("tests",), True)),
    "poetry": ("poetry run pytest tests", ("pytest", ("tests",), False)),
    "uv-run-options": ("uv run --extra test --frozen python -m pytest tests", ("pytest", ("tests",), True)),
    "shell-operator": ("pytest tests && echo done", ("pytest", ("tests",), False)),
    "pipe": ("pytest tests | tee log", ("pytest", ("tests",), False)),
    "expression": ("pytest tests ${{ matrix.args }}", ("pytest", ("tests",), False)),
    "comment": ("pytest tests # all of them", ("pytest", ("tests",), False)),
    "unittest": ("python -m unittest tests.test_a", ("pytest", ("tests/test_a.py",), True)),
    "unittest-all": ("python -m unittest -v", ("pytest", (), True)),
    "tox": ("tox -e py311,lint", ("tox", ("py311", "lint"), False)),
    "nox": ("nox -s tests", ("nox", ("tests",), False)),
    "other": ("make test", ("", (), False)),
    "mentions-pytest": ("pip install pytest", ("", (), False)),
    "open-quote": ("pytest -k 'a", ("", (), False)),
    "nothing": ("", ("", (), False)),
}


@pytest.mark.parametrize(("line", "expected"), LINES.values(), ids=LINES)
def test_reads_a_line_of_a_script(line: str, expected: tuple[str, tuple[str, ...], bool]) -> None:
    command = read_test_line(line)
    assert (command.tool, command.args, command.from_module) == expected


STARTS = {
    "nothing": ("python -m pytest", (), ()),
    "developer": ("python -X dev -bb -m pytest -X", ("-X", "dev", "-bb"), ()),
    "glued": ("PYTHONUTF8=1 uv run python -Xutf8=0 -OO -m unittest", ("-X", "utf8=0", "-OO"), (("PYTHONUTF8", "1"),)),
    "env": ("env TZ=UTC MODE='a b' pytest a.py", (), (("TZ", "UTC"), ("MODE", "a b"))),
    "ours": ("PATH=/x PYTHONHASHSEED=3 LD_PRELOAD=a PYTHONWARNINGS=error python -X importtime -m pytest", (), ()),
    "shell": ("HERE=$PWD KEY=`id` pytest", (), ()),
}


@pytest.mark.parametrize(("line", "options", "variables"), STARTS.values(), ids=STARTS)
def test_keeps_what_the_interpreter_is_told(line: str, options: tuple[str, ...], variables: tuple[object, ...]) -> None:
    start = read_test_line(line).start
    assert (start.options, start.variables) == (options, variables)


OPTIONS = {
    "workers": (["-n", "4", "t"], ["t"], 1),
    "workers-glued": (["-n4", "-nauto", "-n=2", "t"], ["t"], 3),
    "coverage": (["--cov", "t", "--cov=pkg", "--cov-report", "term", "--no-cov"], ["t"], 4),
    "first-failure": (["-x", "--maxfail", "1", "--maxfail=2", "--exitfirst"], [], 4),
    "cluster": (["-xvs"], ["-vs"], 1),
    "report-letters": (["-rxX", "-ra"], ["-rxX", "-ra"], 0),
    "last-failed": (["--lf", "--ff", "--sw"], [], 3),
    "debugger": (["--pdb", "--pdbcls=a:b", "--trace"], [], 3),
    "plugin": (["-p", "xdist", "-p", "no:warnings"], ["-p", "no:warnings"], 1),
    "selection": (["-k", "-x", "-m", "not slow"], ["-k", "-x", "-m", "not slow"], 0),
    "reports": (["--junitxml=a.xml", "--html", "b.html"], [], 2),
    "reruns": (["--reruns", "3"], [], 1),
    "kept": (["--import-mode=importlib", "--ignore", "x", "-W", "error", "a.py::T::m[x-1]"], None, 0),
}


@pytest.mark.parametrize(("given", "kept", "reasons"), OPTIONS.values(), ids=OPTIONS)
def test_leaves_out_what_would_break_a_run_and_says_why(given, kept, reasons) -> None:
    args, why = cleaned(given)
    assert list(args) == (given if kept is None else kept)
    assert len(why) == reasons
