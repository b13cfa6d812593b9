"""Imports below other statements, and imports that another one makes useless."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Sequence
from typing import ClassVar

from fixers.project import Project
from fixers.tools.repairs.base import Case, Example, FindingRepair
from fixers.tools.repairs.lines import split

_SAYS = "module level import not at top of file"
_AGAIN = re.compile(r"^[Rr]edefinition of unused ['`](?P<name>\w+)['`] from line (?P<line>\d+)")
_REACHES_FAR = re.compile(r"sys\.modules|monkey|gevent|eventlet|sys\.path|chdir|importlib|__import__")
_QUIET = re.compile(r"logging\.getLogger|TypeVar|ParamSpec|NewType|frozenset|namedtuple")


class LateImport(FindingRepair):
    """Move an import of the standard library up to the others; of two imports of one name, drop the one unused.

    Other modules move only across constants, and only when they take nothing from this one: what stands between may be
    what they need. Left alone: anything below a change of the path.
    """

    NAME = "late-import"
    NUMBER = 1
    PRIOR = 0.95
    MESSAGE = "an import stands where it is not wanted"
    CODES = frozenset({"E402", "F811"})
    VALID: ClassVar[tuple[Example, ...]] = (
        Example("import sys\nsys.path.append('x')\nimport json\n", "import sys\nsys.path.append('x')\nimport json\n",
                "E402", _SAYS, 3),
        Example("import a\na.set_up()\nimport b\n", "import a\na.set_up()\nimport b\n", "E402", _SAYS, 3),
        Example("X = 1\nfrom pkg.b import Y\n", "X = 1\nfrom pkg.b import Y\n", "E402", _SAYS, 2,
                files={"pkg/b.py": "from pkg.mod import X\n"}),
        Example("def f(): ...\n\n\ndef f(): ...\n", "def f(): ...\n\n\ndef f(): ...\n", "F811",
                "Redefinition of unused `f` from line 1", 4),
    )  # fmt: skip
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example('"""Doc."""\nimport os\nX = os.sep\nimport json  # one\n\nprint(json)\n',
                '"""Doc."""\nimport os\nimport json  # one\nX = os.sep\n\nprint(json)\n', "E402", _SAYS, 4),
        Example("import logging\n\nlog = logging.getLogger(__name__)\nfrom attr import (\n    define,\n)\n",
                "import logging\nfrom attr import (\n    define,\n)\n\nlog = logging.getLogger(__name__)\n", "E402",
                _SAYS, 4),
        Example("from os.path import join\nfrom posixpath import join\n", "from posixpath import join\n", "F811",
                "redefinition of unused 'join' from line 1", 2),
    )  # fmt: skip

    def mend(self, case: Case) -> str:
        """Mend import by import, each in the text that the one before left."""
        text = case.text
        for finding in sorted(case.findings, key=lambda finding: finding.line):
            again = _AGAIN.match(finding.message)
            if finding.code == "E402":
                text = _moved(text, finding.line, case.project, case.path)
            elif again and len(case.findings) == 1:
                text = _without(text, int(again["line"]), finding.line, again["name"])
        return text


def _moved(text: str, line: int, project: Project, path: str) -> str:
    body = ast.parse(text).body
    place = next((number for number, node in enumerate(body) if node.lineno == line), None)
    if place is None or not isinstance(body[place], (ast.Import, ast.ImportFrom)):
        return text
    top = _top(body)
    between, moved = body[top:place], body[place]
    others = [node for node in between if not isinstance(node, (ast.Import, ast.ImportFrom))]
    above = body[top - 1].end_lineno if top else 0
    if not _may_move(moved, others, project, path) or (top and above is None) or moved.end_lineno is None:
        return text
    lines = split(text)
    taken = lines[line - 1 : moved.end_lineno]
    if lines[line - 1][: moved.col_offset].strip() or ";" in "".join(taken):
        return text
    rest = [*lines[: line - 1], *lines[moved.end_lineno :]]
    at = above or 0
    return "".join([*rest[:at], *taken, *rest[at:]])


def _top(body: Sequence[ast.stmt]) -> int:
    """Return how many statements are docstring and imports at the top."""
    number = 0
    for number, node in enumerate(body):
        documented = number == 0 and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if not documented and not isinstance(node, (ast.Import, ast.ImportFrom)):
            return number
    return number


def _may_move(moved: ast.stmt, between: Sequence[ast.stmt], project: Project, path: str) -> bool:
    written = "\n".join(map(ast.unparse, between))
    if _REACHES_FAR.search(written) or not isinstance(moved, (ast.Import, ast.ImportFrom)):
        return False
    bound = {(alias.asname or alias.name).partition(".")[0] for alias in moved.names}
    if bound & {node.id for other in between for node in ast.walk(other) if isinstance(node, ast.Name)}:
        return False
    modules = [moved.module or ""] if isinstance(moved, ast.ImportFrom) else [alias.name for alias in moved.names]
    if isinstance(moved, ast.ImportFrom) and moved.level:
        return False
    if all(module.partition(".")[0] in sys.stdlib_module_names for module in modules):
        return True
    own = project.module_name(path)
    files = [project.path_of(module) for module in modules]
    takes = any(file is not None and own and own.rpartition(".")[2] in project.files[file] for file in files)
    return not takes and all(map(_is_quiet, between))


def _is_quiet(node: ast.stmt) -> bool:
    """Say whether a statement only gives a name to a constant."""
    if not isinstance(node, (ast.Assign, ast.AnnAssign)) or node.value is None:
        return False
    calls = [inner for inner in ast.walk(node.value) if isinstance(inner, (ast.Call, ast.Await))]
    return all(isinstance(call, ast.Call) and _QUIET.fullmatch(ast.unparse(call.func)) for call in calls)


def _without(text: str, first: int, second: int, name: str) -> str:
    """Take out the first of two imports of a name that stand beside each other in the module."""
    body = ast.parse(text).body
    found = {node.lineno: node for node in body if isinstance(node, (ast.Import, ast.ImportFrom))}
    old, new = found.get(first), found.get(second)
    if old is None or new is None or len(old.names) != 1 or (old.names[0].asname or old.names[0].name) != name:
        return text
    lines = split(text)
    return "".join([*lines[: first - 1], *lines[old.end_lineno or first :]])
