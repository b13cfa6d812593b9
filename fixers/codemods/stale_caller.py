"""Callers that still use the name something had before it was renamed."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

import libcst as cst

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import Site, crashes, raising_site
from fixers.codemods.nearest import words
from fixers.codemods.relocation import Moves, relocate_from
from fixers.codemods.scopes import Function, bound
from fixers.codemods.signatures import Signature, of_function
from fixers.codemods.source import Edits, parse
from fixers.codemods.symbols import classes, definitions, methods, tree_of, trees
from fixers.model import Candidate, Tier
from fixers.project import is_repairable

_SYMBOL = (
    re.compile(r"cannot import name '(?P<name>\w+)' from '(?P<module>[\w.]+)'"),
    re.compile(r"module '(?P<module>[\w.]+)' has no attribute '(?P<name>\w+)'"),
)
_MEMBER = re.compile(r"^(?:type object )?'(?P<owner>\w+)' (?:object )?has no attribute '(?P<name>\w+)'")
_PUSHED, _TESTED, _LIKELY, _VAGUE = 0.92, 0.8, 0.6, 0.3
_COMMON = frozenset({"max", "min", "default", "num", "is", "use", "the", "of", "by", "to", "in"})
_TAX = {"pkg/tax.py": "def with_tax(price):\n    return price * 119 / 100\n\n\ndef rate():\n    return 19\n"}
_GONE = "cannot import name 'add_tax' from 'pkg.tax' (/w/pkg/tax.py)"


class StaleCaller(Codemod):
    """Let every caller use the new name, when one definition can only be what was renamed.

    It must share a word with the old name, have no caller in the project, and take
    what the callers pass; of several such, the one that tests call.
    """

    NAME = "stale-caller"
    NUMBER = 8
    TIER = Tier.B
    PRIOR = 0.8
    MESSAGE = "something was renamed, and a caller still uses its old name"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # what shares a word with it has callers of its own
            before="from pkg.tax import add_tax\n\n\ndef f(x):\n    return add_tax(x)\n",
            after="from pkg.tax import add_tax\n\n\ndef f(x):\n    return add_tax(x)\n",
            exception="ImportError",
            message=_GONE,
            line=1,
            files={**_TAX, "pkg/other.py": "from pkg import tax\n\nTEN = tax.with_tax(10)\n"},
        ),
        Rewrite(  # it takes less than the callers pass
            before="from pkg.tax import add_tax\n\n\ndef f(x):\n    return add_tax(x, 7)\n",
            after="from pkg.tax import add_tax\n\n\ndef f(x):\n    return add_tax(x, 7)\n",
            exception="ImportError",
            message=_GONE,
            line=1,
            files=_TAX,
        ),
        Rewrite(  # two may be meant
            before="from pkg.tax import add_tax\n\n\ndef f(x):\n    return add_tax(x)\n",
            after="from pkg.tax import add_tax\n\n\ndef f(x):\n    return add_tax(x)\n",
            exception="ImportError",
            message=_GONE,
            line=1,
            files={"pkg/tax.py": _TAX["pkg/tax.py"] + "\n\ndef without_tax(price):\n    return price\n"},
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before="from pkg.tax import add_tax\n\n\ndef f(xs):\n    return sum(add_tax(x) for x in xs)\n",
            after="from pkg.tax import with_tax\n\n\ndef f(xs):\n    return sum(with_tax(x) for x in xs)\n",
            exception="ImportError",
            message=_GONE,
            line=1,
            files=_TAX,
        ),
        Rewrite(  # a constant
            before="from pkg.tax import RATE_LOW, ROUND\n\nX = RATE_LOW + ROUND\n",
            after="from pkg.tax import REDUCED_RATE, ROUND\n\nX = REDUCED_RATE + ROUND\n",
            exception="ImportError",
            message="cannot import name 'RATE_LOW' from 'pkg.tax' (/w/pkg/tax.py)",
            line=1,
            files={"pkg/tax.py": "ROUND = 2\nREDUCED_RATE = 7\n"},
        ),
        Rewrite(  # of two, the one that tests know
            before="from pkg import tax\n\n\ndef f(x):\n    return tax.add_tax(x)\n",
            after="from pkg import tax\n\n\ndef f(x):\n    return tax.with_tax(x)\n",
            exception="AttributeError",
            message="module 'pkg.tax' has no attribute 'add_tax'",
            line=5,
            files={
                "pkg/__init__.py": "",
                "pkg/tax.py": _TAX["pkg/tax.py"] + "\n\ndef without_tax(price):\n    return price\n",
                "tests/test_tax.py": "from pkg.tax import with_tax\n\n\ndef test_it():\n    assert with_tax(1)\n",
            },
        ),
        Rewrite(
            before="def f(till):\n    till.record(3)\n    return till\n",
            after="def f(till):\n    till.record_sale(3)\n    return till\n",
            exception="AttributeError",
            message="'Till' object has no attribute 'record'",
            line=2,
            files={
                "pkg/till.py": "class Till:\n    def __init__(self):\n        self.sales = []\n\n"
                "    def record_sale(self, n):\n        self.sales.append(n)\n"
            },
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Rename at every caller that may be edited."""
        for crash in crashes(scene, "ImportError", "AttributeError"):
            site = raising_site(scene, crash)
            if site is None or "partially initialized" in crash.message:
                continue
            named = next((found for pattern in _SYMBOL if (found := pattern.search(crash.message))), None)
            member = _MEMBER.search(crash.message)
            if named is not None:
                yield from self._symbol(scene, site, named["module"], named["name"])
            elif member is not None:
                yield from self._member(scene, site, member["owner"], member["name"])

    def _symbol(self, scene: Scene, site: Site, module: str, old: str) -> Iterator[Candidate]:
        path = scene.project.path_of(module)
        tree = tree_of(scene.project, path) if path else None
        if path is None or tree is None or old in bound(tree):
            return
        found = _renamed(scene, path, old, definitions(tree).items(), is_method=False)
        if found is None and old.isupper():
            found = _constant(old, [name for name in definitions(tree) if name.isupper()], site.source.text)
        if found is not None:
            texts = relocate_from(scene.project, site.path, Moves({f"{module}.{old}": f"{module}.{found.name}"}))
            yield from self._offer(scene, site, texts, old, found)

    def _member(self, scene: Scene, site: Site, owner: str, old: str) -> Iterator[Candidate]:
        found = classes(scene.project, owner)
        if len(found) != 1 or found[0][1].bases or _is_defined(scene, old):
            return
        path, node = found[0]
        new = _renamed(scene, path, old, [(m.name, m) for m in methods(node)], is_method=True)
        if new is None or not is_repairable(path):
            return
        texts = {}
        for other in (site.path, *(p for p in scene.project.repairable() if p != site.path)):
            source = parse(scene.project.text(other)) if f".{old}" in scene.project.text(other) else None
            if source is not None:
                edits = Edits(source)
                for attribute in source.all(cst.Attribute):
                    if attribute.attr.value == old:
                        edits.put(attribute.attr, cst.Name(new.name))
                texts[other] = edits.text()
        yield from self._offer(scene, site, texts, old, new)

    def _offer(self, scene: Scene, site: Site, texts: dict[str, str], old: str, new: _Renamed) -> Iterator[Candidate]:
        if site.path in texts and texts[site.path] != scene.project.text(site.path):
            yield from self.offer(
                scene,
                texts,
                summary=f"`{old}` is gone, and `{new.name}`, which {new.why}, can only be what it became.",
                line=site.line,
                function=site.function,
                prior=new.prior,
                tier=Tier.A if new.prior >= _PUSHED else Tier.C if new.prior <= _VAGUE else Tier.B,
            )


