"""The bench on which the stages work: a commit's plain files, their environment, a sandbox, the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from fixers import engine
from fixers.evidence import Localized, Observed, Repair, Trace
from fixers.guidance import Guidance
from fixers.model import Declined, Reason
from fixers.reproduce import Green
from fixers.request import Fixer, Request
from fixers.runner.sandbox import Sandbox
from fixers.tools.reproduce import ToolRequest
from tasks.environment.tool_command import reported_tool
from tasks.errors import BadInput, Retryable
from tasks.github.names import checked_repository
from tasks.prepare import Wishes, prepare
from tasks.stages.documents import Order
from tasks.store.models import Attempt
from tasks.workspace.export import export
from tasks.workspace.git import Credential, GitFailed, find_git
from tasks.workspace.history import Past, past_of
from tasks.workspace.mirror import Mirror, Trust, mirror_directory

LendToken = Callable[[Attempt], AbstractContextManager[str]]
FixersFor = Callable[[Order], tuple[Fixer, ...]]


@dataclass(frozen=True, slots=True)
class OpenBench:
    """One commit, ready to be worked on; lives as long as its context."""

    request: Request
    sandbox: Sandbox

    def reproduce(self) -> Observed | Declined:
        """Run the suite and what fails again."""
        observed = engine.run_reproduce(self.request, self.sandbox)
        if isinstance(observed, Green):
            return Declined(
                Reason.NOT_REPRODUCED,
                observed.said or f"All {observed.suite_size} tests pass here at that commit.",
                "Compare the interpreter and the package versions with those of the red run.",
            )
        return observed

    def localize(self, observed: Observed) -> Localized:
        """Rank the places that may hold the fault."""
        return engine.run_localize(self.request, observed, self.sandbox)

    def repair(self, observed: Observed, localized: Localized) -> Repair:
        """Make candidates and keep what passes."""
        return engine.run_repair(self.request, observed, localized, self.sandbox)

    def verify(self, observed: Observed, localized: Localized, repair: Repair) -> Trace:
        """Prove one, or say why none is proposed."""
        return engine.run_verify(self.request, observed, localized, repair, self.sandbox)


@dataclass(frozen=True, slots=True)
class Workbench:
    """Opens benches from bare mirrors; mirrors and environments are kept under `data`."""

    data: Path
    lend: LendToken
    sandbox: Callable[[], Sandbox]
    budget_seconds: float = 60.0
    jobs: int = 2
    fixers: FixersFor = lambda _: ()
    protocols: frozenset[str] = frozenset({"https"})
    """What git may speak; the simulator needs `http`."""

    @contextmanager
    def prepare(self, attempt: Attempt, order: Order, guidance: Guidance | None = None) -> Iterator[OpenBench]:
        """Fetch the commit, export its files, and make its environment."""
        mirror, past = self._fetched(attempt, order)
        with TemporaryDirectory(prefix="goldseam-tree-") as scratch:
            tree = Path(scratch) / "tree"
            export(mirror, order.head_sha, tree)
            wishes = Wishes(
                python_version=order.python,
                test_command=order.test_command,
                setup=order.setup,
                expected=order.expected,
                changed=past.changed,
                ages=past.ages,
                tool=_tool(order),
                budget_seconds=self.budget_seconds,
                jobs=self.jobs,
            )
            name = checked_repository(order.repository)
            request = prepare(
                tree,
                mount=f"/src/{name.rpartition('/')[2]}",
                cache=self.data / ("fork-environments" if order.fork_pull else "environments") / name.lower(),
                wishes=wishes,
                commit=order.head_sha,
            )
            # What strangers wrote is sent to nobody.
            fixers = () if order.fork_pull else self.fixers(order)
            request = replace(request, fixers=fixers, guidance=guidance or Guidance())
            yield OpenBench(request, self.sandbox())

    def _fetched(self, attempt: Attempt, order: Order) -> tuple[Mirror, Past]:
        empty = self.data / "run" / "home"
        empty.mkdir(parents=True, exist_ok=True)
        git = find_git(empty, protocols=sorted(self.protocols))
        trust: Trust = "fork" if order.fork_pull else "base"
        mirror = Mirror(mirror_directory(self.data, order.repository, trust), order.clone_url, git)
        with self.lend(attempt) as token:
            try:
                mirror.fetch(order.head_sha, Credential(token))
                past = past_of(mirror, order.head_sha, Credential(token))
            except GitFailed as error:
                raise Retryable(f"The commit {order.head_sha[:7]} could not be fetched: {error}") from None
        return mirror, past


def _tool(order: Order) -> ToolRequest | None:
    tool = reported_tool(order.failures)
    if isinstance(tool, Declined):
        raise BadInput(f"{tool.sentence} {tool.next_step}")
    return tool
