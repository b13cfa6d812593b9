"""What leaves this machine goes through here: secrets become placeholders, hidden characters go.

Two passes. `Redactor.clean` works on each text as it is taken from the repository;
`leftovers` looks at the whole request once more, where texts stand side by side.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from fixers.failures.lines import strip_escapes
from fixers.llm.secret_rules import DETECTORS, PLACEHOLDER, Detector, Hit


class RedactionFailed(Exception):
    """Raised when a detector did not come to an end; what it looked at must not leave."""


LINE = 4_000
"""Characters kept of one line; a longer one is data, and would make patterns slow."""
_WORD = re.compile(r"[A-Za-z_]+")
_CHOSEN = ("<SECRET:password", "<SECRET:named", "<SECRET:dsn", "<SECRET:environment")


@dataclass(slots=True)
class Redactor:
    """Replaces secrets by typed placeholders, the same secret by the same one for as long as it lives."""

    detectors: tuple[Detector, ...] = DETECTORS
    _known: dict[str, str] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many different values were taken out so far."""
        return len(self._known)

    def clean(self, text: str) -> str:
        """Return the text as it may leave; the number of lines stays. RedactionFailed when it may not."""
        text = "\n".join(_cut(line) for line in visible(text).split("\n"))
        for hit in _found(self.detectors, text):
            self._known.setdefault(hit.value, f"<SECRET:{hit.kind}#{len(self._known) + 1}>")
        # Longest first, so that a secret inside another one does not break it up.
        for value in sorted(self._known, key=len, reverse=True):
            if value in text:
                text = _replace(text, value, self._known[value])
        return text


def leftovers(texts: Sequence[str], detectors: Sequence[Detector] = DETECTORS) -> tuple[str, ...]:
    """Return the kinds of secrets that still stand in the assembled texts; empty is what lets them go.

    RedactionFailed when that cannot be said.
    """
    return tuple(sorted({hit.kind for hit in _found(detectors, "\n".join(texts))}))


def visible(text: str) -> str:
    """Drop terminal escapes, and controls, bidi marks and other characters that draw nothing."""
    text = strip_escapes(text)
    return "".join(c for c in text if (c.isascii() and (c.isprintable() or c in "\n\t")) or not _draws_nothing(c))


def _draws_nothing(character: str) -> bool:
    return character.isascii() or (
        unicodedata.category(character) in {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
        or "\ufe00" <= character <= "\ufe0f"
        or "\U000e0100" <= character <= "\U000e01ef"
    )


def _found(detectors: Sequence[Detector], text: str) -> list[Hit]:
    try:
        hits = [hit for detector in detectors for hit in detector(text)]
    except Exception as error:  # the last door before the network: whatever it was, nothing leaves
        raise RedactionFailed(f"a detector of secrets failed ({type(error).__name__})") from error
    return [hit for hit in hits if hit.value and not PLACEHOLDER.search(hit.value)]


def _cut(line: str) -> str:
    return line if len(line) <= LINE else f"{line[:LINE]} [{len(line) - LINE:,} characters left out]"


def _replace(text: str, value: str, placeholder: str) -> str:
    """Replace a value everywhere; one chosen by a person may be a word, which names other things elsewhere."""
    chosen = placeholder.startswith(_CHOSEN)
    placeholder += "\n" * value.count("\n")
    if chosen and (_WORD.fullmatch(value) or len(value) < 6):
        return re.sub(rf"(?<=[\"'=:]){re.escape(value)}(?![A-Za-z0-9_])", lambda _: placeholder, text)
    return text.replace(value, placeholder)
