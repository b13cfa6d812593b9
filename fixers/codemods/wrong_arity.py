"""Calls that pass too few or too many arguments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import ClassVar

import libcst as cst

from fixers.codemods.arguments import by_keyword, in_turn, keyword, name_of
from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import Site, crashes, raised_in_test, raising_site
from fixers.codemods.scopes import class_at, expects_none, visible
from fixers.codemods.signatures import Signature, called_name, callee, calls_of, defined
from fixers.codemods.source import Edits, parse
from fixers.codemods.symbols import attributes, tree_of
from fixers.model import Candidate, Tier
from fixers.project import is_repairable

_MISSING = re.compile(
    r"(?P<callee>[\w.<>]+)\(\) missing \d+ required (?:positional|keyword-only) arguments?: (?P<names>.+)"
)
_EXTRA = re.compile(
    r"(?P<callee>[\w.<>]+)\(\) takes (?:from \d+ to )?(?P<most>\d+) positional arguments? but (?P<given>\d+)"
)
_STATED = 0.85
_DROPPED = 0.35
_STRANGER_DROPPED = 0.55
_RATE = {"pkg/rate.py": "def charge(amount, rate, currency):\n    return amount * rate, currency\n"}
_FROM_TEST = (("tests/test_example.py", 2, "test_it"),)


class WrongArity(Codemod):
    """Give a call the arguments its callee takes.

    A missing one is filled by the variable of the same name that the line can see;
    a superfluous one becomes the keyword-only argument it is named after, or goes.
    """

    NAME = "wrong-arity"
    NUMBER = 10
    TIER = Tier.B
    PRIOR = 0.75
    MESSAGE = "a call passes more or fewer arguments than the function takes"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # nothing of that name is in sight
            before="from pkg.rate import charge\n\n\ndef f(amount):\n    return charge(amount, 2)\n",
            after="from pkg.rate import charge\n\n\ndef f(amount):\n    return charge(amount, 2)\n",
            exception="TypeError",
            message="charge() missing 1 required positional argument: 'currency'",
            line=5,
            files=_RATE,
        ),
        Rewrite(  # `*` hides what is passed
            before="from pkg.rate import charge\n\n\ndef f(currency, *rest):\n    return charge(*rest)\n",
            after="from pkg.rate import charge\n\n\ndef f(currency, *rest):\n    return charge(*rest)\n",
            exception="TypeError",
            message="charge() missing 1 required positional argument: 'currency'",
            line=5,
            files=_RATE,
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before="from pkg.rate import charge\n\n\ndef f(amount, rate, currency):\n    return charge(amount, rate)\n",
            after=(
                "from pkg.rate import charge\n\n\ndef f(amount, rate, currency):\n"
                "    return charge(amount, rate, currency)\n"
            ),
            exception="TypeError",
            message="charge() missing 1 required positional argument: 'currency'",
            line=5,
            files=_RATE,
        ),
        Rewrite(  # CPython names the last parameter; the names of the others show which one is missing
            before=(
                "from pkg.rate import charge\n\n\ndef f(amount, rate, currency):\n    return charge(amount, currency)\n"
            ),
            after=(
                "from pkg.rate import charge\n\n\ndef f(amount, rate, currency):\n"
                "    return charge(amount, rate, currency)\n"
            ),
            exception="TypeError",
            message="charge() missing 1 required positional argument: 'currency'",
            line=5,
            files=_RATE,
        ),
        Rewrite(
            before=(
                "class Till:\n    def __init__(self):\n        self.unit = 'EUR'\n\n"
                "    def total(self, *, unit):\n        return unit\n\n"
                "    def show(self):\n        return self.total()\n"
            ),
            after=(
                "class Till:\n    def __init__(self):\n        self.unit = 'EUR'\n\n"
                "    def total(self, *, unit):\n        return unit\n\n"
                "    def show(self):\n        return self.total(unit=self.unit)\n"
            ),
            exception="TypeError",
            message="Till.total() missing 1 required keyword-only argument: 'unit'",
            line=9,
        ),
        Rewrite(
            before="def pay(amount, *, fee=0):\n    return amount + fee\n\n\ndef f(x, fee):\n    return pay(x, fee)\n",
            after=(
                "def pay(amount, *, fee=0):\n    return amount + fee\n\n\ndef f(x, fee):\n    return pay(x, fee=fee)\n"
            ),
            exception="TypeError",
            message="pay() takes 1 positional argument but 2 were given",
            line=6,
        ),
        Rewrite(  # a literal goes by the parameter whose turn it is, as the one beside it does
            before="def table(rows, *, head=True, align='left'):\n    return rows\n\n\n"
            "def f(rows, align):\n    return table(rows, False, align)\n",
            after="def table(rows, *, head=True, align='left'):\n    return rows\n\n\n"
            "def f(rows, align):\n    return table(rows, head=False, align=align)\n",
            exception="TypeError",
            message="table() takes 1 positional argument but 3 were given",
            line=6,
        ),
        Rewrite(  # a library made the rest of its parameters keyword-only, in their old order
            before="import shop\n\n\ndef f(q, n):\n    return shop.page(q, n, 20, strict=True)\n",
            after="import shop\n\n\ndef f(q, n):\n    return shop.page(q, number=n, size=20, strict=True)\n",
            exception="TypeError",
            message="page() takes 1 positional argument but 3 positional arguments (and 1 keyword-only argument) were",
            line=5,
            parameters={"shop:page": ("query", "*", "number=1", "size=10", "strict=False")},
        ),
        Rewrite(
            before="def pay(amount):\n    return amount\n\n\ndef f(amount, note):\n    return pay(note, amount)\n",
            after="def pay(amount):\n    return amount\n\n\ndef f(amount, note):\n    return pay(amount)\n",
            exception="TypeError",
            message="pay() takes 1 positional argument but 2 were given",
            line=6,
        ),
        Rewrite(  # the body already says what happens without it
            before=(
                "def greet(name, greeting):\n    if greeting is None:\n        greeting = 'hi'\n"
                "    return greeting + name\n"
            ),
            after=(
                "def greet(name, greeting=None):\n    if greeting is None:\n        greeting = 'hi'\n"
                "    return greeting + name\n"
            ),
            exception="TypeError",
            message="greet() missing 1 required positional argument: 'greeting'",
            frames=_FROM_TEST,
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Mend the call; where a test makes it, only a parameter whose body expects None gets a default."""
        for crash in crashes(scene, "TypeError"):
            site = raising_site(scene, crash)
            if (found := _MISSING.search(crash.message)) is not None:
                names = re.findall(r"'(\w+)'", found["names"])
                if {"self", "cls"} & set(names):
                    continue  # descriptor-confusion's
                if site is not None:
                    yield from self._fill(scene, site, found["callee"], names)
                elif raised_in_test(scene, crash):
                    yield from self._default(scene, found["callee"], names)
            elif site is not None and (found := _EXTRA.search(crash.message)) is not None:
                yield from self._drop(scene, site, found["callee"])

    def _fill(self, scene: Scene, site: Site, qualname: str, names: list[str]) -> Iterator[Candidate]:
        for call, signature in _the_call(scene, site, qualname):
            plain = [arg for arg in call.args if arg.keyword is None]
            given = [str(arg.value.value) for arg in plain if isinstance(arg.value, cst.Name)]
            unfilled = [name for name in signature.positional if name in signature.required and name not in given]
            named = {arg.keyword.value for arg in call.args if arg.keyword}
            if named & set(names) or set(names) & set(signature.positional[: len(plain)]):
                continue  # this call does pass it
            by_name = [name for name in unfilled if name not in named]
            aligned = len(given) == len(call.args) and set(given) <= set(signature.positional)
            missing = by_name if aligned and len(by_name) == len(names) else names
            values = [_value(scene, site, name) for name in missing]
            if all(value is not None for value in values):
                filled = {name: value for name, value in zip(missing, values, strict=True) if value is not None}
                args = _with(call, signature, filled)
                what = f"gets `{'`, `'.join(filled)}`"
                yield from self._offer_call(scene, site, call, args, what=what, prior=self.PRIOR)

    def _drop(self, scene: Scene, site: Site, qualname: str) -> Iterator[Candidate]:
        for call, signature in _the_call(scene, site, qualname):
            positional = [arg for arg in call.args if arg.keyword is None]
            extra = positional[len(signature.positional) :]
            turned = by_keyword(call, extra, signature.keyword_only)
            if turned:
                what = "passes by keyword what only goes by keyword"
                yield from self._offer_call(scene, site, call, turned, what=what, prior=self.PRIOR)
            if extra and not turned and defined(scene, qualname) is None:
                yield from self._in_turn(scene, site, call, signature)
                continue
            if len(extra) != 1 or turned:
                continue
            strangers = [arg for arg in positional if name_of(arg) not in signature.positional]
            chosen = strangers[0] if len(strangers) == 1 and len(positional) > 1 else extra[0]
            prior = _STRANGER_DROPPED if chosen is not extra[0] else _DROPPED
            kept = [arg for arg in call.args if arg is not chosen]
            kept[-1:] = [arg.with_changes(comma=call.args[-1].comma) for arg in kept[-1:]]
            what = f"no longer passes `{site.source.code(chosen.value)}`"
            yield from self._offer_call(scene, site, call, kept, what=what, prior=prior)

    def _in_turn(self, scene: Scene, site: Site, call: cst.Call, signature: Signature) -> Iterator[Candidate]:
        """Pass by name what a library takes by name only, in the order of its parameters.

        Where those before may be left out, a new one may have come in front of the old ones: then none stays in place.
        """
        sure = set(signature.positional) <= signature.required
        what = "passes by keyword what the installed release takes only so"
        for first in (len(signature.positional), 0)[: 1 if sure else 2]:
            if args := in_turn(call, first, signature.keyword_only):
                tier = Tier.A if sure else Tier.B
                yield from self._offer_call(scene, site, call, args, what=what, prior=_STATED, tier=tier)

    def _offer_call(
        self,
        scene: Scene,
        site: Site,
        call: cst.Call,
        args: Sequence[cst.Arg],
        *,
        what: str,
        prior: float,
        tier: Tier = Tier.B,
    ) -> Iterator[Candidate]:
        edits = Edits(site.source).change(call, cst.Call, lambda node: node.with_changes(args=list(args)))
        yield from self.offer(
            scene,
            {site.path: edits.text()},
            summary=f"The call of `{called_name(call)}` {what}.",
            line=site.line,
            function=site.function,
            prior=prior,
            tier=tier,
        )

    def _default(self, scene: Scene, qualname: str, names: list[str]) -> Iterator[Candidate]:
        found = defined(scene, qualname)
        source = parse(scene.project.text(found.path)) if found and is_repairable(found.path) else None
        if found is None or source is None or not all(expects_none(found.node, name) for name in names):
            return
        function = source.enclosing(found.node.lineno, cst.FunctionDef)
        edits = Edits(source)
        for param in source.within(function.params if function else None, cst.Param):
            if param.name.value in names and param.default is None:
                spaced = param.annotation is not None
                around = cst.SimpleWhitespace(" " if spaced else "")
                equal = cst.AssignEqual(whitespace_before=around, whitespace_after=around)
                edits.put(param, param.with_changes(default=cst.Name("None"), equal=equal))
        yield from self.offer(
            scene,
            {found.path: edits.text()},
            summary=f"`{found.node.name}` says itself what happens when `{'`, `'.join(names)}` is None; "
            f"callers may leave it out.",
            line=found.node.lineno,
            function=found.node.name,
        )


