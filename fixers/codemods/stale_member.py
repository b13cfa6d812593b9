"""Members of a class that are read by the name they had before."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import Crash, crashes, nearest_site
from fixers.codemods.nearest import kindred, nearest
from fixers.codemods.symbols import attributes, classes
from fixers.model import Candidate, Tier

_MESSAGE = re.compile(r"^type object '(?P<type>\w+)' has no attribute '(?P<name>\w+)'")
_ALONE = re.compile(r"^(?P<name>[A-Za-z_]\w*)$")
"""All that an enum says before Python 3.12."""
_STATES = {
    "pkg/state.py": "import enum\n\n\nclass State(enum.Enum):\n    WAITING = 1\n    SUCCEEDED = 2\n    FAILED = 3\n"
}
_USE = "from pkg.state import State\n\nDONE = {{State.{0}, State.FAILED}}\n\n\ndef f(x):\n    return x is State.{0}\n"
_NO_SUCCESS = "type object 'State' has no attribute 'SUCCESS'"


class StaleMember(Codemod):
    """Read a member of a class by its new name, everywhere, when one member alone begins with the same stem.

    Names of one kind are often inflected anew: `SUCCESS` and `SUCCEEDED`. A slip of the keyboard is another rule's.
    """

    NAME = "stale-member"
    NUMBER = 8
    TIER = Tier.A
    PRIOR = 0.9
    MESSAGE = "a member of a class is read by a name that it no longer has"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # nothing has the same stem
            before=_USE.format("DONE"),
            after=_USE.format("DONE"),
            exception="AttributeError",
            message="type object 'State' has no attribute 'DONE'",
            line=3,
            files=_STATES,
        ),
        Rewrite(  # two have it
            before=_USE.format("SUCCESS"),
            after=_USE.format("SUCCESS"),
            exception="AttributeError",
            message=_NO_SUCCESS,
            line=3,
            files={"pkg/state.py": _STATES["pkg/state.py"] + "    SUCCEEDING = 4\n"},
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before=_USE.format("SUCCESS"),
            after=_USE.format("SUCCEEDED"),
            exception="AttributeError",
            message=_NO_SUCCESS,
            line=3,
            files=_STATES,
        ),
        Rewrite(  # of an enum before Python 3.12
            before=_USE.format("SUCCESS"),
            after=_USE.format("SUCCEEDED"),
            exception="AttributeError",
            message="SUCCESS",
            line=3,
            files=_STATES,
        ),
        Rewrite(
            before="from pkg.hub import Hub\n\n\ndef f(x):\n    return Hub.registration(x)\n",
            after="from pkg.hub import Hub\n\n\ndef f(x):\n    return Hub.registered(x)\n",
            exception="AttributeError",
            message="type object 'Hub' has no attribute 'registration'",
            line=5,
            files={"pkg/hub.py": "class Hub:\n    @classmethod\n    def registered(cls, x):\n        return x\n"},
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Rename every read of the member off its class."""
        for crash in crashes(scene, "AttributeError"):
            for owner, old in _lost(scene, crash):
                yield from self._rename(scene, crash, owner, old)

    def _rename(self, scene: Scene, crash: Crash, owner: str, old: str) -> Iterator[Candidate]:
        site = nearest_site(scene, crash)
        found = classes(scene.project, owner)
        known = attributes(scene.project, found[0][1]) if len(found) == 1 else None
        if site is None or not known or old in known or nearest(old, known):
            return
        new = kindred(old, (name for name in known if name.isupper() == old.isupper()))
        read = re.compile(rf"\b{owner}\.{old}\b")
        paths = [path for path in scene.project.repairable() if read.search(scene.project.text(path))]
        if new is None or site.path not in paths:
            return
        texts = {path: read.sub(f"{owner}.{new}", scene.project.text(path)) for path in paths}
        yield from self.offer(
            scene,
            {site.path: texts.pop(site.path), **texts},
            summary=f"`{owner}` has no `{old}`; it has `{new}`.",
            line=site.line,
            function=site.function,
        )


def _lost(scene: Scene, crash: Crash) -> Iterator[tuple[str, str]]:
    """Yield the class and the name that it does not have; the line says which class where the message does not."""
    named, alone = _MESSAGE.search(crash.message), _ALONE.search(crash.message)
    if named is not None:
        yield named["type"], named["name"]
    site = nearest_site(scene, crash) if alone else None
    for node in site.source.at(site.line, cst.Attribute) if site else ():
        if alone and node.attr.value == alone["name"] and isinstance(node.value, cst.Name):
            yield node.value.value, alone["name"]
            return
