"""Calls with a keyword argument that the callee does not take."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import Crash, Site, crashes, raised_in_test, raising_site
from fixers.codemods.nearest import nearest, related, suggested
from fixers.codemods.signatures import Callee, called_name, callee, calls_of, defined, is_bound, of_function
from fixers.codemods.source import Edits, parse
from fixers.codemods.tables.renamed_apis import KEYWORDS
from fixers.model import Candidate, Tier
from fixers.project import is_repairable

_MESSAGE = re.compile(r"(?P<callee>[\w.<>]+)\(\) got an unexpected keyword argument '(?P<keyword>\w+)'")
_ONLY_ONE_LEFT = 0.6
_RENAMED_PARAMETER = 0.7
_DOCUMENTED = 0.75
_CHANGE = re.compile(r"\b(?:renam|replac|deprecat|instead|former|previous|in favou?r)", re.IGNORECASE)
_SEND = {"pkg/mail.py": "def send(to, *, subject='', retries=0):\n    return to, subject, retries\n"}
_FROM_TEST = (("tests/test_example.py", 2, "test_it"),)


class UnknownKeyword(Codemod):
    """Pass an argument by the name that the live signature has.

    The new name is the one free parameter that is near the old one, what a table
    says of the installed release, or the only required parameter left unfilled.
    """

    NAME = "unknown-keyword"
    NUMBER = 9
    TIER = Tier.A
    PRIOR = 0.9
    MESSAGE = "a call passes a keyword argument that the function does not take"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # nothing like it is there
            before="from pkg.mail import send\n\nsend('a', colour='red')\n",
            after="from pkg.mail import send\n\nsend('a', colour='red')\n",
            exception="TypeError",
            message="send() got an unexpected keyword argument 'colour'",
            line=3,
            files=_SEND,
        ),
        Rewrite(  # the near parameter is filled already
            before="from pkg.mail import send\n\nsend('a', subject='x', subjekt='y')\n",
            after="from pkg.mail import send\n\nsend('a', subject='x', subjekt='y')\n",
            exception="TypeError",
            message="send() got an unexpected keyword argument 'subjekt'",
            line=3,
            files=_SEND,
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before="from pkg.mail import send\n\nsend('a', subjekt='x')  # once\n",
            after="from pkg.mail import send\n\nsend('a', subject='x')  # once\n",
            exception="TypeError",
            message="send() got an unexpected keyword argument 'subjekt'",
            line=3,
            files=_SEND,
        ),
        Rewrite(
            before="import shop\n\n\ndef f():\n    return shop.connect('x', time_out=3)\n",
            after="import shop\n\n\ndef f():\n    return shop.connect('x', timeout=3)\n",
            exception="TypeError",
            message="connect() got an unexpected keyword argument 'time_out'. Did you mean 'timeout'?",
            line=5,
            names={"shop": frozenset({"connect"})},
            parameters={"shop:connect": ("host", "*", "timeout=None", "tls=True")},
        ),
        Rewrite(
            before="def f(frame):\n    return frame.to_csv('x', line_terminator='\\n')\n",
            after="def f(frame):\n    return frame.to_csv('x', lineterminator='\\n')\n",
            exception="TypeError",
            message="NDFrame.to_csv() got an unexpected keyword argument 'line_terminator'",
            line=2,
        ),
        Rewrite(  # the argument had no effect any more
            before="import asyncio\n\n\nasync def f(loop):\n    await asyncio.sleep(1, loop=loop)\n",
            after="import asyncio\n\n\nasync def f(loop):\n    await asyncio.sleep(1)\n",
            exception="TypeError",
            message="sleep() got an unexpected keyword argument 'loop'",
            line=5,
        ),
        Rewrite(
            before=("def area(width, hight):\n    return width * hight\n\n\ndef sq(x):\n    return area(x, hight=x)\n"),
            after=(
                "def area(width, height):\n    return width * height\n\n\ndef sq(x):\n    return area(x, height=x)\n"
            ),
            exception="TypeError",
            message="area() got an unexpected keyword argument 'height'",
            frames=_FROM_TEST,
        ),
        Rewrite(  # a compiled method, which tells no class: the object was recorded
            before="import shop\n\n\ndef f(cart):\n    return cart.parts(size=3)\n",
            after="import shop\n\n\ndef f(cart):\n    return cart.parts(max_size=3)\n",
            exception="TypeError",
            message="parts() got an unexpected keyword argument 'size'",
            frames=(
                ("tests/test_example.py", 2, "test_it"),
                ("pkg/mod.py", 5, "f"),
                ("shop/cart.pxi", 9, "shop.Cart.parts"),
            ),
            parameters={"shop.Cart:parts": ("self", "max_size=None")},
            homes={"shop:Cart": ("shop.Cart",)},
            values={"types:pkg/mod.py:5:cart": ("shop.lib.Cart",)},
        ),
        Rewrite(
            before="def box(*, max_width=9, pad=1):\n    return pad\n\n\ndef f():\n    return box(width=3)\n",
            after="def box(*, max_width=9, pad=1):\n    return pad\n\n\ndef f():\n    return box(max_width=3)\n",
            exception="TypeError",
            message="box() got an unexpected keyword argument 'width'",
            line=6,
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Mend the call; where a test makes it, the test is right and the parameter's name is wrong."""
        for crash in crashes(scene, "TypeError"):
            named = _MESSAGE.search(crash.message)
            if named is None:
                continue
            site = raising_site(scene, crash)
            if site is not None:
                yield from self._call(scene, crash, site, named["callee"], named["keyword"])
            elif raised_in_test(scene, crash):
                yield from self._parameter(scene, named["callee"], named["keyword"])

    def _call(self, scene: Scene, crash: Crash, site: Site, qualname: str, keyword: str) -> Iterator[Candidate]:
        calls = [call for call in calls_of(scene, site, qualname) if _argument(call, keyword)]
        if len(calls) != 1:
            return
        reached = callee(scene, site, calls[0], qualname)
        if reached is None or reached.definition is None:
            name = called_name(calls[0])
            new = KEYWORDS.get((name, keyword))
            if new is not None and not (reached and new and new not in reached.signature.keywords):
                yield from self._rename(scene, site, calls[0], keyword, new=new, prior=self.PRIOR)
                return
        if reached is None or keyword in reached.signature.keywords:
            return
        new, prior = _meant(crash, calls[0], reached, keyword, self.PRIOR)
        if new:
            yield from self._rename(scene, site, calls[0], keyword, new=new, prior=prior)

    def _rename(
        self, scene: Scene, site: Site, call: cst.Call, keyword: str, *, new: str, prior: float
    ) -> Iterator[Candidate]:
        argument = _argument(call, keyword)
        if argument is None:
            return
        edits = Edits(site.source)
        if new:
            edits.put(argument, argument.with_changes(keyword=cst.Name(new)))
        else:
            kept = [arg for arg in call.args if arg is not argument]
            kept[-1:] = [arg.with_changes(comma=call.args[-1].comma) for arg in kept[-1:]]
            edits.change(call, cst.Call, lambda node: node.with_changes(args=kept))
        change = f"is now called `{new}`" if new else "is gone and had no effect"
        yield from self.offer(
            scene,
            {site.path: edits.text()},
            summary=f"Argument `{keyword}` of `{called_name(call)}` {change}.",
            line=site.line,
            function=site.function,
            prior=prior,
            tier=self.TIER if prior == self.PRIOR else Tier.B,
        )

    def _parameter(self, scene: Scene, qualname: str, keyword: str) -> Iterator[Candidate]:
        """Rename a misspelled parameter, its uses and the project's calls that pass it by name."""
        found = defined(scene, qualname)
        source = parse(scene.project.text(found.path)) if found and is_repairable(found.path) else None
        if found is None or source is None:
            return
        signature = of_function(found.node, bound=is_bound(found))
        old = nearest(keyword, signature.keywords)
        function = source.enclosing(found.node.lineno, cst.FunctionDef)
        if old is None or function is None or signature.takes_any_keyword:
            return
        edits = Edits(source)
        for name in source.within(function, cst.Name):
            parent = source.parents[name]
            other = isinstance(parent, cst.Arg) and parent.keyword is name
            if name.value == old and not other and not (isinstance(parent, cst.Attribute) and parent.attr is name):
                edits.put(name, cst.Name(keyword))
        for call in source.all(cst.Call):
            argument = _argument(call, old)
            if argument is not None and called_name(call) == found.node.name and argument.keyword is not None:
                edits.put(argument.keyword, cst.Name(keyword))
        if not _passed_elsewhere(scene, found.path, found.node.name, old):
            yield from self.offer(
                scene,
                {found.path: edits.text()},
                summary=f"Parameter `{old}` of `{found.node.name}` is what callers name `{keyword}`.",
                line=found.node.lineno,
                function=found.node.name,
                prior=_RENAMED_PARAMETER,
                tier=Tier.B,
            )


