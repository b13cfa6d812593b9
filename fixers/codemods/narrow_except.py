"""Handlers that let through an exception of the kind they were written for."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator
from typing import ClassVar

import libcst as cst
from libcst.helpers import get_full_name_for_node

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import Crash, Site, crashes
from fixers.codemods.source import Edits, Source, parse
from fixers.codemods.symbols import imports, tree_of
from fixers.model import Candidate, Frame, Tier
from fixers.project import is_repairable

_NEVER = frozenset(
    {
        "AssertionError", "BaseException", "Exception", "Failed", "GeneratorExit", "ImportError", "IndentationError",
        "KeyboardInterrupt", "MemoryError", "ModuleNotFoundError", "NameError", "NotImplementedError", "RecursionError",
        "SyntaxError", "SystemExit", "TabError", "UnboundLocalError", "Warning",
    }
)  # fmt: skip
_IMPLEMENTATION = frozenset({"AttributeError", "TypeError"})
"""More often a fault inside the `try` than a condition to be handled."""
_LESS_SURE = 0.35
_PARSE = (
    "def f(text, d):\n    try:\n        return d[int(text)]\n    except ValueError:  # no number\n        return None\n"
)


class NarrowExcept(Codemod):
    """Let a handler take an exception that its `try` can raise as well.

    The exception must have come out of the `try` body itself, and the handler must
    deal with its exceptions rather than raise them again.
    """

    NAME = "narrow-except"
    NUMBER = 20
    TIER = Tier.B
    PRIOR = 0.6
    MESSAGE = "an exception passes a handler that was written for its like"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # raised outside the `try`
            before=(
                "def f(x):\n    try:\n        y = int(x)\n    except ValueError:\n        y = 0\n    return [1][y]\n"
            ),
            after="def f(x):\n    try:\n        y = int(x)\n    except ValueError:\n        y = 0\n    return [1][y]\n",
            exception="IndexError",
            message="list index out of range",
            line=6,
        ),
        Rewrite(  # the handler reports, it does not handle
            before=(
                "def f(x):\n    try:\n        return [1][x]\n    except TypeError as error:\n"
                "        raise SystemExit from error\n"
            ),
            after=(
                "def f(x):\n    try:\n        return [1][x]\n    except TypeError as error:\n"
                "        raise SystemExit from error\n"
            ),
            exception="IndexError",
            message="list index out of range",
            line=3,
        ),
        Rewrite(  # a missing name is a fault of the code, never a condition
            before=_PARSE,
            after=_PARSE,
            exception="NameError",
            message="name 'd' is not defined",
            line=3,
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before=_PARSE,
            after=_PARSE.replace("ValueError:", "(KeyError, ValueError):"),
            exception="KeyError",
            message="7",
            line=3,
        ),
        Rewrite(
            before=(
                "def f(x):\n    try:\n        return [1][x]\n    except (KeyError, TypeError) as e:\n"
                "        return str(e)\n"
            ),
            after=(
                "def f(x):\n    try:\n        return [1][x]\n"
                "    except (IndexError, KeyError, TypeError) as e:\n        return str(e)\n"
            ),
            exception="IndexError",
            message="list index out of range",
            line=3,
        ),
        Rewrite(
            before=(
                "import json\n\n\ndef f(x):\n    try:\n        return json.loads(x)\n    except KeyError:\n"
                "        return {}\n"
            ),
            after=(
                "import json\n\n\ndef f(x):\n    try:\n        return json.loads(x)\n"
                "    except (KeyError, json.JSONDecodeError):\n        return {}\n"
            ),
            exception="json.decoder.JSONDecodeError",
            message="Expecting value: line 1 column 1 (char 0)",
            line=6,
            frames=(("tests/test_example.py", 2, "test_it"), ("pkg/mod.py", 6, "f"), ("json/decoder.py", 355, "raw")),
            names={"json": frozenset({"JSONDecodeError", "loads"})},
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Widen the innermost handler that the exception went past, one candidate a place."""
        for crash in crashes(scene):
            if crash.exception in _NEVER or not re.search(r"(?:Error|Exception|Exit|Found|[a-z])$", crash.exception):
                continue
            for frame in reversed(crash.frames):
                if frame.in_project and is_repairable(frame.path):
                    yield from self._widen(scene, crash, frame)

    def _widen(self, scene: Scene, crash: Crash, frame: Frame) -> Iterator[Candidate]:
        tree = tree_of(scene.project, frame.path)
        if tree is None or not any(_spans(node, frame.line) for node in ast.walk(tree)):
            return
        source = parse(scene.project.text(frame.path))
        attempt = _attempt_around(source, frame.line) if source else None
        if source is None or attempt is None:
            return
        site = Site(frame.path, frame.line, frame.function, source)
        name = _name_in_scope(scene, site, crash)
        handlers = [handler for handler in attempt.handlers if handler.type is not None and _handles(source, handler)]
        if name is None or not handlers or any(_catches(source, handler, name) for handler in attempt.handlers):
            return
        handler = handlers[-1]
        edits = Edits(source)
        if handler.type is not None:
            edits.put(handler.type, _with(handler.type, name))
        yield from self.offer(
            scene,
            {frame.path: edits.text()},
            summary=f"The `try` can raise `{name}` too; its handler takes it as well.",
            line=source.line(handler),
            function=frame.function,
            prior=_LESS_SURE if crash.exception in _IMPLEMENTATION else self.PRIOR,
        )


