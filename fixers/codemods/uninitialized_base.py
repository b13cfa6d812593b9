"""Constructors that never run the constructor of their base class."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import crashes
from fixers.codemods.scopes import Function, parameters
from fixers.codemods.signatures import of_function
from fixers.codemods.source import Edits, parse
from fixers.codemods.symbols import classes, methods
from fixers.model import Candidate, Tier
from fixers.project import is_repairable

_UNSET = re.compile(r"^'(?P<type>\w+)' object has no attribute '(?P<name>\w+)'")
_BASE = (
    "class Base:\n    def __init__(self, name, size=1):\n        self.name = name\n        self.size = size\n\n"
    "    def show(self):\n        return self.name * self.size\n\n\n"
)
_UNNAMED = "'Box' object has no attribute 'name'"


class UninitializedBase(Codemod):
    """Call the constructor of the base class first, with the parameters that the two constructors share by name.

    Only where the base is of the project, sets the very attribute that is missing, and gets all it requires.
    """

    NAME = "uninitialized-base"
    NUMBER = 5
    TIER = Tier.A
    PRIOR = 0.93
    MESSAGE = "a constructor does not run that of its base class"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # the base needs what the constructor does not have
            before=_BASE + "class Box(Base):\n    def __init__(self, title):\n        self.title = title\n",
            after=_BASE + "class Box(Base):\n    def __init__(self, title):\n        self.title = title\n",
            exception="AttributeError",
            message=_UNNAMED,
            line=7,
        ),
        Rewrite(  # the base is initialized already
            before=_BASE + "class Box(Base):\n    def __init__(self, name):\n        super().__init__(name)\n"
            "        del self.name\n",
            after=_BASE + "class Box(Base):\n    def __init__(self, name):\n        super().__init__(name)\n"
            "        del self.name\n",
            exception="AttributeError",
            message=_UNNAMED,
            line=7,
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before=_BASE + "class Box(Base):\n    def __init__(self, name, lid):\n        self.lid = lid\n",
            after=_BASE + "class Box(Base):\n    def __init__(self, name, lid):\n        super().__init__(name)\n"
            "        self.lid = lid\n",
            exception="AttributeError",
            message=_UNNAMED,
            line=7,
        ),
        Rewrite(  # keywords keep what is not the next in order
            before=_BASE.replace("size=1", "unit='', size=1")
            + "class Box(Base):\n    def __init__(self, name, size):\n        'Closed.'\n        self.lid = 1\n",
            after=_BASE.replace("size=1", "unit='', size=1")
            + "class Box(Base):\n    def __init__(self, name, size):\n        'Closed.'\n"
            "        super().__init__(name, size=size)\n        self.lid = 1\n",
            exception="AttributeError",
            message=_UNNAMED,
            line=7,
        ),
        Rewrite(  # what the base's own base sets
            before=_BASE + "class Crate(Base):\n    pass\n\n\n"
            "class Box(Crate):\n    def __init__(self, name):\n        self.lid = 1\n",
            after=_BASE + "class Crate(Base):\n    pass\n\n\n"
            "class Box(Crate):\n    def __init__(self, name):\n        super().__init__(name)\n        self.lid = 1\n",
            exception="AttributeError",
            message=_UNNAMED,
            line=7,
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Put the call before the first line of the constructor."""
        for crash in crashes(scene, "AttributeError"):
            named = _UNSET.search(crash.message)
            found = classes(scene.project, named["type"]) if named else []
            if named is None or len(found) != 1 or not is_repairable(found[0][0]):
                continue
            path, node = found[0]
            own, base = _constructor(node), _inherited(scene, node)
            if own is None or base is None or _initializes(own) or not _sets(scene, base[0], named["name"]):
                continue
            arguments = _arguments(own, base[1])
            text = _with_call(scene.project.text(path), own, arguments) if arguments is not None else ""
            if text:
                yield from self.offer(
                    scene,
                    {path: text},
                    summary=f"`{named['type']}` runs the constructor of its base, which sets `{named['name']}`.",
                    line=own.lineno,
                    function="__init__",
                )


def _constructor(node: ast.ClassDef) -> Function | None:
    return next((method for method in methods(node) if method.name == "__init__"), None)


def _inherited(scene: Scene, node: ast.ClassDef) -> tuple[ast.ClassDef, Function] | None:
    """Return the next class up that has a constructor, with it; None when a class has several bases."""
    seen = {node.name}
    while len(node.bases) == 1:
        base = node.bases[0]
        name = base.id if isinstance(base, ast.Name) else base.attr if isinstance(base, ast.Attribute) else ""
        found = classes(scene.project, name) if name and name not in seen else []
        if len(found) != 1:
            return None
        node = found[0][1]
        seen.add(name)
        constructor = _constructor(node)
        if constructor is not None:
            return node, constructor
    return None


def _initializes(function: Function) -> bool:
    return any(isinstance(node, ast.Attribute) and node.attr == "__init__" for node in ast.walk(function))


def _sets(scene: Scene, node: ast.ClassDef, name: str) -> bool:
    """Say whether a constructor, or one that it runs, sets an attribute."""
    constructor = _constructor(node)
    for inner in ast.walk(constructor) if constructor else ():
        if isinstance(inner, ast.Attribute) and inner.attr == name and isinstance(inner.ctx, ast.Store):
            return True
    above = _inherited(scene, node)
    return above is not None and constructor is not None and _initializes(constructor) and _sets(scene, above[0], name)


def _arguments(own: Function, base: Function) -> str | None:
    """Return what to pass; None when the base needs what this constructor does not take."""
    signature = of_function(base, bound=True)
    known = parameters(own)[1:]
    passed: list[str] = []
    in_order = True
    for name in (*signature.positional, *signature.keyword_only):
        in_order &= name in known and name in signature.positional
        if name in known:
            passed.append(name if in_order else f"{name}={name}")
        elif name in signature.required:
            return None
    if own.args.kwarg and base.args.kwarg:
        passed.append(f"**{own.args.kwarg.arg}")
    elif own.args.vararg or own.args.kwarg or base.args.vararg:
        return None
    return ", ".join(passed)


def _with_call(text: str, own: Function, arguments: str) -> str:
    source = parse(text)
    for function in source.all(cst.FunctionDef) if source else ():
        if source and source.line(function.name) == own.lineno and isinstance(function.body, cst.IndentedBlock):
            at = 1 if function.get_docstring() is not None else 0
            body = list(function.body.body)
            new = cst.parse_statement(f"super().__init__({arguments})\n")
            return (
                Edits(source).put(function.body, function.body.with_changes(body=[*body[:at], new, *body[at:]])).text()
            )
    return ""
