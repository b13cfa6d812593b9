"""Lost statements."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import chain

from fixers.model import Tier
from fixers.search.ingredients import Ingredients
from fixers.search.renaming import renamed
from fixers.search.scope import arguments_of
from fixers.search.site import Site
from fixers.search.syntax import FUNCTIONS, ancestors, call, copied, method, name, rebuilt
from fixers.search.template import Edit, Example, Template, beside, fading, merged


class LostStatement(Template):
    """Insert a call or an assignment that stands elsewhere, as it is or with one variable renamed."""

    NAME = "lost-statement"
    NUMBER = 53
    TIER = Tier.B
    PRIOR = 0.3
    SUMMARY = "this is done elsewhere, and may be lost here"
    VALID = ("def f(a):\n    return a\n", "g()\nx = 1\n")
    INVALID = (
        Example(
            "def f(rv, d, e):\n    rv.update(d)\n    return rv\n",
            "def f(rv, d, e):\n    rv.update(d)\n    rv.update(e)\n    return rv\n",
        ),
        Example(
            "class C:\n    def g(self, k):\n        self.seen.add(k)\n    def f(self, key):\n        return key\n",
            "class C:\n    def g(self, k):\n        self.seen.add(k)\n"
            "    def f(self, key):\n        self.seen.add(key)\n        return key\n",
        ),
        Example(
            "class C(B):\n    def __init__(self, a):\n        self.a = a\n",
            "class C(B):\n    def __init__(self, a):\n        super().__init__()\n        self.a = a\n",
        ),
        Example(
            "class C:\n    def __init__(self, a, b):\n        self.a = a\n    def g(self):\n        g(self.other)\n",
            "class C:\n    def __init__(self, a, b):\n        self.a = a\n        self.other = b\n    def g(self):\n"
            "        g(self.other)\n",
        ),
        Example(
            "class C:\n    def f(self, a):\n        pass\nclass D(C):\n    def g(self):\n        return self.kept\n",
            "class C:\n    def f(self, a):\n        self.kept = a\nclass D(C):\n"
            "    def g(self):\n        return self.kept\n",
        ),
        Example(
            "class C:\n    def up(self, v):\n        self.d['up'] = v\n    def down(self, v):\n        pass\n",
            "class C:\n    def up(self, v):\n        self.d['up'] = v\n"
            "    def down(self, v):\n        self.d['down'] = v\n",
        ),
    )

    def edits(self, site: Site, ingredients: Ingredients) -> Iterator[Edit]:
        """Yield the call of the overridden method and what is kept of parameters, then donors: nearest first."""
        if site.insertable:
            ways = (_super_calls(site, ingredients), _kept(site, ingredients), _donors(site, ingredients))
            yield from merged(*ways)


class LostUpdate(Template):
    """Insert a missing `v += 1` or `v -= 1`."""

    NAME = "lost-update"
    NUMBER = 54
    TIER = Tier.B
    PRIOR = 0.4
    SUMMARY = "a counter may miss its step"
    VALID = ("def f():\n    return 1\n", "n = 0\ng(n)\n")
    INVALID = (
        Example(
            "def f(xs):\n    n = 0\n    for x in xs:\n        g(x)\n    return n\n",
            "def f(xs):\n    n = 0\n    for x in xs:\n        g(x)\n        n += 1\n    return n\n",
        ),
        Example("def f(n):\n    return h(n)\n", "def f(n):\n    n -= 1\n    return h(n)\n"),
        Example(
            "class C:\n    def f(self):\n        self.n += 1\n    def g(self):\n        h()\n",
            "class C:\n    def f(self):\n        self.n += 1\n    def g(self):\n        h()\n        self.n -= 1\n",
        ),
    )

    def edits(self, site: Site, ingredients: Ingredients) -> Iterator[Edit]:
        """Yield steps of variables that hold numbers first, then of the other ones."""
        if not site.insertable:
            return
        for rank, (target, is_number) in enumerate(_counters(site, ingredients)):
            for operator in (ast.Add(), ast.Sub()):
                step = ast.AugAssign(target=target, op=operator, value=ast.Constant(value=1))
                # A step of what nothing shows to be a number passes tests by accident.
                weight = fading(rank, 0.2) * (1.0 if is_number else 0.4)
                yield from beside(site, step, weight, tier=None if is_number else Tier.C)


def _counters(site: Site, ingredients: Ingredients) -> Iterator[tuple[ast.Name | ast.Attribute, bool]]:
    """Yield what may be stepped, and whether it is known to hold a number."""
    function = site.functions[0]
    own = ingredients.view.scope(function).bound
    names = [item for item in ingredients.names(site) if item in own and item not in {"self", "cls"}]
    numeric = ingredients.numeric(function)
    for item in sorted(names, key=lambda item: item not in numeric):
        yield ast.Name(id=item, ctx=ast.Store()), item in numeric
    owner = ingredients.view.enclosing_class(site.statement)
    if owner is not None:
        yield from ((counter, True) for counter in ingredients.counters(owner))


def _donors(site: Site, ingredients: Ingredients) -> Iterator[Edit]:
    """Yield statements of elsewhere, unchanged before renamed; one of a function's own name under the name of this."""
    for rank, donor in enumerate(ingredients.donors(site)):
        own = _under_own_name(donor, site)
        copies = renamed(donor, site, ingredients)
        for step, copy in enumerate(copies if own is None else chain([own], copies)):
            yield from beside(site, copy, fading(rank, 0.12) * fading(step, 0.2))


