"""What policy says of one action.

Every clause is evaluated and recorded; the first that refuses, in the order of
`_clauses`, gives the answer. Nothing is allowed that no clause allows.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from fixers.model import Contract
from fixers.project import is_repairable
from tasks.policy.facts import Change, PatchFacts
from tasks.policy.model import Autonomy, EffectivePolicy, Standing
from tasks.policy.paths import covers, fold
from tasks.stop import Stopped

Result = Literal["allow", "ask", "deny"]


class Action(StrEnum):
    """What can be asked about."""

    REPORT = "check.report"
    """Say in a check run why nothing is proposed."""
    SUGGEST = "check.suggest"
    """Show a patch in a check run."""
    BRANCH = "branch.create"
    COMMIT = "branch.commit"
    DRAFT = "pull.draft"
    READY = "pull.ready"
    REACT = "comment.react"
    """Show that a command was seen, and how it ended."""
    REPLY = "comment.reply"
    """Answer a person who asked."""
    EDIT = "pull.edit"
    """Edit, withdraw or close a pull request of Goldseam's own."""
    DELETE = "branch.delete"
    """Delete a branch of Goldseam's own that nobody else pushed to."""
    COMMENT = "comment.post"
    """Say below a pull request what changed."""
    REVIEW = "review.suggest"
    """Suggest the patch at the lines of somebody's pull request."""
    RERUN = "run.rerun"
    """Run the failed jobs of the repository's own CI again."""
    ISSUE = "issue.open"
    """Say in an issue that a repair could not be proposed."""
    ONBOARD = "onboard.pull"
    """Ask, by a pull request that adds the repository's file, whether it wants to be looked after."""


NEEDS_A_PATCH = frozenset({Action.SUGGEST, Action.BRANCH, Action.COMMIT, Action.DRAFT, Action.READY, Action.REVIEW})
"""What is decided by looking at a patch; the rest shows none."""
_NEEDS = {
    Action.REPORT: Autonomy.SUGGEST,
    Action.SUGGEST: Autonomy.SUGGEST,
    Action.BRANCH: Autonomy.DRAFT_PR,
    Action.COMMIT: Autonomy.DRAFT_PR,
    Action.DRAFT: Autonomy.DRAFT_PR,
    Action.READY: Autonomy.PR,
    Action.REACT: Autonomy.SUGGEST,
    Action.REPLY: Autonomy.SUGGEST,
    Action.EDIT: Autonomy.DRAFT_PR,
    Action.DELETE: Autonomy.DRAFT_PR,
    Action.COMMENT: Autonomy.DRAFT_PR,
    Action.REVIEW: Autonomy.SUGGEST,
    Action.RERUN: Autonomy.SUGGEST,
    Action.ISSUE: Autonomy.DRAFT_PR,
}
_WRITES = frozenset({Action.BRANCH, Action.COMMIT, Action.DRAFT, Action.READY})
_OPENS = frozenset({Action.DRAFT, Action.READY})

# Whatever a policy says, a repair never touches what judges it or what runs it.
_HARD = {
    "hard:ci": (".github/**", ".gitlab/**", ".gitlab-ci.yml", ".circleci/**", ".travis.yml", "azure-pipelines*",
                "bitbucket-pipelines.yml", "Jenkinsfile*", "appveyor.yml", ".drone.yml", ".buildkite/**", "tox.ini"),
    "hard:owners": ("CODEOWNERS",),
    "hard:tests": ("test/**", "tests/**", "**/test/**", "**/tests/**", "testing/**", "**/testing/**",
                   "test_*.py", "*_test.py", "tests.py", "test.py", "conftest.py"),
    "hard:configuration": ("*.toml", "*.cfg", "*.ini", "*.yml", "*.yaml", "*.json", "*.lock", "requirements*.txt",
                           "Makefile", "Dockerfile*", ".*", "setup.py", "noxfile.py", "sitecustomize.py",
                           "usercustomize.py"),
}  # fmt: skip


class Clause(Contract):
    """One clause and what it says."""

    clause: str
    result: Result
    sentence: str


class Decision(Contract):
    """What policy says of an action, with the clause that settled it and all that were looked at."""

    schema_version: Literal["1.0"] = "1.0"
    action: str
    result: Result
    clause: str
    """For example `repo:deny_paths[0]`, `hard:tests`, `server:autonomy`."""
    sentence: str
    clauses: tuple[Clause, ...]
    autonomy: str
    policy_digest: str


@dataclass(frozen=True, slots=True)
class Room:
    """How many pull requests of ours a repository has."""

    open: int
    new: int
    """In the last hour."""


def decide(
    action: str,
    facts: PatchFacts | None,
    policy: EffectivePolicy,
    stopped: Stopped | None,
    room: Room | None = None,
    *,
    fork: bool = False,
) -> Decision:
    """Say whether `action` may be taken now; those of `NEEDS_A_PATCH` need the facts of one.

    `room` is given when a new pull request would be opened, and what it refuses is only put off.
    For code of a `fork` nothing is ever written.
    """
    clauses = (*_forks(action, fork=fork), *_clauses(action, facts, policy, stopped, room))
    refused = next((clause for clause in clauses if clause.result != "allow"), None)
    settled = refused or clauses[-1]
    return Decision(
        action=action,
        result=settled.result,
        clause=settled.clause,
        sentence=settled.sentence,
        clauses=clauses,
        autonomy=policy.autonomy.word,
        policy_digest=policy.digest,
    )


