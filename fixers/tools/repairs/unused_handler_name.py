"""Names that a handler or a `with` gives and nobody reads."""

from __future__ import annotations

import re
from typing import ClassVar

import libcst as cst

from fixers.codemods.source import Edits, parse
from fixers.tools.repairs.base import Case, Example, FindingRepair

_MESSAGE = re.compile(r"^[Ll]ocal variable ['`](?P<name>\w+)['`] is assigned to but never used")


class UnusedHandlerName(FindingRepair):
    """Drop `as name` where nothing reads the name.

    An assignment that nobody reads is left alone: the linter is right, but a
    forgotten use is as likely as a forgotten removal, and that is the author's to say.
    """

    NAME = "unused-handler-name"
    NUMBER = 1
    PRIOR = 0.97
    MESSAGE = "a caught exception is given a name that nothing reads"
    CODES = frozenset({"F841"})
    VALID: ClassVar[tuple[Example, ...]] = (
        Example("def f():\n    total = g()\n", "def f():\n    total = g()\n", "F841",
                "Local variable `total` is assigned to but never used", 2, column=5),
    )  # fmt: skip
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example("def f():\n    try:\n        g()\n    except KeyError as e:\n        return 1\n",
                "def f():\n    try:\n        g()\n    except KeyError:\n        return 1\n", "F841",
                "local variable 'e' is assigned to but never used", 4, column=5),
        Example("def f():\n    with g() as handle:\n        h()\n", "def f():\n    with g():\n        h()\n", "F841",
                "Local variable `handle` is assigned to but never used", 2, column=17),
    )  # fmt: skip

    def mend(self, case: Case) -> str:
        """Drop the names on the findings' lines."""
        source = parse(case.text)
        if source is None:
            return case.text
        edits = Edits(source)
        for finding in case.findings:
            named = _MESSAGE.match(finding.message)
            if named is None:
                continue
            for handler in source.all(cst.ExceptHandler):
                if source.line(handler) == finding.line and _gives(handler.name, named["name"]):
                    edits.put(handler, handler.with_changes(name=None))
            for item in source.all(cst.WithItem):
                if source.line(item) == finding.line and _gives(item.asname, named["name"]):
                    edits.put(item, item.with_changes(asname=None))
        return edits.text()


def _gives(given: cst.AsName | None, name: str) -> bool:
    return given is not None and isinstance(given.name, cst.Name) and given.name.value == name
