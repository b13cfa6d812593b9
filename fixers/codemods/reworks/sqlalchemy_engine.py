"""SQLAlchemy's `engine.execute`, which is a connection's since 2.0."""

from __future__ import annotations

import libcst as cst

from fixers.codemods.workfile import Workfile

_FETCHING = frozenset({"all", "fetchall", "fetchone", "first", "one", "one_or_none", "scalar", "scalar_one", "scalars"})


def connected(work: Workfile) -> None:
    """Run a statement on a connection of its own, in a transaction that commits as before.

    The failing one, and those of engines that the file makes. Only where the statement also
    fetches what it wants: a result is closed with its connection.
    """
    if "connection" in {name.value for name in work.source.all(cst.Name)}:
        return
    failing = work.source.at(work.line, cst.Call) if work.line else []
    engines = _engines(work)
    changed: list[cst.CSTNode] = []
    for call in work.source.all(cst.Call):
        func, statement = call.func, work.source.owner(call)
        if not isinstance(func, cst.Attribute) or func.attr.value != "execute" or statement in changed:
            continue
        if not (any(call is other for other in failing) or work.source.code(func.value) in engines):
            continue
        if isinstance(statement, cst.SimpleStatementLine) and len(statement.body) == 1 and _is_done_with(work, call):
            _connect(work, statement, func)
            changed.append(statement)


def _connect(work: Workfile, statement: cst.SimpleStatementLine, func: cst.Attribute) -> None:
    head = cst.parse_statement(f"with {work.source.code(func.value)}.begin() as connection:\n    pass\n")
    if isinstance(head, cst.With):
        inner = statement.with_deep_changes(func, value=cst.Name("connection")).with_changes(leading_lines=[])
        block = head.with_changes(leading_lines=statement.leading_lines, body=cst.IndentedBlock([inner]))
        work.edits.put(statement, block)


def _engines(work: Workfile) -> set[str]:
    """Return the names that the file gives to engines."""
    return {
        work.source.code(target.target)
        for line in work.source.all(cst.Assign)
        for target in line.targets
        if isinstance(line.value, cst.Call) and work.real(line.value.func) == "sqlalchemy.create_engine"
    }


def _is_done_with(work: Workfile, call: cst.Call) -> bool:
    parent = work.source.parents[call]
    if isinstance(parent, cst.Expr):
        return True
    if isinstance(parent, cst.Attribute):
        return parent.attr.value in _FETCHING and isinstance(work.source.parents[parent], cst.Call)
    return isinstance(parent, cst.Arg) and work.source.code(work.source.parents[parent]).startswith("list(")
