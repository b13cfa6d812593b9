"""The runner's layer: endings, steps, prefixes, and where a printed path belongs."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from fixers.failures import read_junit, read_log, read_traceback
from fixers.failures.node_ids import heading_of, splits_of
from fixers.failures.places import Places
from fixers.model import FailureKind

CRASH = 'Traceback (most recent call last):\n  File "src/a.py", line 1, in f\n    x\nValueError: no\n'


def step(script: str, output: str, *ending: str) -> str:
    echo = "".join(f"\x1b[36;1m{line}\x1b[0m\n" for line in script.split("\n"))
    return f"##[group]Run {script}\n{echo}shell: /usr/bin/bash -e {{0}}\n##[endgroup]\n{output}" + "".join(
        f"##[error]{text}\n" for text in ending
    )


ENDINGS = {
    "The operation was canceled.": "cancelled",
    "The job running on runner X has exceeded the maximum execution time of 360 minutes.": "time limit",
    "The action 'Run tests' has timed out after 10 minutes.": "time limit",
    "Process completed with exit code 137.": "killed",
    "Process completed with exit code 143.": "stop",
    "The hosted runner: GitHub Actions 3 lost communication with the server. Anything in your workflow that": "lost",
    "The runner has received a shutdown signal. This can happen when the runner service is stopped": "shut down",
    "System.IO.IOException: No space left on device : '/home/runner/runners/_diag/pages'": "disk",
}


NETWORK = {
    "WARNING: Retrying (Retry(total=4)) after connection broken by 'NewConnectionError('<x>: Temporary failure in name "
    "resolution')': /simple/rich/": "resolved",
    "curl: (6) Could not resolve host: example.com": "resolved",
    "curl: (28) Operation timed out after 30001 milliseconds": "while something was fetched",
    "fatal: unable to access 'https://github.com/a/b/': The requested URL returned error: 503": "fetched",
    "error: Failed to fetch: `https://example.com/simple/rich/`": "fetched",
    "E: Failed to fetch http://example.com/x.deb  Connection timed out": "fetched",
    "Error response from daemon: toomanyrequests: You have reached your pull rate limit.": "refused to answer",
    "ERROR: HTTP error 503 while getting x: 503 Service Unavailable": "refused to answer",
}
PIP = """Traceback (most recent call last):
  File "/opt/python/lib/python3.12/site-packages/pip/_vendor/urllib3/response.py", line 438, in _error_catcher
    yield
