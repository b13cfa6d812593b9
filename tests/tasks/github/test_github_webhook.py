"""Deliveries: who sent them, what they mean, and which of them mean the same."""

import hashlib
import hmac
import json
from urllib.parse import urlencode

import pytest
from pydantic import SecretStr

from tasks.github.signal import (
    BoxTicked,
    ButtonPressed,
    CiFailure,
    Command,
    Ignored,
    InstallationChanged,
    PullChanged,
    PullClosed,
    Pushed,
    RepositoryName,
    Signal,
    semantic_key,
)
from tasks.github.webhook import parse_event, verify_signature

SHA = "c" * 40
OLD, NEW = SecretStr("old secret"), SecretStr("new secret")
KIM = {"login": "kim", "id": 11, "type": "User"}
HERE = {"id": 7, "full_name": "acme/billing", "default_branch": "main"}


def signed(secret: SecretStr, body: bytes, digest: str = "sha256") -> str:
    return f"{digest}=" + hmac.new(secret.get_secret_value().encode(), body, digest).hexdigest()


@pytest.mark.parametrize(
    ("header", "good"),
    [
        pytest.param(signed(NEW, b"{}"), True, id="current-secret"),
        pytest.param(signed(OLD, b"{}"), True, id="secret-under-rotation"),
        pytest.param(signed(SecretStr("other"), b"{}"), False, id="unknown-secret"),
        pytest.param(signed(NEW, b"{ }"), False, id="same-json-other-bytes"),
        pytest.param(signed(NEW, b"{}", "sha1"), False, id="sha1"),
        pytest.param(signed(NEW, b"{}").upper(), False, id="upper-case"),
        pytest.param(signed(NEW, b"{}").removeprefix("sha256="), False, id="no-prefix"),
        pytest.param("sha256=" + "é" * 64, False, id="not-ascii"),
        pytest.param("", False, id="empty"),
        pytest.param(None, False, id="missing"),
    ],
)
def test_only_a_sha256_over_the_very_bytes_is_believed(header: str | None, good: bool) -> None:
    assert verify_signature([NEW, OLD], b"{}", header) is good


def test_an_empty_secret_signs_nothing() -> None:
    """A forgotten setting must not open the door to whoever signs with nothing."""
    header = "sha256=" + hmac.new(b"", b"{}", hashlib.sha256).hexdigest()
    assert not verify_signature([SecretStr("")], b"{}", header)
    assert not verify_signature([], b"{}", header)


def run(**changes: object) -> dict[str, object]:
    fields = {
        "id": 30,
        "run_attempt": 2,
        "name": "CI",
        "event": "push",
        "conclusion": "failure",
        "head_branch": "topic",
        "head_sha": SHA,
        "head_repository": {"full_name": "acme/billing"},
        "pull_requests": [],
        "html_url": "https://hub.test/runs/30",
    }
    return {"action": "completed", "repository": HERE, "workflow_run": fields | changes}


def check(**changes: object) -> dict[str, object]:
    fields = {
        "name": "test (3.12)",
        "conclusion": "failure",
        "head_sha": SHA,
        "app": {"id": 67, "slug": "circleci-checks"},
        "check_suite": {"id": 1, "head_branch": "topic"},
        "pull_requests": [],
    }
    return {"action": "completed", "repository": HERE, "check_run": fields | changes}


def suite(**changes: object) -> dict[str, object]:
    fields = {"conclusion": "failure", "head_sha": SHA, "head_branch": "topic", "app": {"id": 67}}
    return {"action": "completed", "repository": HERE, "check_suite": fields | changes}


def status(**changes: object) -> dict[str, object]:
    fields = {"sha": SHA, "state": "failure", "context": "ci/legacy", "branches": [{"name": "topic"}]}
    return {"repository": HERE} | fields | changes


def comment(body: str = "/goldseam retry", *, action: str = "created", **changes: object) -> dict[str, object]:
    author = {"login": "kim", "id": 11, "type": "User"}
    fields = {"id": 99, "body": body, "user": author}
    issue = {"number": 4, "pull_request": {"url": "https://hub.test/pulls/4"}}
    return {"action": action, "repository": HERE, "issue": issue, "comment": fields | changes}


