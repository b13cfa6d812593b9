"""Running a job to its end, in one piece."""

from __future__ import annotations

import time

from fixers.runner.sandbox import Finished, SandboxError
from tasks.sandbox.job import STARTED, Job
from tasks.sandbox.streams import Head, Room, drain, pump

_SHOWN = 2000


def finish(job: Job, stdin: bytes) -> Finished:
    """Feed the job, wait for it, kill what it left, and return what it said.

    SandboxError when it ended before the command itself was reached: the tree
    did not fit, a shown path is missing, the kernel refused a wall.
    """
    output, answer = Room(job.limits.output_bytes), Room(job.limits.report_bytes + len(STARTED))
    stdout, stderr, report = Head(output), Head(output), Head(answer)
    sinks = {job.stdout.fileno(): stdout, job.stderr.fileno(): stderr, job.report: report}
    exceeded = pump(job, sinks, stdin)
    job.kill()
    drain(sinks)
    if not report.kept.startswith(STARTED):
        raise not_started(bytes(stderr.kept))
    ended, code = job.verdict(exceeded)
    return Finished(
        ended=ended,
        exit_code=code,
        stdout=bytes(stdout.kept),
        stderr=bytes(stderr.kept),
        truncated=output.overrun or answer.overrun,
        report=bytes(report.kept[len(STARTED) :]),
        seconds=time.monotonic() - job.began,
    )


def not_started(stderr: bytes) -> SandboxError:
    """Return the error for a job that ended before the command was reached."""
    said = stderr[-_SHOWN:].decode(errors="replace").strip() or "it gave no reason, or its time ran out"
    return SandboxError(f"The command could not be started in the sandbox: {said}.")
