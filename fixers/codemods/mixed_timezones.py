"""Datetimes with a time zone that meet datetimes without."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import crashes, raising_site
from fixers.codemods.utc import in_utc, is_naive_clock, zoned
from fixers.codemods.workfile import Workfile
from fixers.model import Candidate, Tier

_MIXED = re.compile(r"can't (?:compare|subtract) offset-naive and offset-aware (?:datetimes|times)")
_COMPARED = "can't compare offset-naive and offset-aware datetimes"


class MixedTimezones(Codemod):
    """Make the datetime of now that has no time zone in UTC, where it meets one that has.

    In the failing line, else where a name in it got its value in the same function. The moment stays
    the same; a reading of the clock is the only naive datetime whose zone is known.
    """

    NAME = "mixed-timezones"
    NUMBER = 34
    TIER = Tier.B
    PRIOR = 0.8
    MESSAGE = "a datetime without time zone meets one that has one"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # which zone the other means, nobody knows here
            before="def f(start, end):\n    return end - start\n",
            after="def f(start, end):\n    return end - start\n",
            exception="TypeError",
            message="can't subtract offset-naive and offset-aware datetimes",
            line=2,
        ),
        Rewrite(  # it has one
            before="from datetime import datetime, UTC\n\n\ndef f(x):\n    return datetime.now(UTC) > x\n",
            after="from datetime import datetime, UTC\n\n\ndef f(x):\n    return datetime.now(UTC) > x\n",
            exception="TypeError",
            message=_COMPARED,
            line=5,
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before="from datetime import datetime\n\n\ndef f(due):\n    return datetime.now() > due  # late\n",
            after=(
                "from datetime import datetime, timezone\n\n\n"
                "def f(due):\n    return datetime.now(timezone.utc) > due  # late\n"
            ),
            exception="TypeError",
            message=_COMPARED,
            line=5,
        ),
        Rewrite(
            before="import datetime\n\n\ndef f(due):\n    now = datetime.datetime.utcnow()\n    return due - now\n",
            after=(
                "import datetime\n\n\ndef f(due):\n    now = datetime.datetime.now(datetime.timezone.utc)\n"
                "    return due - now\n"
            ),
            exception="TypeError",
            message="can't subtract offset-naive and offset-aware datetimes",
            line=6,
        ),
        Rewrite(
            before=(
                "from datetime import datetime, timezone\n\n\n"
                "def f(due, t):\n    return datetime.utcfromtimestamp(t) < due\n"
            ),
            after=(
                "from datetime import datetime, timezone\n\n\n"
                "def f(due, t):\n    return datetime.fromtimestamp(t, timezone.utc) < due\n"
            ),
            exception="TypeError",
            message=_COMPARED,
            line=5,
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Offer the clocks of the line with a zone, else those that its names were read from."""
        for crash in crashes(scene, "TypeError"):
            site = raising_site(scene, crash) if _MIXED.search(crash.message) else None
            work = Workfile.of(scene.project, site.path, site.source.text, site.line) if site else None
            if site is None or work is None:
                continue
            clocks = [call for call in work.source.at(site.line, cst.Call) if is_naive_clock(work, call)] or _origins(
                work
            )
            for call in clocks:
                zoned(work, call)
            if work.edits.changes:
                yield from self.offer(
                    scene,
                    {site.path: work.edits.text()},
                    summary="The clock is read in UTC, as the datetime that it meets has a time zone.",
                    line=work.source.line(clocks[0]),
                    function=site.function,
                )
            texts = in_utc(scene.project, site)
            if texts and texts != {site.path: work.edits.text()}:
                yield from self.offer(
                    scene,
                    texts,
                    summary="What is read from a clock or a text is in UTC, as all that it meets.",
                    line=site.line,
                    function=site.function,
                    prior=0.65,
                    wider=True,
                )


def _origins(work: Workfile) -> list[cst.Call]:
    function = work.source.enclosing(work.line, cst.FunctionDef)
    names = {name.value for name in work.source.at(work.line, cst.Name)}
    return [
        line.value
        for line in work.source.within(function, cst.Assign)
        if isinstance(line.value, cst.Call)
        and is_naive_clock(work, line.value)
        and any(isinstance(t.target, cst.Name) and t.target.value in names for t in line.targets)
    ]
