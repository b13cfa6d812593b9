"""The conversation: a reviewer asks for another repair, compares, picks, takes it back, and merges."""

from __future__ import annotations

import time

import click
from sqlalchemy import select

from app.demo.stack import Stack, announce
from app.simulator import payloads, pulls, reviews
from app.simulator.records import Pull, Repository
from app.simulator.sample_talk import misread_months
from tasks.errors import GoldseamError
from tasks.store.models import Attempt
from tasks.store.models_people import CommandRow, CommandState
from tasks.store.states import State

REVIEWER, STRANGER = "alice", "mallory"


def show(stack: Stack) -> bool:
    """Tell the story; say whether it ended as it should."""
    red = misread_months(stack.hub)
    repo, story = red.repository, stack.story
    repo.roles[REVIEWER] = "write"
    story.tell(f"{repo.full_name}: run {red.run.id} on main is red; sending its webhooks")
    announce(stack.hub, red)
    story.follow(1)
    if not repo.pulls:
        return False
    talk = _Talk(stack, repo, next(iter(repo.pulls.values())))
    first = talk.changed()
    talk.review("/goldseam retry look at parse_date")
    second = talk.changed()
    talk.comment("/goldseam alternatives")
    talk.comment("/goldseam pick 2")
    third = talk.changed()
    talk.comment("/goldseam undo")
    fourth = talk.changed()
    refused = talk.comment("/goldseam stop", by=STRANGER)
    talk.merge()
    click.echo(f"\n  Proposed, one after another: {first}; {second}; {third}; {fourth}")
    click.echo(f"  The thread: {stack.hub.url}/{repo.full_name}/pull/{talk.pull.number}")
    as_told = (first, second, third, fourth) == ("reports/quarters.py", "reports/dates.py") * 2
    gone = f"refs/heads/{talk.pull.head_branch}" not in repo.git.refs("refs/heads/")
    return as_told and refused.state is CommandState.REFUSED and gone and len(repo.pulls) == 1


class _Talk:
    """One pull request, and what people say to it."""

    def __init__(self, stack: Stack, repo: Repository, pull: Pull) -> None:
        self.stack, self.hub, self.repo, self.pull = stack, stack.hub, repo, pull

    def changed(self) -> str:
        """Return what the pull request changes now."""
        with self.hub.lock:
            self.hub.refresh_pulls(self.repo)
            return ", ".join(each.path for each in reviews.changes(self.repo, self.pull))

    def review(self, body: str) -> CommandRow:
        """Comment at the first line that the pull request changes, as the reviewer."""
        with self.hub.lock:
            self.hub.refresh_pulls(self.repo)
            remark = reviews.Remark(self.changed(), 9, body)
            made = reviews.review_comment(self.hub, self.repo, self.pull, self.hub.account(REVIEWER), remark)
            payload = payloads.review_comment(self.hub, self.repo, made)
        self.stack.story.tell(f"@{REVIEWER} at {made.path}:{made.line}: {body}")
        self.hub.deliver("pull_request_review_comment", payload)
        return self._answered(body)

    def comment(self, body: str, *, by: str = REVIEWER) -> CommandRow:
        """Comment below the pull request."""
        with self.hub.lock:
            made = self.hub.comment(self.repo, self.pull.number, by, body)
            payload = payloads.issue_comment(self.hub, self.repo, made)
        self.stack.story.tell(f"@{by}: {body}")
        self.hub.deliver("issue_comment", payload)
        return self._answered(body)

    def merge(self) -> None:
        """Merge as the owner, and wait until Goldseam has tidied up."""
        with self.hub.lock:
            self.hub.refresh_pulls(self.repo)
            before, self.pull.draft = self.pull.base_sha, False
            after = pulls.merge(self.hub, self.repo, self.pull, self.repo.owner)
            pushed = payloads.push(self.hub, self.repo, self.pull.base_branch, before, after)
            closed = payloads.pull_request(self.hub, self.repo, self.pull, "closed")
        self.stack.story.tell(f"@{self.repo.owner.login} merges")
        self.hub.deliver("push", pushed)
        self.hub.deliver("pull_request", closed)
        self._tidied()

    def _answered(self, body: str) -> CommandRow:
        row = self.stack.story.settled(body.split()[1])
        self.stack.story.tell(f"  {row.state}: {row.sentence}")
        return row

    def _tidied(self) -> None:
        for _ in range(600):
            with self.stack.story.store.read() as session:
                states = list(session.scalars(select(Attempt.state).order_by(Attempt.id)))
            if State.DONE in states and not {State.WATCHING, State.TIDYING} & set(states):
                self.stack.story.tell("the branch is deleted")
                return
            time.sleep(0.1)
        raise GoldseamError("The branch was not tidied up within a minute; read the logs in the data directory.")
