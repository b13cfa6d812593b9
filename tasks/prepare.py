"""From a checkout to a request the engine can work on: export, environment, picture of the sources."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from fixers.model import Failure
from fixers.project import is_repairable, read_project
from fixers.request import Request
from fixers.runner.target import Target
from fixers.tools.registry import tool_named
from fixers.tools.reproduce import ToolRequest
from tasks.environment.prepare import prepare as prepare_environment
from tasks.errors import BadInput
from tasks.policy.load import read_repository_policy
from tasks.policy.model import REPOSITORY_FILE, RepositoryPolicy
from tasks.sandbox.export import export_directory, tree_digest


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a user or a policy file asks of an attempt; the defaults are the engine's."""

    python: Path | None = None
    python_version: str | None = None
    """Of the environment to make, such as 3.12; the policy file's `python`."""
    test_command: tuple[str, ...] | None = None
    setup: tuple[tuple[str, ...], ...] = ()
    workflow_steps: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    expected: tuple[str, ...] = ()
    reported: tuple[Failure, ...] = ()
    tool: ToolRequest | None = None
    """A red command that is no test."""
    changed: Mapping[str, Collection[int]] = field(default_factory=dict)
    ages: Mapping[str, int] = field(default_factory=dict)
    budget_seconds: float = 60.0
    budget_candidates: int = 250_000
    seed: int = 0
    jobs: int = 2
    trusted: bool = False


@contextmanager
def exported(checkout: Path) -> Iterator[Path]:
    """Copy a checkout's plain files to a private directory that lives as long as the context."""
    with TemporaryDirectory(prefix="goldseam-tree-") as scratch:
        tree = Path(scratch) / "tree"
        export_directory(checkout, tree)
        yield tree


def prepare(tree: Path, *, mount: str, cache: Path, wishes: Wishes, commit: str = "") -> Request:
    """Make the environment for an exported tree and describe the attempt.

    BadInput when the tree holds no Python source that a fixer may edit;
    EnvironmentFailed when its environment cannot be made.
    """
    if not any(is_repairable(p.relative_to(tree).as_posix()) for p in tree.rglob("*.py")):
        raise BadInput(f"{mount} holds no Python source to repair. Give the directory of a checkout.")
    target = prepare_environment(
        tree,
        mount=mount,
        cache=cache,
        python=wishes.python,
        python_version=wishes.python_version,
        test_command=wishes.test_command,
        setup=wishes.setup,
        workflow_steps=wishes.workflow_steps,
        tool=_distribution(wishes.tool),
        trusted=wishes.trusted,
    )
    return request_for(target, wishes, commit=commit)


def local_policy(checkout: Path) -> RepositoryPolicy:
    """Read the policy file of a checkout on this machine; defaults when there is none, BadInput when it is wrong."""
    try:
        data = (checkout / REPOSITORY_FILE).read_bytes()
    except OSError:
        return RepositoryPolicy(version=1)
    return read_repository_policy(data)


def request_for(target: Target, wishes: Wishes, *, commit: str = "") -> Request:
    """Describe an attempt on a target that stands already."""
    return Request(
        target=target,
        project=read_project(target.tree, target.source_roots),
        digest=tree_digest(target.tree),
        commit=commit,
        asked=wishes.asked,
        expected=wishes.expected,
        reported=wishes.reported,
        tool=wishes.tool,
        changed=wishes.changed,
        ages=wishes.ages,
        budget_seconds=wishes.budget_seconds,
        budget_candidates=wishes.budget_candidates,
        seed=wishes.seed,
        jobs=wishes.jobs,
    )


def split_command(text: str) -> tuple[str, ...]:
    """Split a command as a shell would, without running one; BadInput when quotes do not match."""
    try:
        return tuple(shlex.split(text))
    except ValueError as error:
        raise BadInput(f"The test command {text!r} cannot be read: {error}.") from error


def expected_ids(failures: Sequence[Failure]) -> tuple[str, ...]:
    """Return the test ids that parsed failures name, without duplicates, in order."""
    ids = (test for failure in failures for test in failure.test_ids)
    return tuple(dict.fromkeys(ids))


def _distribution(wanted: ToolRequest | None) -> str:
    tool = tool_named(wanted.tool) if wanted is not None else None
    return tool.distribution if tool is not None else ""
