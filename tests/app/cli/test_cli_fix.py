"""`goldseam fix` and `goldseam verify` by the real command: what they print, change and leave alone."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from cli_projects import GREEN, OPEN, RED, SLOW, WEAK
from cli_web import Answer
from sampled_cases import sampled

from app.schemas import FixReport
from fixers.model import FileEdit
from fixers.patch import unified

OURS = ("--python", sys.executable)
GOLDSEAM = Path(sys.executable).with_name("goldseam")
KEYS = {
    "schema_version", "status", "reason", "failure", "localization", "patch", "candidates", "alternatives",
    "evidence", "seconds",
}  # fmt: skip
PATCH = "-    if days >= 3:\n+    if days > 3:\n"


def picture(root: Path) -> dict[str, tuple[int, int, str]]:
    """Describe a tree so that any change shows, a new cache file or a touched time included."""
    return {
        path.relative_to(root).as_posix(): (
            path.lstat().st_mtime_ns,
            path.lstat().st_mode,
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
        )
        for path in sorted(root.rglob("*"))
    }


def test_a_repair_from_the_command_to_the_proof(goldseam, checkout, tmp_path, web, python):
    """Fix, prove again elsewhere, apply by git and by ourselves, and find nothing more to do."""
    root = checkout(RED)
    before = picture(root)
    outputs = {name: tmp_path / name for name in ("p.patch", "trace.md", "evidence.json")}
    ran = goldseam(
        "fix", root, *python, "--json", "--patch-out", outputs["p.patch"], "--trace-out", outputs["trace.md"],
        "--evidence-out", outputs["evidence.json"],
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    document = json.loads(ran.stdout)
    assert document.keys() >= KEYS
    assert (document["status"], document["reason"]) == ("fixed", None)
    assert PATCH in document["patch"]
    assert document["localization"][0].keys() >= {"path", "function", "line", "score"}
    assert document["candidates"].keys() == {"generated", "validated", "plausible"}
    assert document["failure"]["test_ids"] == ["test_fees.py::test_fee[3-0]"]
    assert set(document["seconds"]) == {"reproduce", "localize", "repair", "verify"}
    assert FixReport.model_validate(document).patch == outputs["p.patch"].read_text()
    assert picture(root) == before
    subprocess.run(("git", "apply", "--check", str(outputs["p.patch"])), cwd=root, check=True)

    address = web.put("/attempts/1/evidence.json", Answer(outputs["evidence.json"].read_bytes()))
    held = goldseam("verify", address, "--repo", root, *python)
    assert (held.returncode, "The proof holds." in held.stdout) == (0, True), held.stdout + held.stderr
    assert picture(root) == before

    push = tmp_path / "push.diff"
    faulty = (root / "fees.py").read_text()
    push.write_text(unified([FileEdit("fees.py", faulty.replace(">= 3", "> 3"), faulty)]))
    applied = goldseam("fix", root, *python, "--apply", "--diff", push)
    assert applied.returncode == 0, applied.stderr
    assert "changed by this push" in applied.stdout
    after = picture(root)
    assert {path for path in after if after[path] != before.get(path)} == {"fees.py"}
    assert after.keys() == before.keys()
    assert after["fees.py"][1] == before["fees.py"][1]
    assert ">= 3" not in (root / "fees.py").read_text()
    stages = [line.split()[0] for line in applied.stdout.splitlines()[:4]]
    assert stages == ["reproduce", "localize", "repair", "verify"]
    assert "1 of 5 tests fails, 3 times out of 3" in applied.stdout

    again = goldseam("verify", outputs["evidence.json"], "--repo", root, *python, "--json")
    document = json.loads(again.stdout)
    assert (again.returncode, document["holds"]) == (1, False)
    assert document["gates"][0]["detail"].endswith("is the patch applied already?")
    green = goldseam("fix", root, *python, "--json")
    assert (green.returncode, json.loads(green.stdout)["status"]) == (0, "nothing_to_fix")


def test_an_ambiguity_exits_with_one_and_shows_the_question(told, checkout, python):
    ran = told("fix", checkout(WEAK), *python, "--budget-candidates", "100")
    assert ran.returncode == 1, ran.stderr
    assert "Declined: ambiguous." in ran.stdout
    assert "To make it the answer, add:" in ran.stdout
    assert "--alternatives DIRECTORY" in ran.stdout
    assert "\x1b" not in ran.stdout


def test_the_answer_is_written_to_a_file_and_makes_the_repair_the_only_one(told, checkout, tmp_path, python):
    """As the question says: add one of the tests, run again."""
    root, written = checkout(WEAK), tmp_path / "answers"
    options = (*python, "--json", "--budget-candidates", "400", "--alternatives", written)
    ran = told("fix", root, *options)
    alternatives = json.loads(ran.stdout)["alternatives"]
    assert (written / "A.patch").read_text() == alternatives[0]["patch"]
    answer = written / "test_settle_a.py"
    (root / answer.name).write_text(answer.read_text())
    again = json.loads(told("fix", root, *options).stdout)
    left = [alternative["patch"] for alternative in again["alternatives"]] or [again["patch"]]
    assert left == [alternatives[0]["patch"]]
    assert len(list(written.glob("*.patch"))) == len(again["alternatives"])


@pytest.mark.parametrize("given", sampled({"ambiguous": WEAK, "plain": RED}, {"ambiguous"}))
def test_a_budget_of_candidates_ends_the_search_at_the_same_place_whatever_the_seed_of_hashes(
    goldseam, checkout, given, python
):
    root = checkout(given)
    options = (*python, "--json", "--budget", "300", "--budget-candidates", "400")
    ran = [goldseam("fix", root, *options, PYTHONHASHSEED=seed) for seed in ("1", "2")]
    first, second = (json.loads(one.stdout) for one in ran)
    assert first["candidates"]["generated"] == 400
    same = ("status", "reason", "sentence", "candidates", "alternatives", "patch", "localization")
    assert [first[key] for key in same] == [second[key] for key in same]


def test_without_a_sandbox_a_repair_is_as_good_and_the_evidence_says_so(told, checkout, python):
    root = checkout(RED)
    before = picture(root)
    ran = told("fix", root, *python, "--json", "--trust-target")
    document = json.loads(ran.stdout)
    assert (document["status"], PATCH in document["patch"]) == ("fixed", True), document["sentence"]
    assert document["evidence"]["sandbox"] == "none (trusted by --trust-target)"
    assert document["failure"]["frames"][-1]["in_project"]
    assert document["evidence"]["behaviour"]["calls"] > 5
    assert picture(root) == before


BAD = {
    "no such path": (["nowhere"], 2, "does not exist. Give the directory of a checkout."),
    "a file": (["checkout/fees.py"], 2, "is a file. Give the directory of a checkout."),
    "no Python": (["empty"], 2, "holds no Python source to repair"),
    "an unknown option": (["checkout", "--budgett", "3"], 2, "No such option"),
    "a budget that is no number": (["checkout", "--budget", "soon"], 2, "Invalid value for '--budget'"),
    "a log that is not there": (["checkout", "--log", "no.log"], 2, "no.log is not a file"),
    "a log that says nothing": (["checkout", "--log", "empty.log"], 2, "holds no failure that Goldseam can read"),
    "a diff that is not there": (["checkout", "--diff", "no.diff"], 2, "no.diff cannot be read: No such file"),
    "a diff that changes nothing": (["checkout", "--diff", "empty.log"], 2, "git diff BASE HEAD"),
    "a traceback that is a directory": (["checkout", "--traceback", "empty"], 2, "is not a file"),
    "quotes that do not match": (["checkout", "--test-command", 'python -m "pytest'], 2, "cannot be read"),
    "a patch to nowhere": (["checkout", "--patch-out", "no/dir/p"], 2, "cannot be written"),
    "an interpreter that is not there": (["checkout", "--python", "no/python"], 3, "no/python"),
    "an interpreter without pytest": (["checkout", "--python", "bare/bin/python"], 3, "-m pip install pytest"),
    "a test that is not there": (["checkout", *OURS, "--failing", "test_fees.py::test_x"], 1, "has no test"),
}


@pytest.mark.parametrize(("arguments", "code", "words"), BAD.values(), ids=BAD)
def test_what_cannot_be_done_is_one_sentence_and_one_document(told, checkout, tmp_path, arguments, code, words):
    root = checkout(GREEN)
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty.log").write_text("all is well\n")
    if "bare/bin/python" in arguments:
        subprocess.run((sys.executable, "-m", "venv", "--without-pip", "bare"), cwd=tmp_path, check=True)
    before = picture(root)
    ran = told("fix", *arguments, "--json")
    document = json.loads(ran.stdout)
    assert (ran.returncode, words in document["sentence"]) == (code, True), ran.stdout + ran.stderr
    assert document.keys() >= KEYS
    reasons = {1: ("declined", "not_reproduced"), 2: ("error", None), 3: ("declined", "environment_failed")}
    assert (document["status"], document["reason"]) == reasons[code]
    assert "Traceback" not in ran.stderr
    assert picture(root) == before


def test_a_fault_of_ours_is_an_error_document_and_a_traceback(goldseam, checkout, tmp_path):
    """A cache that cannot be a directory stands for any fault that nobody foresaw."""
    (tmp_path / "file").write_text("")
    ran = goldseam("fix", checkout(GREEN), "--json", XDG_CACHE_HOME=str(tmp_path / "file"))
    assert (ran.returncode, json.loads(ran.stdout)["status"]) == (4, "error"), ran.stderr


def test_a_real_log_of_a_failure_that_is_gone_is_not_reproduced(told, checkout, tmp_path, python):
    root = checkout(RED)
    command = (sys.executable, "-B", "-m", "pytest", "-p", "no:cacheprovider")
    log = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False).stdout
    (tmp_path / "ci.log").write_text(log)
    checkout(GREEN)
    ran = told("fix", root, *python, "--log", "ci.log", "--json")
    document = json.loads(ran.stdout)
    assert (ran.returncode, document["reason"]) == (1, "not_reproduced"), ran.stderr
    assert document["sentence"].startswith("test_fees.py::test_fee[3-0] failed in the report, but all 5 tests pass")


def test_a_production_traceback_that_no_test_shows_names_the_place(told, checkout, tmp_path, python):
    (tmp_path / "error.txt").write_text(OPEN)
    ran = told("fix", checkout(GREEN), *python, "--traceback", "error.txt", "--json")
    document = json.loads(ran.stdout)
    assert (ran.returncode, document["status"], document["reason"]) == (1, "declined", "not_reproduced"), ran.stderr
    assert "TypeError at fees.py:6 in late_fee was reported, but no test shows it" in document["sentence"]
    assert (document["localization"][0]["path"], document["localization"][0]["line"]) == ("fees.py", 6)


@pytest.mark.parametrize("times", [1, 2])
def test_ctrl_c_in_the_search_ends_it_and_leaves_nothing_behind(environment, checkout, times, python):
    root = checkout(SLOW)
    before = picture(root)
    command = (str(GOLDSEAM), "fix", str(root), *python, "--budget", "120")
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True) as run:
        lines = []
        while not any("localize" in line for line in lines):
            lines.append(run.stdout.readline())
            assert lines[-1], lines
        time.sleep(2)
        for _ in range(times):
            os.killpg(run.pid, signal.SIGINT)
            time.sleep(0.3)
        rest = run.stdout.read()
        assert run.wait(60) == 130, rest
    # A second time it need not come to an answer, but may have had one already.
    assert times == 2 or "Declined: budget_exhausted." in rest or "passes every test" in rest, rest
    assert picture(root) == before


UNTIDY = {"fees.py": "import os\n\nX = json.dumps(1)\n", "pyproject.toml": "[tool.ruff]\nline-length = 99\n"}
LINTED = "fees.py:1:8: F401 [*] `os` imported but unused\nfees.py:3:5: F821 Undefined name `json`\n"
OFFLINE = "curl: (6) Could not resolve host: example.com\n##[error]Process completed with exit code 6.\n"


def test_a_red_linter_from_its_log_to_the_proof(told, checkout, tmp_path):
    root, log, evidence = checkout(UNTIDY), tmp_path / "ci.log", tmp_path / "evidence.json"
    log.write_text(LINTED)
    ran = told("fix", root, *OURS, "--log", log, "--evidence-out", evidence, "--json")
    assert ran.returncode == 0, ran.stderr
    document = json.loads(ran.stdout)
    assert document.keys() >= KEYS
    assert (document["status"], document["fixer"]) == ("fixed", "tool:ruff+codemod:unknown-name")
    assert "-import os\n+import json\n" in document["patch"]
    assert document["failure"]["kind"] == "lint"
    held = told("verify", evidence, "--repo", root, *OURS)
    assert (held.returncode, "holds  ruff check: 2 findings gone" in held.stdout) == (0, True), held.stdout
    applied = told("fix", root, *OURS, "--test-command", "python -m ruff check .", "--apply")
    assert applied.returncode == 0, applied.stdout
    assert "ruff check: 2 findings in 1 file" in applied.stdout
    again = told("fix", root, *OURS, "--test-command", "python -m ruff check .")
    assert (again.returncode, "finds nothing" in again.stdout) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "text", "reason"),
    [
        (("--test-command", "pre-commit run"), "", "unsupported"),
        (("--log", "ci.log"), OFFLINE, "infrastructure"),
    ],
)
def test_what_no_run_here_could_change_is_declined_at_once(told, checkout, tmp_path, arguments, text, reason):
    (tmp_path / "ci.log").write_text(text)
    ran = told("fix", checkout(RED), *arguments, "--json")
    document = json.loads(ran.stdout)
    assert (ran.returncode, document["status"], document["reason"]) == (1, "declined", reason)
    assert document["sentence"]
    assert document["next_step"]
