"""Answers that are lost, broken or late, and installations that change in the middle of a stage."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from app.simulator import faults
from app.simulator.journal import FaultKind
from app.simulator.rest.door import answer
from tasks.broker.known import PERMISSIONS
from tasks.errors import Retryable
from tasks.github.client import writing
from tasks.github.errors import GitHubUnavailable, NotFound, PermissionMissing, TokenRejected
from tasks.github.protocol import CheckOutput, Writer

BRANCH = "goldseam/fix/main-0a1b2c3d"
Write = Callable[[Writer], object]


def commit(writer: Writer) -> object:
    start = writer.branch_sha("main") or ""
    return writer.commit(BRANCH, start, "Fix", {"billing/fees.py": b"def late_fee(days):\n    return 0\n"})


def open_pull(writer: Writer) -> object:
    return writer.open_pull(head="repaired", base="main", title="t", body="b", draft=True)


def check(writer: Writer) -> object:
    sha = writer.branch_sha("main") or ""
    return writer.create_check(
        name="Goldseam", head_sha=sha, conclusion="neutral", output=CheckOutput("t", "s"), external_id="a1"
    )


WRITES = [
    pytest.param("/git/refs$", lambda writer: writer.create_branch("x", writer.branch_sha("main")), id="branch"),
    pytest.param("/graphql$", commit, id="commit"),
    pytest.param("/pulls$", open_pull, id="pull-request"),
    pytest.param("/check-runs$", check, id="check"),
    pytest.param("/comments$", lambda writer: writer.comment(1, "Once"), id="comment"),
    pytest.param("/issues$", lambda writer: writer.open_issue("Cannot", "Why", []), id="issue"),
]
LOST = [
    pytest.param(FaultKind.STATUS_AFTER_COMMIT, id="502-after-the-write"),
    pytest.param(FaultKind.TRUNCATE_AFTER_COMMIT, id="half-an-answer"),
    pytest.param(FaultKind.HANG_AFTER_COMMIT, id="hang"),
]


@pytest.fixture
def talking(bench):
    """A repository with a branch of ours, a repaired branch and a pull request to talk at."""
    bench.hub.commit(bench.repository, "repaired", {"a.py": b"1\n"}, "Repair")
    bench.hub.commit(bench.repository, "talk", {"b.py": b"1\n"}, "Talk")
    writer = bench.writer
    writer.create_branch(BRANCH, bench.head())
    writer.open_pull(head="talk", base="main", title="t", body="b", draft=False)
    writer.own_account()  # asked once, by GraphQL too
    bench.hub.journal.clear()
    return bench


CASES = [pytest.param(FaultKind.STATUS_AFTER_COMMIT, *each.values, id=f"{each.id}-502") for each in WRITES]
CASES += [pytest.param(FaultKind.PAGE_AFTER_COMMIT, *each.values, id=f"{each.id}-page") for each in WRITES[:3]]
CASES += [pytest.param(*kind.values, *WRITES[2].values, id=f"pull-request-{kind.id}") for kind in LOST[1:]]


@pytest.mark.parametrize(("kind", "path", "write"), CASES)
def test_what_was_done_without_an_answer_is_found_and_not_repeated(talking, kind, path, write: Write) -> None:
    token = talking.hub.mint(talking.repository, PERMISSIONS["publish"]).value
    hasty = replace(talking.endpoint, timeout_seconds=1)
    with writing(hasty, token, "acme/billing") as writer:
        writer.own_account()
        talking.fault("POST", path, kind, seconds=1.3)
        with pytest.raises(GitHubUnavailable):
            write(writer)
    write(talking.writer)
    # A check run that is found is written again, by its own number.
    assert len({what for effect in talking.hub.journal for what in effect.made}) == 1


def test_an_answer_without_data_is_no_answer(talking, monkeypatch) -> None:
    monkeypatch.setattr("app.simulator.graphql.answer", lambda _: answer("nothing here"))
    with pytest.raises(GitHubUnavailable, match="not GitHub's interface: nothing here"):
        commit(talking.writer)


CHANGES = [
    pytest.param(lambda bench: faults.expire_tokens(bench.hub), TokenRejected, id="token-ran-out"),
    pytest.param(lambda bench: faults.suspend(bench.hub, bench.repository), PermissionMissing, id="suspended"),
    pytest.param(lambda bench: faults.remove(bench.hub, bench.repository), NotFound, id="removed"),
    pytest.param(
        lambda bench: faults.narrow(bench.hub, bench.repository, PERMISSIONS["analyze"]),
        PermissionMissing,
        id="permission-dropped",
    ),
]


@pytest.mark.parametrize(("change", "error"), CHANGES)
def test_a_change_in_the_middle_ends_in_a_named_error(talking, change, error) -> None:
    """Only a token that ran out is worth another try, which begins with a new one."""
    path, write = WRITES[2].values
    talking.fault("POST", path, FaultKind.THEN, then=lambda: change(talking))
    with pytest.raises(error) as caught:
        write(talking.writer)
    assert isinstance(caught.value, Retryable) is (error is TokenRejected)
    assert talking.made() == []
    if error is TokenRejected:
        write(talking.writer)  # opened with a new token
        assert len(talking.made()) == 1


def test_a_repository_that_was_renamed_is_still_reached(talking) -> None:
    writer = talking.writer
    faults.rename(talking.hub, talking.repository, "invoices")
    writer.create_branch("x", talking.head())
    assert talking.head("x") == talking.head()
    assert talking.made() == ["ref"]