def _spans(node: ast.AST, line: int) -> bool:
    return isinstance(node, ast.Try) and node.lineno < line <= (node.body[-1].end_lineno or 0)


def _attempt_around(source: Source, line: int) -> cst.Try | None:
    """Return the innermost `try` whose body, not its handlers, holds a line."""
    found = None
    for attempt in source.all(cst.Try):
        place = source.place(attempt.body)
        first = source.line(attempt)
        if first < line <= place.end.line and attempt.handlers:
            found = attempt
    return found


def _handles(source: Source, handler: cst.ExceptHandler) -> bool:
    return not source.within(handler.body, cst.Raise)


def _name_in_scope(scene: Scene, site: Site, crash: Crash) -> str | None:
    """Return how the file can write the exception's type without a new import, or None."""
    if hasattr(builtins, crash.exception):
        return crash.exception
    known = imports(scene.project, site.path)
    if crash.exception in known or f"class {crash.exception}(" in site.source.text:
        return crash.exception
    root = crash.qualified.partition(".")[0]
    for local, origin in known.items():
        exported = scene.installed.names(origin.dotted) or ()
        if origin.dotted.partition(".")[0] == root and crash.exception in exported:
            return f"{local}.{crash.exception}"
    return None


def _catches(source: Source, handler: cst.ExceptHandler, name: str) -> bool:
    """Say whether a handler takes the exception already, as far as builtin types tell."""
    if handler.type is None:
        return True
    kind = getattr(builtins, name, None)
    for caught in re.findall(r"[\w.]+", source.code(handler.type)):
        base = getattr(builtins, caught, None)
        known = isinstance(kind, type) and isinstance(base, type) and issubclass(kind, base)
        if caught == name or known or caught in {"Exception", "BaseException"}:
            return True
    return False


def _with(caught: cst.BaseExpression, name: str) -> cst.Tuple:
    """Return the tuple of types with one more, sorted when the author sorts."""
    elements = list(caught.elements) if isinstance(caught, cst.Tuple) else [cst.Element(caught)]
    names = [get_full_name_for_node(element.value) or "" for element in elements]
    place = len(elements)
    if names == sorted(names):
        place = next((index for index, other in enumerate(names) if other > name and "." not in name), len(names))
    elements.insert(place, cst.Element(cst.parse_expression(name)))
    comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    spaced = [
        element if isinstance(element.comma, cst.Comma) else element.with_changes(comma=comma)
        for element in elements[:-1]
    ]
    closed = [*spaced, elements[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)]
    if isinstance(caught, cst.Tuple):
        return caught.with_changes(elements=closed)
    return cst.Tuple(elements=closed)