def closed(*, merged: bool) -> dict[str, object]:
    pull = {
        "number": 4,
        "merged": merged,
        "merge_commit_sha": "d" * 40,
        "head": {"ref": "goldseam/abc", "sha": SHA},
        "base": {"ref": "main", "sha": "e" * 40},
    }
    return {"action": "closed", "repository": HERE, "pull_request": pull}


def pull(action: str, branch: str = "goldseam/fix/main-1", **more: object) -> dict[str, object]:
    head = {"ref": branch, "sha": SHA, "repo": {"full_name": "acme/billing"}}
    fields = {"number": 4, "head": head, "base": {"ref": "main"}, "updated_at": "2026-11-22T14:02:00Z"}
    text = more.pop("body", "")
    return {"action": action, "repository": HERE, "sender": KIM, "pull_request": fields | {"body": text}} | more


def review(body: str, state: str, branch: str) -> dict[str, object]:
    fields = {"id": 98, "node_id": "PRR_98", "body": body, "state": state, "user": KIM}
    return pull("submitted", branch) | {"review": fields}


def inline(body: str, branch: str) -> dict[str, object]:
    place = {"path": "src/fees.py", "line": 41, "pull_request_review_id": 98}
    return pull("created", branch) | {"comment": {"id": 97, "node_id": "PRRC_97", "body": body, "user": KIM} | place}


def push(**changes: object) -> dict[str, object]:
    fields = {"ref": "refs/heads/topic/x", "before": SHA, "after": "d" * 40, "deleted": False, "sender": KIM}
    return {"repository": HERE | {"pushed_at": 1_795_356_120}} | fields | changes


def installation(action: str, **changes: object) -> dict[str, object]:
    return {"action": action, "installation": {"id": 5, "account": {"login": "acme"}}, "sender": KIM} | changes


def parsed(event: str, document: object, own_app_id: int | None = None) -> Signal | Ignored:
    return parse_event(event, json.dumps(document).encode(), own_app_id=own_app_id)


def signal_of(event: str, document: object) -> Signal:
    found = parsed(event, document)
    assert isinstance(found, Signal), found
    return found


def test_a_failed_run_says_where_and_what() -> None:
    found = signal_of("workflow_run", run() | {"installation": {"id": 5}})
    assert found == Signal(
        repository="acme/billing",
        repository_id=7,
        default_branch="main",
        installation_id=5,
        what=CiFailure(
            source="workflow_run",
            run_id=30,
            attempt=2,
            name="CI",
            conclusion="failure",
            head_sha=SHA,
            head_branch="topic",
            head_repository="acme/billing",
            base_branch="topic",
            html_url="https://hub.test/runs/30",
        ),
    )
    assert Signal.model_validate_json(found.model_dump_json()) == found


SAME_FAILURE = [
    ("workflow_run", run()),
    ("workflow_run", run(run_attempt=3)),
    ("check_run", check()),
    ("check_run", check(name="test (3.11)")),
    ("check_run", check(name="lint")),
    ("check_suite", suite()),
    ("status", status()),
]


def test_one_red_commit_is_one_key_however_often_it_is_told() -> None:
    keys = {semantic_key(signal_of(event, document)) for event, document in SAME_FAILURE}
    assert keys == {f"ci:7:{SHA}"}


def test_other_commits_and_repositories_have_other_keys() -> None:
    elsewhere = run() | {"repository": HERE | {"id": 8}}
    keys = {semantic_key(signal_of("workflow_run", each)) for each in (run(), run(head_sha="d" * 40), elsewhere)}
    assert len(keys) == 3


def test_comments_of_the_three_kinds_do_not_share_keys() -> None:
    """Their numbers come from three different counters."""
    at = {"pull_request": {"number": 4}}
    three = [
        ("issue_comment", comment()),
        ("pull_request_review_comment", comment() | at),
        ("pull_request_review", comment(action="submitted") | at | {"review": comment()["comment"]}),
    ]
    assert len({semantic_key(signal_of(event, document)) for event, document in three}) == 3


