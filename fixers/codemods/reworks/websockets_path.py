"""Handlers of a websockets server, which are called without the path."""

from __future__ import annotations

import libcst as cst

from fixers.codemods.workfile import Workfile

_SERVERS = frozenset({"websockets.serve", "websockets.asyncio.server.serve", "websockets.server.serve"})


def without_path(work: Workfile) -> None:
    """Let each function that the file gives to a server read the path from the connection's request.

    The parameter stays, with a default: what calls the handler by itself may pass it.
    """
    given = {_last(call.args[0].value) for call in work.source.all(cst.Call) if call.args and _serves(work, call)}
    for function in work.source.all(cst.FunctionDef):
        params = function.params.params
        own = [param for param in params if param.name.value != "self"]
        if function.name.value not in given - {""} or len(own) != 2 or own[1].name.value != "path":
            continue
        equal = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
        if own[1].annotation is None and own[1].default is None and isinstance(function.body, cst.IndentedBlock):
            work.edits.put(own[1], own[1].with_changes(default=cst.Name("None"), equal=equal))
        used = any(name.value == "path" for name in work.source.within(function.body, cst.Name))
        if used and isinstance(function.body, cst.IndentedBlock):
            read = cst.parse_statement(f"if path is None:\n    path = {own[0].name.value}.request.path\n")
            at = int(function.get_docstring() is not None)
            body = [*function.body.body[:at], read, *function.body.body[at:]]
            work.edits.put(function.body, function.body.with_changes(body=body))


def _serves(work: Workfile, call: cst.Call) -> bool:
    return work.real(call.func) in _SERVERS


def _last(node: cst.BaseExpression) -> str:
    named = node.attr if isinstance(node, cst.Attribute) else node
    return str(named.value) if isinstance(named, cst.Name) else ""