def _argument(call: cst.Call, keyword: str) -> cst.Arg | None:
    return next((arg for arg in call.args if arg.keyword is not None and arg.keyword.value == keyword), None)


def _meant(crash: Crash, call: cst.Call, reached: Callee, keyword: str, sure: float) -> tuple[str, float]:
    """Return the parameter that a keyword was meant for, and how sure that is; an empty name when none is."""
    given = {arg.keyword.value for arg in call.args if arg.keyword is not None}
    if any(arg.star for arg in call.args):
        return "", 0.0
    filled = len([arg for arg in call.args if arg.keyword is None])
    signature = reached.signature
    free = [name for name in signature.keywords if name not in given and name not in signature.positional[:filled]]
    hint = suggested(crash.message)
    near = hint if hint in free else nearest(keyword, free) or related(keyword, free)
    if near:
        return near, sure
    told = _documented(reached.documentation, keyword, free)
    if told:
        return told, _DOCUMENTED
    needed = [name for name in free if name in signature.required]
    return (needed[0], _ONLY_ONE_LEFT) if len(needed) == 1 else ("", 0.0)


def _documented(documentation: str, keyword: str, free: list[str]) -> str:
    """Return the one free parameter that the callee's documentation names where it tells of the old one's change."""
    found: set[str] = set()
    parameter = ""
    for line in documentation.splitlines():
        head = re.match(r"\s*(?::param(?: \w+)? )?[`*]{0,2}(\w+)[`*]{0,2}\s*[:(]", line)
        parameter = head[1] if head is not None and head[1] in free else parameter
        if re.search(rf"\b{keyword}\b", line) and _CHANGE.search(line):
            named = {name for name in free if re.search(rf"[`'\"*]{name}[`'\"*(=]", line)}
            found |= named or ({parameter} - {""})
    return found.pop() if len(found) == 1 else ""


def _passed_elsewhere(scene: Scene, path: str, name: str, keyword: str) -> bool:
    """Say whether another file passes the old keyword, so that renaming the parameter would break it."""
    pattern = re.compile(rf"\b{name}\([^)]*\b{keyword}\s*=")
    return any(pattern.search(text) for other, text in scene.project.files.items() if other != path)
