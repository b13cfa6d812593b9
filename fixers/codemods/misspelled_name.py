"""Names, attributes and imports with a slip of the keyboard in them."""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterable, Iterator
from typing import ClassVar

import libcst as cst

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import Crash, Site, crashes, nearest_site, raising_site
from fixers.codemods.nearest import IN_LIBRARIES, MOST_SLIPS, nearest, suggested
from fixers.codemods.scopes import bound, visible
from fixers.codemods.source import Edits
from fixers.codemods.symbols import attributes, classes, tree_of
from fixers.codemods.tables.stdlib_removals import LOST
from fixers.model import Candidate, Tier

_NAME = re.compile(r"name '(?P<wrong>\w+)' is not defined")
_OBJECT = re.compile(r"^(?:type object )?'(?P<type>[\w.]+)' (?:object )?has no attribute '(?P<wrong>\w+)'")
_ALONE = re.compile(r"^(?P<wrong>[A-Za-z_]\w*)$")
"""All that an enum says before Python 3.12."""
_MODULE = re.compile(r"module '(?P<module>[\w.]+)' has no attribute '(?P<wrong>\w+)'")
_IMPORT = re.compile(r"cannot import name '(?P<wrong>\w+)' from '(?P<module>[\w.]+)'")
_BUILTIN_TYPES = frozenset({"str", "bytes", "list", "dict", "set", "frozenset", "tuple", "int", "float", "complex"})
_DOUBTFUL = 0.6
_CLASS = "class Till:\n    def __init__(self):\n        self.total = 0\n\n    def report(self):\n"


