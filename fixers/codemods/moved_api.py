"""Names of a dependency that its installed release keeps in another of its modules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

import libcst as cst
from libcst.helpers import get_full_name_for_node

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import Site, crashes, raising_site
from fixers.codemods.moved_names import from_table, is_ours, is_there, reshaped
from fixers.codemods.relocation import Moves, relocate_from
from fixers.codemods.source import parse
from fixers.codemods.spelling import resolve
from fixers.codemods.symbols import imports
from fixers.model import Candidate, Tier

_NAME = (
    re.compile(r"[Mm]odule '(?P<module>[\w.]+)' has no attribute '(?P<name>\w+)'"),
    re.compile(r"cannot import name '(?P<name>\w+)' from '(?P<module>[\w.]+)'"),
)
_MODULE = re.compile(r"No module named '(?P<module>[\w.]+)'")
_TOO_MANY = 6
"""Names that a lost module is asked for: each costs a walk through the package."""
_ELSEWHERE = 0.7
_SHORT = 4
"""Letters below which the same name elsewhere is chance."""


class MovedApi(Codemod):
    """Take a name from the one module of a dependency that has it now.

    For what no table knows: the files of the installed package are searched for the very name. It counts when one
    object only bears it there, and a public module gives it out. A name that the package itself took from
    elsewhere is taken from there.
    """

    NAME = "moved-api"
    NUMBER = 2
    TIER = Tier.A
    PRIOR = 0.82
    MESSAGE = "a dependency no longer has this name where it is looked for"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # another package has a name like it, and no copy of the one that is missing
            before="import shop\nimport till\n\n\ndef f(x):\n    till.say(x)\n    return shop.Basket(x)\n",
            after="import shop\nimport till\n\n\ndef f(x):\n    till.say(x)\n    return shop.Basket(x)\n",
            exception="ModuleNotFoundError",
            message="No module named 'till'",
            line=2,
            names={"shop": frozenset({"Basket", "say"})},
        ),
        Rewrite(  # two things have the name
            before="from shop import Field\n\nX = Field()\n",
            after="from shop import Field\n\nX = Field()\n",
            exception="ImportError",
            message="cannot import name 'Field' from 'shop' (/v/lib/shop/__init__.py)",
            line=1,
            names={"shop": frozenset({"Basket"})},
            homes={"shop:Field": ("shop.db.Field", "shop.forms.Field")},
        ),
        Rewrite(  # it is where it should be: the package was imported half
            before="from shop import Field\n\nX = Field()\n",
            after="from shop import Field\n\nX = Field()\n",
            exception="ImportError",
            message="cannot import name 'Field' from 'shop' (/v/lib/shop/__init__.py)",
            line=1,
            names={"shop": frozenset({"Field"})},
            homes={"shop:Field": ("shop.Field",)},
        ),
        Rewrite(  # one of the names of a lost module is nowhere
            before="from shop.old import Field, Widget\n\nX = Field(Widget)\n",
            after="from shop.old import Field, Widget\n\nX = Field(Widget)\n",
            exception="ModuleNotFoundError",
            message="No module named 'shop.old'",
            line=1,
            names={"shop": frozenset()},
            homes={"shop:Field": ("shop.forms.Field",)},
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before="from shop import Basket, Field\n\n\ndef f():\n    return Field(Basket)\n",
            after="from shop import Basket\nfrom shop.forms import Field\n\n\ndef f():\n    return Field(Basket)\n",
            exception="ImportError",
            message="cannot import name 'Field' from 'shop' (/v/lib/shop/__init__.py)",
            line=1,
            names={"shop": frozenset({"Basket"}), "shop.forms": frozenset({"Field"})},
            homes={"shop:Field": ("shop.forms.Field",)},
        ),
        Rewrite(
            before="import shop\n\n\ndef f(x):\n    return shop.signal.fade(x)\n",
            after="import shop.signal.windows\n\n\ndef f(x):\n    return shop.signal.windows.fade(x)\n",
            exception="AttributeError",
            message="module 'shop.signal' has no attribute 'fade'",
            line=5,
            names={"shop.signal": frozenset({"tone"}), "shop.signal.windows": frozenset({"fade"})},
            homes={"shop:fade": ("shop.signal.windows.fade",)},
        ),
        Rewrite(
            before="from shop.errors import NoStock, Refused\n\nALL = (NoStock, Refused)\n",
            after="from shop import NoStock, Refused\n\nALL = (NoStock, Refused)\n",
            exception="ModuleNotFoundError",
            message="No module named 'shop.errors'",
            line=1,
            names={"shop": frozenset({"NoStock", "Refused"})},
            homes={"shop:NoStock": ("shop.NoStock",), "shop:Refused": ("shop.Refused",)},
        ),
        Rewrite(  # another package has its own copy of what came with it, and gives out what is used of it
            before="import shop\nimport till\n\n\ndef f(x):\n    till.say(x)\n    return shop.Basket(x)\n",
            after="import shop\n\n\ndef f(x):\n    shop.say(x)\n    return shop.Basket(x)\n",
            exception="ModuleNotFoundError",
            message="No module named 'till'",
            line=2,
            names={"shop": frozenset({"Basket", "say"}), "shop._till": frozenset({"say"})},
        ),
        Rewrite(  # the package brought a copy of another, which is installed by itself
            before="from shop.externals import joblib\n\n\ndef f(x):\n    return joblib.dump(x)\n",
            after="import joblib\n\n\ndef f(x):\n    return joblib.dump(x)\n",
            exception="ImportError",
            message="cannot import name 'joblib' from 'shop.externals' (/v/lib/shop/externals/__init__.py)",
            line=1,
            names={"shop.externals": frozenset(), "joblib": frozenset({"dump"})},
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Offer the new place, at every use of what is gone from the old one."""
        for crash in crashes(scene, "ImportError", "ModuleNotFoundError", "AttributeError"):
            site = raising_site(scene, crash)
            if site is None or "partially initialized" in crash.message:
                continue
            named = next((found for form in _NAME if (found := form.search(crash.message)) is not None), None)
            lost = _MODULE.search(crash.message)
            if named is not None and not is_ours(scene, named["module"]):
                yield from self._follow(scene, site, _moved(scene, named["module"], {named["name"]}))
            elif lost is not None and "." in lost["module"] and not is_ours(scene, lost["module"]):
                wanted = _wanted(scene, site, lost["module"])
                yield from self._follow(scene, site, _moved(scene, lost["module"], wanted))
            elif lost is not None and "." not in lost["module"] and not is_ours(scene, lost["module"]):
                yield from self._follow(scene, site, _vendored(scene, lost["module"]), copied=True)

    def _follow(self, scene: Scene, site: Site, moves: Moves, *, copied: bool = False) -> Iterator[Candidate]:
        texts = relocate_from(scene.project, site.path, moves) if moves.symbols else {}
        if texts:
            places = sorted({new.rpartition(".")[0] or new for new in moves.symbols.values()})
            near = copied or all(_is_near(old, new) for old, new in moves.symbols.items())
            yield from self.offer(
                scene,
                texts,
                summary=f"In the installed release this is in `{'` and `'.join(places)}`, and nowhere else.",
                line=site.line,
                function=site.function,
                prior=None if near else _ELSEWHERE,
                tier=None if near else Tier.B,
            )