@pytest.mark.parametrize(
    ("document", "base"),
    [
        pytest.param(run(pull_requests=[None, {"number": 4, "base": {"ref": "release"}}]), "release", id="pull-base"),
        pytest.param(run(event="push"), "topic", id="pushed-branch"),
        pytest.param(run(event="pull_request"), "main", id="fork-names-no-pull"),
        pytest.param(run(event="push", head_branch=None), "main", id="no-branch"),
    ],
)
def test_the_base_branch_is_guessed_from_the_nearest_fact(document: object, base: str) -> None:
    what = signal_of("workflow_run", document).what
    assert isinstance(what, CiFailure)
    assert what.base_branch == base


def test_a_status_on_many_branches_names_none() -> None:
    what = signal_of("status", status(branches=[{"name": "a"}, {"name": "b"}])).what
    assert isinstance(what, CiFailure)
    assert (what.head_branch, what.base_branch, what.run_id) == ("", "main", None)


@pytest.mark.parametrize("merged", [True, False], ids=["merged", "given-up"])
def test_a_closed_pull_names_the_merge_only_if_there_was_one(merged: bool) -> None:
    what = signal_of("pull_request", closed(merged=merged)).what
    assert isinstance(what, PullClosed)
    assert (what.number, what.merged, what.head_branch) == (4, merged, "goldseam/abc")
    assert what.merge_sha == ("d" * 40 if merged else "")


def test_a_command_carries_the_author_by_number() -> None:
    what = signal_of("issue_comment", comment("Sure.\n  /goldseam retry use Decimal", id=3)).what
    assert isinstance(what, Command)
    assert (what.comment_id, what.pull_number, what.author_login, what.author_id) == (3, 4, "kim", 11)
    assert what.body.endswith("use Decimal")


@pytest.mark.parametrize(
    ("event", "document", "reason"),
    [
        pytest.param("star", {}, "unknown event", id="event"),
        pytest.param("workflow_run", run(conclusion="success"), "not red", id="green"),
        pytest.param("workflow_run", run(conclusion="cancelled"), "not red", id="cancelled"),
        pytest.param("workflow_run", run(conclusion=None), "not red", id="completed-without-conclusion"),
        pytest.param("workflow_run", run(conclusion="exploded"), "not red", id="new-conclusion"),
        pytest.param("check_run", check() | {"action": "rerequested"}, "a button of another App", id="foreign-rerun"),
        pytest.param("check_run", check(app={"id": 42}), "own check", id="own-check"),
        pytest.param("check_suite", suite(app={"id": 42}), "own check", id="own-suite"),
        pytest.param("pull_request", pull("labeled"), "unknown change of a pull request", id="labelled"),
        pytest.param("push", push(ref="refs/tags/v1"), "no branch was pushed", id="tag"),
        pytest.param("installation", installation("melted"), "unknown change of an installation", id="melted"),
        pytest.param("issue_comment", comment(performed_via_github_app={"id": 42}), "own comment", id="own-comment"),
        pytest.param("issue_comment", comment(action="edited"), "comment not new", id="edited"),
        pytest.param("issue_comment", comment("I like /goldseam"), "no command", id="mentioned"),
        pytest.param("issue_comment", comment("/goldseams"), "no command", id="other-word"),
        pytest.param("issue_comment", comment(user=None), "author is gone", id="ghost"),
        pytest.param("issue_comment", comment() | {"issue": {"number": 4}}, "comment on an issue", id="issue"),
    ],
)
def test_what_asks_for_nothing_is_ignored_with_a_reason(event: str, document: object, reason: str) -> None:
    assert parsed(event, document, own_app_id=42) == Ignored(reason)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\xff\xfe", id="not-utf8"),
        pytest.param(b"[" * 100_000, id="deep"),
        pytest.param(b"[]", id="list"),
        pytest.param(json.dumps(run(id="30")).encode(), id="number-as-text"),
        pytest.param(json.dumps(run(pull_requests=5)).encode(), id="number-for-list"),
        pytest.param(json.dumps(run(head_sha="--upload-pack=x")).encode(), id="sha-is-an-option"),
        pytest.param(json.dumps(run(head_sha=SHA + "\n")).encode(), id="sha-with-newline"),
        pytest.param(json.dumps(run() | {"repository": None}).encode(), id="null-for-object"),
        pytest.param(json.dumps(run() | {"repository": HERE | {"full_name": "a/b/../c"}}).encode(), id="odd-name"),
        pytest.param(json.dumps(run()).replace(": 30,", ": 1e400,").encode(), id="infinite-number"),
        pytest.param(json.dumps(run(name="\ud800")).encode(), id="lone-surrogate"),
        pytest.param(b"payload=%7B", id="broken-form"),
    ],
)
def test_what_cannot_be_read_is_ignored_and_not_quoted(body: bytes) -> None:
    found = parse_event("workflow_run", body)
    assert isinstance(found, Ignored)
    assert found.reason.startswith("unreadable workflow_run: ")
    assert "upload-pack" not in found.reason


