"""What edits are made of: names, attributes, callees, values and statements of the surroundings.

Every pool is ordered, nearest first, and complete: a cut at the best eight once
lost a repair whose ingredient was an unused parameter in ninth place.
"""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import TypeVar

from fixers.model import Failure
from fixers.project import Project
from fixers.search.callees import accepts, last_name, signature_of
from fixers.search.elsewhere import Elsewhere
from fixers.search.kinds import Kind, Kinds
from fixers.search.literals import literals_in
from fixers.search.order import distinct, frequent, similarity
from fixers.search.scope import BUILTINS, targets_of
from fixers.search.site import ModuleView, Site
from fixers.search.syntax import COMPREHENSIONS, FunctionNode, is_dunder, is_test, number_of

Part = TypeVar("Part", bound=ast.AST)
_SMALL = 3
"""Statements in the body of a guard that is worth copying."""


class Ingredients:
    """Pools of one module, read on demand; texts of tests come in as values only."""

    def __init__(
        self,
        view: ModuleView,
        failures: Sequence[Failure] = (),
        test_literals: Sequence[object] = (),
        elsewhere: Elsewhere | None = None,
    ) -> None:
        self.view = view
        self._elsewhere = elsewhere or Elsewhere(Project({}), view.path)
        self.failures = tuple(failures)
        self.test_literals = tuple(distinct([*test_literals, *literals_in(failures)]))
        self._kinds_of_values = Kinds(view)
        self._attributes_of: dict[tuple[str, bool, ast.ClassDef | None], list[str]] = {}
        self._names: dict[ast.stmt, tuple[str, ...]] = {}
        self._texts: dict[ast.AST, str] = {}
        self._reads: dict[ast.AST, frozenset[str]] = {}
        self._binds: dict[ast.AST, frozenset[str]] = {}

    def text(self, node: ast.AST) -> str:
        """Return the source of an original node, remembered."""
        if node not in self._texts:
            self._texts[node] = ast.unparse(node)
        return self._texts[node]

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

    def unused(self, site: Site) -> Iterator[str]:
        """Yield parameters and locals of the enclosing functions that nobody reads."""
        for function in site.functions:
            yield from self.view.scope(function).unused()

    @cached_property
    def idle(self) -> list[str]:
        """Imports and private definitions of the module that it never uses: what is lost may have used one."""
        if self.view.path.endswith("__init__.py"):
            return []
        used = {node.id for node in self._nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
        exported = (
            {node.value for node in self._nodes if isinstance(node, ast.Constant)}
            if "__all__" in self.constants
            else set()
        )
        bound = self.view.scope(self.view.tree).bound
        own = [item for item in bound if self.kind(item) == "import" or (item.startswith("_") and not is_dunder(item))]
        unused = [item for item in own if item not in used and item not in exported]
        return [item for item in unused if item.isidentifier() and item != "annotations"]

    def kind(self, identifier: str) -> str:
        """Say what a name stands for as far as the module's top level tells."""
        return self._kinds.get(identifier, "builtin" if identifier in BUILTINS else "variable")

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

    @cached_property
    def _used_as_things(self) -> frozenset[str]:
        """Names that the module calls, or takes attributes of."""
        bases = {
            node.value.id
            for node in self._nodes
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        }
        return frozenset({*bases, *self._called})

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

    def attributes_on(self, base: ast.expr) -> list[str]:
        """Return attributes that are read on the same text in the module; of what is imported, beyond it as well."""
        text = self.text(base)
        own = frequent(name for name, on, called in self._attributes if on == text and not called)
        beyond = (
            self._elsewhere.attributes_of(text) if isinstance(base, ast.Name) and self.kind(text) != "variable" else []
        )
        return list(dict.fromkeys([*own, *beyond]))

    @cached_property
    def types_asked(self) -> dict[str, ast.expr]:
        """Types that the module checks for, by their text, the most frequent first."""
        calls = [node for node in self._nodes if isinstance(node, ast.Call) and len(node.args) == 2]
        asked = [node.args[1] for node in calls if last_name(node.func) in {"isinstance", "issubclass"}]
        single = [kind for one in asked for kind in (one.elts if isinstance(one, ast.Tuple) else [one])]
        found = {self.text(kind): kind for kind in single if isinstance(kind, (ast.Name, ast.Attribute))}
        return {text: found[text] for text in frequent(self.text(kind) for kind in single) if text in found}

    def numbers(self, site: Site) -> list[int | float]:
        """Return numbers of the function, the tests and the module."""
        pool: list[object] = [*self._constants(site.unit), *self.test_literals, *self._constants(self.view.tree)]
        return [value for value in distinct(pool) if type(value) in {int, float}]  # type: ignore[misc]

    def strings(self, site: Site) -> list[str]:
        """Return strings of the function, then of the module; none that came from tests."""
        pool = [*self._constants(site.unit), *self._constants(self.view.tree)]
        return [value for value in distinct(pool) if isinstance(value, str)]

    @property
    def strings_beyond(self) -> list[str]:
        """Strings of the other modules of the project that are no tests."""
        return self._elsewhere.strings

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

    def numeric(self, function: FunctionNode) -> set[str]:
        """Return variables of `function` that are stepped, or start as a number."""
        found = set()
        for node in self.view.within(function):
            match node:
                case ast.AugAssign(target=ast.Name(id=identifier)):
                    found.add(identifier)
                case ast.Assign(targets=[ast.Name(id=identifier)], value=value) if number_of(value) is not None:
                    found.add(identifier)
        return found

    def counters(self, owner: ast.ClassDef) -> list[ast.Attribute]:
        """Return attributes of `self` that are stepped, or start as a number, once each."""
        found: dict[str, ast.Attribute] = {}
        for node in self.view.within(owner):
            match node:
                case ast.AugAssign(target=ast.Attribute() as target):
                    found.setdefault(target.attr, target)
                case ast.Assign(targets=[ast.Attribute() as target], value=value) if number_of(value) is not None:
                    found.setdefault(target.attr, target)
        return list(found.values())

    def never_set(self, owner: ast.ClassDef) -> list[str]:
        """Return attributes of `self` that a class or another of the module reads, and that none sets or defines."""
        own = [node for node in self._nodes if isinstance(node, ast.Attribute)
               and isinstance(node.value, ast.Name) and node.value.id == "self"]  # fmt: skip
        known = {node.attr for node in own if not isinstance(node.ctx, ast.Load)}
        known |= {
            item for node in self._nodes if isinstance(node, ast.ClassDef) for item in self.view.scope(node).bound
        }
        known |= {*self._elsewhere.inherited(owner)}
        called = {node.func for node in self._nodes if isinstance(node, ast.Call)}
        inside = {*self.view.within(owner)}
        missing = [node for node in own if node.attr not in known and node not in called]
        return frequent(node.attr for node in sorted(missing, key=lambda node: node not in inside))

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

    def reads(self, node: ast.AST) -> frozenset[str]:
        """Return the names that `node` reads from outside of it."""
        reads = self._reads.get(node)
        if reads is None:
            reads = _names_read(node)
            if node in self.view.parents:  # one that was made for an edit is asked about once
                self._reads[node] = reads
        return reads

    def binds(self, node: ast.AST) -> frozenset[str]:
        """Return the names that `node` binds, those of its comprehensions among them."""
        binds = self._binds.get(node)
        if binds is None:
            binds = frozenset(targets_of(node))
            if node in self.view.parents:
                self._binds[node] = binds
        return binds

    def unseen(self, node: ast.AST, site: Site) -> set[str]:
        """Return the names `node` reads that the site cannot see."""
        return {name for name in self.reads(node) if not self.view.visible(name, site.statement, site, after=True)}

    def callables(self, arity: int) -> list[str]:
        """Return functions of the module that take `arity` positional arguments, and imported names that are called."""
        own = [name for name, node in self.view.functions.items() if accepts(node, arity)]
        imported = [name for name, _ in self._called.most_common() if self.kind(name) == "import"]
        return [*own, *self.view.classes, *imported]

    def called_in(self, function: FunctionNode) -> set[str]:
        """Return names that a function calls."""
        calls = (node.func for node in self.view.within(function) if isinstance(node, ast.Call))
        return {callee.id for callee in calls if isinstance(callee, ast.Name)}

    @cached_property
    def constants(self) -> list[str]:
        """Names the module assigns at its top level."""
        bound = self.view.scope(self.view.tree).bound
        return [name for name in self.view.outer_values if name in bound and not is_dunder(name)]

    @cached_property
    def called_with_one(self) -> list[str]:
        """Names of functions that the module calls with one argument, the most frequent first."""
        calls = [node for node in self._nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
        single = [node.func for node in calls if len(node.args) == 1 and not node.keywords]
        return frequent(node.id for node in single if self.kind(node.id) != "variable")  # type: ignore[attr-defined]

    @cached_property
    def raised(self) -> list[str]:
        """Last names of what the module raises, exceptions and calls that make some, the most frequent first."""
        found = (node.exc for node in self._nodes if isinstance(node, ast.Raise) and node.exc is not None)
        return frequent(last_name(item.func if isinstance(item, ast.Call) else item) for item in found)

    @cached_property
    def used_builtins(self) -> list[str]:
        """Built-in functions the module calls, the most frequent first."""
        return [name for name, _ in self._called.most_common() if name in BUILTINS]

    @cached_property
    def methods(self) -> list[str]:
        """Names of methods the module calls without arguments, the most frequent first."""
        return frequent(node.func.attr for node in self._nodes if isinstance(node, ast.Call)
                         and isinstance(node.func, ast.Attribute) and not node.args and not node.keywords)  # fmt: skip

    @cached_property
    def method_calls(self) -> dict[str, list[ast.Call]]:
        """Calls with arguments of methods of plain names, by that name."""
        found: dict[str, list[ast.Call]] = {}
        for node in self._nodes:
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id=base)), args=[_, *_]):
                    found.setdefault(base, []).append(node)
        return found

    def siblings(self, call: ast.Call) -> Iterator[ast.Call]:
        """Yield other calls of the same callee, by its last name."""
        return (node for node in self._calls[last_name(call.func)] if node is not call)

    @cached_property
    def _calls(self) -> dict[str, list[ast.Call]]:
        found: dict[str, list[ast.Call]] = defaultdict(list)
        for node in self._nodes:
            if isinstance(node, ast.Call):
                found[last_name(node.func)].append(node)
        return found

    def siblings_elsewhere(self, call: ast.Call) -> list[ast.Call]:
        """Return calls of the same callee in the other modules of the project."""
        return self._elsewhere.calls.get(last_name(call.func), [])

    def calls_of_several(self, site: Site) -> list[ast.Call]:
        """Return calls with two positional arguments or more, the nearest of each callee."""
        nearest: dict[str, ast.Call] = {}
        for node in self._ordered(site, self._calls_of_several):
            nearest.setdefault(self.text(node.func), node)
        return list(nearest.values())

    @cached_property
    def _calls_of_several(self) -> tuple[ast.Call, ...]:
        calls = (
            node for node in self._nodes if isinstance(node, ast.Call) and len(node.args) > 1 and not node.keywords
        )
        return tuple(node for node in calls if not any(isinstance(arg, ast.Starred) for arg in node.args))

    @cached_property
    def _nodes(self) -> tuple[ast.AST, ...]:
        return self.view.within(self.view.tree)

    @cached_property
    def _called(self) -> Counter[str]:
        calls = (node.func.id for node in self._nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name))
        return Counter(calls)

    @cached_property
    def _kinds(self) -> dict[str, str]:
        kinds = dict.fromkeys(self.view.functions, "function") | dict.fromkeys(self.view.classes, "class")
        for node in self._nodes:
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                kinds |= {alias.asname or alias.name.split(".")[0]: "import" for alias in node.names}
        return kinds

    @cached_property
    def _attributes(self) -> tuple[tuple[str, str, bool], ...]:
        """Attribute, text of its base, and whether it is called, for each one in the module."""
        called = {node.func for node in self._nodes if isinstance(node, ast.Call)}
        return tuple(
            (node.attr, self.text(node.value), node in called)
            for node in self._nodes
            if isinstance(node, ast.Attribute)
        )

    @cached_property
    def _tests(self) -> tuple[ast.expr, ...]:
        found = [node.test for node in self._nodes if isinstance(node, (ast.If, ast.While, ast.Assert, ast.IfExp))]
        joined = [node for node in self._nodes if isinstance(node, ast.BoolOp)]
        operands = [value for test in joined for value in test.values]
        compared = [node.value for node in self._nodes if isinstance(node, ast.Return) and is_test(node.value)]
        filters = [test for node in self._nodes if isinstance(node, ast.comprehension) for test in node.ifs]
        unique = dict.fromkeys([*found, *operands, *compared, *filters])
        return tuple(node for node in unique if node is not None)

    @cached_property
    def _guards(self) -> tuple[ast.If, ...]:
        found = (node for node in self._nodes if isinstance(node, ast.If) and not node.orelse)
        small = (node for node in found if len(node.body) <= _SMALL)
        return tuple(node for node in small if not any(hasattr(child, "body") for child in node.body))

    @cached_property
    def _simple(self) -> tuple[ast.stmt, ...]:
        calls = (ast.Assign, ast.AugAssign)
        return tuple(node for node in self._nodes if isinstance(node, calls)
                     or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)))  # fmt: skip

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


def _names_read(node: ast.AST) -> frozenset[str]:
    """Return the names that `node` reads from outside, those that its comprehensions bind left out."""
    children = tuple(ast.walk(node))
    names = [child for child in children if isinstance(child, ast.Name)]
    used = frozenset(child.id for child in names if isinstance(child.ctx, ast.Load))
    if not any(isinstance(child, COMPREHENSIONS) for child in children):
        return used
    return used - {child.id for child in names if isinstance(child.ctx, ast.Store)}


def _spans(node: ast.stmt, line: int) -> bool:
    return node.lineno <= line <= (node.end_lineno or node.lineno)
