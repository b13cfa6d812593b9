"""G8: what others may use stays, and can be called as before."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

from fixers.checks.change import Change
from fixers.checks.source import Source

_RECEIVERS = frozenset({"self", "cls", "mcs", "mcls", "metacls", "klass"})
"""What nobody passes by name."""
_PRESENT: Mapping[str, str] = {
    "Config": "model_config",
    "__cmp__": "__lt__",
    "__div__": "__truediv__",
    "__getslice__": "__getitem__",
    "__idiv__": "__itruediv__",
    "__nonzero__": "__bool__",
    "__rdiv__": "__rtruediv__",
    "__unicode__": "__str__",
    "allow_population_by_field_name": "populate_by_name",
    "anystr_lower": "str_to_lower",
    "anystr_strip_whitespace": "str_strip_whitespace",
    "anystr_upper": "str_to_upper",
    "index_together": "indexes",
    "json_decoder": "json",
    "json_encoder": "json",
    "json_module": "render_module",
    "keep_untouched": "ignored_types",
    "max_anystr_length": "str_max_length",
    "min_anystr_length": "str_min_length",
    "next": "__next__",
    "orm_mode": "from_attributes",
    "schema_extra": "json_schema_extra",
    "validate_all": "validate_default",
}
"""Members that Python or a framework looks for under another name now: whoever reads them finds the present one."""
_HOOKS = frozenset({"root_validator", "validator"})
"""Decorators of functions that a framework alone calls, each in its own way."""
_DEFINED = re.compile(r"^[ ]{0,4}(?:async\s+)?(?:def|class)\s+([^\W_]\w*)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Signature:
    """How a function may be called; the receiver of a method left out."""

    positional: tuple[str, ...]
    positional_only: int
    required: int
    """How many of `positional` have no default."""
    keyword: Mapping[str, bool] = field(default_factory=dict)
    """Keyword-only parameters: whether each must be given."""
    star: bool = False
    double_star: bool = False
    awaited: bool = False


def broken_surface(change: Change) -> list[str]:
    """Name the public symbols that the patch deletes and the calls that it breaks."""
    if change.after is None:
        return []
    if change.before is None:
        # The old text does not parse: compare the definitions by their lines.
        after = set(_DEFINED.findall(change.edit.after))
        return [
            f"{change.path} loses {name}"
            for name in sorted(set(_DEFINED.findall(change.edit.before)))
            if name not in after
        ]
    before, after_surface = _surface(change.before, change.path), _surface(change.after, change.path)
    found: list[str] = []
    for name, old in before.items():
        if name not in after_surface and _is_renamed(name, after_surface):
            continue
        if name not in after_surface:
            found.append(f"{change.path} loses the public name {name}")
            continue
        new = after_surface[name]
        if old is not None and new is not None and (why := breaks(old, new)):
            found.append(f"{change.path}: {name} {why}")
    return found


def _is_renamed(name: str, after: Mapping[str, object]) -> bool:
    """Say whether a name, or what holds it, goes by the name under which a framework looks for it now."""
    while name:
        owner, dot, member = name.rpartition(".")
        if name not in after and f"{owner}{dot}{_PRESENT.get(member)}" in after:
            return True
        name = owner
    return False


def breaks(old: Signature, new: Signature) -> str:
    """Say why a call that suited `old` may not suit `new`; empty when every call still does."""
    return next(chain(_lost_freedom(old, new), _positional(old, new), _keywords(old, new)), "")


def _lost_freedom(old: Signature, new: Signature) -> Iterator[str]:
    if old.awaited != new.awaited:
        yield "is a coroutine on one side only"
    if old.star and not new.star:
        yield "no longer takes any number of positional arguments"
    if old.double_star and not new.double_star:
        yield "no longer takes any keyword"


def _positional(old: Signature, new: Signature) -> Iterator[str]:
    for place, name in enumerate(old.positional):
        if place >= len(new.positional):
            yield f"loses the parameter {name}"
            return
        if new.positional[place] != name and place >= old.positional_only:
            yield f"has {new.positional[place]} where {name} was"
    if set(new.positional[old.positional_only : new.positional_only]) - _RECEIVERS:
        yield "takes by position only what could be named"
    if new.required > old.required:
        yield f"requires {new.positional[old.required]}"
    if old.star and len(new.positional) > len(old.positional):
        yield f"takes an extra positional argument for {new.positional[len(old.positional)]}"


def _keywords(old: Signature, new: Signature) -> Iterator[str]:
    named = set(new.positional[new.positional_only :]) | set(new.keyword)
    yield from (f"loses the keyword {name}" for name in old.keyword if name not in named)
    yield from (
        f"requires the keyword {name}"
        for name, must in new.keyword.items()
        if must and not old.keyword.get(name, False)
    )


def _surface(source: Source, path: str) -> dict[str, Signature | None]:
    """Map public names to their signatures; None for what is no function."""
    found: dict[str, Signature | None] = {}
    _collect(source.tree.body, "", found)
    if path.endswith("__init__.py"):
        found |= {name: None for name in _imported(source.tree) if not name.startswith("_") and name not in found}
    found |= {f"{name} in __all__": None for name in _exported(source.tree, path)}
    return found


def _collect(body: list[ast.stmt], prefix: str, found: dict[str, Signature | None]) -> None:
    for statement in body:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            if _is_public(statement.name, inside=bool(prefix)):
                hook = any(_called(decorator) in _HOOKS for decorator in statement.decorator_list)
                found[prefix + statement.name] = None if hook else signature(statement, method=bool(prefix))
        elif isinstance(statement, ast.ClassDef):
            if _is_public(statement.name, inside=False):
                found[prefix + statement.name] = None
                _collect(statement.body, f"{prefix}{statement.name}.", found)
        elif isinstance(statement, (ast.Assign, ast.AnnAssign)):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            for node in (node for target in targets for node in ast.walk(target)):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and not node.id.startswith("_"):
                    found.setdefault(prefix + node.id, None)
        else:
            for block in _blocks(statement):
                _collect(block, prefix, found)


def _called(decorator: ast.expr) -> str:
    func = decorator.func if isinstance(decorator, ast.Call) else decorator
    return func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""


def _blocks(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    if isinstance(statement, (ast.If, ast.Try, ast.TryStar, ast.With, ast.For, ast.While)):
        for name in ("body", "orelse", "finalbody"):
            yield getattr(statement, name, [])
        for handler in getattr(statement, "handlers", []):
            yield handler.body


def _is_public(name: str, *, inside: bool) -> bool:
    return not name.startswith("_") or (inside and name.startswith("__") and name.endswith("__"))


def signature(function: ast.FunctionDef | ast.AsyncFunctionDef, *, method: bool) -> Signature:
    """Return how `function` may be called; a method's receiver does not count."""
    arguments = function.args
    names = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
    only = len(arguments.posonlyargs)
    required = len(names) - len(arguments.defaults)
    # A method that forgot its `self` keeps all its names, so that adding `self` (or
    # `@staticmethod`) is seen as what it is: no change for those who call it.
    if method and names and names[0] in _RECEIVERS:
        names, only, required = names[1:], max(only - 1, 0), max(required - 1, 0)
    return Signature(
        positional=tuple(names),
        positional_only=only,
        required=required,
        keyword={
            argument.arg: default is None
            for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        },
        star=arguments.vararg is not None,
        double_star=arguments.kwarg is not None,
        # `@asyncio.coroutine` and `@types.coroutine` made what is awaited before there was `async def`.
        awaited=isinstance(function, ast.AsyncFunctionDef)
        or any(_called(decorator) == "coroutine" for decorator in function.decorator_list),
    )


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                yield alias.asname or alias.name.partition(".")[0]


def _exported(tree: ast.Module, path: str) -> Iterator[str]:
    """Yield the names that `__all__` gives out; one that a module never binds is nothing that anybody could use.

    A package gives out its modules too, which it need not bind.
    """
    nodes = list(ast.walk(tree))
    package, dynamic = path.endswith("__init__.py"), {"*", "__getattr__"}
    bound = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    bound |= {node.name for node in nodes if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))}
    bound |= set(_imported(tree))
    yield from (name for name in _listed(tree) if name in bound or package or bound & dynamic)


def _listed(tree: ast.Module) -> Iterator[str]:
    for statement in tree.body:
        match statement:
            case (
                ast.Assign(targets=[ast.Name(id="__all__")], value=value)
                | ast.AugAssign(target=ast.Name(id="__all__"), value=value)
            ):
                for node in ast.walk(value):
                    if isinstance(node, ast.Constant) and isinstance(node.value, str):
                        yield node.value
