"""What a module gives out: names it imports for others, and the list that says so."""

from __future__ import annotations

import ast
from collections.abc import Iterable

import libcst as cst

from fixers.codemods.imports import Import, add_import, spelled
from fixers.codemods.source import Edits, Source, parse
from fixers.codemods.symbols import definitions, imports, tree_of, trees
from fixers.project import Project, is_repairable


def homes(project: Project, name: str, package: str = "") -> list[str]:
    """Return the modules outside the tests that define a name, those inside `package` only when one is given."""
    found = [
        project.module_name(path)
        for path, tree in trees(project, mentioning=name)
        if is_repairable(path) and name in definitions(tree)
    ]
    return [home for home in found if not package or home.startswith(f"{package}.")]


def given_out(project: Project, path: str, home: str, name: str) -> str | None:
    """Return the text of a module that imports `name` from `home` for others; None where that would be a circle."""
    source = parse(project.text(path))
    own = project.module_name(path)
    if source is None or imports_from(project, f"{home}.{name}" if home == own else home, own):
        return None
    is_package = path.endswith("__init__.py")
    alias = "" if is_package and not _aliases(source) else name
    edits = Edits(source)
    listed = listing(source)
    relative = home == own and any(line.relative for line in source.all(cst.ImportFrom))
    new = Import("." if relative else spelled(project, path, home), name)
    if listed is None and alias:
        # `import x as x` is how a plain module says that it gives a name out.
        new = Import(new.module, name, alias=name, explicit=True)
    add_import(edits, project, path, new)
    if listed is not None and name not in names_in(listed):
        edits.put(listed, with_name(source, listed, name))
    return edits.text()


def imports_from(project: Project, module: str, other: str) -> bool:
    """Say whether a module of the project imports another, or something from it."""
    path = project.path_of(module)
    known = imports(project, path).values() if path else ()
    return any(other in {origin.module, origin.dotted} for origin in known)


def gives_out(project: Project, path: str) -> bool:
    """Say whether a package's `__init__` imports names from its own modules for others."""
    tree = tree_of(project, path)
    package = project.module_name(path)
    if tree is None or not path.endswith("__init__.py"):
        return False
    return any(
        isinstance(node, ast.ImportFrom) and (node.level == 1 or (node.module or "").startswith(f"{package}."))
        for node in tree.body
    )


def listing(source: Source) -> cst.List | cst.Tuple | None:
    """Return the value of `__all__` when it is written out."""
    for node in source.all(cst.Assign):
        named = any(isinstance(t.target, cst.Name) and t.target.value == "__all__" for t in node.targets)
        if named and isinstance(node.value, (cst.List, cst.Tuple)):
            strings = all(isinstance(element.value, cst.SimpleString) for element in node.value.elements)
            return node.value if strings else None
    return None


def names_in(listed: cst.List | cst.Tuple) -> list[str]:
    """Return the names that `__all__` lists."""
    values = (element.value for element in listed.elements)
    return [str(value.evaluated_value) for value in values if isinstance(value, cst.SimpleString)]


def with_name(source: Source, listed: cst.List | cst.Tuple, name: str) -> cst.List | cst.Tuple:
    """Return `__all__` with one more name: in its order where it has one, else at the end, in the author's layout."""
    elements = list(listed.elements)
    known = names_in(listed)
    first = elements[0].value if elements else None
    quote = first.quote if isinstance(first, cst.SimpleString) else '"'
    new = cst.Element(cst.SimpleString(f"{quote}{name}{quote}"))
    place = next((n for n, other in enumerate(known) if other > name), len(known)) if _is_sorted(known) else len(known)
    if not elements:
        return listed.with_changes(elements=[new])
    between = next((e.comma for e in elements[:-1] if isinstance(e.comma, cst.Comma)), None)
    if between is None or "#" in source.module.code_for_node(between):
        between = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    if place < len(elements):
        elements.insert(place, new.with_changes(comma=between))
    else:
        last = elements[-1]
        elements[-1] = last.with_changes(comma=between)
        elements.append(new.with_changes(comma=last.comma))
    return listed.with_changes(elements=elements)


def _is_sorted(names: Iterable[str]) -> bool:
    found = list(names)
    return len(found) > 1 and found == sorted(found)


def _aliases(source: Source) -> bool:
    """Say whether the file's author gives names out as `import x as x`."""
    pairs = ((a.evaluated_alias, a.evaluated_name) for a in source.all(cst.ImportAlias))
    return any(alias is not None and alias == name for alias, name in pairs)
