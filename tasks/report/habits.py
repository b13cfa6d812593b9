"""A repository's own way of writing: its subjects, its sign-offs, its template."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tasks.github.protocol import Account
from tasks.report.neutral import prose

_TYPES = "build|chore|ci|docs?|deps|feat|fix|perf|refactor|release|revert|style|tests?"
_CONVENTIONAL = re.compile(rf"(?:{_TYPES})(?:\([^()]*\))?!?: \S")
_OURS = re.compile(r"fix: (?=\S)")
_SIGNED = re.compile(r"^Signed-off-by: .+ <[^<>\s]+>\s*$", re.MULTILINE)
_MERGE = re.compile(r"Merge (?:pull request|branch|remote-tracking|tag)\b")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_LINE = re.compile(r"(\s{0,8}(?:#{1,6}\s+|[-*+]\s+(?:\[[ xX]\]\s+)?|\d{1,3}[.)]\s+)?)(.*)")
_TEMPLATE_LIMIT = 4000


@dataclass(frozen=True, slots=True)
class Habits:
    """How this repository writes."""

    conventional: bool = False
    """Subjects are Conventional Commits."""
    lowercase: bool = False
    """Plain subjects begin with a small letter."""
    signed: bool = False
    """Commits carry a sign-off (DCO)."""
    template: str = ""
    """Of pull requests."""

    def title(self, title: str) -> str:
        """Return a title of ours in this repository's way."""
        if self.conventional:
            return title
        return _OURS.sub("fix " if self.lowercase else "Fix ", title, count=1)

    def body(self, body: str) -> str:
        """Return a body of ours with the template's sections under it."""
        sections = kept(self.template)
        return f"{body.rstrip()}\n\n---\n\n{sections}\n" if sections else body


def habits_of(messages: Sequence[str], *, asks_for_sign_off: bool = False, template: str = "") -> Habits:
    """Read the habits off the last messages; a habit is what more than half of them do, merges aside."""
    own = [message for message in messages if not _MERGE.match(message)]
    subjects = [message.splitlines()[0].strip() for message in own if message.strip()]
    plain = [subject for subject in subjects if not _CONVENTIONAL.match(subject)]
    return Habits(
        conventional=_most(_CONVENTIONAL.match(subject) is not None for subject in subjects),
        lowercase=_most(subject[:1].islower() for subject in plain),
        signed=asks_for_sign_off or _most(_SIGNED.search(message) is not None for message in own),
        template=template,
    )


def trailers(habits: Habits, own: Account, helper: Account | None, host: str) -> tuple[str, ...]:
    """Return the trailers of a commit: who helped it by a word, and the sign-off where it is asked for.

    GitHub matches them to accounts by the address that it gives to each.
    """
    lines = []
    if helper is not None and helper.id:
        lines.append(f"Co-authored-by: {_person(helper, host)}")
    if habits.signed:
        lines.append(f"Signed-off-by: {_person(own, host)}")
    return tuple(lines)


def kept(template: str) -> str:
    """Return a template with its headings, lists and boxes, and nothing that notifies, links or hides."""
    lines = [line.rstrip() for line in _COMMENT.sub("", template).replace("\r\n", "\n").split("\n")]
    shown, used = [], 0
    for line in lines:
        start, text = _split(line)
        written = f"{start}{prose(text, 400)}" if text else ""
        used += len(written) + 1
        if used > _TEMPLATE_LIMIT:
            shown.append("…")
            break
        shown.append(written)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(shown)).strip()


def _split(line: str) -> tuple[str, str]:
    found = _LINE.fullmatch(line)
    return (found[1], found[2].strip()) if found else ("", line.strip())


def _person(who: Account, host: str) -> str:
    return f"{who.login} <{who.id}+{who.login}@users.noreply.{host}>"


def _most(each: Iterable[bool]) -> bool:
    found = list(each)
    return sum(found) * 2 > len(found)
