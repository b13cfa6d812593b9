"""Events that may tell of a red commit: workflow runs, checks, suites and statuses."""

from __future__ import annotations

from tasks.github.envelopes import CheckRunEvent, CheckSuiteEvent, Delivery, StatusEvent, WorkflowRunEvent
from tasks.github.payloads import App, PullStub
from tasks.github.signal import CiFailure, Ignored
from tasks.github.talk import OWN_BRANCHES

RedEvent = WorkflowRunEvent | CheckRunEvent | CheckSuiteEvent | StatusEvent

_RED = frozenset({"failure", "timed_out", "startup_failure", "error"})


def red_commit(delivery: RedEvent, own_app_id: int | None) -> CiFailure | Ignored:
    """Return the failure that an event tells of."""
    app = _app(delivery)
    if app is not None and own_app_id is not None and app.id == own_app_id:
        return Ignored("own check")
    failure = _failure(delivery)
    return failure if failure.conclusion in _RED else Ignored("not red")


def _app(delivery: RedEvent) -> App | None:
    match delivery:
        case CheckRunEvent():
            return delivery.check_run.app
        case CheckSuiteEvent():
            return delivery.check_suite.app
        case _:
            return None


def _failure(delivery: RedEvent) -> CiFailure:
    match delivery:
        case WorkflowRunEvent():
            return _workflow_run(delivery)
        case CheckRunEvent():
            return _check_run(delivery)
        case CheckSuiteEvent():
            return _check_suite(delivery)
        case StatusEvent():
            return _status(delivery)


def _workflow_run(delivery: WorkflowRunEvent) -> CiFailure:
    run = delivery.workflow_run
    pushed = run.head_branch if run.event == "push" else ""
    return CiFailure(
        source="workflow_run",
        run_id=run.id,
        attempt=run.run_attempt or 1,
        name=run.name,
        # "completed" deliveries with a null conclusion have been recorded, so the action is not asked.
        conclusion=run.conclusion,
        head_sha=run.head_sha,
        head_branch=run.head_branch,
        head_repository=run.head_repository.full_name if run.head_repository else "",
        base_branch=_base(run.pull_requests, pushed, delivery),
        pull_numbers=tuple(each.number for each in run.pull_requests),
        html_url=run.html_url,
    )


def _check_run(delivery: CheckRunEvent) -> CiFailure:
    check = delivery.check_run
    branch = check.check_suite.head_branch if check.check_suite else ""
    return CiFailure(
        source="check_run",
        name=check.name,
        app_slug=check.app.slug if check.app else "",
        conclusion=check.conclusion if delivery.action == "completed" else "",
        head_sha=check.head_sha,
        head_branch=branch,
        base_branch=_base(check.pull_requests, branch, delivery),
        pull_numbers=tuple(each.number for each in check.pull_requests),
        html_url=check.html_url,
    )


def _check_suite(delivery: CheckSuiteEvent) -> CiFailure:
    suite = delivery.check_suite
    return CiFailure(
        source="check_suite",
        name=suite.app.slug if suite.app else "",
        app_slug=suite.app.slug if suite.app else "",
        conclusion=suite.conclusion if delivery.action == "completed" else "",
        head_sha=suite.head_sha,
        head_branch=suite.head_branch,
        base_branch=_base(suite.pull_requests, suite.head_branch, delivery),
        pull_numbers=tuple(each.number for each in suite.pull_requests),
    )


def _status(delivery: StatusEvent) -> CiFailure:
    # A commit may be the head of many branches; a single one says where it belongs, and so does one of our own.
    names = [each.name for each in delivery.branches]
    own = next((name for name in names if name.startswith(OWN_BRANCHES)), "")
    branch = own or (names[0] if len(names) == 1 else "")
    return CiFailure(
        source="status",
        name=delivery.context,
        conclusion=delivery.state,
        head_sha=delivery.sha,
        head_branch=branch,
        base_branch=branch or delivery.repository.default_branch,
        html_url=delivery.target_url,
    )


def _base(pulls: tuple[PullStub, ...], pushed: str, delivery: Delivery) -> str:
    named = next((each.base.ref for each in pulls if each.base.ref), "")
    return named or pushed or delivery.repository.default_branch
