"""What the module says of the functions it calls."""

from __future__ import annotations

import ast

from fixers.search.site import ModuleView
from fixers.search.syntax import FUNCTIONS, FunctionNode


def signature_of(call: ast.Call, view: ModuleView) -> ast.arguments | None:
    """Return the parameters of a callee that the module defines, `self` taken off; None when it does not."""
    match call.func:
        case ast.Name(id=name) if name in view.functions:
            return view.functions[name].args
        case ast.Name(id=name) if name in view.classes:
            return bound(member(view.classes[name], "__init__"))
        case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name):
            owner = view.enclosing_class(call)
            return bound(member(owner, name)) if owner else None
    return None


def accepts(function: FunctionNode, arity: int) -> bool:
    """Say whether `function` can be called with `arity` positional arguments."""
    args = function.args
    most = len(args.posonlyargs) + len(args.args)
    return most - len(args.defaults) <= arity and (arity <= most or args.vararg is not None)


def last_name(callee: ast.expr) -> str:
    """Return `m` of `a.b.m` and of `m`; empty for anything else."""
    return callee.attr if isinstance(callee, ast.Attribute) else getattr(callee, "id", "")


def member(owner: ast.ClassDef, name: str) -> FunctionNode | None:
    """Return the method of a name that a class defines itself."""
    return next((node for node in owner.body if isinstance(node, FUNCTIONS) and node.name == name), None)


def bound(function: FunctionNode | None) -> ast.arguments | None:
    """Return the parameters a caller fills: without the first one, unless it is a static method."""
    if function is None:
        return None
    if any(isinstance(mark, ast.Name) and mark.id == "staticmethod" for mark in function.decorator_list):
        return function.args
    args = function.args
    return ast.arguments(
        posonlyargs=args.posonlyargs[1:], args=args.args if args.posonlyargs else args.args[1:], vararg=args.vararg,
        kwonlyargs=args.kwonlyargs, kw_defaults=args.kw_defaults, kwarg=args.kwarg, defaults=args.defaults,
    )  # fmt: skip
