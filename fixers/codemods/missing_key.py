"""Subscripts and removals of keys that are not there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import Crash, Site, crashes, raising_site
from fixers.codemods.live import keys_of
from fixers.codemods.nearest import nearest
from fixers.codemods.neutral import neutral
from fixers.codemods.renamed_key import renamed_key
from fixers.codemods.source import Edits, Source
from fixers.codemods.written_keys import times_written, written_keys, written_once
from fixers.model import Candidate, Tier

_LITERAL = re.compile(r"^(?:'(?P<single>[^']*)'|\"(?P<double>[^\"]*)\")$")
_TYPO = 0.7
_SURE = 0.88
"""The mapping itself was seen, and nothing else in the project knows the key."""
_LISTS = frozenset({"append", "extend", "insert"})
_SETS = frozenset({"add", "update"})
_PRICE = "PRICES = {'apple': 1, 'pear': 2}\n\n\n"


class MissingKey(Codemod):
    """Provide for a key that a mapping lacks, in the way the use of its value asks for.

    A key one slip away from a known one is a misspelling; one whose words another key
    has may be that. Otherwise counting starts at zero, collecting starts with an empty
    collection, a removal of nothing is no error, and a plain read gives None.
    """

    NAME = "missing-key"
    NUMBER = 16
    TIER = Tier.B
    PRIOR = 0.65
    MESSAGE = "a key is read that the mapping does not have"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # two subscripts, and the message fits neither more
            before="def f(a, b, k):\n    return a[k] + b[k]\n",
            after="def f(a, b, k):\n    return a[k] + b[k]\n",
            exception="KeyError",
            message="'x'",
            line=2,
        ),
        Rewrite(  # raised on purpose
            before="def f(a, k):\n    raise KeyError(k)\n",
            after="def f(a, k):\n    raise KeyError(k)\n",
            exception="KeyError",
            message="'x'",
            line=2,
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # another name for it, which has all its words
            before="def f(user):\n    return user['name']\n",
            after="def f(user):\n    return user['display_name']\n",
            exception="KeyError",
            message="'name'",
            line=2,
            values={"keys:pkg/mod.py:2:user": ("id", "display_name")},
        ),
        Rewrite(
            before="import json\n\n\ndef f(text):\n    data = json.loads(text)\n    return data['prot']\n",
            after="import json\n\n\ndef f(text):\n    data = json.loads(text)\n    return data['port']\n",
            exception="KeyError",
            message="'prot'",
            line=6,
            values={"keys:pkg/mod.py:6:data": ("host", "port")},
        ),
        Rewrite(  # renamed where it is written
            before="def f(row):\n    return Line(sku=row['sku'], unit_price=row['price'])\n",
            after="def f(row):\n    return Line(sku=row['sku'], unit_price=row['unit_price'])\n",
            exception="KeyError",
            message="'price'",
            line=2,
            values={"keys:pkg/mod.py:2:row": ("sku", "unit_price", "tax")},
        ),
        Rewrite(  # the variable of a comprehension, which is gone when it has raised
            before="def f(data):\n    return [Line(name=row['label']) for row in data['rows']]\n",
            after="def f(data):\n    return [Line(name=row['name']) for row in data['rows']]\n",
            exception="KeyError",
            message="'label'",
            line=2,
            values={"keys:pkg/mod.py:2:data['rows'][0]": ("name", "size")},
        ),
        Rewrite(
            before=_PRICE + "def f(n):\n    return PRICES['aple'] * n\n",
            after=_PRICE + "def f(n):\n    return PRICES['apple'] * n\n",
            exception="KeyError",
            message="'aple'",
            line=5,
        ),
        Rewrite(
            before=(
                "def f(words):\n    seen = {}\n    for w in words:\n        seen[w] += 1  # tally\n    return seen\n"
            ),
            after=(
                "def f(words):\n    seen = {}\n    for w in words:\n        seen[w] = seen.get(w, 0) + 1  # tally\n"
                "    return seen\n"
            ),
            exception="KeyError",
            message="'a'",
            line=4,
        ),
        Rewrite(
            before="def f(d, k, x):\n    d[k].append(x)\n",
            after="def f(d, k, x):\n    d.setdefault(k, []).append(x)\n",
            exception="KeyError",
            message="3",
            line=2,
        ),
        Rewrite(
            before="def f(d, k):\n    del d[k]\n",
            after="def f(d, k):\n    d.pop(k, None)\n",
            exception="KeyError",
            message="3",
            line=2,
        ),
        Rewrite(
            before="def f(options):\n    return options['limit']\n",
            after="def f(options):\n    return options.get('limit')\n",
            exception="KeyError",
            message="'limit'",
            line=2,
        ),
        Rewrite(
            before="def f(open_ids, x):\n    open_ids.remove(x)\n",
            after="def f(open_ids, x):\n    open_ids.discard(x)\n",
            exception="KeyError",
            message="3",
            line=2,
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Offer the misspelling first, then what the use of the value suggests."""
        for crash in crashes(scene, "KeyError"):
            site = raising_site(scene, crash)
            if site is not None:
                yield from self._subscript(scene, crash, site)
                yield from self._removal(scene, site)

    def _subscript(self, scene: Scene, crash: Crash, site: Site) -> Iterator[Candidate]:
        literal = _LITERAL.match(crash.message.strip())
        key = (literal["single"] or literal["double"]) if literal else None
        reads = [node for node in site.source.at(site.line, cst.Subscript) if _may_lack(site.source, node)]
        exact = [node for node in reads if key is not None and _constant(node) == key]
        chosen = exact or [node for node in reads if _constant(node) is None]
        if len(chosen) != 1:
            return
        node = chosen[0]
        known = set(keys_of(scene, site, node.value) or written_keys(scene, site, node))
        right = nearest(key, known) if exact and key else None
        if right is not None and key is not None and isinstance(_index(node), cst.SimpleString):
            yield from self._slip(scene, site, node, key, right)
        elif key is not None and exact:
            yield from self._renamed(scene, site, node, key)
        yield from self._by_use(scene, site, node)

    def _slip(self, scene: Scene, site: Site, node: cst.Subscript, wrong: str, right: str) -> Iterator[Candidate]:
        """Correct the key that is read, or the one that is stored: the other one is what the project knows."""
        edits = Edits(site.source).put(_index(node), _quoted(_index(node), right))
        text = f"Key `{wrong}` is misspelled; the mapping has `{right}`."
        stored = written_once(scene, right)
        sure = stored is None and keys_of(scene, site, node.value) is not None and times_written(scene, wrong) == 1
        prior = _SURE if sure else _TYPO
        yield from self._offer_text(scene, site, edits, text, prior=prior, tier=Tier.A if sure else Tier.B)
        if stored is not None:
            before = scene.project.text(stored)
            after = before.replace(f"'{right}'", f"'{wrong}'").replace(f'"{right}"', f'"{wrong}"')
            line = next(
                n for n, other in enumerate(before.splitlines(), 1) if f"'{right}'" in other or f'"{right}"' in other
            )
            text = f"Key `{right}` is misspelled where it is stored; `{wrong}` is what is read."
            yield from self.offer(scene, {stored: after}, summary=text, line=line, prior=_TYPO)

    def _renamed(self, scene: Scene, site: Site, node: cst.Subscript, key: str) -> Iterator[Candidate]:
        """Read the key by the name that it has now, where one key fits that nobody reads."""
        found = renamed_key(scene, site, node, key) if isinstance(_index(node), cst.SimpleString) else None
        if found is None:
            return
        edits = Edits(site.source).put(_index(node), _quoted(_index(node), found.name))
        sure = found.named and keys_of(scene, site, node.value) is not None and times_written(scene, key) == 1
        text = f"The mapping has no `{key}`; it has `{found.name}`, which is read nowhere else here."
        tier = Tier.A if sure else Tier.B
        yield from self._offer_text(scene, site, edits, text, prior=_SURE if sure else _TYPO, tier=tier)

    def _by_use(self, scene: Scene, site: Site, node: cst.Subscript) -> Iterator[Candidate]:
        source = site.source
        base, key = source.code(node.value), source.code(_index(node))
        parent = source.parents[node]
        if isinstance(parent, cst.AugAssign) and parent.target is node:
            zero = neutral(parent)
            operator = _OPERATORS.get(type(parent.operator))
            if zero and operator:
                new = f"{base}[{key}] = {base}.get({key}, {zero}) {operator} {source.code(parent.value)}"
                edits = Edits(source).put(parent, _small(new))
                yield from self._offer_text(scene, site, edits, f"A key seen for the first time starts at {zero}.")
        elif isinstance(parent, cst.Del):
            edits = Edits(source).put(parent, _small(f"{base}.pop({key}, None)"))
            yield from self._offer_text(scene, site, edits, "Deleting a key that is not there is no error.", prior=0.5)
        elif isinstance(parent, cst.Attribute) and (empty := _collection(source, parent)):
            new_call = cst.parse_expression(f"{base}.setdefault({key}, {empty})")
            edits = Edits(source).put(node, new_call)
            yield from self._offer_text(scene, site, edits, f"A key seen for the first time starts with `{empty}`.")
        elif not isinstance(parent, (cst.Attribute, cst.Subscript, cst.Call, cst.BinaryOperation)):
            edits = Edits(source).put(node, cst.parse_expression(f"{base}.get({key})"))
            yield from self._offer_text(scene, site, edits, "A key that is not there reads as None.", prior=0.45)

    def _removal(self, scene: Scene, site: Site) -> Iterator[Candidate]:
        calls = [call for call in site.source.at(site.line, cst.Call) if isinstance(call.func, cst.Attribute)]
        removals = [call for call in calls if _method(call) in {"pop", "remove"} and len(call.args) == 1]
        if len(removals) != 1 or any(_may_lack(site.source, n) for n in site.source.at(site.line, cst.Subscript)):
            return
        call = removals[0]
        edits = Edits(site.source)
        if isinstance(call.func, cst.Attribute) and _method(call) == "remove":
            edits.put(call.func.attr, cst.Name("discard"))
        else:
            comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
            edits.put(call, call.with_changes(args=[call.args[0].with_changes(comma=comma), cst.Arg(cst.Name("None"))]))
        yield from self._offer_text(scene, site, edits, "Removing what is not there is no error.", prior=0.5)

    def _offer_text(
        self,
        scene: Scene,
        site: Site,
        edits: Edits,
        summary: str,
        *,
        prior: float | None = None,
        tier: Tier = Tier.B,
    ) -> Iterator[Candidate]:
        texts = {site.path: edits.text()}
        yield from self.offer(
            scene, texts, summary=summary, line=site.line, function=site.function, prior=prior, tier=tier
        )


