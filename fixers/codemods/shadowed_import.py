"""Parameters and variables that hide the module that the same function uses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import Site, crashes, raising_site
from fixers.codemods.scopes import bound, function_at, parameters
from fixers.codemods.source import Edits
from fixers.codemods.symbols import imports, tree_of
from fixers.model import Candidate, Tier

_MESSAGE = re.compile(r"^'(?P<type>\w+)' object has no attribute '(?P<name>\w+)'")
_JSON = {"json": frozenset({"dumps", "loads", "__spec__"})}
_LOST = "'dict' object has no attribute 'dumps'"


class ShadowedImport(Codemod):
    """Import a module under a second name for a function that has a variable of the module's name.

    The line reads an attribute that the module has and the value does not. A parameter keeps its name: callers may
    pass it by keyword. A variable of the function's own is renamed instead.
    """

    NAME = "shadowed-import"
    NUMBER = 22
    TIER = Tier.A
    PRIOR = 0.9
    MESSAGE = "a variable hides the module that is meant"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # the module does not have it either
            before="import json\n\n\ndef f(json):\n    return json.dump_all(json)\n",
            after="import json\n\n\ndef f(json):\n    return json.dump_all(json)\n",
            exception="AttributeError",
            message="'dict' object has no attribute 'dump_all'",
            line=5,
            names=_JSON,
        ),
        Rewrite(  # nothing of that name is imported
            before="def f(json):\n    return json.dumps(json)\n",
            after="def f(json):\n    return json.dumps(json)\n",
            exception="AttributeError",
            message=_LOST,
            line=2,
            names=_JSON,
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before="import json\n\n\ndef f(json):\n    return json.dumps(json)\n\n\n"
            "def g(x):\n    return json.loads(x)\n",
            after="import json\nimport json as json_module\n\n\ndef f(json):\n    return json_module.dumps(json)\n\n\n"
            "def g(x):\n    return json.loads(x)\n",
            exception="AttributeError",
            message=_LOST,
            line=5,
            names=_JSON,
        ),
        Rewrite(
            before="import json\n\n\ndef f(url, json=None):\n    text = json.dumps(json)\n    return url, text\n",
            after="import json\nimport json as json_module\n\n\ndef f(url, json=None):\n"
            "    text = json_module.dumps(json)\n    return url, text\n",
            exception="AttributeError",
            message="'NoneType' object has no attribute 'dumps'",
            line=5,
            names=_JSON,
        ),
        Rewrite(
            before="import json\n\n\ndef f(xs):\n    out = []\n    for json in xs:\n"
            "        out.append(json.dumps(json))\n    return out\n",
            after="import json\n\n\ndef f(xs):\n    out = []\n    for json_ in xs:\n"
            "        out.append(json.dumps(json_))\n    return out\n",
            exception="AttributeError",
            message=_LOST,
            line=7,
            names=_JSON,
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Give the module, or the variable, a name of its own in the function."""
        for crash in crashes(scene, "AttributeError"):
            named = _MESSAGE.search(crash.message)
            site = raising_site(scene, crash)
            if named is None or site is None:
                continue
            for module in _hidden(scene, site, named["name"]):
                if text := _apart(scene, site, module):
                    yield from self.offer(
                        scene,
                        {site.path: text},
                        summary=f"`{module}.{named['name']}` means the module, and a variable hides it.",
                        line=site.line,
                        function=site.function,
                    )


def _hidden(scene: Scene, site: Site, attribute: str) -> list[str]:
    """Return the module on the line that has the attribute and that the function binds for something else."""
    tree = tree_of(scene.project, site.path)
    function = function_at(tree, site.line) if tree else None
    if tree is None or function is None:
        return []
    known = imports(scene.project, site.path)
    reads = [node for node in site.source.at(site.line, cst.Attribute) if node.attr.value == attribute]
    names = dict.fromkeys(node.value.value for node in reads if isinstance(node.value, cst.Name))
    return [
        name
        for name in names
        if name in known
        and not known[name].name
        and name in bound(tree)
        and name in bound(function)
        and attribute in (scene.installed.names(known[name].module) or ())
    ]


def _apart(scene: Scene, site: Site, module: str) -> str:
    tree = tree_of(scene.project, site.path)
    function = function_at(tree, site.line) if tree else None
    around = site.source.enclosing(site.line, cst.FunctionDef)
    origin = imports(scene.project, site.path)[module].module
    members = scene.installed.names(origin) or frozenset()
    taken = {node.value for node in site.source.all(cst.Name)}
    if function is None or around is None or {f"{module}_", f"{module}_module"} & taken:
        return ""
    edits = Edits(site.source)
    is_parameter = module in parameters(function)
    for node in site.source.within(around, cst.Name):
        parent = site.source.parents[node]
        part = isinstance(parent, cst.Attribute) and parent.attr is node
        if node.value != module or part or (isinstance(parent, cst.Arg) and parent.keyword is node):
            continue
        of_module = isinstance(parent, cst.Attribute) and parent.attr.value in members
        if of_module == is_parameter:
            edits.put(node, cst.Name(f"{module}_module" if is_parameter else f"{module}_"))
    if is_parameter and not _import_again(site, edits, module, origin):
        return ""
    return edits.text()


def _import_again(site: Site, edits: Edits, module: str, origin: str) -> bool:
    """Put a second import below the first one; False when that does not stand alone on its line."""
    for line in site.source.all(cst.SimpleStatementLine):
        statement = line.body[0]
        alone = len(line.body) == 1 and isinstance(statement, cst.Import) and len(statement.names) == 1
        if isinstance(statement, cst.Import) and alone and site.source.parents[line] is site.source.module:
            alias = statement.names[0]
            if str(alias.evaluated_alias or alias.evaluated_name) == module:
                new = cst.parse_statement(f"import {origin} as {module}_module\n")
                edits.put(line, cst.FlattenSentinel([line, new]))
                return True
    return False
