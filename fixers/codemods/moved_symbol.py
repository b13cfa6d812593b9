"""Imports that look for a symbol or module of the project where it no longer is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import Crash, Site, crashes, raised_in_test, raising_site
from fixers.codemods.departed import used_of
from fixers.codemods.exports import given_out, homes
from fixers.codemods.relocation import Moves, relocate_from
from fixers.codemods.scopes import bound
from fixers.codemods.symbols import definitions, imports, tree_of, trees
from fixers.model import Candidate, Tier
from fixers.project import is_repairable

_SYMBOL = (
    re.compile(r"cannot import name '(?P<name>\w+)' from '(?P<module>[\w.]+)'"),
    re.compile(r"module '(?P<module>[\w.]+)' has no attribute '(?P<name>\w+)'"),
)
_MODULE = re.compile(r"No module named '(?P<module>[\w.]+)'")
_MONEY = {"pkg/__init__.py": "", "pkg/money.py": "class Amount:\n    pass\n", "pkg/core.py": "X = 1\n"}
_FROM_TEST = (("tests/test_example.py", 1, "<module>"),)


class MovedSymbol(Codemod):
    """Import a symbol from the one module of the project that defines it.

    Where the stale import stands in a test, the old place gets a re-export: the
    test says which path is public.
    """

    NAME = "moved-symbol"
    NUMBER = 6
    TIER = Tier.A
    PRIOR = 0.94
    MESSAGE = "a name is imported from a module that no longer defines it"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # a circular import: the name is where it should be
            before="from pkg.core import Amount\n",
            after="from pkg.core import Amount\n",
            exception="ImportError",
            message="cannot import name 'Amount' from partially initialized module 'pkg.core' (most likely due to a "
            "circular import) (/w/pkg/core.py)",
            line=1,
            files=_MONEY,
        ),
        Rewrite(  # two modules define it
            before="from pkg.core import Amount\n",
            after="from pkg.core import Amount\n",
            exception="ImportError",
            message="cannot import name 'Amount' from 'pkg.core' (/w/pkg/core.py)",
            line=1,
            files={**_MONEY, "pkg/cash.py": "class Amount:\n    pass\n"},
        ),
        Rewrite(  # nothing of the name is left
            before="from pkg.gone import Amount, total\n",
            after="from pkg.gone import Amount, total\n",
            exception="ModuleNotFoundError",
            message="No module named 'pkg.gone'",
            line=1,
            files=_MONEY,
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before="import os\n\nfrom pkg.core import Amount, X\n\n\ndef f():\n    return Amount(), X, os\n",
            after=(
                "import os\n\nfrom pkg.core import X\nfrom pkg.money import Amount\n\n\n"
                "def f():\n    return Amount(), X, os\n"
            ),
            exception="ImportError",
            message="cannot import name 'Amount' from 'pkg.core' (/w/pkg/core.py)",
            line=3,
            files=_MONEY,
        ),
        Rewrite(  # as Python 2 found what stands in the same package
            before="import money\n\n\ndef f():\n    return money.Amount()\n",
            after="import pkg.money\n\n\ndef f():\n    return pkg.money.Amount()\n",
            exception="ModuleNotFoundError",
            message="No module named 'money'",
            line=1,
            files=_MONEY,
        ),
        Rewrite(
            before="from .core import Amount  # the till's unit\n\nONE = Amount()\n",
            after="from .money import Amount  # the till's unit\n\nONE = Amount()\n",
            exception="ImportError",
            message="cannot import name 'Amount' from 'pkg.core' (/w/pkg/core.py)",
            line=1,
            files=_MONEY,
        ),
        Rewrite(
            before="from pkg import core\n\n\ndef f():\n    return core.Amount()\n",
            after="import pkg.money\n\n\ndef f():\n    return pkg.money.Amount()\n",
            exception="AttributeError",
            message="module 'pkg.core' has no attribute 'Amount'",
            line=5,
            files=_MONEY,
        ),
        Rewrite(
            before="from pkg.cash import Amount\n\nONE = Amount()\n",
            after="from pkg.money import Amount\n\nONE = Amount()\n",
            exception="ModuleNotFoundError",
            message="No module named 'pkg.cash'",
            line=1,
            files=_MONEY,
        ),
        Rewrite(
            before='"""Core."""\n\nX = 1\n',
            after='"""Core."""\n\nfrom pkg.money import Amount as Amount\n\nX = 1\n',
            path="pkg/core.py",
            exception="ImportError",
            message="cannot import name 'Amount' from 'pkg.core' (/w/pkg/core.py)",
            files={"pkg/__init__.py": "", "pkg/money.py": "class Amount:\n    pass\n"},
            frames=_FROM_TEST,
        ),
        Rewrite(  # a module that was taken apart
            before="from pkg import helpers\n\n\ndef f(x):\n    return helpers.slug(helpers.cut(x))\n",
            after="import pkg.cuts\nimport pkg.slugs\n\n\ndef f(x):\n    return pkg.slugs.slug(pkg.cuts.cut(x))\n",
            exception="ImportError",
            message="cannot import name 'helpers' from 'pkg' (/w/pkg/__init__.py)",
            line=1,
            files={
                "pkg/__init__.py": "",
                "pkg/slugs.py": "def slug(x):\n    return x\n",
                "pkg/cuts.py": "def cut(x):\n    return x\n",
            },
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Offer the one new home, at every import that looks in the old one."""
        for crash in crashes(scene, "ImportError", "AttributeError", "ModuleNotFoundError"):
            if "partially initialized" in crash.message:
                continue
            site = raising_site(scene, crash)
            named = next((found for pattern in _SYMBOL if (found := pattern.search(crash.message))), None)
            if named is not None:
                yield from self._symbol(scene, crash, site, named["module"], named["name"])
            elif site is not None and (lost := _MODULE.search(crash.message)) is not None:
                yield from self._module(scene, site, lost["module"])

    def _symbol(self, scene: Scene, crash: Crash, site: Site | None, module: str, name: str) -> Iterator[Candidate]:
        old = scene.project.path_of(module)
        tree = tree_of(scene.project, old) if old else None
        home = _home(scene, name)
        lost = f"{module}.{name}"
        if site is not None and home is None and tree is not None and name not in bound(tree):
            if scene.project.path_of(lost) is None and used_of(scene.project, lost):
                yield from self._parts(scene, site, lost)
            return
        if old is None or tree is None or home is None or name in bound(tree):
            return
        if site is not None:
            yield from self._follow(scene, site, Moves({f"{module}.{name}": f"{home}.{name}"}), home)
        elif raised_in_test(scene, crash):
            yield from self._export(scene, old, home, name)

    def _follow(self, scene: Scene, site: Site, moves: Moves, home: str) -> Iterator[Candidate]:
        texts = relocate_from(scene.project, site.path, moves)
        if texts:
            yield from self.offer(
                scene,
                texts,
                summary=f"What is imported here is defined in `{home}`, and nowhere else in the project.",
                line=site.line,
                function=site.function,
            )

    def _export(self, scene: Scene, old: str, home: str, name: str) -> Iterator[Candidate]:
        text = given_out(scene.project, old, home, name)
        if text is not None:
            yield from self.offer(
                scene,
                {old: text},
                summary=f"`{name}` moved to `{home}`; its old path, which tests import, gives it out again.",
                line=1,
                prior=0.85,
            )

    def _module(self, scene: Scene, site: Site, module: str) -> Iterator[Candidate]:
        sibling = _sibling(scene, site, module)
        if sibling:
            yield from self._follow(scene, site, Moves(modules={module: sibling}), sibling)
        if scene.project.path_of(module) is not None or not _has_root(scene, module):
            return
        wanted = {
            origin.name
            for origin in imports(scene.project, site.path).values()
            if origin.module == module and origin.name
        }
        last = module.rpartition(".")[2]
        homes = {
            scene.project.module_name(path)
            for path, tree in trees(scene.project)
            if is_repairable(path)
            and path != site.path
            and (_last(scene, path) == last or (wanted and wanted <= set(definitions(tree))))
            and wanted <= set(definitions(tree))
        }
        if len(homes) == 1:
            home = homes.pop()
            yield from self._follow(scene, site, Moves(modules={module: home}), home)
        elif not homes:
            yield from self._parts(scene, site, module)

    def _parts(self, scene: Scene, site: Site, module: str) -> Iterator[Candidate]:
        """Follow what is used of a lost module to several modules: it was taken apart."""
        moves = {f"{module}.{name}": _home(scene, name) for name in used_of(scene.project, module)}
        if len(set(moves.values())) > 1 and all(moves.values()):
            symbols = {old: f"{home}.{old.rpartition('.')[2]}" for old, home in moves.items()}
            shown = "`, `".join(sorted({home for home in moves.values() if home}))
            yield from self._follow(scene, site, Moves(symbols), shown)


def _sibling(scene: Scene, site: Site, module: str) -> str:
    """Return the module beside the importing one that is meant, as Python 2 would have found it; else nothing."""
    own = scene.project.module_name(site.path)
    package = own if site.path.endswith("/__init__.py") else own.rpartition(".")[0]
    meant = f"{package}.{module}"
    known = not package or "." in module or scene.project.path_of(meant) is None or _has_root(scene, module)
    return "" if known or scene.installed.names(module) is not None else meant


def _home(scene: Scene, name: str) -> str | None:
    """Return the one module outside the tests that defines a name, or None."""
    found = homes(scene.project, name)
    return found[0] if len(found) == 1 else None


def _last(scene: Scene, path: str) -> str:
    return scene.project.module_name(path).rpartition(".")[2]


def _has_root(scene: Scene, module: str) -> bool:
    root = module.partition(".")[0]
    return any(scene.project.module_name(path).partition(".")[0] == root for path in scene.project.files)
