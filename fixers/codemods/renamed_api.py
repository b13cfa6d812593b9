"""Names of a dependency that its installed release no longer has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from fixers.codemods.advice import Advice, advised
from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import Crash, Site, crashes, nearest_site
from fixers.codemods.gone_names import gone_name
from fixers.codemods.hints import hinted_attributes, hinted_symbol, told_place, uses
from fixers.codemods.moved_names import from_table, is_of_project, is_ours, is_there, reshaped
from fixers.codemods.nearest import IN_LIBRARIES, nearest
from fixers.codemods.relocation import Moves, relocate, relocate_from
from fixers.codemods.renamings import with_attribute
from fixers.codemods.shapes import is_warning
from fixers.codemods.spelling import resolve
from fixers.codemods.tables.renamed_apis import METHODS, SYMBOLS
from fixers.codemods.tables.stdlib_removals import SYMBOLS as STANDARD
from fixers.model import Candidate, Tier

_NO_MODULE = re.compile(r"No module named '(?P<module>[\w.]+)'")
_METHOD = re.compile(r"'(?P<type>[\w.]+)' object has no attribute '(?P<name>\w+)'")
_LIVE = 0.75
_SAID = 0.9
_NUMPY = {"numpy": frozenset({"float64", "inf", "nan", "zeros"})}
_DEPRECATED = "The `dict` method is deprecated; use `model_dump` instead. Deprecated in Pydantic V2.0."


class RenamedApi(Codemod):
    """Call a dependency's function, class or method by the name its installed release uses.

    The new name comes from a table, or from the library's own message ("use X instead"), or is the only near name
    that the live module exports. It must exist in the target's environment.
    """

    NAME = "renamed-api"
    NUMBER = 2
    TIER = Tier.A
    PRIOR = 0.94
    MESSAGE = "the installed release of a dependency no longer has this name"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # the installed release has neither the old name nor the new one
            before="import numpy as np\n\nx = np.float_(1)\n",
            after="import numpy as np\n\nx = np.float_(1)\n",
            exception="AttributeError",
            message="module 'numpy' has no attribute 'float_'",
            line=3,
            names={"numpy": frozenset({"zeros"})},
        ),
        Rewrite(  # another module of the project, not a dependency
            before="from pkg import rates\n\nx = rates.daly()\n",
            after="from pkg import rates\n\nx = rates.daly()\n",
            exception="AttributeError",
            message="module 'pkg.rates' has no attribute 'daly'",
            line=3,
            files={"pkg/__init__.py": "", "pkg/rates.py": "def daily():\n    return 1\n"},
        ),
        Rewrite(  # the author has a way round it
            before="import numpy as np\n\nx = np.Inf if hasattr(np, 'Inf') else np.inf\n",
            after="import numpy as np\n\nx = np.Inf if hasattr(np, 'Inf') else np.inf\n",
            exception="AttributeError",
            message="module 'numpy' has no attribute 'Inf'",
            line=3,
            names=_NUMPY,
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before="import numpy as np\n\n\ndef f(n):\n    return np.zeros(n, dtype=np.float)  # wide\n",
            after="import numpy as np\n\n\ndef f(n):\n    return np.zeros(n, dtype=float)  # wide\n",
            exception="AttributeError",
            message="module 'numpy' has no attribute 'float'.\n`np.float` was a deprecated alias for `float`.",
            line=5,
            names=_NUMPY,
        ),
        Rewrite(
            before="import numpy as np\n\nLIMIT = np.Inf\nNONE = np.NaN\n",
            after="import numpy as np\n\nLIMIT = np.inf\nNONE = np.nan\n",
            exception="AttributeError",
            message="`np.Inf` was removed in the NumPy 2.0 release. Use `np.inf` instead.",
            line=3,
            names=_NUMPY,
        ),
        Rewrite(
            before="from flask import Flask, escape\n\n\ndef f(x):\n    return escape(x)\n",
            after="from flask import Flask\nfrom markupsafe import escape\n\n\ndef f(x):\n    return escape(x)\n",
            exception="ImportError",
            message="cannot import name 'escape' from 'flask' (/v/lib/flask/__init__.py)",
            line=1,
            names={"flask": frozenset({"Flask"}), "markupsafe": frozenset({"escape", "Markup"})},
        ),
        Rewrite(
            before="from jinja2 import contextfilter\n\n\n@contextfilter\ndef f(ctx, x):\n    return x\n",
            after="from jinja2 import pass_context\n\n\n@pass_context\ndef f(ctx, x):\n    return x\n",
            exception="ImportError",
            message="cannot import name 'contextfilter' from 'jinja2' (/v/lib/jinja2/__init__.py)",
            line=1,
            names={"jinja2": frozenset({"pass_context"})},
        ),
        Rewrite(  # both names of the module that has it are taken
            before=(
                "from datetime import datetime\n\nfrom django.utils import timezone\n\n\n"
                "def f():\n    return datetime.now(timezone.utc), timezone.utc, timezone.now()\n"
            ),
            after=(
                "from datetime import datetime, timezone as datetime_timezone\n\n"
                "from django.utils import timezone\n\n\n"
                "def f():\n    return datetime.now(datetime_timezone.utc), datetime_timezone.utc, timezone.now()\n"
            ),
            exception="AttributeError",
            message="module 'django.utils.timezone' has no attribute 'utc'",
            line=7,
            names={"django.utils.timezone": frozenset({"now"}), "datetime.timezone": frozenset({"utc"})},
        ),
        Rewrite(
            before="def f(model):\n    return model.dict()\n",
            after="def f(model):\n    return model.model_dump()\n",
            exception="pydantic.warnings.PydanticDeprecatedSince20",
            message=_DEPRECATED,
            line=2,
        ),
        Rewrite(
            before="def f(frame):\n    return [name for name, _ in frame.iteritems()]\n",
            after="def f(frame):\n    return [name for name, _ in frame.items()]\n",
            exception="AttributeError",
            message="'DataFrame' object has no attribute 'iteritems'",
            line=2,
            names={"pandas.DataFrame": frozenset({"items"})},
        ),
        Rewrite(  # no table knows it; the live module exports one near name
            before="import shop\n\n\ndef f():\n    return shop.load_config()\n",
            after="import shop\n\n\ndef f():\n    return shop.config_load()\n",
            exception="AttributeError",
            message="module 'shop' has no attribute 'load_config'",
            line=5,
            names={"shop": frozenset({"config_load", "Basket"})},
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Offer the table's answer, else the message's, else the one near live name."""
        for crash in crashes(scene):
            site = nearest_site(scene, crash)
            if site is None:
                continue
            gone = gone_name(scene, site, crash)
            if gone is not None and not is_ours(scene, gone[0]):
                yield from self._symbol(scene, crash, site, *gone)
            elif (named := _NO_MODULE.search(crash.message)) is not None:
                yield from self._relocate(scene, site, from_table(scene, named["module"]), self.PRIOR)
            elif (named := _METHOD.search(crash.message)) is not None:
                yield from self._method(scene, site, named["type"], named["name"])
            elif is_warning(crash.exception):
                yield from self._warned(scene, crash, site)

    def _symbol(self, scene: Scene, crash: Crash, site: Site, module: str, name: str) -> Iterator[Candidate]:
        moves = from_table(scene, module)
        if f"{module}.{name}" in moves.symbols:
            yield from self._relocate(scene, site, moves, self.PRIOR)
            return
        if f"{module}.{name}" in reshaped():
            return  # it takes another form too, which a rule of its own knows
        exported = scene.installed.names(module)
        said = advised(crash.message)
        told = said.new.rpartition(".")[2] if said and said.old.rpartition(".")[2] == name else None
        new = told or (nearest(name, exported, IN_LIBRARIES) if exported else None)
        if exported and new in exported and name not in exported:
            moves = Moves({f"{module}.{name}": f"{module}.{new}"})
            yield from self._relocate(scene, site, moves, _LIVE)

    def _warned(self, scene: Scene, crash: Crash, site: Site) -> Iterator[Candidate]:
        """Rename what a deprecation speaks of, as a table or the message itself says."""
        used = {real for node in uses(site) if (real := resolve(scene.project, site.path, node))}
        known = {
            old: new
            for old, new in (*SYMBOLS.items(), *((gone.old, gone.new) for gone in STANDARD))
            if old in used and old.rpartition(".")[2] in crash.message and is_there(scene, new)
        }
        said = advised(crash.message)
        if not known and said is not None:
            told = {real: told_place(scene, real, said) for real in sorted(used) if not is_of_project(scene, real)}
            known = {real: new for real, new in told.items() if new}
        if known:
            yield from self._relocate(scene, site, Moves(known), self.PRIOR)
        elif said is not None and not any(is_of_project(scene, real) and real.endswith(said.old) for real in used):
            yield from self._attribute(scene, site, said)
        if not known:
            yield from self._hinted(scene, crash, site, used)

    def _hinted(self, scene: Scene, crash: Crash, site: Site, used: set[str]) -> Iterator[Candidate]:
        """Rename what the failing line uses to what the message says to use, where it names no old name."""
        hinted = hinted_symbol(scene, used, crash.message)
        if hinted:
            yield from self._relocate(scene, site, Moves(hinted), _SAID)
        for old, new in hinted_attributes(site, crash.message):
            yield from self._rename(scene, site, old, new, _SAID)

    def _relocate(self, scene: Scene, site: Site, moves: Moves, prior: float) -> Iterator[Candidate]:
        """Offer these moves in the whole project, then all that the table knows of the same library."""
        texts = relocate_from(scene.project, site.path, moves) if moves.symbols or moves.modules else {}
        if not texts:
            return
        named = [new for old, new in moves.symbols.items() if old.rpartition(".")[2] in site.source.text]
        new = (named or list(moves.modules.values()))[0]
        root = next(iter((*moves.symbols, *moves.modules))).partition(".")[0]
        every = from_table(scene, root)
        wide = Moves({**every.symbols, **moves.symbols}, {**every.modules, **moves.modules})
        wider = relocate_from(scene.project, site.path, wide)
        for number, wanted in enumerate((texts, wider) if wider != texts else (texts,)):
            yield from self.offer(
                scene,
                wanted,
                summary=f"The installed release has another name for this: `{new}`.",
                line=site.line,
                function=site.function,
                prior=prior,
                tier=self.TIER if prior == self.PRIOR else Tier.B,
                wider=bool(number),
            )

    def _method(self, scene: Scene, site: Site, kind: str, name: str) -> Iterator[Candidate]:
        for (dotted, old), new in METHODS.items():
            if old == name and dotted.rpartition(".")[2] == kind and new in (scene.installed.names(dotted) or ()):
                yield from self._rename(scene, site, old, new, self.PRIOR)
                yield from self._and_names(scene, site, dotted.partition(".")[0], old, new)
                return

    def _and_names(self, scene: Scene, site: Site, root: str, old: str, new: str) -> Iterator[Candidate]:
        """Offer the attribute's new name with all names of its library that are gone: the next may fail unseen."""
        *_, text = (site.source.text, *with_attribute(site, old, new))
        if text == site.source.text:
            return
        project = type(scene.project)({**scene.project.files, site.path: text}, scene.project.source_roots)
        moves = from_table(scene, root)
        texts = {site.path: text}
        for path in scene.project.repairable():
            if moves.symbols and (changed := relocate(project, path, moves)) is not None:
                texts[path] = changed
        if len(texts) > 1 or texts[site.path] != text:
            yield from self.offer(
                scene,
                texts,
                summary=f"`{old}` is `{new}` in the installed release, which has other names too.",
                line=site.line,
                function=site.function,
                wider=True,
            )

    def _attribute(self, scene: Scene, site: Site, said: Advice) -> Iterator[Candidate]:
        old_home, _, old = said.old.rpartition(".")
        new_home, _, new = said.new.rpartition(".")
        if old_home.rpartition(".")[2] == new_home.rpartition(".")[2] or not new_home or not old_home:
            yield from self._rename(scene, site, old, new, _SAID)

    def _rename(self, scene: Scene, site: Site, old: str, new: str, prior: float) -> Iterator[Candidate]:
        """Rename the attribute in the failing line, then in the whole file: one red test stands for all."""
        for number, text in enumerate(with_attribute(site, old, new)):
            yield from self.offer(
                scene,
                {site.path: text},
                summary=f"`{old}` is `{new}` in the installed release.",
                line=site.line,
                function=site.function,
                prior=prior,
                wider=bool(number),
            )
