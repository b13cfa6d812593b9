"""The whole server on this machine: real processes, real sandbox, real git, a simulated GitHub."""

import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.config import Settings
from app.demo.stack import stack as demonstration
from app.setup.manifest import PERMISSIONS
from app.simulator import payloads, sample
from app.simulator.access import allows
from app.simulator.hub import Hub
from app.simulator.records import Installation
from tasks.celery import SWEEP_SECONDS
from tasks.ledger.chain import Verified, verify
from tasks.store import onboardings
from tasks.store.database import open_store
from tasks.store.models import Attempt, Delivery, Incident
from tasks.store.models_people import Onboarding, OnboardingState
from tasks.store.states import TERMINAL, State

pytestmark = pytest.mark.timeout(600)
GOLDSEAM = Path(sys.executable).with_name("goldseam")


class Stack:
    """A running server and its GitHub."""

    def __init__(self, hub: Hub, config: Settings, environment: Mapping[str, str]) -> None:
        self.hub, self.config, self.environment = hub, config, environment
        self.store = open_store(config.database)

    def send(self, red: sample.Sample, *, times: int = 1) -> None:
        """Deliver everything that GitHub sends for one red run, each delivery as often as asked."""
        deliveries = [
            self.hub.deliver(event, load) for event, load in payloads.of_run(self.hub, red.repository, red.run)
        ]
        for delivery in deliveries * (times - 1):
            self.hub.redeliver(delivery)

    def attempts(self, repository: str) -> list[Attempt]:
        with self.store.read() as session:
            return list(session.scalars(select(Attempt).where(Attempt.repository == repository)))

    def rested(self, repository: str) -> Attempt:
        """Wait until the repository's one attempt rests."""
        for _ in range(1200):
            found = self.attempts(repository)
            if found and found[0].state in TERMINAL | {State.WATCHING}:
                return found[0]
            time.sleep(0.25)
        raise AssertionError(f"{repository} did not rest: {[a.state for a in found]}")

    def effects(self, repository: str) -> list[str]:
        return [
            f"{e.method} {e.path}"
            for e in self.hub.journal
            if f"/{repository}/" in e.path and "access_tokens" not in e.path
        ]

    def made(self, repository: str) -> list[str]:
        """What came to be in a repository."""
        return [what for effect in self.hub.journal for what in effect.made if f" {repository}" in what]

    @property
    def installation(self) -> Installation:
        return next(iter(self.hub.installations.values()))

    def onboarding(self, repository_id: int) -> Onboarding:
        with self.store.read() as session:
            return onboardings.find(session, repository_id)

    def wait_for(self, holds: Callable[[], object]) -> None:
        for _ in range(240):
            if holds():
                return
            time.sleep(0.25)
        raise AssertionError("it did not come to be within a minute")

    def page(self, path: str) -> str:
        with urllib.request.urlopen(self.config.address + path, timeout=10) as answer:
            return answer.read().decode()


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    with demonstration(tmp_path_factory.mktemp("server") / "data") as running:
        yield Stack(running.hub, running.config, running.environment)


def test_one_red_run_told_by_ten_deliveries_is_one_pull_request(stack):
    red = sample.red_main(stack.hub)
    stack.send(red, times=2)
    attempt = stack.rested("acme/billing")
    assert attempt.state is State.WATCHING, attempt.sentence
    (pull,) = red.repository.pulls.values()
    assert (pull.base_branch, pull.draft) == ("main", True)
    assert "days > GRACE" in pull.body
    with stack.store.read() as session:
        assert session.scalar(select(func.count()).select_from(Incident)) == 1
        assert session.scalar(select(func.count()).select_from(Delivery)) >= 4
        assert isinstance(verify(session), Verified)
    assert len(stack.attempts("acme/billing")) == 1
    assert f"/attempts/{attempt.id}" in stack.page("/")
    assert "fixed" in stack.page(f"/attempts/{attempt.id}/trace.json")


def test_a_path_under_deny_paths_is_refused_with_its_clause(stack):
    policy = "version: 1\nautonomy: draft_pr\ndeny_paths: ['billing/**']\n"
    red = sample.red_main(stack.hub, name="acme/guarded", policy=policy)
    stack.send(red)
    attempt = stack.rested("acme/guarded")
    assert attempt.state is State.DECLINED
    assert str(attempt.reason) == "refused_by_policy"
    assert "repo:deny_paths[0]" in attempt.sentence
    assert not red.repository.pulls
    assert [e for e in stack.effects("acme/guarded") if "/check-runs" not in e] == []


def test_with_the_stop_file_a_red_run_is_stored_and_nothing_is_done(stack):
    stop = Path(stack.environment["GOLDSEAM_DATA_DIR"]) / "STOP"
    stop.touch()
    try:
        red = sample.unsettled_main(stack.hub)
        stack.send(red)
        time.sleep(SWEEP_SECONDS + 1)
        assert [a.state for a in stack.attempts("acme/shipping")] == [State.RECEIVED]
        assert stack.effects("acme/shipping") == []
        assert str(stop) in stack.page("/")
    finally:
        stop.unlink()
    attempt = stack.rested("acme/shipping")
    assert (attempt.state, str(attempt.reason)) == (State.DECLINED, "ambiguous")
    assert not red.repository.pulls


