"""Which keys the project's own text gives its mappings."""

from __future__ import annotations

import ast

import libcst as cst

from fixers.codemods.base import Scene
from fixers.codemods.crash import Site
from fixers.codemods.symbols import tree_of
from fixers.project import is_repairable


def times_written(scene: Scene, key: str) -> int:
    """Count how often the whole project writes a key, tests included: what stands there once may be a slip."""
    return sum(text.count(f"'{key}'") + text.count(f'"{key}"') for text in scene.project.files.values())


def written_once(scene: Scene, key: str) -> str | None:
    """Return the file that may be edited in which alone, and once, a key is written: there it may be the slip."""
    where = [path for path, text in scene.project.files.items() if f"'{key}'" in text or f'"{key}"' in text]
    alone = len(where) == 1 and is_repairable(where[0]) and times_written(scene, key) == 1
    return where[0] if alone else None


def written_keys(scene: Scene, site: Site, node: cst.Subscript) -> set[str]:
    """Return the keys that the file's own literals and stores give a mapping of the same name."""
    tree = tree_of(scene.project, site.path)
    name = site.source.code(node.value)
    keys: set[str] = set()
    for item in ast.walk(tree) if tree else ():
        if isinstance(item, ast.Assign) and isinstance(item.value, ast.Dict):
            if name in {ast.unparse(target) for target in item.targets}:
                keys |= {k.value for k in item.value.keys if isinstance(k, ast.Constant) and isinstance(k.value, str)}
        elif isinstance(item, ast.Subscript) and isinstance(item.ctx, ast.Store):
            key = item.slice.value if isinstance(item.slice, ast.Constant) else None
            keys |= {key} if isinstance(key, str) and ast.unparse(item.value) == name else set()
    return keys
