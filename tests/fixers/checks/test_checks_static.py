"""The analysers run for real, in the real sandbox, over both sides of an edit."""

from __future__ import annotations

import platform
import sys
from pathlib import Path

import pytest

from fixers.checks.compilation import compile_check
from fixers.checks.ruff import ruff_check
from fixers.checks.semgrep import RULES, semgrep_check
from fixers.checks.static import run_static, static_gate
from fixers.model import FileEdit
from fixers.runner.sandbox import Command, Ended, Finished, Sandbox
from fixers.runner.target import Target
from tasks.sandbox.choose import sandbox as chosen_sandbox

VERSION = platform.python_version()


@pytest.fixture(scope="module")
def sandbox() -> Sandbox:
    return chosen_sandbox()


def edit(before: str, after: str, path: str = "pkg/mod.py") -> FileEdit:
    return FileEdit(path, before, after)


def target(python: Path = Path(sys.executable), version: str = VERSION) -> Target:
    return Target(
        tree=Path("/nonexistent"),
        mount="/scan",
        python=python,
        read_only=(python.resolve().parent.parent,),
        source_roots=(".",),
        pytest_args=(),
        python_version=version,
        packages={},
        provenance="of this test",
    )


CLEAN = "def f(x):\n    return x\n"


def test_ruff_names_only_what_is_new(sandbox: Sandbox) -> None:
    check = ruff_check([edit(CLEAN, "def f(x):\n    return y\n")], sandbox=sandbox, python_version=VERSION)
    assert (check.before, check.after) == (0, 1)
    assert check.new == ("pkg/mod.py:2 F821 Undefined name `y`",)


def test_ruff_does_not_count_lines_that_moved(sandbox: Sandbox) -> None:
    before = "def f(x=[]):\n    return x\n"
    after = "# a line more\n# and another\n" + before
    check = ruff_check([edit(before, after)], sandbox=sandbox, python_version=VERSION)
    assert (check.before, check.after, check.new) == (1, 1, ())


def test_ruff_sees_the_same_fault_in_another_function_as_new(sandbox: Sandbox) -> None:
    before = "def f(x=[]):\n    return x\n\n\ndef g(x=None):\n    return x\n"
    after = "def f(x=None):\n    return x\n\n\ndef g(x=[]):\n    return x\n"
    check = ruff_check([edit(before, after)], sandbox=sandbox, python_version=VERSION)
    assert len(check.new) == 1
    assert check.new[0].startswith("pkg/mod.py:5 B006")


def test_ruff_holds_nothing_old_against_a_text_that_did_not_parse(sandbox: Sandbox) -> None:
    before = "import os\n\n\ndef f(x)\n    return y\n"
    check = ruff_check([edit(before, before.replace("(x)", "(x):"))], sandbox=sandbox, python_version=VERSION)
    assert check.new == ("pkg/mod.py:5 F821 Undefined name `y`",)


@pytest.mark.parametrize(
    ("path", "text", "new"),
    [
        ("pkg/__init__.py", "from pkg.shapes import Square\n", 0),
        ("pkg/__init__.py", "from pkg.shapes import Square\n\n__all__ = []\n", 1),
        ("pkg/mod.py", "from pkg.shapes import Square\n", 1),
    ],
    ids=["what a package gives out", "what its list leaves out", "a plain module"],
)
def test_ruff_takes_an_import_for_a_reexport_only_where_it_is_one(sandbox: Sandbox, path, text, new) -> None:
    check = ruff_check([edit("", text, path)], sandbox=sandbox, python_version=VERSION)
    assert len(check.new) == new


def test_ruff_is_not_silenced_by_the_repository(sandbox: Sandbox) -> None:
    """Neither comments nor configuration nor a directory name make it look away."""
    after = "# ruff: noqa\nimport os  # noqa: F401\n"
    edits = [edit("", after, "vendor/build/mod.py"), edit("", "[lint]\nignore = ['F401']\n", "vendor/build/ruff.toml")]
    check = ruff_check(edits, sandbox=sandbox, python_version=VERSION)
    assert [finding.split()[:2] for finding in check.new] == [["vendor/build/mod.py:2", "F401"]]


def test_ruff_reads_the_syntax_of_the_target(sandbox: Sandbox) -> None:
    after = "match 1:\n    case 1:\n        pass\n"
    old = ruff_check([edit("", after)], sandbox=sandbox, python_version="3.8.18")
    new = ruff_check([edit("", after)], sandbox=sandbox, python_version="3.12.1")
    assert len(old.new) == 1
    assert new.new == ()


EXAMPLES = sorted(path.stem for path in RULES.glob("*.yaml"))


@pytest.fixture(scope="module")
def findings_by_rule(sandbox: Sandbox) -> dict[str, set[str]]:
    """One scan over all examples: file name to the rules that spoke."""
    names = sorted(path.name for path in RULES.glob("*.py"))
    check = semgrep_check([edit("", (RULES / name).read_text(), f"pkg/{name}") for name in names], sandbox=sandbox)
    found: dict[str, set[str]] = {name: set() for name in names}
    for finding in check.new:
        place, code, _ = finding.split(" ", 2)
        found[place.removeprefix("pkg/").rpartition(":")[0]].add(code)
    return found


