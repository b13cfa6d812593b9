"""Text files that are read in another encoding than the one they are written in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from fixers.codemods.arguments import with_keyword
from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import Site, crashes, nearest_site
from fixers.codemods.source import Edits
from fixers.model import Candidate, Tier

_UNREAD = re.compile(r"^'utf-?8' codec can't decode|^Unexpected UTF-8 BOM")
_OPENS = {"open": 3, "read_text": 0}
_LATIN = "'utf-8' codec can't decode byte 0xfc in position 8: invalid start byte"
_WRITES = "def w(path, text):\n    path.write_text(text, encoding=CODE)\n\n\n"


class MismatchedEncoding(Codemod):
    """Read a file in the encoding that its module writes, or names, where it was read as UTF-8 in vain.

    Only where the module names one encoding alone beside UTF-8, and the reading names none.
    """

    NAME = "mismatched-encoding"
    NUMBER = 35
    TIER = Tier.A
    PRIOR = 0.92
    MESSAGE = "a text file is read in another encoding than it is written in"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # nothing says which it is
            before="def f(path):\n    return path.read_text()\n",
            after="def f(path):\n    return path.read_text()\n",
            exception="UnicodeDecodeError",
            message=_LATIN,
            line=2,
        ),
        Rewrite(  # the author chose it
            before="CODE = 'latin-1'\n\n\ndef f(path):\n    return path.read_text(encoding='utf-8')\n",
            after="CODE = 'latin-1'\n\n\ndef f(path):\n    return path.read_text(encoding='utf-8')\n",
            exception="UnicodeDecodeError",
            message=_LATIN,
            line=5,
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before="CODE = 'latin-1'\n\n\n" + _WRITES + "def f(path):\n    return path.read_text()  # all\n",
            after="CODE = 'latin-1'\n\n\n"
            + _WRITES
            + "def f(path):\n    return path.read_text(encoding=CODE)  # all\n",
            exception="UnicodeDecodeError",
            message=_LATIN,
            line=9,
        ),
        Rewrite(
            before=(
                "def w(path, x):\n    with open(path, 'w', encoding='cp1252') as file:\n        file.write(x)\n\n\n"
                "def f(path):\n    with open(path) as file:\n        return file.read()\n"
            ),
            after=(
                "def w(path, x):\n    with open(path, 'w', encoding='cp1252') as file:\n        file.write(x)\n\n\n"
                "def f(path):\n    with open(path, encoding='cp1252') as file:\n        return file.read()\n"
            ),
            exception="UnicodeDecodeError",
            message=_LATIN,
            line=8,
        ),
        Rewrite(
            before="import json\n\n\ndef f(path):\n    return json.loads(path.read_text(encoding='utf-8'))\n",
            after="import json\n\n\ndef f(path):\n    return json.loads(path.read_text(encoding='utf-8-sig'))\n",
            exception="json.decoder.JSONDecodeError",
            message="Unexpected UTF-8 BOM (decode using utf-8-sig): line 1 column 1 (char 0)",
            line=5,
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Offer the module's other encoding for what the failing function reads."""
        for crash in crashes(scene, "UnicodeDecodeError", "JSONDecodeError"):
            site = nearest_site(scene, crash) if _UNREAD.search(crash.message) else None
            text = _read(site, marked=crash.exception == "JSONDecodeError") if site is not None else ""
            if site is not None and text:
                yield from self.offer(
                    scene,
                    {site.path: text},
                    summary="The file is read in the encoding that it is written in.",
                    line=site.line,
                    function=site.function,
                )


def _read(site: Site, *, marked: bool) -> str:
    """Return the text with what the failing function reads in the right encoding; `marked` by its first bytes."""
    function = site.source.enclosing(site.line, cst.FunctionDef)
    reads = [call for call in site.source.within(function, cst.Call) if _reads_text(site, call)]
    edits = Edits(site.source)
    encoding: cst.BaseExpression | None = cst.SimpleString("'utf-8-sig'") if marked else _other(site)
    if encoding is None or len(reads) != 1:
        return ""
    for call in reads:
        named = [arg for arg in call.args if arg.keyword is not None and arg.keyword.value == "encoding"]
        if named and not (marked and site.source.code(named[0].value).strip("'\"").lower() in {"utf-8", "utf8"}):
            return ""
        if named:
            quote = site.source.code(named[0].value)[0]
            edits.put(named[0].value, cst.SimpleString(f"{quote}utf-8-sig{quote}"))
        else:
            edits.put(call, with_keyword(call, "encoding", encoding))
    return edits.text() if edits.changes else ""


def _reads_text(site: Site, call: cst.Call) -> bool:
    function = call.func
    name = function.attr.value if isinstance(function, cst.Attribute) else site.source.code(function)
    position = 1 if isinstance(function, cst.Name) else 0
    plain = [site.source.code(arg.value) for arg in call.args if arg.keyword is None]
    plain += [site.source.code(a.value) for a in call.args if a.keyword is not None and a.keyword.value == "mode"]
    modes = plain[position:] if name == "open" else []
    return name in _OPENS and len(plain) <= _OPENS[name] and not any(set(mode) & set("wax+b") for mode in modes)


def _other(site: Site) -> cst.BaseExpression | None:
    """Return the one encoding beside UTF-8 that the calls of a module name; None for none and for several."""
    found: dict[str, cst.BaseExpression] = {}
    for arg in site.source.all(cst.Arg):
        if arg.keyword is not None and arg.keyword.value == "encoding":
            found[site.source.code(arg.value)] = arg.value
    for line in site.source.module.body:
        inner = line.body[0] if isinstance(line, cst.SimpleStatementLine) else None
        target = inner.targets[0].target if isinstance(inner, cst.Assign) else None
        if isinstance(inner, cst.Assign) and isinstance(target, cst.Name) and target.value.endswith("ENCODING"):
            named = {text for text, node in found.items() if site.source.code(inner.value) == text}
            found = {text: node for text, node in found.items() if text not in named} | {target.value: target}
    others = {
        text: node
        for text, node in found.items()
        if text.strip("'\"").lower().replace("_", "-") not in {"utf-8", "utf8"}
    }
    node = next(iter(others.values())) if len(others) == 1 else None
    return node if isinstance(node, (cst.SimpleString, cst.Name)) and _is_of_module(site, node) else None


def _is_of_module(site: Site, node: cst.SimpleString | cst.Name) -> bool:
    """Say whether a name is given its value by the module itself, so that every function can read it."""
    if isinstance(node, cst.SimpleString):
        return True
    lines = [line for line in site.source.module.body if isinstance(line, cst.SimpleStatementLine)]
    return any(site.source.code(line).strip().startswith(f"{node.value} = ") for line in lines)
