"""What the failing tests say by their words: the assertion, the calls they make themselves, and their names."""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence

from fixers.localize.board import Board
from fixers.localize.syntax import called_names, functions_of, tree_of
from fixers.model import Failure
from fixers.project import Project

_MOST = 100
_WHOLE, _SAME_CLASS, _SAME_MODULE = 0.4, 0.2, 0.1
"""What it is worth that a function's name stands whole in a test's, or only its class's or module's in the like."""
_SHORTEST = 3
"""Letters of a name, under which likeness is chance."""


def add_words(board: Board, failures: Sequence[Failure]) -> None:
    """Lift the functions that failing tests name; only what failing tests ran is looked at."""
    asserted = _asserted(failures)
    # Parameters say nothing here, and a hundred tests say as much as a thousand.
    tests = sorted({test.split("[", 1)[0] for failure in failures for test in failure.test_ids})[:_MOST]
    called = {name for test in tests for name in _called_by(board.project, test)}
    for (path, function), scores in board.functions().items():
        likeness = max((likeness_of(test, path, function) for test in tests), default=0.0)
        said = (
            "the failing test is named after it"
            if likeness >= _WHOLE
            else "the class of the failing test is named after its own"
        )
        name = _plain_name(function)
        for score in scores:
            if name in asserted:
                score.add("asserted", 1.0, "named in the failing assertion")
            if name in called:
                score.add("called", 1.0, "called by the failing test itself")
            if likeness:
                score.add("named", likeness, said)


def likeness_of(test: str, path: str, function: str) -> float:
    """Say how much of a test's name speaks of a function: 1 for `test_fee` and `fee`, less for a part of it."""
    file, *names = test.split("[", 1)[0].split("::")
    words = _words(names[-1]) if names else []
    owner = "".join(_words(names[-2])) if len(names) > 1 else ""
    *outer, leaf = function.split(".")
    value = _share(_words(leaf), words)
    if not value and owner and outer and "".join(_words(outer[-1])) == owner:
        value = _SAME_CLASS
    if not value and owner and "".join(_words(leaf)) == owner:
        value = 0.8
    module = _words(path.rpartition("/")[2].removesuffix(".py"))
    same_module = bool(module) and _words(file.rpartition("/")[2].removesuffix(".py")) == module
    return min(1.0, value + (_SAME_MODULE if same_module and value else 0.0))


def _share(name: Sequence[str], words: Sequence[str]) -> float:
    """Return which part of the words a name makes up where it stands in them whole; 0 where it does not."""
    size = len(name)
    if not size or len("".join(name)) < _SHORTEST:
        return 0.0
    stands = any(list(words[i : i + size]) == list(name) for i in range(len(words) - size + 1))
    return _WHOLE + (1 - _WHOLE) * size / len(words) if stands else 0.0


def _words(name: str) -> list[str]:
    """Split an identifier into lower-case words, without the `test` that marks tests and without underscores."""
    split = "".join(f"_{c.lower()}" if c.isupper() and name[:i][-1:].islower() else c for i, c in enumerate(name))
    return [word for word in split.lower().split("_") if word and word not in {"test", "tests"}]


def _plain_name(function: str) -> str:
    """Return the name by which callers know a function: a constructor is known by its class."""
    *outer, leaf = function.split(".")
    return outer[-1] if outer and leaf in {"__init__", "__new__", "__call__"} else leaf


def _asserted(failures: Sequence[Failure]) -> set[str]:
    words: set[str] = set()
    for failure in failures:
        if failure.exception.rpartition(".")[2] == "AssertionError":
            last = failure.frames[-1].source if failure.frames else ""
            words |= _identifiers(f"{failure.message} {last}")
    return words


def _identifiers(text: str) -> set[str]:
    cleaned = "".join(c if c.isalnum() or c == "_" else " " for c in text[:4000])
    return set(cleaned.split())


def _called_by(project: Project, test: str) -> Collection[str]:
    """Return the last names of what a test's own code calls."""
    path, _, rest = test.partition("::")
    functions = functions_of(tree_of(project, path)) if rest else {}
    node: ast.AST | None = functions.get(rest.replace("::", "."))
    return called_names(node) if node is not None else ()
