"""Names that a module imports for others: a linter sees one file, and calls them unused."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from fixers.codemods.symbols import imports, tree_of
from fixers.model import FileEdit
from fixers.project import Project


def lost_imports(edits: Sequence[FileEdit], project: Project) -> list[str]:
    """Name the imports that a patch removes although another file of the project takes the name from there."""
    return [sentence for edit in edits for sentence in _lost(edit, project)]


def taken_elsewhere(project: Project, path: str, name: str) -> str:
    """Return a file that takes `name` from the module at `path`, or nothing."""
    module = project.module_name(path)
    for other, text in project.files.items():
        if other == path or name not in text or tree_of(project, other) is None:
            continue
        for origin in imports(project, other).values():
            if (origin.module, origin.name) == (module, name):
                return other
            if origin.dotted == module and f".{name}" in text:
                return other
    return ""


def _lost(edit: FileEdit, project: Project) -> Iterator[str]:
    try:
        before, after = _imported(edit.before), _imported(edit.after)
    except (SyntaxError, ValueError):
        return
    for name in sorted(before - after):
        if other := taken_elsewhere(project, edit.path, name):
            yield f"{edit.path} no longer imports {name}, which {other} takes from there"


def _imported(text: str) -> set[str]:
    return {
        alias.asname or alias.name.partition(".")[0]
        for node in ast.parse(text).body
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }
