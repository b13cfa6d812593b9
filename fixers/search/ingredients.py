"""What edits are made of: names, attributes, callees, values and statements of the surroundings.

Every pool is ordered, nearest first, and complete: a cut at the best eight once
lost a repair whose ingredient was an unused parameter in ninth place.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from fixers.model import Failure
from fixers.search.callees import signature_of
from fixers.search.census import Census
from fixers.search.elsewhere import Elsewhere
from fixers.search.kinds import Kind, Kinds
from fixers.search.literals import literals_in
from fixers.search.order import distinct, frequent, similarity
from fixers.search.site import ModuleView, Site
from fixers.search.syntax import is_dunder

Part = TypeVar("Part", bound=ast.AST)


class Ingredients(Census):
    """Pools of one module, as a place of it sees them; texts of tests come in as values only."""

    def __init__(
        self,
        view: ModuleView,
        failures: Sequence[Failure] = (),
        test_literals: Sequence[object] = (),
        elsewhere: Elsewhere | None = None,
    ) -> None:
        super().__init__(view, elsewhere)
        self.failures = tuple(failures)
        self.test_literals = tuple(distinct([*test_literals, *literals_in(failures)]))
        self._kinds_of_values = Kinds(view)
        self._attributes_of: dict[tuple[str, bool, ast.ClassDef | None], list[str]] = {}
        self._names: dict[ast.stmt, tuple[str, ...]] = {}

    def names(self, site: Site, slot: ast.AST | None = None) -> Iterator[str]:
        """Yield variables that `slot` can see: comprehension targets, unused ones, parameters, locals, then outer ones.

        Without a slot also those that the site itself binds, for statements after it.
        """
        inner = () if slot is None else self.view.inner_names(slot)
        if site.statement not in self._names:
            self._names[site.statement] = tuple(self._around(site))
        around = dict.fromkeys((*inner, *self._names[site.statement]))
        yield from (name for name in around if slot is None or self.view.visible(name, slot, site))

    def alike(self, identifier: str, site: Site, slot: ast.AST | None = None) -> list[str]:
        """Return the names to try for `identifier`: unused first, then similar ones, then the rest in order."""
        unused = set(self.unused(site))
        own_kind = self.kind(identifier)
        order = list(self.names(site, slot))
        rank = {name: number for number, name in enumerate(order)}

        def key(name: str) -> tuple[bool, bool, int, int]:
            return (self.kind(name) != own_kind, name not in unused, -similarity(identifier, name), rank[name])

        return sorted((name for name in order if name != identifier), key=key)

    def idle_at(self, site: Site) -> list[str]:
        """Return what the module never uses, the functions around the site left out."""
        around = {function.name for function in site.functions}
        return [item for item in self.idle if item not in around]

    def unused(self, site: Site) -> Iterator[str]:
        """Yield parameters and locals of the enclosing functions that nobody reads."""
        for function in site.functions:
            yield from self.view.scope(function).unused()

    def value_kind(self, slot: ast.expr, site: Site) -> Kind | None:
        """Return what kind of value an expression of the site certainly is, None where that is not known."""
        return self._kinds_of_values.of(slot, site.functions[0] if site.functions else None)

    def is_value(self, slot: ast.expr) -> bool:
        """Say whether a slot may be a value to calculate with: not a function, class or module, or what has one."""
        if not isinstance(slot, ast.Name):
            return True
        if slot.id in {"self", "cls"}:
            return not isinstance(self.view.parents[slot], ast.Attribute)
        kind = self.kind(slot.id)
        return kind == "variable" or (kind == "import" and slot.id not in self._used_as_things)

    def attributes(self, base: ast.expr, *, called: bool) -> list[str]:
        """Return attributes seen on `base`: on the same text first, then anywhere; called ones apart from read ones."""
        key = self.text(base), called, self.view.enclosing_class(base)
        if key not in self._attributes_of:
            self._attributes_of[key] = self._attributes_on(base, called=called)
        return self._attributes_of[key]

    def _attributes_on(self, base: ast.expr, *, called: bool) -> list[str]:
        text = self.text(base)
        identifier = base.id if isinstance(base, ast.Name) else ""
        members = self.members(base) if identifier in {"self", "cls"} else self._elsewhere.members_of(identifier)
        same = [name for name, on, is_call in self._attributes if on == text and is_call == called]
        other = [name for name, on, is_call in self._attributes if on == text and is_call != called]
        rest = [name for name, _, is_call in self._attributes if is_call == called]
        return list(
            dict.fromkeys((*frequent(same), *members, *frequent(other), *frequent(rest), *self._elsewhere.attributes))
        )

    def signature(self, call: ast.Call) -> ast.arguments | None:
        """Return the parameters of a callee that this module or another one defines, `self` taken off."""
        return signature_of(call, self.view) or self._elsewhere.signature(call)

    def numbers(self, site: Site) -> list[int | float]:
        """Return numbers of the function, the tests and the module."""
        pool: list[object] = [*self._constants(site.unit), *self.test_literals, *self._constants(self.view.tree)]
        return [value for value in distinct(pool) if type(value) in {int, float}]  # type: ignore[misc]

    def strings(self, site: Site) -> list[str]:
        """Return strings of the function, then of the module; none that came from tests."""
        pool = [*self._constants(site.unit), *self._constants(self.view.tree)]
        return [value for value in distinct(pool) if isinstance(value, str)]

    def conditions(self, site: Site) -> list[ast.expr]:
        """Return what `if`, `while`, `assert` and conditional expressions test, nearest first."""
        return [node for node in self._ordered(site, self._tests) if self._sees_all(node, site)]

    def foreign_conditions(self, site: Site) -> list[ast.expr]:
        """Return tests that read exactly one name the site cannot see, once for each text."""
        found = [node for node in self._ordered(site, self._tests) if len(self.unseen(node, site)) == 1]
        return list(reversed({self.view.shapes.of(node): node for node in reversed(found)}.values()))

    def raises(self, site: Site) -> list[ast.Raise]:
        """Return the `raise` statements of the function, the class, the module."""
        return self._ordered(
            site, (node for node in self._nodes if isinstance(node, ast.Raise) and node.exc is not None)
        )

    def guards(self, site: Site) -> list[ast.If]:
        """Return small `if` statements without `else`, those that occur more than once first."""
        shapes = Counter(self.view.shapes.of(node) for node in self._guards)
        ordered = self._ordered(site, self._guards)
        distinct = {self.view.shapes.of(node): node for node in reversed(ordered)}
        nearest = list(distinct.values())[::-1]
        return sorted(nearest, key=lambda node: -shapes[self.view.shapes.of(node)])

    def donors(self, site: Site) -> list[ast.stmt]:
        """Return calls and assignments of the function, the class, the module, each text once."""
        distinct = {self.view.shapes.of(node): node for node in reversed(self._ordered(site, self._simple))}
        return list(reversed(distinct.values()))

    def unseen(self, node: ast.AST, site: Site) -> set[str]:
        """Return the names `node` reads that the site cannot see."""
        return {name for name in self.reads(node) if not self.view.visible(name, site.statement, site, after=True)}

    def calls_of_several(self, site: Site) -> list[ast.Call]:
        """Return calls with two positional arguments or more, the nearest of each callee."""
        nearest: dict[str, ast.Call] = {}
        for node in self._ordered(site, self._calls_of_several):
            nearest.setdefault(self.text(node.func), node)
        return list(nearest.values())

    def _ordered(self, site: Site, nodes: Iterable[Part]) -> list[Part]:
        """Sort by where a node stands: the same function, the same class, elsewhere; then by distance in lines."""
        owner = self.view.enclosing_class(site.statement)

        def key(node: Part) -> tuple[bool, bool, int]:
            line = getattr(node, "lineno", 0)
            return (not _spans(site.unit, line), owner is None or not _spans(owner, line), abs(line - site.line))

        return sorted(nodes, key=key)

    def _sees_all(self, node: ast.AST, site: Site) -> bool:
        return not self.unseen(node, site)

    def _around(self, site: Site) -> Iterator[str]:
        functions = site.functions[1:] if site.is_signature else site.functions
        yield from (name for name in self.unused(site) if self.view.visible(name, site.statement, site, after=True))
        for function in functions:
            scope = self.view.scope(function)
            nearest = sorted(scope.bound, key=lambda name: abs(scope.bound[name] - site.line))
            for name in (*scope.parameters, *nearest):
                if self.view.visible(name, site.statement, site, after=True):
                    yield name
        module = self.view.scope(self.view.tree).bound
        yield from sorted(
            (n for n in module if not is_dunder(n) and self.view.visible(n, site.statement, site, after=True)),
            key=lambda n: abs(module[n] - site.line),
        )
        yield from self.used_builtins

    def members(self, base: ast.AST) -> list[str]:
        """Return what the class around `base` keeps on `self`, then its methods and class attributes."""
        owner = self.view.enclosing_class(base)
        if owner is None:
            return []
        stored = [node.attr for node in self.view.within(owner) if isinstance(node, ast.Attribute)
                  and isinstance(node.value, ast.Name) and node.value.id in {"self", "cls"}]  # fmt: skip
        return [*stored, *self.view.scope(owner).bound, *self._elsewhere.inherited(owner)]

    def _constants(self, node: ast.AST) -> Iterator[object]:
        for child in self.view.within(node):
            if isinstance(child, ast.Constant) and not isinstance(
                self.view.parents.get(child), (ast.Expr, ast.JoinedStr)
            ):
                yield child.value


def _spans(node: ast.stmt, line: int) -> bool:
    return node.lineno <= line <= (node.end_lineno or node.lineno)
