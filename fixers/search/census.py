"""What the nodes of a module say, each counted once: wherever an edit happens, this is the same."""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cached_property

from fixers.project import Project
from fixers.search.callees import accepts, last_name
from fixers.search.elsewhere import Elsewhere
from fixers.search.order import frequent
from fixers.search.scope import BUILTINS, names_read, targets_of
from fixers.search.site import ModuleView
from fixers.search.standard_members import callables_of
from fixers.search.syntax import FunctionNode, is_dunder, is_test, number_of

_MANY = 12
_FEW = 3
_SMALL = 3
"""Statements in the body of a guard that is worth copying."""


class Census:
    """Pools of one module that no place of it changes, read on demand."""

    def __init__(self, view: ModuleView, elsewhere: Elsewhere | None = None) -> None:
        self.view = view
        self._elsewhere = elsewhere or Elsewhere(Project({}), view.path)
        self._texts: dict[ast.AST, str] = {}
        self._reads: dict[ast.AST, frozenset[str]] = {}
        self._binds: dict[ast.AST, frozenset[str]] = {}

    def text(self, node: ast.AST) -> str:
        """Return the source of an original node, remembered."""
        if node not in self._texts:
            self._texts[node] = ast.unparse(node)
        return self._texts[node]

    @cached_property
    def idle(self) -> list[str]:
        """What is imported from elsewhere or defined here and never used: what is lost may have used one.

        Of public functions those that no module of the project mentions. Where there are many they are an interface.
        """
        if self.view.path.endswith("__init__.py"):
            return []
        used = self._used
        imports = [node for node in self._nodes if isinstance(node, ast.ImportFrom) and node.module != "__future__"]
        names = [alias.asname or alias.name for node in imports for alias in node.names]
        private = [
            item for item in self.view.scope(self.view.tree).bound if item.startswith("_") and not is_dunder(item)
        ]
        public = [
            item for item, node in self.view.functions.items() if not item.startswith("_") and not node.decorator_list
        ]
        unused = [item for item in dict.fromkeys([*names, *private]) if item not in used and item.isidentifier()]
        unmentioned = [item for item in public if item not in used and not self._elsewhere.mentions(item)]
        return [*(unused if len(unused) <= _MANY else ()), *(unmentioned if len(unmentioned) <= _FEW else ())]

    @cached_property
    def idle_members(self) -> list[str]:
        """The functions of standard modules that the module imports and never uses, with their dotted names."""
        imports = (node for node in self._nodes if isinstance(node, ast.Import))
        modules = {alias.asname or alias.name: alias.name for node in imports for alias in node.names}
        unused = [item for item in modules if item not in self._used and not self.view.path.endswith("__init__.py")]
        return [f"{item}.{member}" for item in unused for member in callables_of(modules[item])]

    @cached_property
    def _used(self) -> set[str]:
        """Names that the module reads, or gives out by `__all__`."""
        used = {node.id for node in self._nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
        if "__all__" in self.view.scope(self.view.tree).bound:
            texts = (node.value for node in self._nodes if isinstance(node, ast.Constant))
            used |= {text for text in texts if isinstance(text, str)}
        return used

    def kind(self, identifier: str) -> str:
        """Say what a name stands for as far as the module's top level tells."""
        return self._kinds.get(identifier, "builtin" if identifier in BUILTINS else "variable")

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

    @property
    def strings_beyond(self) -> list[str]:
        """Strings of the other modules of the project that are no tests."""
        return self._elsewhere.strings

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

    def reads(self, node: ast.AST) -> frozenset[str]:
        """Return the names that `node` reads from outside of it."""
        reads = self._reads.get(node)
        if reads is None:
            reads = names_read(node)
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

    def siblings_elsewhere(self, call: ast.Call) -> list[ast.Call]:
        """Return calls of the same callee in the other modules of the project."""
        return self._elsewhere.calls_of(last_name(call.func))

    @cached_property
    def _used_as_things(self) -> frozenset[str]:
        """Names that the module calls, or takes attributes of."""
        bases = {
            node.value.id
            for node in self._nodes
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        }
        return frozenset({*bases, *self._called})

    @cached_property
    def _calls(self) -> dict[str, list[ast.Call]]:
        found: dict[str, list[ast.Call]] = defaultdict(list)
        for node in self._nodes:
            if isinstance(node, ast.Call):
                found[last_name(node.func)].append(node)
        return found

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
