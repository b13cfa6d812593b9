"""Rewriting every use of a dotted name that now lives elsewhere, imports included."""

from __future__ import annotations

import ast
import builtins
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import libcst as cst
from libcst.helpers import get_full_name_for_node

from fixers.codemods.guards import guarded, rebound
from fixers.codemods.imports import Import, add_import
from fixers.codemods.source import Edits, Source, parse
from fixers.codemods.symbols import Origin, absolute, imports, tree_of
from fixers.project import Project

_CLASSES = frozenset({"asyncio.Task", "datetime.date", "datetime.datetime", "datetime.timezone"})
"""Homes of names that are no modules: what is imported is the class."""


@dataclass(frozen=True, slots=True)
class Moves:
    """Old dotted names to new ones."""

    symbols: Mapping[str, str] = field(default_factory=dict)
    """`module.name` to `module.name`, to a bare builtin, or to a bare module."""
    modules: Mapping[str, str] = field(default_factory=dict)
    """Whole modules."""

    def target(self, dotted: str) -> str | None:
        """Return where a dotted name lives now, or None when it did not move."""
        if dotted in self.symbols:
            return self.symbols[dotted]
        for old, new in self.modules.items():
            if dotted == old or dotted.startswith(old + "."):
                return new + dotted[len(old) :]
        return None


def relocate(project: Project, path: str, moves: Moves) -> str | None:
    """Return a file's text with every use of a moved name rewritten; None when it uses none.

    Uses that the author guards (`except ImportError`, a version test) are left
    alone, and so are names that the file binds a second time.
    """
    if not _mentions(project, path, moves):
        return None
    source = parse(project.text(path))
    if source is None:
        return None
    work = _File(project, path, source, moves, Edits(source), imports(project, path))
    work.rewrite()
    if not work.edits.changes:
        return None
    text = work.edits.text()
    # A first line that went away leaves the blank lines that stood below it.
    return text if source.text.startswith("\n") else text.lstrip("\n")


def relocate_from(project: Project, first: str, moves: Moves) -> dict[str, str]:
    """Return the new texts of every file that may be edited, `first` in front; empty when `first` does not change.

    A failure in a file that a move does not touch has another cause.
    """
    start = relocate(project, first, moves)
    if start is None:
        return {}
    others = {path: relocate(project, path, moves) for path in project.repairable() if path != first}
    return {first: start, **{path: text for path, text in others.items() if text is not None}}


def _mentions(project: Project, path: str, moves: Moves) -> bool:
    """Say whether a file may use a moved name; read with `ast`, since libcst takes a second for a long file."""
    text = project.text(path)
    names = {old.rpartition(".")[2] for old in (*moves.symbols, *moves.modules)}
    tree = tree_of(project, path) if any(name in text for name in names) else None
    roots = {old.partition(".")[0] for old in (*moves.symbols, *moves.modules)}
    known = imports(project, path) if tree is not None else {}
    reached = {local for local, origin in known.items() if origin.module.partition(".")[0] in roots}
    if any(moves.target(known[local].dotted) is not None for local in reached):
        return True
    if tree is None:
        return False
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in names:
            root, _, rest = ast.unparse(node).partition(".")
            if root in reached and moves.target(f"{known[root].dotted}.{rest}") is not None:
                return True
    plain = (node for node in ast.walk(tree) if isinstance(node, ast.Import))
    return any(alias.name in moves.modules for node in plain for alias in node.names)


