"""Names that a linter or type checker finds undefined, mended as if they had raised a NameError."""

from __future__ import annotations

import re
from typing import ClassVar

from fixers.codemods.base import Codemod, Scene
from fixers.codemods.missing_import import MissingImport
from fixers.codemods.misspelled_name import MisspelledName
from fixers.model import Candidate, Failure, FailureKind, Frame, Tier
from fixers.project import Project
from fixers.tools.repairs.base import Case, Example, FindingRepair

_MESSAGE = re.compile(r"^(?:[Uu]ndefined name ['`](\w+)['`]|Name \"(\w+)\" is not defined|\"(\w+)\" is not defined)")
_SCHEMES: tuple[type[Codemod], ...] = (MissingImport, MisspelledName)


class UnknownName(FindingRepair):
    """Import an undefined name, or spell it as it is spelled elsewhere, when there is one answer only."""

    NAME = "unknown-name"
    NUMBER = 4
    PRIOR = 0.95
    MESSAGE = "a name is used that nothing defines"
    CODES = frozenset({"F821", "name-defined", "reportUndefinedVariable"})
    VALID: ClassVar[tuple[Example, ...]] = (
        Example("def f():\n    return frobnicate(1)\n", "def f():\n    return frobnicate(1)\n", "F821",
                "Undefined name `frobnicate`", 2),
    )  # fmt: skip
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example("import abc\n\n\ndef f():\n    return json.dumps(1), abc\n",
                "import abc\nimport json\n\n\ndef f():\n    return json.dumps(1), abc\n", "F821",
                "undefined name 'json'", 5, names={"json": frozenset({"dumps"})}),
        Example("def total(x: Decimal) -> None: ...\n",
                "from decimal import Decimal\n\n\ndef total(x: Decimal) -> None: ...\n", "name-defined",
                'Name "Decimal" is not defined', 1, names={"decimal": frozenset({"Decimal"})}),
    )  # fmt: skip

    def mend(self, case: Case) -> str:
        """Mend name after name, each on the text that the one before left."""
        text, done = case.text, set()
        for finding in case.findings:
            named = _MESSAGE.match(finding.message)
            name = next(filter(None, named.groups()), "") if named else ""
            if name and name not in done:
                done.add(name)
                shift = text.count("\n") - case.text.count("\n")
                text = _mended(case, text, name, finding.line + shift) or text
        return text


def _mended(case: Case, text: str, name: str, line: int) -> str:
    project = Project({**case.project.files, case.path: text}, case.project.source_roots)
    frame = Frame(path=case.path, line=line, function="", in_project=True)
    failure = Failure(
        kind=FailureKind.LINT, exception="NameError", message=f"name '{name}' is not defined", frames=(frame,)
    )
    scene = Scene(failures=(failure,), project=project, installed=case.installed)
    for scheme in _SCHEMES:
        found: list[Candidate] = list(scheme().propose(scene))
        if len(found) == 1 and found[0].tier is Tier.A and [e.path for e in found[0].edits] == [case.path]:
            return found[0].edits[0].after
        if found:
            return ""
    return ""