def test_there_are_rules() -> None:
    assert len(EXAMPLES) >= 15
    assert {path.name for path in RULES.glob("*.py")} == {
        f"{rule}.{kind}.py" for rule in EXAMPLES for kind in ("bad", "ok")
    }


@pytest.mark.parametrize("rule", EXAMPLES)
def test_a_rule_finds_its_bad_example(rule: str, findings_by_rule: dict[str, set[str]]) -> None:
    assert rule in findings_by_rule[f"{rule}.bad.py"]


@pytest.mark.parametrize("rule", EXAMPLES)
def test_no_rule_speaks_on_a_good_example(rule: str, findings_by_rule: dict[str, set[str]]) -> None:
    assert findings_by_rule[f"{rule}.ok.py"] == set()


def test_semgrep_names_only_what_is_new_and_ignores_nosemgrep(sandbox: Sandbox) -> None:
    before = "def f(x):\n    return eval(x)\n"
    after = "\n" + before + "\n\ndef g(x):\n    return eval(x)  # nosemgrep\n"
    check = semgrep_check([edit(before, after, "vendor/mod.py")], sandbox=sandbox)
    assert (check.before, check.after) == (1, 2)
    assert [finding.split()[:2] for finding in check.new] == [["vendor/mod.py:7", "eval-or-exec"]]


@pytest.mark.parametrize("name", ["-rf.py", "a b.py", "ünï.py", "__init__.py", "stub.pyi"])
def test_an_odd_file_name_hides_nothing(name: str, sandbox: Sandbox) -> None:
    check = ruff_check([edit("", "a = b\n", name)], sandbox=sandbox, python_version=VERSION)
    assert len(check.new) == 1
    assert semgrep_check([edit("", "eval(b)\n", name)], sandbox=sandbox).after == 1


def test_compile_names_what_broke(sandbox: Sandbox) -> None:
    check = compile_check([edit(CLEAN, "def f(x)\n")], sandbox=sandbox, target=target())
    assert check.new == ("pkg/mod.py:1 SyntaxError expected ':'",)


def test_compile_lets_a_repair_of_a_syntax_error_pass(sandbox: Sandbox) -> None:
    check = compile_check([edit("def f(x)\n    return x\n", CLEAN)], sandbox=sandbox, target=target())
    assert (check.before, check.after, check.new) == (1, 0, ())


@pytest.mark.parametrize(("version", "fails"), [("3.8.18", True), ("3.12.1", False)])
def test_compile_asks_the_targets_own_python(version: str, fails: bool, other_pythons, sandbox: Sandbox) -> None:
    python = other_pythons(version)
    check = compile_check([edit("", "type A = int\n")], sandbox=sandbox, target=target(python, version))
    assert bool(check.new) is fails
    assert check.version == version


class Answering:
    """A sandbox in which every command ends in the same way."""

    name = "answering"
    layers = ()

    def __init__(self, ended: Ended, exit_code: int, stdout: bytes) -> None:
        self.finished = Finished(ended, exit_code, stdout, b"said why", truncated=False, report=b"", seconds=0.0)

    def run(self, command: Command) -> Finished:
        return self.finished


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(Answering(Ended.WALL, -9, b""), id="too-slow"),
        pytest.param(Answering(Ended.MEMORY, -9, b"[]"), id="too-big"),
        pytest.param(Answering(Ended.EXITED, 2, b"[]"), id="refused"),
        pytest.param(Answering(Ended.EXITED, 0, b"Traceback"), id="not-json"),
        pytest.param(Answering(Ended.EXITED, 0, b'{"results": [], "paths": {"scanned": []}}'), id="looked-at-nothing"),
    ],
)
def test_an_analyser_without_a_result_fails_the_gate(broken: Answering) -> None:
    foreign = target(version="3.8.18")
    checks = run_static([edit(CLEAN, CLEAN + "a = 1\n")], sandbox=broken, target=foreign)
    assert all(check.new and check.new[0].startswith("no result: ") for check in checks)
    assert not static_gate(checks).passed


def test_all_analysers_agree_on_a_clean_repair(sandbox: Sandbox) -> None:
    checks = run_static([edit(CLEAN, "def f(x):\n    return -x\n")], sandbox=sandbox, target=target())
    gate = static_gate(checks)
    assert [check.tool for check in checks] == ["compile", "ruff", "semgrep"]
    assert gate.passed
    assert gate.detail.startswith("Nothing new from compile")


def test_the_gate_names_tool_place_and_finding(sandbox: Sandbox) -> None:
    gate = static_gate(run_static([edit(CLEAN, "def f(x):\n    return eval(x)\n")], sandbox=sandbox, target=target()))
    assert not gate.passed
    assert gate.detail.startswith("semgrep: pkg/mod.py:2 eval-or-exec Text is run as code")


def test_no_analyser_is_no_proof() -> None:
    assert not static_gate(()).passed
