"""A red linter, formatter or type checker from the command to the proof, with the real tools."""

import shutil
import subprocess
import sys
from dataclasses import replace
from importlib.util import find_spec

import pytest
from sampled_cases import sampled

from fixers.engine import attempt
from fixers.model import Failure, FailureKind, Frame, Reason
from fixers.patch import touched
from fixers.reprove import reprove
from fixers.tools.registry import ALL
from fixers.tools.reproduce import ToolRequest
from tasks.sandbox.export import tree_digest

MESSY = '''"""Fees."""
import sys
import os

def late_fee( days ):
    """Fee."""
    return days*5 + len(os.sep) - len(sys.byteorder[:1])
'''
TESTS = """import fees
import os
def test_fee():
    assert fees.late_fee( 2 )==10 and os.sep
"""
CONFIG = "[tool.ruff.lint]\nselect = ['E', 'F', 'I']\n[tool.mypy]\nstrict = true\nexclude = 'tests'\n"
PROJECT = {"fees.py": MESSY, "tests/test_fees.py": TESTS, "pyproject.toml": CONFIG}
SPACES = {"fees.py": "import os\nX = os.sep  \ndef f():\n    pass\n", "test_f.py": "def test_f():\n    pass\n"}
LAYOUT = ("ruff format", "black", "isort")


def installed(tool: str):
    module = tool.split(maxsplit=1)[0]
    return pytest.mark.skipif(find_spec(module) is None, reason=f"{module} is not installed: uv pip install {module}")


@pytest.mark.parametrize("tool", [pytest.param(t, marks=installed(t)) for t in LAYOUT])
def test_what_a_formatter_wants_is_proven_by_equal_programs(make_request, sandbox, tool):
    request = make_request(PROJECT, tool=ToolRequest(tool, (".",)))
    trace = attempt(request, sandbox)
    assert trace.status == "fixed", trace.sentence
    assert trace.fixer == f"tool:{tool.split()[0]}"
    assert touched(trace.patch) == ("fees.py", "tests/test_fees.py")
    evidence = trace.evidence
    assert evidence is not None
    assert evidence.tool is not None
    assert {finding.path for finding in evidence.tool.findings} == {"fees.py", "tests/test_fees.py"}
    assert evidence.tool.after == ()
    assert [c.passed for c in evidence.commands if c.purpose.startswith("suite")] == [1, 1]
    assert "but for its layout" in next(g.detail for g in evidence.gates if g.name == "G1 tests")

    again = reprove(evidence, request.target, request.project, request.digest, sandbox)
    assert again.holds, [g.detail for g in again.gates if not g.passed]
    claims = evidence.tool.model_copy(update={"findings": (), "asked": ()})
    empty = reprove(
        evidence.model_copy(update={"tool": claims}), request.target, request.project, request.digest, sandbox
    )
    assert not empty.holds


@installed("flake8")
def test_white_space_is_mended_where_the_linter_mends_nothing(make_request, sandbox):
    trace = attempt(make_request(SPACES, tool=ToolRequest("flake8")), sandbox)
    assert (trace.status, trace.fixer) == ("fixed", "codemod:white-space"), trace.sentence
    assert "-X = os.sep  \n+X = os.sep\n" in trace.patch


LONG = {
    "names.py": "def f(first, second):\n"
    "    return dict(first=first.strip(), second=second.strip(), third='a', fourth='b', last=None)\n",
    "test_f.py": "from names import f\n\n\ndef test_f():\n"
    "    assert f('a', 'b') == dict(first='a', second='b', third='a', fourth='b', last=None) != {}\n",
}


@installed("flake8")
def test_a_long_statement_is_laid_out_anew_in_a_test_too(make_request, sandbox):
    trace = attempt(make_request(LONG, tool=ToolRequest("flake8")), sandbox)
    assert (trace.status, trace.fixer) == ("fixed", "reflow:ruff"), trace.sentence
    assert touched(trace.patch) == ("names.py", "test_f.py")
    assert "+        third='a',\n" in trace.patch  # the author's quotes


