"""Functions that set a variable of the module or of the function around them without declaring it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import crashes, raising_site
from fixers.codemods.scopes import Function, bound, enclosing, own_nodes, parameters
from fixers.codemods.source import Edits
from fixers.codemods.symbols import definitions, tree_of
from fixers.model import Candidate, Tier

_MESSAGES = (
    re.compile(r"cannot access local variable '(?P<name>\w+)' where it is not associated with a value"),
    re.compile(r"local variable '(?P<name>\w+)' referenced before assignment"),
)
_COUNT = "count = 0\n\n\ndef tick():\n{}    count += 1\n    return count\n"
_UNSET = "cannot access local variable 'count' where it is not associated with a value"


class UndeclaredGlobal(Codemod):
    """Declare a variable `global` or `nonlocal` that a function changes and that lives outside it.

    Python takes a name that a function assigns for its own. Where the function's first use reads it, the one
    outside is meant. What the function binds on a line that comes first, or as a parameter, is its own.
    """

    NAME = "undeclared-global"
    NUMBER = 5
    TIER = Tier.A
    PRIOR = 0.92
    MESSAGE = "a function changes a variable from outside without declaring it"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # nothing outside is called like it
            before=_COUNT.format("").replace("count = 0\n\n\n", ""),
            after=_COUNT.format("").replace("count = 0\n\n\n", ""),
            exception="UnboundLocalError",
            message=_UNSET,
            line=2,
        ),
        Rewrite(  # one branch sets it before it is read: a variable of its own
            before="count = 0\n\n\ndef f(x):\n    if x:\n        count = 1\n    return count\n",
            after="count = 0\n\n\ndef f(x):\n    if x:\n        count = 1\n    return count\n",
            exception="UnboundLocalError",
            message=_UNSET,
            line=7,
        ),
        Rewrite(  # an import would be lost to the module
            before="import json\n\n\ndef f(x):\n    json = json.dumps(x)\n    return json\n",
            after="import json\n\n\ndef f(x):\n    json = json.dumps(x)\n    return json\n",
            exception="UnboundLocalError",
            message=_UNSET.replace("count", "json"),
            line=5,
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before=_COUNT.format(""),
            after=_COUNT.format("    global count\n"),
            exception="UnboundLocalError",
            message=_UNSET,
            line=5,
        ),
        Rewrite(
            before=_COUNT.format("    'Say how often.'\n"),
            after=_COUNT.format("    'Say how often.'\n    global count\n"),
            exception="UnboundLocalError",
            message="local variable 'count' referenced before assignment",
            line=6,
        ),
        Rewrite(
            before="def counter():\n    count = 0\n\n    def tick():\n        count += 1\n        return count\n\n"
            "    return tick\n",
            after="def counter():\n    count = 0\n\n    def tick():\n        nonlocal count\n        count += 1\n"
            "        return count\n\n    return tick\n",
            exception="UnboundLocalError",
            message=_UNSET,
            line=5,
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Put the declaration at the head of the function."""
        for crash in crashes(scene, "UnboundLocalError"):
            named = next((found for message in _MESSAGES if (found := message.search(crash.message))), None)
            site = raising_site(scene, crash)
            tree = tree_of(scene.project, site.path) if site else None
            if named is None or site is None or tree is None:
                continue
            word = _declaration(tree, site.line, named["name"])
            function = site.source.enclosing(site.line, cst.FunctionDef)
            if not word or function is None or not isinstance(function.body, cst.IndentedBlock):
                continue
            new = cst.parse_statement(f"{word} {named['name']}\n")
            at = 1 if function.get_docstring() is not None else 0
            body = list(function.body.body)
            edits = Edits(site.source).put(
                function.body, function.body.with_changes(body=[*body[:at], new, *body[at:]])
            )
            yield from self.offer(
                scene,
                {site.path: edits.text()},
                summary=f"`{named['name']}` lives outside `{site.function}`, which changes it; it is declared {word}.",
                line=site.line,
                function=site.function,
            )


def _declaration(tree: ast.Module, line: int, name: str) -> str:
    """Return `global` or `nonlocal`; empty when the function means a variable of its own."""
    around = [scope for scope in enclosing(tree, line) if isinstance(scope, Function)]
    if not around or _declares(around[-1], name) or not _reads_first(around[-1], name):
        return ""
    if any(name in bound(scope) for scope in around[:-1]):
        return "nonlocal"
    # What is imported or defined would be lost to the whole module, and a constant is not meant to change.
    variable = isinstance(definitions(tree).get(name), (ast.Assign, ast.AnnAssign)) and not name.isupper()
    return "global" if variable or any(_declares(node, name) for node in ast.walk(tree)) else ""


def _declares(scope: ast.AST, name: str) -> bool:
    if not isinstance(scope, Function):
        return False
    return any(isinstance(node, (ast.Global, ast.Nonlocal)) and name in node.names for node in own_nodes(scope))


def _reads_first(function: Function, name: str) -> bool:
    """Say whether the function reads or changes a variable before any line that would make it one of its own."""
    used = [node for node in own_nodes(function) if isinstance(node, ast.Name) and node.id == name]
    changed = {id(node.target) for node in own_nodes(function) if isinstance(node, ast.AugAssign)}
    reads = [node.lineno for node in used if isinstance(node.ctx, ast.Load) or id(node) in changed]
    sets = [node.lineno for node in used if not isinstance(node.ctx, ast.Load) and id(node) not in changed]
    return bool(reads) and name not in parameters(function) and (not sets or min(reads) <= min(sets))
