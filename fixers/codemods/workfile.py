"""One file while the uses of a library in it are rewritten."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field

import libcst as cst

from fixers.codemods.guards import guarded, rebound
from fixers.codemods.patterns import Filling, fill, match, parenthesized, pattern, repeated
from fixers.codemods.shapes import Keyword, Reach, Shape
from fixers.codemods.source import Edits, Source, parse
from fixers.codemods.spelling import Spelling, resolve
from fixers.codemods.symbols import imports, tree_of
from fixers.project import Project

_TIGHT = (cst.Attribute, cst.Subscript, cst.BinaryOperation, cst.UnaryOperation, cst.Comparison, cst.BooleanOperation)


@dataclass(slots=True)
class Workfile:
    """A file's present text, read, with the edits of one round."""

    project: Project
    path: str
    source: Source
    edits: Edits
    line: int
    """Where the failure stands; 0 when that is in no line of this file."""
    said: str
    """The failure's message."""
    unsteady: frozenset[str]
    """Imported names that are bound a second time."""
    applied: list[Shape | Keyword] = field(default_factory=list)
    """The rules that changed something."""
    added: dict[str, str] = field(default_factory=dict)
    """The imports that the edits need, by local name."""

    def spelled(self, dotted: str) -> str | None:
        """Return what to write for a dotted name, adding the import it needs; None when that would hide a name."""
        spelling = Spelling(self.project, self.path, self.edits, added=self.added)
        text = spelling(dotted)
        return None if spelling.failed else text

    @classmethod
    def of(cls, project: Project, path: str, text: str, line: int = 0, said: str = "") -> Workfile | None:
        """Return a file with a new text, or None when that is no Python that can be read."""
        source = parse(text)
        project = type(project)({**project.files, path: text}, project.source_roots)
        tree = tree_of(project, path)
        if source is None or tree is None:
            return None
        unsteady = frozenset(name for name in imports(project, path) if rebound(tree, name))
        return cls(project, path, source, Edits(source), line, said, unsteady)

    def beside(self, path: str) -> Workfile | None:
        """Return another file of the same project."""
        return Workfile.of(self.project, path, self.project.text(path))

    def rewritten(self, rules: Sequence[Shape | Keyword]) -> str:
        """Return the text after one round; the text as it was when a new name would hide another."""
        changed: list[cst.CSTNode] = []
        for kind in (cst.Call, cst.Subscript, cst.Attribute):
            for node in self.source.all(kind):
                imported = self.source.up(node, cst.Import) or self.source.up(node, cst.ImportFrom)
                if imported or any(self.source.inside(node, done) for done in changed):
                    continue
                if (rule := next((rule for rule in rules if self._apply(rule, node)), None)) is not None:
                    changed.append(node)
                    self.applied.append(rule)
        return self.edits.text() if changed else self.source.text

    def _apply(self, rule: Shape | Keyword, node: cst.CSTNode) -> bool:
        if isinstance(rule, Keyword):
            return isinstance(node, cst.Call) and self._keyword(rule, node)
        found = match(pattern(rule.old), node, self.real)
        if found is None or self._is_excepted(rule, node):
            return False
        if any(not is_pure(found.holes[name]) for name in repeated(rule.new) if name in found.holes):
            return False
        spelling = Spelling(self.project, self.path, self.edits, found.written, self.added)
        new = fill(pattern(rule.new), found.holes, spelling)
        if spelling.failed:
            return False
        if isinstance(new, cst.Call) and isinstance(node, cst.Call):
            new = new.with_changes(whitespace_before_args=node.whitespace_before_args)
        parent = self.source.parents[node]
        if isinstance(parent, cst.UnaryOperation) and (opposite := _negated(parent, new)) is not None:
            self.edits.put(parent, opposite)
        else:
            self.edits.put(node, parenthesized(new) if isinstance(parent, _TIGHT) else new)
        return True

    def _is_excepted(self, rule: Shape, node: cst.CSTNode) -> bool:
        elsewhere = rule.reach is Reach.LINE and not self._fails_here(node)
        elsewhere |= rule.old.startswith("$") and self._is_of_library(node)
        idle = rule.used and isinstance(self.source.parents[node], cst.Expr)
        right = bool(rule.unless) and match(pattern(rule.unless), node, self.real) is not None
        return elsewhere or idle or right or guarded(self.source, node)

    def _is_of_library(self, node: cst.CSTNode) -> bool:
        """Say whether what a method is read of is itself a module or an object of a library: `numpy.ptp`."""
        read = node.func if isinstance(node, cst.Call) else node
        owner = read.value if isinstance(read, (cst.Attribute, cst.Subscript)) else read
        real = self.real(owner) if isinstance(owner, (cst.Name, cst.Attribute)) else ""
        ours = real and (self.project.path_of(real) or self.project.path_of(real.rpartition(".")[0]))
        return bool(real) and not ours

    def real(self, node: cst.CSTNode) -> str:
        """Return the real dotted name of an expression that starts at an import; empty when it is not sure."""
        root = node
        while isinstance(root, cst.Attribute):
            root = root.value
        unsteady = isinstance(root, cst.Name) and root.value in self.unsteady
        return "" if unsteady else resolve(self.project, self.path, node)

    def _fails_here(self, node: cst.CSTNode) -> bool:
        return bool(self.line) and any(node is other for other in self.source.at(self.line, type(node)))

    def _keyword(self, rule: Keyword, call: cst.Call) -> bool:
        named = {arg.keyword.value: arg for arg in call.args if arg.keyword is not None}
        elsewhere = (rule.reach is Reach.LINE and not self._fails_here(call)) or rule.without in named
        if elsewhere or not self._calls(rule, call) or guarded(self.source, call):
            return False
        name, _, value = rule.new.partition("=")
        taken = name in named and name != rule.old
        if not rule.old:
            return not taken and self._add(rule, call, name, value)
        old = named.get(rule.old)
        other = rule.value and old is not None and self.source.code(old.value) not in _quotings(rule.value)
        if old is None or other or (taken and self.source.code(named[name].value) != self.source.code(old.value)):
            return False
        self._change(call, old, "" if taken else name, value)
        return True

    def _change(self, call: cst.Call, old: cst.Arg, name: str, value: str) -> None:
        """Rename an argument, or drop it when there is no name for it."""
        if not name:
            kept = [arg for arg in call.args if arg is not old]
            kept[-1:] = [arg.with_changes(comma=call.args[-1].comma) for arg in kept[-1:]]
            self.edits.change(call, cst.Call, lambda node: node.with_changes(args=kept))
            return
        changes: dict[str, cst.CSTNode] = {"keyword": cst.Name(name)}
        if value:
            changes["value"] = cst.parse_expression(value)
        self.edits.change(old, cst.Arg, lambda node: node.with_changes(**changes))

    def _add(self, rule: Keyword, call: cst.Call, name: str, value: str) -> bool:
        """Pass an argument that was optional once."""
        positional = [arg for arg in call.args if arg.keyword is None]
        if any(arg.star for arg in call.args) or len(positional) > rule.position:
            return False
        spelling = Spelling(self.project, self.path, self.edits, added=self.added)
        new = fill(pattern(f"f({name}={value})"), {}, lambda dotted: dotted if dotted == "f" else spelling(dotted))
        if spelling.failed or not isinstance(new, cst.Call):
            return False
        last = call.args[-1].comma if call.args else cst.MaybeSentinel.DEFAULT
        comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
        before = [*call.args[:-1], *(arg.with_changes(comma=comma) for arg in call.args[-1:])]
        multiline = isinstance(last, cst.Comma)
        added = new.args[0].with_changes(comma=last if multiline else cst.MaybeSentinel.DEFAULT)
        if multiline and len(call.args) > 1:
            before[-1] = before[-1].with_changes(comma=call.args[0].comma)
        self.edits.change(call, cst.Call, lambda node: node.with_changes(args=[*before, added]))
        return True

    def _calls(self, rule: Keyword, call: cst.Call) -> bool:
        module, _, name = rule.callee.rpartition(".")
        real = self.real(call.func)
        if rule.reach is Reach.LINE:
            return True
        if rule.family:
            return real.rpartition(".")[0] == module
        if not rule.method:
            return real == rule.callee
        if not isinstance(call.func, cst.Attribute) or call.func.attr.value != name:
            return False
        return not real and not _defines(self.project, name, rule.old)