class MisspelledName(Codemod):
    """Replace an unknown name by the one known name that is a slip away.

    Known is what the line can see, what the project's class or module has, or what
    the installed module exports. Two names equally near: nothing is proposed.
    """

    NAME = "misspelled-name"
    NUMBER = 5
    TIER = Tier.A
    PRIOR = 0.9
    MESSAGE = "a name is misspelled"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # Python dropped it, and nothing took its place
            before="import binascii\n\nX = binascii.b2a_hqx(b'')\n",
            after="import binascii\n\nX = binascii.b2a_hqx(b'')\n",
            exception="AttributeError",
            message="module 'binascii' has no attribute 'b2a_hqx'. Did you mean: 'b2a_hex'?",
            line=3,
            names={"binascii": frozenset({"b2a_hex"})},
        ),
        Rewrite(  # a library has many names: what it dropped is like one that means something else
            before="from shop import TextField\n\nX = TextField()\n",
            after="from shop import TextField\n\nX = TextField()\n",
            exception="ImportError",
            message="cannot import name 'TextField' from 'shop' (/v/lib/shop/__init__.py)",
            line=1,
            names={"shop": frozenset({"TelField", "StringField"})},
        ),
        Rewrite(  # two names are equally near
            before="def f(left1, left2):\n    return left3\n",
            after="def f(left1, left2):\n    return left3\n",
            exception="NameError",
            message="name 'left3' is not defined",
            line=2,
        ),
        Rewrite(  # nothing is near
            before=_CLASS + "        return self.balance\n",
            after=_CLASS + "        return self.balance\n",
            exception="AttributeError",
            message="'Till' object has no attribute 'balance'",
            line=6,
        ),
        Rewrite(  # the attribute belongs to something else on the line too
            before=_CLASS + "        return self.totl + other.totl\n",
            after=_CLASS + "        return self.totl + other.totl\n",
            exception="AttributeError",
            message="'Tally' object has no attribute 'totl'",
            line=6,
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # the slip is where it is stored
            before=_CLASS.replace("total", "totl") + "        return self.total\n\n    def add(self, n):\n"
            "        self.total += n\n",
            after=_CLASS + "        return self.total\n\n    def add(self, n):\n        self.total += n\n",
            exception="AttributeError",
            message="'Till' object has no attribute 'total'",
            line=6,
            function="report",
        ),
        Rewrite(
            before="def f(values):\n    return sum(vlaues) / len(vlaues)  # mean\n",
            after="def f(values):\n    return sum(values) / len(values)  # mean\n",
            exception="NameError",
            message="name 'vlaues' is not defined. Did you mean: 'values'?",
            line=2,
        ),
        Rewrite(
            before=_CLASS + "        return self.totl\n",
            after=_CLASS + "        return self.total\n",
            exception="AttributeError",
            message="'Till' object has no attribute 'totl'",
            line=6,
            function="report",
        ),
        Rewrite(
            before="def shout(text):\n    return text.uper()\n",
            after="def shout(text):\n    return text.upper()\n",
            exception="AttributeError",
            message="'str' object has no attribute 'uper'",
            line=2,
            names={"builtins.str": frozenset({"upper", "lower"})},
        ),
        Rewrite(
            before="from pkg.rates import rate_dialy\n\n\ndef f():\n    return rate_dialy()\n",
            after="from pkg.rates import rate_daily\n\n\ndef f():\n    return rate_daily()\n",
            exception="ImportError",
            message="cannot import name 'rate_dialy' from 'pkg.rates' (/w/pkg/rates.py)",
            line=1,
            files={"pkg/rates.py": "def rate_daily():\n    return 1\n"},
        ),
        Rewrite(
            before="from pkg import rates\n\n\ndef f():\n    return rates.daily_rate()\n",
            after="from pkg import rates\n\n\ndef f():\n    return rates.rate_daily()\n",
            exception="AttributeError",
            message="module 'pkg.rates' has no attribute 'daily_rate'",
            line=5,
            files={"pkg/__init__.py": "", "pkg/rates.py": "def rate_daily():\n    return 1\n"},
        ),
        Rewrite(
            before="from pkg.kinds import Color\n\n\ndef f():\n    return Color.REDD\n",
            after="from pkg.kinds import Color\n\n\ndef f():\n    return Color.RED\n",
            exception="AttributeError",
            message="type object 'Color' has no attribute 'REDD'",
            line=5,
            files={"pkg/kinds.py": "import enum\n\n\nclass Color(enum.Enum):\n    RED = 1\n    BLUE = 2\n"},
        ),
        Rewrite(  # of an enum before Python 3.12
            before="from pkg.kinds import Color\n\n\ndef f():\n    return Color.REDD\n",
            after="from pkg.kinds import Color\n\n\ndef f():\n    return Color.RED\n",
            exception="AttributeError",
            message="REDD",
            line=5,
            files={"pkg/kinds.py": "import enum\n\n\nclass Color(enum.Enum):\n    RED = 1\n    BLUE = 2\n"},
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Offer the one near name, at every place where the same slip cannot be right."""
        for crash in crashes(scene, "NameError", "AttributeError", "ImportError"):
            if crash.exception == "AttributeError" and (named := _ALONE.search(crash.message)) is not None:
                yield from self._of_enum(scene, crash, named["wrong"])
                continue
            site = raising_site(scene, crash)
            if site is None:
                continue
            if (named := _NAME.search(crash.message)) is not None:
                yield from self._name(scene, crash, site, named["wrong"])
            elif (named := _IMPORT.search(crash.message)) is not None:
                if f"{named['module']}.{named['wrong']}" not in LOST:
                    yield from self._import(scene, site, named["module"], named["wrong"])
            elif (named := _MODULE.search(crash.message)) is not None:
                if f"{named['module']}.{named['wrong']}" in LOST:
                    continue
                known = _exported(scene, named["module"])
                slips = _slips(scene, named["module"])
                yield from self._attribute(scene, crash, site, named["wrong"], known, slips)
            elif (named := _OBJECT.search(crash.message)) is not None:
                known = _members(scene, named["type"])
                yield from self._attribute(scene, crash, site, named["wrong"], known)

    def _name(self, scene: Scene, crash: Crash, site: Site, wrong: str) -> Iterator[Candidate]:
        tree = tree_of(scene.project, site.path)
        if tree is None or wrong in bound(tree):
            return
        known = visible(tree, site.line) | set(dir(builtins))
        right = _choose(crash, wrong, known)
        scope = site.source.enclosing(site.line, cst.FunctionDef) or site.source.module
        names = [name for name in site.source.within(scope, cst.Name) if name.value == wrong and _is_read(site, name)]
        if right and names:
            yield from self._replace(scene, site, names, wrong, right)

    def _of_enum(self, scene: Scene, crash: Crash, wrong: str) -> Iterator[Candidate]:
        """Look for the class in the line, since the message does not name it."""
        site = nearest_site(scene, crash)
        if site is None:
            return
        reads = (node for node in site.source.at(site.line, cst.Attribute) if node.attr.value == wrong)
        for kind in dict.fromkeys(site.source.code(node.value) for node in reads):
            yield from self._attribute(scene, crash, site, wrong, _members(scene, kind))

    def _attribute(
        self, scene: Scene, crash: Crash, site: Site, wrong: str, known: Iterable[str] | None, slips: int = MOST_SLIPS
    ) -> Iterator[Candidate]:
        reads = [node for node in site.source.at(site.line, cst.Attribute) if node.attr.value == wrong]
        right = _choose(crash, wrong, known, slips) if known is not None else None
        bases = {site.source.code(node.value) for node in reads}
        if right and len(bases) == 1:
            stored = _stored_wrongly(scene, wrong, right)
            if stored:
                text = f"`{right}` is misspelled where it is stored; everything else reads `{wrong}`."
                yield from self.offer(scene, stored, summary=text, line=site.line, function=site.function, tier=Tier.B)
            yield from self._replace(scene, site, [node.attr for node in reads], wrong, right, doubtful=bool(stored))

    def _import(self, scene: Scene, site: Site, module: str, wrong: str) -> Iterator[Candidate]:
        known = _exported(scene, module)
        right = nearest(wrong, known, _slips(scene, module)) if known is not None else None
        names = [name for name in site.source.all(cst.Name) if name.value == wrong and not _is_keyword(site, name)]
        if right and right not in {name.value for name in site.source.all(cst.Name)}:
            names = [name for name in names if not _is_attribute(site, name)]
            others = [path for path in scene.project.files if path != site.path and _written(scene, path, wrong)]
            yield from self._replace(scene, site, names, wrong, right, doubtful=bool(others))

    def _replace(
        self, scene: Scene, site: Site, names: list[cst.Name], wrong: str, right: str, *, doubtful: bool = False
    ) -> Iterator[Candidate]:
        """Offer the near name; `doubtful` when others use the unknown one too, so that the near one may be the slip."""
        edits = Edits(site.source)
        for name in names:
            edits.put(name, name.with_changes(value=right))
        yield from self.offer(
            scene,
            {site.path: edits.text()},
            summary=f"`{wrong}` does not exist here; `{right}` is the only name this close to it.",
            line=site.line,
            function=site.function,
            prior=_DOUBTFUL if doubtful else None,
            tier=Tier.B if doubtful else None,
        )


def _choose(crash: Crash, wrong: str, known: Iterable[str], slips: int = MOST_SLIPS) -> str | None:
    """Return CPython's own suggestion when it is known and close, else the one near name."""
    names = set(known)
    near = nearest(wrong, names, slips)
    hint = suggested(crash.message)
    return hint if hint in names and nearest(wrong, {hint}, slips) else near


def _slips(scene: Scene, module: str) -> int:
    return MOST_SLIPS if scene.project.path_of(module) is not None else IN_LIBRARIES


def _stored_wrongly(scene: Scene, wrong: str, right: str) -> dict[str, str]:
    """Return the files with a stored attribute renamed, when more places read the other name than know this one."""
    written = {name: sum(_written(scene, path, f".{name}") for path in scene.project.files) for name in (wrong, right)}
    defined = any(_written(scene, path, f"def {right}") for path in scene.project.files)
    paths = [path for path in scene.project.repairable() if _written(scene, path, f".{right}")]
    if written[wrong] <= written[right] or defined or not paths:
        return {}
    return {path: re.sub(rf"\.{right}\b", f".{wrong}", scene.project.text(path)) for path in paths}


def _written(scene: Scene, path: str, name: str) -> int:
    text = scene.project.text(path)
    start = "" if name.startswith(".") else r"\b"
    return len(re.findall(rf"{start}{re.escape(name)}\b", text)) if name in text else 0


def _exported(scene: Scene, module: str) -> Iterable[str] | None:
    path = scene.project.path_of(module)
    if path is None:
        return scene.installed.names(module)
    tree = tree_of(scene.project, path)
    return bound(tree) if tree else None


def _members(scene: Scene, kind: str) -> Iterable[str] | None:
    name = kind.rpartition(".")[2]
    found = classes(scene.project, name)
    if len(found) == 1:
        return attributes(scene.project, found[0][1])
    return scene.installed.names(f"builtins.{name}") if name in _BUILTIN_TYPES and not found else None


def _is_read(site: Site, name: cst.Name) -> bool:
    return not _is_keyword(site, name) and not _is_attribute(site, name)


def _is_keyword(site: Site, name: cst.Name) -> bool:
    parent = site.source.parents[name]
    return isinstance(parent, cst.Arg) and parent.keyword is name


def _is_attribute(site: Site, name: cst.Name) -> bool:
    parent = site.source.parents[name]
    return isinstance(parent, cst.Attribute) and parent.attr is name