@dataclass(frozen=True, slots=True)
class _Renamed:
    name: str
    prior: float
    why: str


def _renamed(
    scene: Scene, path: str, old: str, defined: Iterable[tuple[str, ast.stmt]], *, is_method: bool
) -> _Renamed | None:
    """Return the one definition that can be what `old` named; None when there is none, or more than one."""
    fitting = [
        (name, node)
        for name, node in defined
        if name.startswith("_") == old.startswith("_")
        and isinstance(node, (*_FUNCTIONS, ast.ClassDef))
        and set(words(name)) & set(words(old))
        and not _is_used(scene, name, in_tests=False)
        and _takes(scene, old, node, is_method=is_method)
    ]
    pushed = [name for name, node in fitting if node.lineno in scene.changed.get(path, ())]
    if len(pushed) == 1:
        return _Renamed(pushed[0], _PUSHED, "this push brought and nobody calls")
    tested = [name for name, _ in fitting if _is_used(scene, name, in_tests=True)]
    if len(tested) == 1:
        return _Renamed(tested[0], _TESTED, "only tests call")
    return _Renamed(fitting[0][0], _LIKELY, "nobody calls") if len(fitting) == 1 else None


def _constant(old: str, known: list[str], text: str) -> _Renamed | None:
    """Return the one constant that shares a word with the old one and that the file does not use already.

    A word like `MAX` says little: what shares no other is offered only.
    """
    alike = [name for name in known if set(words(name)) & set(words(old)) and not re.search(rf"\b{name}\b", text)]
    sure = [name for name in alike if set(words(name)) & set(words(old)) - _COMMON]
    found = sure or alike
    why = "alone of its module's constants, shares a word with it"
    return _Renamed(found[0], _LIKELY if sure else _VAGUE, why) if len(found) == 1 else None


_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def _is_used(scene: Scene, name: str, *, in_tests: bool) -> bool:
    for path, tree in trees(scene.project, mentioning=name):
        if is_repairable(path) is not in_tests:
            for node in ast.walk(tree):
                read = isinstance(node, ast.Name) and node.id == name
                if read or (isinstance(node, ast.Attribute) and node.attr == name) or _imports(node, name):
                    return True
    return False


def _imports(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.ImportFrom) and any(alias.name == name for alias in node.names)


def _is_defined(scene: Scene, name: str) -> bool:
    """Say whether anything in the project still has the old name, so that not every use of it is stale."""
    for path, tree in trees(scene.project, mentioning=name):
        for node in ast.walk(tree) if is_repairable(path) else ():
            if isinstance(node, (*_FUNCTIONS, ast.ClassDef)) and node.name == name:
                return True
            if isinstance(node, ast.Attribute) and node.attr == name and isinstance(node.ctx, ast.Store):
                return True
    return False


def _takes(scene: Scene, old: str, node: ast.stmt, *, is_method: bool) -> bool:
    """Say whether every call of the old name binds to a definition."""
    if not isinstance(node, Function):
        return True
    static = any(isinstance(d, ast.Name) and d.id == "staticmethod" for d in node.decorator_list)
    signature = of_function(node, bound=is_method and not static)
    if node.args.vararg is not None:
        return True
    calls = (
        call
        for path, tree in trees(scene.project, mentioning=old)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and _called(call) == old
    )
    return all(_binds(call, signature) for call in calls)


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _binds(call: ast.Call, signature: Signature) -> bool:
    if any(isinstance(arg, ast.Starred) for arg in call.args) or any(k.arg is None for k in call.keywords):
        return True
    named = {k.arg for k in call.keywords if k.arg}
    given = set(signature.positional[: len(call.args)]) | named
    known = named <= set(signature.keywords) or signature.takes_any_keyword
    return known and len(call.args) <= len(signature.positional) and signature.required <= given
