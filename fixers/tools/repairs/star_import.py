"""Imports of everything, where it is known what is used."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar

import libcst as cst
from libcst.helpers import get_full_name_for_node

from fixers.checks.importers import taken_elsewhere
from fixers.codemods.source import Edits, parse
from fixers.codemods.symbols import absolute, definitions, imports, tree_of
from fixers.tools.repairs.base import Case, Example, FindingRepair

_USED = re.compile(r"^['`]?(?P<name>\w+)['`]? may be undefined, or defined from star imports")
_SAYS = "`sqrt` may be undefined, or defined from star imports"


class StarImport(FindingRepair):
    """Name what a module takes from `from x import *`, when that is its only such import and all names are there."""

    NAME = "star-import"
    NUMBER = 1
    PRIOR = 0.95
    MESSAGE = "everything is imported, where some names are used"
    CODES = frozenset({"F405", "F403"})
    VALID: ClassVar[tuple[Example, ...]] = (
        Example("from math import *\nprint(sqrt(4))\n", "from math import *\nprint(sqrt(4))\n", "F405", _SAYS, 2, 7,
                names={"math": frozenset({"pow"})}),
        Example("from math import *\nprint(sqrt(4))\n", "from math import *\nprint(sqrt(4))\n", "F405", _SAYS, 2, 7,
                names={"math": frozenset({"sqrt"})}, files={"other.py": "from pkg.mod import sqrt\n"}),
    )  # fmt: skip
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example("from math import *\nprint(sqrt(4))\n", "from math import sqrt\nprint(sqrt(4))\n", "F405", _SAYS, 2, 7,
                names={"math": frozenset({"sqrt", "pow"})}),
        Example("from pkg.a import *\nprint(sqrt(4))\n", "from pkg.a import sqrt\nprint(sqrt(4))\n", "F405", _SAYS, 2,
                7, files={"pkg/a.py": "def sqrt(x): ...\n"}),
    )  # fmt: skip

    def mend(self, case: Case) -> str:
        """Name what the findings name."""
        source = parse(case.text)
        if source is None or case.path.endswith("__init__.py"):
            return case.text
        used = {match["name"] for finding in case.findings if (match := _USED.match(finding.message))}
        stars = [node for node in source.all(cst.ImportFrom) if isinstance(node.names, cst.ImportStar)]
        if len(stars) != 1 or not used:
            return case.text
        written = get_full_name_for_node(stars[0].module) if stars[0].module else ""
        module = absolute(case.project, case.path, written or "", len(stars[0].relative))
        given = _given(case, module)
        if not used <= given or any(taken_elsewhere(case.project, case.path, name) for name in given):
            return case.text
        return Edits(source).put(stars[0], stars[0].with_changes(names=_aliases(sorted(used)))).text()


def _given(case: Case, module: str) -> frozenset[str]:
    """Return the names that a module gives."""
    path = case.project.path_of(module)
    tree = tree_of(case.project, path) if path is not None else None
    if path is not None and tree is not None:
        return frozenset({*definitions(tree), *imports(case.project, path)})
    return case.installed.names(module) or frozenset()


def _aliases(names: Iterable[str]) -> list[cst.ImportAlias]:
    return [cst.ImportAlias(cst.Name(name)) for name in names]
