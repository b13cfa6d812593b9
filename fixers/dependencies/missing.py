"""Which module is missing, when a failing test says so and nothing here could bring it."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from fixers.codemods.base import Installed
from fixers.codemods.nearest import nearest
from fixers.dependencies.names import DISTRIBUTIONS, distribution_of
from fixers.model import Failure
from fixers.project import Project, is_test_path

_MESSAGE = re.compile(r"^No module named '([A-Za-z_][\w.]*)'")


@dataclass(frozen=True, slots=True)
class Missing:
    """A third-party module that is neither in the project nor installed."""

    module: str
    distribution: str
    known: bool
    """Whether the table names the distribution; otherwise it is taken to be called like the module."""
    place: str
    """`path:line` of the import, where the project makes it."""
    only_tests: bool
    """Whether only tests import it."""


def missing_modules(failures: Sequence[Failure], project: Project, installed: Installed) -> tuple[Missing, ...]:
    """Return the modules that the failures miss; empty unless every failure is of this kind."""
    found: dict[str, Missing] = {}
    for failure in failures:
        missing = _missing(failure, project, installed)
        if missing is None:
            return ()
        found.setdefault(missing.module, missing)
    return tuple(found.values())


def _missing(failure: Failure, project: Project, installed: Installed) -> Missing | None:
    named = _MESSAGE.match(failure.message)
    if named is None or not failure.exception.endswith("ModuleNotFoundError"):
        return None
    root = named[1].partition(".")[0]
    tops = _tops(project)
    # What the standard library had once is no dependency, and a slip of the finger is mended, not installed.
    if root in tops or root in sys.stdlib_module_names or (root not in DISTRIBUTIONS and nearest(root, tops)):
        return None
    if installed.names(root) is not None:
        return None
    importers = [path for path, text in project.files.items() if _imports(text, root)]
    frame = next((f for f in reversed(failure.frames) if f.in_project), None)
    return Missing(
        module=root,
        distribution=distribution_of(root),
        known=root in DISTRIBUTIONS,
        place=f"{frame.path}:{frame.line}" if frame else "",
        only_tests=bool(importers) and all(map(is_test_path, importers)),
    )


def _tops(project: Project) -> frozenset[str]:
    parts = (part for path in project.files for part in path.removesuffix(".py").split("/"))
    return frozenset(parts)


def _imports(text: str, root: str) -> bool:
    return root in text and re.search(rf"^\s*(?:import|from)\s+{re.escape(root)}\b", text, re.MULTILINE) is not None
