"""Run failed jobs again: whether a failure that does not show in the sandbox was chance."""

from __future__ import annotations

from dataclasses import replace

import structlog

from tasks.github.errors import PermissionMissing, Rejected
from tasks.github.protocol import CheckOutput, Writer
from tasks.policy.decide import Action, decide
from tasks.stages.documents import Order, RedRun
from tasks.stages.effect import Hand, Made

log = structlog.get_logger()


def rerun(hand: Hand, writer: Writer, order: Order) -> bool:
    """Have the failed jobs of the first red run run again, once; False when policy or GitHub does not let them."""
    allowed = decide(Action.RERUN, None, hand.policy, hand.turn.stopped()).result == "allow"
    if not allowed or not order.runs or order.fork_pull:
        return False
    run = order.runs[0]
    try:
        hand.make(
            Action.RERUN, kind="rerun", target=str(run.id), look=lambda: _look(writer, run), do=lambda: _do(writer, run)
        )
    except (PermissionMissing, Rejected) as error:  # a month old, or no permission: the answer stands without it
        log.info("not_run_again", run=run.id, why=type(error).__name__)
        return False
    return True


def run_again(output: CheckOutput) -> CheckOutput:
    """Return the check run that says so."""
    said = "The failed jobs are run again. If they pass, the failure was chance; if not, the sandbox lacks what CI has."
    return replace(output, summary=f"{said}\n\n{output.summary}")


def _look(writer: Writer, run: RedRun) -> Made | None:
    return Made(str(run.id)) if writer.run(run.id).attempt > run.attempt else None


def _do(writer: Writer, run: RedRun) -> Made:
    writer.rerun_failed(run.id, attempt=run.attempt)
    return Made(str(run.id))