def _under_own_name(donor: ast.stmt, site: Site) -> ast.stmt | None:
    """Return the donor with its function's name, as a text or an attribute, made that of the site's; None without."""
    above = next((node for node in ancestors(donor, site.view.parents) if isinstance(node, FUNCTIONS)), None)
    own = site.functions[0].name
    if above is None or above.name == own:
        return None
    texts = [node for node in ast.walk(donor) if isinstance(node, ast.Constant) and node.value == above.name]
    read = [node for node in ast.walk(donor) if isinstance(node, ast.Attribute) and node.attr.strip("_") == above.name]
    pairs: dict[ast.AST, ast.AST] = {node: copied(node, value=own) for node in texts}
    pairs |= {node: copied(node, attr=node.attr.replace(above.name, own)) for node in read}
    return rebuilt(donor, pairs, site.view.parents) if pairs else None


def _kept(site: Site, ingredients: Ingredients) -> Iterator[Edit]:
    """Yield `self.x = a` of parameters: of unread ones under their name, of all where nothing sets the attribute."""
    function = site.functions[0]
    owner = ingredients.view.parents.get(function)
    parameters = ingredients.view.scope(function).parameters
    if not isinstance(owner, ast.ClassDef) or not parameters or parameters[0] != "self":
        return
    unread = set(ingredients.unused(site))
    missing = ingredients.never_set(owner)
    for rank, item in enumerate(sorted(parameters[1:], key=lambda item: item not in unread)):
        names = [f"_{item}" if f"_{item}" in missing else item, *missing] if item in unread else missing
        for step, attribute in enumerate(dict.fromkeys(names)):
            target = ast.Attribute(value=name("self"), attr=attribute, ctx=ast.Store())
            kept = ast.Assign(targets=[target], value=name(item), lineno=site.line)
            yield from beside(site, kept, fading(rank, 0.2) * fading(step, 0.2))


def _super_calls(site: Site, ingredients: Ingredients) -> Iterator[Edit]:
    """Yield `super().m(...)` in a method of a class with bases, with its parameters and without."""
    function = site.functions[0]
    owner = ingredients.view.parents.get(function)
    if not isinstance(owner, ast.ClassDef) or not owner.bases:
        return
    parameters = [name(argument.arg) for argument in list(arguments_of(function.args))[1:]]
    for args in ([], parameters) if parameters else ([],):
        yield from beside(site, ast.Expr(value=method(call("super"), function.name, *args)), 0.8)
