"""Names, methods and statements of Python 2 that still parse."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.conversion import conversions
from fixers.codemods.crash import Crash, Site, crashes, nearest_site, raising_site
from fixers.codemods.guards import guarded, rebound
from fixers.codemods.imports import Import, add_import
from fixers.codemods.patterns import parenthesized
from fixers.codemods.source import Edits, Source, parse
from fixers.codemods.symbols import definitions, imports, tree_of
from fixers.codemods.tables.python_2_shapes import ATTRIBUTES, IMPORTED, NAMES, SHAPES
from fixers.codemods.workfile import is_pure
from fixers.model import Candidate, Tier

_UNBOUND = re.compile(r"name '(?P<name>\w+)' is not defined")
_FUNCTION = re.compile(r"'(?:function|method|builtin_function_or_method)' object has no attribute '(?P<name>\w+)'")
_MESSAGE = re.compile(r"'\w+' object has no attribute 'message'")
_PRINT = re.compile(r"unsupported operand type\(s\) for >>: 'builtin_function_or_method' and")
_NO_ITERATOR = re.compile(
    r"iter\(\) returned non-iterator of type '(?P<type>\w+)'|'(?P<other>\w+)' object is not an iterator"
)
_DIVISION = re.compile(r"unsupported operand type\(s\) for (?P<op>/=?): '(?P<left>\w+)' and '(?P<right>\w+)'")
_ITEMS = {"builtins.dict": frozenset({"items", "keys", "values"})}


class Python2Leftover(Codemod):
    """Write what Python 2 had under its present name: `unicode`, `iteritems`, `has_key`, `func_name`, `next`.

    All uses in the file go at once, for they all fail alike; in the project where the name is bound nowhere.
    """

    NAME = "python-2-leftover"
    NUMBER = 23
    TIER = Tier.A
    PRIOR = 0.95
    MESSAGE = "a name or method of Python 2 is used"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # the author has bound it for both
            before="try:\n    unicode\nexcept NameError:\n    unicode = str\n\n\ndef f(x):\n    return unicode(x)\n",
            after="try:\n    unicode\nexcept NameError:\n    unicode = str\n\n\ndef f(x):\n    return unicode(x)\n",
            exception="NameError",
            message="name 'unicode' is not defined",
            line=8,
        ),
        Rewrite(  # a class of the project has no such method, and never had
            before="class Box:\n    pass\n\n\ndef f(box):\n    return box.iteritems()\n",
            after="class Box:\n    pass\n\n\ndef f(box):\n    return box.iteritems()\n",
            exception="AttributeError",
            message="'Box' object has no attribute 'iteritems'",
            line=6,
            names=_ITEMS,
        ),
        Rewrite(  # a misspelling, no leftover
            before="def f(x):\n    return uniode(x)\n",
            after="def f(x):\n    return uniode(x)\n",
            exception="NameError",
            message="name 'uniode' is not defined",
            line=2,
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before="def f(a, b):\n    return cmp(a.n, b.n) or cmp(a, b)\n",
            after="def f(a, b):\n    return ((a.n > b.n) - (a.n < b.n)) or ((a > b) - (a < b))\n",
            exception="NameError",
            message="name 'cmp' is not defined",
            line=2,
        ),
        Rewrite(
            before="def f(x):\n    return isinstance(x, (str, unicode)) or isinstance(x, (int, long, float))\n",
            after="def f(x):\n    return isinstance(x, str) or isinstance(x, (int, float))\n",
            exception="NameError",
            message="name 'unicode' is not defined",
            line=2,
        ),
        Rewrite(
            before="def f(xs):\n    return reduce(lambda a, b: a + b, xs)\n",
            after="from functools import reduce\n\n\ndef f(xs):\n    return reduce(lambda a, b: a + b, xs)\n",
            exception="NameError",
            message="name 'reduce' is not defined",
            line=2,
        ),
        Rewrite(
            before="def f(d):\n    return [k for k in d.iterkeys()]\n\n\ndef g(d):\n    return d.iterkeys()\n",
            after="def f(d):\n    return [k for k in d.keys()]\n\n\ndef g(d):\n    return d.keys()\n",
            exception="AttributeError",
            message="'dict' object has no attribute 'iterkeys'",
            line=2,
            names=_ITEMS,
        ),
        Rewrite(
            before="def g(d, k):\n    if not d.has_key(k):  # new\n        return d.has_key(k[0])\n",
            after="def g(d, k):\n    if k not in d:  # new\n        return k[0] in d\n",
            exception="AttributeError",
            message="'dict' object has no attribute 'has_key'",
            line=2,
            names=_ITEMS,
        ),
        Rewrite(
            before="import sys\n\n\ndef f(x):\n    print >>sys.stderr, 'bad', x\n",
            after="import sys\n\n\ndef f(x):\n    print('bad', x, file=sys.stderr)\n",
            exception="TypeError",
            message="unsupported operand type(s) for >>: 'builtin_function_or_method' and '_io.TextIOWrapper'. Did you "
            'mean "print(<message>, file=<output_stream>)"?',
            line=5,
        ),
        Rewrite(
            before="def f(x):\n    try:\n        return x()\n    except ValueError as e:\n        return e.message\n",
            after="def f(x):\n    try:\n        return x()\n    except ValueError as e:\n        return str(e)\n",
            exception="AttributeError",
            message="'ValueError' object has no attribute 'message'",
            line=5,
        ),
        Rewrite(
            before=(
                "class Count:\n    def __iter__(self):\n        return self\n\n    def next(self):\n        return 1\n"
            ),
            after=(
                "class Count:\n    def __iter__(self):\n        return self\n\n"
                "    def __next__(self):\n        return 1\n"
            ),
            exception="TypeError",
            message="iter() returned non-iterator of type 'Count'",
            frames=(("tests/test_example.py", 2, "test_it"),),
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Offer one candidate a failure."""
        yield from conversions(self, scene, SHAPES)
        for crash in crashes(scene, "NameError", "AttributeError", "TypeError"):
            site = raising_site(scene, crash) or nearest_site(scene, crash)
            if site is not None:
                edits = Edits(site.source)
                _rewrite(scene, crash, site, edits)
                yield from self._offered(scene, site.path, edits, site)
            yield from self._methods(scene, crash)

    def _offered(self, scene: Scene, path: str, edits: Edits, site: Site | None, line: int = 1) -> Iterator[Candidate]:
        if edits.changes:
            yield from self.offer(
                scene,
                {path: edits.text()},
                summary="This is Python 2's; Python 3 has it under another name.",
                line=site.line if site else line,
                function=site.function if site else "",
            )

    def _methods(self, scene: Scene, crash: Crash) -> Iterator[Candidate]:
        """Rename the special method that Python 3 looks for by another name."""
        iterator, division = _NO_ITERATOR.search(crash.message), _DIVISION.search(crash.message)
        if iterator is not None:
            owners, names = {iterator["type"] or iterator["other"]}, {"next": "__next__"}
        elif division is not None:
            owners = {division["left"], division["right"]}
            names = {"__div__": "__truediv__", "__rdiv__": "__rtruediv__", "__idiv__": "__itruediv__"}
        else:
            return
        for path in scene.project.repairable():
            mentioned = any(f"class {owner}" in scene.project.text(path) for owner in owners)
            source = parse(scene.project.text(path)) if mentioned else None
            if source is not None:
                edits, line = _renamed_methods(source, owners, names)
                yield from self._offered(scene, path, edits, None, line)


