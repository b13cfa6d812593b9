"""What the project still uses of a module that is gone."""

from __future__ import annotations

import ast

from fixers.codemods.symbols import imports, trees
from fixers.project import Project, is_repairable


def used_of(project: Project, module: str) -> set[str]:
    """Return the names that files outside the tests import from a module, or read off it."""
    found: set[str] = set()
    for path, tree in trees(project, mentioning=module.rpartition(".")[2]):
        known = imports(project, path) if is_repairable(path) else {}
        found |= {origin.name for origin in known.values() if origin.module == module and origin.name}
        aliases = {local for local, origin in known.items() if origin.dotted == module}
        for node in ast.walk(tree) if aliases else ():
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in aliases:
                found.add(node.attr)
    return found
