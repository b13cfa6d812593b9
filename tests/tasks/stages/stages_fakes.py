"""Small real implementations of our own protocols: a repository in memory, an engine that follows a script."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from fixers.evidence import Budget, Localized, Observed, Repair, Reproduction, Trace
from fixers.guidance import Guidance
from fixers.model import Declined, Failure, FailureKind, FileEdit, Suspect
from fixers.patch import unified
from tasks.github.errors import Conflict, NotFound
from tasks.github.records import (
    Access,
    Account,
    CheckAction,
    CheckOutput,
    Commit,
    Job,
    Permission,
    PostedComment,
    Pull,
    PullFile,
    ReviewRemark,
    Run,
    Suggestion,
)
from tasks.policy.model import Autonomy, ServerPolicy
from tasks.stages.answer import answer
from tasks.stages.command_turn import CommandTurns
from tasks.stages.decide import decide
from tasks.stages.documents import Order
from tasks.stages.doors import PullContext
from tasks.stages.localize import localize
from tasks.stages.observe import observe
from tasks.stages.publish import publish
from tasks.stages.receive import receive
from tasks.stages.repair import repair
from tasks.stages.reproduce import reproduce
from tasks.stages.tidy import tidy
from tasks.stages.turn import Turns
from tasks.stages.verify import verify
from tasks.stages.watch import watch
from tasks.stop import StopSwitch
from tasks.store import deliveries
from tasks.store.database import Store
from tasks.store.models import Attempt
from tasks.store.models_people import CommandRow, CommandState
from tasks.store.states import STAGES, State

RED_SHA = "9f31c2e" + "0" * 33
SOURCE = "def late_fee(days):\n    return 5 if days >= 3 else 0\n"
MENDED = SOURCE.replace(">=", ">")
PATCH = unified([FileEdit("src/fees.py", SOURCE, MENDED)])
TEST = "tests/test_fees.py::test_last_day_of_grace"
LOG = b"""\
2026-11-22T14:02:00.0000000Z ##[group]Run python -m pytest
2026-11-22T14:02:00.0000000Z shell: /usr/bin/bash -e {0}
2026-11-22T14:02:00.0000000Z ##[endgroup]
2026-11-22T14:02:01.0000000Z =================================== FAILURES ===================================
2026-11-22T14:02:01.0000000Z ___________________________ test_last_day_of_grace ____________________________
2026-11-22T14:02:01.0000000Z
2026-11-22T14:02:01.0000000Z     def test_last_day_of_grace():
2026-11-22T14:02:01.0000000Z >       assert late_fee(3) == 0
2026-11-22T14:02:01.0000000Z E       assert 5 == 0
2026-11-22T14:02:01.0000000Z
2026-11-22T14:02:01.0000000Z tests/test_fees.py:5: AssertionError
2026-11-22T14:02:01.0000000Z =========================== short test summary info ============================
2026-11-22T14:02:01.0000000Z FAILED tests/test_fees.py::test_last_day_of_grace - assert 5 == 0
2026-11-22T14:02:01.0000000Z ========================= 1 failed, 3 passed in 0.12s ==========================
2026-11-22T14:02:01.0000000Z ##[error]Process completed with exit code 1.
"""
LOST_RUNNER = b"2026-11-22T14:02:01.0000000Z ##[error]The runner has received a shutdown signal.\n"


class Killed(BaseException):
    """The worker dies here; not an Exception, so that no code of ours can catch it."""


@dataclass
class Hub:
    """One repository on GitHub: `Reader` and `Writer` in memory, with a journal of visible effects.

    `kill_at` names the effect at which the worker dies: `("pull", "before")` or
    `("pull", "after")`, when GitHub has done it and the answer is lost.
    """

    branches: dict[str, str] = field(default_factory=lambda: {"main": RED_SHA})
    trees: dict[str, dict[str, bytes]] = field(default_factory=lambda: {RED_SHA: {"src/fees.py": SOURCE.encode()}})
    runs: list[Run] = field(default_factory=list)
    logs: dict[int, bytes] = field(default_factory=dict)
    junit: dict[int, bytes] = field(default_factory=dict)
    pulls: list[Pull] = field(default_factory=list)
    checks: dict[str, tuple[str, str, CheckOutput]] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)
    titles: dict[int, str] = field(default_factory=dict)
    reactions: list[tuple[str, int, str]] = field(default_factory=list)
    replies: list[tuple[int, str]] = field(default_factory=list)
    people: dict[str, Permission] = field(default_factory=lambda: {"alice": "write", "bob": "read"})
    remarks: dict[int, Sequence[ReviewRemark]] = field(default_factory=dict)
    history: tuple[str, ...] = ("fix: One", "feat(api): Two", "Merge pull request #3 from o/x", "docs: Three")
    """Messages of the last commits, newest first."""
    rewritten: set[str] = field(default_factory=set)
    """Commits of branches that no longer hold what they held."""
    files: dict[int, Sequence[PullFile]] = field(default_factory=dict)
    """What each pull request changes."""
    reviews: list[tuple[int, Sequence[Suggestion], str]] = field(default_factory=list)
    issues: list[tuple[str, str]] = field(default_factory=list)
    labels: dict[int, list[str]] = field(default_factory=dict)
    reviewers: dict[int, tuple[tuple[str, ...], tuple[str, ...]]] = field(default_factory=dict)
    buttons: dict[str, tuple[str, ...]] = field(default_factory=dict)
    journal: list[str] = field(default_factory=list)
    earlier: dict[tuple[int, int], str] = field(default_factory=dict)
    """How earlier attempts of runs ended."""
    kill_at: tuple[str, str] | None = None

    def default_branch(self) -> str:
        return "main"

    def run(self, run_id: int) -> Run:
        return next(run for run in self.runs if run.id == run_id)

    def runs_of(self, head_sha: str) -> Sequence[Run]:
        return [run for run in self.runs if run.head_sha == head_sha]

    def red_runs(self, count: int) -> Sequence[Run]:
        return [run for run in reversed(self.runs) if run.conclusion == "failure"][:count]

    def runs_on(self, branch: str, path: str) -> Sequence[Run]:
        found = [run for run in self.runs if (run.head_branch, run.path) == (branch, path)]
        return [run for run in reversed(found) if run.conclusion and run.event != "pull_request"]

    def pulls_of(self, sha: str) -> Sequence[Pull]:
        return [pull for pull in self.pulls if pull.head_sha == sha]

    def conclusion_of(self, run_id: int, attempt: int) -> str | None:
        return self.earlier.get((run_id, attempt))

    def failed_jobs(self, run_id: int) -> Sequence[Job]:
        return [Job(run_id, "test", "failure", "pytest", "")] if self.run(run_id).conclusion != "success" else []

    def job_log(self, job_id: int) -> Iterator[bytes]:
        if job_id not in self.logs:
            raise NotFound("GitHub has nothing there (410) while reading a log.")
        yield self.logs[job_id]

    def junit_reports(self, run_id: int) -> Iterator[tuple[str, bytes]]:
        if run_id in self.junit:
            yield "junit.xml", self.junit[run_id]

    def file_at(self, path: str, ref: str) -> bytes | None:
        return self.trees[self.branches.get(ref, ref)].get(path)

    def branch_sha(self, name: str) -> str | None:
        return self.branches.get(name)

    def pull(self, number: int) -> Pull:
        pull = self.pulls[number - 1]
        labels = tuple(self.labels.get(number, ()))
        own = pull.head_repository in {"", "o/r"}
        head = self.branches.get(pull.head_branch, pull.head_sha) if own else pull.head_sha
        return replace(pull, head_sha=head, labels=labels)

    def find_pull(self, head: str, base: str) -> Pull | None:
        return next((p for p in self.pulls if (p.head_branch, p.base_branch, p.state) == (head, base, "open")), None)

    def last_pull(self, head: str) -> Pull | None:
        return next((pull for pull in reversed(self.pulls) if pull.head_branch == head), None)

    def open_pulls(self, head_prefix: str) -> Sequence[Pull]:
        return [pull for pull in self.pulls if pull.state == "open" and pull.head_branch.startswith(head_prefix)]

    def clone_url(self) -> str:
        return "https://github.invalid/o/r.git"

    def rerun_failed(self, run_id: int, *, attempt: int = 0) -> None:
        with self._effect("rerun", str(run_id)):
            place = next(n for n, run in enumerate(self.runs) if run.id == run_id)
            self.runs[place] = replace(self.runs[place], attempt=self.runs[place].attempt + 1)

    def create_branch(self, name: str, sha: str) -> None:
        with self._effect("branch", name):
            if self.branches.get(name, sha) != sha:
                raise Conflict(f"The branch {name} stands elsewhere.")
            self.branches[name] = sha

    def commit(self, branch: str, expected_head: str, message: str, files: Mapping[str, bytes]) -> Commit:
        with self._effect("commit", branch):
            if self.branches[branch] != expected_head:
                raise Conflict("The branch moved.")
            sha = f"{len(self.trees):040x}"
            self.trees[sha] = {**self.trees[expected_head], **files}
            self.branches[branch] = sha
            self.messages.append(message)
        return Commit(sha, verified=True)

    def open_pull(self, *, head: str, base: str, title: str, body: str, draft: bool) -> Pull:
        with self._effect("pull", f"{head} into {base}"):
            number = len(self.pulls) + 1
            sha, url = self.branches[head], f"https://github.invalid/o/r/pull/{number}"
            self.pulls.append(Pull(number, f"N{number}", "open", False, draft, head, sha, base, body, url))
        return self.pulls[-1]

    def create_check(
        self,
        *,
        name: str,
        head_sha: str,
        conclusion: str,
        output: CheckOutput,
        external_id: str,
        actions: Sequence[CheckAction] = (),
    ) -> int:
        with self._effect("check", external_id):
            self.checks[external_id] = (head_sha, conclusion, output)
            self.buttons[external_id] = tuple(each.identifier for each in actions)
        return 1 + list(self.checks).index(external_id)

    def update_pull(self, number: int, *, title: str | None = None, body: str | None = None) -> None:
        with self._effect("edit", f"#{number}"):
            self.pulls[number - 1] = replace(self.pulls[number - 1], body=body or self.pulls[number - 1].body)
            self.titles[number] = title or self.titles.get(number, "")

    def close_pull(self, number: int) -> None:
        with self._effect("close", f"#{number}"):
            self.pulls[number - 1] = replace(self.pulls[number - 1], state="closed")

    def set_draft(self, number: int, draft: bool) -> None:
        with self._effect("draft", f"#{number} {draft}"):
            self.pulls[number - 1] = replace(self.pulls[number - 1], draft=draft)

    def delete_branch(self, name: str, expected: str) -> bool:
        with self._effect("delete", name):
            if self.branches.get(name, expected) != expected:
                return False
            self.branches.pop(name, None)
        return True

    def move_branch(self, name: str, sha: str, *, expected: str) -> None:
        with self._effect("move", name):
            if self.branches[name] != expected:
                raise Conflict("The branch moved.")
            self.branches[name] = sha

    def react(self, where: str, comment_id: int, content: str, node_id: str = "") -> None:
        with self._effect("react", f"{where} {comment_id} {content}"):
            self.reactions.append((where, comment_id, content))

    def comment(self, number: int, body: str) -> int:
        return self.reply(number, "comment", 0, body)

    def reply(self, number: int, where: str, comment_id: int, body: str) -> int:
        with self._effect("reply", f"#{number} {where} {comment_id}"):
            self.replies.append((number, body))
        return len(self.replies)

    def edit_comment(self, comment_id: int, body: str) -> None:
        number, _ = self.replies[comment_id - 1]
        with self._effect("edit-comment", f"#{number}"):
            self.replies[comment_id - 1] = (number, body)

    def find_issue(self, marker: str) -> int | None:
        return next((at for at, (_, body) in enumerate(self.issues, 900) if marker in body), None)

    def open_issue(self, title: str, body: str, labels: Sequence[str]) -> int:
        with self._effect("issue", title):
            self.issues.append((title, body))
        return 899 + len(self.issues)

    def find_comment(self, number: int, marker: str) -> PostedComment | None:
        for at, (on, body) in enumerate(self.replies, 1):
            if on == number and marker in body:
                return PostedComment(at, body, "")
        return None

    def pull_files(self, number: int) -> Sequence[PullFile]:
        return self.files[number]

    def suggest(self, number: int, head_sha: str, suggestions: Sequence[Suggestion], body: str) -> int:
        with self._effect("review", f"#{number}"):
            self.reviews.append((number, suggestions, body))
        return len(self.reviews)

    def own_account(self) -> Account:
        return Account("goldseam[bot]", 77)

    def subjects(self, ref: str, count: int) -> Sequence[str]:
        return self.history[:count]

    def holds(self, ref: str, sha: str) -> bool:
        return ref not in self.rewritten

    def files_in(self, folder: str, ref: str) -> Sequence[str]:
        tree = self.trees[self.branches.get(ref, ref)]
        return sorted(path for path in tree if path.rpartition("/")[0] == folder)

    def add_labels(self, number: int, names: Sequence[str]) -> None:
        with self._effect("labels", f"#{number} {','.join(names)}"):
            self.labels.setdefault(number, []).extend(names)

    def request_reviewers(self, number: int, users: Sequence[str], teams: Sequence[str]) -> None:
        with self._effect("reviewers", f"#{number}"):
            self.reviewers[number] = (tuple(users), tuple(teams))

    def permission(self, login: str) -> Access:
        return Access(self.people.get(login, "none"), PEOPLE.get(login))

    def review_remarks(self, number: int, review_id: int) -> Sequence[ReviewRemark]:
        return self.remarks.get(review_id, ())

    def push(self, branch: str, **files: str) -> str:
        """Let a person push a commit."""
        sha = f"{len(self.trees):039x}f"
        self.trees[sha] = {**self.trees[self.branches[branch]], **{k: v.encode() for k, v in files.items()}}
        self.branches[branch] = sha
        return sha

    def answer(self, number: int, *, merged: bool) -> None:
        """Let a person merge or close a pull request."""
        self.pulls[number - 1] = replace(self.pulls[number - 1], state="closed", merged=merged)

    def policy(self, text: str) -> None:
        """Put a policy file on the default branch."""
        self.trees[self.branches["main"]][".github/goldseam.yml"] = f"version: 1\n{text}\n".encode()

    @contextmanager
    def _effect(self, kind: str, target: str) -> Iterator[None]:
        if self.kill_at == (kind, "before"):
            self.kill_at = None
            raise Killed
        yield
        self.journal.append(f"{kind} {target}")
        if self.kill_at == (kind, "after"):
            self.kill_at = None
            raise Killed


OBSERVED = Observed(
    reproduction=Reproduction(suite_size=4, failing=(TEST,), repeats=3, consistent=True, seconds=1.0),
    failures=(Failure(kind=FailureKind.TEST, test_ids=(TEST,), exception="AssertionError", message="assert 5 == 0"),),
    outcomes={TEST: "failed"},
    durations={TEST: 0.1},
    rootdir="/",
    suite_seconds=0.4,
)
LOCALIZED = Localized(
    suspects=(Suspect(path="src/fees.py", function="late_fee", line=2, end_line=2, score=1.0, reasons=("covered",)),)
)
REPAIR = Repair(clusters=(), families=(), budget=Budget(seconds=60, seconds_used=1, generated=9, plausible=1))
FIXED = Trace(goldseam_version="0.1.0", status="fixed", sentence="`>=` becomes `>`.", patch=PATCH, fixer="search:x")


@dataclass
class ScriptedEngine:
    """Gives these answers; one that is an exception is raised. `calls` tells what was asked."""

    observed: Observed | Declined | BaseException = OBSERVED
    trace: Trace = FIXED
    unprepared: BaseException | None = None
    calls: list[str] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    guidance: list[Guidance | None] = field(default_factory=list)
    repair_found: Repair = REPAIR

    @contextmanager
    def prepare(self, attempt: Attempt, order: Order, guidance: Guidance | None = None) -> Iterator[ScriptedEngine]:
        self.orders.append(order)
        self.guidance.append(guidance)
        if self.unprepared is not None:
            raise self.unprepared
        yield self

    def reproduce(self) -> Observed | Declined:
        self.calls.append("reproduce")
        if isinstance(self.observed, BaseException):
            raise self.observed
        return self.observed

    def localize(self, observed: Observed) -> Localized:
        assert observed == OBSERVED
        self.calls.append("localize")
        return LOCALIZED

    def repair(self, observed: Observed, localized: Localized) -> Repair:
        assert (observed, localized) == (OBSERVED, LOCALIZED)
        self.calls.append("repair")
        return self.repair_found

    def verify(self, observed: Observed, localized: Localized, repair: Repair) -> Trace:
        assert (observed, localized, repair) == (OBSERVED, LOCALIZED, self.repair_found)
        self.calls.append("verify")
        return self.trace


class PlainRenderer:
    """Shows what it was given."""

    def render_pull(self, trace: Trace, context: PullContext) -> tuple[str, str]:
        return f"fix: {trace.sentence}", (
            f"Attempt {context.attempt_id}, ledger {context.ledger}\n{trace.patch}\n{context.asked}\n"
            f"{[each.digest8 for each in context.earlier]}"
        )

    def render_check(self, trace: Trace) -> CheckOutput:
        return CheckOutput(str(trace.reason or trace.status), trace.sentence, trace.patch)


@dataclass
class Desk:
    """Everything a worker has, and the loop a message queue would drive."""

    turns: Turns
    hub: Hub
    engine: ScriptedEngine = field(default_factory=ScriptedEngine)
    server: ServerPolicy = field(default_factory=lambda: ServerPolicy(autonomy=Autonomy.PR, onboarding=False))
    said: int = 0
    written: list[int] = field(default_factory=list)
    """Attempts for which a writer was opened."""

    @contextmanager
    def reader(self, attempt: Attempt) -> Iterator[Hub]:
        yield self.hub

    @contextmanager
    def writer(self, attempt: Attempt) -> Iterator[Hub]:
        self.written.append(attempt.id)
        yield self.hub

    def deliver(self, guid: str, event: str, body: dict[str, object]) -> int | None:
        """Receive a webhook and handle its delivery."""
        with self.turns.store.write() as session:
            stored = deliveries.receive(session, guid=guid, event=event, body=json.dumps(body).encode())
        wake = receive(stored, store=self.turns.store, own_app_id=77)
        if wake is not None and wake.command is not None:
            return wake.command
        return wake.attempt if wake is not None else None

    def answer(self, command_id: int) -> CommandState:
        """Answer a command once, as the worker would."""
        turns = CommandTurns(self.turns.store, self.turns.stop, self.turns.owner)
        return answer(
            command_id, turns=turns, writers=self.command_writer, server=self.server, mark=lambda n: f"<!-- c{n} -->"
        )

    @contextmanager
    def command_writer(self, command: CommandRow) -> Iterator[Hub]:
        yield self.hub

    def say(self, body: str, *, by: str = "alice", number: int = 1, comment: int = 0, **fields: object) -> int | None:
        """Let somebody comment on a pull request; return the command, if it is one."""
        self.said += 1
        comment = comment or 100 + self.said
        return self.deliver(
            f"c{self.said}-{comment}", "issue_comment", issue_comment(body, by, number, comment, **fields)
        )

    def step(self, attempt_id: int) -> State:
        """Run the stage that works on the attempt now."""
        name = STAGES.get(self.turns.state_of(attempt_id))
        return self.turns.state_of(attempt_id) if name is None else self.stage(name, attempt_id)

    def stage(self, name: str, attempt_id: int) -> State:
        """Run one stage, by its name."""
        bench = {"turns": self.turns, "engine": self.engine}
        policy = {"turns": self.turns, "server": self.server}
        stages: dict[str, Callable[[], State]] = {
            "observe": partial(observe, attempt_id, readers=self.reader, **policy),
            "reproduce": partial(reproduce, attempt_id, **bench),
            "localize": partial(localize, attempt_id, **bench),
            "repair": partial(repair, attempt_id, **bench),
            "verify": partial(verify, attempt_id, **bench),
            "decide": partial(decide, attempt_id, readers=self.reader, **policy),
            "publish": partial(publish, attempt_id, writers=self.writer, renderer=PlainRenderer(), **policy),
            "watch": partial(watch, attempt_id, turns=self.turns, readers=self.reader),
            "tidy": partial(tidy, attempt_id, writers=self.writer, **policy),
        }
        return stages[name]()

    def run(self, attempt_id: int) -> State:
        """Hand the attempt from stage to stage until one leaves it where it was."""
        state = self.turns.state_of(attempt_id)
        while (after := self.step(attempt_id)) is not state:
            state = after
        return state

    def red(self, number: int = 1, *, sha: str = RED_SHA, log: bytes = LOG, **fields: object) -> Run:
        """Let a run go red, and return it."""
        run = Run(number, 1, "ci", "ci.yml", "push", "failure", "main", sha, "o/r", f"https://x/{number}", ())
        self.hub.runs.append(replace(run, **fields))
        self.hub.logs[number] = log
        return self.hub.runs[-1]

    def attempt(self, number: int = 1, **fields: object) -> int:
        """Let a run go red, deliver its event and return the attempt."""
        run = self.red(number, **fields)
        attempt_id = self.deliver(f"g{number}", "workflow_run", workflow_run(run))
        assert attempt_id is not None
        return attempt_id


def make_desk(store: Store, tmp_path: Path) -> Desk:
    return Desk(Turns(store, StopSwitch((tmp_path / "STOP",), store), owner="worker-1"), Hub())


def workflow_run(run: Run) -> dict[str, object]:
    return envelope(
        action="completed",
        workflow_run={
            "id": run.id,
            "run_attempt": run.attempt,
            "name": run.name,
            "path": run.path,
            "event": run.event,
            "status": "completed",
            "conclusion": run.conclusion,
            "head_branch": run.head_branch,
            "head_sha": run.head_sha,
            "head_repository": {"full_name": run.head_repository},
            "html_url": run.html_url,
            "pull_requests": [],
        },
    )


PEOPLE = {"alice": 11, "bob": 12, "helper[bot]": 13}


def issue_comment(body: str, by: str, number: int, comment: int, **fields: object) -> dict[str, object]:
    kind = "Bot" if by.endswith("[bot]") else "User"
    user = {"id": PEOPLE.get(by, 99), "login": by, "type": kind}
    return envelope(
        action="created",
        issue={"number": number, "pull_request": {"url": "https://x"}},
        comment={"id": comment, "node_id": f"N{comment}", "body": body, "user": user, **fields},
    )


def check_run(run: Run, name: str) -> dict[str, object]:
    return envelope(
        action="completed",
        check_run={
            "id": 5,
            "name": name,
            "head_sha": run.head_sha,
            "status": "completed",
            "conclusion": "failure",
            "html_url": "https://x",
            "app": {"id": 15368, "slug": "github-actions"},
            "check_suite": {"id": 6, "head_branch": run.head_branch},
            "pull_requests": [],
        },
    )


def check_suite(run: Run) -> dict[str, object]:
    return envelope(
        action="completed",
        check_suite={
            "id": 6,
            "head_branch": run.head_branch,
            "head_sha": run.head_sha,
            "status": "completed",
            "conclusion": "failure",
            "app": {"id": 15368, "slug": "github-actions"},
            "pull_requests": [],
        },
    )


def pull_closed(pull: Pull) -> dict[str, object]:
    return envelope(
        action="closed",
        pull_request={
            "number": pull.number,
            "merged": pull.merged,
            "merge_commit_sha": "m" * 40,
            "state": "closed",
            "head": {"ref": pull.head_branch, "sha": pull.head_sha},
            "base": {"ref": pull.base_branch, "sha": RED_SHA},
        },
        number=pull.number,
    )


def envelope(**fields: object) -> dict[str, object]:
    return {
        "repository": {"id": 7, "full_name": "o/r", "default_branch": "main"},
        "installation": {"id": 3},
        "sender": {"login": "dev", "id": 1, "type": "User"},
        **fields,
    }
