"""What a person may choose from: each patch once, the shown one first, by the numbers they were shown."""

from __future__ import annotations

from fixers.evidence import Alternative, Trace
from fixers.model import FileEdit
from fixers.patch import unified
from tasks.conversation.choices import choices, numbered

BEFORE = "def fee(days):\n    rate = 5\n    return rate if days >= 3 else 0\n"
FIRST = unified([FileEdit("src/fees.py", BEFORE, BEFORE.replace(">=", ">"))])
SECOND = unified([FileEdit("src/fees.py", BEFORE, BEFORE.replace("5", "0"))])
SHOWN = Trace(
    goldseam_version="1", status="fixed", sentence="Fixed: src/fees.py, line 3. `>=` becomes `>`.", patch=FIRST
)
OTHER = Alternative(patch=SECOND, fixer="search:x", path="src/fees.py", line=2, summary="`5` becomes `0`.")


def test_a_patch_that_came_twice_stands_once_with_its_place_and_sentence() -> None:
    shown, other = choices([SHOWN, SHOWN.model_copy(update={"alternatives": (OTHER,)})], [])
    assert (shown.standing, shown.proposal.path, shown.proposal.line) == ("proposed now", "src/fees.py", 3)
    assert shown.proposal.summary == "`>=` becomes `>`."
    assert (other.standing, other.proposal.line) == ("", 2)


def test_a_number_means_what_was_shown_under_it() -> None:
    listed = choices([SHOWN.model_copy(update={"alternatives": (OTHER,)})], [])
    first, second = listed
    assert numbered(listed, 2) is second
    assert numbered(listed, 2, [second.digest, first.digest]) is first
    assert [numbered(listed, number) for number in (0, 3, -1)] == [None, None, None]
