"""The simulated GitHub's whole state, and what a test or a person does to it.

A client changes it through HTTP; everything here is the other side: other
people's commits, runs that went red, comments, roles, faults. Methods are safe
to call while the server answers.
"""

from __future__ import annotations

import itertools
import json
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.simulator import webhooks
from app.simulator.access import Gate
from app.simulator.git import BareRepository
from app.simulator.gitrecords import Signature
from app.simulator.journal import Effect, Exchange, Fault
from app.simulator.records import (
    Account,
    AppRecord,
    Artifact,
    CheckRun,
    Delivery,
    Installation,
    Job,
    Label,
    Log,
    Permissions,
    Pull,
    Repository,
    Run,
    Token,
)
from app.simulator.talkrecords import Comment

PERMISSIONS: Permissions = {
    "actions": "write",
    "checks": "write",
    "contents": "write",
    "issues": "write",
    "metadata": "read",
    "pull_requests": "write",
    "statuses": "read",
}
"""The least set for the whole of Goldseam."""
EVENTS = (
    "check_run",
    "check_suite",
    "issue_comment",
    "pull_request",
    "pull_request_review",
    "pull_request_review_comment",
    "push",
    "status",
    "workflow_run",
)
EXCHANGES_KEPT = 10_000


class Hub:
    """One simulated GitHub with one App; repositories live as bare git folders under `directory`."""

    def __init__(
        self,
        directory: Path,
        public_key: bytes,
        *,
        webhook_secret: str = "",
        permissions: Permissions = PERMISSIONS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.directory = directory
        self.clock = clock
        self.lock = threading.RLock()
        self.url = "http://127.0.0.1:0"
        """Set by the server when it knows its port."""
        self.webhook_url = ""
        """Where deliveries go; while empty they are kept and marked as unanswered."""
        self.pull_list_lag = 0.0
        """Seconds for which a list of pull requests does not show a new one yet."""
        self.private_drafts = True
        """Whether private repositories may have draft pull requests, which GitHub allows on paid plans only."""
        self.faults: list[Fault] = []
        self.journal: list[Effect] = []
        self.requests: deque[Exchange] = deque(maxlen=EXCHANGES_KEPT)
        self.uses: dict[tuple[str, ...], str] = {}
        """Of every permission that an accepted call needed (one of these), the first such call."""
        self.deliveries: list[Delivery] = []
        self.gate = Gate()
        self.accounts: dict[str, Account] = {}
        self.repositories: dict[str, Repository] = {}
        self.renamed: dict[str, Repository] = {}
        """By the former full name, in small letters."""
        self.installations: dict[int, Installation] = {}
        self._ids = itertools.count(1001)
        self.app = AppRecord(
            id=self.next_id(),
            slug="goldseam",
            name="Goldseam",
            owner=self.account("goldseam-operator"),
            bot=self.account("goldseam[bot]"),
            public_key=public_key,
            webhook_secret=webhook_secret,
            permissions=permissions,
            created_at=self.now(),
            events=EVENTS,
        )
        self.manifests: dict[str, Mapping[str, Any]] = {}
        """Manifests that a person has accepted, by the code that stands for each."""

    def next_id(self) -> int:
        """Return an id that nothing else has."""
        return next(self._ids)

    def now(self) -> datetime:
        """Return the simulator's time."""
        return datetime.fromtimestamp(self.clock(), UTC)

    def account(self, login: str) -> Account:
        """Return an account, made when it is new; `[bot]` at the end makes a bot."""
        with self.lock:
            if login not in self.accounts:
                kind = "Bot" if login.endswith("[bot]") else "User"
                self.accounts[login] = Account(self.next_id(), login, "Bot" if kind == "Bot" else "User")
            return self.accounts[login]

    def install(
        self, owner: str, repositories: Sequence[str] = (), permissions: Permissions | None = None
    ) -> Installation:
        """Install the App for an account; the second time for the same account adds repositories to it."""
        with self.lock:
            for installation in self.installations.values():
                if installation.account.login == owner:
                    installation.repositories.update(repositories)
                    return installation
            granted = dict(self.app.permissions if permissions is None else permissions)
            made = Installation(self.next_id(), self.account(owner), granted, set(repositories), self.now())
            self.installations[made.id] = made
            return made

    def mint(self, repository: Repository, permissions: Permissions | None = None) -> Token:
        """Hand out a token of one repository without a web token, for tests that are about something else."""
        with self.lock:
            installation = self.install(repository.owner.login)
            granted = installation.permissions if permissions is None else permissions
            return self.gate.mint(installation, self.app.id, frozenset({repository.full_name}), granted, self.now())

    def add_repository(
        self,
        full_name: str,
        files: Mapping[str, bytes] | None = None,
        *,
        default_branch: str = "main",
        private: bool = True,
        installed: bool = True,
    ) -> Repository:
        """Make a repository with one commit of `files`, and by default install the App on it."""
        owner, _, name = full_name.partition("/")
        with self.lock:
            git = BareRepository.create(self.directory / owner / f"{name}.git", default_branch)
            account = self.account(owner)
            made = Repository(self.next_id(), account, name, private, default_branch, git, self.now())
            made.roles[owner] = "admin"
            self.repositories[full_name.lower()] = made
            if installed:
                self.install(owner, [full_name])
            self.commit(made, default_branch, files or {"README.md": f"# {name}\n".encode()}, "Start")
            return made

    def commit(
        self,
        repository: Repository,
        branch: str,
        files: Mapping[str, bytes],
        message: str,
        *,
        author: str | None = None,
        start: str | None = None,
    ) -> str:
        """Commit whole files as a person would by a push; returns the commit's id.

        A branch that does not exist starts at commit `start`, by default the head of the default branch.
        """
        with self.lock:
            git = repository.git
            heads = git.refs("refs/heads/")
            begin = start or heads.get(f"refs/heads/{repository.default_branch}")
            login = author or repository.owner.login
            who = Signature(login, f"{login}@users.noreply.example", self.now())
            sha = git.commit_files(branch, heads.get(f"refs/heads/{branch}", begin), files, message, who)
            self.refresh_pulls(repository)
            return sha

    def refresh_pulls(self, repository: Repository) -> None:
        """Let open pull requests follow their branches, and `refs/pull/N/head` follow them."""
        if all(pull.state == "closed" for pull in repository.pulls.values()):
            return
        heads = repository.git.refs("refs/heads/")
        for pull in repository.pulls.values():
            source = self.repositories.get(pull.head_repository.lower()) if pull.head_repository else repository
            if pull.state != "open" or source is None:
                continue
            head = (heads if source is repository else source.git.refs("refs/heads/")).get(
                f"refs/heads/{pull.head_branch}"
            )
            base = heads.get(f"refs/heads/{pull.base_branch}")
            if head is None or base is None or (head, base) == (pull.head_sha, pull.base_sha):
                continue
            pull.head_sha, pull.base_sha, pull.updated_at = head, base, self.now()
            repository.git("fetch", "--quiet", str(source.git.path), f"+{head}:refs/pull/{pull.number}/head")

    def add_run(
        self,
        repository: Repository,
        head_sha: str,
        branch: str,
        path: str = ".github/workflows/ci.yml",
        *,
        jobs: Sequence[tuple[str, Log, str]] = (),
        artifacts: Mapping[str, Mapping[str, bytes]] | None = None,
        event: str = "push",
        pull: Pull | None = None,
        head_repository: str | None = None,
        actor: str | None = None,
    ) -> Run:
        """Add a workflow run that has ended; a job is (name, log, failed step or an empty string)."""
        with self.lock:
            same = [run for run in repository.runs.values() if run.path == path]
            run = Run(
                id=self.next_id(),
                number=len(same) + 1,
                workflow_id=same[0].workflow_id if same else self.next_id(),
                check_suite_id=self.next_id(),
                path=path,
                event=event,
                head_branch=branch,
                head_sha=head_sha,
                head_repository=head_repository or repository.full_name,
                jobs=[],
                artifacts=[
                    Artifact(self.next_id(), name, files, self.now()) for name, files in (artifacts or {}).items()
                ],
                pull_numbers=(pull.number,) if pull else (),
                actor=self.account(actor or repository.owner.login),
                created_at=self.now(),
            )
            repository.runs[run.id] = run
            self.add_jobs(repository, run, jobs)
            return run

    def add_jobs(self, repository: Repository, run: Run, jobs: Sequence[tuple[str, Log, str]]) -> None:
        """Add jobs of the run's current attempt, each with the check run that GitHub Actions makes for it."""
        with self.lock:
            for name, log, failed_step in jobs:
                job = Job(self.next_id(), name, log, failed_step, run.attempt)
                run.jobs.append(job)
                repository.checks[job.id] = CheckRun(
                    id=job.id,
                    name=name,
                    head_sha=run.head_sha,
                    check_suite_id=run.check_suite_id,
                    app_slug="github-actions",
                    created_at=run.created_at,
                    status="completed",
                    conclusion=job.conclusion,
                    completed_at=self.now(),
                )

    def comment(self, repository: Repository, number: int, login: str, body: str) -> Comment:
        """Comment on an issue or pull request; no webhook is sent."""
        with self.lock:
            now = self.now()
            made = Comment(self.next_id(), number, self.account(login), body, now, now)
            repository.comments[made.id] = made
            return made

    def deliver(self, event: str, payload: Mapping[str, Any], *, guid: str | None = None) -> Delivery:
        """Send one webhook and wait for the answer; the delivery is kept whatever the answer is.

        The lock is not held meanwhile: the receiver may ask the simulator something before it answers.
        """
        return self._send(event, json.dumps(payload).encode(), guid or str(uuid.uuid4()), redelivery=False)

    def redeliver(self, delivery: Delivery) -> Delivery:
        """Send the same bytes again under the same GUID."""
        return self._send(delivery.event, delivery.payload, delivery.guid, redelivery=True)

    def _send(self, event: str, raw: bytes, guid: str, *, redelivery: bool) -> Delivery:
        attempt = webhooks.Attempt(self.next_id(), event, guid, raw, self.now(), redelivery)
        delivery = webhooks.send(attempt, self.app, self.webhook_url)
        with self.lock:
            self.deliveries.append(delivery)
        return delivery

    def label(self, repository: Repository, name: str) -> Label:
        """Return a label, made when it is new."""
        return repository.labels.setdefault(name, Label(self.next_id(), name))
