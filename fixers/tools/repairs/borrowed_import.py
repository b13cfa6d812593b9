"""Names taken from a module that only imports them itself."""

from __future__ import annotations

import re
from typing import ClassVar

import libcst as cst
from libcst.helpers import get_full_name_for_node

from fixers.codemods.source import Edits, parse
from fixers.codemods.symbols import absolute, imports
from fixers.tools.repairs.base import Case, Example, FindingRepair

_MESSAGE = re.compile(r'^Module "(?P<module>[\w.]+)" does not explicitly export attribute "(?P<name>\w+)"')
_SAYS = 'Module "pkg.a" does not explicitly export attribute "{}"'


class BorrowedImport(FindingRepair):
    """Import a name from where it comes, not from a module that imports it for itself: it is the same object."""

    NAME = "borrowed-import"
    NUMBER = 30
    PRIOR = 0.95
    MESSAGE = "a name is taken from a module that only imports it"
    CODES = frozenset({"attr-defined"})
    VALID: ClassVar[tuple[Example, ...]] = (
        Example("from pkg.a import f, loads\n", "from pkg.a import f, loads\n", "attr-defined", _SAYS.format("loads"),
                1, files={"pkg/a.py": "from json import loads\n\n\ndef f(): ...\n"}),
        Example("from pkg.a import f\n", "from pkg.a import f\n", "attr-defined", _SAYS.format("f"), 1,
                files={"pkg/a.py": "def f(): ...\n"}),
    )  # fmt: skip
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example("from pkg.a import json\n", "import json\n", "attr-defined", _SAYS.format("json"), 1,
                files={"pkg/a.py": "import json\n"}),
        Example("from .a import loads as read\n", "from json import loads as read\n", "attr-defined",
                _SAYS.format("loads"), 1, files={"pkg/a.py": "from json import loads\n"}),
    )  # fmt: skip

    def mend(self, case: Case) -> str:
        """Mend the imports on the findings' lines that take one name."""
        source = parse(case.text)
        if source is None:
            return case.text
        edits = Edits(source)
        for finding in case.findings:
            said = _MESSAGE.match(finding.message)
            for node in source.at(finding.line, cst.ImportFrom) if said else ():
                if said and not isinstance(node.names, cst.ImportStar) and len(node.names) == 1:
                    new = _own(case, node, node.names[0], said["name"])
                    if new is not None:
                        edits.put(node, new)
        return edits.text()


def _own(case: Case, node: cst.ImportFrom, alias: cst.ImportAlias, name: str) -> cst.BaseSmallStatement | None:
    written = get_full_name_for_node(node.module) if node.module else ""
    path = case.project.path_of(absolute(case.project, case.path, written or "", len(node.relative)))
    origin = imports(case.project, path).get(name) if path is not None else None
    if origin is None or alias.evaluated_name != name:
        return None
    local = alias.evaluated_alias or name
    if origin.name:
        text = f"from {origin.module} import {origin.name}" + (f" as {local}" if local != origin.name else "")
    else:
        text = f"import {origin.module}" + (f" as {local}" if local != origin.module else "")
    made = cst.parse_statement(text)
    return made.body[0] if isinstance(made, cst.SimpleStatementLine) else None
