"""What the other modules of the project say: signatures of what is imported, attributes of what is inherited."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from fixers.codemods.symbols import Origin, definitions, imports, methods, tree_of, trees
from fixers.project import Project, is_repairable
from fixers.search.callees import bound, last_name, member
from fixers.search.order import frequent
from fixers.search.syntax import FUNCTIONS, FunctionNode

_LONGEST = 60
_DEEPEST = 6
"""Base classes that are followed at most, one above the other."""


@dataclass(slots=True)
class _Read:
    """What all modules say."""

    attributes: list[str] = field(default_factory=list)
    strings: list[str] = field(default_factory=list)
    calls: dict[str, list[ast.Call]] = field(default_factory=dict)
    attributes_of: dict[str, list[str]] = field(default_factory=dict)
    mentioned: set[str] = field(default_factory=set)


class Elsewhere:
    """The project around one module, read when it is first asked for."""

    def __init__(self, project: Project, path: str) -> None:
        self._project, self._path = project, path
        self._known_imports: dict[str, dict[str, Origin]] = {}
        self._known_definitions: dict[str, dict[str, ast.stmt]] = {}

    def signature(self, call: ast.Call) -> ast.arguments | None:
        """Return the parameters of a callee that another module defines, `self` taken off; None when none does.

        A method is known by its name alone, where just one class of the project has one of that name.
        """
        match call.func:
            case ast.Name(id=name):
                found = self._definition(self._path, name)
            case ast.Attribute(value=ast.Name(id=module), attr=name) if module in self._imports(self._path):
                found = self.members_of(module).get(name)
            case ast.Attribute(attr=name):
                return self._method(name)
            case _:
                return None
        if isinstance(found, FUNCTIONS):
            return found.args
        return bound(self._constructor(found)) if isinstance(found, ast.ClassDef) else None

    def inherited(self, owner: ast.ClassDef) -> list[str]:
        """Return what the base classes of a class keep on `self`, define and assign, as far as the project has them."""
        names: dict[str, None] = {}
        for base in self._bases(owner):
            stores = (n for n in ast.walk(base) if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store))
            names |= dict.fromkeys(n.attr for n in stores if isinstance(n.value, ast.Name) and n.value.id == "self")
            names |= dict.fromkeys(method.name for method in methods(base))
            names |= dict.fromkeys(
                t.id for n in base.body if isinstance(n, ast.Assign) for t in n.targets if isinstance(t, ast.Name)
            )
        return list(names)

    def members_of(self, name: str) -> dict[str, ast.stmt]:
        """Return what a module of the project defines that is imported here as `name`; nothing for any other name."""
        origin = self._imports(self._path).get(name)
        path = self._project.path_of(origin.dotted) if origin else None
        return self._definitions(path) if path else {}

    @property
    def attributes(self) -> list[str]:
        """Attributes that the project reads, the most frequent first."""
        return self._read.attributes

    @property
    def strings(self) -> list[str]:
        """Short strings that the other modules have, the most frequent first."""
        return self._read.strings

    @property
    def calls(self) -> Mapping[str, list[ast.Call]]:
        """Calls that the other modules of the project make, by the last name of what they call."""
        return self._read.calls

    def attributes_of(self, name: str) -> list[str]:
        """Return attributes that other modules read of what they call by this name, the most frequent first."""
        return frequent(self._read.attributes_of.get(name, ()))

    def mentions(self, name: str) -> bool:
        """Say whether another module imports, reads or calls something of this name."""
        return name in self._read.mentioned

    @cached_property
    def _read(self) -> _Read:
        """Everything that counts all nodes of the project, in one pass."""
        found, attributes, strings = _Read(), Counter[str](), Counter[str]()
        for path, tree in trees(self._project):
            for node in ast.walk(tree) if is_repairable(path) else ():
                if path != self._path:
                    found.mentioned.update(_mentioned(node))
                if isinstance(node, ast.Attribute):
                    attributes[node.attr] += 1
                    if path != self._path and isinstance(node.value, ast.Name):
                        found.attributes_of.setdefault(node.value.id, []).append(node.attr)
                elif path == self._path:
                    continue
                elif isinstance(node, ast.Call):
                    found.calls.setdefault(last_name(node.func), []).append(node)
                elif isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) <= _LONGEST:
                    strings[node.value] += 1
        found.attributes = [name for name, _ in attributes.most_common()]
        found.strings = [text for text, _ in strings.most_common()]
        return found

    def _definition(self, path: str, name: str, depth: int = 0) -> ast.stmt | None:
        """Return what a name of a module stands for, through re-exports."""
        own = self._definitions(path).get(name)
        origin = self._imports(path).get(name)
        if own is not None or origin is None or depth == _DEEPEST:
            return own
        source = self._project.path_of(origin.module)
        return self._definition(source, origin.name, depth + 1) if source and origin.name else None

    def _constructor(self, owner: ast.ClassDef) -> FunctionNode | None:
        found = (member(node, "__init__") for node in (owner, *self._bases(owner)))
        return next((function for function in found if function is not None), None)

    def _bases(self, owner: ast.ClassDef) -> Iterator[ast.ClassDef]:
        queue, seen = list(owner.bases), 0
        while queue and seen < _DEEPEST:
            base, seen = queue.pop(0), seen + 1
            name = base.id if isinstance(base, ast.Name) else base.attr if isinstance(base, ast.Attribute) else ""
            found = self._definition(self._path, name)
            if isinstance(found, ast.ClassDef) and found is not owner:
                yield found
                queue += found.bases

    def _method(self, name: str) -> ast.arguments | None:
        found = self._methods.get(name, [])
        return bound(found[0]) if len(found) == 1 else None

    @cached_property
    def _methods(self) -> dict[str, list[FunctionNode]]:
        found: dict[str, list[FunctionNode]] = {}
        for path, tree in trees(self._project):
            for owner in ast.walk(tree) if is_repairable(path) else ():
                for method in methods(owner) if isinstance(owner, ast.ClassDef) else ():
                    found.setdefault(method.name, []).append(method)
        return found

    def _imports(self, path: str) -> dict[str, Origin]:
        if path not in self._known_imports:
            self._known_imports[path] = imports(self._project, path)
        return self._known_imports[path]

    def _definitions(self, path: str) -> dict[str, ast.stmt]:
        if path not in self._known_definitions:
            tree = tree_of(self._project, path)
            self._known_definitions[path] = definitions(tree) if tree is not None else {}
        return self._known_definitions[path]


def _mentioned(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name):
            yield name
