"""Where a new import goes: beside its like, in the author's order."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import libcst as cst
from libcst.helpers import get_full_name_for_node

from fixers.codemods.source import Edits
from fixers.codemods.symbols import imports
from fixers.project import Project


class _Section(IntEnum):
    FUTURE = 0
    STANDARD = 1
    THIRD_PARTY = 2
    PROJECT = 3
    RELATIVE = 4


@dataclass(frozen=True, slots=True)
class Import:
    """`import module [as alias]`, or `from module import name [as alias]` when `name` is given."""

    module: str
    """Dots first for a relative one."""
    name: str = ""
    alias: str = ""
    explicit: bool = False
    """Whether an alias is written that equals the name: the import is for others."""

    @property
    def statement(self) -> str:
        """The statement's text."""
        alias = f" as {self.alias}" if self.is_aliased else ""
        return f"from {self.module} import {self.name}{alias}" if self.name else f"import {self.module}{alias}"

    @property
    def is_aliased(self) -> bool:
        """Whether it is written with `as`."""
        return bool(self.alias) and (self.explicit or self.alias != (self.name or self.module))

    @property
    def local(self) -> str:
        """The name it binds."""
        return self.alias or self.name or self.module.partition(".")[0]


def spelled(project: Project, path: str, module: str) -> str:
    """Return how a file's author would write a project module: relative when every project import there is."""
    own = project.module_name(path)
    package = own if path.endswith("/__init__.py") else own.rpartition(".")[0]
    text = project.text(path)
    roots = {project.module_name(other).partition(".")[0] for other in project.files}
    absolute = any(f"\nfrom {root}" in f"\n{text}" or f"\nimport {root}" in f"\n{text}" for root in roots if root)
    relative = any(line.startswith("from .") for line in text.splitlines())
    if relative and not absolute and package and module.startswith(package + "."):
        return module[len(package) :]
    return module


def add_import(edits: Edits, project: Project, path: str, new: Import) -> Edits:
    """Add an import to the edits of a file; nothing changes when the very same stands there already."""
    known = imports(project, path).get(new.local)
    if known is not None and known.dotted == (f"{new.module}.{new.name}" if new.name else new.module):
        return edits
    return edits.change(edits.source.module, cst.Module, lambda module: insert(module, new, project))


def insert(module: cst.Module, new: Import, project: Project) -> cst.Module:
    """Return the module with the import in its section: joined to the same `from`, sorted where the author sorts."""
    body: list[cst.BaseStatement] = list(module.body)
    for index, line in enumerate(body):
        if not new.name and module.code_for_node(line).strip() == new.statement:
            return module
        if new.name and (joined := _joined(line, new)) is not None:
            body[index] = joined
            return module.with_changes(body=body)
    block = _block(body)
    section = _section(new.module, project)
    sections = {index: _section(_module_of(body[index]), project) for index in block}
    same = [index for index in block if sections[index] is section]
    added = cst.parse_statement(new.statement, module.config_for_parsing)
    assert isinstance(added, cst.SimpleStatementLine)  # noqa: S101 - an import statement is one simple line
    if same:
        return _among(module, body, same, added)
    return _new_section(module, body, [index for index in block if sections[index] < section], block, added)


def _among(
    module: cst.Module, body: list[cst.BaseStatement], same: list[int], added: cst.SimpleStatementLine
) -> cst.Module:
    keys = [_key(body[index]) for index in same]
    mine = _key(added)
    after = [index for index, key in zip(same, keys, strict=True) if key < mine]
    if keys != sorted(keys):
        after = same  # unsorted: at the end of its section
    if after:
        body.insert(after[-1] + 1, added)
        return module.with_changes(body=body)
    first = body[same[0]]
    assert isinstance(first, cst.SimpleStatementLine)  # noqa: S101 - _block holds nothing else
    blank = [line for line in first.leading_lines if line.comment is None]
    rest = [line for line in first.leading_lines if line.comment is not None]
    body[same[0]] = first.with_changes(leading_lines=rest)
    body.insert(same[0], added.with_changes(leading_lines=blank))
    return module.with_changes(body=body)


