"""Pull requests of forks: nothing is written; a repair is suggested at their lines, or stands in the check run."""

from __future__ import annotations

from dataclasses import replace

import pytest
from stages_fakes import MENDED, SOURCE, Desk

from fixers.model import FileEdit
from tasks.github.records import Pull, PullFile, Suggestion
from tasks.policy.model import Autonomy, ServerPolicy
from tasks.stages.documents import Order
from tasks.stages.suggest import suggestions_of
from tasks.store import documents
from tasks.store.documents import Kind
from tasks.store.states import State

WHOLE = "@@ -0,0 +1,2 @@\n+def late_fee(days):\n+    return 5 if days >= 3 else 0"
FORK_SHA = "f" * 40


def pulled(desk: Desk, patch: str = WHOLE, **changes: object) -> int:
    """Let the run of a fork's pull request go red, and return the attempt."""
    desk.server = ServerPolicy(autonomy=Autonomy.PR, forks=True)
    desk.hub.policy("autonomy: pr")
    desk.hub.trees[FORK_SHA] = {"src/fees.py": SOURCE.encode()}
    pull = Pull(1, "N1", "open", False, False, "main", FORK_SHA, "main", "", "", head_repository="kim/r")
    desk.hub.pulls.append(replace(pull, **changes))
    desk.hub.files[1] = [PullFile("src/fees.py", "added", patch)]
    return desk.attempt(sha=FORK_SHA, head_repository="kim/r", event="pull_request")


def kinds(desk: Desk) -> list[str]:
    return [made.partition(" ")[0] for made in desk.hub.journal]


def test_a_repair_is_suggested_at_the_lines_and_nothing_is_written(desk: Desk) -> None:
    attempt_id = pulled(desk)
    assert desk.run(attempt_id) is State.DONE
    assert kinds(desk) == ["review", "check"]
    ((number, suggestions, body),) = desk.hub.reviews
    assert (number, suggestions) == (1, (Suggestion("src/fees.py", 2, 2, MENDED.splitlines()[1]),))
    assert "I write to no fork" in body
    assert desk.hub.branches.keys() == {"main"}
    with desk.turns.store.read() as session:
        order = documents.get(session, attempt_id, Kind.ORDER, Order)
    assert (order.fork_pull, order.base) == (1, "pull/1")


@pytest.mark.parametrize(
    ("patch", "changes"),
    [
        pytest.param("@@ -9,1 +9,1 @@\n-a\n+b", {}, id="elsewhere-in-the-file"),
        pytest.param("", {}, id="github-shows-no-diff"),
    ],
)
def test_what_lies_outside_the_diff_stands_in_the_check_run(desk: Desk, patch: str, changes: dict) -> None:
    assert desk.run(pulled(desk, patch, **changes)) is State.DONE
    assert kinds(desk) == ["check"]


def test_a_pull_request_that_moved_on_gets_no_suggestion(desk: Desk) -> None:
    attempt_id = pulled(desk)
    while desk.turns.state_of(attempt_id) is not State.PUBLISHING:
        desk.step(attempt_id)
    desk.hub.pulls[0] = replace(desk.hub.pulls[0], head_sha="e" * 40)
    assert desk.run(attempt_id) is State.DONE
    assert kinds(desk) == ["check"]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"head_repository": "lou/r"}, id="of-another-fork"),
        pytest.param({"head_sha": "e" * 40}, id="moved-on"),
        pytest.param({"state": "closed"}, id="closed"),
    ],
)
def test_a_run_without_its_pull_request_is_not_worked_on(desk: Desk, changes: dict) -> None:
    assert desk.run(pulled(desk, **changes)) is State.SUPERSEDED
    assert desk.engine.calls == []


def test_forks_are_left_alone_unless_the_server_says_otherwise(desk: Desk) -> None:
    attempt_id = pulled(desk)
    desk.server = ServerPolicy(autonomy=Autonomy.PR)
    assert desk.run(attempt_id) is State.DECLINED
    assert desk.engine.orders == []


BEFORE = "a\nb\nc\nd\n"
SHOWN = {"x.py": PullFile("x.py", "modified", "@@ -1,2 +1,3 @@ def f\n a\n-z\n+b\n+c\n@@ -9 +20,2 @@\n x\n+y")}


@pytest.mark.parametrize(
    ("after", "suggested"),
    [
        pytest.param("a\nB\nc\nd\n", ((2, 2, "B"),), id="one-line"),
        pytest.param("a\nB\nC\nd\n", ((2, 3, "B\nC"),), id="two-lines"),
        pytest.param("a\nc\nd\n", ((2, 2, ""),), id="a-line-goes"),
        pytest.param("a\nb\nnew\nc\nd\n", ((2, 2, "b\nnew"),), id="a-line-comes"),
        pytest.param("new\na\nb\nc\nd\n", ((1, 1, "new\na"),), id="before-the-first"),
        pytest.param("A\nb\nC\nd\n", ((1, 1, "A"), (3, 3, "C")), id="two-blocks"),
        pytest.param("a\nb\nc\nD\n", (), id="outside"),
        pytest.param("A\nb\nc\nD\n", (), id="half-outside"),
        pytest.param("a\nb\nC\nD\n", (), id="over-the-edge"),
    ],
)
def test_suggestions_are_whole_lines_within_the_diff(after: str, suggested: tuple) -> None:
    found = suggestions_of([FileEdit("x.py", BEFORE, after)], SHOWN)
    assert tuple((each.start_line, each.line, each.text) for each in found) == suggested


def test_one_file_outside_the_diff_leaves_no_suggestion() -> None:
    edits = [FileEdit("x.py", BEFORE, "A\nb\nc\nd\n"), FileEdit("y.py", BEFORE, "A\nb\nc\nd\n")]
    assert suggestions_of(edits, SHOWN) == ()
