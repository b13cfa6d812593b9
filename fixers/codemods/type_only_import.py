"""Imports that only a type checker makes, of what the code needs when it runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

import libcst as cst
from libcst.helpers import get_full_name_for_node

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import Site, crashes, raising_site
from fixers.codemods.imports import Import, insert
from fixers.codemods.source import Edits, Source, parse
from fixers.model import Candidate, Tier

_MESSAGE = re.compile(r"name '(?P<name>\w+)' is not defined")
_HEAD = "from __future__ import annotations\n\nfrom typing import TYPE_CHECKING\n\n"
_USE = "\n\ndef f(x: Leaf) -> bool:\n    return isinstance(x, Leaf)\n"
_NODES = {"pkg/nodes.py": "class Leaf:\n    pass\n\n\nclass Node:\n    pass\n"}
_GONE = "name 'Leaf' is not defined"


class TypeOnlyImport(Codemod):
    """Move an import out of `if TYPE_CHECKING:` when its name is used for more than annotations.

    Everything of that block goes along that the module uses while it runs: the next line would fail the same way.
    """

    NAME = "type-only-import"
    NUMBER = 4
    TIER = Tier.A
    PRIOR = 0.94
    MESSAGE = "a name is imported for type checkers only and used when the code runs"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # never imported at all
            before=_HEAD + "if TYPE_CHECKING:\n    from pkg.nodes import Node\n" + _USE,
            after=_HEAD + "if TYPE_CHECKING:\n    from pkg.nodes import Node\n" + _USE,
            exception="NameError",
            message=_GONE,
            line=10,
            files=_NODES,
        ),
        Rewrite(  # another condition
            before="import sys\n\nif sys.version_info < (3, 9):\n    from pkg.nodes import Leaf\n" + _USE,
            after="import sys\n\nif sys.version_info < (3, 9):\n    from pkg.nodes import Leaf\n" + _USE,
            exception="NameError",
            message=_GONE,
            line=8,
            files=_NODES,
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before=_HEAD + "if TYPE_CHECKING:\n    from pkg.nodes import Leaf, Node\n" + _USE,
            after=_HEAD + "from pkg.nodes import Leaf\n\nif TYPE_CHECKING:\n    from pkg.nodes import Node\n" + _USE,
            exception="NameError",
            message=_GONE,
            line=10,
            files=_NODES,
        ),
        Rewrite(  # nothing is left for type checkers
            before="import typing\n\nif typing.TYPE_CHECKING:\n    from pkg.nodes import Leaf\n" + _USE,
            after="import typing\n\nfrom pkg.nodes import Leaf\n" + _USE,
            exception="NameError",
            message=_GONE,
            line=8,
            files=_NODES,
        ),
        Rewrite(
            before=_HEAD + "if TYPE_CHECKING:\n    import json\n\n\ndef f(x):\n    return json.dumps(x)\n",
            after="from __future__ import annotations\n\nimport json\n\n\ndef f(x):\n    return json.dumps(x)\n",
            exception="NameError",
            message="name 'json' is not defined",
            line=10,
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Move the import, and those of its block that the running code reads too."""
        for crash in crashes(scene, "NameError"):
            named = _MESSAGE.search(crash.message)
            site = raising_site(scene, crash)
            if named is None or site is None:
                continue
            hidden = _hidden(site.source)
            if named["name"] in hidden:
                yield from self._move(scene, site, hidden, named["name"])

    def _move(self, scene: Scene, site: Site, hidden: dict[str, Import], name: str) -> Iterator[Candidate]:
        moved = {name, *(hidden.keys() & _read(site.source))}
        edits = Edits(site.source)
        for block in _blocks(site.source):
            _thin(edits, block, moved)

        def inserted(module: cst.Module) -> cst.Module:
            for found in sorted(moved):
                module = insert(module, hidden[found], scene.project)
            return module

        edits.change(site.source.module, cst.Module, inserted)
        yield from self.offer(
            scene,
            {site.path: _without_idle(edits.text())},
            summary=f"`{name}` is used when the code runs; its import is for more than type checkers.",
            line=site.line,
            function=site.function,
        )


def _blocks(source: Source) -> list[cst.If]:
    return [
        node
        for node in source.all(cst.If)
        if get_full_name_for_node(node.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"} and node.orelse is None
    ]


def _hidden(source: Source) -> dict[str, Import]:
    """Return the imports for type checkers by the names they bind."""
    found = {}
    for block in _blocks(source):
        lines: list[cst.ImportFrom | cst.Import] = [
            *source.within(block, cst.ImportFrom),
            *source.within(block, cst.Import),
        ]
        for line in lines:
            for alias in () if isinstance(line.names, cst.ImportStar) else line.names:
                new = _import(line, alias)
                found[new.local] = new
    return found


def _import(line: cst.ImportFrom | cst.Import, alias: cst.ImportAlias) -> Import:
    name, local = str(alias.evaluated_name), str(alias.evaluated_alias or "")
    if isinstance(line, cst.Import):
        return Import(name, alias=local)
    module = "." * len(line.relative) + (get_full_name_for_node(line.module) or "" if line.module else "")
    return Import(module, name, local)


def _read(source: Source) -> set[str]:
    """Return the names that are read outside annotations and outside what type checkers alone see."""
    blocks = _blocks(source)
    return {
        node.value
        for node in source.all(cst.Name)
        if not source.up(node, cst.Annotation)
        and not any(source.inside(node, block) for block in blocks)
        and not _is_part(source, node)
    }


def _is_part(source: Source, node: cst.Name) -> bool:
    parent = source.parents[node]
    keyword = isinstance(parent, cst.Arg) and parent.keyword is node
    return keyword or (isinstance(parent, cst.Attribute) and parent.attr is node)


def _thin(edits: Edits, block: cst.If, moved: set[str]) -> None:
    """Take the moved names out of a block; the whole block when nothing else is in it."""
    left = False
    for statement in block.body.body if isinstance(block.body, cst.IndentedBlock) else ():
        line = statement.body[0] if isinstance(statement, cst.SimpleStatementLine) else None
        if not isinstance(line, (cst.Import, cst.ImportFrom)) or isinstance(line.names, cst.ImportStar):
            left = True
            continue
        kept = [alias for alias in line.names if _import(line, alias).local not in moved]
        left |= bool(kept)
        if not kept:
            edits.put(statement, cst.RemoveFromParent())
        elif len(kept) < len(line.names):
            kept[-1] = kept[-1].with_changes(comma=line.names[-1].comma)
            edits.put(line, line.with_changes(names=kept))
    if not left:
        edits.changes.pop(block, None)
        for inner in block.body.body:
            edits.changes.pop(inner, None)
        edits.put(block, cst.RemoveFromParent())


def _without_idle(text: str) -> str:
    """Return the text without an import of TYPE_CHECKING that nothing needs any more."""
    if len(re.findall(r"\bTYPE_CHECKING\b", text)) != 1:
        return text
    source = parse(text)
    for line in source.all(cst.ImportFrom) if source else ():
        module = get_full_name_for_node(line.module) if line.module else ""
        if source and not isinstance(line.names, cst.ImportStar) and module == "typing":
            kept = [alias for alias in line.names if alias.evaluated_name != "TYPE_CHECKING"]
            if kept and len(kept) < len(line.names):
                kept[-1] = kept[-1].with_changes(comma=line.names[-1].comma)
                return Edits(source).put(line, line.with_changes(names=kept)).text()
            if not kept:
                return Edits(source).put(source.parents[line], cst.RemoveFromParent()).text()
    return text
