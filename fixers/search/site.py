"""Where an edit may happen: a module read once, and its statements with what surrounds them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from fixers.search.scope import BUILTINS, Scope, comprehension_names, scope_of, targets_of
from fixers.search.syntax import COMPREHENSIONS, FUNCTIONS, LOOPS, FunctionNode, Shapes, ancestors, parents_of

_NOT_HEADER = frozenset({
    "body", "orelse", "finalbody", "cases", "decorator_list", "annotation", "returns", "type_params", "bases",
    "keywords",
})  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """One statement, its own expressions, and the functions around it."""

    view: ModuleView
    statement: ast.stmt
    slots: tuple[ast.expr, ...]
    """Expressions of the statement itself in source order; those of nested statements are other sites."""
    functions: tuple[FunctionNode, ...]
    """Enclosing functions, innermost first; empty for module-level and class-level statements."""
    qualname: str
    """Of the innermost function, for people; empty outside functions."""
    unit_name: str
    """Qualified name of the outermost function."""
    loop: ast.stmt | None
    """Innermost loop around the statement within its function."""
    insertable: bool
    """Whether statements may be put before or after this one."""

    @property
    def line(self) -> int:
        """First line of the statement."""
        return self.statement.lineno

    @property
    def unit(self) -> ast.stmt:
        """The outermost function, or outside functions the statement itself: what an edit is compared by."""
        return self.functions[-1] if self.functions else self.statement

    @property
    def is_signature(self) -> bool:
        """Whether the slots are default values, which belong to the enclosing scope."""
        return isinstance(self.statement, FUNCTIONS)

    def is_callee(self, slot: ast.AST) -> bool:
        """Say whether a node of the statement is what a call calls."""
        parent = self.view.parents[slot]
        return isinstance(parent, ast.Call) and parent.func is slot

    @property
    def statement_below(self) -> ast.stmt | None:
        """The next statement of the same block, None for the last one."""
        return self._neighbour(1)

    @property
    def statement_above(self) -> ast.stmt | None:
        """The statement before this one in the same block, None for the first one."""
        return self._neighbour(-1)

    def _neighbour(self, step: int) -> ast.stmt | None:
        for _, block in ast.iter_fields(self.view.parents[self.statement]):
            if isinstance(block, list):
                index = next((i for i, item in enumerate(block) if item is self.statement), None)
                if index is not None and 0 <= index + step < len(block):
                    return block[index + step]  # type: ignore[no-any-return]
        return None

    @property
    def returns(self) -> tuple[ast.Return, ...]:
        """The return statements of the innermost function, in order."""
        if not self.functions:
            return ()
        return tuple(node for node in self.view.within(self.functions[0]) if isinstance(node, ast.Return))


class ModuleView:
    """One parsed module: parents, scopes and sites, each read once and then remembered."""

    def __init__(self, path: str, text: str, tree: ast.Module) -> None:
        self.path, self.tree = path, tree
        self._lines = text.splitlines()
        self.parents = parents_of(tree)
        self.shapes = Shapes(self.parents)
        self._scopes: dict[ast.AST, Scope] = {}
        self._within: dict[ast.AST, tuple[ast.AST, ...]] = {}
        self._inner: dict[ast.AST, tuple[str, ...]] = {}
        self._around: dict[tuple[str, ast.stmt, int], bool] = {}

    @cached_property
    def sites(self) -> tuple[Site, ...]:
        """Every statement that has something to edit, in source order."""
        found = [self._site(node) for node in ast.walk(self.tree) if isinstance(node, ast.stmt)]
        return tuple(sorted((site for site in found if site is not None), key=lambda site: site.line))

    def site_of(self, statement: ast.stmt) -> Site | None:
        """Return the site of a statement, None if it has nothing to edit."""
        return self._by_statement.get(statement)

    @cached_property
    def outer_values(self) -> dict[str, tuple[Site, ...]]:
        """Module-level and class-level assignments by the name they bind."""
        found: dict[str, tuple[Site, ...]] = {}
        for site in self.sites:
            if not site.functions and isinstance(site.statement, (ast.Assign, ast.AnnAssign)):
                for name in targets_of(site.statement):
                    found[name] = (*found.get(name, ()), site)
        return found

    @cached_property
    def _by_statement(self) -> dict[ast.stmt, Site]:
        return {site.statement: site for site in self.sites}

    @cached_property
    def classes(self) -> dict[str, ast.ClassDef]:
        """Classes of the module's top level by name."""
        return {node.name: node for node in self.tree.body if isinstance(node, ast.ClassDef)}

    @cached_property
    def functions(self) -> dict[str, FunctionNode]:
        """Functions of the module's top level by name."""
        return {node.name: node for node in self.tree.body if isinstance(node, FUNCTIONS)}

    def scope(self, node: FunctionNode | ast.ClassDef | ast.Module) -> Scope:
        """Return the scope of a function, class or the module."""
        if node not in self._scopes:
            self._scopes[node] = scope_of(node)
        return self._scopes[node]

    def within(self, node: ast.AST) -> tuple[ast.AST, ...]:
        """Return every node below `node`, in source order of statements."""
        if node not in self._within:
            self._within[node] = tuple(ast.walk(node))
        return self._within[node]

    def enclosing_class(self, node: ast.AST) -> ast.ClassDef | None:
        """Return the innermost class around `node`."""
        return next((above for above in ancestors(node, self.parents) if isinstance(above, ast.ClassDef)), None)

    def at(self, line: int) -> tuple[Site, ...]:
        """Return the sites that start on `line`, else the innermost one that spans it."""
        starting = tuple(site for site in self.sites if site.line == line)
        if starting:
            return starting
        spanning = [s for s in self.sites if s.line <= line <= (s.statement.end_lineno or s.line)]
        return (max(spanning, key=lambda site: site.line),) if spanning else ()

    def visible(self, identifier: str, node: ast.AST, site: Site, *, after: bool = False) -> bool:
        """Say whether `identifier` is probably bound when `node` of `site` runs, or `after` the site has run."""
        return (
            identifier in self.inner_names(node)
            or self._bound_around(identifier, site, site.line + after)
            or identifier in BUILTINS
            or identifier in self._unresolved
        )

    def inner_names(self, node: ast.AST) -> tuple[str, ...]:
        """Return names that comprehensions and lambdas around `node` bind for it, nearest first."""
        known = self._inner.get(node)
        if known is None:
            known = self._inner_names(node)
            if node in self.parents:
                self._inner[node] = known
        return known

    def _inner_names(self, node: ast.AST) -> tuple[str, ...]:
        names: list[str] = []
        child = node
        for above in ancestors(node, self.parents):
            if isinstance(above, ast.stmt):
                break
            # The first iterable of a comprehension is read outside it.
            first = isinstance(above, ast.comprehension) and child is above.iter
            if isinstance(above, ast.comprehension):
                owner = self.parents[above]
                if not (first and isinstance(owner, COMPREHENSIONS) and owner.generators[0] is above):
                    names += comprehension_names(owner)
            elif isinstance(above, ast.Lambda) or not isinstance(child, ast.comprehension):
                names += comprehension_names(above)
            child = above
        return tuple(dict.fromkeys(names))

    def is_lost(self, name: ast.Name, site: Site) -> bool:
        """Say whether nothing binds a name that another statement of the function reads too: both mean the same."""
        if not site.functions or name.id in BUILTINS or name.id not in self._unresolved:
            return False
        reads = [node for node in self.within(site.functions[-1]) if isinstance(node, ast.Name) and node.id == name.id]
        return len({node.lineno for node in reads}) > 1

    @cached_property
    def _unresolved(self) -> frozenset[str]:
        """Names the module reads and never binds: a star import may bring them."""
        names = [node for node in self.within(self.tree) if isinstance(node, ast.Name)]
        scopes = [node for node in self.within(self.tree) if isinstance(node, (*FUNCTIONS, ast.ClassDef, ast.Module))]
        bound = {name for node in (self.tree, *scopes) for name in self.scope(node).bound}
        bound |= {argument.arg for argument in self.within(self.tree) if isinstance(argument, ast.arg)}
        bound |= {node.id for node in names if not isinstance(node.ctx, ast.Load)}
        return frozenset(node.id for node in names if node.id not in bound)

    def _bound_around(self, identifier: str, site: Site, before: int) -> bool:
        key = (identifier, site.statement, before)
        known = self._around.get(key)
        if known is None:
            known = self._around[key] = self._is_bound_around(identifier, site, before)
        return known

    def _is_bound_around(self, identifier: str, site: Site, before: int) -> bool:
        functions = site.functions[1:] if site.is_signature else site.functions
        for depth, function in enumerate(functions):
            line = self.scope(function).bound.get(identifier)
            if line is not None:
                inner = depth == 0
                return not inner or line < before or self._in_same_loop(line, site)
        if not functions:
            owner = self.enclosing_class(site.statement)
            if owner is not None and self.scope(owner).bound.get(identifier, before) < before:
                return True
            return self.scope(self.tree).bound.get(identifier, before) < before
        return identifier in self.scope(self.tree).bound

    @staticmethod
    def _in_same_loop(line: int, site: Site) -> bool:
        """Say whether a name bound later in the same loop is there from the second round on."""
        loop = site.loop
        return loop is not None and loop.lineno <= line <= (loop.end_lineno or 0) and line != site.line

    def _site(self, statement: ast.stmt) -> Site | None:
        if isinstance(statement, (ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal, ast.ClassDef)):
            return None
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            return None
        above = list(ancestors(statement, self.parents))
        functions = tuple(node for node in (statement, *above) if isinstance(node, FUNCTIONS))
        loop = next((node for node in above if isinstance(node, (*LOOPS, *FUNCTIONS, ast.ClassDef))), None)
        return Site(
            view=self,
            statement=statement,
            slots=tuple(_header(statement)),
            functions=functions,
            qualname=_qualname(functions[0], self.parents) if functions else "",
            unit_name=_qualname(functions[-1], self.parents) if functions else "",
            loop=loop if isinstance(loop, LOOPS) else None,
            insertable=self._insertable(statement, functions),
        )

    def _insertable(self, statement: ast.stmt, functions: tuple[FunctionNode, ...]) -> bool:
        inside = bool(functions) and functions != (statement,)
        owner = self.parents[statement]
        elif_line = isinstance(owner, ast.If) and owner.orelse == [statement] and self._is_elif(statement)
        return inside and not elif_line and not isinstance(owner, ast.ClassDef)

    def _is_elif(self, statement: ast.stmt) -> bool:
        return isinstance(statement, ast.If) and self._lines[statement.lineno - 1].lstrip().startswith("elif")


def _header(statement: ast.stmt) -> Iterator[ast.expr]:
    """Yield the statement's own expressions; of a function only its default values."""
    if isinstance(statement, FUNCTIONS):
        for default in (*statement.args.defaults, *statement.args.kw_defaults):
            if default is not None:
                yield from _expressions(default)
        return
    for field, value in ast.iter_fields(statement):
        if field in _NOT_HEADER:
            continue
        for item in value if isinstance(value, list) else (value,):
            if isinstance(item, ast.ExceptHandler):
                yield from _expressions(item.type) if item.type else ()
            elif isinstance(item, ast.AST):
                yield from _expressions(item)


def _expressions(node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(node, ast.expr):
        yield node
    if isinstance(node, ast.JoinedStr):
        # Its text parts are no expressions, and a format specification is text as well.
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                yield from _expressions(part.value)
        return
    for child in ast.iter_child_nodes(node):
        yield from _expressions(child)


def _qualname(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> str:
    names = [getattr(node, "name", "")]
    for above in ancestors(node, parents):
        if isinstance(above, FUNCTIONS):
            names += ["<locals>", above.name]
        elif isinstance(above, ast.ClassDef):
            names.append(above.name)
    return ".".join(reversed(names))
