"""Flask's hook for the first request, which 2.3 took away: what it did is done when the application is made."""

from __future__ import annotations

from collections.abc import Callable

import libcst as cst

from fixers.codemods.source import Changed
from fixers.codemods.workfile import Workfile


def at_once(work: Workfile) -> None:
    """Call the function where it is defined, within the application's context, as the migration notes say.

    Only one that takes nothing; of a blueprint it is left alone, which has no application yet.
    """
    for function in work.source.all(cst.FunctionDef):
        hooks = [decorator for decorator in function.decorators if _app_of(work, decorator)]
        if len(hooks) != 1 or function.params.params or function.asynchronous is not None:
            continue
        name, app = function.name.value, _app_of(work, hooks[0])
        text = f"with {app}.app_context():\n    {name}()\n"
        call = cst.parse_statement(text, work.source.module.config_for_parsing)
        gap = [cst.EmptyLine(indent=False)]
        outer = work.source.up(function, cst.FunctionDef) is None
        after = call.with_changes(leading_lines=gap * (2 if outer else 1))
        kept = [decorator for decorator in function.decorators if decorator not in hooks]
        work.edits.change(function, cst.FunctionDef, _followed(kept, after))


def _followed(kept: list[cst.Decorator], after: cst.CSTNode) -> Callable[[cst.FunctionDef], Changed]:
    return lambda node: cst.FlattenSentinel([node.with_changes(decorators=kept), after])


def _app_of(work: Workfile, decorator: cst.Decorator) -> str:
    """Return what a decorator hooks into; empty for any other decorator."""
    node = decorator.decorator
    node = node.func if isinstance(node, cst.Call) else node
    hook = isinstance(node, cst.Attribute) and node.attr.value == "before_first_request"
    return work.source.code(node.value) if hook and isinstance(node, cst.Attribute) else ""
