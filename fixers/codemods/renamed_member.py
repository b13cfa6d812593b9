"""Attributes of a library's objects that the installed release calls something else."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import ClassVar

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import crashes, nearest_site
from fixers.codemods.moved_names import is_of_project
from fixers.codemods.nearest import IN_LIBRARIES, nearest, related, suggested, words
from fixers.codemods.renamings import with_attribute
from fixers.codemods.symbols import classes, imports
from fixers.model import Candidate, Tier

_GONE = re.compile(r"^(?:type object )?'(?P<type>[\w.]+)' (?:object )?has no attribute '(?P<name>\w+)'")
_BUILTINS = frozenset({
    "NoneType", "bool", "bytes", "complex", "coroutine", "dict", "float", "frozenset", "function", "generator", "int",
    "list", "method", "module", "property", "set", "str", "tuple", "type",
})  # fmt: skip
_LESS_SURE = 0.66
_MOST_ROOTS = 4
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
            owner, old = _class(scene, site.path, kind), named["name"]
            members = {name for name in scene.installed.names(owner) or () if not name.startswith("_")}
            hint = suggested(crash.message)
            near = hint if hint in members else nearest(old, members, IN_LIBRARIES) or related(old, members)
            new = near if owner and old not in members else None
            if new is None:
                continue
            sure = words(old) == words(new) or new == hint
            for number, text in enumerate(with_attribute(site, old, new)):
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


def _class(scene: Scene, path: str, kind: str) -> str:
    """Return the dotted name of the one class of this name in what the project imports, its file's imports first."""
    paths = [path, *(other for other in sorted(scene.project.files) if other != path)]
    modules = dict.fromkeys(origin.module for other in paths for origin in imports(scene.project, other).values())
    roots = dict.fromkeys(module.partition(".")[0] for module in modules if not is_of_project(scene, module))
    standard = [module for module in modules if module.partition(".")[0] in sys.stdlib_module_names]
    found = {f"{module}.{kind}" for module in standard if kind in (scene.installed.names(module) or ())}
    foreign = [root for root in roots if root not in sys.stdlib_module_names]
    for root in foreign[:_MOST_ROOTS] if not found else ():
        found |= set(scene.installed.homes(root, kind))
    # What a package gives out at its top is what people mean by a name that its depths have too.
    ordered = sorted(found, key=lambda dotted: dotted.count("."))
    alone = len(ordered) == 1 or (len(ordered) > 1 and ordered[0].count(".") < ordered[1].count("."))
    return ordered[0] if alone else ""
