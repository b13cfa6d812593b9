"""Wrong, lost, superfluous and swapped arguments."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import chain, combinations

from fixers.model import Tier
from fixers.search.ingredients import Ingredients
from fixers.search.site import Site
from fixers.search.syntax import copied, literal, name, rebuilt
from fixers.search.template import Edit, Example, Template, fading, merged, replace

# Optional arguments of well-known callees that are forgotten: by last name of the callee, as source.
_USUAL = {
    "sorted": ("reverse=True",), "sort": ("reverse=True",), "get": ("0", "''", "[]", "{}", "False"),
    "pop": ("None", "0", "-1"),
    "next": ("None",), "getattr": ("None",), "open": ("encoding='utf-8'",), "enumerate": ("1", "start=1"),
    "range": ("1",),
    "split": ("','", "1", "None"), "rsplit": ("','", "1", "None"), "sum": ("0", "[]"),
    "max": ("default=0", "default=None"),
    "min": ("default=0", "default=None"), "zip": ("strict=True",), "round": ("2", "1"), "int": ("10", "16"),
    "replace": ("1",),
    "join": ("''",), "dumps": ("sort_keys=True", "indent=2"), "encode": ("'utf-8'",), "decode": ("'utf-8'",),
    "setdefault": ("[]",),
    "popitem": ("last=False",), "makedirs": ("exist_ok=True",), "mkdir": ("parents=True", "exist_ok=True"),
    "strip": ("' '", "'\\n'"), "isinstance": ("str", "bytes", "int", "list", "dict", "tuple"),
}  # fmt: skip

_FORMS = frozenset({"encoding", "errors", "newline", "tz", "tzinfo"})


class WrongArguments(Template):
    """Drop, swap, add or rename arguments of a call."""

    NAME = "wrong-arguments"
    NUMBER = 39
    TIER = Tier.B
    PRIOR = 0.55
    SUMMARY = "the call may take other arguments"
    BY_SLOT = True
    VALID = ("def f(a):\n    return a\n", "def g():\n    pass\ndef f(a):\n    return g()\n")
    INVALID = (
        Example("def f(a, b):\n    return g(a, b)\n", "def f(a, b):\n    return g(b, a)\n"),
        Example("def f(a, b):\n    return g(a, b)\n", "def f(a, b):\n    return g(a)\n"),
        Example("def f(a, key):\n    return g(a)\n", "def f(a, key):\n    return g(a, key)\n"),
        Example("def f(a, key):\n    return g(a)\n", "def f(a, key):\n    return g(a, key=key)\n"),
        Example("def f(a):\n    g(a, '_')\n    return g(a)\n", "def f(a):\n    g(a, '_')\n    return g(a, '_')\n"),
        Example("def f(a):\n    h(a.n)\n    return g(a)\n", "def f(a):\n    h(a.n)\n    return g(a, a.n)\n"),
        Example("def f(xs):\n    return sorted(xs)\n", "def f(xs):\n    return sorted(xs, reverse=True)\n"),
        Example(
            "def g(a, *, deep=False):\n    return a\ndef f(a):\n    return g(a)\n",
            "def g(a, *, deep=False):\n    return a\ndef f(a):\n    return g(a, deep=True)\n",
        ),
        Example(
            "def f(a, b):\n    g(a, low=1)\n    return g(a, high=1)\n",
            "def f(a, b):\n    g(a, low=1)\n    return g(a, low=1)\n",
        ),
        Example(
            "def f(a, tz):\n    g(a, zone=tz.x)\n    return h(a)\n",
            "def f(a, tz):\n    g(a, zone=tz.x)\n    return h(a, zone=tz.x)\n",
        ),
        Example(
            "def g(low, high):\n    pass\ndef f(a):\n    return g(high=-a.high)\n",
            "def g(low, high):\n    pass\ndef f(a):\n    return g(high=-a.high, low=-a.low)\n",
        ),
        Example(
            "def f(a, new_day, new_month):\n    return a.at(month=new_month)\n",
            "def f(a, new_day, new_month):\n    return a.at(month=new_month, day=new_day)\n",
        ),
        Example("def f(a):\n    return isinstance(a)\n", "def f(a):\n    return isinstance(a, str)\n"),
    )

    def edits(self, site: Site, ingredients: Ingredients) -> Iterator[Edit]:
        """Yield swaps, drops and additions for each call of the site."""
        for call in site.slots:
            if isinstance(call, ast.Call):
                ways = (_added(call, site, ingredients), _as_elsewhere(call, site, ingredients))
                yield from merged(_swapped(call), *ways, _renamed(call, ingredients), _dropped(call))


def _swapped(call: ast.Call) -> Iterator[Edit]:
    for one, other in combinations(range(len(call.args)), 2):
        args = list(call.args)
        args[one], args[other] = args[other], args[one]
        yield replace(call, copied(call, args=args), 0.9 if other == one + 1 else 0.6)
    for one, other in combinations(range(len(call.keywords)), 2):
        keywords = list(call.keywords)
        first, second = keywords[one], keywords[other]
        keywords[one], keywords[other] = copied(first, value=second.value), copied(second, value=first.value)
        yield replace(call, copied(call, keywords=keywords), 0.5)


def _dropped(call: ast.Call) -> Iterator[Edit]:
    for index in reversed(range(len(call.keywords))):
        # A flag says what is wanted: a test that passes without it does not show that it was not meant. An encoding
        # says in which form others read it, which a test that writes and reads by the same default never asks.
        keyword = call.keywords[index]
        tier = Tier.C if isinstance(keyword.value, ast.Constant) or keyword.arg in _FORMS else None
        yield replace(call, copied(call, keywords=[*call.keywords[:index], *call.keywords[index + 1 :]]), 0.5, tier)
    for index in reversed(range(len(call.args))):
        yield replace(call, copied(call, args=[*call.args[:index], *call.args[index + 1 :]]), 0.5)


def _added(call: ast.Call, site: Site, ingredients: Ingredients) -> Iterator[Edit]:
    signature = ingredients.signature(call)
    unused = set(ingredients.unused(site))
    passed = {keyword.arg for keyword in call.keywords}
    for rank, keyword in enumerate(_keywords_known(call, signature, site, ingredients)):
        if keyword.arg not in passed:
            yield replace(call, copied(call, keywords=[*call.keywords, keyword]), 0.9 * fading(rank))
    for keyword, weight in _keywords_seen(call, site, ingredients):
        if keyword.arg not in passed and not ingredients.unseen(keyword.value, site):
            yield replace(call, copied(call, keywords=[*call.keywords, keyword]), weight)
    yield from _usual(call)
    if (
        signature is not None
        and signature.vararg is None
        and len(call.args) >= len(signature.posonlyargs + signature.args)
    ):
        return
    for rank, identifier in enumerate(ingredients.names(site, call)):
        if ingredients.kind(identifier) == "variable" and identifier != "self":
            weight = 0.8 if identifier in unused else 0.5 * fading(rank)
            yield from _inserted(call, name(identifier), weight)
            if signature is None and identifier not in passed:
                keyword = ast.keyword(arg=identifier, value=name(identifier))
                known = 0.7 if identifier in unused else 0.6 * fading(rank)
                yield replace(call, copied(call, keywords=[*call.keywords, keyword]), known)
    values = dict.fromkeys([repr(value) for value in (None, True, False, 0, 1, *ingredients.numbers(site))])
    for rank, value in enumerate(values):
        yield from _inserted(call, ast.parse(value, mode="eval").body, 0.35 * fading(rank))


def _as_elsewhere(call: ast.Call, site: Site, ingredients: Ingredients) -> Iterator[Edit]:
    """Yield the arguments that other calls of the callee pass, then attributes that the function reads."""
    own = {ingredients.text(argument) for argument in call.args}
    others = chain(ingredients.siblings(call), ingredients.siblings_elsewhere(call))
    given = (argument for sibling in others for argument in sibling.args[len(call.args) :])
    nodes = site.view.within(site.functions[0]) if site.functions else ()
    read = (node for node in nodes if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)
            and isinstance(node.value, ast.Name) and not site.is_callee(node))  # fmt: skip
    found = {ingredients.text(node): node for node in [*given, *read] if not isinstance(node, ast.Starred)}
    for rank, (text, value) in enumerate(found.items()):
        if text not in own and not ingredients.unseen(value, site):
            yield from _inserted(call, value, 0.6 * fading(rank))


def _inserted(call: ast.Call, value: ast.expr, weight: float) -> Iterator[Edit]:
    """Put `value` at the end first, then at the other positions."""
    for steps, index in enumerate(reversed(range(len(call.args) + 1))):
        args = [*call.args[:index], value, *call.args[index:]]
        yield replace(call, copied(call, args=args), weight * fading(steps, 0.4))


def _usual(call: ast.Call) -> Iterator[Edit]:
    callee = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    for source in _USUAL.get(callee, ()):
        extra = ast.parse(f"f({source})", mode="eval").body
        assert isinstance(extra, ast.Call)  # noqa: S101 - the table above holds arguments
        if {keyword.arg for keyword in call.keywords}.isdisjoint(keyword.arg for keyword in extra.keywords):
            new = copied(call, args=[*call.args, *extra.args], keywords=[*call.keywords, *extra.keywords])
            yield replace(call, new, 0.7)


def _keywords_seen(call: ast.Call, site: Site, ingredients: Ingredients) -> Iterator[tuple[ast.keyword, float]]:
    """Yield keywords of other calls of the callee, in the module and beyond, and of other callees in the function."""
    yield from ((keyword, 0.8) for keyword in _of_siblings(call, ingredients))
    yield from _mirrored(call, site, ingredients)
    beyond = (keyword for sibling in ingredients.siblings_elsewhere(call) for keyword in sibling.keywords)
    near = (
        (node for node in site.view.within(site.functions[0]) if isinstance(node, ast.keyword))
        if site.functions
        else ()
    )
    for keywords, weight in ((beyond, 0.6), (near, 0.4)):
        found = {f"{keyword.arg}={ingredients.text(keyword.value)}": keyword for keyword in keywords if keyword.arg}
        yield from ((keyword, weight * fading(rank, 0.2)) for rank, keyword in enumerate(found.values()))


def _of_siblings(call: ast.Call, ingredients: Ingredients) -> Iterator[ast.keyword]:
    for sibling in ingredients.siblings(call):
        yield from (keyword for keyword in sibling.keywords if keyword.arg is not None)


def _mirrored(call: ast.Call, site: Site, ingredients: Ingredients) -> Iterator[tuple[ast.keyword, float]]:
    """Yield `low=a.low` beside `high=a.high`, and `day=new_day` beside `month=new_month`: one more of a pattern."""
    signature = ingredients.signature(call)
    known = [item.arg for item in (*signature.args, *signature.kwonlyargs)] if signature else []
    for keyword in call.keywords:
        yield from ((other, 0.9) for other in _of_alike_name(keyword, call, site, ingredients))
        pattern = [
            node
            for node in ast.walk(keyword.value)
            if keyword.arg in {getattr(node, "attr", 0), getattr(node, "id", 0)}
        ]
        for other in known if pattern else ():
            pairs: dict[ast.AST, ast.AST] = {
                node: copied(node, **{"attr" if isinstance(node, ast.Attribute) else "id": other}) for node in pattern
            }
            yield ast.keyword(arg=other, value=rebuilt(keyword.value, pairs, ingredients.view.parents)), 0.9


def _keywords_known(
    call: ast.Call, signature: ast.arguments | None, site: Site, ingredients: Ingredients
) -> Iterator[ast.keyword]:
    """Yield parameters of a known callee that are not passed: by a variable of that name, else by a flipped flag."""
    if signature is None:
        return
    positional = [*signature.posonlyargs, *signature.args][len(call.args) :]
    for argument in (*positional, *signature.kwonlyargs):
        if ingredients.view.visible(argument.arg, call, site):
            yield ast.keyword(arg=argument.arg, value=name(argument.arg))
        for value in (True, False, None):
            yield ast.keyword(arg=argument.arg, value=literal(value))


def _of_alike_name(keyword: ast.keyword, call: ast.Call, site: Site, ingredients: Ingredients) -> Iterator[ast.keyword]:
    """Yield keywords for variables whose names have to theirs what a given one's has: `new_day` for `day`."""
    if not isinstance(keyword.value, ast.Name) or not keyword.arg or keyword.value.id == keyword.arg:
        return
    before, found, after = keyword.value.id.partition(keyword.arg)
    for item in ingredients.names(site, call) if found else ():
        inner = item.removeprefix(before).removesuffix(after)
        if item.startswith(before) and item.endswith(after) and inner.isidentifier() and inner != keyword.arg:
            yield ast.keyword(arg=inner, value=name(item))


def _renamed(call: ast.Call, ingredients: Ingredients) -> Iterator[Edit]:
    """Yield other names for keyword arguments: the callee's parameters, and keywords of its other calls."""
    signature = ingredients.signature(call)
    known = [argument.arg for argument in (*signature.args, *signature.kwonlyargs)] if signature else []
    seen = [keyword.arg for keyword in _of_siblings(call, ingredients) if keyword.arg]
    taken = {keyword.arg for keyword in call.keywords}
    for index, keyword in enumerate(call.keywords):
        for rank, other in enumerate(dict.fromkeys([*known, *seen])):
            if keyword.arg is not None and other not in taken:
                keywords = list(call.keywords)
                keywords[index] = copied(keyword, arg=other)
                yield replace(call, copied(call, keywords=keywords), 0.6 * fading(rank))
