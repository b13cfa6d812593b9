"""The last look at every text before it leaves: no secret may be in it, in whatever dress.

Two kinds. What has the well-known form of somebody's token, and stands in a log or a
source that we quote, is replaced by a placeholder. What this process itself holds
(tokens, keys, planted canaries) has no business in any text; whoever got it there
meant harm, so the effect is refused instead: exact, reversed, rotated, split,
percent-encoded, as hexadecimal or base64.
"""

from __future__ import annotations

import base64
import codecs
import dataclasses
import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

from fixers.llm.secret_rules import Hit, token_forms
from tasks.errors import Refused

SHORTEST = 12
"""Letters and digits; a shorter secret would be found in ordinary text, and is no secret worth the name."""
_REST = re.compile(r"[^A-Za-z0-9]+")
_MARKDOWN = re.compile(r"\\([!-/:-@\[-`{-~])")
"""An escape: it hides the form of a token from us, and nothing from a reader."""
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2}))")


class EgressBlocked(Refused):
    """Raised when what was about to leave holds a secret; neither the secret nor the text is in the sentence."""

    def __init__(self, place: str, kinds: tuple[str, ...]) -> None:
        super().__init__(place, kinds)  # all arguments, so that pickle can rebuild it
        self.place, self.kinds = place, kinds

    def __str__(self) -> str:
        return f"Blocked: egress. A secret ({', '.join(self.kinds)}) stood in {self.place}, so nothing was sent."


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Looks at texts, knowing the secrets of this process: name and value."""

    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    def knowing(self, **secrets: str) -> Outgoing:
        """Return one that knows these as well."""
        return Outgoing({**self.secrets, **secrets})

    def leaks(self, text: str) -> tuple[str, ...]:
        """Return the names of the process's own secrets that are in a text, however they are written."""
        dressed = _Dressed.of(text)
        return tuple(name for name, secret in self.secrets.items() if dressed.holds(secret))

    def check(self, place: str, *things: object) -> None:
        """Raise EgressBlocked when any text in these values holds a secret of either kind."""
        texts = list(_texts(things))
        # Joined without a gap, because a secret may be cut over two texts; and with one, for forms that end at a word.
        written = "\n".join(texts)
        hits = (*token_forms(written), *token_forms(_MARKDOWN.sub(r"\1", written)))
        kinds = (*self.leaks("".join(texts)), *(hit.kind for hit in hits))
        if kinds:
            raise EgressBlocked(place, tuple(sorted(set(kinds))))

    def check_files(self, place: str, before: Mapping[str, bytes | None], after: Mapping[str, bytes]) -> None:
        """Raise EgressBlocked when whole files bring in a secret that the same files did not hold before."""
        old = "".join((content or b"").decode(errors="replace") for content in before.values())
        new = "".join(content.decode(errors="replace") for content in after.values())
        was_there = {hit.value for hit in token_forms(old)}
        kinds = (*set(self.leaks(new)) - set(self.leaks(old)),)
        kinds += tuple(hit.kind for hit in token_forms(new) if hit.value not in was_there)
        if kinds:
            raise EgressBlocked(place, tuple(sorted(set(kinds))))


def redacted(text: str) -> tuple[str, int]:
    """Replace what has the form of a token; return the text and how many different ones were replaced."""
    found = {hit.value: hit for hit in token_forms(text)}
    for value in sorted(found, key=len, reverse=True):
        text = text.replace(value, _placeholder(found[value]))
    return text, len(found)


def _placeholder(hit: Hit) -> str:
    return f"[{hit.kind} secret removed]" + "\n" * hit.value.count("\n")


@dataclass(frozen=True, slots=True)
class _Dressed:
    """A text without everything that may have been put between the letters of a secret."""

    letters: str
    opened: str
    """With percent-encoding, HTML entities and escapes undone before."""

    @classmethod
    def of(cls, text: str) -> _Dressed:
        opened = _ESCAPE.sub(lambda m: chr(int(m[1] or m[2], 16)), html.unescape(unquote(text)))
        return cls(_REST.sub("", text), _REST.sub("", opened))

    def holds(self, secret: str) -> bool:
        bare = _REST.sub("", secret)
        if len(bare) < SHORTEST:
            return False
        plain = (bare, bare[::-1], codecs.encode(bare, "rot13"), secret.encode().hex())
        folded = [text.lower() for text in (self.letters, self.opened)]
        if any(form.lower() in text for form in plain for text in folded):
            return True
        return any(form in text for form in _in_base64(secret) for text in (self.letters, self.opened))


def _in_base64(secret: str) -> Iterator[str]:
    """Yield what of the secret is the same in base64 at each of three positions within a longer text."""
    data = secret.encode()
    for before in range(3):
        whole = base64.b64encode(b"\0" * before + data).rstrip(b"=").decode()
        first = (before * 8 + 5) // 6
        last = (before + len(data)) * 8 // 6
        # `+` and `/` have other faces in the form for addresses, and are dropped from the text as well.
        yield _REST.sub("", whole[first:last])


def _texts(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case bytes():
            yield value.decode(errors="replace")
        case Mapping():
            for key, each in value.items():
                yield from _texts(key)
                yield from _texts(each)
        case Sequence() | set() | frozenset():
            for each in value:
                yield from _texts(each)
        case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
            for each in dataclasses.fields(value):
                yield from _texts(getattr(value, each.name))
        case _:
            return
