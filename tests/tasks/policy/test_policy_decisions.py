"""What policy says of an action: the truth table of levels, hard denials, and paths that try to hide."""

from __future__ import annotations

from itertools import product

import pytest

from tasks.errors import BadInput
from tasks.policy.decide import NEEDS_A_PATCH, Action, Decision, Room, decide
from tasks.policy.facts import facts_of
from tasks.policy.load import effective
from tasks.policy.model import Autonomy, EffectivePolicy, ServerPolicy
from tasks.policy.paths import covers
from tasks.stop import Stopped


def policy(text: str = "autonomy: pr", **server: object) -> EffectivePolicy:
    return effective(ServerPolicy(**server), f"version: 1\n{text}\n".encode())


def edit(path: str, lines: int = 1) -> str:
    body = "".join(f"-a{n}\n+b{n}\n" for n in range(lines))
    return f"--- a/{path}\n+++ b/{path}\n@@ -1,{lines} +1,{lines} @@\n{body}"


def asked(patch: str, said: EffectivePolicy | None = None, action: str = Action.READY) -> Decision:
    return decide(action, facts_of(patch), said or policy(), None)


LEVELS = {
    Action.REPORT: "suggest",
    Action.SUGGEST: "suggest",
    Action.BRANCH: "draft_pr",
    Action.COMMIT: "draft_pr",
    Action.DRAFT: "draft_pr",
    Action.READY: "pr",
    Action.REACT: "suggest",
    Action.REPLY: "suggest",
    Action.EDIT: "draft_pr",
    Action.DELETE: "draft_pr",
    Action.COMMENT: "draft_pr",
    Action.REVIEW: "suggest",
    Action.ISSUE: "draft_pr",
    Action.RERUN: "suggest",
}
RERUNS = "\nrerun_failed_jobs: true"


@pytest.mark.parametrize(("action", "level"), list(product(LEVELS, Autonomy)), ids=str)
def test_each_level_allows_exactly_its_actions(action: Action, level: Autonomy) -> None:
    """T95."""
    decision = asked(edit("src/fees.py"), policy(f"autonomy: {level.word}{RERUNS}", autonomy=Autonomy.PR), action)
    allowed = level >= Autonomy[LEVELS[action].upper()]
    assert decision.result == ("allow" if allowed else "deny")
    assert decision.clause == ("server:autonomy" if level is Autonomy.PR else "repo:autonomy")
    assert decision.autonomy == level.word


def test_what_nobody_allowed_is_denied() -> None:
    decision = asked(edit("src/fees.py"), action="pull.merge")
    assert (decision.result, decision.clause) == ("deny", "default")


@pytest.mark.parametrize("action", list(LEVELS))
def test_what_shows_a_patch_needs_one(action: Action) -> None:
    decision = decide(action, None, policy(f"autonomy: pr{RERUNS}"), None)
    assert (decision.clause == "default") == (action in NEEDS_A_PATCH)
    assert (decision.result == "allow") == (action not in NEEDS_A_PATCH)


def test_jobs_are_run_again_only_where_the_repository_says_so() -> None:
    assert decide(Action.RERUN, None, policy("autonomy: pr"), None).clause == "repo:rerun_failed_jobs"


def test_every_action_but_the_asking_has_a_level() -> None:
    assert set(Action) - set(LEVELS) == {Action.ONBOARD}


@pytest.mark.parametrize(
    ("server", "file", "clause", "result"),
    [
        ({}, None, "server:onboarding", "allow"),
        ({"autonomy": Autonomy.OBSERVE}, None, "server:onboarding", "allow"),
        ({"onboarding": False}, None, "server:onboarding", "deny"),
        ({}, b"version: 1\n", "repo:present", "deny"),
        ({}, b"version: 1\nautonomy: pr\n", "repo:present", "deny"),
        ({}, b"what: ever\n", "repo:present", "deny"),
    ],
)
def test_a_repository_is_asked_once_and_only_where_the_server_lets_it(
    server: dict[str, object], file: bytes | None, clause: str, result: str
) -> None:
    decision = decide(Action.ONBOARD, None, effective(ServerPolicy(**server), file), None)
    assert (decision.clause, decision.result) == (clause, result)
    stopped = decide(Action.ONBOARD, None, effective(ServerPolicy(**server), file), Stopped("all", "a test"))
    assert stopped.result == "deny"


