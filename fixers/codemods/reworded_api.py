"""Names of a dependency that its installed release says in other words, or tells of in its documentation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import crashes, nearest_site
from fixers.codemods.gone_names import gone_name
from fixers.codemods.moved_names import from_table, is_ours, is_there, reshaped
from fixers.codemods.nearest import related, shortened, words
from fixers.codemods.relocation import Moves, relocate_from
from fixers.codemods.told_names import told_names
from fixers.model import Candidate, Tier

_LESS_SURE = 0.64
_SHOP = "from shop import BaseQuery\n\n\nclass Q(BaseQuery):\n    x = 1\n"


class RewordedApi(Codemod):
    """Use what the installed package itself says took a name's place, or the one name that says the same.

    The package's docstrings tell of it ("Renamed to `Query` from `BaseQuery`"); else the module has one name with
    all words of the lost one and more, with its words but the first or the last, or the class for its maker.
    """

    NAME = "reworded-api"
    NUMBER = 2
    TIER = Tier.A
    PRIOR = 0.84
    MESSAGE = "a dependency calls this by another name, as its documentation or its other names say"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # two names of the module say more
            before="import shop\n\n\ndef f():\n    return shop.load_all()\n",
            after="import shop\n\n\ndef f():\n    return shop.load_all()\n",
            exception="AttributeError",
            message="module 'shop' has no attribute 'load_all'",
            line=5,
            names={"shop": frozenset({"load_all_lines", "load_all_words"})},
        ),
        Rewrite(  # what the documentation names is not there
            before=_SHOP,
            after=_SHOP,
            exception="ImportError",
            message="cannot import name 'BaseQuery' from 'shop' (/v/lib/shop/__init__.py)",
            line=1,
            names={"shop": frozenset({"Basket"}), "shop.query": frozenset()},
            told={"shop:BaseQuery": ("shop.query.Query\tRenamed to ``Query`` from ``BaseQuery``.",)},
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before=_SHOP,
            after=_SHOP.replace("from shop import", "from shop.query import").replace("BaseQuery", "Query"),
            exception="ImportError",
            message="cannot import name 'BaseQuery' from 'shop' (/v/lib/shop/__init__.py)",
            line=1,
            names={"shop": frozenset({"Basket"}), "shop.query": frozenset({"Query"})},
            told={"shop:BaseQuery": ("shop.query.Query\tRenamed to ``Query`` from ``BaseQuery``.",)},
        ),
        Rewrite(
            before="from shop import render_group\n\n\n@render_group()\ndef f():\n    yield 1\n",
            after="from shop import group\n\n\n@group()\ndef f():\n    yield 1\n",
            exception="ImportError",
            message="cannot import name 'render_group' from 'shop' (/v/lib/shop/__init__.py)",
            line=1,
            names={"shop": frozenset({"group", "Group", "render_markup"})},
        ),
        Rewrite(
            before="import shop\n\n\ndef f():\n    return shop.create_lock()\n",
            after="import shop\n\n\ndef f():\n    return shop.Lock()\n",
            exception="AttributeError",
            message="module 'shop' has no attribute 'create_lock'",
            line=5,
            names={"shop": frozenset({"Lock", "Event"})},
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Offer what the documentation tells, else what the names say, at every use in the project."""
        for crash in crashes(scene, "ImportError", "AttributeError"):
            site = nearest_site(scene, crash)
            gone = gone_name(scene, site, crash) if site is not None else None
            if site is None or gone is None or is_ours(scene, gone[0]) or "partially initialized" in crash.message:
                continue
            old = ".".join(gone)
            exported = scene.installed.names(gone[0]) or frozenset()
            if gone[1] in exported or old in from_table(scene, gone[0]).symbols or old in reshaped():
                continue
            told = _told(scene, *gone)
            new = told or _alike(*gone, exported)
            texts = relocate_from(scene.project, site.path, Moves({old: new})) if new else {}
            if texts:
                yield from self.offer(
                    scene,
                    texts,
                    summary=f"The installed release has `{new}`, and no `{old}`"
                    + ("; its documentation says that this was renamed." if told else "."),
                    line=site.line,
                    function=site.function,
                    prior=None if told else _LESS_SURE,
                    tier=None if told else Tier.B,
                )


def _told(scene: Scene, module: str, name: str) -> str:
    """Return where the package's docstrings say that a name went; empty when they do not agree or it is not there."""
    found = set()
    for owner, new in told_names(scene, module.partition(".")[0], name):
        home = owner if owner.rpartition(".")[2] != new else owner.rpartition(".")[0]
        places = [f"{module}.{new}", f"{home}.{new}", f"{owner.rpartition('.')[0]}.{new}"]
        found.update([place for place in places if is_there(scene, place)][:1])
    return found.pop() if len(found) == 1 else ""


def _alike(module: str, name: str, exported: frozenset[str]) -> str:
    public = {other for other in exported if not other.startswith("_")}
    new = shortened(name, public) or (related(name, public) if len(words(name)) > 1 else None)
    return f"{module}.{new}" if new else ""
