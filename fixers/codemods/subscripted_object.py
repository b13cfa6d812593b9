"""Objects that are read like the dictionaries they once were."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import Site, crashes, raising_site
from fixers.codemods.source import Edits
from fixers.codemods.symbols import attributes, classes
from fixers.model import Candidate, Tier

_MESSAGE = re.compile(r"^'(?P<type>\w+)' object is not subscriptable")
_READING = {
    "pkg/parse.py": "from dataclasses import dataclass\n\n\n"
    "@dataclass\nclass Reading:\n    place: str\n    degrees: float\n"
}
_REFUSED = "'Reading' object is not subscriptable"


class SubscriptedObject(Codemod):
    """Read an attribute where an object of the project is subscripted with the attribute's name.

    A function that returned a dictionary returns an object of a class now. Everything that its user reads off the
    same variable has to be an attribute of that class.
    """

    NAME = "subscripted-object"
    NUMBER = 18
    TIER = Tier.A
    PRIOR = 0.93
    MESSAGE = "an object is subscripted as if it were a dictionary"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # it has no such attribute
            before="def f(r):\n    return r['time']\n",
            after="def f(r):\n    return r['time']\n",
            exception="TypeError",
            message=_REFUSED,
            line=2,
            files=_READING,
        ),
        Rewrite(  # which of the keys it is, only the run knows
            before="def f(r, key):\n    return r[key]\n",
            after="def f(r, key):\n    return r[key]\n",
            exception="TypeError",
            message=_REFUSED,
            line=2,
            files=_READING,
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before="def f(r):\n    if r['degrees'] > 9:\n        return r['place']\n    return r[\"degrees\"]\n",
            after="def f(r):\n    if r.degrees > 9:\n        return r.place\n    return r.degrees\n",
            exception="TypeError",
            message=_REFUSED,
            line=2,
            files=_READING,
        ),
        Rewrite(
            before="def f(rs, other):\n    return [f\"{r['place']}: {other['place']}\" for r in rs]\n",
            after="def f(rs, other):\n    return [f\"{r.place}: {other['place']}\" for r in rs]\n",
            exception="TypeError",
            message=_REFUSED,
            line=2,
            files=_READING,
            values={"types:pkg/mod.py:2:r": ("pkg.parse.Reading",), "types:pkg/mod.py:2:other": ("dict",)},
        ),
        Rewrite(
            before="def f(r):\n    return r['place'], r.get('degrees')\n",
            after="def f(r):\n    return r.place, r.degrees\n",
            exception="TypeError",
            message=_REFUSED,
            line=2,
            files=_READING,
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Rewrite every read of the variable in the function."""
        for crash in crashes(scene, "TypeError"):
            named = _MESSAGE.search(crash.message)
            site = raising_site(scene, crash)
            found = classes(scene.project, named["type"]) if named else []
            known = attributes(scene.project, found[0][1]) if len(found) == 1 else None
            if named is None or site is None or not known:
                continue
            for variable in _subscripted(scene, site, named["type"]):
                edits = _by_attribute(site, variable, known)
                if edits is not None:
                    yield from self.offer(
                        scene,
                        {site.path: edits.text()},
                        summary=f"`{variable}` is a `{named['type']}` now; its attributes are read, not its keys.",
                        line=site.line,
                        function=site.function,
                    )


def _subscripted(scene: Scene, site: Site, kind: str) -> list[str]:
    """Return the one expression that the line subscripts and that is of the type; nothing when that is not sure."""
    reads = [node for node in site.source.at(site.line, cst.Subscript) if _key(node)]
    texts = dict.fromkeys(site.source.code(node.value) for node in reads)
    known = {text: scene.values.get(f"types:{site.path}:{site.line}:{text}", ("",))[:1] for text in texts}
    fitting = [text for text in texts if known[text] and known[text][0].rpartition(".")[2] in {"", kind}]
    sure = [text for text in fitting if known[text][0]]
    return sure[:1] or (fitting if len(fitting) == 1 else [])


def _by_attribute(site: Site, variable: str, known: set[str]) -> Edits | None:
    """Return the edits of all reads in the function; None when one of them has no attribute to go by."""
    around = site.source.enclosing(site.line, cst.FunctionDef) or site.source.module
    edits = Edits(site.source)
    for node in site.source.within(around, cst.Subscript):
        if site.source.code(node.value) == variable:
            if _key(node) not in known:
                return None
            edits.put(node, cst.Attribute(node.value, cst.Name(_key(node))))
    for call in site.source.within(around, cst.Call):
        func = call.func
        if isinstance(func, cst.Attribute) and site.source.code(func) == f"{variable}.get" and "get" not in known:
            key = _text(call.args[0].value) if call.args else ""
            if key not in known:
                return None
            edits.put(call, cst.Attribute(func.value, cst.Name(key)))
    return edits


def _key(node: cst.Subscript) -> str:
    part = node.slice[0].slice
    return _text(part.value) if len(node.slice) == 1 and isinstance(part, cst.Index) else ""


def _text(node: cst.BaseExpression) -> str:
    value = node.evaluated_value if isinstance(node, cst.SimpleString) else None
    return value if isinstance(value, str) and value.isidentifier() else ""
