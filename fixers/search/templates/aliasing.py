"""Values shared by accident."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from fixers.model import Tier
from fixers.search.ingredients import Ingredients
from fixers.search.site import Site
from fixers.search.syntax import call, is_load, method
from fixers.search.template import Edit, Example, Template, replace


class SharedValue(Template):
    """Copy a mutable value where it is stored, passed or returned; build each item of `[[]] * n` anew."""

    NAME = "shared-value"
    NUMBER = 60
    TIER = Tier.B
    PRIOR = 0.25
    SUMMARY = "the value may have to be a copy"
    BY_SLOT = True
    VALID = ("def f(a):\n    return a + 1\n",)
    INVALID = (
        Example("def f(a):\n    b = a\n    return b\n", "def f(a):\n    b = a.copy()\n    return b\n"),
        Example("def f(a):\n    b = a\n    return b\n", "def f(a):\n    b = list(a)\n    return b\n"),
        Example("def f(a, out):\n    out.append(a)\n", "def f(a, out):\n    out.append(a[:])\n"),
        Example("def f(n):\n    return [[0]] * n\n", "def f(n):\n    return [[0] for _ in range(n)]\n"),
        Example("import copy\ndef f(a):\n    return a\n", "import copy\ndef f(a):\n    return copy.deepcopy(a)\n"),
    )

    def edits(self, site: Site, ingredients: Ingredients) -> Iterator[Edit]:
        """Yield copies of names, attributes and subscripts; deep ones where the module imports `copy`."""
        imported = ingredients.kind("copy") == "import"
        for slot in site.slots:
            if isinstance(slot, ast.BinOp) and isinstance(slot.op, ast.Mult):
                yield from _repeated(slot)
            if not _is_shared(slot, site):
                continue
            yield replace(slot, method(slot, "copy"), 0.9)
            for kind in ("list", "dict", "set"):
                yield replace(slot, call(kind, slot), 0.7)
            yield replace(slot, ast.Subscript(value=slot, slice=ast.Slice(), ctx=ast.Load()), 0.6)
            for function in ("deepcopy", "copy") if imported else ():
                yield replace(slot, method(ast.Name(id="copy", ctx=ast.Load()), function, slot), 0.8)


def _is_shared(slot: ast.expr, site: Site) -> bool:
    parent = site.view.parents[slot]
    if not isinstance(slot, (ast.Name, ast.Attribute, ast.Subscript)) or not is_load(slot):
        return False
    stores = (ast.Assign, ast.AnnAssign, ast.Return, ast.Yield, ast.keyword, ast.Dict, ast.Tuple, ast.List, ast.For)
    return isinstance(parent, stores) or (isinstance(parent, ast.Call) and not site.is_callee(slot))


def _repeated(slot: ast.BinOp) -> Iterator[Edit]:
    for items, count in ((slot.left, slot.right), (slot.right, slot.left)):
        if isinstance(items, ast.List) and len(items.elts) == 1:
            each = ast.comprehension(
                target=ast.Name(id="_", ctx=ast.Store()), iter=call("range", count), ifs=[], is_async=0
            )
            yield replace(slot, ast.ListComp(elt=items.elts[0], generators=[each]))