def _forks(action: str, *, fork: bool) -> Iterator[Clause]:
    if fork and action in _WRITES:
        yield _deny("hard:fork", "The commit is of a fork; a repair is suggested there and never written.")


def _clauses(
    action: str, facts: PatchFacts | None, policy: EffectivePolicy, stopped: Stopped | None, room: Room | None
) -> Iterator[Clause]:
    if stopped is not None:
        yield _deny(f"stop:{stopped.source}", f"Goldseam is stopped: {stopped.reason}")
    if facts is not None:
        yield from _hard(facts)
        yield from _denied(facts, policy)
        yield from _sizes(facts, policy)
    elif action in NEEDS_A_PATCH or action not in set(Action):
        yield _deny("default", "There is no patch to decide about.")
    if action == Action.ONBOARD:
        yield _asking(policy)
        return
    if action == Action.RERUN and not policy.repository.rerun_failed_jobs:
        yield _deny("repo:rerun_failed_jobs", "The repository does not let its failed jobs be run again.")
    level = _level(action, policy)
    if room is not None and action in _OPENS and level.result == "allow":
        yield from _room(room, policy)
    yield level


def _hard(facts: PatchFacts) -> Iterator[Clause]:
    for change in facts.changes:
        for words in change.unusual:
            yield _deny(
                "hard:kind", f"The patch {words} {change.paths[-1]!r}; only edits of existing text are published."
            )
        for path in change.paths:
            yield from _hard_path(path)


def _hard_path(path: str) -> Iterator[Clause]:
    if not _plain(path):
        yield _deny("hard:path", f"{path!r} is no plain relative path.")
        return
    for clause, patterns in _HARD.items():
        if any(covers(pattern, path) for pattern in patterns):
            yield _deny(clause, f"{path} is never touched by a repair, whatever the policy says.")
    if not is_repairable(fold(path)):
        yield _deny("hard:source", f"{path} is no Python source that a repair may touch.")


def _denied(facts: PatchFacts, policy: EffectivePolicy) -> Iterator[Clause]:
    for rule in policy.deny_paths:
        hit = next((path for path in _paths(facts.changes) if covers(rule.pattern, path)), None)
        if hit is not None:
            yield _deny(rule.clause, f"{hit} is covered by the denied path {rule.pattern!r}.")
        else:
            yield _allow(rule.clause, f"{rule.pattern!r} covers nothing of the patch.")


def _sizes(facts: PatchFacts, policy: EffectivePolicy) -> Iterator[Clause]:
    for what, size, ceiling in (
        ("files", len(facts.changes), policy.max_files),
        ("lines", facts.lines, policy.max_lines),
    ):
        if size > ceiling.value:
            yield _deny(ceiling.clause, f"The patch changes {size} {what}; at most {ceiling.value} are allowed.")
        else:
            yield _allow(ceiling.clause, f"The patch changes {size} of at most {ceiling.value} {what}.")


def _room(room: Room, policy: EffectivePolicy) -> Iterator[Clause]:
    for there, ceiling, words in (
        (room.open, policy.max_open, "open pull requests"),
        (room.new, policy.max_new_per_hour, "pull requests of the last hour"),
    ):
        say = _deny if there >= ceiling.value else _allow
        yield say(ceiling.clause, f"Goldseam has {there} of at most {ceiling.value} {words} in this repository.")


def _asking(policy: EffectivePolicy) -> Clause:
    """Allow to ask where the server lets it and there is no file; autonomy says nothing before there is one."""
    if not policy.onboarding:
        return _deny("server:onboarding", "The server's policy lets no repository be asked.")
    if policy.standing is not Standing.MISSING:
        return _deny("repo:present", "The repository has its file already.")
    return _allow("server:onboarding", "The server's policy lets a repository without a file be asked.")


def _level(action: str, policy: EffectivePolicy) -> Clause:
    needed = _NEEDS.get(Action(action)) if action in set(Action) else None
    if needed is None:
        return _deny("default", f"No clause allows {action!r}.")
    if policy.autonomy < needed:
        because = f" {policy.problem}" if policy.problem else ""
        return _deny(
            policy.autonomy_clause,
            f"{action} needs the autonomy {needed.word}; here it is {policy.autonomy.word}.{because}",
        )
    return _allow(policy.autonomy_clause, f"The autonomy {policy.autonomy.word} allows {action}.")


def _paths(changes: tuple[Change, ...]) -> Iterator[str]:
    return (path for change in changes for path in change.paths)


def _plain(path: str) -> bool:
    parts = path.split("/")
    hidden = any(unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} for letter in path)
    odd = any(part in {"", ".", ".."} or fold(part) == ".git" for part in parts)
    return not hidden and not odd and "\\" not in path and ":" not in path


def _deny(clause: str, sentence: str) -> Clause:
    return Clause(clause=clause, result="deny", sentence=sentence)


def _allow(clause: str, sentence: str) -> Clause:
    return Clause(clause=clause, result="allow", sentence=sentence)
