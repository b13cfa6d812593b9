"""Functions of the standard library that this Python version does not have, and that are short enough to write out."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import Site, crashes, raising_site
from fixers.codemods.guards import guarded
from fixers.codemods.imports import Import, add_import
from fixers.codemods.source import Edits
from fixers.codemods.spelling import resolve, tidied
from fixers.codemods.symbols import definitions, imports, tree_of
from fixers.codemods.tables.stand_ins import ELSEWHERE, STAND_INS, ZIP_STRICT, StandIn
from fixers.model import Candidate, Tier

_GONE = re.compile(
    r"cannot import name '(?P<name>\w+)' from '(?P<module>[\w.]+)'|"
    r"module '(?P<owner>[\w.]+)' has no attribute '(?P<attribute>\w+)'|No module named '(?P<root>[\w.]+)'"
)
_NO_STRICT = re.compile(r"^zip\(\) takes no keyword arguments|'strict' is an invalid keyword argument for zip")
_MAPPING = "def f(x):\n    from distutils.util import strtobool\n    return strtobool(x)\n"


class AbsentFunction(Codemod):
    """Write out what this Python version lost or does not have yet, or take it from the package that brings it.

    Covers `strtobool`, `parse_header`, `pairwise`, `batched`, `lcm`, `zip(strict=True)`, `StrEnum`, `to_thread`,
    `chdir` and `override`, as their documentation has them; and `typing_extensions`, `tomli` and
    `backports.zoneinfo` where they are installed.
    """

    NAME = "absent-function"
    NUMBER = 3
    TIER = Tier.A
    PRIOR = 0.9
    MESSAGE = "this Python version does not have this function"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # imported within a function: where it belongs is the author's to say
            before=_MAPPING,
            after=_MAPPING,
            exception="ModuleNotFoundError",
            message="No module named 'distutils'",
            line=2,
        ),
        Rewrite(  # nothing that brings it is installed
            before="import tomllib\n\nX = tomllib.loads('')\n",
            after="import tomllib\n\nX = tomllib.loads('')\n",
            exception="ModuleNotFoundError",
            message="No module named 'tomllib'",
            line=1,
            python=(3, 10),
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before="X = 1\n\n\ndef f(a, b):\n    return dict(zip(a, b, strict=True)), list(zip(a, b, strict=False))\n",
            after="from itertools import zip_longest\n\n\n" + ZIP_STRICT.source + "\n\nX = 1\n\n\n"
            "def f(a, b):\n    return dict(zip_strict(a, b)), list(zip(a, b))\n",
            exception="TypeError",
            message="zip() takes no keyword arguments",
            line=5,
            python=(3, 9),
        ),
        Rewrite(
            before="from itertools import chain, pairwise\n\n\ndef f(x):\n    return list(chain(pairwise(x)))\n",
            after=(
                "from itertools import chain, tee\n\n\n"
                "def pairwise(iterable):\n"
                '    """Return successive overlapping pairs."""\n'
                "    first, second = tee(iterable)\n    next(second, None)\n    return zip(first, second)\n\n\n"
                "def f(x):\n    return list(chain(pairwise(x)))\n"
            ),
            exception="ImportError",
            message="cannot import name 'pairwise' from 'itertools' (unknown location)",
            line=1,
            names={"itertools": frozenset({"chain", "tee"})},
            python=(3, 9),
        ),
        Rewrite(
            before="import math\n\n\ndef f(a, b):\n    return math.lcm(a, b) + math.floor(a)\n",
            after=(
                "import math\nfrom math import gcd\n\n\n"
                "def lcm(*integers):\n"
                '    """Return the least common multiple."""\n'
                "    found = 1\n    for integer in integers:\n        if integer == 0:\n            return 0\n"
                "        found = abs(found * integer) // gcd(found, integer)\n    return found\n\n\n"
                "def f(a, b):\n    return lcm(a, b) + math.floor(a)\n"
            ),
            exception="AttributeError",
            message="module 'math' has no attribute 'lcm'",
            line=5,
            names={"math": frozenset({"floor", "gcd"})},
            python=(3, 8),
        ),
        Rewrite(
            before="from typing import List, Self\n\n\nclass A:\n    def f(self) -> Self:\n        return self\n",
            after=(
                "from typing import List\n\nfrom typing_extensions import Self\n\n\n"
                "class A:\n    def f(self) -> Self:\n        return self\n"
            ),
            exception="ImportError",
            message="cannot import name 'Self' from 'typing' (/usr/lib/python3.10/typing.py)",
            line=1,
            names={"typing": frozenset({"List"}), "typing_extensions": frozenset({"Self"})},
            python=(3, 10),
        ),
        Rewrite(
            before="import tomllib\n\n\ndef f(x):\n    return tomllib.loads(x)\n",
            after=(
                "try:\n    import tomllib\nexcept ModuleNotFoundError:\n    import tomli as tomllib\n\n\n"
                "def f(x):\n    return tomllib.loads(x)\n"
            ),
            exception="ModuleNotFoundError",
            message="No module named 'tomllib'",
            line=1,
            names={"tomli": frozenset({"loads"})},
            python=(3, 10),
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Offer the one text for the file that fails."""
        for crash in crashes(scene, "TypeError"):
            site = raising_site(scene, crash) if _NO_STRICT.search(crash.message) else None
            text = _strict(scene, site) if site is not None else ""
            if site is not None and text:
                yield from self.offer(
                    scene,
                    {site.path: text},
                    summary="This Python version has no `zip(strict=True)`.",
                    line=site.line,
                    function=site.function,
                )
        for crash in crashes(scene, "ImportError", "ModuleNotFoundError", "AttributeError"):
            site, named = raising_site(scene, crash), _GONE.search(crash.message)
            if site is None or named is None:
                continue
            module = named["module"] or named["owner"] or named["root"]
            name = named["name"] or named["attribute"] or ""
            text = _elsewhere(scene, site, module, name) or _written_out(scene, site, module, name)
            if not text:
                continue
            yield from self.offer(
                scene,
                {site.path: text},
                summary=f"{_where(module)} has no `{module}.{name}`.".replace(".`", "`"),
                line=site.line,
                function=site.function,
            )


