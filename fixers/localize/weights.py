"""How much each kind of evidence counts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Weights:
    """One weight for each channel; each channel gives a statement a value between 0 and 1."""

    coverage: float = 1.0
    """Ochiai's formula over the tests that ran it."""
    trace: float = 0.6
    """In the traceback: where the exception was raised, less for each call further out."""
    push: float = 0.6
    """Changed by the failing push, half for the rest of a changed function, a quarter for its callers."""
    recency: float = 0.1
    """In a file that one of the last commits changed."""
    partial: float = 0.4
    """An edit here turned some failing tests green, or changed how they fail."""
    kinds: float = 0.25
    """Only failing tests bring its function a value of this kind."""
    static: float = 0.2
    """Something in its function looks wrong by itself."""
    asserted: float = 0.05
    """Its function is named in the failing assertion."""
    called: float = 0.02
    """Its function is called by the failing test itself."""
    named: float = 0.1
    """The failing test is named after its function."""
    constant: float = 0.35
    """Share of a suspicious function's score for the module-level statements whose names it reads."""
    hint: float = 3.0
    """Named by a person who asked for another attempt: looked at before everything else."""
