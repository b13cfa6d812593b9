"""What the project's classes say of the types of their attributes."""

from __future__ import annotations

import ast
import re
from functools import lru_cache

from fixers.codemods.symbols import trees
from fixers.project import Project

_OPTIONAL = re.compile(r"^(?:typing\.)?Optional\[(?P<inner>.*)\]$")


def annotations_of(project: Project, name: str) -> frozenset[str]:
    """Return the types that classes of the project give an attribute of this name; empty when one gives none.

    Without their modules and what they hold, and without None: `set` for `set[str] | None`.
    """
    return _all_of(tuple(sorted(project.files.items()))).get(name, frozenset())


@lru_cache(maxsize=8)
def _all_of(files: tuple[tuple[str, str], ...]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for _, tree in trees(Project(dict(files)), mentioning="class "):
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                for name, kind in _attributes(node).items():
                    found.setdefault(name, set()).add(kind)
    return {name: frozenset() if "" in kinds else frozenset(kinds) for name, kinds in found.items()}


def _attributes(node: ast.ClassDef) -> dict[str, str]:
    """Return the attributes of a class and the types that it says they have; empty where it says nothing."""
    found: dict[str, str] = {}
    for item in node.body:
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
            found[item.target.id] = bare(item.annotation)
        elif isinstance(item, ast.FunctionDef) and any(ast.unparse(d) == "property" for d in item.decorator_list):
            found[item.name] = bare(item.returns)
    for method in (item for item in node.body if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef))):
        taken = {arg.arg: bare(arg.annotation) for arg in (*method.args.args, *method.args.kwonlyargs)}
        for inner in ast.walk(method):
            if isinstance(inner, ast.AnnAssign) and _is_own(inner.target):
                found[_name(inner.target)] = bare(inner.annotation)
            elif isinstance(inner, ast.Assign) and method.name == "__init__":
                kind = _kind(inner.value, taken)
                found.update(
                    {_name(target): found.get(_name(target)) or kind for target in inner.targets if _is_own(target)}
                )
    return found


def _kind(value: ast.expr, taken: dict[str, str]) -> str:
    if isinstance(value, ast.Name):
        return taken.get(value.id, "")
    if isinstance(value, ast.Attribute) and isinstance(value.value, ast.Name) and value.value.id[:1].isupper():
        return value.value.id  # a member of an enumeration, for all that is asked of it
    called = value.func.id if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) else ""
    return called if called[:1].isupper() or called in {"set", "dict", "list", "int", "str", "float"} else ""


def bare(annotation: ast.expr | None) -> str:
    """Return the one type that an annotation names, None aside; empty for none and for several."""
    if annotation is None:
        return ""
    written = annotation.value if isinstance(annotation, ast.Constant) else ast.unparse(annotation)
    text = str(written).replace(" ", "")
    if (optional := _OPTIONAL.match(text)) is not None:
        text = optional["inner"]
    kinds = [part.partition("[")[0].rpartition(".")[2] for part in text.split("|") if part != "None"]
    return kinds[0] if len(kinds) == 1 else ""


def _is_own(target: ast.expr) -> bool:
    return isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "self"


def _name(target: ast.expr) -> str:
    return target.attr if isinstance(target, ast.Attribute) else ""
