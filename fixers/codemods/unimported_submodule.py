"""Modules of a package that are used and that nothing imports."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

import libcst as cst
from libcst.helpers import get_full_name_for_node

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import Site, crashes, raising_site
from fixers.codemods.guards import guarded
from fixers.codemods.imports import Import, add_import
from fixers.codemods.source import Edits
from fixers.model import Candidate, Tier

_MESSAGE = re.compile(r"module '(?P<module>[\w.]+)' has no attribute '(?P<name>\w+)'")
_UTIL = {"importlib": frozenset({"import_module"}), "importlib.util": frozenset({"__spec__", "find_spec"})}
_NO_UTIL = "module 'importlib' has no attribute 'util'"


class UnimportedSubmodule(Codemod):
    """Import the module of a package that is read off the package.

    `import geo` does not load `geo.shapes`. It seems to work while something else
    loads it, and fails when that something is gone or the order changes.
    """

    NAME = "unimported-submodule"
    NUMBER = 4
    TIER = Tier.A
    PRIOR = 0.94
    MESSAGE = "a module of a package is used and never imported"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # there is no such module
            before="import importlib\n\n\ndef f():\n    return importlib.utils.find_spec('a')\n",
            after="import importlib\n\n\ndef f():\n    return importlib.utils.find_spec('a')\n",
            exception="AttributeError",
            message="module 'importlib' has no attribute 'utils'",
            line=5,
            names=_UTIL,
        ),
        Rewrite(  # imported; the attribute is missing for another reason
            before="import importlib.util\n\n\ndef f():\n    return importlib.util.find_spec('a')\n",
            after="import importlib.util\n\n\ndef f():\n    return importlib.util.find_spec('a')\n",
            exception="AttributeError",
            message=_NO_UTIL,
            line=5,
            names=_UTIL,
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before="import importlib\nimport sys\n\n\ndef f():\n    return importlib.util.find_spec(sys.argv[1])\n",
            after="import importlib.util\nimport sys\n\n\ndef f():\n    return importlib.util.find_spec(sys.argv[1])\n",
            exception="AttributeError",
            message=_NO_UTIL,
            line=6,
            names=_UTIL,
        ),
        Rewrite(
            before="import geo\n\n\ndef f(a):\n    return geo.shapes.area(a)\n",
            after="import geo.shapes\n\n\ndef f(a):\n    return geo.shapes.area(a)\n",
            exception="AttributeError",
            message="module 'geo' has no attribute 'shapes'",
            line=5,
            files={"geo/__init__.py": "", "geo/shapes.py": "def area(a):\n    return a * a\n"},
        ),
        Rewrite(  # and what else is read of it, which no test has reached yet
            before="import geo\n\n\ndef f(a):\n    return geo.shapes.area(a)\n\n\n"
            "def g(a):\n    return geo.maps.draw(a)\n",
            after="import geo.maps\nimport geo.shapes\n\n\ndef f(a):\n    return geo.shapes.area(a)\n\n\n"
            "def g(a):\n    return geo.maps.draw(a)\n",
            exception="AttributeError",
            message="module 'geo' has no attribute 'shapes'",
            line=5,
            files={"geo/__init__.py": "", "geo/shapes.py": "", "geo/maps.py": ""},
        ),
        Rewrite(  # under another name the package cannot take its module along
            before="import concurrent as c\n\n\ndef f():\n    return c.futures.Future()\n",
            after="import concurrent as c\nimport concurrent.futures\n\n\ndef f():\n    return c.futures.Future()\n",
            exception="AttributeError",
            message="module 'concurrent' has no attribute 'futures'",
            line=5,
            names={"concurrent": frozenset(), "concurrent.futures": frozenset({"__spec__", "Future"})},
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Name the module in the import of its package."""
        for crash in crashes(scene, "AttributeError"):
            named = _MESSAGE.search(crash.message)
            site = raising_site(scene, crash)
            if named is not None and site is not None and _is_module(scene, named["module"], named["name"]):
                yield from self._import(scene, site, named["module"], named["name"])

    def _import(self, scene: Scene, site: Site, package: str, name: str) -> Iterator[Candidate]:
        reads = [node for node in site.source.at(site.line, cst.Attribute) if node.attr.value == name]
        module = _whole(scene, site, reads, f"{package}.{name}")
        known = [alias for line in site.source.all(cst.Import) for alias in line.names]
        if not reads or any(guarded(site.source, node) for node in reads):
            return
        if module in {get_full_name_for_node(alias.name) for alias in known}:
            return
        edits = Edits(site.source)
        plain = [alias for alias in known if get_full_name_for_node(alias.name) == package and alias.asname is None]
        others = [other for other in _others(scene, site, package) if other != module]
        if plain:
            written = cst.parse_expression(module)
            for alias in plain:
                edits.change(alias, cst.ImportAlias, lambda node: node.with_changes(name=written))
        else:
            others.insert(0, module)
        for other in others:  # one red test stands for all: the next line would fail the same way
            add_import(edits, scene.project, site.path, Import(other))
        yield from self.offer(
            scene,
            {site.path: edits.text()},
            summary=f"`{module}` is used, and `import {package}` does not load it.",
            line=site.line,
            function=site.function,
        )


def _others(scene: Scene, site: Site, package: str) -> list[str]:
    """Return the modules that the file reads off a package by its own name and that none of its imports loads."""
    loaded = {get_full_name_for_node(alias.name) or "" for line in site.source.all(cst.Import) for alias in line.names}
    loaded |= {get_full_name_for_node(line.module) or "" for line in site.source.all(cst.ImportFrom) if line.module}
    found = []
    for node in site.source.all(cst.Attribute):
        if get_full_name_for_node(node.value) == package and _is_module(scene, package, node.attr.value):
            module = _whole(scene, site, [node], f"{package}.{node.attr.value}")
            there = any(name == module or name.startswith(f"{module}.") for name in loaded)
            if not there and not guarded(site.source, node) and not site.source.up(node, cst.Import):
                found.append(module)
    return list(dict.fromkeys(found))


def _whole(scene: Scene, site: Site, reads: list[cst.Attribute], module: str) -> str:
    """Follow what is read off a module as long as it is a module again: `xml.etree.ElementTree`."""
    node = site.source.parents[reads[0]] if len(reads) == 1 else None
    while isinstance(node, cst.Attribute) and _is_module(scene, module, str(node.attr.value)):
        module = f"{module}.{node.attr.value}"
        node = site.source.parents[node]
    return module


def _is_module(scene: Scene, package: str, name: str) -> bool:
    module = f"{package}.{name}"
    if scene.project.path_of(module) is not None:
        return True
    # Of a function or a class names are known too; only a module has a specification.
    return scene.project.path_of(package) is None and "__spec__" in (scene.installed.names(module) or ())