def test_a_hook_set_to_forms_is_read_as_well() -> None:
    form = urlencode({"payload": json.dumps(run())}).encode()
    assert parse_event("workflow_run", form) == signal_of("workflow_run", run())


def test_fields_of_the_future_do_not_disturb() -> None:
    assert signal_of("workflow_run", run(colour={"deep": [1]}) | {"tide": "high"}) == signal_of("workflow_run", run())


OWN, OTHERS = "goldseam/fix/main-1", "topic"


@pytest.mark.parametrize(
    ("event", "document", "meant"),
    [
        pytest.param("pull_request_review", review("This is wrong.", "CHANGES_REQUESTED", OWN), True, id="changes"),
        pytest.param("pull_request_review", review("Hm.", "commented", OWN), False, id="remark"),
        pytest.param("pull_request_review", review("This is wrong.", "changes_requested", OTHERS), False, id="others"),
        pytest.param("pull_request_review", review("/goldseam stop", "approved", OTHERS), True, id="call-anywhere"),
        pytest.param("pull_request_review_comment", inline("Not this line.", OWN), True, id="inline"),
        pytest.param("pull_request_review_comment", inline("Not this line.", OTHERS), False, id="inline-others"),
    ],
)
def test_on_its_own_branches_a_review_speaks_to_goldseam_without_a_call(
    event: str, document: object, meant: bool
) -> None:
    found = parsed(event, document)
    assert (found == Ignored("no command")) is not meant
    assert isinstance(found, Signal) is meant


def test_a_review_says_its_verdict_and_a_comment_its_line() -> None:
    verdict = signal_of("pull_request_review", review("No.", "CHANGES_REQUESTED", OWN)).what
    assert isinstance(verdict, Command)
    assert (verdict.review_state, verdict.review_id, verdict.node_id) == ("changes_requested", 98, "PRR_98")
    line = signal_of("pull_request_review_comment", inline("/goldseam retry", OWN)).what
    assert isinstance(line, Command)
    assert (line.path, line.line, line.review_id, line.head_branch) == ("src/fees.py", 41, 98, OWN)


@pytest.mark.parametrize(
    ("document", "identifier"),
    [
        (check(app={"id": 42}, id=31, external_id="goldseam:8") | {"action": "rerequested", "sender": KIM}, "rerun"),
        (
            check(app={"id": 42}, id=31, external_id="goldseam:8")
            | {"action": "requested_action", "requested_action": {"identifier": "explain"}, "sender": KIM},
            "explain",
        ),
    ],
    ids=["github's-own", "ours"],
)
def test_a_button_is_believed_of_own_checks_only(document: object, identifier: str) -> None:
    found = parsed("check_run", document, own_app_id=42)
    assert isinstance(found, Signal)
    assert found.what == ButtonPressed(
        identifier=identifier,
        check_run_id=31,
        external_id="goldseam:8",
        head_sha=SHA,
        author_login="kim",
        author_id=11,
        author_type="User",
    )
    assert parsed("check_run", document, own_app_id=43) == Ignored("a button of another App")
    assert parsed("check_run", document, own_app_id=None) == Ignored("a button of another App")
    assert semantic_key(found) == ""


