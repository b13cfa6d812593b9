"""Dataclass fields whose default is one shared mutable object."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

import libcst as cst
from libcst.helpers import get_full_name_for_node

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import Site, crashes, nearest_site
from fixers.codemods.imports import Import, add_import
from fixers.codemods.source import Edits
from fixers.codemods.symbols import imports
from fixers.model import Candidate, Tier

_MESSAGE = re.compile(r"mutable default <class '(?P<type>[\w.]+)'> for field (?P<field>\w+) is not allowed")
_CONSTRUCTORS = frozenset({"list", "dict", "set", "defaultdict", "OrderedDict", "Counter", "deque", "bytearray"})


class MutableDataclassField(Codemod):
    """Make a new default for every instance of a dataclass.

    ``tags: list = []`` would share one list between all instances, so
    `dataclasses` refuses to build the class and the module does not import.
    """

    NAME = "mutable-dataclass-field"
    NUMBER = 14
    TIER = Tier.A
    PRIOR = 0.97
    MESSAGE = "a dataclass field has a mutable default, which all instances would share"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before="from dataclasses import dataclass\n\n\n@dataclass\nclass A:\n    tags: tuple = ()\n",
            after="from dataclasses import dataclass\n\n\n@dataclass\nclass A:\n    tags: tuple = ()\n",
            exception="ValueError",
            message="mutable default <class 'list'> for field tags is not allowed: use default_factory",
            line=5,
        ),
        Rewrite(
            before="class A:\n    tags: list = []\n",
            after="class A:\n    tags: list = []\n",
            exception="ValueError",
            message="mutable default <class 'list'> for field tags is not allowed: use default_factory",
            line=1,
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before=(
                "from dataclasses import dataclass\n\n\n@dataclass\nclass A:\n    tags: list = []  # free text\n"
                "    size: int = 0\n    seen: dict = {'a': 1}\n"
            ),
            after=(
                "from dataclasses import dataclass, field\n\n\n@dataclass\nclass A:\n"
                "    tags: list = field(default_factory=list)  # free text\n"
                "    size: int = 0\n    seen: dict = field(default_factory=lambda: {'a': 1})\n"
            ),
            exception="ValueError",
            message="mutable default <class 'list'> for field tags is not allowed: use default_factory",
            line=5,
            frames=(
                ("tests/test_example.py", 1, "<module>"),
                ("pkg/mod.py", 4, "<module>"),
                ("dataclasses.py", 815, "_get_field"),
            ),
        ),
        Rewrite(
            before="import dataclasses\n\n@dataclasses.dataclass(frozen=True)\nclass A:\n    ids: set[int] = set()\n",
            after=(
                "import dataclasses\n\n@dataclasses.dataclass(frozen=True)\nclass A:\n"
                "    ids: set[int] = dataclasses.field(default_factory=set)\n"
            ),
            exception="ValueError",
            message="mutable default <class 'set'> for field ids is not allowed: use default_factory",
            line=3,
        ),
        Rewrite(
            before=(
                "from dataclasses import dataclass, field\n\nfrom pkg.base import Limits\n\n@dataclass\nclass A:\n"
                "    limits: Limits = Limits()\n    names: list = field(default=[], repr=False)\n"
            ),
            after=(
                "from dataclasses import dataclass, field\n\nfrom pkg.base import Limits\n\n@dataclass\nclass A:\n"
                "    limits: Limits = field(default_factory=Limits)\n"
                "    names: list = field(default_factory=list, repr=False)\n"
            ),
            exception="ValueError",
            message="mutable default <class 'pkg.base.Limits'> for field limits is not allowed: use default_factory",
            line=5,
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Mend every field of the refused class, so that the next one does not fail the same way."""
        for crash in crashes(scene, "ValueError"):
            named = _MESSAGE.search(crash.message)
            site = nearest_site(scene, crash)
            if named and site:
                yield from self._mend(scene, site, named["field"], named["type"].rpartition(".")[2])

    def _mend(self, scene: Scene, site: Site, name: str, kind: str) -> Iterator[Candidate]:
        owner = next((node for node in site.source.all(cst.ClassDef) if _has(site, node, name)), None)
        if owner is None:
            return
        known = imports(scene.project, site.path)
        qualified = "dataclasses" in known and not any(o.dotted == "dataclasses.dataclass" for o in known.values())
        field = "dataclasses.field" if qualified else "field"
        edits = Edits(site.source)
        for assignment in _fields(owner):
            if assignment.value and (made := _factory(assignment.value, field, kind)):
                edits.put(assignment.value, made)
        if not edits.changes:
            return
        if not qualified:
            add_import(edits, scene.project, site.path, Import("dataclasses", "field"))
        yield from self.offer(
            scene,
            {site.path: edits.text()},
            summary=f"Field `{name}` of `{owner.name.value}` gets a new default for every instance; "
            f"a shared one is refused by `dataclasses`.",
            line=site.source.line(owner),
        )


def _has(site: Site, node: cst.ClassDef, name: str) -> bool:
    marked = any("dataclass" in site.source.code(decorator.decorator) for decorator in node.decorators)
    return marked and any(isinstance(field.target, cst.Name) and field.target.value == name for field in _fields(node))


def _fields(node: cst.ClassDef) -> list[cst.AnnAssign]:
    lines = [line for line in node.body.body if isinstance(line, cst.SimpleStatementLine)]
    return [part for line in lines for part in line.body if isinstance(part, cst.AnnAssign)]


def _factory(value: cst.BaseExpression, field: str, kind: str) -> cst.BaseExpression | None:
    if isinstance(value, cst.Call) and (get_full_name_for_node(value.func) or "").rpartition(".")[2] == "field":
        return _field_call(value, kind)
    maker = _maker(value, kind)
    if maker is None:
        return None
    call = cst.parse_expression(f"{field}(default_factory=0)")
    assert isinstance(call, cst.Call)  # noqa: S101 - the text above is a call
    return call.with_changes(args=[call.args[0].with_changes(value=maker)])


def _field_call(call: cst.Call, kind: str) -> cst.Call | None:
    for index, arg in enumerate(call.args):
        if arg.keyword and arg.keyword.value == "default" and (maker := _maker(arg.value, kind)):
            changed = arg.with_changes(keyword=cst.Name("default_factory"), value=maker)
            return call.with_changes(args=[*call.args[:index], changed, *call.args[index + 1 :]])
    return None


def _maker(value: cst.BaseExpression, kind: str) -> cst.BaseExpression | None:
    """Return a callable that makes the value anew, or None when the value is no mutable one we know."""
    if isinstance(value, (cst.List, cst.Dict)) and not value.elements:
        return cst.Name("list" if isinstance(value, cst.List) else "dict")
    made = isinstance(value, cst.Call) and (get_full_name_for_node(value.func) or "").rpartition(".")[2]
    if isinstance(value, cst.Call) and made and made in _CONSTRUCTORS | {kind}:
        return cst.Lambda(cst.Parameters(), value) if value.args else value.func
    literal = (cst.List, cst.Dict, cst.Set, cst.ListComp, cst.DictComp, cst.SetComp)
    return cst.Lambda(cst.Parameters(), value) if isinstance(value, literal) else None