def is_pure(filling: Filling) -> bool:
    """Say whether code may be written twice: what it does is done once more then."""
    parts = filling if isinstance(filling, tuple) else (filling,)
    return not any(_acts(part) for part in parts)


def _acts(node: cst.CSTNode) -> bool:
    # Not libcst.matchers: to import those costs every process a quarter of a second.
    return isinstance(node, (cst.Call, cst.Await, cst.Yield)) or any(_acts(child) for child in node.children)


def _negated(outer: cst.UnaryOperation, inner: cst.BaseExpression) -> cst.Comparison | None:
    """Return `x not in y` for `not` before `x in y`; None for what has no such form."""
    if not isinstance(outer.operator, cst.Not) or not isinstance(inner, cst.Comparison) or len(inner.comparisons) != 1:
        return None
    opposite = {cst.In: cst.NotIn(), cst.Equal: cst.NotEqual()}.get(type(inner.comparisons[0].operator))
    if opposite is None:
        return None
    return inner.with_changes(
        comparisons=[inner.comparisons[0].with_changes(operator=opposite)], lpar=outer.lpar, rpar=outer.rpar
    )


def _quotings(literal: str) -> set[str]:
    return {literal, literal.replace('"', "'"), literal.replace("'", '"')}


def _defines(project: Project, name: str, keyword: str) -> bool:
    """Say whether the project has a function of this name that takes this keyword itself."""
    for path, text in project.files.items():
        if f"def {name}(" in text and (tree := tree_of(project, path)) is not None:
            for node in ast.walk(tree):
                if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == name:
                    arguments = node.args
                    if keyword in {arg.arg for arg in (*arguments.args, *arguments.kwonlyargs)}:
                        return True
    return False