HARD = {
    ".github/workflows/ci.yml": "hard:ci",
    ".GitHub/actions/x/action.py": "hard:ci",
    ".gitlab-ci.yml": "hard:ci",
    "sub/tox.ini": "hard:ci",
    "CODEOWNERS": "hard:owners",
    "docs/codeowners": "hard:owners",
    "tests/test_fees.py": "hard:tests",
    "src/pkg/Tests/data.py": "hard:tests",
    "src/test_fees.py": "hard:tests",
    "src/TEST_FEES.PY": "hard:tests",
    "src/fees_test.py": "hard:tests",
    "conftest.py": "hard:tests",
    "src/conftest.py": "hard:tests",
    "src/testing/fakes.py": "hard:tests",
    "pyproject.toml": "hard:configuration",
    "sub/pytest.ini": "hard:configuration",
    "setup.cfg": "hard:configuration",
    "setup.py": "hard:configuration",
    "requirements-dev.txt": "hard:configuration",
    "uv.lock": "hard:configuration",
    ".pre-commit-config.yaml": "hard:configuration",
    "src/.env": "hard:configuration",
    "src/sitecustomize.py": "hard:configuration",
    "README.md": "hard:source",
    "src/fees.pyx": "hard:source",
    "/etc/passwd.py": "hard:path",
    "../up.py": "hard:path",
    "src/../x.py": "hard:path",
    "src//x.py": "hard:path",
    ".git/hooks.py": "hard:path",
    "src/.GIT/x.py": "hard:path",
    "src\\x.py": "hard:path",
    "c:x.py": "hard:path",
    "src/x\u202e.py": "hard:path",
    "src/\u200bfees.py": "hard:path",
}


@pytest.mark.parametrize(("path", "clause"), HARD.items(), ids=HARD)
def test_no_policy_lets_a_repair_touch_what_judges_it(path: str, clause: str) -> None:
    decision = asked(edit(path))
    assert (decision.result, decision.clause) == ("deny", clause)


@pytest.mark.parametrize("path", ["src/fees.py", "fees.py", "src/latest.py", "src/contest.py", "src/protest/x.py"])
def test_plain_source_is_allowed(path: str) -> None:
    assert asked(edit(path)).result == "allow"


ODD = {
    "rename": "diff --git a/src/a.py b/src/b.py\nsimilarity index 90%\nrename from src/a.py\nrename to src/b.py\n"
    "--- a/src/a.py\n+++ b/src/b.py\n@@ -1 +1 @@\n-a\n+b\n",
    "bare rename": "diff --git a/src/a.py b/src/b.py\nsimilarity index 100%\nrename from src/a.py\n"
    "rename to src/b.py\n",
    "mode": "diff --git a/src/a.py b/src/a.py\nold mode 100644\nnew mode 100755\n--- a/src/a.py\n+++ b/src/a.py\n"
    "@@ -1 +1 @@\n-a\n+b\n",
    "symbolic link": "diff --git a/src/a.py b/src/a.py\nnew file mode 120000\n--- /dev/null\n+++ b/src/a.py\n"
    "@@ -0,0 +1 @@\n+/etc/passwd\n",
    "symbolic link edited": "diff --git a/src/a.py b/src/a.py\nindex 1234567..89abcde 120000\n--- a/src/a.py\n"
    "+++ b/src/a.py\n@@ -1 +1 @@\n-a\n+/etc/passwd\n",
    "new file": "--- /dev/null\n+++ b/src/a.py\n@@ -0,0 +1 @@\n+x\n",
    "deletion": "--- a/src/a.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n",
    "binary": "diff --git a/src/a.py b/src/a.py\nindex 1234567..89abcde 100644\nGIT binary patch\nliteral 3\nabc\n\n",
    "nothing": "--- /dev/null\n+++ /dev/null\n@@ -1 +1 @@\n-a\n+b\n",
}


@pytest.mark.parametrize("patch", ODD.values(), ids=ODD)
def test_only_edits_of_existing_text_are_published(patch: str) -> None:
    decision = asked(patch)
    assert (decision.result, decision.clause) == ("deny", "hard:kind")


@pytest.mark.parametrize("denied", ["src/a.py", "src/b.py"])
def test_a_rename_counts_where_it_was_and_where_it_is(denied: str) -> None:
    decision = asked(ODD["rename"], policy(f"autonomy: pr\ndeny_paths: [{denied}]"))
    assert ("repo:deny_paths[0]", "deny") in [(clause.clause, clause.result) for clause in decision.clauses]


@pytest.mark.parametrize(("before", "after"), [("tests/a.py", "src/a.py"), ("src/a.py", "tests/a.py")])
def test_a_rename_out_of_the_tests_is_a_change_of_the_tests(before: str, after: str) -> None:
    decision = asked(f"--- a/{before}\n+++ b/{after}\n@@ -1 +1 @@\n-a\n+b\n")
    assert "hard:tests" in [clause.clause for clause in decision.clauses]


def test_a_name_that_git_quotes_is_denied_by_its_name() -> None:
    patch = edit("src/größe.py").replace("a/src/größe.py", r'"a/src/gr\303\266\303\237e.py"')
    patch = patch.replace("b/src/größe.py", r'"b/src/gr\303\266\303\237e.py"')
    assert asked(patch).result == "allow"
    assert asked(patch, policy("autonomy: pr\ndeny_paths: [src/größe.py]")).clause == "repo:deny_paths[0]"


