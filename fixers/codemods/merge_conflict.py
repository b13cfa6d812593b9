"""Markers of a merge that nobody finished."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from typing import ClassVar

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import crashes
from fixers.model import Candidate, Tier
from fixers.project import is_repairable

_CONFLICT = re.compile(
    r"^<{7} [^\n]*\n(?P<ours>.*?)(?:^\|{7}[^\n]*\n.*?)?^={7}\r?\n(?P<theirs>.*?)^>{7}(?: [^\n]*)?(?:\n|\Z)",
    re.MULTILINE | re.DOTALL,
)
_MIXED = 3
"""With more conflicts than this, one side is kept everywhere or nowhere."""
_SIDES = {"ours": "the upper side", "theirs": "the lower side", "both": "both sides"}
_LEFT = (
    "RATE = 19\n\n\n<<<<<<< HEAD\ndef gross(x):\n    return x + RATE\n=======\ndef gross(x):\n    return x * RATE"
    "\n>>>>>>> topic\n"
)


class MergeConflict(Codemod):
    """Keep one side of each conflict, or both: which one, the tests say.

    A side that does not compile is no candidate. Conflicts in other files are
    settled the same way, because one unfinished merge left them all.
    """

    NAME = "merge-conflict"
    NUMBER = 27
    TIER = Tier.B
    PRIOR = 0.6
    MESSAGE = "a merge was committed with its conflict markers"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # a heading, not a marker
            before='TEXT = """\nTitle\n=======\n"""\nx = (1\n',
            after='TEXT = """\nTitle\n=======\n"""\nx = (1\n',
            exception="SyntaxError",
            message="'(' was never closed (mod.py, line 5)",
            line=5,
        ),
        Rewrite(  # neither side compiles, and both together do not
            before="<<<<<<< HEAD\nx = (\n=======\nx = [\n>>>>>>> topic\n",
            after="<<<<<<< HEAD\nx = (\n=======\nx = [\n>>>>>>> topic\n",
            exception="SyntaxError",
            message="invalid syntax (mod.py, line 1)",
            line=1,
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before=_LEFT,
            after="RATE = 19\n\n\ndef gross(x):\n    return x + RATE\n",
            exception="SyntaxError",
            message="invalid syntax (mod.py, line 4)",
            line=4,
        ),
        Rewrite(  # the style that shows the common ancestor; only the lower side compiles
            before="<<<<<<< HEAD\nx = (1\n||||||| 1a2b3c\nx = 0\n=======\nx = 2\n>>>>>>> topic\n",
            after="x = 2\n",
            exception="SyntaxError",
            message="invalid syntax (mod.py, line 1)",
            line=1,
        ),
        Rewrite(  # both added a line
            before="import re\n<<<<<<< HEAD\nimport os\n=======\n>>>>>>> topic\nx = os, re\n",
            after="import re\nimport os\nx = os, re\n",
            exception="SyntaxError",
            message="invalid syntax (mod.py, line 2)",
            line=2,
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Offer each way to settle the conflicts: upper, lower, both, and mixtures when they are few."""
        for crash in crashes(scene, "SyntaxError", "IndentationError"):
            frame = crash.raised
            text = scene.project.files.get(frame.path, "") if frame is not None else ""
            if frame is not None and is_repairable(frame.path) and _CONFLICT.search(text):
                yield from self._settle(scene, frame.path)

    def _settle(self, scene: Scene, first: str) -> Iterator[Candidate]:
        others = [path for path in scene.project.repairable() if path != first]
        paths = [path for path in (first, *others) if _CONFLICT.search(scene.project.text(path))]
        count = sum(len(_CONFLICT.findall(scene.project.text(path))) for path in paths)
        line = scene.project.text(first)[: _start(scene.project.text(first))].count("\n") + 1
        for sides in _choices(count):
            pending = iter(sides)
            texts = {path: _CONFLICT.sub(lambda m: _kept(m, next(pending)), scene.project.text(path)) for path in paths}  # noqa: B023 - called here
            kept = _SIDES[sides[0]] if len(set(sides)) == 1 else "a mixture"
            yield from self.offer(
                scene,
                texts,
                summary=f"The conflict markers of {_merges(count)} go, and {kept} of what they part stays.",
                line=line,
                prior=self.PRIOR if set(sides) <= {"ours"} or set(sides) <= {"theirs"} else 0.4,
            )


def _start(text: str) -> int:
    found = _CONFLICT.search(text)
    return found.start() if found else 0


def _choices(count: int) -> Iterator[tuple[str, ...]]:
    pure = [(side,) * count for side in ("ours", "theirs", "both")]
    yield from pure
    if 1 < count <= _MIXED:
        yield from (sides for sides in product(("ours", "theirs"), repeat=count) if sides not in pure)


def _kept(conflict: re.Match[str], side: str) -> str:
    return conflict["ours"] + conflict["theirs"] if side == "both" else conflict[side]


def _merges(count: int) -> str:
    return "a merge" if count == 1 else f"{count} conflicts of a merge"
