"""Classes that say when they are equal, and so have lost their hash."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import crashes
from fixers.codemods.source import Edits, Source, parse
from fixers.codemods.symbols import classes, trees
from fixers.model import Candidate, Tier
from fixers.project import is_repairable, is_test_path

_UNHASHABLE = re.compile(r"unhashable type: '(?P<name>\w+)'")
_EQUAL = "    def __eq__(self, other):\n        return {}\n"
_DATA = "from dataclasses import dataclass\n\n\n{}\nclass P:\n    x: int\n    y: int\n"
_MUTABLE = frozenset({"list", "dict", "set", "List", "Dict", "Set", "bytearray", "defaultdict", "Counter", "deque"})


class UnhashableClass(Codemod):
    """Hash what a class compares, where something of it is put into a set or is a key.

    A class with `__eq__` and without `__hash__` has none. What `__eq__` compares is what the hash may be made of;
    a dataclass becomes frozen, where nothing in the project assigns a field of that name.
    """

    NAME = "unhashable-class"
    NUMBER = 18
    TIER = Tier.A
    PRIOR = 0.93
    MESSAGE = "a class defines when its objects are equal, and has lost their hash"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # it changes after it was made: a set would lose it
            before="class P:\n" + _EQUAL.format("self.x == other.x") + "\n    def go(self):\n        self.x += 1\n",
            after="class P:\n" + _EQUAL.format("self.x == other.x") + "\n    def go(self):\n        self.x += 1\n",
            exception="TypeError",
            message="unhashable type: 'P'",
        ),
        Rewrite(  # what is equal is not written as a comparison of the same of both
            before="class P:\n" + _EQUAL.format("self.near(other)"),
            after="class P:\n" + _EQUAL.format("self.near(other)"),
            exception="TypeError",
            message="unhashable type: 'P'",
        ),
        Rewrite(  # a list within has no hash either
            before=_DATA.format("@dataclass").replace("y: int", "y: list"),
            after=_DATA.format("@dataclass").replace("y: int", "y: list"),
            exception="TypeError",
            message="unhashable type: 'P'",
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before="class P:\n" + _EQUAL.format("(self.x, self.y) == (other.x, other.y)  # both"),
            after=(
                "class P:\n" + _EQUAL.format("(self.x, self.y) == (other.x, other.y)  # both") + "\n"
                "    def __hash__(self):\n        return hash((self.x, self.y))\n"
            ),
            exception="TypeError",
            message="unhashable type: 'P'",
        ),
        Rewrite(
            before="class P:\n" + _EQUAL.format("isinstance(other, P) and self.x == other.x and self.y == other.y"),
            after=(
                "class P:\n" + _EQUAL.format("isinstance(other, P) and self.x == other.x and self.y == other.y") + "\n"
                "    def __hash__(self):\n        return hash((self.x, self.y))\n"
            ),
            exception="TypeError",
            message="cannot use 'pkg.mod.P' as a set element (unhashable type: 'P')",
        ),
        Rewrite(
            before=_DATA.format("@dataclass"),
            after=_DATA.format("@dataclass(frozen=True)"),
            exception="TypeError",
            message="unhashable type: 'P'",
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Offer the hash that the comparison, or the fields, give."""
        for crash in crashes(scene, "TypeError"):
            named = _UNHASHABLE.search(crash.message)
            found = (
                [(path, node) for path, node in classes(scene.project, named["name"]) if not is_test_path(path)]
                if named
                else []
            )
            if len(found) != 1 or not is_repairable(found[0][0]):
                continue
            path, tree = found[0]
            source = parse(scene.project.text(path))
            node = next((c for c in source.all(cst.ClassDef) if c.name.value == tree.name), None) if source else None
            if source is None or node is None:
                continue
            text = _hashed(scene, source, node, tree)
            summary = f"Equal objects of `{tree.name}` have equal hashes, made of what is compared."
            yield from self.offer(scene, {path: text}, summary=summary, line=tree.lineno)


def _hashed(scene: Scene, source: Source, node: cst.ClassDef, tree: ast.ClassDef) -> str:
    methods = {item.name: item for item in tree.body if isinstance(item, ast.FunctionDef)}
    if "__hash__" in methods:
        return source.text
    if "__eq__" in methods:
        parts = _compared(methods["__eq__"])
        fixed = parts and not _assigned(
            scene, {n.attr for p in parts for n in ast.walk(p) if isinstance(n, ast.Attribute)}
        )
        return _with_hash(source, node, parts) if fixed else source.text
    return _frozen(scene, source, node, tree)