def _the_call(scene: Scene, site: Site, qualname: str) -> Iterator[tuple[cst.Call, Signature]]:
    """Yield the one call on the line that the message names, when its signature is known and no star hides anything."""
    calls = calls_of(scene, site, qualname)
    if len(calls) == 1 and not any(arg.star for arg in calls[0].args):
        reached = callee(scene, site, calls[0], qualname)
        if reached is not None:
            yield calls[0], reached.signature


def _value(scene: Scene, site: Site, name: str) -> cst.BaseExpression | None:
    """Return what the line would call a value of this name: a variable, or an attribute of `self`."""
    tree = tree_of(scene.project, site.path)
    if tree is None:
        return None
    names = visible(tree, site.line)
    if name in names:
        return cst.Name(name)
    owner = class_at(tree, site.line)
    known = attributes(scene.project, owner) if owner and "self" in names else None
    for attribute in (name, f"_{name}"):
        if known and attribute in known:
            return cst.Attribute(cst.Name("self"), cst.Name(attribute))
    return None


def _with(call: cst.Call, signature: Signature, filled: dict[str, cst.BaseExpression]) -> list[cst.Arg]:
    """Return the arguments with the missing ones in: in place while all are positional, else by keyword."""
    args = list(call.args)
    for name, value in filled.items():
        place = signature.positional.index(name) if name in signature.positional else len(args) + 1
        if place <= len(args) and all(arg.keyword is None for arg in args):
            args.insert(place, cst.Arg(value))
        else:
            args.append(keyword(cst.Arg(value), name))
    spaced = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    known = [arg if isinstance(arg.comma, cst.Comma) else arg.with_changes(comma=spaced) for arg in args[:-1]]
    closing = call.args[-1].comma if call.args else cst.MaybeSentinel.DEFAULT
    return [*known, args[-1].with_changes(comma=closing)]