def test_the_clause_that_denies_is_named_with_its_owner() -> None:
    both = policy("autonomy: pr\ndeny_paths: [docs/**, src/billing/**]", deny_paths=("infra/**",))
    assert asked(edit("src/billing/fees.py"), both).clause == "repo:deny_paths[1]"
    assert asked(edit("infra/x.py"), both).clause == "server:deny_paths[0]"


@pytest.mark.parametrize(
    ("pattern", "path", "covered"),
    [
        ("src/billing/**", "src/billing/a/b.py", True),
        ("src/billing/**", "src/billings/a.py", False),
        ("src/billing", "src/billing/a.py", True),
        ("/src/billing/", "src/billing/a.py", True),
        ("./src/*.py", "src/a.py", True),
        ("src/*.py", "src/sub/a.py", False),
        ("**/auth/**", "auth/x.py", True),
        ("**/auth/**", "a/b/auth/x.py", True),
        ("**/auth/**", "a/oauth/x.py", False),
        ("*.py", "deep/down/x.py", True),
        ("secret?.py", "src/secret1.py", True),
        ("secret?.py", "src/secret/.py", False),
        ("SRC/Größe.py", "src/gro\u0308sse.PY", True),
        ("src/\u00e9.py", "src/e\u0301.py", True),
        ("a[b].py", "a[b].py", True),
        ("a[b].py", "ab.py", False),
        ("a+.py", "aa.py", False),
        ("x\ny.py", "x\ny.py", True),
        ("src/**", "src/x\ny.py", True),
        ("**", "anything/at/all.py", True),
    ],
)
def test_globs_read_wide_and_without_regard_to_case_or_composition(pattern: str, path: str, covered: bool) -> None:
    assert covers(pattern, path) is covered


def test_sizes_are_held_to_the_lower_ceiling() -> None:
    tight = policy("autonomy: pr\nmax_lines: 6\nmax_files: 1", max_lines=8, max_files=5)
    assert asked(edit("src/a.py", 3), tight).result == "allow"
    assert asked(edit("src/a.py", 4), tight).clause == "repo:max_lines"
    assert asked(edit("src/a.py") + edit("src/b.py"), tight).clause == "repo:max_files"
    assert asked(edit("src/a.py", 5), policy("max_lines: 99", max_lines=8)).clause == "server:max_lines"


def test_a_stop_comes_before_everything_and_the_rest_is_still_looked_at() -> None:
    decision = decide(Action.READY, facts_of(edit("tests/x.py")), policy("autonomy: suggest"), Stopped("file", "drill"))
    assert decision.clause == "stop:file"
    assert {"hard:tests", "repo:autonomy"} <= {clause.clause for clause in decision.clauses}


def test_an_invalid_file_explains_itself() -> None:
    decision = decide(Action.REPORT, None, policy("autonomy: bogus"), None)
    assert (decision.result, decision.clause) == ("deny", "repo:invalid")
    assert "Line 2: autonomy" in decision.sentence


@pytest.mark.parametrize(
    "patch", ["", "no diff", "--- a/x.py\n+++ b/x.py\n@@ -1,9 +1 @@\n-a\n+b\n", edit("x.py") + "@@ -7 +7 @\n-a\n+b\n"]
)
def test_what_is_no_patch_is_no_fact(patch: str) -> None:
    with pytest.raises(BadInput):
        facts_of(patch)


@pytest.mark.parametrize(
    ("room", "clause"),
    [
        pytest.param(Room(0, 0), "server:autonomy", id="empty"),
        pytest.param(Room(2, 1), "server:autonomy", id="one-left"),
        pytest.param(Room(3, 0), "server:max_open", id="three-open"),
        pytest.param(Room(0, 2), "server:max_new_per_hour", id="two-this-hour"),
        pytest.param(Room(9, 9), "server:max_open", id="both"),
    ],
)
def test_a_new_pull_request_needs_room(room: Room, clause: str) -> None:
    decision = decide(Action.DRAFT, facts_of(edit("src/fees.py")), policy(), None, room)
    assert decision.clause == clause
    assert decision.result == ("allow" if clause == "server:autonomy" else "deny")


def test_a_repository_may_leave_less_room_and_never_more() -> None:
    facts = facts_of(edit("src/fees.py"))
    tight, wide = policy("autonomy: pr\nmax_open: 1"), policy("autonomy: pr\nmax_open: 99")
    assert decide(Action.READY, facts, tight, None, Room(1, 0)).clause == "repo:max_open"
    assert decide(Action.READY, facts, wide, None, Room(3, 0)).clause == "server:max_open"


def test_only_opening_needs_room_and_only_when_it_is_allowed_at_all() -> None:
    facts = facts_of(edit("src/fees.py"))
    assert decide(Action.COMMIT, facts, policy(), None, Room(9, 9)).result == "allow"
    assert decide(Action.READY, facts, policy("autonomy: suggest"), None, Room(9, 9)).clause == "repo:autonomy"
