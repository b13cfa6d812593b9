"""A repository is asked once, by one pull request, and nothing else is shown there before it is merged."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import pytest
from sqlalchemy import select
from stages_fakes import LOG, LOST_RUNNER, RED_SHA, Hub, Killed
from stages_fakes import Desk as Loop

from tasks.github.errors import GitHubUnavailable
from tasks.ledger.chain import Verified, verify
from tasks.policy.load import read_repository_policy
from tasks.policy.model import REPOSITORY_FILE, Autonomy, ServerPolicy
from tasks.report.onboarding import OnboardingTexts
from tasks.stages.onboard import BRANCH, Desk, read_next, write_next
from tasks.store import onboardings
from tasks.store.assignments import StoreKnown
from tasks.store.models import LedgerRow
from tasks.store.models_people import Onboarding, OnboardingState
from tasks.store.states import State

TEXTS = OnboardingTexts("https://goldseam.example")
REPOSITORY = {"id": 7, "full_name": "o/r", "name": "r", "private": True, "node_id": "x"}


@dataclass
class Asking:
    """The chores, one repository on GitHub, and the tokens the broker would have handed out."""

    loop: Loop
    hub: Hub
    server: ServerPolicy = field(default_factory=ServerPolicy)
    lent: list[str] = field(default_factory=list)
    down: bool = False

    @property
    def store(self):
        return self.loop.turns.store

    @property
    def desk(self) -> Desk:
        return Desk(self.store, self.loop.turns.stop, "worker-1", self.server)

    @contextmanager
    def reader(self, row: Onboarding):
        self._lend(row, "analyze")
        yield self.hub

    @contextmanager
    def writer(self, row: Onboarding):
        self._lend(row, "publish")
        yield self.hub

    def _lend(self, row: Onboarding, stage) -> None:
        known = StoreKnown(self.store)
        assignment = known.known(f"o{row.id}", stage)
        other = "publish" if stage == "analyze" else "analyze"
        assert assignment is not None, "the broker would have refused"
        assert known.known(f"o{row.id}", other) is None, "no other door opens at the same time"
        self.lent.append(f"{stage} {assignment.repository}")
        if self.down:
            raise GitHubUnavailable("GitHub does not answer.")

    def run(self) -> None:
        """Do every chore until none is due."""
        while read_next(self.desk, self.reader) or write_next(self.desk, self.writer, TEXTS):
            pass

    def installed(self, action: str = "created", **fields: object) -> None:
        event = "installation" if action in {"created", "deleted"} else "installation_repositories"
        body = {
            "action": action,
            "installation": {"id": 3, "account": {"login": "o"}},
            "sender": {"login": "o", "id": 1},
        }
        self.loop.deliver(f"i{len(self.lent)}{action}{fields}", event, {**body, **fields})

    def closed(self, *, merged: bool, action: str = "closed") -> None:
        """Let a person answer the request, and deliver the event."""
        if action == "closed":
            self.hub.answer(1, merged=merged)
        pull = {
            "number": 1,
            "merged": merged,
            "merge_commit_sha": RED_SHA if merged else None,
            "head": {"ref": BRANCH, "sha": RED_SHA, "repo": {"full_name": "o/r", "id": 7}},
            "base": {"ref": "main", "sha": RED_SHA, "repo": {"full_name": "o/r", "id": 7}},
            "updated_at": "2026-11-30T10:00:00Z",
        }
        envelope = {"repository": {**REPOSITORY, "default_branch": "main"}, "installation": {"id": 3}}
        self.loop.deliver(f"p{merged}{action}", "pull_request", {"action": action, "pull_request": pull, **envelope})

    @property
    def row(self) -> Onboarding | None:
        with self.store.read() as session:
            return onboardings.find(session, 7)


@pytest.fixture
def asking(desk: Loop) -> Asking:
    return Asking(desk, desk.hub)


def test_an_installed_app_asks_by_one_pull_request(asking: Asking) -> None:
    asking.loop.red(1)
    asking.installed(repositories=[REPOSITORY])
    asking.run()
    assert [line.split()[0] for line in asking.hub.journal] == ["branch", "commit", "pull"]
    (pull,) = asking.hub.pulls
    assert (pull.head_branch, pull.base_branch, pull.draft) == (BRANCH, "main", False)
    assert asking.row.state is OnboardingState.OPEN
    file = asking.hub.file_at(REPOSITORY_FILE, BRANCH)
    assert read_repository_policy(file).autonomy is Autonomy.DRAFT_PR
    assert file.startswith(b"# yaml-language-server: $schema=https://goldseam.example/schemas/goldseam.json\n")
    assert asking.lent == ["analyze o/r", "publish o/r"]
    with asking.store.read() as session:
        assert isinstance(verify(session), Verified)
        said = [(row.kind, '"onboard.pull"' in row.entry) for row in session.scalars(select(LedgerRow))]
    assert said == [("intent", True), ("outcome", True)]


def test_before_it_is_merged_a_red_run_leaves_no_trace_outside_and_starts_no_engine(asking: Asking) -> None:
    asking.loop.server = asking.server
    assert asking.loop.run(asking.loop.attempt()) is State.DECLINED
    assert asking.loop.engine.calls == []
    asking.run()
    assert [line.split()[0] for line in asking.hub.journal] == ["branch", "commit", "pull"], (
        "a lost event is made up for"
    )
    assert asking.loop.run(asking.loop.attempt(2, sha="b" * 40)) is State.DECLINED
    asking.run()
    assert len(asking.hub.journal) == 3


def test_merged_it_goes_as_the_file_says(asking: Asking) -> None:
    asking.loop.server = asking.server
    asking.installed(repositories=[REPOSITORY])
    asking.run()
    asking.hub.trees[RED_SHA][REPOSITORY_FILE] = asking.hub.file_at(REPOSITORY_FILE, BRANCH)
    asking.closed(merged=True)
    asking.run()
    assert asking.row.state is OnboardingState.MERGED
    assert asking.loop.run(asking.loop.attempt()) is State.WATCHING
    assert asking.hub.pulls[-1].draft


def test_closed_the_repository_is_left_alone_for_good(asking: Asking) -> None:
    asking.installed(repositories=[REPOSITORY])
    asking.run()
    asking.closed(merged=False)
    asking.run()
    assert asking.row.state is OnboardingState.DECLINED
    for change in ("deleted", "created", "added"):
        asking.installed(change, repositories=[REPOSITORY], repositories_added=[REPOSITORY], repositories_removed=[])
        asking.run()
    assert (asking.row.state, len(asking.hub.pulls)) == (OnboardingState.DECLINED, 1)


def test_a_server_without_its_database_finds_the_closed_request(asking: Asking) -> None:
    asking.hub.create_branch(BRANCH, RED_SHA)
    asking.hub.open_pull(head=BRANCH, base="main", title="t", body="b", draft=False)
    asking.hub.answer(1, merged=False)
    asking.installed(repositories=[REPOSITORY])
    asking.run()
    assert (asking.row.state, len(asking.hub.pulls)) == (OnboardingState.DECLINED, 1)


def test_reopened_it_counts_again(asking: Asking) -> None:
    asking.installed(repositories=[REPOSITORY])
    asking.run()
    asking.closed(merged=False)
    asking.run()
    asking.hub.pulls[0] = replace(asking.hub.pulls[0], state="open")
    asking.closed(merged=False, action="reopened")
    asking.run()
    assert asking.row.state is OnboardingState.OPEN


def test_a_repository_that_has_the_file_is_not_asked(asking: Asking) -> None:
    asking.hub.policy("autonomy: pr")
    asking.installed(repositories=[REPOSITORY])
    asking.run()
    assert (asking.row.state, asking.hub.journal) == (OnboardingState.UNNEEDED, [])


def test_a_server_that_does_not_ask_opens_nothing(asking: Asking) -> None:
    asking.server = ServerPolicy(onboarding=False)
    asking.installed(repositories=[REPOSITORY])
    asking.run()
    assert (asking.row.state, asking.hub.journal) == (OnboardingState.FAILED, [])


def test_a_stop_holds_it_back_and_lifting_it_lets_it_go_on(asking: Asking) -> None:
    (stop,) = asking.desk.stop.files
    stop.touch()
    asking.installed(repositories=[REPOSITORY])
    asking.run()
    assert (asking.row.state, asking.lent) == (OnboardingState.WAITING, [])
    stop.unlink()
    asking.run()
    assert asking.row.state is OnboardingState.OPEN


def test_added_and_removed_repositories_come_and_go(asking: Asking) -> None:
    asking.installed("added", repositories_added=[REPOSITORY], repositories_removed=[])
    assert asking.row.state is OnboardingState.WAITING
    asking.installed("removed", repositories_added=[], repositories_removed=[REPOSITORY])
    assert asking.row.state is OnboardingState.REMOVED
    asking.run()
    assert asking.lent == []
    asking.installed("added", repositories_added=[REPOSITORY], repositories_removed=[], again=True)
    assert asking.row.state is OnboardingState.WAITING


@pytest.mark.parametrize("kind", ["branch", "commit", "pull"])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_killed_anywhere_it_asks_once(asking: Asking, kind: str, moment: str) -> None:
    asking.installed(repositories=[REPOSITORY])
    asking.hub.kill_at = (kind, moment)
    with pytest.raises(Killed):
        asking.run()
    asking.hub.kill_at = None
    with asking.store.write() as session:  # the lease runs out
        session.get_one(Onboarding, 1).lease_until = None
    asking.run()
    assert len(asking.hub.pulls) == 1
    assert asking.row.state is OnboardingState.OPEN
    assert len(asking.hub.messages) == 1


def test_while_github_is_away_it_waits_longer_and_longer_and_gives_up(asking: Asking) -> None:
    asking.installed(repositories=[REPOSITORY])
    asking.down = True
    pauses = []
    for _ in range(10):
        asking.run()
        with asking.store.write() as session:
            row = session.get_one(Onboarding, 1)
            pauses.append((row.due_at - row.changed_at).total_seconds())
            row.due_at = row.changed_at
    assert (asking.row.state, len(asking.lent)) == (OnboardingState.FAILED, 10)
    assert pauses[:3] == sorted(pauses[:3])
    assert "does not answer" in asking.row.sentence


def test_two_workers_do_not_both_ask(asking: Asking) -> None:
    asking.installed(repositories=[REPOSITORY])
    with asking.store.write() as session:
        (row,) = onboardings.due(session, onboardings.READING)
        assert onboardings.lease(session, row, owner="another", seconds=60)
        assert onboardings.lease(session, row, owner="worker-1", seconds=60) is None
    assert read_next(asking.desk, asking.reader) is False


@pytest.mark.parametrize(
    ("prepare", "said"),
    [
        (lambda loop: loop.red(1), "tried to repair it"),
        (lambda loop: loop.red(1, log=LOST_RUNNER), "the runner failed"),
        (lambda loop: loop.red(1, log=b"nothing of note\n"), "no failure of Python code"),
        (lambda loop: loop.red(1, head_repository="somebody/r"), "run is of a fork"),
        (lambda loop: (loop.red(1), loop.hub.logs.clear()), "no longer kept"),
        (lambda loop: (loop.red(1), loop.red(2, conclusion="success")), "passed at the same commit"),
    ],
    ids=["a fault", "infrastructure", "unread", "fork", "gone", "flaky"],
)
def test_the_body_says_what_it_would_have_done(asking: Asking, prepare, said: str) -> None:
    prepare(asking.loop)
    asking.installed(repositories=[REPOSITORY])
    asking.run()
    assert said in asking.hub.pulls[0].body


def test_ten_runs_are_read_and_a_fault_seen_twice_is_one(asking: Asking) -> None:
    for number in range(1, 13):
        asking.loop.red(number, log=LOG.replace(b"late_fee(3)", b"late_fee(4)") if number == 12 else LOG)
    asking.loop.red(13, head_branch="goldseam/fix/x")
    asking.installed(repositories=[REPOSITORY])
    asking.run()
    body = asking.hub.pulls[0].body
    rows = [line for line in body.splitlines() if line.startswith("| [ci](")]
    assert len(rows) == 10
    assert "https://x/12" in rows[0]
    assert "https://x/13" not in body
    assert "the same in 10 of these runs" in body
    assert "Of 10 red runs: 10 of a kind it tries to repair (1 different fault)." in body


def test_hostile_names_in_logs_neither_mention_nor_link(asking: Asking) -> None:
    evil = LOG.replace(
        b"tests/test_fees.py::test_last_day_of_grace - ", b"tests/test_fees.py::test[@acme|<img src=x>] - "
    )
    asking.loop.red(1, log=evil, name="@everyone ![x](https://evil.example/p.png)", html_url="javascript:alert(1)")
    asking.installed(repositories=[REPOSITORY])
    asking.run()
    body = asking.hub.pulls[0].body
    assert "javascript:" not in body
    assert "](https://evil" not in body
    assert "@everyone" not in body.replace("`", "")