def _compared(equal: ast.FunctionDef) -> list[ast.expr]:
    """Return what an `__eq__` compares of `self` with the same of the other; empty where it does anything else."""
    last = equal.body[-1]
    value = last.value if isinstance(last, ast.Return) else None
    names = [arg.arg for arg in equal.args.args]
    if value is None or len(names) != 2:
        return []
    terms = value.values if isinstance(value, ast.BoolOp) and isinstance(value.op, ast.And) else [value]
    parts: list[ast.expr] = []
    for term in terms:
        if isinstance(term, ast.Call) and ast.unparse(term.func) == "isinstance":
            continue
        if not (isinstance(term, ast.Compare) and len(term.ops) == 1 and isinstance(term.ops[0], ast.Eq)):
            return []
        left, right = term.left, term.comparators[0]
        if _reads(left) != {names[0]} or _swapped(left, names) != ast.unparse(right):
            return []
        parts += left.elts if isinstance(left, ast.Tuple) else [left]
    return parts


def _reads(node: ast.expr) -> set[str]:
    return {name.id for name in ast.walk(node) if isinstance(name, ast.Name)}


def _swapped(node: ast.expr, names: list[str]) -> str:
    return re.sub(rf"\b{names[0]}\.", f"{names[1]}.", ast.unparse(node))


def _with_hash(source: Source, node: cst.ClassDef, parts: list[ast.expr]) -> str:
    equal = next(f for f in source.within(node.body, cst.FunctionDef) if f.name.value == "__eq__")
    texts = [ast.unparse(part) for part in parts]
    value = f"({', '.join(texts)})" if len(texts) > 1 else texts[0]
    new = cst.parse_statement(f"def __hash__(self):\n    return hash({value})\n", source.module.config_for_parsing)
    assert isinstance(new, cst.FunctionDef)  # noqa: S101 - a definition is one
    if equal.returns is not None:
        new = new.with_changes(returns=cst.Annotation(cst.Name("int")))
    added = new.with_changes(leading_lines=[cst.EmptyLine(indent=False)])
    return Edits(source).put(equal, cst.FlattenSentinel([equal, added])).text()


def _frozen(scene: Scene, source: Source, node: cst.ClassDef, tree: ast.ClassDef) -> str:
    """Return the text with a dataclass frozen; as it is where that may break something."""
    fields = [item for item in tree.body if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)]
    names = {item.target.id for item in fields if isinstance(item.target, ast.Name)}
    mutable = any(_MUTABLE & set(re.findall(r"\w+", ast.unparse(item.annotation))) for item in fields)
    unusual = tree.bases or any(isinstance(i, ast.FunctionDef) and i.name == "__post_init__" for i in tree.body)
    if not fields or mutable or unusual or _assigned(scene, names) or _inherited(scene, tree.name):
        return source.text
    for decorator in node.decorators:
        written = source.code(decorator.decorator)
        if written in {"dataclass", "dataclasses.dataclass"}:
            new: cst.BaseExpression = cst.parse_expression(f"{written}(frozen=True)")
        elif (
            written.endswith(")") and "dataclass(" in written and not re.search(r"\b(frozen|eq|unsafe_hash)\b", written)
        ):
            inside = written[:-1].rstrip().rstrip(",")
            new = cst.parse_expression(f"{inside}{'' if inside.endswith('(') else ', '}frozen=True)")
        else:
            continue
        return Edits(source).put(decorator.decorator, new).text()
    return source.text


def _assigned(scene: Scene, names: set[str]) -> bool:
    """Say whether anything but an `__init__` assigns an attribute of one of these names, `self._x` for `x` too."""
    for _, tree in trees(scene.project):
        inits = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name in {"__init__", "__new__"}]
        made = {id(inner) for init in inits for inner in ast.walk(init)}
        stored = (n for n in ast.walk(tree) if isinstance(n, ast.Attribute) and not isinstance(n.ctx, ast.Load))
        if any(node.attr in names and id(node) not in made for node in stored):
            return True
    return False


def _inherited(scene: Scene, name: str) -> bool:
    bases = re.compile(rf"^\s*class \w+\([^)]*\b{name}\b", re.MULTILINE)
    return any(bases.search(text) for text in scene.project.files.values())
