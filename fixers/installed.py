"""Ask the target's own interpreter what is installed there, through the sandbox."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

from fixers.codemods.introspect import SCRIPT, Answer, LiveInstalled, Question, answers, request
from fixers.runner.sandbox import Command, Limits, Sandbox
from fixers.runner.target import Target

_LIMITS = Limits(wall_seconds=30, cpu_seconds=30)


def installed_in(target: Target, sandbox: Sandbox) -> LiveInstalled:
    """Return facts about a target's environment; each new question costs one sandboxed start of its interpreter."""
    roots = [str(PurePosixPath(target.mount) / root) for root in target.source_roots]

    def ask(questions: Sequence[Question]) -> Sequence[Answer]:
        command = Command(
            argv=(str(target.python), "-B", str(SCRIPT)),
            tree=target.tree,
            mount=target.mount,
            read_only=(*target.read_only, SCRIPT.parent),
            stdin=request(questions, roots),
            limits=_LIMITS,
        )
        return answers(sandbox.run(command).report, questions)

    return LiveInstalled(ask, fallback_python=target.python_release)
