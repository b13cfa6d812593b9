"""Django's `Meta.index_together`, which is a list of indexes since 5.1."""

from __future__ import annotations

import ast

import libcst as cst

from fixers.codemods.workfile import Workfile


def indexes(work: Workfile) -> None:
    """Write `index_together` as `indexes`, in a `Meta` that has none of these yet."""
    for meta in work.source.all(cst.ClassDef):
        assigned = {
            line.body[0].targets[0].target.value: line.body[0]
            for line in meta.body.body
            if isinstance(line, cst.SimpleStatementLine)
            and isinstance(line.body[0], cst.Assign)
            and isinstance(line.body[0].targets[0].target, cst.Name)
        }
        old = assigned.get("index_together")
        if meta.name.value != "Meta" or old is None or "indexes" in assigned:
            continue
        groups = _groups(work.source.code(old.value))
        index = work.spelled("django.db.models.Index") if groups else None
        if index is not None:
            items = ", ".join(f"{index}(fields=[{', '.join(f'{name!r}' for name in group)}])" for group in groups)
            new = cst.parse_statement(f"indexes = [{items}]".replace("'", '"'))
            if isinstance(new, cst.SimpleStatementLine):
                work.edits.put(old, new.body[0])


def _groups(text: str) -> list[tuple[str, ...]]:
    """Return the groups of field names in a literal; one flat group may stand alone."""
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return []
    if value and all(isinstance(item, str) for item in value):
        return [tuple(value)]
    nested = [tuple(group) for group in value if isinstance(group, (list, tuple))]
    return nested if all(isinstance(name, str) for group in nested for name in group) else []