def _rewrite(scene: Scene, crash: Crash, site: Site, edits: Edits) -> None:
    if crash.exception == "NameError" and (found := _UNBOUND.search(crash.message)):
        _name(scene, site, edits, found["name"])
    elif (found := _FUNCTION.search(crash.message)) and found["name"] in ATTRIBUTES:
        for node in site.source.all(cst.Attribute):
            if node.attr.value in ATTRIBUTES and not guarded(site.source, node):
                edits.put(node.attr, cst.Name(ATTRIBUTES[node.attr.value]))
    elif _MESSAGE.search(crash.message):
        _messages(site.source, edits)
    elif _PRINT.search(crash.message):
        _prints(site.source, edits)


def _name(scene: Scene, site: Site, edits: Edits, name: str) -> None:
    """Rename the failing name, and with it the others of its kind: the next one would fail in the same way."""
    tree = tree_of(scene.project, site.path)
    if name == "cmp":
        _comparisons(site.source, edits)
    if tree is None or name not in {*NAMES, *IMPORTED}:
        return
    bound = {*imports(scene.project, site.path), *definitions(tree)}
    free = {old for old in (*NAMES, *IMPORTED) if old not in bound and not rebound(tree, old)}
    for node in site.source.all(cst.Name) if name in free else ():
        old = node.value
        if old not in free or guarded(site.source, node) or not _is_read(site.source, node):
            continue
        if old in IMPORTED:
            add_import(edits, scene.project, site.path, Import(IMPORTED[old], old))
            free.discard(old)
        elif not _drop_from_tuple(site.source, edits, node, NAMES[old]):
            edits.put(node, cst.Name(NAMES[old]))


