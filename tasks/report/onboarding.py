"""The pull request that asks a repository: the file it proposes, and what the last red runs were."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from tasks.policy.model import REPOSITORY_FILE
from tasks.report.neutral import cell, prose_cell
from tasks.stages.redruns import Outcome, SeenRun, Survey

TITLE = "Set up Goldseam"
SCHEMA_PATH = "/schemas/goldseam.json"

_WOULD: dict[Outcome, str] = {
    "repair": "tried to repair it, and proposed only what it could prove",
    "flaky": "nothing: the same workflow passed at the same commit",
    "infrastructure": "nothing: the runner failed, not the code",
    "unread": "nothing: the log names no failure of Python code",
    "fork": "nothing: the run is of a fork",
    "gone": "unknown: the log is no longer kept",
}
_ASKS = f"""\
Goldseam was installed on this repository. This pull request adds `{REPOSITORY_FILE}`, which says what it may do here.

- **Merge it**, and from the next red run on Goldseam looks for a repair, proves it in a sandbox and opens a draft \
pull request.
- **Change the file** in this branch first, if it should do less or more.
- **Close it**, and this repository is left alone. Reopen it if you change your mind.

Until it is merged, Goldseam writes nothing else here: no branch, no comment, no check run.
"""
_LOOKED = (
    "It read their logs and ran nothing. A log shows of which kind a failure is, not whether a repair would have "
    "been found."
)
_FILE = """\
# yaml-language-server: $schema={schema}
#
# What Goldseam may do in this repository. It is read from the default branch only, so a change counts once it is
# merged. Every key but `version` may be left out; the server's own policy can only make it less.

version: 1

# How far Goldseam may go by itself; each level includes the ones before it. Nothing it may do merges anything.
#   observe    nothing is shown
#   suggest    a neutral check run at the red commit, with the result and the patch
#   draft_pr   a branch, a commit and a draft pull request
#   pr         a pull request that is ready for review
autonomy: draft_pr

# Files that no repair may touch, as globs. Tests, CI definitions, configuration and lock files never are.
# deny_paths:
#   - "migrations/**"

# The most that one repair may change. The server's limits hold where these are left out.
# max_files: 2
# max_lines: 40

# The most pull requests of Goldseam's own: open at a time, and new in an hour. A repair beyond waits.
# max_open: 3
# max_new_per_hour: 2

# Labels of its pull requests; those that do not exist yet are made.
# labels: [goldseam]

# Whether pull requests get the check `Goldseam approval`, for a branch rule that requires it.
# approval_check: true

# Whether failed jobs are run again, once, when the failure does not show in the sandbox. Costs minutes of your CI.
# rerun_failed_jobs: true

# Whether a language model may be asked (none, diagnostics, code). Repairs need none.
# llm:
#   consent: none

# How the tests are run, and what prepares them, word by word. Found in the project where these are left out.
# They run in a sandbox without a network and without secrets.
# test_command: ["python", "-m", "pytest"]
# setup:
#   - ["pip", "install", "-e", ".[test]"]
# python: "3.12"
"""


@dataclass(frozen=True, slots=True)
class OnboardingTexts:
    """What one server proposes."""

    address: str
    """Where people reach this server; it serves the schema of the file."""

    def file(self) -> bytes:
        """Return the repository's file that is proposed."""
        return _FILE.format(schema=f"{self.address}{SCHEMA_PATH}").encode()

    def pull(self, survey: Survey) -> tuple[str, str]:
        """Return title and body of the pull request."""
        return TITLE, "\n".join(_body(survey))


def _body(survey: Survey) -> Iterator[str]:
    yield _ASKS
    if not survey.runs:
        yield "### The last red runs"
        yield ""
        yield "There is none to show: no workflow run of this repository ended in failure."
        return
    yield f"### What it would have done on the last {_counted(len(survey.runs), 'red run')}"
    yield ""
    yield _LOOKED
    yield ""
    yield "| run | what failed | Goldseam would have |"
    yield "|---|---|---|"
    times = Counter(run.fingerprint for run in survey.runs if run.fingerprint)
    for run in survey.runs:
        yield f"| {_link(run)} | {_failed(run, times[run.fingerprint])} | {_WOULD[run.outcome]} |"
    yield ""
    yield _sum(survey)


def _link(run: SeenRun) -> str:
    name = prose_cell(run.name or "run", 40)
    there = f"[{name}]({run.html_url})" if run.html_url.startswith(("https://", "http://")) else name
    return f"{there} on {cell(run.branch, 40)} at `{run.head_sha[:7]}`"


def _failed(run: SeenRun, times: int) -> str:
    if not run.first:
        return "–"
    more = f" and {run.failures - 1} more" if run.failures > 1 else ""
    again = f", the same in {times} of these runs" if times > 1 else ""
    fault = f"<br>fault `{run.fingerprint[:8]}`{again}" if run.fingerprint else ""
    return f"{cell(run.first)}{more}{fault}"


def _sum(survey: Survey) -> str:
    kinds = Counter(run.outcome for run in survey.runs)
    faults = len({run.fingerprint for run in survey.runs if run.outcome == "repair"})
    words = {
        "repair": f"of a kind it tries to repair ({_counted(faults, 'different fault')})",
        "flaky": "flaky",
        "infrastructure": "the runner's fault",
        "unread": "without a failure of Python code",
        "fork": "of forks",
        "gone": "no longer readable",
    }
    told = ", ".join(f"{kinds[kind]} {text}" for kind, text in words.items() if kinds[kind])  # type: ignore[index]
    late = f" {_counted(survey.unread, 'more red run')} took too long to read." if survey.unread else ""
    return f"Of {_counted(len(survey.runs), 'red run')}: {told}.{late}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
