"""Errors of another type than the callers expect."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator
from typing import ClassVar

import libcst as cst
from libcst.helpers import get_full_name_for_node

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import Crash, Site, crashes, nearest_site, raising_site
from fixers.codemods.imports import Import, add_import, spelled
from fixers.codemods.scopes import bound
from fixers.codemods.source import Edits
from fixers.codemods.symbols import classes, imports, tree_of
from fixers.codemods.translation import as_elsewhere
from fixers.model import Candidate, Frame, Tier
from fixers.project import is_repairable, is_test_path

_NEVER = frozenset(
    {"AssertionError", "Failed", "KeyboardInterrupt", "SystemExit", "NameError", "SyntaxError", "ImportError"}
)
_AS_ELSEWHERE = 0.8
_STORE = (
    "class Unknown(Exception):\n    pass\n\n\nclass Store:\n    def get(self, key):\n        try:\n"
    "            return self.rows[key]\n        except KeyError:\n            raise Unknown(key) from None\n\n"
    "    def size(self, key):\n"
)
_ACCOUNT = (
    "class NoFunds(Exception):\n    pass\n\n\nclass Account:\n    def take(self, n):\n        if n > 3:\n"
    "            raise ValueError(f'only {n}')\n"
)
_TEST = "import pytest\n\n\ndef test_it():\n    with pytest.raises(NoFunds):\n        Account().take(4)\n"
_FRAMES = (("tests/test_it.py", 6, "test_it"), ("pkg/mod.py", 8, "take"))


class WrongException(Codemod):
    """Raise the type of error that the test expects, where the code raises another on purpose.

    Where the error comes from below, it is translated: the statement that let it
    through raises the expected one from it.
    """

    NAME = "wrong-exception"
    NUMBER = 21
    TIER = Tier.B
    PRIOR = 0.65
    MESSAGE = "an error is raised that is not of the expected type"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # the test expects no error
            before=_ACCOUNT,
            after=_ACCOUNT,
            exception="ValueError",
            message="only 4",
            frames=_FRAMES,
            files={"tests/test_it.py": _TEST.replace("with pytest.raises(NoFunds)", "if True")},
        ),
        Rewrite(  # the expected type is what was raised: another thing is wrong
            before=_ACCOUNT.replace("ValueError", "NoFunds"),
            after=_ACCOUNT.replace("ValueError", "NoFunds"),
            exception="pkg.mod.NoFunds",
            message="only 4",
            frames=_FRAMES,
            files={"tests/test_it.py": _TEST},
        ),
        Rewrite(  # a fault of the code, which no error of another type would mend
            before="def f(x):\n    return y\n",
            after="def f(x):\n    return y\n",
            exception="NameError",
            message="name 'y' is not defined",
            frames=(("tests/test_it.py", 6, "test_it"), ("pkg/mod.py", 2, "f")),
            files={"tests/test_it.py": _TEST.replace("NoFunds", "ValueError")},
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # the same look-up is translated elsewhere
            before=_STORE + "        return len(self.rows[key])  # rows\n",
            after=_STORE + "        try:\n            return len(self.rows[key])  # rows\n        except KeyError:\n"
            "            raise Unknown(key) from None\n",
            exception="KeyError",
            message="'x'",
            files={
                "tests/test_it.py": "import pytest\n\n\ndef test_it():\n    with pytest.raises(Unknown):\n"
                "        Store().size('x')\n"
            },
            frames=(("tests/test_it.py", 6, "test_it"), ("pkg/mod.py", 13, "size")),
        ),
        Rewrite(
            before=_ACCOUNT,
            after=_ACCOUNT.replace("raise ValueError", "raise NoFunds"),
            exception="ValueError",
            message="only 4",
            frames=_FRAMES,
            files={"tests/test_it.py": _TEST},
        ),
        Rewrite(  # a builtin one
            before="def f(x):\n    if x is None:\n        raise ValueError\n    return x\n",
            after="def f(x):\n    if x is None:\n        raise TypeError\n    return x\n",
            exception="ValueError",
            message="",
            frames=(("tests/test_it.py", 6, "test_it"), ("pkg/mod.py", 3, "f")),
            files={"tests/test_it.py": _TEST.replace("NoFunds", "TypeError")},
        ),
        Rewrite(  # from below: translated
            before="from pkg.errors import BadPort\n\n\ndef port(text):\n    if not text:\n        raise BadPort\n"
            "    return int(text)\n",
            after="from pkg.errors import BadPort\n\n\ndef port(text):\n    if not text:\n        raise BadPort\n"
            "    try:\n        return int(text)\n    except ValueError as error:\n"
            "        raise BadPort(str(error)) from error\n",
            exception="ValueError",
            message="invalid literal for int() with base 10: 'x'",
            frames=(("tests/test_it.py", 6, "test_it"), ("pkg/mod.py", 7, "port")),
            files={
                "tests/test_it.py": _TEST.replace("NoFunds", "BadPort"),
                "pkg/errors.py": "class BadPort(Exception):\n    pass\n",
            },
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Offer another type where it is raised, or a translation where it passes through."""
        for crash in crashes(scene):
            expected = _expected(scene, crash)
            if expected is None or crash.exception in _NEVER or expected == crash.exception:
                continue
            site = raising_site(scene, crash)
            raised = _raise_at(site, crash.exception) if site is not None else None
            if site is not None and raised is not None:
                yield from self._other_type(scene, site, raised, crash.exception, expected)
            elif (around := nearest_site(scene, crash)) is not None:
                if (text := as_elsewhere(around, crash.exception, expected)) is not None:
                    yield from self.offer(
                        scene,
                        {around.path: text},
                        summary=f"`{crash.exception}` becomes `{expected}` here, as the module does elsewhere.",
                        line=around.line,
                        function=around.function,
                        prior=_AS_ELSEWHERE,
                    )
                yield from self._translated(scene, around, crash.exception, expected)

    def _other_type(self, scene: Scene, site: Site, node: cst.Raise, old: str, new: str) -> Iterator[Candidate]:
        written = _name_in(scene, site, edits := Edits(site.source), new)
        value = node.exc.func if isinstance(node.exc, cst.Call) else node.exc
        if written is not None and value is not None:
            edits.put(value, cst.parse_expression(written))
            yield from self.offer(
                scene,
                {site.path: edits.text()},
                summary=f"`{old}` is raised where a test expects `{new}`.",
                line=site.line,
                function=site.function,
            )

    def _translated(self, scene: Scene, site: Site, old: str, new: str) -> Iterator[Candidate]:
        """Wrap the statement, when the function raises the expected type itself elsewhere: then that is its promise."""
        source = site.source
        line = source.statement(site.line)
        function = source.enclosing(site.line, cst.FunctionDef)
        raises = {_raised_name(node) for node in source.within(function, cst.Raise)}
        if line is None or function is None or new not in raises or not hasattr(builtins, old):
            return
        if source.within(line, cst.Raise) or source.up(line, cst.Try) is not None:
            return
        handler = cst.parse_statement(
            f"try:\n    pass\nexcept {old} as error:\n    raise {new}(str(error)) from error\n",
            source.module.config_for_parsing,
        )
        if isinstance(handler, cst.Try):
            body = handler.body.with_changes(body=[line.with_changes(leading_lines=[])])
            wrapped = handler.with_changes(body=body, leading_lines=line.leading_lines)
            yield from self.offer(
                scene,
                {site.path: Edits(source).put(line, wrapped).text()},
                summary=f"`{old}` passes through where a test expects `{new}`, which the function raises elsewhere.",
                line=site.line,
                function=site.function,
                prior=0.5,
            )


