"""Files that are written into directories that nobody makes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from fixers.codemods.arguments import with_keyword
from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import Site, crashes, nearest_site
from fixers.codemods.source import Edits
from fixers.codemods.spelling import Spelling
from fixers.codemods.symbols import imports
from fixers.model import Candidate, Tier

_GONE = "[Errno 2] No such file or directory: "
_WRITES = re.compile(r"""^[rbuU]*['"][^'"]*[wax][^'"]*['"]$""")
_METHODS = frozenset({"write_text", "write_bytes", "touch"})
_SAID = _GONE + "'/tmp/x/out/a.txt'"


class MissingDirectory(Codemod):
    """Make the directory that a file is written into, where there is none.

    To write a file that is not there yet fails like this for one reason only: its directory is missing.
    """

    NAME = "missing-directory"
    NUMBER = 31
    TIER = Tier.A
    PRIOR = 0.93
    MESSAGE = "a file is written into a directory that nobody makes"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # what is read has to be there
            before="def f(path):\n    with open(path) as file:\n        return file.read()\n",
            after="def f(path):\n    with open(path) as file:\n        return file.read()\n",
            exception="FileNotFoundError",
            message=_SAID,
            line=2,
        ),
        Rewrite(  # a database: a file of another kind
            before="import dbm\n\n\ndef f(path):\n    return dbm.open(path, 'w')\n",
            after="import dbm\n\n\ndef f(path):\n    return dbm.open(path, 'w')\n",
            exception="FileNotFoundError",
            message=_SAID,
            line=5,
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before="from pathlib import Path\n\n\ndef f(path, text):\n    Path(path).write_text(text)  # all\n",
            after=(
                "from pathlib import Path\n\n\ndef f(path, text):\n"
                "    Path(path).parent.mkdir(parents=True, exist_ok=True)\n    Path(path).write_text(text)  # all\n"
            ),
            exception="FileNotFoundError",
            message=_SAID,
            line=5,
        ),
        Rewrite(
            before="def f(home, x):\n    with (home / 'a').open('w') as file:\n        file.write(x)\n",
            after=(
                "def f(home, x):\n    home.mkdir(parents=True, exist_ok=True)\n"
                "    with (home / 'a').open('w') as file:\n        file.write(x)\n"
            ),
            exception="FileNotFoundError",
            message=_SAID,
            line=2,
        ),
        Rewrite(
            before="import os\n\n\ndef f(path):\n    with open(path, mode='wb') as file:\n        file.write(b'')\n",
            after=(
                "import os\nfrom pathlib import Path\n\n\ndef f(path):\n"
                "    Path(path).parent.mkdir(parents=True, exist_ok=True)\n"
                "    with open(path, mode='wb') as file:\n        file.write(b'')\n"
            ),
            exception="FileNotFoundError",
            message=_SAID,
            line=5,
        ),
        Rewrite(
            before="def f(home):\n    home.mkdir(exist_ok=True)\n",
            after="def f(home):\n    home.mkdir(exist_ok=True, parents=True)\n",
            exception="FileNotFoundError",
            message=_SAID,
            line=2,
        ),
        Rewrite(
            before="import os\n\n\ndef f(home):\n    os.mkdir(home)\n",
            after="import os\n\n\ndef f(home):\n    os.makedirs(home)\n",
            exception="FileNotFoundError",
            message=_SAID,
            line=5,
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Offer the directory right before the file is opened for writing."""
        for crash in crashes(scene, "FileNotFoundError"):
            site = nearest_site(scene, crash) if crash.message.startswith(_GONE) else None
            text = _made(scene, site) if site is not None else ""
            if site is not None and text:
                yield from self.offer(
                    scene,
                    {site.path: text},
                    summary="The directory is made before a file is written into it.",
                    line=site.line,
                    function=site.function,
                )


def _made(scene: Scene, site: Site) -> str:
    """Return the text that makes the directory; empty when the failing line writes no file, or several."""
    source, edits = site.source, Edits(site.source)
    calls = [call for call in source.at(site.line, cst.Call) if source.line(call) <= site.line]
    for call in calls:
        if _makes_one(scene, site, call, edits):
            return edits.text()
    written = [path for call in calls if (path := _written(scene, site, call)) is not None]
    statement = source.owner(written[0]) if len(written) == 1 else None
    if not isinstance(statement, (cst.SimpleStatementLine, cst.With)):
        return ""
    home = _home(scene, site, written[0], edits)
    if home is None:
        return ""
    line = cst.parse_statement(f"{home}.mkdir(parents=True, exist_ok=True)")
    assert isinstance(line, cst.SimpleStatementLine)  # noqa: S101 - a call is one simple statement
    line = line.with_changes(leading_lines=statement.leading_lines)
    return edits.put(statement, cst.FlattenSentinel([line, statement.with_changes(leading_lines=[])])).text()


def _makes_one(scene: Scene, site: Site, call: cst.Call, edits: Edits) -> bool:
    """Let a call that makes one directory make those above it too."""
    if not isinstance(call.func, cst.Attribute) or call.func.attr.value != "mkdir":
        return False
    if _real(scene, site, call.func) == "os.mkdir":
        edits.put(call.func.attr, cst.Name("makedirs"))
        return True
    if any(arg.keyword is None or arg.keyword.value == "parents" for arg in call.args):
        return False
    edits.put(call, with_keyword(call, "parents", cst.Name("True")))
    return True


def _written(scene: Scene, site: Site, call: cst.Call) -> cst.BaseExpression | None:
    """Return the path of the file that a call writes; None when it writes none."""
    function = call.func
    if isinstance(function, cst.Name) and function.value == "open" and call.args:
        return call.args[0].value if _opens(site, call, 1) and "open" not in imports(scene.project, site.path) else None
    if not isinstance(function, cst.Attribute) or _real(scene, site, function):
        return None
    if function.attr.value in _METHODS or (function.attr.value == "open" and _opens(site, call, 0)):
        return function.value
    return None


def _opens(site: Site, call: cst.Call, position: int) -> bool:
    named = [arg.value for arg in call.args if arg.keyword is not None and arg.keyword.value == "mode"]
    plain = [arg.value for arg in call.args if arg.keyword is None]
    mode = (named + plain[position : position + 1])[:1]
    return bool(mode) and _WRITES.match(site.source.code(mode[0])) is not None


def _real(scene: Scene, site: Site, node: cst.Attribute) -> str:
    root = node.value
    origin = imports(scene.project, site.path).get(root.value) if isinstance(root, cst.Name) else None
    return f"{origin.dotted}.{node.attr.value}" if origin is not None else ""


def _home(scene: Scene, site: Site, path: cst.BaseExpression, edits: Edits) -> str | None:
    """Return how to write the directory of a path; None when that needs a name that is taken."""
    code = site.source.code(path).strip()
    plain = code.removeprefix("(").removesuffix(")") if path.lpar else code
    if isinstance(path, cst.BinaryOperation) and isinstance(path.operator, cst.Divide) and _is_file(path.right):
        inner = site.source.code(path.left)
        return f"({inner})" if isinstance(path.left, cst.BinaryOperation) else inner
    if isinstance(path, cst.Call) and not path.lpar and plain.endswith(")") and _is_path(site, path):
        return f"{plain}.parent"
    owned = isinstance(site.source.parents[path], cst.Attribute) or _assigned_path(site, path)
    if owned and isinstance(path, (cst.Name, cst.Attribute)):
        return f"{code}.parent"
    spelling = Spelling(scene.project, site.path, edits)
    name = spelling("pathlib.Path")
    return None if spelling.failed else f"{name}({plain}).parent"


def _is_file(node: cst.BaseExpression) -> bool:
    """Say whether what is joined to a directory is one name, and no path of several parts."""
    return isinstance(node, cst.SimpleString) and "/" not in node.value


def _is_path(site: Site, call: cst.Call) -> bool:
    return site.source.code(call.func).rpartition(".")[2] == "Path"


def _assigned_path(site: Site, path: cst.BaseExpression) -> bool:
    """Say whether a variable is given a path of pathlib in the same function."""
    function = site.source.enclosing(site.line, cst.FunctionDef)
    for line in site.source.within(function, cst.Assign):
        names = [site.source.code(target.target) for target in line.targets]
        value = line.value
        while isinstance(value, cst.BinaryOperation) and isinstance(value.operator, cst.Divide):
            value = value.left
        if names == [site.source.code(path)] and isinstance(value, cst.Call) and _is_path(site, value):
            return True
    return False
