"""The pages over a real store, asked on a connection that cannot write."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from pages_fill import TEST, WEB, Fill
from pages_reader import flat, page
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.pages.listing import PAGE
from app.pages.templating import age
from fixers.evidence import Evidence, Trace
from fixers.model import Reason
from tasks.ledger.chain import entries
from tasks.ledger.entry import Actor
from tasks.stop import repository_scope, stop
from tasks.store import documents
from tasks.store.documents import Kind
from tasks.store.incidents import close
from tasks.store.models import Attempt

KIM = Actor(type="admin", id="kim")
WILD = "</pre></code><script>alert(1)</script>\"'><img src=x onerror=y>\u202egnp.exe\u2066\x1b[31m\u061c{{ 7*7 }}"


@pytest.mark.parametrize(
    ("path", "says"),
    [
        pytest.param("/", "No red run has come in yet", id="list"),
        pytest.param("/ledger", "It has no entry yet", id="ledger"),
        pytest.param("/stop", "Running. No stop stands.", id="stop"),
    ],
)
def test_an_empty_store_has_pages_too(browser, path, says) -> None:
    assert says in flat(page(browser, path))


def test_the_connection_of_these_tests_cannot_write(read_only) -> None:
    """Else a page that writes would pass here."""
    with pytest.raises(OperationalError, match="readonly"), read_only.write() as session:
        session.execute(text("DELETE FROM attempts"))


def test_the_list_says_state_reason_and_place(browser, fill: Fill) -> None:
    fill.declined(Reason.FLAKY)
    fill.declined(Reason.FLAKY)
    fill.declined(Reason.NO_CANDIDATE)
    proposed = fill.proposed()
    fill.opened("acme/newest")
    shown = flat(page(browser, "/"))
    assert "1 at work 1 pull request open 3 declined 2 flaky, 1 no candidate" in shown
    assert re.search(r"at work: received acme/newest #5 main at 9f31c33 · \d+ s ago", shown)
    assert "pull request #12 assert 5 == 0 incident 1, 1 commit, open Fixed: billing/fees.py, one line." in shown
    assert shown.index("acme/newest") < shown.index("pull request #12") < shown.index("Fails in 3 of 10 runs")
    assert f"/attempts/{proposed}" in page(browser, "/").links()


def test_an_incident_that_is_over_says_how_it_ended(browser, fill: Fill) -> None:
    attempt = fill.proposed()
    with fill.store.write() as session:
        close(session, session.get_one(Attempt, attempt).incident_id, because="merged", by="pull request #12")
    assert "incident 1, 1 commit, merged" in flat(page(browser, "/"))
    assert "closed as merged by pull request #12" in flat(page(browser, f"/attempts/{attempt}"))


@pytest.mark.parametrize(("number", "pages"), [(PAGE, [PAGE]), (PAGE + 1, [PAGE, 1]), (2 * PAGE + 3, [PAGE, PAGE, 3])])
def test_every_attempt_is_on_exactly_one_page(browser, fill: Fill, number, pages) -> None:
    for _ in range(number):
        fill.opened()
    path, seen, sizes = "/", [], []
    while path:
        links = page(browser, path).links()
        numbers = [int(link.rsplit("/", 1)[1]) for link in links if re.fullmatch(r"/attempts/\d+", link)]
        seen, sizes = seen + numbers, [*sizes, len(numbers)]
        path = next((link for link in links if "before=" in link), "")
    assert sizes == pages
    assert seen == list(range(number, 0, -1))


def test_an_attempt_is_told_whole(browser, fill: Fill) -> None:
    attempt = fill.proposed()
    read = page(browser, f"/attempts/{attempt}")
    shown = flat(read)
    for words in (
        "Incident 1: assert 5 == 0. Seen at 1 commit, still open.",
        "AssertionError: assert 5 == 0 tests/test_fees.py:5 test_last_day_of_grace",
        "1 of 318 tests fails, the same way in 3 runs, 4.1 s.",
        "1 other test failed for another reason and was left alone: tests/test_x.py::test_old",
        "1 billing/fees.py:3 late_fee 1.00 covered by the failing test and 3 of 316 passing ones; changed today",
        "search:comparison-operator 212 40 6 failing tests 34, suite 3 `>=` becomes `>`",
        "The only behaviour that passes; all 212 other edits of this function were tried.",
        "suite yes 318 tests pass twice.",
        "suite shuffled 318 318 0 0 7 0 1.5 s python -m pytest -q",
        "ruff 0.8.1 14 14 none",
        "Replayed 431 calls: 1 behaviour among the repairs that pass",
        "Last: allow pull.draft by server:autonomy at autonomy draft_pr",
        "repo:deny_paths[0] allow 'secrets/**' covers nothing of the patch.",
        "decide: deny pull.ready by server:autonomy 4 clauses repo:deny_paths[0]: allow",
        "pull goldseam/late-fee made 12",
        "state received>reproducing done 1 failure. observe",
    ):
        assert words in shown
    steps = [attrs for tag, attrs in read.elements if tag == "h2"]
    assert len(steps) == 10
    assert {f"{WEB}/pull/12", f"{WEB}/commit/{'c' * 40}", f"{WEB}/actions/runs/1"} <= set(read.links())


def test_the_diff_is_coloured_and_numbered(browser, fill: Fill) -> None:
    answer = browser.get(f"/attempts/{fill.proposed()}").text
    rows = re.findall(r'<tr class="(\w+)">(.*?)</tr>', answer)
    lines = [(kind, unescape(re.sub(r"</?(td|span)[^>]*>", "", cells))) for kind, cells in rows]
    assert lines[3:] == [
        ("removed", "3\N{MINUS SIGN}    return 5 if days >= GRACE else 0"),
        ("added", "3+    return 5 if days > GRACE else 0"),
    ]
    assert [kind for kind, _ in lines[:3]] == ["hunk", "same", "same"]


def test_an_attempt_at_work_says_what_is_known(browser, fill: Fill) -> None:
    attempt = fill.opened()
    assert "It is still at work" in flat(page(browser, f"/attempts/{attempt}"))
    fill.seen(attempt)
    shown = flat(page(browser, f"/attempts/{attempt}"))
    assert f"{TEST} AssertionError: assert 5 == 0" in shown
    assert "Nothing has been reproduced." in shown


def test_alternatives_come_with_the_tests_that_settle_them(browser, fill: Fill) -> None:
    shown = flat(page(browser, f"/attempts/{fill.ambiguous()}"))
    assert "Ambiguous. Two repairs pass every test" in shown
    assert "Next Add one of the tests below and push." in shown
    for outcome, value in (("returns 0", "0"), ("returns 5", "5")):
        assert f"late_fee(-1) {outcome}" in shown
        assert f"assert late_fee(-1) == {value}" in shown


@pytest.mark.parametrize("path", ["/", "/attempts/1", "/attempts/2", "/attempts/3", "/ledger", "/stop"])
def test_hostile_text_is_only_text(browser, fill: Fill, path) -> None:
    fill.wild = WILD
    fill.proposed(), fill.declined(), fill.ambiguous()
    with fill.store.write() as session:
        session.get_one(Attempt, 2).repository = WILD
        stop(session, scope=repository_scope(7), actor=KIM, reason=WILD)
    answer = browser.get(path)
    read = page(browser, path)
    assert not {"script", "img", "style", "iframe", "form"} & {tag for tag, _ in read.elements}
    assert not [attrs for _, attrs in read.elements if any(name.startswith("on") for name in attrs)]
    assert not set("\u202e\u2066\u061c\x1b") & set(answer.text)
    assert "</pre></code><script>alert(1)</script>" in read.text
    assert "\\u{202E}gnp.exe\\u{2066}\\u{61C}{{ 7*7 }}" in read.text


def test_only_web_addresses_become_links(browser, fill: Fill) -> None:
    attempt = fill.opened()
    runs = (fill.order().runs[0].model_copy(update={"html_url": "javascript:alert(1)", "name": "evil"}),)
    with fill.store.write() as session:
        documents.put(session, attempt, Kind.ORDER, fill.order().model_copy(update={"runs": runs}))
    read = page(browser, f"/attempts/{attempt}")
    assert "Red: evil" in flat(read)
    assert not [link for link in read.links() if "javascript" in link]


def test_the_stored_trace_is_the_one_the_ledger_names(browser, fill: Fill) -> None:
    attempt = fill.proposed()
    answer = browser.get(f"/attempts/{attempt}/trace.json")
    assert answer.content_type == "application/json"
    digest = "sha256:" + hashlib.sha256(answer.data).hexdigest()
    with fill.store.read() as session:
        named = [entry.inputs["trace"] for entry in entries(session, attempt_id=attempt) if "trace" in entry.inputs]
    assert named == [digest]
    assert digest in flat(page(browser, f"/attempts/{attempt}"))
    assert Trace.model_validate_json(answer.data) == fill.fixed()


def test_the_stored_evidence_is_a_bundle(browser, fill: Fill) -> None:
    answer = browser.get(f"/attempts/{fill.proposed()}/evidence.json")
    assert answer.content_type == "application/json"
    assert Evidence.model_validate_json(answer.data) == fill.fixed().evidence


def test_a_newer_versions_field_survives(browser, fill: Fill) -> None:
    attempt = fill.proposed()
    change_trace(fill, attempt, lambda trace: trace["evidence"].update(added_in_1_1="kept"))
    assert browser.get(f"/attempts/{attempt}/evidence.json").json["added_in_1_1"] == "kept"


def test_a_trace_of_another_major_version_is_named_and_not_hidden(browser, fill: Fill) -> None:
    attempt = fill.proposed()
    change_trace(fill, attempt, lambda trace: trace.update(schema_version="2.0"))
    assert "This version cannot read these documents: trace." in flat(page(browser, f"/attempts/{attempt}"))
    assert browser.get(f"/attempts/{attempt}/trace.json").json["schema_version"] == "2.0"


def change_trace(fill: Fill, attempt: int, change) -> None:
    query = {"attempt": attempt, "kind": Kind.TRACE.value}
    with fill.store.write() as session:
        where = "WHERE attempt_id = :attempt AND kind = :kind"
        trace = json.loads(session.execute(text(f"SELECT body FROM documents {where}"), query).scalar_one())
        change(trace)
        session.execute(text(f"UPDATE documents SET body = :body {where}"), {**query, "body": json.dumps(trace)})


@pytest.mark.parametrize(
    "path",
    [
        "/attempts/2",
        "/attempts/0",
        "/attempts/-1",
        "/attempts/one",
        "/attempts/" + "9" * 30,
        "/attempts/٣",
        "/?before=x",
    ],
)
def test_what_is_not_there_is_a_page_that_says_so(browser, fill: Fill, path) -> None:
    fill.opened()
    assert "There is no attempt of that number." in flat(page(browser, path, status=404))


@pytest.mark.parametrize(
    ("path", "says"),
    [
        pytest.param("/attempts/1/evidence.json", "no repair of it was proven", id="no-evidence"),
        pytest.param("/attempts/2/trace.json", "still at work", id="no-trace"),
        pytest.param("/attempts/9/trace.json", "does not exist", id="no-attempt"),
        pytest.param("/attempts/x/evidence.json", "no attempt of that number", id="no-number"),
    ],
)
def test_a_document_that_is_not_there_is_a_sentence(browser, fill: Fill, path, says) -> None:
    fill.declined()
    fill.opened()
    answer = browser.get(path)
    assert (answer.status_code, answer.content_type) == (404, "text/plain; charset=utf-8")
    assert says in answer.text


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/", "/attempts/1", "/attempts/1/trace.json", "/ledger", "/stop"])
def test_nothing_can_be_changed_here(browser, method, path) -> None:
    assert browser.open(path, method=method).status_code == 405


def test_without_a_database_the_page_says_so(browser, store) -> None:
    with store.write() as session:
        session.execute(text("DROP TABLE stops"))
    read = page(browser, "/stop", status=503)
    assert "The database does not answer" in flat(read)
    assert "the database cannot say whether there is a stop" in flat(read)


def test_the_style_sheet_is_ours(browser) -> None:
    answer = browser.get("/static/page.css")
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/css")
    assert "url(" not in answer.text


def test_ages_are_told_in_their_largest_unit() -> None:
    moment = datetime(2026, 11, 22, tzinfo=UTC)
    spans = {timedelta(seconds=-3): "0 s", timedelta(seconds=59): "59 s", timedelta(minutes=1): "1 min",
             timedelta(minutes=119): "1 h", timedelta(days=40): "40 d"}  # fmt: skip
    assert {span: age(moment - span, moment) for span in spans} == spans