def _where(module: str) -> str:
    standard = module.partition(".")[0] in {*sys.stdlib_module_names, "distutils", "imghdr"}
    return "This Python version" if standard else "The installed release"


def _elsewhere(scene: Scene, site: Site, module: str, name: str) -> str:
    """Return the text that takes the name, or the whole module, from the package that brings it to older versions."""
    other = ELSEWHERE.get(module, "")
    exported = scene.installed.names(other) if other else None
    if exported is None or name in (scene.installed.names(module) or ()):
        return ""
    if not name:
        return _fallback(site, module, other)
    imported = _imported(site, {f"{module}.{name}"})
    if name not in exported or not imported:
        return ""
    edits = Edits(site.source)
    _drop(edits, imported)
    add_import(edits, scene.project, site.path, Import(other, name))
    return edits.text()


def _fallback(site: Site, module: str, other: str) -> str:
    """Import the module where there is one, else the package under its name."""
    for line in site.source.at(site.line, cst.Import):
        statement = site.source.parents[line]
        names = [site.source.code(alias).strip() for alias in line.names]
        top = site.source.parents[statement] is site.source.module and not guarded(site.source, line)
        if names == [module] and top and isinstance(statement, cst.SimpleStatementLine):
            text = f"try:\n    import {module}\nexcept ModuleNotFoundError:\n    import {other} as {module}\n"
            new = cst.ensure_type(cst.parse_statement(text), cst.Try)
            return Edits(site.source).put(statement, new.with_changes(leading_lines=statement.leading_lines)).text()
    return ""


def _written_out(scene: Scene, site: Site, module: str, name: str) -> str:
    wanted = {f"{module}.{name}"} if name else {old for old in STAND_INS if old.startswith(f"{module}.")}
    present = {old for old in wanted & set(STAND_INS) if not _is_there(scene, old)}
    imported = _imported(site, present)
    reads = [
        (node, real)
        for node in site.source.all(cst.Attribute)
        if (real := resolve(scene.project, site.path, node)) in present and not guarded(site.source, node)
    ]
    used = {real for _, real in (*imported, *reads)}
    tree = tree_of(scene.project, site.path)
    names = {old.rpartition(".")[2] for old in used}
    if not used or tree is None or (reads and names & ({*definitions(tree), *imports(scene.project, site.path)})):
        return ""
    edits = Edits(site.source)
    _drop(edits, imported)
    for node, real in reads:
        edits.put(node, cst.Name(real.rpartition(".")[2]))
    stand_ins = [STAND_INS[old] for old in sorted(used)]
    for stand_in in stand_ins:
        for home, member in stand_in.imports:
            add_import(edits, scene.project, site.path, Import(home, member))
    return tidied(scene.project, site.path, _with_definitions(edits.text(), stand_ins))


