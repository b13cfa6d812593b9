"""Coroutines that are used as if they were their results."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import Crash, Site, crashes, raising_site
from fixers.codemods.scopes import own_nodes
from fixers.codemods.signatures import called_name
from fixers.codemods.source import Edits, Source, parse
from fixers.codemods.symbols import trees
from fixers.codemods.unawaited import asynchronous, futures, is_gathered, made_at, seen_places
from fixers.model import Candidate, Tier
from fixers.project import is_repairable

_SYMPTOM = re.compile(
    r"coroutine '(?P<name>[\w.<>]+)' was never awaited|<coroutine object (?P<shown>[\w.<>]+) at|'coroutine'|"
    r"\bcoroutine\b.*(?:not|non)|\b(?:type|iterable) coroutine\b"
)

_FUTURE = re.compile(r"'(?:_GatheringFuture|(?:_asyncio\.)?(?:Future|Task))'")
_ITERATED = re.compile(r"'async_generator' object is not (?:an )?itera")
_ENTERED = re.compile(
    r"'\w+' object does not support the context manager protocol|^__enter__$|no attribute '__(?:enter|exit)__'"
)
_ASYNC = "async def load(key):\n    return {'key': key}\n\n\n"


class MissingAwait(Codemod):
    """Await a call of a coroutine function: the project's own, or any whose coroutine the run saw that nobody awaits.

    Without ``await`` the caller holds a coroutine object, and the body never runs.
    Only inside functions that are `async` already: making one async changes
    what its callers get.
    """

    NAME = "missing-await"
    NUMBER = 11
    TIER = Tier.A
    PRIOR = 0.93
    MESSAGE = "a coroutine is used without being awaited"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # gathered later, had the test come so far
            before="async def f(self):\n    jobs = [g(n) for n in x]\n    await asyncio.gather(*jobs)\n",
            after="async def f(self):\n    jobs = [g(n) for n in x]\n    await asyncio.gather(*jobs)\n",
            exception="AssertionError",
            message="assert 10 == 1",
            values={"unawaited:pkg/mod.py:2": ("g",)},
        ),
        Rewrite(  # the caller is no coroutine function
            before=_ASYNC + "def f():\n    return load(1)['key']\n",
            after=_ASYNC + "def f():\n    return load(1)['key']\n",
            exception="TypeError",
            message="'coroutine' object is not subscriptable",
            line=6,
        ),
        Rewrite(  # handed to the event loop on purpose
            before="import asyncio\n\n\n" + _ASYNC + "async def f():\n    return asyncio.create_task(load(1))\n",
            after="import asyncio\n\n\n" + _ASYNC + "async def f():\n    return asyncio.create_task(load(1))\n",
            exception="AttributeError",
            message="'coroutine' object has no attribute 'key'",
            line=9,
        ),
        Rewrite(  # some other object
            before=_ASYNC + "async def f():\n    return load(1)['key']\n",
            after=_ASYNC + "async def f():\n    return load(1)['key']\n",
            exception="TypeError",
            message="'method' object is not subscriptable",
            line=6,
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before=_ASYNC + "async def f():\n    return load(1)['key']  # one\n",
            after=_ASYNC + "async def f():\n    return (await load(1))['key']  # one\n",
            exception="TypeError",
            message="'coroutine' object is not subscriptable",
            line=6,
            function="f",
        ),
        Rewrite(
            before=_ASYNC + "async def f():\n    found = load(1)\n    return found.get('key')\n",
            after=_ASYNC + "async def f():\n    found = await load(1)\n    return found.get('key')\n",
            exception="AttributeError",
            message="'coroutine' object has no attribute 'get'",
            line=7,
            function="f",
        ),
        Rewrite(
            before=(
                "class Store:\n    async def save(self):\n        pass\n\n    async def close(self):\n"
                "        self.save()\n"
            ),
            after=(
                "class Store:\n    async def save(self):\n        pass\n\n"
                "    async def close(self):\n        await self.save()\n"
            ),
            exception="RuntimeWarning",
            message="coroutine 'Store.save' was never awaited",
        ),
        Rewrite(
            before=_ASYNC + "async def f():\n    return [load(n) for n in range(3)]\n",
            after=_ASYNC + "async def f():\n    return [await load(n) for n in range(3)]\n",
            exception="AssertionError",
            message="assert [<coroutine object load at 0x7f00>] == [1]",
        ),
        Rewrite(
            before="async def f(xs):\n    a = asyncio.gather(*xs)\n    return sum(a)\n",
            after="async def f(xs):\n    a = await asyncio.gather(*xs)\n    return sum(a)\n",
            exception="TypeError",
            message="'_GatheringFuture' object is not iterable",
            line=3,
        ),
        Rewrite(
            before="async def f():\n    return [x for x in g()]\n",
            after="async def f():\n    return [x async for x in g()]\n",
            exception="TypeError",
            message="'async_generator' object is not iterable",
            line=2,
        ),
        Rewrite(
            before="async def f(lock):\n    with lock:\n        return 1\n",
            after="async def f(lock):\n    async with lock:\n        return 1\n",
            exception="TypeError",
            message="'Lock' object does not support the context manager protocol",
            line=2,
        ),
        Rewrite(  # a library's coroutine: the run saw that nobody awaited it
            before="async def f(self):\n    self.places.acquire()\n    self.inside += 1\n",
            after="async def f(self):\n    await self.places.acquire()\n    self.inside += 1\n",
            exception="AssertionError",
            message="assert 10 == 1",
            values={"unawaited:pkg/mod.py:2": ("Semaphore.acquire",)},
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Await the calls that the crash points at, else those of the coroutine function it names.

        First of all, what the run saw: calls of any coroutine function whose result nobody awaited.
        """
        yield from self._seen(scene)
        for crash in crashes(scene, "TypeError", "AttributeError"):
            yield from self._protocol(scene, crash)
        for crash in crashes(scene):
            found = _SYMPTOM.search(crash.message)
            if found is None:
                continue
            name = (found["name"] or found["shown"] or "").rpartition(".")[2]
            for site in _sites(scene, crash, name):
                yield from self._await(scene, site, name)

    def _protocol(self, scene: Scene, crash: Crash) -> Iterator[Candidate]:
        """Await a future, and go through or enter asynchronously what is so, where the message shows that it is."""
        site = raising_site(scene, crash)
        if site is None:
            return
        if _FUTURE.search(crash.message):
            text, what = futures(site), "A future is used as its result; it is awaited."
        elif _ITERATED.search(crash.message):
            text, what = asynchronous(site, loop=True), "What the loop goes through is asynchronous."
        elif _ENTERED.search(crash.message):
            text, what = asynchronous(site, loop=False), "What the `with` enters is asynchronous."
        else:
            return
        if text is not None:
            yield from self.offer(scene, {site.path: text}, summary=what, line=site.line, function=site.function)

    def _seen(self, scene: Scene) -> Iterator[Candidate]:
        texts: dict[str, str] = {}
        found: list[tuple[Source, cst.Call]] = []
        for path, places in seen_places(scene).items():
            source = parse(scene.project.text(path))
            calls = made_at(source, places) if source is not None else []
            if source is None or not calls:
                continue
            edits = Edits(source)
            for call in calls:
                edits.put(call, _awaited(source, call))
                found.append((source, call))
            texts[path] = edits.text()
        if texts:
            source, call = found[0]
            function = source.up(call, cst.FunctionDef)
            names = sorted({called_name(call) for _, call in found})
            yield from self.offer(
                scene,
                texts,
                summary=f"Nothing awaits what `{'`, `'.join(names)}` returns; its call is awaited.",
                line=source.line(call),
                function=function.name.value if function is not None else "",
            )

    def _await(self, scene: Scene, site: Site, name: str) -> Iterator[Candidate]:
        calls = [call for call in _unawaited(site.source, _coroutines(scene)) if name in {"", called_name(call)}]
        if site.line:
            function = site.source.enclosing(site.line, cst.FunctionDef)
            calls = [call for call in calls if site.source.up(call, cst.FunctionDef) is function]
            here = [call for call in calls if _reaches(site, call)]
            calls = here or (calls if name else [])
        if not calls:
            return
        edits = Edits(site.source)
        for call in calls:
            edits.put(call, _awaited(site.source, call))
        names = sorted({called_name(call) for call in calls})
        yield from self.offer(
            scene,
            {site.path: edits.text()},
            summary=f"`{'`, `'.join(names)}` is a coroutine function; its call is awaited.",
            line=site.source.line(calls[0]),
            function=site.function,
        )


