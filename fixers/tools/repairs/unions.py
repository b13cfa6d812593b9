"""How a file says that something may be None."""

from __future__ import annotations

import re

import libcst as cst
from libcst.helpers import get_full_name_for_node

from fixers.codemods.symbols import imports
from fixers.tools.repairs.base import Case

_UNION = re.compile(r"\|\s*None\b")


def is_optional_imported(case: Case) -> bool:
    """Say whether a file has `Optional` already."""
    origin = imports(case.project, case.path).get("Optional")
    return origin is not None and origin.module in {"typing", "typing_extensions"}


def writes_unions(case: Case) -> bool:
    """Say whether the project writes `X | None`, so that every Python that runs it may read that."""
    if _UNION.search(case.text) or "from __future__ import annotations" in case.text:
        return True
    return any(_UNION.search(text) for path, text in case.project.files.items() if path != case.path)


def united(annotation: cst.BaseExpression) -> cst.BaseExpression | None:
    """Return `X | None`; None for an annotation that cannot be written so."""
    none = cst.Name("None")
    if isinstance(annotation, cst.SimpleString):
        inner = annotation.raw_value
        return annotation.with_changes(value=f"{annotation.quote}{inner} | None{annotation.quote}")
    if isinstance(annotation, (cst.Name, cst.Attribute, cst.Subscript, cst.BinaryOperation)):
        return cst.BinaryOperation(left=annotation, operator=cst.BitOr(), right=none)
    return None


def optional(annotation: cst.BaseExpression) -> cst.BaseExpression | None:
    """Return `Optional[X]`; None for None itself."""
    if get_full_name_for_node(annotation) == "None":
        return None
    inner = cst.SubscriptElement(slice=cst.Index(value=annotation))
    return cst.Subscript(value=cst.Name("Optional"), slice=[inner])