def _comparisons(source: Source, edits: Edits) -> None:
    """Write `cmp(a, b)` as the documentation of Python 3 does."""
    for call in source.all(cst.Call):
        named = isinstance(call.func, cst.Name) and call.func.value == "cmp" and len(call.args) == 2
        if not named or not all(is_pure(arg.value) for arg in call.args):
            continue
        left, right = (parenthesized(arg.value) for arg in call.args)
        text = f"(({source.code(left)} > {source.code(right)}) - ({source.code(left)} < {source.code(right)}))"
        edits.put(call, cst.parse_expression(text))


def _drop_from_tuple(source: Source, edits: Edits, node: cst.Name, new: str) -> bool:
    """Take a name out of a tuple of types that holds its present name already."""
    element = source.parents[node]
    group = source.parents.get(element)
    if not isinstance(element, cst.Element) or not isinstance(group, cst.Tuple):
        return False
    others = [item for item in group.elements if item is not element]
    if not any(isinstance(item.value, cst.Name) and item.value.value == new for item in others):
        return False
    if len(others) == 1:
        edits.put(group, others[0].value)
    else:
        others[-1] = others[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
        edits.put(group, group.with_changes(elements=others))
    return True


def _messages(source: Source, edits: Edits) -> None:
    """Write `e.message` as `str(e)` for the names that handlers give to exceptions."""
    caught = {
        handler.name.name.value
        for handler in source.all(cst.ExceptHandler)
        if handler.name is not None and isinstance(handler.name.name, cst.Name)
    }
    for node in source.all(cst.Attribute):
        if node.attr.value == "message" and isinstance(node.value, cst.Name) and node.value.value in caught:
            edits.put(node, cst.Call(cst.Name("str"), [cst.Arg(node.value)]))


def _prints(source: Source, edits: Edits) -> None:
    for line in source.all(cst.Expr):
        items = (
            [element.value for element in line.value.elements] if isinstance(line.value, cst.Tuple) else [line.value]
        )
        head = items[0] if items else None
        if not isinstance(head, cst.BinaryOperation) or not isinstance(head.operator, cst.RightShift):
            continue
        if isinstance(head.left, cst.Name) and head.left.value == "print":
            texts = [source.code(item) for item in items[1:]] + [f"file={source.code(head.right)}"]
            edits.put(line.value, cst.parse_expression(f"print({', '.join(texts)})"))


def _renamed_methods(source: Source, owners: set[str], names: dict[str, str]) -> tuple[Edits, int]:
    edits, line = Edits(source), 1
    for owner in source.all(cst.ClassDef):
        defined = {item.name.value: item for item in owner.body.body if isinstance(item, cst.FunctionDef)}
        for old, new in names.items():
            if owner.name.value in owners and old in defined and new not in defined:
                edits.put(defined[old].name, cst.Name(new))
                line = source.line(defined[old])
    return edits, line


def _is_read(source: Source, node: cst.Name) -> bool:
    parent = source.parents[node]
    if (
        isinstance(parent, (cst.Attribute, cst.Arg))
        and parent.children[0 if isinstance(parent, cst.Arg) else -1] is node
    ):
        return False
    return source.up(node, cst.ImportFrom) is None and source.up(node, cst.Import) is None
