"""Is a proposal for a small project right? Its command, further tools and hidden tests say so, and what it may not do.

A project's right text is one of many; so a proposal that reads otherwise is run. It is wrong when it edits what the
right one leaves alone among tests and settings, when it silences a tool, or when a public name is gone.
"""

from __future__ import annotations

import ast
import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks.judge import Judgement
from benchmarks.projects import Project, lay
from benchmarks.sandboxed import run
from fixers import patch as patches

_SILENCERS = re.compile(
    r"noqa|type:\s*ignore|pragma:\s*no|fmt:\s*(off|skip)|isort:\s*skip|nosec|filterwarnings|simplefilter|"
    r"pytest\.(skip|mark\.(skip|xfail))"
)


def judge(project: Project, patch: str, python: Path, cache: Path) -> Judgement:
    """Say whether a unified diff against the broken tree is a right repair."""
    broken, right = project.tree("broken"), project.tree("right")
    try:
        edits = patches.apply(patch, broken)
    except patches.PatchDoesNotApply as error:
        return Judgement("no", f"it does not apply: {error}")
    proposed = {**broken, **{edit.path: edit.after for edit in edits}}
    if proposed == right:
        return Judgement("yes", "every file reads as in the truth")
    return judge_texts(project, proposed, python, cache)


def judge_texts(project: Project, proposed: Mapping[str, str], python: Path, cache: Path) -> Judgement:
    """Say the same of the texts of a whole tree."""
    if reason := next(_forbidden(project, proposed), ""):
        return Judgement("no", reason)
    with tempfile.TemporaryDirectory(prefix="goldseam-judge-") as scratch:
        for command, texts in commands(project, proposed):
            # The runs are remembered by the tree's content, so where it stands may not matter to it.
            ran = run(lay(texts, Path(scratch) / project.name), python, command, cache)
            if not ran.green:
                return Judgement("no", f"`{command}` fails")
    if project.hidden or project.checks:
        return Judgement("yes", "its command, the hidden tests and all checks pass")
    return Judgement("unknown", "it reads differently, and nothing was left to judge it by")


def commands(project: Project, texts: Mapping[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield each command that has to succeed on a repaired tree, with the texts to run it over."""
    for command in (project.command, *project.checks):
        yield command, dict(texts)
    if project.hidden:
        yield f"python -m pytest -q {' '.join(sorted(project.hidden))}", {**texts, **project.hidden}


def _forbidden(project: Project, proposed: Mapping[str, str]) -> Iterator[str]:
    broken, right = project.tree("broken"), project.tree("right")
    for path in sorted({*broken, *proposed}):
        before, after = broken.get(path, ""), proposed.get(path, "")
        if before == after:
            continue
        if _is_setting(path) and broken.get(path) == right.get(path):
            yield f"it edits {path}, which is right"
        if _silences(after) > max(_silences(before), _silences(right.get(path, ""))):
            yield f"it silences a tool in {path}"
        if lost := sorted(_public(right.get(path, "")) & _public(before, otherwise=right.get(path)) - _public(after)):
            yield f"{lost[0]} is gone from {path}"


def _is_setting(path: str) -> bool:
    name = path.rsplit("/", 1)[-1]
    return not path.endswith(".py") or path.startswith("tests/") or name.startswith(("test_", "conftest"))


def _silences(text: str) -> int:
    return len(_SILENCERS.findall(text))


def _public(text: str, otherwise: str | None = None) -> set[str]:
    """Return the dotted names that a module defines for others; of a text that does not parse, another's."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return _public(otherwise) if otherwise else set()
    return set(_names(tree, ""))


def _names(node: ast.AST, within: str) -> Iterator[str]:
    for inner in ast.iter_child_nodes(node):
        match inner:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                if not name.startswith("_"):
                    yield f"{within}{name}"
                if isinstance(inner, ast.ClassDef):
                    yield from _names(inner, f"{within}{name}.")
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                if not name.startswith("_"):
                    yield f"{within}{name}"
            case ast.If() | ast.Try() | ast.With():
                yield from _names(inner, within)