def _new_section(
    module: cst.Module,
    body: list[cst.BaseStatement],
    lower: list[int],
    block: list[int],
    added: cst.SimpleStatementLine,
) -> cst.Module:
    gap = cst.EmptyLine(indent=False)
    if lower:
        place = lower[-1] + 1
        body.insert(place, added.with_changes(leading_lines=[gap]))
        return module.with_changes(body=body)
    place = block[0] if block else int(bool(body) and _is_docstring(body[0]))
    if not place and all(line.comment is None for line in module.header):
        module = module.with_changes(header=[])  # blank lines that an import before left behind
    above = [gap] if place else []
    if place < len(body):
        body[place] = _spaced(body[place], 1 if block else 2)
    body.insert(place, added.with_changes(leading_lines=above))
    return module.with_changes(body=body)


def _spaced(statement: cst.BaseStatement, lines: int) -> cst.BaseStatement:
    if not isinstance(statement, (cst.SimpleStatementLine, cst.BaseCompoundStatement)):
        return statement
    kept: Sequence[cst.EmptyLine] = statement.leading_lines
    blank = sum(1 for line in kept if line.comment is None)
    missing = max(0, (lines if isinstance(statement, (cst.FunctionDef, cst.ClassDef)) else 1) - blank)
    gap = [cst.EmptyLine(indent=False)] * missing
    return statement.with_changes(leading_lines=[*gap, *kept])


def _joined(line: cst.BaseStatement, new: Import) -> cst.SimpleStatementLine | None:
    if not isinstance(line, cst.SimpleStatementLine) or len(line.body) != 1:
        return None
    statement = line.body[0]
    if not isinstance(statement, cst.ImportFrom) or isinstance(statement.names, cst.ImportStar):
        return None
    if _module_of(line) != new.module:
        return None
    names = list(statement.names)
    alias = new.alias if new.is_aliased else None
    if any(there.evaluated_name == new.name and there.evaluated_alias == alias for there in names):
        return line
    keys = [str(alias.evaluated_name) for alias in names]
    later = [index for index, key in enumerate(keys) if key > new.name]
    place = later[0] if later and keys == sorted(keys) else len(names)
    between = names[0].comma if len(names) > 1 else cst.MaybeSentinel.DEFAULT
    if not isinstance(between, cst.Comma) or "#" in cst.Module(body=[]).code_for_node(between):
        between = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    written = cst.ImportAlias(cst.Name(new.name), cst.AsName(cst.Name(alias)) if alias is not None else None)
    if place < len(names):
        names.insert(place, written.with_changes(comma=between))
    else:
        last = names[-1]
        names[-1] = last.with_changes(comma=between)
        names.append(written.with_changes(comma=last.comma))
    return line.with_changes(body=[statement.with_changes(names=names)])


def _block(body: Sequence[cst.BaseStatement]) -> list[int]:
    """Return the indices of the import lines at the top of a module."""
    found = []
    for index, line in enumerate(body):
        if _module_of(line):
            found.append(index)
        elif not (index == 0 and _is_docstring(line)):
            break
    return found


def _is_docstring(line: cst.BaseStatement) -> bool:
    return (
        isinstance(line, cst.SimpleStatementLine)
        and isinstance(line.body[0], cst.Expr)
        and isinstance(line.body[0].value, (cst.SimpleString, cst.ConcatenatedString))
    )


def _module_of(line: cst.CSTNode) -> str:
    """Return the module an import line names first, with leading dots; empty for any other statement."""
    if not isinstance(line, cst.SimpleStatementLine) or len(line.body) != 1:
        return ""
    statement = line.body[0]
    if isinstance(statement, cst.Import):
        return get_full_name_for_node(statement.names[0].name) or ""
    if isinstance(statement, cst.ImportFrom):
        named = get_full_name_for_node(statement.module) if statement.module else ""
        return "." * len(statement.relative) + (named or "")
    return ""


def _section(module: str, project: Project) -> _Section:
    root = module.partition(".")[0]
    if module.startswith("."):
        return _Section.RELATIVE
    if root == "__future__":
        return _Section.FUTURE
    if project.path_of(root) or any(path.startswith(f"{root}/") for path in project.files):
        return _Section.PROJECT
    return _Section.STANDARD if root in sys.stdlib_module_names else _Section.THIRD_PARTY


def _key(line: cst.CSTNode) -> tuple[bool, str]:
    is_from = isinstance(line, cst.SimpleStatementLine) and isinstance(line.body[0], cst.ImportFrom)
    return is_from, _module_of(line).lower()
