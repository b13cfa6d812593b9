"""What the other modules of the project say: signatures of what is imported, attributes of what is inherited."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from itertools import islice

from fixers.codemods.symbols import Origin, definitions, imports, methods, tree_of, trees
from fixers.project import Project, is_repairable
from fixers.search.callees import bound, member
from fixers.search.order import frequent
from fixers.search.said import Said, said_by
from fixers.search.syntax import FUNCTIONS, FunctionNode

_MOST = 200
_DEEPEST = 6
"""Base classes that are followed at most, one above the other."""


class Elsewhere:
    """The project around one module, read when it is first asked for."""

    def __init__(self, project: Project, path: str, said: dict[str, Said] | None = None) -> None:
        self._project, self._path = project, path
        self._said = {} if said is None else said
        """What each module says; shared by all that stand around the same project."""
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

    @cached_property
    def attributes(self) -> list[str]:
        """Attributes that the project reads, the most frequent first."""
        return _most([self._said_by(self._path).attributes, *(said.attributes for said in self._others)])

    @cached_property
    def strings(self) -> list[str]:
        """Short strings that the other modules have, the most frequent first."""
        return _most([said.strings for said in self._others])

    def calls_of(self, name: str) -> list[ast.Call]:
        """Return calls that the other modules of the project make, by the last name of the callee; not all of many."""
        return list(islice((call for said in self._others for call in said.calls.get(name, ())), _MOST))

    def attributes_of(self, name: str) -> list[str]:
        """Return attributes that other modules read of what they call by this name, the most frequent first."""
        return frequent(attribute for said in self._others for attribute in said.attributes_of.get(name, ()))

    def mentions(self, name: str) -> bool:
        """Say whether another module imports, reads or calls something of this name."""
        return any(name in said.mentioned for said in self._others)

    @cached_property
    def _others(self) -> list[Said]:
        paths = (path for path in sorted(self._project.files) if path != self._path and is_repairable(path))
        return [self._said_by(path) for path in paths]

    def _said_by(self, path: str) -> Said:
        if path not in self._said:
            tree = tree_of(self._project, path)
            self._said[path] = said_by(tree) if tree is not None else Said()
        return self._said[path]

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


def _most(counts: list[Counter[str]]) -> list[str]:
    total: Counter[str] = Counter()
    for count in counts:
        total.update(count)
    return [name for name, _ in total.most_common()]
