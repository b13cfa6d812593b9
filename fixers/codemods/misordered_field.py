"""Dataclass fields without a default that stand behind fields with one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import crashes, nearest_site
from fixers.codemods.source import Edits, Source
from fixers.codemods.symbols import trees
from fixers.model import Candidate, Tier

_MESSAGE = re.compile(r"non-default argument '(?P<name>\w+)' follows default argument")
_RULE = "from dataclasses import dataclass\n\n\n@dataclass\nclass Rule:\n    name: str\n"
_WRONG = "non-default argument 'metric' follows default argument 'limit'"


class MisorderedField(Codemod):
    """Move dataclass fields without a default in front of those with one.

    Every call of the class in the project has to mean the same with the fields in the new order.
    """

    NAME = "misordered-field"
    NUMBER = 14
    TIER = Tier.A
    PRIOR = 0.9
    MESSAGE = "a dataclass field without a default follows one with a default"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # a call passes the fields by place
            before=_RULE + "    limit: int = 3\n    metric: str\n\n\nONE = Rule('a', 4, 'cpu')\n",
            after=_RULE + "    limit: int = 3\n    metric: str\n\n\nONE = Rule('a', 4, 'cpu')\n",
            exception="TypeError",
            message=_WRONG,
            line=4,
        ),
        Rewrite(  # the field with a default is inherited
            before=_RULE + "    limit: int = 3\n\n\n@dataclass\nclass Other(Rule):\n    metric: str\n",
            after=_RULE + "    limit: int = 3\n\n\n@dataclass\nclass Other(Rule):\n    metric: str\n",
            exception="TypeError",
            message=_WRONG,
            line=10,
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before=_RULE + "    limit: int = 3\n    metric: str\n",
            after=_RULE + "    metric: str\n    limit: int = 3\n",
            exception="TypeError",
            message=_WRONG,
            line=4,
        ),
        Rewrite(
            before=_RULE + "    limit: int = 3\n    metric: str\n\n\nONE = Rule('a', metric='cpu', limit=4)\n",
            after=_RULE + "    metric: str\n    limit: int = 3\n\n\nONE = Rule('a', metric='cpu', limit=4)\n",
            exception="TypeError",
            message="non-default argument 'metric' follows default argument",
            line=4,
        ),
        Rewrite(
            before=_RULE + "    # At most.\n    limit: int = 3\n    metric: str\n    unit: str\n\n"
            "    def show(self):\n        return self.unit\n",
            after=_RULE + "    metric: str\n    unit: str\n    # At most.\n    limit: int = 3\n\n"
            "    def show(self):\n        return self.unit\n",
            exception="TypeError",
            message=_WRONG,
            line=4,
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Reorder the fields of the class that was being made."""
        for crash in crashes(scene, "TypeError"):
            named = _MESSAGE.search(crash.message)
            site = nearest_site(scene, crash) if named else None
            for node in site.source.all(cst.ClassDef) if site else ():
                if named is None or site is None or not _is_at(site.source, node, site.line):
                    continue
                edits = _reordered(site.source, node)
                if edits is None or not _keeps(scene, node):
                    continue
                yield from self.offer(
                    scene,
                    {site.path: edits.text()},
                    summary=f"Field `{named['name']}` of `{node.name.value}` has no default; it stands before those "
                    "that have one.",
                    line=site.line,
                )


def _is_at(source: Source, node: cst.ClassDef, line: int) -> bool:
    first = min([source.line(node.name), *(source.line(decorator) for decorator in node.decorators)])
    return first <= line <= source.line(node.name)


def _field(statement: cst.CSTNode) -> cst.AnnAssign | None:
    line = statement.body[0] if isinstance(statement, cst.SimpleStatementLine) else None
    return line if isinstance(line, cst.AnnAssign) and isinstance(line.target, cst.Name) else None


def _is_optional(field: cst.AnnAssign) -> bool:
    value = field.value
    if isinstance(value, cst.Call) and isinstance(value.func, (cst.Name, cst.Attribute)):
        name = value.func.value if isinstance(value.func, cst.Name) else value.func.attr.value
        if name == "field":
            return any(arg.keyword and arg.keyword.value in {"default", "default_factory"} for arg in value.args)
    return value is not None


def _reordered(source: Source, node: cst.ClassDef) -> Edits | None:
    """Return the edits that move the required fields up; None where none stands behind an optional one."""
    body = list(node.body.body)
    first = next((i for i, item in enumerate(body) if (f := _field(item)) is not None and _is_optional(f)), None)
    late = [item for item in body[first:] if (f := _field(item)) is not None and not _is_optional(f)] if first else []
    if first is None or not late or any(_is_class_variable(source, item) for item in late):
        return None
    kept = [item for item in body[first:] if item not in late]
    return Edits(source).put(node.body, node.body.with_changes(body=[*body[:first], *late, *kept]))


def _is_class_variable(source: Source, item: cst.CSTNode) -> bool:
    return "ClassVar" in source.code(item) or "KW_ONLY" in source.code(item)


def _keeps(scene: Scene, made: cst.ClassDef) -> bool:
    """Say whether every call of the class passes by place at most the fields that stay where they are."""
    name = made.name.value
    fields = [field for item in made.body.body if (field := _field(item)) is not None]
    steady = next((i for i, field in enumerate(fields) if _is_optional(field)), 0)
    for _, tree in trees(scene.project, mentioning=name):
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and any(_last(base) == name for base in node.bases):
                return False
            args = node.args if isinstance(node, ast.Call) and _last(node.func) == name else []
            if len(args) > steady or any(isinstance(arg, ast.Starred) for arg in args):
                return False
    return True


def _last(node: ast.expr) -> str:
    return str(getattr(node, "id", getattr(node, "attr", "")))
