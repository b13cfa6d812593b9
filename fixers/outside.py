"""Failing tests that run the code in another process: they see no code that is swapped in memory.

Such a test starts the command of the project, or a script, which reads the checkout. It cannot
screen candidates, so other failing tests do, and what passes those is written out and meets these.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fixers.chain import Look
from fixers.evidence import Observed
from fixers.localize.spectrum import Spectrum
from fixers.model import FileEdit


def screening_tests(observed: Observed, spectrum: Spectrum | None) -> tuple[str, ...]:
    """Return the failing tests that can tell candidates apart in memory, the fastest first.

    Where none can, all are returned, and no candidate passes.
    """
    failing = sorted(observed.reproduction.failing, key=lambda test: observed.durations.get(test, 0.0))
    return tuple(t for t in failing if spectrum is None or not spectrum.is_blind(t)) or tuple(failing)


def asks_outside(look: Look) -> Callable[[Sequence[FileEdit]], bool]:
    """Return what says whether such tests pass on an edited tree."""

    def passes(edits: Sequence[FileEdit]) -> bool:
        seen = look(edits)
        return seen is not None and not seen.failures

    return passes


def told(count: int) -> str:
    """Say in words that so many tests were asked apart."""
    which = "One failing test runs" if count == 1 else f"{count} failing tests run"
    return f"{which} the code in another process, and met only what passed the others."