def _is_near(old: str, new: str) -> bool:
    """Say whether a name stayed on its branch of the package: elsewhere the same name may mean something else."""
    before, now = old.rpartition(".")[0], new.rpartition(".")[0]
    return bool(now) and (f"{before}.".startswith(f"{now}.") or f"{now}.".startswith(f"{before}."))


def _moved(scene: Scene, module: str, wanted: set[str]) -> Moves:
    """Return where all of these names of a module are now; nothing when one of them has no one place."""
    known = from_table(scene, module).symbols
    package = module.partition(".")[0]
    exported = scene.installed.names(module) or frozenset()
    moves: dict[str, str] = {}
    for name in sorted(wanted) if len(wanted) <= _TOO_MANY else ():
        old = f"{module}.{name}"
        if name in exported or old in known or old in reshaped() or len(name) < _SHORT:
            return Moves()  # nothing is gone, or a table knows more of it than where it is
        new = _place(scene, package, name)
        if not new or new == old:
            return Moves()
        moves[old] = new
    return Moves(moves)


def _vendored(scene: Scene, lost: str) -> Moves:
    """Return the names of a package that is not installed where another one has its own copy and gives them all out.

    A project that took them from the package it came with cannot any more: typer has had its own click since 0.26.
    """
    paths = sorted(scene.project.files)
    known = [origin for path in paths for origin in imports(scene.project, path).values()]
    others = dict.fromkeys(origin.module.partition(".")[0] for origin in known)
    sources = {
        path: parse(scene.project.text(path)) for path in paths if re.search(rf"\b{lost}\b", scene.project.text(path))
    }
    wanted = {name for path, text in sources.items() if text for name in _wanted(scene, Site(path, 0, "", text), lost)}
    for other in others:
        if other == lost or is_ours(scene, other) or not wanted:
            continue
        copies = (f"{other}.{copy}{lost}" for copy in ("_", "_vendor.", "vendor.", "_vendored.", "packages."))
        if any(scene.installed.names(copy) for copy in copies) and wanted <= (scene.installed.names(other) or set()):
            return Moves({f"{lost}.{name}": f"{other}.{name}" for name in wanted})
    return Moves()


def _place(scene: Scene, package: str, name: str) -> str:
    places = scene.installed.homes(package, name)
    if len(places) == 1:
        return places[0] if is_there(scene, places[0]) else ""
    return name if not places and name.islower() and scene.installed.names(name) is not None else ""


def _wanted(scene: Scene, site: Site, module: str) -> set[str]:
    """Return what a file takes from a module, whichever way it imports it; nothing when that is not plain."""
    names: set[str] = set()
    for line in site.source.all(cst.ImportFrom):
        if (get_full_name_for_node(line.module) if line.module else "") == module and not line.relative:
            if isinstance(line.names, cst.ImportStar):
                return set()
            names |= {str(alias.evaluated_name) for alias in line.names}
    for node in site.source.all(cst.Attribute):
        real = resolve(scene.project, site.path, node)
        if real.rpartition(".")[0] == module and site.source.up(node, cst.Import) is None:
            names.add(node.attr.value)
    return names
