"""What the tables know of a library's moved names, checked against the environment."""

from __future__ import annotations

import builtins
import sys
from functools import lru_cache

from fixers.codemods.base import Scene
from fixers.codemods.patterns import objects, pattern
from fixers.codemods.relocation import Moves
from fixers.codemods.shapes import Shape
from fixers.codemods.tables.frame_shapes import RULES as FRAMES
from fixers.codemods.tables.model_shapes import RULES as MODELS
from fixers.codemods.tables.renamed_apis import MODULES, SYMBOLS
from fixers.codemods.tables.service_shapes import RULES as SERVICES
from fixers.codemods.tables.tool_shapes import RULES as TOOLS


def from_table(scene: Scene, module: str) -> Moves:
    """Return the table's entries for a module that the project may use and that hold in the live environment."""
    symbols = {
        old: new
        for old, new in SYMBOLS.items()
        if old.startswith(f"{module}.") and _is_mentioned(scene, old) and _holds(scene, old, new)
    }
    modules = {
        old: new
        for old, new in MODULES.items()
        if (old == module or old.startswith(f"{module}."))
        and _is_mentioned(scene, old)
        and scene.installed.names(old) is None
        and scene.installed.names(new) is not None
    }
    return Moves(symbols, modules)


def _is_mentioned(scene: Scene, dotted: str) -> bool:
    """Say whether a name occurs at all: to ask the environment costs a start of its interpreter."""
    name = dotted.rpartition(".")[2]
    return any(name in text for text in scene.project.files.values())


def _holds(scene: Scene, old: str, new: str) -> bool:
    home, _, name = old.rpartition(".")
    return name not in (scene.installed.names(home) or ()) and is_there(scene, new)


def is_there(scene: Scene, dotted: str) -> bool:
    """Say whether a dotted name, or a builtin, exists in the environment."""
    home, _, name = dotted.rpartition(".")
    if not home:
        return hasattr(builtins, name) or scene.installed.names(name) is not None
    return name in (scene.installed.names(home) or ())


def is_of_project(scene: Scene, module: str) -> bool:
    """Say whether a module stands below a root that the project itself has."""
    root = module.partition(".")[0]
    return any(scene.project.module_name(path).partition(".")[0] == root for path in scene.project.files)


def is_ours(scene: Scene, module: str) -> bool:
    """Say whether a module is the project's or the standard library's, and so no dependency's."""
    return module.partition(".")[0] in sys.stdlib_module_names or is_of_project(scene, module)


@lru_cache(maxsize=1)
def reshaped() -> frozenset[str]:
    """Return the dotted names whose calls other codemods write in another form."""
    shapes = (
        rule
        for rule in (*FRAMES, *MODELS, *SERVICES, *TOOLS)
        if isinstance(rule, Shape) and not rule.old.startswith("$")
    )
    return frozenset(name for shape in shapes for name in objects(pattern(shape.old)))