@installed("flake8")
def test_of_findings_that_look_alike_one_may_stay(make_request, sandbox):
    """A finding has no name of its own: the gate counts those that were to go, and lets the others stand."""
    files = {"names.py": f"# {'word ' * 20}end\nX = '{'x' * 100}'\n", "test_f.py": "def test_f():\n    pass\n"}
    trace = attempt(make_request(files, tool=ToolRequest("flake8")), sandbox)
    assert "1 of 2 findings" in trace.sentence
    assert [a.fixer for a in trace.alternatives] == ["codemod:long-line"]


STRICT = ToolRequest("mypy", ("--strict", "mod.py"))
WARM = "warm"
"""Where a tree keeps mypy's cache: not under the usual name, which no copy of a tree takes along."""


@pytest.fixture(scope="session")
def what_mypy_knows(tmp_path_factory):
    """Have mypy read its stubs once: without a cache each of its many runs would take a second to do it again."""
    home = tmp_path_factory.mktemp("mypy")
    (home / "empty.py").write_text("import re\nfrom typing import Optional\n")
    argv = (sys.executable, "-m", "mypy", "--strict", "--cache-dir", WARM, "empty.py")
    subprocess.run(argv, cwd=home, check=True, capture_output=True)
    for known in (home / WARM).rglob("empty.*"):
        known.unlink()
    return home / WARM


@pytest.fixture
def make_strict_request(make_request, what_mypy_knows):
    """Describe an attempt at what `mypy --strict` finds, in a tree with a cache as a developer's has one."""

    def make(files):
        request = make_request({**files, "mypy.ini": f"[mypy]\ncache_dir = {WARM}\n"}, tool=STRICT)
        shutil.copytree(what_mypy_knows, request.target.tree / WARM)
        return replace(request, digest=tree_digest(request.target.tree))

    return make


MENDED = {
    "an implicit optional": (
        "def f(a: int = None) -> bool:\n    return a is None\n",
        "+def f(a: Optional[int] = None) -> bool:",
        "codemod:implicit-optional",
    ),
    "a stale ignore": (
        "def f(a: int) -> int:\n    return a  # type: ignore\n",
        "+    return a\n",
        "codemod:stale-ignore",
    ),
    "a missing result type": (
        "def f():\n    print(1)\n",
        "+def f() -> None:",
        "codemod:missing-return-type",
    ),
}


def test_safe_fixes_and_an_import_are_made_together(make_request, sandbox):
    text = "import abc\n\n\ndef f():\n    return json.dumps(1)\n"
    trace = attempt(make_request({"mod.py": text}, tool=ToolRequest("ruff check", (".",))), sandbox)
    is_mended_without_a_suite(trace, "-import abc\n+import json\n", "tool:ruff+codemod:unknown-name")


@pytest.mark.parametrize(("text", "line", "fixer"), sampled(MENDED, {"an implicit optional"}))
def test_findings_are_mended_without_a_suite(make_strict_request, sandbox, text, line, fixer):
    is_mended_without_a_suite(attempt(make_strict_request({"mod.py": text}), sandbox), line, fixer)


def is_mended_without_a_suite(trace, line, fixer):
    assert (trace.status, trace.fixer) == ("fixed", fixer), trace.sentence
    assert line in trace.patch
    assert trace.evidence is not None
    assert any("No test of this project" in gate.detail for gate in trace.evidence.gates)
    assert any("collects no test" in note for note in trace.notes)


