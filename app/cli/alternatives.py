"""Alternatives as files: a patch each, and the test that would make it the answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from fixers.evidence import Alternative

LETTERS = "ABC"


def lettered(alternatives: Sequence[Alternative]) -> Iterator[tuple[str, Alternative]]:
    """Name alternatives as every surface names them."""
    return zip(LETTERS, alternatives, strict=False)


def write_alternatives(alternatives: Sequence[Alternative], directory: Path) -> tuple[str, ...]:
    """Write `A.patch` and `test_settle_a.py` and so on, made anew; return the names, none without alternatives.

    What an earlier run left under these names goes, so that no test of another question stays behind.
    """
    for letter in LETTERS:
        for name in _names(letter):
            (directory / name).unlink(missing_ok=True)
    written: list[str] = []
    for letter, alternative in lettered(alternatives):
        directory.mkdir(exist_ok=True)
        for name, text in zip(_names(letter), (alternative.patch, alternative.settling_test), strict=True):
            if text:
                (directory / name).write_text(text)
                written.append(name)
    return tuple(written)


def _names(letter: str) -> tuple[str, str]:
    return f"{letter}.patch", f"test_settle_{letter.lower()}.py"