BEFORE = "Text\n- [ ] <!-- goldseam:box=retry --> Try again\n- [x] <!-- goldseam:box=old --> Old\n"


@pytest.mark.parametrize(
    ("after", "branch", "box"),
    [
        pytest.param(BEFORE.replace("[ ]", "[x]"), OWN, "retry", id="ticked"),
        pytest.param(BEFORE.replace("[ ]", "[X]"), OWN, "retry", id="capital"),
        pytest.param(BEFORE.replace("[ ]", "[x]"), OTHERS, None, id="another-branch"),
        pytest.param(BEFORE.replace("Text", "Words"), OWN, None, id="other-edit"),
        pytest.param(BEFORE + "- [x] <!-- goldseam:box=new -->\n", OWN, None, id="made-ticked"),
    ],
)
def test_a_box_counts_when_an_edit_ticks_it(after: str, branch: str, box: str | None) -> None:
    changes = {"changes": {"body": {"from": BEFORE}}}
    what = signal_of("pull_request", pull("edited", branch, body=after, **changes)).what
    if box is None:
        assert isinstance(what, PullChanged)
    else:
        assert isinstance(what, BoxTicked)
        assert (what.box, what.number, what.author_id, what.head_branch) == (box, 4, 11, OWN)


@pytest.mark.parametrize(
    ("action", "more", "change"),
    [
        ("opened", {}, {"change": "opened"}),
        ("reopened", {}, {"change": "reopened"}),
        ("synchronize", {"before": "b" * 40}, {"change": "pushed", "before": "b" * 40}),
        ("edited", {"changes": {"base": {"ref": {"from": "old"}}}}, {"change": "edited", "base_before": "old"}),
    ],
    ids=["opened", "reopened", "pushed", "other-base"],
)
def test_a_pull_request_tells_what_changed(action: str, more: dict[str, object], change: dict[str, str]) -> None:
    what = signal_of("pull_request", pull(action, "topic", **more)).what
    known = {"number": 4, "head_branch": "topic", "head_sha": SHA, "head_repository": "acme/billing"}
    assert what == PullChanged.model_validate({**known, "base_branch": "main", **change})


def test_a_push_names_the_branch_and_who_pushed() -> None:
    found = signal_of("push", push(forced=True))
    assert found.what == Pushed(
        branch="topic/x",
        before=SHA,
        after="d" * 40,
        forced=True,
        pusher_id=11,
        pusher_login="kim",
        pusher_type="User",
    )
    assert found.happened_at is not None
    assert found.happened_at.year == 2026


@pytest.mark.parametrize(
    ("event", "document", "expected"),
    [
        ("installation", installation("created", repositories=[HERE]), ("created", 1, 0)),
        ("installation", installation("deleted", repositories=[HERE]), ("deleted", 0, 1)),
        ("installation", installation("suspend", repositories=None), ("suspended", 0, 0)),
        ("installation_repositories", installation("added", repositories_added=[HERE]), ("repositories", 1, 0)),
        ("installation_repositories", installation("removed", repositories_removed=[HERE]), ("repositories", 0, 1)),
    ],
    ids=["created", "deleted", "suspended", "added", "removed"],
)
def test_an_installation_tells_what_it_got_and_lost(
    event: str, document: object, expected: tuple[str, int, int]
) -> None:
    found = signal_of(event, document)
    assert isinstance(found.what, InstallationChanged)
    assert (found.what.change, len(found.what.added), len(found.what.removed)) == expected
    assert (found.what.account, found.installation_id, found.repository_id) == ("acme", 5, 0)
    for each in (*found.what.added, *found.what.removed):
        assert each == RepositoryName(id=7, full_name="acme/billing")


def test_the_sender_is_told_by_number_and_kind() -> None:
    found = signal_of("push", push(sender={"login": "renovate[bot]", "id": 29139614, "type": "Bot"}))
    assert (found.sender_login, found.sender_id, found.sender_type) == ("renovate[bot]", 29139614, "Bot")
