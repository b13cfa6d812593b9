"""Errors that are raised in a handler without a word of the one that was caught."""

from __future__ import annotations

from typing import ClassVar

import libcst as cst

from fixers.codemods.source import Edits, Source, parse
from fixers.tools.repairs.base import Case, Example, FindingRepair

_NAMES = ("error", "err", "exc", "e")
_MESSAGE = "Within an `except` clause, raise exceptions with `raise ... from err` or `raise ... from None`"


class LostCause(FindingRepair):
    """Raise from the error that the handler caught; the handler gives it a name where it has none.

    Python shows that error either way; `from` only says that it is the cause.
    """

    NAME = "lost-cause"
    NUMBER = 1
    PRIOR = 0.95
    MESSAGE = "an error raised in a handler does not say what caused it"
    CODES = frozenset({"B904"})
    VALID: ClassVar[tuple[Example, ...]] = (
        Example("try:\n    f()\nexcept KeyError:\n    raise ValueError from None\n",
                "try:\n    f()\nexcept KeyError:\n    raise ValueError from None\n", "B904", _MESSAGE, 4, 5),
        Example("try:\n    f()\nexcept:\n    raise ValueError\n",  # nothing that could be named
                "try:\n    f()\nexcept:\n    raise ValueError\n", "B904", _MESSAGE, 4, 5),
    )  # fmt: skip
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example("try:\n    f()\nexcept KeyError as e:\n    raise ValueError(str(e))\n",
                "try:\n    f()\nexcept KeyError as e:\n    raise ValueError(str(e)) from e\n", "B904", _MESSAGE, 4, 5),
        Example("def f(error):\n    try:\n        f()\n    except KeyError:\n        raise ValueError(error)\n",
                "def f(error):\n    try:\n        f()\n    except KeyError as err:\n"
                "        raise ValueError(error) from err\n", "B904", _MESSAGE, 5, 9),
    )  # fmt: skip

    def mend(self, case: Case) -> str:
        """Name the cause at each finding."""
        source = parse(case.text)
        if source is None:
            return case.text
        edits, lines = Edits(source), {finding.line for finding in case.findings}
        given: dict[cst.ExceptHandler, str] = {}
        for line in source.all(cst.Raise):
            handler = source.up(line, cst.ExceptHandler)
            if source.line(line) in lines and line.cause is None and handler is not None and handler.type is not None:
                name = given.setdefault(handler, _name(source, handler))
                if name:
                    edits.put(line, line.with_changes(cause=cst.From(cst.Name(name))))
        for handler, name in given.items():
            if name and handler.name is None:
                named = cst.AsName(cst.Name(name))
                edits.change(handler, cst.ExceptHandler, lambda node, named=named: node.with_changes(name=named))  # type: ignore[misc]
        return edits.text()


def _name(source: Source, handler: cst.ExceptHandler) -> str:
    """Return the name that a handler gives what it caught, or one that the file has for nothing else."""
    if handler.name is not None:
        return handler.name.name.value if isinstance(handler.name.name, cst.Name) else ""
    function = source.up(handler, cst.FunctionDef) or source.module
    taken = {name.value for name in source.within(function, cst.Name)}
    return next((name for name in _NAMES if name not in taken), "")
