"""Which class of an installed package a message means by its bare name."""

from __future__ import annotations

import sys

from fixers.codemods.base import Scene
from fixers.codemods.symbols import imports

_MOST_ROOTS = 4
"""Packages that are looked through: each costs a walk over its files."""


def class_named(scene: Scene, path: str, kind: str) -> str:
    """Return the dotted name of the one class of this name in what the project imports, its file's imports first."""
    paths = [path, *(other for other in sorted(scene.project.files) if other != path)]
    modules = dict.fromkeys(origin.module for other in paths for origin in imports(scene.project, other).values())
    own = {scene.project.module_name(other).partition(".")[0] for other in scene.project.files}
    roots = [root for root in dict.fromkeys(module.partition(".")[0] for module in modules) if root not in own]
    standard = [module for module in modules if module.partition(".")[0] in sys.stdlib_module_names]
    found = {f"{module}.{kind}" for module in standard if kind in (scene.installed.names(module) or ())}
    foreign = [root for root in roots if root not in sys.stdlib_module_names]
    for root in foreign[:_MOST_ROOTS] if not found else ():
        found |= set(scene.installed.homes(root, kind))
    # What a package gives out at its top is what people mean by a name that its depths have too.
    ordered = sorted(found, key=lambda dotted: dotted.count("."))
    alone = len(ordered) == 1 or (len(ordered) > 1 and ordered[0].count(".") < ordered[1].count("."))
    return ordered[0] if alone else ""
