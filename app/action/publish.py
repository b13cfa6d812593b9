"""The step that opens the pull request: the only one that sees the token, and it runs nothing of the repository's.

It reads the result as a stranger's document, knows no engine, no sandbox and no environment, and
starts no process.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

from app.action.commands import command
from app.action.event import read_event
from app.action.inputs import PublishInputs, read_inputs
from app.action.outputs import append_values
from app.action.propose import Proposed, Withheld, propose
from app.action.result import read_result
from tasks.errors import BadInput
from tasks.github.client import writing
from tasks.github.session import Endpoint
from tasks.report.neutral import prose
from tasks.report.outgoing import Outgoing
from tasks.stages.egress import guarded


def publish(environment: Mapping[str, str], stream: TextIO = sys.stdout) -> None:
    """Open the pull request for the result of an earlier step or job, or say why there is none.

    BadInput for what the workflow gave, GitHub's errors for what GitHub would not do.
    """
    inputs, event = read_inputs(PublishInputs, environment), read_event(environment)
    result = read_result(inputs.result_directory)
    done: Proposed | Withheld
    if event.read_only:
        done = Withheld(event.read_only)
    else:
        token = inputs.token.get_secret_value()
        outgoing = Outgoing({"token": token})
        with writing(_endpoint(inputs.api_url), token, event.repository) as writer:
            done = propose(guarded(writer, outgoing), result, event, outgoing, draft=inputs.draft)
    _tell(done, environment, stream)


def _endpoint(api_url: str) -> Endpoint:
    if api_url.startswith("https://"):
        return Endpoint(api_url=api_url)
    return Endpoint(api_url=api_url, seconds_between_requests=0, seconds_between_writes=0)  # a simulator's


def _tell(done: Proposed | Withheld, environment: Mapping[str, str], stream: TextIO) -> None:
    outputs, page = (environment.get(name, "") for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"))
    if not outputs or not page:
        raise BadInput("This command is for the runner of GitHub Actions, which sets GITHUB_OUTPUT.")
    if isinstance(done, Proposed):
        said = f"{'Opened' if done.new else 'Already open:'} {done.url}"
        values = {"pull-request-url": done.url, "pull-request-number": str(done.number), "withheld": ""}
        shown = f"Pull request: [#{done.number}]({done.url})\n"
    else:
        said, values = done.sentence, {"pull-request-url": "", "pull-request-number": "", "withheld": done.sentence}
        shown = f"No pull request: {prose(done.sentence)}\n"
    print(command("notice", said, title="Goldseam"), file=stream, flush=True)
    with Path(page).open("a", encoding="utf-8") as file:
        file.write(shown)
    append_values(Path(outputs), values)
