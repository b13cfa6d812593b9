"""Variables that a function reads in several places and that nothing binds any more."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import Site, crashes, raising_site
from fixers.codemods.nearest import words
from fixers.codemods.scopes import Function, function_at, own_nodes, parameters
from fixers.codemods.source import Edits
from fixers.codemods.symbols import tree_of
from fixers.model import Candidate, Tier

_MESSAGE = re.compile(r"name '(?P<name>\w+)' is not defined")
_MOST = 10
_GONE = "name 'filename' is not defined"
_TWICE = "    if not text:\n        raise ValueError(filename)\n    return filename, text\n"


class LostVariable(Codemod):
    """Let every read of an unbound name in a function read one of its variables.

    After a parameter was renamed, a line that tests reach and one that they do not still use the old name: both are
    mended, or none. Those that share a word with the old name come first, then those that nothing reads.
    """

    NAME = "lost-variable"
    NUMBER = 36
    TIER = Tier.B
    PRIOR = 0.7
    MESSAGE = "several lines of a function read a variable that is not there any more"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # one line only: the search looks at it
            before="def load(source):\n    return filename\n",
            after="def load(source):\n    return filename\n",
            exception="NameError",
            message=_GONE,
            line=2,
        ),
        Rewrite(  # nothing is called, so no variable can be meant
            before="def load():\n    if filename:\n        return filename\n",
            after="def load():\n    if filename:\n        return filename\n",
            exception="NameError",
            message=_GONE,
            line=2,
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before="def load(text, source):\n" + _TWICE,
            after="def load(text, source):\n" + _TWICE.replace("filename", "source"),
            exception="NameError",
            message=_GONE,
            line=3,
        ),
        Rewrite(
            before="def load(text, source, file):\n" + _TWICE,
            after="def load(text, source, file):\n" + _TWICE.replace("filename", "source"),
            exception="NameError",
            message=_GONE,
            line=3,
        ),
        Rewrite(
            before="def load(text, source, file_name):\n" + _TWICE.replace("filename", "name"),
            after="def load(text, source, file_name):\n" + _TWICE.replace("filename", "file_name"),
            exception="NameError",
            message="name 'name' is not defined",
            line=3,
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Offer one variable after the other, in all the lines."""
        for crash in crashes(scene, "NameError"):
            named = _MESSAGE.search(crash.message)
            site = raising_site(scene, crash)
            tree = tree_of(scene.project, site.path) if site else None
            function = function_at(tree, site.line) if tree and site else None
            if named is None or site is None or tree is None or function is None or _binds(tree, named["name"]):
                continue
            reads = _reads(site, named["name"])
            if len({site.source.line(read) for read in reads}) < 2:
                continue
            for rank, new in enumerate(_variables(function, named["name"], site.line)[:_MOST]):
                edits = Edits(site.source)
                for read in reads:
                    edits.put(read, read.with_changes(value=new))
                yield from self.offer(
                    scene,
                    {site.path: edits.text()},
                    summary=f"`{named['name']}` is not there any more; `{new}` takes its place in all of the function.",
                    line=site.line,
                    function=site.function,
                    prior=self.PRIOR - 0.05 * rank,
                )


def _binds(tree: ast.Module, name: str) -> bool:
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=found) if not isinstance(node.ctx, ast.Load):
                pass
            case ast.arg(arg=found) | ast.FunctionDef(name=found) | ast.ClassDef(name=found):
                pass
            case ast.alias(name=imported, asname=alias):
                found = alias or imported.partition(".")[0]
            case _:
                continue
        if found in {name, "*"}:
            return True
    return False


def _reads(site: Site, name: str) -> list[cst.Name]:
    function = site.source.enclosing(site.line, cst.FunctionDef)
    found = [node for node in site.source.within(function, cst.Name) if node.value == name]
    return [node for node in found if not _is_part(site, node)]


def _is_part(site: Site, node: cst.Name) -> bool:
    parent = site.source.parents[node]
    keyword = isinstance(parent, cst.Arg) and parent.keyword is node
    return keyword or (isinstance(parent, cst.Attribute) and parent.attr is node)


def _variables(function: Function, old: str, line: int) -> list[str]:
    """Return what the function has bound before the line, the likeliest first: in its words, unread, near."""
    bound = dict.fromkeys(parameters(function), function.lineno)
    for node in own_nodes(function):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load) and node.lineno < line:
            bound[node.id] = max(node.lineno, bound.get(node.id, 0))
    read = {n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    known = [name for name in bound if name not in {"self", "cls"}]
    return sorted(known, key=lambda name: (not set(words(old)) & set(words(name)), name in read, -bound[name]))
