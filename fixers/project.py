"""The source files of the tree under repair, and which of them a fixer may touch."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

_TEST_FILE = re.compile(r"(^|/)(tests?|testing)/|(^|/)(test_[^/]*|[^/]*_test|tests?|conftest)\.py$")
_CONFIGURATION = frozenset({"setup.py", "noxfile.py", "fabfile.py", "tasks.py"})
_CONFIGURATION_DIRS = frozenset({".github", ".gitlab", ".circleci", ".ci", "ci", "docs", "doc"})


def is_test_path(path: str) -> bool:
    """Say whether `path` (POSIX, relative) holds tests or their fixtures."""
    return _TEST_FILE.search(path) is not None


def is_repairable(path: str) -> bool:
    """Say whether a fixer may edit `path`: Python source that is no test, CI or configuration."""
    parts = PurePosixPath(path).parts
    return (
        path.endswith(".py")
        and not is_test_path(path)
        and not (len(parts) == 1 and parts[0] in _CONFIGURATION)
        and parts[0] not in _CONFIGURATION_DIRS
    )


@dataclass(frozen=True, slots=True)
class Project:
    """An immutable picture of a tree's Python files: relative POSIX path to text."""

    files: Mapping[str, str]
    source_roots: tuple[str, ...] = (".",)
    """Directories that are on the import path, relative: `.` or `src`."""
    _trees: dict[str, ast.Module] = field(default_factory=dict, repr=False, compare=False)

    def text(self, path: str) -> str:
        """Return the text of `path`; KeyError when the project has no such file."""
        return self.files[path]

    def tree(self, path: str) -> ast.Module:
        """Return the parsed module, shared between callers: never change it. SyntaxError when it does not parse."""
        if path not in self._trees:
            self._trees[path] = ast.parse(self.files[path], filename=path)
        return self._trees[path]

    def repairable(self) -> Iterator[str]:
        """Yield the paths a fixer may edit, sorted."""
        return (path for path in sorted(self.files) if is_repairable(path))

    def module_name(self, path: str) -> str:
        """Return the dotted name under which `path` is imported, by the longest matching source root."""
        best = ""
        for root in self.source_roots:
            prefix = "" if root == "." else root.rstrip("/") + "/"
            if path.startswith(prefix) and len(prefix) > len(best):
                best = prefix
        parts = list(PurePosixPath(path[len(best) :]).with_suffix("").parts)
        if parts and parts[-1] == "__init__":
            parts.pop()
        return ".".join(parts)

    def path_of(self, module: str) -> str | None:
        """Return the file that `import module` would load from this project, or None."""
        stem = module.replace(".", "/")
        for root in self.source_roots:
            prefix = "" if root == "." else root.rstrip("/") + "/"
            for path in (f"{prefix}{stem}.py", f"{prefix}{stem}/__init__.py"):
                if path in self.files:
                    return path
        return None


def read_project(tree: Path, source_roots: tuple[str, ...]) -> Project:
    """Read the Python files of an exported tree; one that is not UTF-8 is left out, as no fixer may edit it."""
    files = {}
    for path in sorted(tree.rglob("*.py")):
        if path.is_file() and not path.is_symlink():
            try:
                files[path.relative_to(tree).as_posix()] = path.read_bytes().decode("utf-8")
            except UnicodeDecodeError:
                continue
    return Project(files, source_roots)
