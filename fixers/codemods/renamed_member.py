"""Attributes of a library's objects that the installed release calls something else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import Site, crashes, nearest_site
from fixers.codemods.live_classes import class_named
from fixers.codemods.nearest import IN_LIBRARIES, accessor, nearest, related, shortened, suggested, words
from fixers.codemods.renamings import with_attribute, with_call, with_method
from fixers.codemods.symbols import classes
from fixers.codemods.told_names import told_names
from fixers.model import Candidate, Tier

_GONE = re.compile(r"^(?:type object )?'(?P<type>[\w.]+)' (?:object )?has no attribute '(?P<name>\w+)'")
_BUILTINS = frozenset({
    "NoneType", "bool", "bytes", "complex", "coroutine", "dict", "float", "frozenset", "function", "generator", "int",
    "list", "method", "module", "property", "set", "str", "tuple", "type",
})  # fmt: skip
_LESS_SURE = 0.66
_SHOP = {"shop.Legend": frozenset({"legend_handles", "texts"})}


class RenamedMember(Codemod):
    """Read a method or attribute of a library's object by the name that its class has now.

    The class is the one of that name in the packages that the project imports. The new name has the same words
    in another convention, or is the only one that is a slip away or says more.
    """

    NAME = "renamed-member"
    NUMBER = 2
    TIER = Tier.A
    PRIOR = 0.86
    MESSAGE = "objects of the installed release do not have this attribute any more"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # two classes have the name
            before="import shop\n\n\ndef f(x):\n    return x.legendHandles\n",
            after="import shop\n\n\ndef f(x):\n    return x.legendHandles\n",
            exception="AttributeError",
            message="'Legend' object has no attribute 'legendHandles'",
            line=5,
            names={**_SHOP, "shop.old.Legend": frozenset()},
            homes={"shop:Legend": ("shop.new.Legend", "shop.old.Legend")},
        ),
        Rewrite(  # two members say more
            before="import shop\n\n\ndef f(x):\n    return x.text\n",
            after="import shop\n\n\ndef f(x):\n    return x.text\n",
            exception="AttributeError",
            message="'Legend' object has no attribute 'text'",
            line=5,
            names={"shop.Legend": frozenset({"text_of", "text_at"})},
            homes={"shop:Legend": ("shop.Legend",)},
        ),
        Rewrite(  # a class of the project
            before="import shop\n\n\nclass Legend:\n    x = 1\n\n\ndef f(x):\n    return x.legendHandles\n",
            after="import shop\n\n\nclass Legend:\n    x = 1\n\n\ndef f(x):\n    return x.legendHandles\n",
            exception="AttributeError",
            message="'Legend' object has no attribute 'legendHandles'",
            line=9,
            names=_SHOP,
            homes={"shop:Legend": ("shop.Legend",)},
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before="import shop\n\n\ndef f(x):\n    return len(x.legendHandles)\n",
            after="import shop\n\n\ndef f(x):\n    return len(x.legend_handles)\n",
            exception="AttributeError",
            message="'Legend' object has no attribute 'legendHandles'",
            line=5,
            names=_SHOP,
            homes={"shop:Legend": ("shop.Legend",)},
        ),
        Rewrite(
            before="import shop\n\n\ndef f(x):\n    return x.get_names(['a'])\n",
            after="import shop\n\n\ndef f(x):\n    return x.get_names_out(['a'])\n",
            exception="AttributeError",
            message="'Coder' object has no attribute 'get_names'",
            line=5,
            names={"shop.code.Coder": frozenset({"get_names_out", "fit"})},
            homes={"shop:Coder": ("shop.code.Coder",)},
        ),
        Rewrite(  # the library says so itself, in its own `__getattr__`
            before="import shop\n\n\ndef f(x):\n    return x.groupby('a')\n",
            after="import shop\n\n\ndef f(x):\n    return x.group_by('a')\n",
            exception="AttributeError",
            message="'Frame' object has no attribute 'groupby'. Did you mean: 'group_by'?",
            names={"shop.Frame": frozenset({"group_by", "group_of"})},
            homes={"shop:Frame": ("shop.Frame", "shop.inner.Frame")},
            frames=(("tests/test_example.py", 2, "test_it"), ("pkg/mod.py", 5, "f"), ("/v/shop.py", 9, "__getattr__")),
        ),
        Rewrite(
            before="import threading\n\n\ndef f(x):\n    return x.isAlive()\n",
            after="import threading\n\n\ndef f(x):\n    return x.is_alive()\n",
            exception="AttributeError",
            message="'Thread' object has no attribute 'isAlive'",
            line=5,
            names={"threading": frozenset({"Thread"}), "threading.Thread": frozenset({"is_alive", "start"})},
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Rename the attribute where it failed, then in the whole file."""
        for crash in crashes(scene, "AttributeError"):
            site, named = nearest_site(scene, crash), _GONE.search(crash.message)
            kind = named["type"].rpartition(".")[2] if named else ""
            if site is None or named is None or kind in _BUILTINS or classes(scene.project, kind):
                continue
            owner, old = class_named(scene, site.path, kind), named["name"]
            members = {name for name in scene.installed.names(owner) or () if not name.startswith("_")}
            hint = suggested(crash.message)
            told = _told(scene, owner, old, members)
            near = hint if hint in members else told or nearest(old, members, IN_LIBRARIES) or _alike(old, members)
            new = near if owner and old not in members else None
            if new is None:
                yield from self._itself(scene, site, owner, old)
                continue
            sure = words(old) == words(new) or new in (hint, told)
            held = accessor(old, members) == new and scene.installed.parameters(owner, new) is not None
            texts = with_method(site, old, new) if held else with_attribute(site, old, new)
            for number, text in enumerate(texts):
                yield from self.offer(
                    scene,
                    {site.path: text},
                    summary=f"`{owner}` of the installed release has `{new}`, and no `{old}`.",
                    line=site.line,
                    function=site.function,
                    prior=None if sure else _LESS_SURE,
                    tier=None if sure else Tier.B,
                    wider=bool(number),
                )

    def _itself(self, scene: Scene, site: Site, owner: str, old: str) -> Iterator[Candidate]:
        """Call the object where the method is gone that did what calling it does."""
        if old == "call" and "__call__" in (scene.installed.names(owner) or ()):
            yield from self.offer(
                scene,
                {site.path: with_call(site, old)},
                summary=f"`{owner}` of the installed release has no `{old}`, and can be called itself.",
                line=site.line,
                function=site.function,
            )


def _told(scene: Scene, owner: str, old: str, members: set[str]) -> str:
    """Return the one member that the package's docstrings say an attribute became; else an empty string."""
    package = owner.partition(".")[0]
    told = {new for _, new in told_names(scene, package, old) if new in members} if package else set()
    return told.pop() if len(told) == 1 else ""


def _alike(old: str, members: set[str]) -> str | None:
    return accessor(old, members) or related(old, members) or shortened(old, members)