DECLINED = {
    "a test that needs more than layout": (
        {"mod.py": "import os\n", "tests/test_mod.py": "def test_it():\n    size = len([])\n"},
        ToolRequest("ruff check", (".",)),
        Reason.NO_CANDIDATE,
        "1 of 2 findings of `ruff check` can be repaired; 1 cannot",
    ),
    "a name that another file takes": (
        {"mod.py": "from os import sep\n", "other.py": "from mod import sep\n\nprint(sep)\n"},
        ToolRequest("ruff check", (".",)),
        Reason.NO_CANDIDATE,
        "`os.sep` imported but unused",
    ),
    "a value that nobody reads": (
        {"mod.py": "def f(g):\n    total = g()\n"},
        ToolRequest("ruff check", (".",)),
        Reason.NO_CANDIDATE,
        "F841",
    ),
    "an error that only a cast would hide": (
        {"mod.py": "def f(a: str) -> int:\n    return a\n"},
        ToolRequest("mypy", ("mod.py",)),
        Reason.NO_CANDIDATE,
        "Incompatible return value type",
    ),
    "a missing stub": (
        {"mod.py": "import no_such_module_at_all\n"},
        ToolRequest("mypy", ("mod.py",)),
        Reason.NO_CANDIDATE,
        "no_such_module_at_all",
    ),
    "an import for its effect": (
        {
            "mod.py": "import plug\n",
            "plug.py": "import state\n\nstate.READY.append(1)\n",
            "state.py": "READY: list[int] = []\n",
            "test_mod.py": "import mod\nimport state\n\n\ndef test_it():\n    assert mod and state.READY\n",
        },
        ToolRequest("ruff check", (".",)),
        Reason.NO_CANDIDATE,
        "fell at the gate `whole suite`",
    ),
    "no such tool here": (
        {"mod.py": "x = 1\n"},
        ToolRequest("basedpyright"),
        Reason.ENVIRONMENT_FAILED,
        "not installed",
    ),
    "a broken configuration": (
        {"mod.py": "x = 1\n", "ruff.toml": "nonsense = [\n"},
        ToolRequest("ruff check", (".",)),
        Reason.ENVIRONMENT_FAILED,
        "came to no result",
    ),
    "a report of what is not here": (
        {"mod.py": "import os\n"},
        ToolRequest(
            "ruff check",
            ("mod.py",),
            (
                Failure(
                    kind=FailureKind.LINT,
                    exception="F821",
                    frames=(Frame(path="mod.py", line=1, function="", in_project=True),),
                ),
            ),
        ),
        Reason.NOT_REPRODUCED,
        "does not find here what the log shows",
    ),
}


@pytest.mark.parametrize(("files", "request_", "reason", "words"), DECLINED.values(), ids=DECLINED)
def test_what_is_not_certain_is_declined(make_request, sandbox, files, request_, reason, words):
    trace = attempt(make_request(files, tool=request_), sandbox)
    assert (trace.status, trace.reason) == ("declined", reason), trace.sentence
    assert words in trace.sentence
    assert trace.next_step
    assert not trace.patch


GUARDED = {
    "a guard where None may be answered": (
        {
            "mod.py": "import re\n\n\ndef first(text: str) -> str | None:\n    return re.search('a+', text).group()\n",
            "tests/test_mod.py": "import mod\n\n\ndef test_it():\n    assert mod.first('baa') == 'aa'\n",
        },
        "+    if match is None:\n+        return None\n",
        "codemod:unguarded-optional",
    ),
    "a result that may be None": (
        {
            "mod.py": "def find(names: dict[str, str], key: str) -> str:\n    return names.get(key)\n\n\n"
            "def known(names: dict[str, str], key: str) -> bool:\n    return find(names, key) is not None\n",
            "tests/test_mod.py": "import mod\n\n\ndef test_it():\n    assert mod.known({'a': 'b'}, 'a')\n",
        },
        "+def find(names: dict[str, str], key: str) -> Optional[str]:\n",
        "codemod:narrow-annotation",
    ),
    "one of several suggested names": (
        {
            "mod.py": "class Van:\n    services: list[int] = []\n\n    def serviced(self) -> None:\n"
            "        self.services.append(1)\n\n\ndef due(van: Van) -> bool:\n"
            "    return not van.service\n",
            "tests/test_mod.py": "import mod\n\n\ndef test_it():\n    assert mod.Van().services == []\n",
        },
        "+    return not van.services\n",
        "codemod:misnamed",
    ),
}


@pytest.mark.parametrize(("files", "line", "fixer"), sampled(GUARDED, {"a result that may be None"}))
def test_what_the_checker_and_the_tests_take_is_believed(make_strict_request, sandbox, files, line, fixer):
    trace = attempt(make_strict_request(files), sandbox)
    assert (trace.status, trace.fixer) == ("fixed", fixer), trace.sentence
    assert line in trace.patch


UNTYPED = {
    "mod.py": "class Box: ...\n\n\ndef area(box, height=2):\n    return len([box]) * height\n",
    "tests/test_mod.py": "import mod\n\n\ndef test_it():\n    assert mod.area(mod.Box()) == 2\n",
}


def test_the_checker_says_what_a_function_lacks(make_strict_request, sandbox):
    """Results as it infers them, parameters as every call passes them and their defaults are."""
    trace = attempt(make_strict_request(UNTYPED), sandbox)
    assert (trace.status, trace.fixer) == ("fixed", "asked:mypy"), trace.sentence
    assert "+def area(box: Box, height: int = 2) -> int:\n" in trace.patch


