"""Context managers whose decorator is for the other kind of function."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import crashes
from fixers.codemods.spelling import tidied
from fixers.codemods.workfile import Workfile
from fixers.model import Candidate, Tier

_SAYS = re.compile(
    r"context manager|__a?(?:enter|exit)__|'?async_generator'? object|is not an (?:async )?iterator"
    r"|__anext__|'generator' object"
)
_PLAIN, _ASYNC = "contextlib.contextmanager", "contextlib.asynccontextmanager"
_BODY = "def f():\n    yield 1\n"
_ENTERED = "'_GeneratorContextManager' object does not support the asynchronous context manager protocol"


class MismatchedManager(Codemod):
    """Decorate an `async def` that yields with `asynccontextmanager`, and a plain one with `contextmanager`.

    Neither decorator works on the other kind of function, so nothing that worked is changed.
    """

    NAME = "mismatched-manager"
    NUMBER = 11
    TIER = Tier.A
    PRIOR = 0.95
    MESSAGE = "a context manager has the decorator of the other kind of function"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # a match
            before=f"from contextlib import contextmanager\n\n\n@contextmanager\n{_BODY}",
            after=f"from contextlib import contextmanager\n\n\n@contextmanager\n{_BODY}",
            exception="TypeError",
            message=_ENTERED,
        ),
        Rewrite(  # a decorator of somebody else's, by the same name
            before=f"from pkg.own import contextmanager\n\n\n@contextmanager\nasync {_BODY}",
            after=f"from pkg.own import contextmanager\n\n\n@contextmanager\nasync {_BODY}",
            exception="TypeError",
            message=_ENTERED,
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before=f"from contextlib import contextmanager\n\n\n@contextmanager  # one\nasync {_BODY}",
            after=f"from contextlib import asynccontextmanager\n\n\n@asynccontextmanager  # one\nasync {_BODY}",
            exception="TypeError",
            message=_ENTERED,
        ),
        Rewrite(
            before=f"import contextlib\n\n\n@contextlib.contextmanager\nasync {_BODY}",
            after=f"import contextlib\n\n\n@contextlib.asynccontextmanager\nasync {_BODY}",
            exception="AttributeError",
            message="__aenter__",
        ),
        Rewrite(
            before=f"from contextlib import asynccontextmanager\n\n\n@asynccontextmanager\n{_BODY}",
            after=f"from contextlib import contextmanager\n\n\n@contextmanager\n{_BODY}",
            exception="TypeError",
            message="'_AsyncGeneratorContextManager' object does not support the context manager protocol",
        ),
        Rewrite(
            before=f"from contextlib import asynccontextmanager\n\n\n@asynccontextmanager\n{_BODY}",
            after=f"from contextlib import asynccontextmanager\n\n\n@asynccontextmanager\nasync {_BODY}",
            exception="TypeError",
            message="'generator' object is not an async iterator",
            files={"pkg/use.py": "async def g():\n    async with f() as x:\n        return x\n"},
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Offer all such functions of the project at once."""
        if not any(_SAYS.search(crash.message) for crash in crashes(scene, "TypeError", "AttributeError")):
            return
        texts, line = {}, 0
        for path in scene.project.repairable():
            work = (
                Workfile.of(scene.project, path, text)
                if "contextmanager" in (text := scene.project.text(path))
                else None
            )
            for decorator, function in _mismatched(work) if work else ():
                assert work is not None  # noqa: S101 - nothing is mismatched in no file
                line = line or work.source.line(decorator)
                _mend(scene, work, decorator, function)
            if work is not None and work.edits.changes:
                texts[path] = tidied(scene.project, path, work.edits.text())
        summary = "The decorator of the context manager is the one for its kind of function."
        yield from self.offer(scene, texts, summary=summary, line=line)


def _mismatched(work: Workfile) -> Iterator[tuple[cst.Decorator, cst.FunctionDef]]:
    for function in work.source.all(cst.FunctionDef):
        wrong = _ASYNC if function.asynchronous is None else _PLAIN
        yields = any(work.source.up(y, cst.FunctionDef) is function for y in work.source.within(function, cst.Yield))
        for decorator in function.decorators if yields else ():
            if work.real(decorator.decorator) == wrong:
                yield decorator, function


def _mend(scene: Scene, work: Workfile, decorator: cst.Decorator, function: cst.FunctionDef) -> None:
    if function.asynchronous is None and _entered_async(scene, function.name.value):
        work.edits.change(function, cst.FunctionDef, lambda node: node.with_changes(asynchronous=cst.Asynchronous()))
        return
    written = work.spelled(_ASYNC if function.asynchronous is not None else _PLAIN)
    if written is not None:
        work.edits.put(decorator.decorator, cst.parse_expression(written))


def _entered_async(scene: Scene, name: str) -> bool:
    """Say whether the project enters what a function of this name gives asynchronously."""
    entered = re.compile(rf"\basync with\b[^\n:]*\b{re.escape(name)}\(")
    return any(entered.search(text) for text in scene.project.files.values())
