"""Names that are used and never imported."""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator
from typing import ClassVar

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import Site, crashes, raising_site
from fixers.codemods.imports import Import, add_import, spelled
from fixers.codemods.scopes import bound
from fixers.codemods.source import Edits
from fixers.codemods.symbols import definitions, imports, tree_of, trees
from fixers.codemods.tables.common_names import ALIASES, HOMES
from fixers.model import Candidate, Tier
from fixers.project import is_repairable

_MESSAGE = re.compile(r"name '(?P<name>\w+)' is not defined")
_UNSURE = 0.5
_PATHS = {"pathlib": frozenset({"Path"})}


class MissingImport(Codemod):
    """Import a name that the module uses and never binds.

    Looked for in this order: how the project's other files import the name, what
    the project defines under it, the standard library, the environment.
    """

    NAME = "missing-import"
    NUMBER = 4
    TIER = Tier.A
    PRIOR = 0.95
    MESSAGE = "a name is used that the module never imports"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # nobody exports the name
            before="def f():\n    return frobnicate(1)\n",
            after="def f():\n    return frobnicate(1)\n",
            exception="NameError",
            message="name 'frobnicate' is not defined",
            line=2,
        ),
        Rewrite(  # the name is bound, only later
            before="def f():\n    return json.dumps(1)\n\n\nf()\nimport json\n",
            after="def f():\n    return json.dumps(1)\n\n\nf()\nimport json\n",
            exception="NameError",
            message="name 'json' is not defined",
            line=2,
            names={"json": frozenset({"dumps"})},
        ),
        Rewrite(  # the module has no such attribute, so another `json` was meant
            before="def f():\n    return json.frobnicate(1)\n",
            after="def f():\n    return json.frobnicate(1)\n",
            exception="NameError",
            message="name 'json' is not defined",
            line=2,
            names={"json": frozenset({"dumps"})},
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before='"""Doc."""\n\nimport abc\nimport sys\n\n\ndef f():\n    return json.dumps(sys.path)\n',
            after='"""Doc."""\n\nimport abc\nimport json\nimport sys\n\n\ndef f():\n    return json.dumps(sys.path)\n',
            exception="NameError",
            message="name 'json' is not defined. Did you forget to import 'json'?",
            line=8,
            names={"json": frozenset({"dumps"})},
        ),
        Rewrite(
            before="from pkg.money import Amount\n\n\ndef f(x):\n    return round_half(Amount(x))\n",
            after="from pkg.money import Amount, round_half\n\n\ndef f(x):\n    return round_half(Amount(x))\n",
            exception="NameError",
            message="name 'round_half' is not defined",
            line=5,
            files={"pkg/money.py": "class Amount:\n    pass\n\n\ndef round_half(x):\n    return x\n"},
        ),
        Rewrite(
            before="# Copyright.\n\nHERE = Path(__file__)\n",
            after="# Copyright.\n\nfrom pathlib import Path\n\nHERE = Path(__file__)\n",
            exception="NameError",
            message="name 'Path' is not defined",
            line=3,
            names=_PATHS,
        ),
        Rewrite(  # the project's habit wins over the table
            before="import os\n\n\ndef now():\n    return datetime.now()\n",
            after="import os\nfrom datetime import datetime\n\n\ndef now():\n    return datetime.now()\n",
            exception="NameError",
            message="name 'datetime' is not defined",
            line=5,
            files={"pkg/a.py": "from datetime import datetime\n", "pkg/b.py": "from datetime import datetime\n"},
            names={"datetime": frozenset({"datetime", "date"}), "datetime.datetime": frozenset({"now"})},
        ),
        Rewrite(  # a class that is called like its module, told by what is read off it
            before="def f(x):\n    return datetime.fromtimestamp(x)\n",
            after="from datetime import datetime\n\n\ndef f(x):\n    return datetime.fromtimestamp(x)\n",
            exception="NameError",
            message="name 'datetime' is not defined",
            line=2,
            names={"datetime": frozenset({"datetime", "date"}), "datetime.datetime": frozenset({"fromtimestamp"})},
        ),
        Rewrite(  # a module is not called
            before="def f(x):\n    return copy(x)\n",
            after="from copy import copy\n\n\ndef f(x):\n    return copy(x)\n",
            exception="NameError",
            message="name 'copy' is not defined",
            line=2,
            names={"copy": frozenset({"copy", "deepcopy"})},
        ),
        Rewrite(
            before=(
                "from __future__ import annotations\n\nfrom . import base\n\n\ndef f():\n    return np.zeros(base.N)\n"
            ),
            after=(
                "from __future__ import annotations\n\nimport numpy as np\n\nfrom . import base\n\n\n"
                "def f():\n    return np.zeros(base.N)\n"
            ),
            exception="NameError",
            message="name 'np' is not defined",
            line=7,
            names={"numpy": frozenset({"zeros"})},
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Import the one likely origin of each unbound name; several origins are offered with less confidence."""
        for crash in crashes(scene, "NameError"):
            named = _MESSAGE.search(crash.message)
            site = raising_site(scene, crash)
            if named and site and not _binds(scene, site, named["name"]):
                yield from self._import(scene, site, named["name"])

    def _import(self, scene: Scene, site: Site, name: str) -> Iterator[Candidate]:
        used = _attributes(scene, site, name)
        origins = [origin for origin in dict.fromkeys(_origins(scene, site, name)) if _offers(scene, origin, used)]
        for rank, origin in enumerate(origins[:4]):
            sure = len(origins) == 1
            yield from self.offer(
                scene,
                {site.path: add_import(Edits(site.source), scene.project, site.path, origin).text()},
                summary=f"`{name}` is used and never imported; `{origin.statement}` brings it in.",
                line=site.line,
                function=site.function,
                prior=self.PRIOR if sure else _UNSURE - 0.1 * rank,
                tier=self.TIER if sure else Tier.B,
            )


def _binds(scene: Scene, site: Site, name: str) -> bool:
    tree = tree_of(scene.project, site.path)
    return tree is None or name in bound(tree)


def _origins(scene: Scene, site: Site, name: str) -> Iterator[Import]:
    """Yield where the name may come from; the first source that knows it silences those after it."""
    habits: Counter[Import] = Counter()
    for path, text in scene.project.files.items():
        origin = imports(scene.project, path).get(name) if path != site.path and name in text else None
        if origin is not None and _exists(scene, origin.module):
            alias = name if name != (origin.name or origin.module) else ""
            habits[Import(spelled(scene.project, site.path, origin.module), origin.name, alias)] += 1
    if habits:
        yield from (found for found, _ in habits.most_common(3))
        return
    defining = list(_defining(scene, site, name))
    if defining:
        yield from (Import(spelled(scene.project, site.path, module), name) for module in defining)
    elif name in HOMES:
        yield Import(HOMES[name], name)
    elif name in sys.stdlib_module_names:
        yield from _of_standard(scene, site, name)
    elif name in ALIASES:
        yield Import(ALIASES[name], alias=name)
    elif scene.installed.names(name) is not None:
        yield Import(name)


def _defining(scene: Scene, site: Site, name: str) -> Iterator[str]:
    """Yield the modules that define the name and do not themselves import the file at fault."""
    own = scene.project.module_name(site.path)
    for path, tree in trees(scene.project, mentioning=name):
        if path == site.path or not is_repairable(path) or name not in definitions(tree):
            continue
        wanted = imports(scene.project, path).values()
        if not any(own in {origin.dotted, origin.module} for origin in wanted):
            yield scene.project.module_name(path)


def _attributes(scene: Scene, site: Site, name: str) -> set[str]:
    """Return the attributes that the file reads off the unknown name."""
    tree = tree_of(scene.project, site.path)
    return {
        node.attr
        for node in (ast.walk(tree) if tree else ())
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == name
    }


def _of_standard(scene: Scene, site: Site, name: str) -> Iterator[Import]:
    """Yield a module of the standard library and what in it has its name, as `datetime` and `copy` have."""
    if not _is_called(scene, site, name):
        yield Import(name)
    if name in (scene.installed.names(name) or ()):
        yield Import(name, name)


def _is_called(scene: Scene, site: Site, name: str) -> bool:
    """Say whether the file calls the unknown name itself, as nobody does with a module."""
    tree = tree_of(scene.project, site.path)
    called = (node.func for node in (ast.walk(tree) if tree else ()) if isinstance(node, ast.Call))
    return any(isinstance(function, ast.Name) and function.id == name for function in called)


def _offers(scene: Scene, origin: Import, used: set[str]) -> bool:
    """Say whether the origin exists and has what is read off it."""
    if origin.module.startswith(".") or _in_project(scene, origin.module):
        return True
    exported = scene.installed.names(origin.module)
    if exported is None or (origin.name and origin.name not in exported):
        return False
    members = scene.installed.names(f"{origin.module}.{origin.name}") if origin.name else exported
    return members is None or used <= members


def _exists(scene: Scene, module: str) -> bool:
    return _in_project(scene, module) or scene.installed.names(module) is not None


def _in_project(scene: Scene, module: str) -> bool:
    prefix = module.replace(".", "/") + "/"
    roots = ("", *(f"{root.rstrip('/')}/" for root in scene.project.source_roots if root != "."))
    package = any(path.startswith(root + prefix) for path in scene.project.files for root in roots)
    return package or scene.project.path_of(module) is not None
