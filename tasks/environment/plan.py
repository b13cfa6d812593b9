"""What detection decides: what to install, how to test, and why."""

from __future__ import annotations

from dataclasses import dataclass

from fixers.runner.target import PLAIN, Start


@dataclass(frozen=True, slots=True)
class Plan:
    """How a project is installed and tested, with the reason for each part."""

    installs: tuple[tuple[str, ...], ...]
    """Words for one `uv pip install` each, in order."""
    test_args: tuple[str, ...]
    """For pytest: paths and options, without those that would break a run under our harness."""
    source_roots: tuple[str, ...]
    python_requires: str
    """A version specifier such as `>=3.9`; empty when the project states none."""
    python_wanted: str = ""
    """The version CI or `.python-version` names, such as `3.11`; a preference, not a condition."""
    commands: tuple[tuple[str, ...], ...] = ()
    """Commands of the user's own setup that are no `pip install`, to run after it."""
    why: tuple[str, ...] = ()
    """One sentence a decision, for the trace."""
    start: Start = PLAIN


@dataclass(frozen=True, slots=True)
class Wants:
    """What one source of information says should be installed, and how tests are run."""

    installs: tuple[str, ...] = ()
    test_args: tuple[str, ...] | None = None
    """None when this source does not say how tests are run."""
    why: tuple[str, ...] = ()
    start: Start = PLAIN
