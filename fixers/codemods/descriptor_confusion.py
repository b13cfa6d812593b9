"""Methods used as values, properties called, and methods defined without their first parameter."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import Crash, Site, crashes, raised_in_test, raising_site
from fixers.codemods.method_heads import decorated, made_static, with_first
from fixers.codemods.scopes import parameters
from fixers.codemods.signatures import of_function
from fixers.codemods.source import Edits, Source, parse
from fixers.codemods.spelling import resolve
from fixers.codemods.symbols import Definition, functions
from fixers.codemods.uncalled import called_everywhere, is_bare, is_read_only
from fixers.model import Candidate, Tier
from fixers.project import is_repairable

_UNCALLED = re.compile(r"\b'?(?:method|builtin_function_or_method|function)'?\b")
_OPERAND = re.compile(r"(?:for .+|between instances of|^)\s*'(?:method|builtin_function_or_method)'")
_NOT_CALLABLE = re.compile(r"'\w+' object is not callable")
_NO_SELF = re.compile(
    r"(?P<callee>[\w.<>]+)\(\) takes (?:from \d+ to )?(?P<most>\d+) positional arguments? but (?P<given>\d+)"
)
_SELF_MISSING = re.compile(r"(?P<callee>[\w.<>]+)\(\) missing \d+ required positional arguments?: '(?P<first>\w+)'")
_UNBOUND = re.compile(r"name '(?P<first>self|cls)' is not defined")
_BUILTIN_METHODS = frozenset({
    "capitalize", "copy", "items", "keys", "lower", "lstrip", "rstrip", "split", "splitlines", "strip", "title",
    "upper", "values",
})  # fmt: skip
_STATIC = frozenset({"staticmethod", "classmethod"})
_CART = "class Cart:\n    def __init__(self):\n        self.n = 2\n\n"
_FROM_TEST = (("tests/test_example.py", 2, "test_it"),)


class DescriptorConfusion(Codemod):
    """Call what is a method, read what is a property, and give a method its `self`.

    The definition in the class says which it is; where tests are the callers, the
    definition is what must follow.
    """

    NAME = "descriptor-confusion"
    NUMBER = 22
    TIER = Tier.B
    PRIOR = 0.85
    MESSAGE = "a method is used as a value, a property is called, or a method lacks its first parameter"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # the method needs an argument, so parentheses alone do not help
            before=_CART
            + "    def size(self, unit):\n        return unit\n\n    def f(self):\n        return self.size > 1\n",
            after=_CART
            + "    def size(self, unit):\n        return unit\n\n    def f(self):\n        return self.size > 1\n",
            exception="TypeError",
            message="'>' not supported between instances of 'method' and 'int'",
            line=9,
        ),
        Rewrite(  # the method has its `self`: the caller passes too much
            before=_CART + "    def size(self):\n        return self.n\n",
            after=_CART + "    def size(self):\n        return self.n\n",
            exception="TypeError",
            message="Cart.size() takes 1 positional argument but 2 were given",
            frames=_FROM_TEST,
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # a library's object: the message says that it is a method
            before="import shop\n\n\ndef f(a, b):\n    return int(shop.at(a).seconds - shop.at(b).seconds)\n",
            after="import shop\n\n\ndef f(a, b):\n    return int(shop.at(a).seconds() - shop.at(b).seconds())\n",
            exception="TypeError",
            message="unsupported operand type(s) for -: 'method' and 'method'",
            line=5,
        ),
        Rewrite(
            before=_CART
            + "    def size(self):\n        return self.n\n\n    def full(self):\n        return self.size > 9\n",
            after=_CART
            + "    def size(self):\n        return self.n\n\n    def full(self):\n        return self.size() > 9\n",
            exception="TypeError",
            message="'>' not supported between instances of 'method' and 'int'",
            line=9,
        ),
        Rewrite(
            before="def f(d):\n    return sorted(d.keys)[0]\n",
            after="def f(d):\n    return sorted(d.keys())[0]\n",
            exception="TypeError",
            message="'builtin_function_or_method' object is not iterable",
            line=2,
        ),
        Rewrite(
            before=_CART
            + "    @property\n    def size(self):\n        return self.n\n\n\ndef f(cart):\n    return cart.size()\n",
            after=_CART
            + "    @property\n    def size(self):\n        return self.n\n\n\ndef f(cart):\n    return cart.size\n",
            exception="TypeError",
            message="'int' object is not callable",
            line=11,
        ),
        Rewrite(
            before=_CART + "    def size(unit=1):\n        return self.n * unit\n",
            after=_CART + "    def size(self, unit=1):\n        return self.n * unit\n",
            exception="NameError",
            message="name 'self' is not defined",
            line=6,
            function="size",
        ),
        Rewrite(
            before=_CART + "    def double(x):  # twice\n        return x * 2\n",
            after=_CART + "    @staticmethod\n    def double(x):  # twice\n        return x * 2\n",
            exception="TypeError",
            message="Cart.double() takes 1 positional argument but 2 were given",
            frames=_FROM_TEST,
        ),
        Rewrite(
            before="class Cart:\n    def empty(cls):\n        return cls()\n",
            after="class Cart:\n    @classmethod\n    def empty(cls):\n        return cls()\n",
            exception="TypeError",
            message="Cart.empty() missing 1 required positional argument: 'cls'",
            frames=_FROM_TEST,
        ),
        Rewrite(
            before=_CART + "    def size(self):\n        return self.n\n",
            after=_CART + "    @property\n    def size(self):\n        return self.n\n",
            exception="AssertionError",
            message="assert <bound method Cart.size of <pkg.mod.Cart object at 0x7f>> == 2",
            frames=_FROM_TEST,
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Mend the use where it may be edited, else the definition."""
        for crash in crashes(scene, "TypeError", "AttributeError", "NameError", "AssertionError"):
            site = raising_site(scene, crash)
            if crash.exception == "NameError":
                yield from self._unbound(scene, crash, site)
            elif (found := _NO_SELF.search(crash.message)) is not None:
                yield from self._first(scene, found["callee"], int(found["given"]) - int(found["most"]))
            elif (found := _SELF_MISSING.search(crash.message)) is not None:
                yield from self._on_class(scene, found["callee"], found["first"])
            elif site is not None and _NOT_CALLABLE.search(crash.message):
                yield from self._uncall(scene, site)
            elif site is not None and _UNCALLED.search(crash.message) and crash.exception != "AssertionError":
                yield from self._call(scene, site, crash.message)
            elif raised_in_test(scene, crash) and (shown := re.search(r"<bound method (\S+) of ", crash.message)):
                yield from self._property(scene, shown[1])

    def _call(self, scene: Scene, site: Site, message: str) -> Iterator[Candidate]:
        reads = [node for node in site.source.at(site.line, cst.Attribute) if is_bare(site.source, node)]
        uncalled = [node for node in reads if _takes_nothing(scene, node.attr.value)]
        # The message says that an operand is a method; where one name only is read, it is that one.
        if not uncalled and _OPERAND.search(message):
            uncalled = [node for node in reads if not _is_owner(scene, site, node)]
        if len({node.attr.value for node in uncalled}) != 1:
            return
        name = uncalled[0].attr.value
        ours = _takes_nothing(scene, name) and name not in _BUILTIN_METHODS
        if ours and is_read_only(scene.project, name):
            yield from self._property(scene, name)
            return
        edits = Edits(site.source)
        for node in uncalled:
            edits.change(node, cst.Attribute, cst.Call)
        yield from self._offer_text(scene, site.path, edits, f"`{name}` is a method; it is called now.", site.line)
        texts = called_everywhere(scene.project, name) if ours else {}
        if texts and texts != {site.path: edits.text()}:
            summary = f"`{name}` is a method; it is called wherever its value is used."
            texts = {path: texts[path] for path in sorted(texts, key=lambda path: path != site.path)}
            yield from self.offer(scene, texts, summary=summary, line=site.line, wider=True)

    def _uncall(self, scene: Scene, site: Site) -> Iterator[Candidate]:
        calls = [call for call in site.source.at(site.line, cst.Call) if isinstance(call.func, cst.Attribute)]
        called = [call for call in calls if not call.args and _is_property(scene, _attr(call))]
        if len(called) != 1:
            return
        text = f"`{_attr(called[0])}` is a property; it is read, not called."
        # One red test stands for all: nothing in the project defines a method of this name.
        for among in (called, list(site.source.all(cst.Call))):
            edits = Edits(site.source)
            for call in among:
                if isinstance(call.func, cst.Attribute) and not call.args and _is_property(scene, _attr(call)):
                    edits.put(call, call.func)
            texts = {site.path: edits.text()}
            yield from self.offer(
                scene, texts, summary=text, line=site.line, tier=Tier.A, wider=among is not called and len(among) > 1
            )

    def _unbound(self, scene: Scene, crash: Crash, site: Site | None) -> Iterator[Candidate]:
        found = _UNBOUND.search(crash.message)
        function = site.source.enclosing(site.line, cst.FunctionDef) if found and site else None
        if found is None or site is None or function is None or site.source.up(function, cst.FunctionDef):
            return
        if site.source.up(function, cst.ClassDef) and not function.decorators:
            edits = with_first(site.source, function, found["first"])
            if found["first"] == "cls":
                edits.change(function, cst.FunctionDef, lambda node: decorated(node, "classmethod"))
            yield from self._offer_text(
                scene, site.path, edits, f"Method `{function.name.value}` gets its `{found['first']}`.", site.line
            )

    def _first(self, scene: Scene, qualname: str, extra: int) -> Iterator[Candidate]:
        """Mend a method that was defined without `self`: by adding it when the body reads it, else as static."""
        for definition, source, function in _definition(scene, qualname):
            names = parameters(definition.node)
            if extra != 1 or names[:1] in (["self"], ["cls"]) or _decorators(definition.node):
                continue
            reads_self = any(isinstance(n, ast.Name) and n.id == "self" for n in ast.walk(definition.node))
            line, name = definition.node.lineno, definition.node.name
            if not reads_self:
                static = Edits(source).change(function, cst.FunctionDef, lambda node: decorated(node, "staticmethod"))
                text = f"`{name}` has no use for an instance; it is a static method."
                yield from self._offer_text(scene, definition.path, static, text, line, prior=0.7)
            bound = with_first(source, function, "self")
            text = f"Method `{name}` gets its `self`."
            yield from self._offer_text(scene, definition.path, bound, text, line, prior=0.85 if reads_self else 0.65)

    def _on_class(self, scene: Scene, qualname: str, missing: str) -> Iterator[Candidate]:
        """Mend a method that is called on its class: a static one does not use `self`."""
        for definition, source, function in _definition(scene, qualname):
            names = parameters(definition.node)
            if not names or _decorators(definition.node) or missing not in {"self", "cls"} or names[0] != missing:
                continue
            line, name = definition.node.lineno, definition.node.name
            used = sum(isinstance(n, ast.Name) and n.id == missing for n in ast.walk(definition.node))
            if missing == "cls":
                edits = Edits(source).change(function, cst.FunctionDef, lambda node: decorated(node, "classmethod"))
                text = f"`{name}` takes its class, so it is a class method."
                yield from self._offer_text(scene, definition.path, edits, text, line)
            elif not used:
                edits = Edits(source).change(function, cst.FunctionDef, made_static)
                text = f"`{name}` is called on the class and has no use for an instance."
                yield from self._offer_text(scene, definition.path, edits, text, line)

    def _property(self, scene: Scene, qualname: str) -> Iterator[Candidate]:
        """Make a method a property when tests read it and nothing in the project calls it."""
        for definition, source, function in _definition(scene, qualname):
            name = definition.node.name
            called = re.compile(rf"\.{name}\(")
            if parameters(definition.node) != ["self"] or definition.node.decorator_list:
                continue
            if not any(called.search(text) for text in scene.project.files.values()):
                edits = Edits(source).change(function, cst.FunctionDef, lambda node: decorated(node, "property"))
                text = f"`{name}` is read like an attribute everywhere, so it is a property."
                yield from self._offer_text(scene, definition.path, edits, text, definition.node.lineno, prior=0.7)

    def _offer_text(
        self, scene: Scene, path: str, edits: Edits, summary: str, line: int, *, prior: float | None = None
    ) -> Iterator[Candidate]:
        yield from self.offer(scene, {path: edits.text()}, summary=summary, line=line, prior=prior)