_OPERATORS: dict[type[cst.BaseAugOp], str] = {
    cst.AddAssign: "+",
    cst.SubtractAssign: "-",
    cst.BitOrAssign: "|",
}


def _index(node: cst.Subscript) -> cst.BaseExpression:
    part = node.slice[0].slice
    return part.value if isinstance(part, cst.Index) else cst.Name("None")


def _may_lack(source: Source, node: cst.Subscript) -> bool:
    """Say whether a subscript is one key looked up, not stored, sliced or part of an annotation."""
    single = len(node.slice) == 1 and isinstance(node.slice[0].slice, cst.Index)
    stored = isinstance(source.parents[node], (cst.AssignTarget, cst.AnnAssign))
    return (
        single and not stored and source.up(node, cst.Annotation) is None and not isinstance(_index(node), cst.Integer)
    )


def _constant(node: cst.Subscript) -> str | None:
    index = _index(node)
    value = index.evaluated_value if isinstance(index, cst.SimpleString) else None
    return value if isinstance(value, str) else None


def _quoted(old: cst.BaseExpression, value: str) -> cst.SimpleString:
    quote = old.quote if isinstance(old, cst.SimpleString) else '"'
    return cst.SimpleString(f"{quote}{value}{quote}")


def _collection(source: Source, attribute: cst.Attribute) -> str:
    call = source.parents[attribute]
    if not (isinstance(call, cst.Call) and call.func is attribute):
        return ""
    name = attribute.attr.value
    return "[]" if name in _LISTS else "set()" if name in _SETS and name != "update" else ""


def _method(call: cst.Call) -> str:
    return str(call.func.attr.value) if isinstance(call.func, cst.Attribute) else ""


def _small(text: str) -> cst.BaseSmallStatement:
    line = cst.parse_statement(text)
    assert isinstance(line, cst.SimpleStatementLine)  # noqa: S101 - callers pass one simple statement
    return line.body[0]
