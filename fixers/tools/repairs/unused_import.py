"""Imports that nothing in the module uses."""

from __future__ import annotations

import re
from typing import ClassVar

import libcst as cst
from libcst.helpers import get_full_name_for_node

from fixers.checks.importers import taken_elsewhere
from fixers.codemods.source import Edits, Source, parse
from fixers.tools.repairs.base import Case, Example, FindingRepair

_MESSAGE = re.compile(r"^'(?P<name>[\w.]+)(?: as (?P<alias>\w+))?' imported but unused")
_PROBES = (cst.Try, cst.TryStar, cst.If)


class UnusedImport(FindingRepair):
    """Take out an import that the module does not use.

    Left alone: a package's `__init__`, which imports for others; an import within
    `try` or `if`, which asks whether something is there; a name that another file of
    the project takes from here.
    """

    NAME = "unused-import"
    NUMBER = 1
    PRIOR = 0.97
    MESSAGE = "something is imported that the module never uses"
    CODES = frozenset({"F401"})
    VALID: ClassVar[tuple[Example, ...]] = (
        Example("import os\n", "import os\n", "F401", "'os' imported but unused", 1, path="pkg/__init__.py"),
        Example(
            "try:\n    import yaml\nexcept ImportError:\n    pass\n",
            "try:\n    import yaml\nexcept ImportError:\n    pass\n",
            "F401", "'yaml' imported but unused", 2, column=5,
        ),
        Example(
            "from pkg.a import f\n", "from pkg.a import f\n", "F401", "'pkg.a.f' imported but unused", 1,
            files={"pkg/b.py": "from pkg.mod import f\n"},
        ),
    )  # fmt: skip
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example("import os\nimport sys\n\nprint(sys.path)\n", "import sys\n\nprint(sys.path)\n", "F401",
                "'os' imported but unused", 1),
        Example("from a import (\n    b,\n    c,\n)\n\nprint(c)\n", "from a import (\n    c,\n)\n\nprint(c)\n", "F401",
                "'a.b' imported but unused", 1),
        Example("import numpy as np, os\nprint(os)\n", "import os\nprint(os)\n", "F401",
                "'numpy as np' imported but unused", 1),
    )  # fmt: skip

    def mend(self, case: Case) -> str:
        """Remove each name that is unused here and not taken from here."""
        source = parse(case.text)
        if source is None or case.path.endswith("__init__.py"):
            return case.text
        unused: dict[cst.CSTNode, set[str]] = {}
        for finding in case.findings:
            named = _MESSAGE.match(finding.message)
            statement = source.statement(finding.line)
            if named and statement is not None and not _probing(source, statement):
                local = named["alias"] or named["name"].rpartition(".")[2]
                if not taken_elsewhere(case.project, case.path, local):
                    unused.setdefault(statement, set()).add(f"{named['name']} as {named['alias'] or ''}")
        edits = Edits(source)
        for line, names in unused.items():
            _remove(edits, line, names)
        return edits.text()


def _probing(source: Source, statement: cst.SimpleStatementLine) -> bool:
    return any(source.up(statement, kind) is not None for kind in _PROBES)


def _remove(edits: Edits, line: cst.CSTNode, names: set[str]) -> None:
    if not isinstance(line, cst.SimpleStatementLine) or len(line.body) != 1:
        return
    statement = line.body[0]
    if not isinstance(statement, (cst.Import, cst.ImportFrom)) or isinstance(statement.names, cst.ImportStar):
        return
    module = _module(statement) if isinstance(statement, cst.ImportFrom) else ""
    left = [alias for alias in statement.names if _written(alias, module) not in names]
    if len(left) == len(statement.names):
        return
    if not left:
        edits.put(line, cst.RemovalSentinel.REMOVE)
        return
    last = statement.names[-1]
    left[-1] = left[-1].with_changes(comma=last.comma)
    edits.put(line, line.with_changes(body=[statement.with_changes(names=left)]))


def _module(statement: cst.ImportFrom) -> str:
    named = get_full_name_for_node(statement.module) if statement.module else ""
    dots = "." * len(statement.relative)
    return f"{dots}{named}." if named else dots


def _written(alias: cst.ImportAlias, module: str) -> str:
    return f"{module}{get_full_name_for_node(alias.name)} as {alias.evaluated_alias or ''}"
