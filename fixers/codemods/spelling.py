"""How a file names an object of another module, and which of its imports nobody needs any more."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

import libcst as cst
from libcst.helpers import get_full_name_for_node

from fixers.codemods.imports import Import, add_import
from fixers.codemods.source import Edits, parse
from fixers.codemods.symbols import imports, tree_of
from fixers.project import Project

_WHOLE = frozenset({
    "importlib.machinery", "importlib.metadata", "importlib.resources", "importlib.util", "json", "math", "os",
    "packaging.version", "plistlib", "shlex", "shutil", "subprocess", "sysconfig",
})  # fmt: skip
"""Modules whose members have names that mean little by themselves: `version`, `files`, `parse`."""

_OBJECTS = frozenset({"datetime.datetime", "datetime.timezone", "unittest.defaultTestLoader"})
"""Homes of names that are no modules: their module is what gets imported."""


def resolve(project: Project, path: str, node: cst.CSTNode) -> str:
    """Return the real dotted name of an expression that starts at an import; empty for any other."""
    root_node = node
    while isinstance(root_node, cst.Attribute):
        root_node = root_node.value
    if not isinstance(root_node, cst.Name):
        return ""
    origin = imports(project, path).get(root_node.value)
    written = get_full_name_for_node(node) or ""
    return f"{origin.dotted}{written[len(root_node.value) :]}" if origin is not None else ""


@dataclass(slots=True)
class Spelling:
    """Names for objects in one file; the imports they need join its edits. `failed` when a name is taken."""

    project: Project
    path: str
    edits: Edits
    written: Mapping[str, str] = field(default_factory=dict)
    """Names as the code at hand spells them."""
    added: dict[str, str] = field(default_factory=dict)
    """Imports that this round's edits brought, by local name; shared by all spellings of a file."""
    failed: bool = False

    def __call__(self, dotted: str) -> str:
        """Return what to write for a dotted name, by the import that is there or by a new one."""
        if dotted in self.written:
            return self.written[dotted]
        module, _, name = dotted.rpartition(".")
        for local, origin in imports(self.project, self.path).items():
            # `import a` does not promise that `a.b` was imported too.
            within = module.startswith(f"{origin.dotted}.") and (module in _OBJECTS or self._imports(module))
            reached = module == origin.dotted or within
            if dotted == origin.dotted or reached:
                return local + dotted[len(origin.dotted) :]
        if module in _OBJECTS or module.rpartition(".")[2][:1].isupper():
            home, _, owner = module.rpartition(".")
            return f"{self._import(Import(home, owner), owner)}.{name}"
        if module in _WHOLE:
            self._import(Import(module), module.partition(".")[0])
            return dotted
        return self._import(Import(module, name) if module else Import(name), name)

    def _imports(self, module: str) -> bool:
        return f"import {module}\n" in self.project.text(self.path)

    def _import(self, new: Import, local: str) -> str:
        tree = tree_of(self.project, self.path)
        here = imports(self.project, self.path).get(local)
        mine = here is not None and here.dotted == new.module.partition(".")[0] and not new.name
        if self.added.get(local) == new.statement:
            return local
        self.failed |= local in self.added or (not mine and tree is not None and _binds(tree, local))
        self.added[local] = new.statement
        add_import(self.edits, self.project, self.path, new)
        return local


def _binds(tree: ast.Module, name: str) -> bool:
    """Say whether a module uses a name for anything."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=found) | ast.arg(arg=found) | ast.FunctionDef(name=found) | ast.ClassDef(name=found):
                pass
            case ast.alias(name=imported, asname=alias):
                found = alias or imported.partition(".")[0]
            case _:
                continue
        if found == name:
            return True
    return False


def tidied(project: Project, path: str, after: str) -> str:
    """Return the new text of a file without the imports that it used before and uses no more.

    A name that the text quotes (`__all__`) or that another file imports from here stays.
    """
    before = tree_of(project, path)
    source = parse(after)
    if before is None or source is None:
        return after
    try:
        idle = _loaded(before) - _loaded(ast.parse(after))
    except SyntaxError:
        return after
    idle = {name for name in idle if not _offered(project, path, name)}
    edits = Edits(source)
    lines: list[cst.ImportFrom | cst.Import] = [*source.all(cst.ImportFrom), *source.all(cst.Import)]
    for line in lines:
        if isinstance(line.names, cst.ImportStar):
            continue
        kept = [alias for alias in line.names if _local(alias) not in idle]
        if len(kept) == len(line.names):
            continue
        if kept:
            kept[-1] = kept[-1].with_changes(comma=line.names[-1].comma)
            _keep(edits, line, kept)
        elif isinstance(statement := source.parents[line], cst.SimpleStatementLine) and len(statement.body) == 1:
            block = source.parents[statement]
            alone = isinstance(block, cst.IndentedBlock) and len(block.body) == 1
            edits.put(statement, cst.parse_statement("pass") if alone else cst.RemoveFromParent())
    text = edits.text()
    return text if after.startswith("\n") else text.lstrip("\n")


def _keep(edits: Edits, line: cst.ImportFrom | cst.Import, kept: list[cst.ImportAlias]) -> None:
    if isinstance(line, cst.Import):
        edits.change(line, cst.Import, lambda node: node.with_changes(names=kept))
    else:
        edits.change(line, cst.ImportFrom, lambda node: node.with_changes(names=kept))


def _loaded(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _local(alias: cst.ImportAlias) -> str:
    return str(alias.evaluated_alias or alias.evaluated_name).partition(".")[0]


def _offered(project: Project, path: str, name: str) -> bool:
    text = project.text(path)
    if f'"{name}"' in text or f"'{name}'" in text:
        return True
    module = project.module_name(path)
    return any(
        origin.module == module and origin.name == name
        for other, content in project.files.items()
        if other != path and name in content
        for origin in imports(project, other).values()
    )
