"""Functions that pass keywords on, and lose those named like a parameter of their own."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import ClassVar

import libcst as cst

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import crashes
from fixers.codemods.signatures import defined
from fixers.codemods.source import Edits, Source, parse
from fixers.model import Candidate, Tier
from fixers.project import is_repairable

_TWICE = re.compile(r"(?P<callee>[\w.<>]+)\(\) got multiple values for argument '(?P<name>\w+)'")
_WHOLE_MODULE = 0.6
_KEYS = "def key(self, *args, **kwargs):\n    return args, sorted(kwargs.items())\n"
_CALL = "key() got multiple values for argument 'self'"


class SwallowedKeyword(Codemod):
    """Make a parameter positional-only where the function takes any keyword, so that a keyword may bear its name.

    All functions that the failures name are changed together; then, as a second
    thought, every function of their modules that takes the same parameter and any keyword.
    """

    NAME = "swallowed-keyword"
    NUMBER = 9
    TIER = Tier.A
    PRIOR = 0.85
    MESSAGE = "a function that takes any keyword has a parameter that swallows the keyword of its own name"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # it takes no other keywords, so the call is wrong
            before="def key(self, a):\n    return a\n",
            after="def key(self, a):\n    return a\n",
            exception="TypeError",
            message=_CALL,
        ),
        Rewrite(  # positional-only already
            before="def key(self, /, *args, **kwargs):\n    return args\n",
            after="def key(self, /, *args, **kwargs):\n    return args\n",
            exception="TypeError",
            message=_CALL,
        ),
        Rewrite(before=_KEYS, after=_KEYS, exception="TypeError", message="key() takes 1 positional argument"),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before=_KEYS,
            after="def key(self, /, *args, **kwargs):\n    return args, sorted(kwargs.items())\n",
            exception="TypeError",
            message=_CALL,
        ),
        Rewrite(
            before="class Timer:\n    def run(self, func, *args, **kwargs):\n        return func(*args, **kwargs)\n",
            after="class Timer:\n    def run(self, func, /, *args, **kwargs):\n        return func(*args, **kwargs)\n",
            exception="TypeError",
            message="Timer.run() got multiple values for argument 'func'",
        ),
        Rewrite(
            before="def run(func: str, *, times: int = 1, **kwargs: int) -> None:\n    print(func, times, kwargs)\n",
            after="def run(func: str, /, *, times: int = 1, **kwargs: int) -> None:\n    print(func, times, kwargs)\n",
            exception="TypeError",
            message="run() got multiple values for argument 'func'",
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Yield the functions that were named, then all like them."""
        named = dict.fromkeys(_named(scene))
        sources = {path: source for path, _, _ in named if (source := parse(scene.project.text(path))) is not None}
        if not sources:
            return
        exact = {path: _closed(source, named, path) for path, source in sources.items()}
        alike = {path: _closed(source, named, path, everywhere=True) for path, source in sources.items()}
        _, line, name = next(iter(named))
        summary = f"`{name}` becomes positional-only, so that a keyword of that name is passed on like any other."
        yield from self.offer(scene, exact, summary=summary, line=line)
        if alike != exact:
            yield from self.offer(scene, alike, summary=summary, line=line, prior=_WHOLE_MODULE)


def _named(scene: Scene) -> Iterator[tuple[str, int, str]]:
    """Yield path, line of `def` and parameter of each function that a message names."""
    for crash in crashes(scene, "TypeError"):
        found = _TWICE.search(crash.message)
        definition = defined(scene, found["callee"]) if found else None
        if found and definition and is_repairable(definition.path):
            yield definition.path, definition.node.lineno, found["name"]


def _closed(source: Source, named: Collection[tuple[str, int, str]], path: str, *, everywhere: bool = False) -> str:
    """Return the text with a `/` after the parameters that were named, in those functions or in all of the module."""
    parameters = {name for other, _, name in named if other == path}
    edits = Edits(source)
    for function in source.all(cst.FunctionDef):
        params = function.params
        names = [param.name.value for param in params.params]
        line = source.line(function.name)
        chosen = [
            n for n, name in enumerate(names) if (path, line, name) in named or (everywhere and name in parameters)
        ]
        if params.star_kwarg is None or params.posonly_params or not chosen:
            continue
        end = chosen[-1] + 1
        spaced = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
        first = [param.with_changes(comma=spaced) for param in params.params[:end]]
        closed = params.with_changes(
            posonly_params=first, posonly_ind=cst.ParamSlash(comma=spaced), params=params.params[end:]
        )
        edits.put(params, closed)
    return edits.text()