def test_a_repository_without_a_file_is_asked_once_and_left_alone_when_it_says_no(stack):
    red = sample.red_main(stack.hub, name="acme/unasked", policy=None)
    repository = red.repository
    for event, payload in [payloads.installation(stack.hub, stack.installation, [repository], is_new=True)] * 2:
        stack.hub.deliver(event, payload)
    stack.wait_for(lambda: repository.pulls)
    (pull,) = repository.pulls.values()
    assert (pull.title, pull.head_branch) == ("Set up Goldseam", "goldseam/onboarding")
    assert "Of 1 red run: 1 of a kind it tries to repair (1 different fault)." in pull.body
    stack.send(red)
    assert str(stack.rested("acme/unasked").reason) == "refused_by_policy"
    pull.state = "closed"
    stack.hub.deliver("pull_request", payloads.pull_request(stack.hub, repository, pull, "closed"))
    stack.wait_for(lambda: stack.onboarding(repository.id).state is OnboardingState.DECLINED)
    kinds = sorted(made.partition(" ")[0] for made in stack.made("acme/unasked"))
    assert kinds == ["commit", "pull", "ref"], "nothing else was written there"


def test_a_failure_that_does_not_show_here_has_its_jobs_run_again(stack):
    policy = "version: 1\nautonomy: suggest\nrerun_failed_jobs: true\n"
    files = sample.project_files("billing", sample.PROJECT, policy)
    files |= {"billing/fees.py": sample.GREEN, "tests/test_fees.py": sample.TESTS}
    change = {"README.md": "# Billing\n"}
    red = sample.red_commit(
        stack.hub, "acme/lucky", files, change, message="Say it", output=sample.OUTPUT, report=sample.REPORT
    )
    stack.send(red)
    attempt = stack.rested("acme/lucky")
    assert (attempt.state, str(attempt.reason)) == (State.DECLINED, "not_reproduced")
    assert red.run.attempt == 2


def test_a_command_in_a_comment_is_answered(stack):
    repository = stack.hub.repositories["acme/billing"]
    comment = stack.hub.comment(repository, 1, "acme", "/goldseam help")
    stack.hub.deliver("issue_comment", payloads.issue_comment(stack.hub, repository, comment))
    stack.wait_for(lambda: [each.content for each in comment.reactions] == ["eyes", "+1"])
    said = [each.body for each in repository.comments.values() if each.author.login == "goldseam[bot]"]
    assert ["What I answer to" in body for body in said] == [True]


NOT_IN_THESE_RUNS = {
    "statuses": "read: red statuses of other CI systems, which are events and no calls",
}
"""`test_github_permissions.py` shows the event."""


def test_every_permission_that_is_asked_for_was_needed_and_no_other(stack):
    """Over everything that the tests above had this server do: take any away, and a call would have been refused."""
    uses = set(stack.hub.uses)
    assert len(uses) >= 5, "run this file as a whole"
    assert [use for use in uses if not any(allows(PERMISSIONS, needed) for needed in use)] == []
    spare = {name for name, level in PERMISSIONS.items() if all(_without(name, level, use) for use in uses)}
    assert spare <= set(NOT_IN_THESE_RUNS)
    assert set(NOT_IN_THESE_RUNS) <= spare, "these are used here now: take them off the list"


def _without(name: str, level: str, use: tuple[str, ...]) -> bool:
    """Say whether a call would have been allowed with one level less of one permission."""
    lower = {**PERMISSIONS, name: {"write": "read", "read": ""}[level]}
    return any(allows(lower, needed) for needed in use)


def test_one_changed_byte_breaks_the_ledger(stack, tmp_path):
    copy = tmp_path / "goldseam.db"
    with sqlite3.connect(Path(stack.environment["GOLDSEAM_DATA_DIR"]) / "goldseam.db") as source:
        source.execute("VACUUM INTO ?", (str(copy),))
    environment = {**stack.environment, "GOLDSEAM_DATABASE_URL": f"sqlite:///{copy}"}
    command = [str(GOLDSEAM), "ledger", "verify"]
    assert subprocess.run(command, env=environment, check=False).returncode == 0
    with sqlite3.connect(copy) as database:
        database.execute("UPDATE ledger SET entry = replace(entry, 'done', 'dome') WHERE seq = 3")
    broken = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
    assert (broken.returncode, "entry 3" in broken.stdout) == (2, True)


def test_no_process_but_the_broker_ever_saw_the_key(stack):
    key = stack.environment["GOLDSEAM_PRIVATE_KEY_FILE"]
    holders = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                words = (process / "cmdline").read_bytes().split(b"\0")
                has_key = key.encode() in (process / "environ").read_bytes()
            except OSError:
                continue
            if b"app.cli.main" in words:
                holders.append((words[-2].decode(), has_key))
    assert [name for name, has_key in holders if has_key] == ["broker"]
    assert len(holders) >= 5
