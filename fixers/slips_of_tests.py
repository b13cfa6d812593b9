"""Slips that tests and their fixtures make by themselves: what a person would change, told by the message.

Nothing here is ever applied; each becomes an offer, and only where the failing tests pass with it.
An assertion is never taken away, and none is made weaker.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator

import libcst as cst

from fixers.codemods.base import Installed
from fixers.codemods.imports import Import, insert
from fixers.codemods.source import Edits, Source, parse
from fixers.codemods.spelling import tidied
from fixers.codemods.symbols import definitions, imports, trees
from fixers.model import Failure
from fixers.project import Project, is_test_path

_ASSERTIONS = (
    "assert_called", "assert_called_once", "assert_called_with", "assert_called_once_with", "assert_any_call",
    "assert_has_calls", "assert_not_called", "assert_awaited", "assert_awaited_once", "assert_awaited_with",
    "assert_awaited_once_with", "assert_not_awaited",
)  # fmt: skip
_LOOK_UP = re.compile(r"^\('(?P<name>\w+)', <SubRequest|fixture '(?P<found>\w+)' not found")
_SCOPE = re.compile(r"ScopeMismatch: You tried to access the function scoped fixture tmp_path with")
_CALLED = re.compile(r'^Fixture "(?P<name>\w+)" called directly')
_NUMBER = re.compile(r'::(?P<test>\w+): in "parametrize" the number of names \((?P<names>\d+)\)')
_UNRUN = re.compile(r"'(?:async_generator|coroutine)' object (?:has no attribute|is not)|requested an async fixture")
_MOVED = re.compile(r"^(?:<?module '(?P<module>[\w.]+)'.*?) (?:does not have the|has no) attribute '(?P<name>\w+)'")
_MISSPELLED = re.compile(r"^'(?P<name>\w+)' is not a valid assertion")

Slip = Callable[[Failure, Project, Installed], Iterator[tuple[str, str]]]


def mended(failure: Failure, project: Project, installed: Installed) -> dict[str, str]:
    """Return new texts of test files by path; empty where the message tells no slip, or more than one answer."""
    for slip in _SLIPS:
        texts = {path: text for path, text in slip(failure, project, installed) if text != project.text(path)}
        if texts:
            return {path: tidied(project, path, text) for path, text in texts.items()}
    return {}


def _test_files(project: Project) -> Iterator[tuple[str, Source]]:
    for path in sorted(filter(is_test_path, project.files)):
        if (source := parse(project.text(path))) is not None:
            yield path, source


def _renamed_fixture(failure: Failure, project: Project, _: Installed) -> Iterator[tuple[str, str]]:
    """Ask for a fixture by the name that it has now, where only one is called alike."""
    said = _LOOK_UP.search(failure.message)
    if said is None:
        return
    wrong = said["name"] or said["found"]
    home = failure.test_ids[0].partition("::")[0] if failure.test_ids else ""
    known = sorted({f.name.value for path, s in _test_files(project) if _is_seen(path, home) for f in _fixtures(s)})
    words = set(wrong.split("_"))
    alike = [name for name in known if words <= set(name.split("_")) or set(name.split("_")) <= words]
    alike = alike or difflib.get_close_matches(wrong, known, n=2, cutoff=0.75)
    for path, source in _test_files(project) if len(alike) == 1 else ():
        edits = Edits(source)
        for function in source.all(cst.FunctionDef) if path == home or path.endswith("conftest.py") else ():
            if wrong in {param.name.value for param in function.params.params}:
                for name in source.within(function, cst.Name):
                    if name.value == wrong and not _is_attribute(source, name):
                        edits.put(name, name.with_changes(value=alike[0]))
        yield path, edits.text() if edits.changes else source.text


def _is_seen(path: str, home: str) -> bool:
    """Say whether a test file sees the fixtures of another: its own, and those of a conftest.py above it."""
    directory, _, name = path.rpartition("/")
    return path == home or (name == "conftest.py" and home.startswith(f"{directory}/" if directory else ""))


def _is_attribute(source: Source, name: cst.Name) -> bool:
    parent = source.parents[name]
    named = isinstance(parent, cst.Arg) and parent.keyword is name
    return named or (isinstance(parent, cst.Attribute) and parent.attr is name)


def _fixtures(source: Source) -> list[cst.FunctionDef]:
    return [f for f in source.all(cst.FunctionDef) if any("fixture" in source.code(d) for d in f.decorators)]


def _wide_scope(failure: Failure, project: Project, _: Installed) -> Iterator[tuple[str, str]]:
    """Let a fixture that outlives one test make its directory with the factory that outlives one too."""
    for path, source in _test_files(project) if _SCOPE.search(failure.message) else ():
        edits = Edits(source)
        for function in _fixtures(source):
            wide = any(re.search(r"scope\s*=\s*['\"](?!function)", source.code(d)) for d in function.decorators)
            taken = [p.name for p in function.params.params if p.name.value == "tmp_path"]
            reads = [n for n in source.within(function.body, cst.Name) if n.value == "tmp_path"]
            if wide and len(taken) == 1 and len(reads) == 1 and not _is_attribute(source, reads[0]):
                edits.put(taken[0], cst.Name("tmp_path_factory"))
                made = f'tmp_path_factory.mktemp("{function.name.value}")'
                edits.put(reads[0], cst.parse_expression(made))
        yield path, edits.text() if edits.changes else source.text


def _called_fixture(failure: Failure, project: Project, _: Installed) -> Iterator[tuple[str, str]]:
    """Ask for a fixture instead of calling it."""
    said = _CALLED.search(failure.message)
    for path, source in _test_files(project) if said else ():
        edits = Edits(source)
        for call in source.all(cst.Call):
            around = source.up(call, cst.FunctionDef)
            named = isinstance(call.func, cst.Name) and said is not None and call.func.value == said["name"]
            if named and not call.args and around is not None and _is_requesting(source, around):
                edits.put(call, call.func)
                if call.func.value not in {p.name.value for p in around.params.params}:  # type: ignore[attr-defined]
                    edits.change(around.params, cst.Parameters, _with_parameter(call.func))
        yield path, edits.text() if edits.changes else source.text


def _is_requesting(source: Source, function: cst.FunctionDef) -> bool:
    return function.name.value.startswith("test") or function in _fixtures(source)


def _with_parameter(name: cst.BaseExpression) -> Callable[[cst.Parameters], cst.Parameters]:
    assert isinstance(name, cst.Name)  # noqa: S101 - the callers looked
    return lambda params: params.with_changes(params=[*params.params, cst.Param(name)])


def _parametrized(failure: Failure, project: Project, _: Installed) -> Iterator[tuple[str, str]]:
    """Name all values of the rows: the parameters of the test, where they are as many as the values."""
    said = _NUMBER.search(failure.message)
    for path, source in _test_files(project) if said else ():
        edits = Edits(source)
        for function in source.all(cst.FunctionDef):
            params = [param.name.value for param in function.params.params]
            for decorator in function.decorators if said is not None and function.name.value == said["test"] else ():
                call = decorator.decorator
                if not isinstance(call, cst.Call) or len(call.args) < 2 or "parametrize" not in source.code(call.func):
                    continue
                names, rows = call.args[0].value, call.args[1].value
                if all(len(row) == len(params) for row in _rows(rows)) and set(_named(names)) <= set(params):
                    edits.put(names, _like(names, params))
        yield path, edits.text() if edits.changes else source.text


def _rows(node: cst.BaseExpression) -> list[list[cst.BaseElement]]:
    rows = node.elements if isinstance(node, (cst.List, cst.Tuple)) else ()
    return [list(r.value.elements) if isinstance(r.value, (cst.Tuple, cst.List)) else [] for r in rows] or [[]]


def _named(node: cst.BaseExpression) -> list[str]:
    text = cst.Module([]).code_for_node(node)
    return re.findall(r"\w+", text)


def _like(old: cst.BaseExpression, names: list[str]) -> cst.BaseExpression:
    if isinstance(old, cst.SimpleString):
        return cst.SimpleString(f"{old.quote}{', '.join(names)}{old.quote}")
    quoted = ", ".join(f'"{name}"' for name in names)
    return cst.parse_expression(f"[{quoted}]" if isinstance(old, cst.List) else f"({quoted})")


def _plain_fixture(failure: Failure, project: Project, installed: Installed) -> Iterator[tuple[str, str]]:
    """Make an async fixture with pytest-asyncio, which runs no others in its strict mode."""
    if not _UNRUN.search(failure.message) or installed.names("pytest_asyncio") is None:
        return
    for path, source in _test_files(project):
        edits = Edits(source)
        for function in source.all(cst.FunctionDef) if "pytest_asyncio" not in source.text else ():
            for node in function.decorators if function.asynchronous is not None else ():
                inner = node.decorator.func if isinstance(node.decorator, cst.Call) else node.decorator
                if source.code(inner) == "pytest.fixture":
                    edits.put(inner, cst.parse_expression("pytest_asyncio.fixture"))
        if edits.changes:
            added = Import("pytest_asyncio")
            edits.change(source.module, cst.Module, lambda module, new=added: insert(module, new, project))  # type: ignore[misc]
        yield path, edits.text() if edits.changes else source.text


def _moved_target(failure: Failure, project: Project, _: Installed) -> Iterator[tuple[str, str]]:
    """Replace what the code under test looks up now, where a patched name has moved to one other module."""
    said = _MOVED.search(failure.message)
    if said is None or project.path_of(said["module"]) is None:
        return
    old, name = said["module"], said["name"]
    homes = _homes(project, old, name)
    for path, source in _test_files(project) if len(homes) == 1 else ():
        edits = Edits(source)
        for text in source.all(cst.SimpleString):
            if text.evaluated_value == f"{old}.{name}":
                edits.put(text, cst.SimpleString(f"{text.quote}{homes[0]}.{name}{text.quote}"))
        yield path, edits.text() if edits.changes else source.text


def _homes(project: Project, old: str, name: str) -> list[str]:
    """Return the modules in which a name is looked up: what the old one reads it of, else who imports or has it."""
    path = project.path_of(old)
    known = imports(project, path) if path is not None else {}
    read = {
        origin.dotted
        for local, origin in known.items()
        if path is not None
        and re.search(rf"\b{local}\.{name}\b", project.text(path))
        and project.path_of(origin.dotted)
    }
    if read:
        return sorted(read)
    users, owners = set(), set()
    for other, tree in trees(project, mentioning=name):
        if is_test_path(other):
            continue
        taken = imports(project, other).get(name)
        module = project.module_name(other)
        if taken is not None and project.path_of(taken.module):
            users.add(module)
        elif name in definitions(tree):
            owners.add(module)
    return sorted(users or owners)


def _misspelled(failure: Failure, project: Project, _: Installed) -> Iterator[tuple[str, str]]:
    """Spell the assertion of a mock, which asserted nothing before."""
    said = _MISSPELLED.search(failure.message)
    right = _assertion(said["name"]) if said else ""
    for path, source in _test_files(project) if right else ():
        edits = Edits(source)
        for node in source.all(cst.Attribute):
            if said is not None and node.attr.value == said["name"]:
                edits.put(node.attr, cst.Name(right))
        yield path, edits.text() if edits.changes else source.text


def _assertion(name: str) -> str:
    if f"assert_{name}" in _ASSERTIONS:
        return f"assert_{name}"
    nearest = difflib.get_close_matches(name, _ASSERTIONS, n=1, cutoff=0.8)
    return nearest[0] if nearest else ""


_SLIPS: tuple[Slip, ...] = (
    _renamed_fixture, _wide_scope, _called_fixture, _parametrized, _plain_fixture, _moved_target, _misspelled,
)  # fmt: skip