def _attr(call: cst.Call) -> str:
    return str(call.func.attr.value) if isinstance(call.func, cst.Attribute) else ""


def _is_owner(scene: Scene, site: Site, node: cst.Attribute) -> bool:
    """Say whether an attribute is a module's or the project's own, or only the way to another."""
    known = resolve(scene.project, site.path, node) or functions(scene.project, node.attr.value)
    return bool(known) or isinstance(site.source.parents[node], cst.Attribute)


def _takes_nothing(scene: Scene, name: str) -> bool:
    """Say whether every method of this name in the project can be called without arguments, and is no property."""
    found = [item for item in functions(scene.project, name) if item.owner is not None]
    if not found:
        return name in _BUILTIN_METHODS
    return all(
        not of_function(item.node, bound=True).required and not _decorators(item.node) - _STATIC for item in found
    )


def _is_property(scene: Scene, name: str) -> bool:
    found = [item for item in functions(scene.project, name) if item.owner is not None]
    return bool(found) and all(_decorators(item.node) & {"property", "cached_property"} for item in found)


def _decorators(node: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    names = set()
    for decorator in node.decorator_list:
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        names.add(
            target.id if isinstance(target, ast.Name) else target.attr if isinstance(target, ast.Attribute) else ""
        )
    return names


def _definition(scene: Scene, qualname: str) -> Iterator[tuple[Definition, Source, cst.FunctionDef]]:
    """Yield the one method that a message names, with its syntax, when it may be edited."""
    name = qualname.rpartition(".")[2]
    found = [item for item in functions(scene.project, qualname) if item.owner is not None]
    if len(found) != 1 or not is_repairable(found[0].path):
        return
    source = parse(scene.project.text(found[0].path))
    for function in source.all(cst.FunctionDef) if source else ():
        if source and function.name.value == name and source.line(function.name) == found[0].node.lineno:
            yield found[0], source, function