@dataclass(slots=True)
class _File:
    project: Project
    path: str
    source: Source
    moves: Moves
    edits: Edits
    known: Mapping[str, Origin]
    replaced: Counter[str] = field(default_factory=Counter)
    """How many uses of an imported name were rewritten."""

    def rewrite(self) -> None:
        for chain in self.source.all(cst.Attribute):
            self._use(chain)
        for name in self.source.all(cst.Name):
            self._use(name)
        for line in self.source.all(cst.ImportFrom):
            self._from(line)
        for plain in self.source.all(cst.Import):
            self._import(plain)

    def _use(self, node: cst.Attribute | cst.Name) -> None:
        """Rewrite an expression that is exactly the moved thing, reached through an import."""
        written = get_full_name_for_node(node) or ""
        root, _, rest = written.partition(".")
        origin = self.known.get(root)
        if origin is None or self.source.code(node) != written or not _is_use(self.source, node):
            return
        dotted = f"{origin.dotted}.{rest}" if rest else origin.dotted
        whole_module = dotted in self.moves.modules and not origin.name and dotted == written
        target = self.moves.modules[dotted] if whole_module else self.moves.symbols.get(dotted) if rest else None
        if target is None or guarded(self.source, node) or rebound(self.project.tree(self.path), root):
            return
        self.replaced[root] += 1
        if isinstance(node, cst.Attribute) and dotted.rpartition(".")[0] == target.rpartition(".")[0]:
            self.edits.put(node.attr, cst.Name(target.rpartition(".")[2]))
            self.replaced[root] -= 1
            return
        taken = self.known.get(target.partition(".")[0])
        if not whole_module and taken is not None and taken.dotted != target.partition(".")[0]:
            self._beside(node, target)
            return
        self.edits.put(node, cst.parse_expression(target))
        if not whole_module and (needed := _needed(target)) is not None:
            add_import(self.edits, self.project, self.path, needed)

    def _beside(self, node: cst.CSTNode, target: str) -> None:
        """Import the target under a name that is free, where the file uses its module's name for something else."""
        home, _, name = target.rpartition(".")
        module, owner = (home.rpartition(".")[0], home.rpartition(".")[2]) if home in _CLASSES else (home, name)
        words = {other.value for other in self.source.all(cst.Name)}
        local = f"{module.replace('.', '_')}_{owner}" if owner in words else owner
        if not module or local in words:
            return
        self.edits.put(node, cst.parse_expression(f"{local}.{name}" if home in _CLASSES else local))
        add_import(self.edits, self.project, self.path, Import(module, owner, local))

    def _from(self, line: cst.ImportFrom) -> None:
        if isinstance(line.names, cst.ImportStar) or guarded(self.source, line):
            return
        named = get_full_name_for_node(line.module) if line.module else ""
        module = absolute(self.project, self.path, named or "", len(line.relative))
        moved = {}
        for alias in line.names:
            target = self.moves.target(f"{module}.{alias.evaluated_name}")
            if target is not None and not rebound(self.project.tree(self.path), _local(alias)):
                moved[alias] = target
        homes = {target.rpartition(".")[0] for target in moved.values()}
        pointing = len(moved) == len(line.names) and len(homes) == 1 and not homes & _CLASSES
        if pointing and not _is_builtin(next(iter(moved.values()))):
            self._point_at(line, module, moved, homes.pop())
            return
        for alias, target in moved.items():
            self._import_again(alias, target)
        used = Counter(name.value for name in self._names())
        kept = [
            alias
            for alias in line.names
            if alias not in moved and not 0 < used[_local(alias)] == self.replaced[_local(alias)]
        ]
        self._keep(line, list(line.names), kept)

    def _point_at(self, line: cst.ImportFrom, module: str, moved: Mapping[cst.ImportAlias, str], home: str) -> None:
        """Point one `from` line at the new module, and its names at the new names."""
        if not home:
            self.edits.put(line, cst.Import(names=[cst.ImportAlias(cst.Name(name)) for name in moved.values()]))
            return
        for alias, target in moved.items():
            self._rename(alias, target.rpartition(".")[2])
        if home != module:
            head = cst.parse_statement(f"from {self._spelling(line, home)} import x")
            new = head.body[0] if isinstance(head, cst.SimpleStatementLine) else None
            if isinstance(new, cst.ImportFrom):
                where = {"module": new.module, "relative": new.relative}
                self.edits.change(line, cst.ImportFrom, lambda node: node.with_changes(**where))

    def _spelling(self, line: cst.ImportFrom, home: str) -> str:
        """Keep a relative import relative while the new module stands in the same package."""
        package = absolute(self.project, self.path, "", len(line.relative)) if line.relative else ""
        dots = "." * len(line.relative)
        return dots + home[len(package) + 1 :] if package and home.startswith(package + ".") else home

    def _rename(self, alias: cst.ImportAlias, name: str) -> None:
        old = str(alias.evaluated_name)
        asname = alias.asname
        if name != old and asname is None and not self._rename_uses(old, name):
            asname = cst.AsName(cst.Name(old))
        self.edits.change(alias, cst.ImportAlias, lambda node: node.with_changes(name=cst.Name(name), asname=asname))

    def _import_again(self, alias: cst.ImportAlias, target: str) -> None:
        home, _, name = target.rpartition(".")
        local = _local(alias)
        if _is_builtin(target):
            self._rename_uses(local, target)
        elif home in _CLASSES:
            module, _, owner = home.rpartition(".")
            self._rename_uses(local, f"{owner}.{name}")
            add_import(self.edits, self.project, self.path, Import(module, owner))
        elif not home:
            add_import(self.edits, self.project, self.path, Import(name, alias=local))
        else:
            renamed = alias.asname is None and (name == local or self._rename_uses(local, name))
            new = Import(home, name, "" if renamed else local)
            add_import(self.edits, self.project, self.path, new)

    def _rename_uses(self, old: str, new: str) -> bool:
        """Rename the uses of an imported name; False when the new one is taken or the old one is exported."""
        taken = new in {name.value for name in self._names()} and not _is_builtin(new)
        quoted = f'"{old}"' in self.source.text or f"'{old}'" in self.source.text
        if taken or quoted or self._exported(old):
            return False
        for name in self._names():
            if name.value == old:
                self.edits.put(name, cst.parse_expression(new))
        return True

    def _exported(self, name: str) -> bool:
        origin = Origin(self.project.module_name(self.path), name)
        others = (path for path, text in self.project.files.items() if path != self.path and name in text)
        return any(origin in imports(self.project, other).values() for other in others)

    def _names(self) -> list[cst.Name]:
        return [name for name in self.source.all(cst.Name) if _is_use(self.source, name)]

    def _import(self, line: cst.Import) -> None:
        """Rename an `import` of a moved module; drop one whose every use was rewritten."""
        if guarded(self.source, line):
            return
        kept = []
        for alias in line.names:
            dotted = str(alias.evaluated_name)
            local = _local(alias).partition(".")[0]
            uses = sum(name.value == local for name in self._names())
            if dotted in self.moves.modules and (alias.asname or uses == self.replaced[local]):
                new = cst.parse_expression(self.moves.modules[dotted])
                self.edits.put(alias, alias.with_changes(name=new))
            elif 0 < uses == self.replaced[local]:
                continue
            kept.append(alias)
        self._keep(line, list(line.names), kept)

    def _keep(
        self, line: cst.Import | cst.ImportFrom, every: list[cst.ImportAlias], kept: list[cst.ImportAlias]
    ) -> None:
        if len(kept) == len(every):
            return
        statement = self.source.parents[line]
        if kept:
            aliases = [*kept[:-1], kept[-1].with_changes(comma=every[-1].comma)]
            if isinstance(line, cst.Import):
                self.edits.change(line, cst.Import, lambda node: node.with_changes(names=aliases))
            else:
                self.edits.change(line, cst.ImportFrom, lambda node: node.with_changes(names=aliases))
        elif isinstance(statement, cst.SimpleStatementLine) and len(statement.body) == 1:
            block = self.source.parents[statement]
            alone = isinstance(block, cst.IndentedBlock) and len(block.body) == 1
            self.edits.put(statement, cst.parse_statement("pass") if alone else cst.RemoveFromParent())


def _local(alias: cst.ImportAlias) -> str:
    return str(alias.evaluated_alias or alias.evaluated_name)


def _is_builtin(target: str) -> bool:
    return hasattr(builtins, target.partition(".")[0])


def _needed(target: str) -> Import | None:
    if _is_builtin(target):
        return None
    home = target.rpartition(".")[0] or target
    return Import(home.rpartition(".")[0] if home in _CLASSES else home)


def _is_use(source: Source, node: cst.CSTNode) -> bool:
    """Say whether a name is read here, as opposed to an attribute's, a keyword's or an import's name."""
    parent = source.parents[node]
    if isinstance(parent, cst.Attribute) and parent.attr is node:
        return False
    if isinstance(parent, cst.Arg) and parent.keyword is node:
        return False
    return source.up(node, cst.Import) is None and source.up(node, cst.ImportFrom) is None