def test_what_no_test_can_judge_is_only_shown(make_strict_request, sandbox):
    trace = attempt(make_strict_request({"mod.py": "def f(x: float) -> int:\n    return x * 1.5\n"}), sandbox)
    assert (trace.status, trace.reason) == ("declined", Reason.AMBIGUOUS)
    (part,) = trace.alternatives
    assert "+def f(x: float) -> float:" in part.patch


def test_what_was_mended_is_shown_when_the_tool_stays_red(make_request, sandbox):
    files, request, _, _ = DECLINED["a test that needs more than layout"]
    trace = attempt(make_request(files, tool=request), sandbox)
    (part,) = trace.alternatives
    assert touched(part.patch) == ("mod.py",)
    assert "ruff check --fix tests/test_mod.py" in trace.next_step


def test_a_green_tool_needs_nothing(make_request, sandbox):
    trace = attempt(make_request({"mod.py": "x = 1\n"}, tool=ToolRequest("ruff check", (".",))), sandbox)
    assert (trace.status, trace.sentence) == ("nothing_to_fix", "Nothing to repair: `ruff check .` finds nothing.")


def test_a_formatter_that_changes_the_program_is_not_believed(make_request, sandbox, tmp_path):
    """The tool is the repository's: one that drops a line while it lays out is found out by the equal programs."""
    request = make_request({"mod.py": "import os\nx = 1\n"}, tool=ToolRequest("black", (".",)))
    fake = tmp_path / "bin"
    fake.mkdir()
    (fake / "black").write_text(
        "#!/usr/bin/env python3\nimport sys\nfrom pathlib import Path\n"
        "path = Path('mod.py')\n"
        "if '--check' in sys.argv:\n"
        "    bad = 'x = 1' in path.read_text()\n"
        "    print('would reformat mod.py' if bad else '', file=sys.stderr)\n"
        "    sys.exit(bad)\n"
        "if '--version' not in sys.argv:\n"
        "    path.write_text('x = 2\\n')\n"
    )
    (fake / "black").chmod(0o755)
    (fake / "python").symlink_to(request.target.python)
    target = request.target
    lying = replace(request, target=replace(target, python=fake / "python", read_only=(*target.read_only, fake)))
    trace = attempt(lying, sandbox)
    assert (trace.status, trace.reason) == ("declined", Reason.NO_CANDIDATE), trace.sentence
    assert not trace.alternatives


def test_every_tool_is_named_once():
    assert len({tool.name for tool in ALL}) == len(ALL) == 7


BOLD = {
    "ruff": (
        ToolRequest("ruff check", ("--select", "C4,SIM", "mod.py")),
        (
            "def f(x):\n    if x:\n        return 1\n    else:\n        return 2\n\n\n"
            "def g(x):\n    return set([y + 1 for y in x])\n"
        ),
        "+    return {y + 1 for y in x}\n",
    ),
    "flake8": (
        ToolRequest("flake8", ("mod.py",)),
        "def f(x, y):\n    if not x in y: return 1;\n    z= x\n    return z\n",
        "+    if x not in y:\n+        return 1\n+    z = x\n",
    ),
}


@pytest.mark.parametrize(("request_", "text", "lines"), BOLD.values(), ids=BOLD)
def test_what_means_the_same_is_mended_where_a_suite_watches(make_request, sandbox, request_, text, lines):
    """What ruff calls unsafe, and what a linter finds that mends nothing itself."""
    suite = {"tests/test_mod.py": "import mod\n\n\ndef test_it():\n    assert mod.f\n"}
    trace = attempt(make_request({"mod.py": text, **suite}, tool=request_), sandbox)
    assert trace.status == "fixed", trace.sentence
    assert lines in trace.patch


@pytest.mark.parametrize(("request_", "text", "lines"), BOLD.values(), ids=BOLD)
def test_what_means_the_same_is_only_shown_where_no_suite_watches(make_request, sandbox, request_, text, lines):
    trace = attempt(make_request({"mod.py": text}, tool=request_), sandbox)
    assert (trace.status, trace.reason) == ("declined", Reason.AMBIGUOUS)
    assert lines in trace.alternatives[0].patch
