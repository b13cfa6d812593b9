"""What stands above and in the head of a method: its decorators and its first parameter."""

from __future__ import annotations

import libcst as cst

from fixers.codemods.source import Edits, Source


def with_first(source: Source, function: cst.FunctionDef, name: str) -> Edits:
    """Return the edits that give a function another first parameter."""

    def change(params: cst.Parameters) -> cst.Parameters:
        comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
        alone = not (
            params.params or params.star_kwarg or params.kwonly_params or isinstance(params.star_arg, cst.Param)
        )
        first = cst.Param(cst.Name(name), comma=cst.MaybeSentinel.DEFAULT if alone else comma)
        return params.with_changes(params=[first, *params.params])

    return Edits(source).change(function.params, cst.Parameters, change)


def decorated(function: cst.FunctionDef, name: str) -> cst.FunctionDef:
    """Return the function with a decorator beneath those that it has."""
    return function.with_changes(decorators=[*function.decorators, cst.Decorator(cst.Name(name))])


def made_static(function: cst.FunctionDef) -> cst.FunctionDef:
    """Return the function without its first parameter, as a static method."""
    rest = function.params.with_changes(params=function.params.params[1:])
    return decorated(function.with_changes(params=rest), "staticmethod")