def _strict(scene: Scene, site: Site) -> str:
    """Return the text that calls a function of its own for each `zip` that insists on equal lengths."""
    tree = tree_of(scene.project, site.path)
    if tree is None or "zip_strict" in {*definitions(tree), *imports(scene.project, site.path)}:
        return ""
    edits = Edits(site.source)
    for call in site.source.all(cst.Call):
        strict = [arg for arg in call.args if arg.keyword is not None and arg.keyword.value == "strict"]
        if not (isinstance(call.func, cst.Name) and call.func.value == "zip" and strict):
            continue
        kept = [arg for arg in call.args if arg is not strict[0]]
        kept[-1:] = [arg.with_changes(comma=call.args[-1].comma) for arg in kept[-1:]]
        name = "zip_strict" if site.source.code(strict[0].value) == "True" else "zip"
        edits.put(call, call.with_changes(func=cst.Name(name), args=kept))
    for home, member in ZIP_STRICT.imports:
        add_import(edits, scene.project, site.path, Import(home, member))
    return _with_definitions(edits.text(), [ZIP_STRICT])


def _with_definitions(text: str, stand_ins: list[StandIn]) -> str:
    """Put the definitions below the imports."""
    tree = cst.parse_module(text)
    last = max((n for n, line in enumerate(tree.body) if _is_import(line)), default=-1)
    head = tree.body[0]
    documented = isinstance(head, cst.SimpleStatementLine) and isinstance(head.body[0], cst.Expr)
    place = last + 1 if last >= 0 else int(documented)
    gap = [cst.EmptyLine(indent=False)] * 2
    new = [
        cst.parse_statement(stand_in.source).with_changes(leading_lines=gap if place or number else [])
        for number, stand_in in enumerate(stand_ins)
    ]
    rest = list(tree.body[place:])
    if rest and isinstance(rest[0], (cst.SimpleStatementLine, cst.BaseCompoundStatement)):
        comments = [line for line in rest[0].leading_lines if line.comment is not None]
        rest[0] = rest[0].with_changes(leading_lines=[*gap, *comments])
    return tree.with_changes(body=[*tree.body[:place], *new, *rest]).code


def _is_import(line: cst.BaseStatement) -> bool:
    return isinstance(line, cst.SimpleStatementLine) and isinstance(line.body[0], (cst.Import, cst.ImportFrom))


def _is_there(scene: Scene, dotted: str) -> bool:
    module, _, name = dotted.rpartition(".")
    return name in (scene.installed.names(module) or ())


def _imported(site: Site, wanted: set[str]) -> list[tuple[cst.ImportAlias, str]]:
    """Return the aliases, at the top of the file and under their own names, that import one of these."""
    found = []
    for line in site.source.all(cst.ImportFrom):
        statement = site.source.parents[line]
        if isinstance(line.names, cst.ImportStar) or site.source.parents[statement] is not site.source.module:
            continue
        home = site.source.code(line.module) if line.module is not None else ""
        found += [
            (alias, f"{home}.{alias.evaluated_name}")
            for alias in line.names
            if f"{home}.{alias.evaluated_name}" in wanted and alias.asname is None and not line.relative
        ]
    return found


def _drop(edits: Edits, imported: list[tuple[cst.ImportAlias, str]]) -> None:
    """Take names out of the lines that import them; a line that imports nothing else goes."""
    gone = {alias for alias, _ in imported}
    for line in edits.source.all(cst.ImportFrom):
        if isinstance(line.names, cst.ImportStar) or not gone & set(line.names):
            continue
        kept = [alias for alias in line.names if alias not in gone]
        if kept:
            kept[-1] = kept[-1].with_changes(comma=line.names[-1].comma)
            edits.change(line, cst.ImportFrom, lambda node, kept=kept: node.with_changes(names=kept))  # type: ignore[misc]
        else:
            edits.put(edits.source.parents[line], cst.RemoveFromParent())