def _sites(scene: Scene, crash: Crash, name: str) -> Iterator[Site]:
    """Yield the innermost frame that may be edited; for what no frame shows, every file that may be."""
    for frame in reversed(crash.frames):
        if frame.in_project and is_repairable(frame.path) and frame.path in scene.project.files:
            source = parse(scene.project.text(frame.path))
            if source is not None:
                yield Site(frame.path, frame.line, frame.function, source)
            return
    if "coroutine " not in crash.message:
        return
    for path in scene.project.repairable():
        text = scene.project.text(path)
        source = parse(text) if "async def" in text and name in text else None
        if source is not None:
            yield Site(path, 0, "", source)


def _unawaited(source: Source, coroutines: frozenset[str]) -> list[cst.Call]:
    """Return the calls of project coroutine functions, inside async functions, that nobody awaits."""
    found = []
    for call in source.all(cst.Call):
        around = source.up(call, cst.FunctionDef)
        parent = source.parents[call]
        if around is None or around.asynchronous is None or isinstance(parent, cst.Await):
            continue
        if called_name(call) in coroutines and not is_gathered(source, call, around):
            found.append(call)
    return found


def _coroutines(scene: Scene) -> frozenset[str]:
    """Return the names that only coroutine functions of the project have."""
    kinds: dict[str, bool] = {}
    for _, tree in trees(scene.project, mentioning="def "):
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                waits = isinstance(node, ast.AsyncFunctionDef) and not any(map(_yields, own_nodes(node)))
                kinds[node.name] = kinds.get(node.name, True) and waits
    return frozenset(name for name, waits in kinds.items() if waits)


def _yields(node: ast.AST) -> bool:
    return isinstance(node, (ast.Yield, ast.YieldFrom))


def _reaches(site: Site, call: cst.Call) -> bool:
    """Say whether the crashing line makes the call or reads the variable that holds it."""
    start, end = site.source.place(call).start.line, site.source.place(call).end.line
    if start <= site.line <= end:
        return True
    target = site.source.up(call, cst.Assign)
    if target is None or target.value is not call:
        return False
    names = {t.target.value for t in target.targets if isinstance(t.target, cst.Name)}
    return any(name.value in names for name in site.source.at(site.line, cst.Name))


def _awaited(source: Source, call: cst.Call) -> cst.Await:
    parent = source.parents[call]
    binds_tighter = isinstance(parent, (cst.Attribute, cst.Subscript, cst.Call)) or (
        isinstance(parent, cst.BinaryOperation) and isinstance(parent.operator, cst.Power)
    )
    if binds_tighter and not call.lpar:
        return cst.Await(call, lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    return cst.Await(call.with_changes(lpar=[], rpar=[]), lpar=call.lpar, rpar=call.rpar)