TimeoutError: The read operation timed out
"""


@pytest.mark.parametrize("line", NETWORK)
def test_a_step_that_the_network_failed_is_infrastructure(line: str) -> None:
    log = step("pip install .", f"{PIP}{line}\n", "Process completed with exit code 1.")
    report = read_log([log.encode()])
    assert NETWORK[line] in report.infrastructure
    assert report.failures == ()


@pytest.mark.parametrize("line", NETWORK)
def test_what_a_failing_test_prints_of_the_network_is_not_the_runners(line: str) -> None:
    printed = f"{line}\nFAILED test_a.py::test_x - assert 1 == 2\n"
    report = read_log([step("pytest", printed, "Process completed with exit code 1.").encode()])
    assert (report.infrastructure, len(report.failures)) == ("", 1)


def test_what_another_step_prints_of_the_network_does_not_count() -> None:
    first = step("pip install .", next(iter(NETWORK)) + "\n")
    log = first + step("make", "nothing to see\n", "Process completed with exit code 2.")
    assert read_log([log.encode()]).infrastructure == ""


@pytest.mark.parametrize("ending", ENDINGS)
def test_endings_of_the_runner_are_infrastructure(ending: str) -> None:
    report = read_log([step("pytest", "collecting ...\n", ending).encode()])
    assert ENDINGS[ending] in report.infrastructure
    assert report.command == "pytest"


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("cp: write error: No space left on device\n", "The runner's disk was full."),
        (CRASH.replace("ValueError: no", "OSError: [Errno 28] No space left on device"), "The runner's disk was full."),
        (f"log: No space left on device\n{CRASH}", ""),
        ("exit code 137 is what the test prints\nThe operation was canceled.\n", ""),
    ],
    ids=["a tool", "the only failure", "beside another failure", "said by a program"],
)
def test_a_full_disk_counts_when_nothing_else_failed(output: str, sentence: str) -> None:
    report = read_log([step("make", output, "Process completed with exit code 1.").encode()])
    assert report.infrastructure == sentence


def test_only_the_failing_step_counts_and_the_echo_of_its_script_is_no_output() -> None:
    echo = 'python - <<X\nTraceback (most recent call last):\n  File "src/fake.py", line 1, in f\nKeyError: 1\nX'
    log = step("passes", CRASH) + step(echo, CRASH, "Process completed with exit code 1.") + step("never", CRASH)
    report = read_log([log.encode()])
    assert [(failure.exception, failure.command) for failure in report.failures] == [("ValueError", echo)]
    assert report.command == echo
    assert report.infrastructure == ""


def test_what_follows_the_job_is_left_out_but_another_job_is_read() -> None:
    def job(name: str, text: str) -> str:
        stamped = (f"{name}\tstep\t2026-11-22T17:48:03.1234567Z {line}\n" for line in text.splitlines())
        return "".join(stamped)

    failing = step("a", CRASH, "Process completed with exit code 1.") + "Post job cleanup.\n" + CRASH
    log = job("one", failing) + job("two", step("b", CRASH, "Process completed with exit code 1."))
    assert [failure.command for failure in read_log([log.encode()]).failures] == ["a", "b"]


def test_lines_without_stamp_belong_to_the_message_before() -> None:
    log = "\ufeff2026-11-22T17:48:03.1234567Z " + CRASH.replace("\n  File", "\n2026-11-22T17:48:03.1234567Z   File")
    assert [failure.exception for failure in read_log([log.encode()]).failures] == ["ValueError"]


def test_a_group_that_a_program_opens_is_output() -> None:
    log = step("tests", f"##[group]Run everything\n{CRASH}##[endgroup]\n", "Process completed with exit code 1.")
    report = read_log([log.encode()])
    assert (report.command, [failure.exception for failure in report.failures]) == ("tests", ["ValueError"])


def test_tracebacks_beside_failed_tests_are_noise() -> None:
    log = CRASH + "=" * 30 + " FAILURES " + "=" * 30 + "\nFAILED\n" + "=" * 22 + " short test summary info " + "=" * 23
    log += "\nFAILED tests/test_a.py::test_b - assert 0\n" + "=" * 26 + " 1 failed in 0.12s " + "=" * 25
    assert [failure.test_ids for failure in read_log([log.encode()]).failures] == [("tests/test_a.py::test_b",)]


FILES = ("src/billing/fees.py", "json/__init__.py", "backend/app/main.py", "conftest.py", "a/conftest.py")
PATHS = {
    "/home/runner/work/r/r/src/billing/fees.py": ("src/billing/fees.py", True),
    "/srv/app/releases/42/src/billing/fees.py": ("src/billing/fees.py", True),
    "D:\\a\\r\\r\\src\\billing\\fees.py": ("src/billing/fees.py", True),
    "./src/billing/fees.py": ("src/billing/fees.py", True),
    "app/main.py": ("backend/app/main.py", True),
    "/x/a/conftest.py": ("a/conftest.py", True),
    "/x/b/conftest.py": ("conftest.py", True),
    "other.py": ("other.py", True),
    "/usr/lib/python3.11/json/__init__.py": ("/usr/lib/python3.11/json/__init__.py", False),
    "/x/site-packages/json/__init__.py": ("/x/site-packages/json/__init__.py", False),
    ".tox/py/lib/python3.12/site-packages/x.py": (".tox/py/lib/python3.12/site-packages/x.py", False),
    "<frozen importlib._bootstrap>": ("<frozen importlib._bootstrap>", False),
    "/opt/tool/x.py": ("/opt/tool/x.py", False),
    "../elsewhere.py": ("../elsewhere.py", False),
}


@pytest.mark.parametrize("printed", PATHS)
def test_paths_are_named_as_the_project_names_them(printed: str) -> None:
    assert Places(FILES).locate(printed) == PATHS[printed]


@pytest.mark.parametrize(
    "printed",
    [
        "/home/runner/work/r/r/src/a.py",
        "/__w/r/r/src/a.py",
        "/Users/runner/work/r/r/src/a.py",
        "D:\\a\\r\\r\\src\\a.py",
        "/github/workspace/src/a.py",
        "/builds/group/r/src/a.py",
    ],
)
def test_workspaces_are_known_without_the_list_of_files(printed: str) -> None:
    assert Places().locate(printed) == ("src/a.py", True)


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("tests/a.py::test_x - KeyError: 'a - b'", ("tests/a.py::test_x", "KeyError: 'a - b'")),
        ("tests/a.py::test_x[a - b] - no", ("tests/a.py::test_x[a - b]", "no")),
        ("tests/a.py::test_x[a - b]", ("tests/a.py::test_x[a - b]", "")),
        ("tests/a - b/c.py::test_x - no", ("tests/a - b/c.py::test_x", "no")),
        ("tests/a.py", ("tests/a.py", "")),
    ],
)
def test_summary_lines_are_cut_where_the_id_ends(text: str, cut: tuple[str, str]) -> None:
    assert splits_of(text)[0] == cut


def test_heading_keeps_parameters_as_they_are() -> None:
    assert heading_of("tests/a.py::TestA::TestB::test_x[a::b.c[d]]") == "TestA.TestB.test_x[a::b.c[d]]"


UNITTESTS = '''
import unittest


class T(unittest.TestCase):
    def test_equal(self):
        """A line of documentation."""
        self.assertEqual(1, 2)

    def test_parts(self):
        for i in range(3):
            with self.subTest("part", i=i):
                self.assertEqual(i, 1)

    def test_chain(self):
        try:
            {}["k"]
        except KeyError as error:
            raise ValueError("several\\nlines") from error


class Broken(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        raise RuntimeError("class setup")

    def test_never(self):
        pass
'''
PYTHONS = ("python3.8", "python3.9", "python3.10", "python3.11", "python3.12", "python3.13")


@pytest.mark.parametrize("python", PYTHONS)
def test_real_unittest_of_every_python(python: str, tmp_path: Path) -> None:
    interpreter = find(python)
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "__init__.py").touch()
    (tmp_path / "tests" / "test_u.py").write_text(UNITTESTS)
    (tmp_path / "tests" / "test_import.py").write_text("import nowhere_at_all\n")
    files = ("tests/__init__.py", "tests/test_u.py", "tests/test_import.py")
    done = subprocess.run([interpreter, "-m", "unittest"], cwd=tmp_path, capture_output=True, check=False, timeout=60)
    assert done.returncode == 1
    seen = [(f.kind, *f.test_ids, f.exception) for f in read_log([done.stderr], project_files=files).failures]
    assert sorted(seen) == [
        (FailureKind.COLLECTION, "tests/test_import.py", "ModuleNotFoundError"),
        (FailureKind.SETUP, "tests/test_u.py::Broken", "RuntimeError"),
        (FailureKind.TEST, "tests/test_u.py::T::test_chain", "ValueError"),
        (FailureKind.TEST, "tests/test_u.py::T::test_equal", "AssertionError"),
        (FailureKind.TEST, "tests/test_u.py::T::test_parts", "AssertionError"),
        (FailureKind.TEST, "tests/test_u.py::T::test_parts", "AssertionError"),
    ]


def find(python: str) -> str:
    """Return a working interpreter of that version."""
    version = python.removeprefix("python")
    beside = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for place in sorted(beside.glob(f"{version}.*/bin/python")):
        return str(place)
    found = shutil.which(python)
    assert found, f"{python} is missing; install it with: uv python install {version}"
    return found


def test_junit_of_several_writers_is_told_apart_from_pytest() -> None:
    case = b'<testcase classname="pkg.Thing" name="works"><error type="E" message="m"/></testcase>'
    (failure,) = read_junit(b"<testsuite>" + case + b"</testsuite>")
    assert (failure.tool, failure.test_ids, failure.exception) == ("junit", ("pkg.Thing::works",), "E")


def test_a_text_may_hold_several_tracebacks() -> None:
    text = f"first\n{CRASH}\nthen\n{CRASH.replace('no', 'again')}"
    assert [failure.message for failure in read_traceback(text)] == ["no", "again"]
