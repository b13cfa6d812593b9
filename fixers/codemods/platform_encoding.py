"""Text files that are read or written in whatever encoding the platform has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from fixers.codemods.arguments import with_keyword
from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import Crash, Site, crashes, nearest_site
from fixers.codemods.guards import rebound
from fixers.codemods.source import Edits
from fixers.codemods.symbols import definitions, imports, tree_of
from fixers.model import Candidate, Tier

_PLATFORMS = re.compile(r"^'(?:ascii|charmap|cp\d+|latin-1|gbk|mbcs)' codec can't (?:de|en)code")
_UNNAMED = re.compile(r"'encoding' argument not specified")
_NARROW = re.compile(r"^'ascii' codec can't (?:de|en)code")
_POSITION = {"open": 3, "read_text": 0, "write_text": 1}
_MODE = re.compile(r"^[rbuU]*['\"][rwaxt+U]*['\"]$")


class PlatformEncoding(Codemod):
    """Name UTF-8 where a text file is opened without an encoding, or as ASCII and holds more.

    Without one the platform decides, and a container without a locale decides for ASCII. Every text that is
    ASCII reads the same as UTF-8.
    """

    NAME = "platform-encoding"
    NUMBER = 35
    TIER = Tier.A
    PRIOR = 0.9
    MESSAGE = "a text file is opened in whatever encoding the platform has"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # bytes have no encoding
            before="def f(path):\n    return open(path, 'rb').read().decode('ascii')\n",
            after="def f(path):\n    return open(path, 'rb').read().decode('ascii')\n",
            exception="UnicodeDecodeError",
            message="'ascii' codec can't decode byte 0xc3 in position 0: ordinal not in range(128)",
            line=2,
        ),
        Rewrite(  # UTF-8 it was already, and the file is something else
            before="def f(path):\n    return open(path).read()\n",
            after="def f(path):\n    return open(path).read()\n",
            exception="UnicodeDecodeError",
            message="'utf-8' codec can't decode byte 0xff in position 0: invalid start byte",
            line=2,
        ),
        Rewrite(  # the author chose an encoding, and it is not the one that failed
            before="def f(path):\n    return open(path, encoding='cp1252').read()\n",
            after="def f(path):\n    return open(path, encoding='cp1252').read()\n",
            exception="UnicodeDecodeError",
            message="'charmap' codec can't decode byte 0x81 in position 0: character maps to <undefined>",
            line=2,
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before="def f(path):\n    return open(path, 'r', encoding='ascii').read()\n",
            after="def f(path):\n    return open(path, 'r', encoding='utf-8').read()\n",
            exception="UnicodeDecodeError",
            message="'ascii' codec can't decode byte 0xc3 in position 0: ordinal not in range(128)",
            line=2,
        ),
        Rewrite(
            before="def f(path):\n    with open(path) as file:  # text\n        return file.read()\n",
            after='def f(path):\n    with open(path, encoding="utf-8") as file:  # text\n        return file.read()\n',
            exception="UnicodeDecodeError",
            message="'ascii' codec can't decode byte 0xc3 in position 0: ordinal not in range(128)",
            line=3,
        ),
        Rewrite(
            before="def f(path, text):\n    path.write_text(text)\n    return path.read_text()\n",
            after=(
                'def f(path, text):\n    path.write_text(text, encoding="utf-8")\n'
                '    return path.read_text(encoding="utf-8")\n'
            ),
            exception="EncodingWarning",
            message="'encoding' argument not specified",
            line=2,
        ),
        Rewrite(
            before="def f(path, x):\n    with open(path, 'w') as file:\n        file.write(x)\n",
            after="def f(path, x):\n    with open(path, 'w', encoding=\"utf-8\") as file:\n        file.write(x)\n",
            exception="UnicodeEncodeError",
            message="'ascii' codec can't encode character '\\xe9' in position 0: ordinal not in range(128)",
            line=3,
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Offer it for the failing function, then for the whole file."""
        for crash in crashes(scene, "UnicodeDecodeError", "UnicodeEncodeError", "EncodingWarning"):
            site = nearest_site(scene, crash) if _is_platforms(crash) else None
            made = ""
            for wider in (False, True) if site else ():
                assert site is not None  # noqa: S101 - the loop is empty without one
                text = _named(scene, site, crash.message, whole_file=wider)
                if text and text != made:
                    made = made or text
                    yield from self.offer(
                        scene,
                        {site.path: text},
                        summary="The file is UTF-8 on every platform.",
                        line=site.line,
                        function=site.function,
                        wider=wider,
                    )


def _is_platforms(crash: Crash) -> bool:
    return _UNNAMED.search(crash.message) is not None or _PLATFORMS.search(crash.message) is not None


def _named(scene: Scene, site: Site, said: str, *, whole_file: bool) -> str:
    function = None if whole_file else site.source.enclosing(site.line, cst.FunctionDef)
    calls = site.source.within(function, cst.Call) if function else list(site.source.all(cst.Call))
    edits = Edits(site.source)
    for call in calls:
        narrow = _of_ascii(call)
        if narrow is not None and _NARROW.search(said):
            edits.put(narrow, cst.SimpleString(f"{narrow.quote}utf-8{narrow.quote}"))
        elif _is_text(scene, site, call):
            edits.change(call, cst.Call, _encoded)
    return edits.text() if edits.changes else ""


def _of_ascii(call: cst.Call) -> cst.SimpleString | None:
    """Return the encoding that an opening of a text file names, where that is ASCII."""
    name = (
        call.func.value if isinstance(call.func, cst.Name) else getattr(getattr(call.func, "attr", None), "value", "")
    )
    if name not in _POSITION:
        return None
    named = (arg.value for arg in call.args if arg.keyword is not None and arg.keyword.value == "encoding")
    value = next(named, None)
    if isinstance(value, cst.SimpleString) and str(value.evaluated_value).lower() in {"ascii", "us-ascii"}:
        return value
    return None


def _is_text(scene: Scene, site: Site, call: cst.Call) -> bool:
    """Say whether a call opens a text file, by a mode that is written out, and names no encoding."""
    name = call.func.value if isinstance(call.func, cst.Name) else ""
    if isinstance(call.func, cst.Attribute):
        owner = site.source.code(call.func.value)
        name = call.func.attr.value if call.func.attr.value != "open" or owner == "io" else ""
    positional = [arg for arg in call.args if arg.keyword is None]
    keywords = {arg.keyword.value: arg.value for arg in call.args if arg.keyword}
    if name not in _POSITION or any(arg.star for arg in call.args) or "encoding" in keywords:
        return False
    tree = tree_of(scene.project, site.path)
    if isinstance(call.func, cst.Name) and (
        tree is None or rebound(tree, name) or name in definitions(tree) or _is_other(scene, site, name)
    ):
        return False
    mode = keywords.get("mode") or (positional[1].value if name == "open" and len(positional) > 1 else None)
    return len(positional) <= _POSITION[name] and (mode is None or _MODE.match(site.source.code(mode)) is not None)


def _is_other(scene: Scene, site: Site, name: str) -> bool:
    origin = imports(scene.project, site.path).get(name)
    return origin is not None and origin.dotted != "io.open"


def _encoded(call: cst.Call) -> cst.Call:
    return with_keyword(call, "encoding", cst.SimpleString('"utf-8"'))
