"""What looked wrong in the code by itself, and no longer does after a repair.

A slip often leaves a mark beside the failing test: a variable that nothing reads any more,
two branches that are the same. In code that is right such marks are rare (in the 6,696
functions of thirty published packages: six unread variables, seven statements without effect, one
comparison with itself, one pair of same branches, 41 calls that pass one twice). So where several repairs
pass every test, one that mends a mark explains more than those that leave it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from fixers.hunt import Plausible
from fixers.localize.findings import (
    Finding,
    compared_with_itself,
    passed_twice,
    same_branches,
    unread_parameters,
    unread_variables,
    without_effect,
)
from fixers.localize.syntax import Function, functions_of, tree_of
from fixers.project import Project
from fixers.search.scope import scope_of
from fixers.search.syntax import copied

Look = Callable[[Function], Iterator[Finding]]
_LOOKS: tuple[Look, ...] = (
    unread_variables,
    compared_with_itself,
    same_branches,
    without_effect,
    passed_twice,
    unread_parameters,
)
_RARE = 0.01
"""Share of the project's functions that may bear the same mark beside, before it says nothing here."""
_TOLD_BY = 50
"""Functions that a project has at least before unread parameters are called rare in it: many a call-back has one."""


def mended(project: Project, plausible: Plausible) -> tuple[str, ...]:
    """Say in words which marks of the edited function a repair mends; empty where it leaves one, or makes a new one."""
    swap, path = plausible.swap, plausible.origin.path
    if swap is None or swap.default is not None:
        return ()
    old = next((f for f in functions_of(tree_of(project, path)).values() if f.lineno == swap.line), None)
    new = ast.parse(swap.source).body[0]
    if old is None or not isinstance(new, Function):
        return ()
    old = copied(old, decorator_list=[])
    said: list[str] = []
    for look in _LOOKS:
        before, after = ({words for _, words in look(function)} for function in (old, new))
        if after - before:
            return ()
        if before - after and _is_rare(project, look):
            said += sorted(before - after)
    return (*said, *_put_to_use(project, path, new))


def _is_rare(project: Project, look: Look) -> bool:
    functions = [f for path in project.repairable() for f in functions_of(tree_of(project, path)).values()]
    if look is unread_parameters and len(functions) < _TOLD_BY:
        return False
    return sum(any(True for _ in look(f)) for f in functions) - 1 <= _RARE * len(functions)


def _put_to_use(project: Project, path: str, new: Function) -> Iterator[str]:
    """Yield what the module imports, or keeps to itself, that nothing used before."""
    module = tree_of(project, path)
    gained = set(scope_of(ast.Module(body=[new], type_ignores=[])).loaded) - scope_of(module).loaded
    imported = unread_imports(module) if not path.endswith("__init__.py") else ()
    for name in sorted(gained.intersection(imported)):
        others = [p for p in project.repairable() if p != path and not p.endswith("__init__.py")]
        if not any(unread_imports(tree_of(project, other)) for other in others):
            yield f"nothing reads the import {name}"
    for name in sorted(gained & set(_private(module))):
        word = re.compile(rf"\b{name}\b")
        if sum(len(word.findall(text)) for text in project.files.values()) == 1:
            yield f"nothing mentions {name}"


def unread_imports(module: ast.Module) -> tuple[str, ...]:
    """Return the names that a module imports at its top and neither reads nor names in a text."""
    texts = [n.value for n in ast.walk(module) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    loaded = scope_of(module).loaded
    statements = (s for s in module.body if isinstance(s, ast.Import | ast.ImportFrom))
    names = (
        (alias.asname or alias.name).split(".")[0]
        for statement in statements
        if getattr(statement, "module", "") != "__future__"
        for alias in statement.names
        if alias.asname != alias.name  # `import a as a` is meant for others
    )
    return tuple(name for name in names if name != "*" and name not in loaded and not any(name in t for t in texts))


def _private(module: ast.Module) -> Iterator[str]:
    for statement in module.body:
        match statement:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                found = name
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                found = name
            case _:
                continue
        if found.startswith("_") and not found.startswith("__"):
            yield found
