"""Is a proven patch the right one? Asked of the truth, after the fact, and never of the engine."""

from __future__ import annotations

import ast
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from benchmarks.behaviour import compare
from benchmarks.cases import Case
from benchmarks.slips import MODULE
from benchmarks.source import functions
from benchmarks.suite import command, run_tests
from benchmarks.trees import changed_sources
from fixers import patch as patches
from fixers.model import FileEdit

_AGAIN = 20


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether a patch is right, and how that is known."""

    right: Literal["yes", "no", "unknown"]
    how: str


def judge(case: Case, patch: str, cache: Path) -> Judgement:
    """Compare a patch with the truth: by its text, by the tests that it could not see, by what it does when called.

    `unknown` is said of a patch that reads differently and passes all tests, none of which was held back,
    where no call could be compared. One call on which it does something else than the truth makes it wrong.
    """
    texts = {path.relative_to(case.tree).as_posix(): path for path in case.tree.rglob("*.py")}
    try:
        edits = patches.apply(patch, {name: _text(path) for name, path in texts.items()})
    except patches.PatchDoesNotApply as error:
        return Judgement("no", f"it does not apply: {error}")
    if all(as_in_truth(e.before, e.after, _text(case.truth / e.path)) for e in edits):
        return Judgement("yes", "every function it changes reads as in the truth")
    red = _red(case, edits, cache)
    if red:
        return Judgement("no", f"{len(red)} tests fail that pass with the truth, {red[0]} first")
    return _by_behaviour(case, edits, cache)


def _red(case: Case, edits: Sequence[FileEdit], cache: Path) -> list[str]:
    """Return the tests that the truth passes and the patch does not, those of the bug first.

    A few red ones are run once more by themselves: what a busy machine turned red is no fault of a patch.
    """
    own = {*case.failing, *case.held_back}
    expected = own | run_tests(case.truth, case.python, command(case.tests), cache).passed
    with tempfile.TemporaryDirectory(prefix="goldseam-judge-") as scratch:
        tree = patches.patched_tree(case.tree, edits, Path(scratch) / "tree")
        red = expected - run_tests(tree, case.python, command(case.tests), cache).passed
        if 0 < len(red) <= _AGAIN:
            red -= run_tests(tree, case.python, command(sorted(red)), cache).passed
    return sorted(red, key=lambda test: (test not in own, test))


def _by_behaviour(case: Case, edits: Sequence[FileEdit], cache: Path) -> Judgement:
    seen = compare(case, edits, cache)
    if seen.apart:
        sort = "a call that a test makes" if seen.recorded else "a call that was made up"
        return Judgement("no", f"{sort} tells it from the truth: {seen.apart}")
    if seen.calls:
        return Judgement("yes", f"it does as the truth on {seen.calls} calls")
    if case.held_back:
        return Judgement("yes", f"{len(case.held_back)} tests that it could not see pass; {seen.note}")
    return Judgement("unknown", f"it reads differently, and no test was left to hold back; {seen.note}")


def as_in_truth(before: str, after: str, truth: str) -> bool:
    """Say whether each part of a file that a patch changed is now what the truth has there."""
    old, new, right = parts(before), parts(after), parts(truth)
    changed = [name for name in {*old, *new} if old.get(name) != new.get(name)]
    return bool(changed) and all(new.get(name) == right.get(name) for name in changed)


def parts(text: str) -> dict[str, str]:
    """Return a file's functions by dotted name, and the rest, each as a program without docstrings."""
    tree = ast.parse(text)
    found: dict[str, str] = {}
    for name, function in functions(tree):
        found[name] = found.get(name, "") + _program(function)
        function.args, function.body, function.decorator_list = _NOTHING, [ast.Pass()], []
    found[MODULE] = _program(tree)
    return found


def places_of_truth(case: Case) -> frozenset[tuple[str, str]]:
    """Return the (path, function) pairs in which the tree and the truth differ."""
    found = set()
    for path in changed_sources(case.tree, case.truth, case.tests):
        broken, right = parts(_text(case.tree / path)), parts(_text(case.truth / path))
        found |= {(path, name) for name in {*broken, *right} if broken.get(name) != right.get(name)}
    return frozenset(found)


def truth_rank(case: Case, localization: Sequence[dict[str, Any]]) -> int:
    """Return the rank among functions of the first place where the truth changes something, from 1; 0 for none."""
    truth = places_of_truth(case)
    ranked = dict.fromkeys((place["path"], place["function"]) for place in localization)
    for rank, (path, function) in enumerate(ranked, 1):
        if any(path == p and _same(function, name) for p, name in truth):
            return rank
    return 0


def _same(function: str, name: str) -> bool:
    """Compare dotted names; a function inside a function belongs to the outer one."""
    return function == name or function.startswith((f"{name}.", f"{name}.<locals>"))


_NOTHING = ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])


def _program(node: ast.AST) -> str:
    for inner in ast.walk(node):
        body = getattr(inner, "body", None)
        if isinstance(inner, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and body:
            match body[0]:
                case ast.Expr(value=ast.Constant(value=str())):
                    inner.body = body[1:] or [ast.Pass()]
    return ast.dump(node)


def _text(path: Path) -> str:
    return path.read_bytes().decode(errors="replace") if path.exists() else ""
