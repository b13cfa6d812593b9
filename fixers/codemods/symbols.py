"""What the project's modules define and import, read from their syntax."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from fixers.codemods.scopes import Function, own_nodes
from fixers.project import Project


@dataclass(frozen=True, slots=True)
class Origin:
    """What a name was imported from: `import module` when `name` is empty."""

    module: str
    """Absolute; a relative import is resolved."""
    name: str = ""

    @property
    def dotted(self) -> str:
        """`module.name`."""
        return f"{self.module}.{self.name}" if self.name else self.module


@dataclass(frozen=True, slots=True)
class Definition:
    """A function of the project and the class it is a method of."""

    path: str
    node: Function
    owner: ast.ClassDef | None = None


def trees(project: Project, mentioning: str = "") -> Iterator[tuple[str, ast.Module]]:
    """Yield every file that parses, sorted by path; only those whose text holds `mentioning`, which is much cheaper."""
    for path in sorted(project.files):
        if mentioning in project.text(path) and (tree := tree_of(project, path)) is not None:
            yield path, tree


def tree_of(project: Project, path: str) -> ast.Module | None:
    """Return the parsed file, or None when it does not parse on this interpreter."""
    try:
        return project.tree(path)
    except (SyntaxError, ValueError, KeyError):
        return None


def definitions(tree: ast.Module) -> dict[str, ast.stmt]:
    """Return what a module defines itself at the top level: functions, classes, assigned names."""
    found: dict[str, ast.stmt] = {}
    for node in own_nodes(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found[node.name] = node
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found.update({target.id: node for target in targets if isinstance(target, ast.Name)})
    return found


def imports(project: Project, path: str) -> dict[str, Origin]:
    """Return local name to origin for every import in a file, wherever it stands."""
    tree = tree_of(project, path)
    found: dict[str, Origin] = {}
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Import):
            for alias in node.names:
                root = alias.name.partition(".")[0]
                found[alias.asname or root] = Origin(alias.name if alias.asname else root)
        elif isinstance(node, ast.ImportFrom):
            module = absolute(project, path, node.module or "", node.level)
            found.update({a.asname or a.name: Origin(module, a.name) for a in node.names if a.name != "*"})
    return found


def absolute(project: Project, path: str, module: str, level: int) -> str:
    """Return the absolute name of what `from <dots><module> import` means in a file."""
    if not level:
        return module
    parts = project.module_name(path).split(".")
    drop = level - 1 if path.endswith("/__init__.py") else level
    base = parts[: len(parts) - drop]
    return ".".join([*base, module] if module else base)


def functions(project: Project, qualname: str) -> list[Definition]:
    """Return the project's functions that a traceback or message calls `qualname`.

    `f` means a function or a method of any class (interpreters before 3.10 print no
    class), `C.f` the method; a class name means its `__init__`.
    """
    owner, _, name = qualname.rpartition(".")
    owner = owner.rpartition(".")[2]
    found = []
    for path, tree in trees(project, mentioning=f"def {name}"):
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and owner in {"", node.name}:
                found += [Definition(path, method, node) for method in methods(node) if method.name == name]
        if not owner:
            plain = definitions(tree).get(name)
            found += [Definition(path, plain)] if isinstance(plain, Function) else []
    return found


def methods(node: ast.ClassDef) -> list[Function]:
    """Return the functions of a class body."""
    return [item for item in node.body if isinstance(item, Function)]


def classes(project: Project, name: str) -> list[tuple[str, ast.ClassDef]]:
    """Return the classes of a name in files outside the tests and in them."""
    return [
        (path, node)
        for path, tree in trees(project, mentioning=f"class {name}")
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and node.name == name
    ]


def attributes(project: Project, node: ast.ClassDef, below: Collection[ast.ClassDef] = ()) -> set[str] | None:
    """Return the attribute names of a class and its bases; None when a base is not in the project.

    Bases are told by name: one that seems to be the class itself, or one `below` it, is of another project.
    """
    names: set[str] = set()
    for item in ast.walk(node):
        if isinstance(item, ast.Attribute) and isinstance(item.ctx, ast.Store) and _is_self(item.value):
            names.add(item.attr)
    for item in node.body:
        if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(item.name)
        elif isinstance(item, (ast.Assign, ast.AnnAssign)):
            targets = item.targets if isinstance(item, ast.Assign) else [item.target]
            names.update(target.id for target in targets if isinstance(target, ast.Name))
    for base in node.bases:
        inherited = _inherited(project, base, (*below, node))
        if inherited is None:
            return None
        names |= inherited
    return names


def _inherited(project: Project, base: ast.expr, below: Collection[ast.ClassDef]) -> set[str] | None:
    name = base.id if isinstance(base, ast.Name) else base.attr if isinstance(base, ast.Attribute) else ""
    if name in {"object", "Protocol", "ABC", "Enum", "IntEnum", "StrEnum", "NamedTuple", "Generic"}:
        return set()
    found = classes(project, name)
    if len(found) != 1 or found[0][1] in below:
        return None
    return attributes(project, found[0][1], below)


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in {"self", "cls"}