def _expected(scene: Scene, crash: Crash) -> str | None:
    """Return the type that the test expects at the outermost frame that stands in a test, without its module."""
    frame = next((f for f in crash.frames if f.in_project and is_test_path(f.path)), None)
    tree = tree_of(scene.project, frame.path) if frame is not None else None
    if frame is None or tree is None:
        return None
    found: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, (ast.With, ast.AsyncWith)) and _holds(node, frame):
            found += [name for item in node.items if (name := _raises(item.context_expr))]
        elif isinstance(node, ast.Call) and node.lineno <= frame.line <= (node.end_lineno or 0) and len(node.args) > 1:
            found += [name] if (name := _raises(node)) else []
    return found[-1] if found else None


def _holds(node: ast.With | ast.AsyncWith, frame: Frame) -> bool:
    return node.body[0].lineno <= frame.line <= (node.end_lineno or 0)


def _raises(node: ast.expr) -> str | None:
    """Return the type in `pytest.raises(T)` or `self.assertRaises(T)`; None for several, or for another call."""
    if not isinstance(node, ast.Call) or not node.args:
        return None
    called = ast.unparse(node.func).rpartition(".")[2]
    kind = node.args[0]
    if called not in {"raises", "assertRaises", "assertRaisesRegex"} or not isinstance(kind, (ast.Name, ast.Attribute)):
        return None
    name = ast.unparse(kind).rpartition(".")[2]
    return name if re.match(r"[A-Z]", name) else None


def _raise_at(site: Site, exception: str) -> cst.Raise | None:
    found = [node for node in site.source.at(site.line, cst.Raise) if _raised_name(node) == exception]
    return found[0] if len(found) == 1 else None


def _raised_name(node: cst.Raise) -> str:
    value = node.exc.func if isinstance(node.exc, cst.Call) else node.exc
    return (get_full_name_for_node(value) or "").rpartition(".")[2] if value is not None else ""


def _name_in(scene: Scene, site: Site, edits: Edits, name: str) -> str | None:
    """Return how the file writes a type of error, with an import where it needs one; None when it cannot know it."""
    tree = tree_of(scene.project, site.path)
    if tree is None:
        return None
    if name in bound(tree) or (hasattr(builtins, name) and name not in imports(scene.project, site.path)):
        return name
    homes = [path for path, _ in classes(scene.project, name) if is_repairable(path)]
    own = scene.project.module_name(site.path)
    if len(homes) != 1 or any(own in {o.module, o.dotted} for o in imports(scene.project, homes[0]).values()):
        return None
    home = scene.project.module_name(homes[0])
    for local, origin in imports(scene.project, site.path).items():
        if origin.dotted == home:
            return f"{local}.{name}"
    add_import(edits, scene.project, site.path, Import(spelled(scene.project, site.path, home), name))
    return name
