"""Marshmallow's hooks, which get further keyword arguments since its third release."""

from __future__ import annotations

import libcst as cst

from fixers.codemods.workfile import Workfile

_HOOKS = frozenset({"post_load", "pre_load", "post_dump", "pre_dump", "validates_schema", "validates"})


def open_hooks(work: Workfile) -> None:
    """Let every hook of a schema take any keyword argument."""
    for function in work.source.all(cst.FunctionDef):
        hooks = [d for d in function.decorators if _name(work, d).removeprefix("marshmallow.") in _HOOKS]
        if hooks and function.params.star_kwarg is None:
            work.edits.change(function.params, cst.Parameters, _open)


def _open(params: cst.Parameters) -> cst.Parameters:
    return params.with_changes(star_kwarg=cst.Param(cst.Name("kwargs"), star="**"))


def _name(work: Workfile, decorator: cst.Decorator) -> str:
    node = decorator.decorator
    return work.real(node.func if isinstance(node, cst.Call) else node)
