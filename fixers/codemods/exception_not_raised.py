"""Exceptions that are made and not raised, and assertions that cannot fail."""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.source import Edits, Source, parse
from fixers.codemods.symbols import classes
from fixers.model import Candidate, Tier

_NOT_RAISED = re.compile(r"DID NOT RAISE|not raised")
_ALWAYS = re.compile(r"assertion is always true")
_NAMED = re.compile(r"DID NOT RAISE[^'\"]*['\"](?:[\w.]*\.)?(?P<name>\w+)['\"]|(?P<other>\w+) not raised")


class ExceptionNotRaised(Codemod):
    """Raise an exception that is made in a statement of its own; assert the condition, not a tuple.

    `ValueError("bad")` alone does nothing, and a tuple in parentheses is true whatever its first
    item is. Neither can be meant.
    """

    NAME = "exception-not-raised"
    NUMBER = 33
    TIER = Tier.A
    PRIOR = 0.95
    MESSAGE = "an exception is made and not raised, or an assertion cannot fail"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # a call of something else, whatever its name
            before="def f(x):\n    if x < 0:\n        report_error('bad')\n    return x\n",
            after="def f(x):\n    if x < 0:\n        report_error('bad')\n    return x\n",
            exception="Failed",
            message="DID NOT RAISE <class 'ValueError'>",
        ),
        Rewrite(  # another exception was expected
            before="def f(x):\n    if x < 0:\n        KeyError('bad')\n    return x\n",
            after="def f(x):\n    if x < 0:\n        KeyError('bad')\n    return x\n",
            exception="Failed",
            message="DID NOT RAISE <class 'ValueError'>",
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before="def f(x):\n    if x < 0:\n        ValueError('bad')  # no\n    return x\n",
            after="def f(x):\n    if x < 0:\n        raise ValueError('bad')  # no\n    return x\n",
            exception="Failed",
            message="DID NOT RAISE <class 'ValueError'>",
        ),
        Rewrite(
            before="class NoRate(Exception):\n    pass\n\n\ndef f(x):\n    NoRate(x)\n",
            after="class NoRate(Exception):\n    pass\n\n\ndef f(x):\n    raise NoRate(x)\n",
            exception="Failed",
            message="DID NOT RAISE <class 'pkg.mod.NoRate'>",
        ),
        Rewrite(
            before="def f(x):\n    assert (x > 0, 'must be positive')\n",
            after="def f(x):\n    assert x > 0, 'must be positive'\n",
            exception="Failed",
            message="DID NOT RAISE <class 'AssertionError'>",
        ),
        Rewrite(
            before="def f(x):\n    assert (x > 0, 'must be positive')\n",
            after="def f(x):\n    assert x > 0, 'must be positive'\n",
            exception="SyntaxError",
            message="assertion is always true, perhaps remove parentheses?",
            line=2,
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Offer all such statements of a file that a frame or a suspect names."""
        for failure in scene.failures:
            always = _ALWAYS.search(failure.message) is not None
            named = _NAMED.search(failure.message)
            wanted = (named["name"] or named["other"]) if named else ""
            if not (always or _NOT_RAISED.search(failure.message)):
                continue
            named_paths = {frame.path for frame in failure.frames if frame.in_project}
            paths = named_paths | {suspect.path for suspect in scene.suspects}
            if always:
                paths |= set(scene.project.repairable())  # the compiler's own word, and not always with the place
            for path in scene.project.repairable():
                source = parse(scene.project.text(path)) if path in paths else None
                if source is not None:
                    yield from self._of_file(scene, path, source, "AssertionError" if always else wanted)

    def _of_file(self, scene: Scene, path: str, source: Source, wanted: str) -> Iterator[Candidate]:
        edits, lines = Edits(source), []
        statements: list[cst.Expr | cst.Assert] = [*source.all(cst.Expr), *source.all(cst.Assert)]
        for node in statements:
            new = _raised(scene, node, wanted) if isinstance(node, cst.Expr) else _asserted(node, wanted)
            if new is not None:
                edits.put(node, new)
                lines.append(source.line(node))
        if lines:
            yield from self.offer(
                scene,
                {path: edits.text()},
                summary="What was meant to fail here never did: it is raised now, and the condition asserted.",
                line=lines[0],
            )


def _raised(scene: Scene, line: cst.Expr, wanted: str) -> cst.Raise | None:
    """Return the `raise` of an exception that is made here; `wanted` is the expected type or one of its bases."""
    call = line.value
    if not isinstance(call, cst.Call) or not isinstance(call.func, cst.Name):
        return None
    name = call.func.value
    return cst.Raise(call) if wanted and _is_a(scene, name, wanted) else None


def _is_a(scene: Scene, name: str, wanted: str) -> bool:
    if name == wanted:
        known = getattr(builtins, name, None)
        ours = len(classes(scene.project, name)) == 1
        return ours or (isinstance(known, type) and issubclass(known, BaseException))
    kind, base = getattr(builtins, name, None), getattr(builtins, wanted, None)
    return (
        isinstance(kind, type) and isinstance(base, type) and issubclass(kind, base) and issubclass(base, BaseException)
    )


def _asserted(line: cst.Assert, wanted: str) -> cst.Assert | None:
    pair = line.test
    if wanted != "AssertionError" or not isinstance(pair, cst.Tuple) or len(pair.elements) != 2 or line.msg is not None:
        return None
    condition, message = (element.value for element in pair.elements)
    comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    return cst.Assert(condition, message, comma=comma)
