"""G5: no code that behaves differently because a test is watching."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from fixers.checks.change import Marker
from fixers.checks.literals import written
from fixers.checks.source import Source

_FRAMEWORKS = frozenset({
    "pytest", "_pytest", "unittest", "nose", "nose2", "doctest", "hypothesis", "mock", "conftest", "coverage", "pluggy",
})  # fmt: skip
_WORDS = re.compile(r"\b(_?pytest|py\.test|unittest|nose2|conftest)\b|PYTEST_|PY_TEST|GOLDSEAM_")
_CI = frozenset({
    "CI", "CONTINUOUS_INTEGRATION", "GITHUB_ACTIONS", "GITHUB_WORKFLOW", "GITLAB_CI", "TRAVIS", "CIRCLECI", "BUILDKITE",
    "JENKINS_URL", "TF_BUILD", "APPVEYOR", "TOX_ENV_NAME", "TOX_ENV_DIR", "NOX_CURRENT_SESSION", "COVERAGE_RUN",
    "TEST", "TESTS", "TESTING", "IS_TEST", "UNIT_TEST",
})  # fmt: skip
_SAME_TOOL = {"mock": "unittest", "unittest2": "unittest"}
"""What the standard library took in: to import it from there is no new look at a test."""
_ENVIRONMENT = frozenset({"os.environ", "os.getenv", "os.environ.get", "os.environb", "os.getenvb"})
_PEEKING = {
    "sys.modules": "a look at sys.modules",
    "sys._getframe": "frame inspection",
    "sys._current_frames": "frame inspection",
    "inspect.stack": "frame inspection",
    "inspect.trace": "frame inspection",
    "inspect.currentframe": "frame inspection",
    "inspect.getouterframes": "frame inspection",
    "traceback.extract_stack": "frame inspection",
    "traceback.format_stack": "frame inspection",
    "traceback.walk_stack": "frame inspection",
    "sys.settrace": "a trace hook",
    "sys.setprofile": "a trace hook",
    "sys.gettrace": "a look at the trace hook",
    "sys.monitoring": "a trace hook",
    "gc.get_objects": "a walk over other people's objects",
    "gc.get_referrers": "a walk over other people's objects",
    "os._exit": "an exit that skips the test run's own report",
    "os.abort": "an exit that skips the test run's own report",
}
_FRAME_ATTRIBUTES = frozenset({"f_back", "f_globals", "f_locals", "f_code", "tb_frame", "gi_frame", "cr_frame"})


def test_awareness(source: Source) -> Iterator[Marker]:
    """Find imports of test tools, looks at who is calling or what is loaded, and CI variables."""
    own = _looks_at_itself(source) | _is_no_test(source)
    for placed in source.nodes:
        if id(placed.node) in own:
            continue
        for kind in (_imported(placed.node), _peeked(source, placed.node), _patched(source, placed.node)):
            if kind:
                yield Marker(kind, placed.scope, getattr(placed.node, "lineno", 0))
        if isinstance(placed.node, ast.FunctionDef) and placed.node.name.startswith("pytest_"):
            yield Marker(f"the pytest hook {placed.node.name}", placed.scope, placed.node.lineno)
    yield from _telling_strings(source)


def _looks_at_itself(source: Source) -> set[int]:
    """Nodes of `sys.modules[__name__]`, which asks about nobody else."""
    return {
        id(placed.node.value)
        for placed in source.nodes
        if isinstance(placed.node, ast.Subscript)
        and isinstance(placed.node.slice, ast.Name)
        and placed.node.slice.id == "__name__"
    }


def _is_no_test(source: Source) -> set[int]:
    """Nodes of `__test__ = False` in a class that pytest would never collect: with a constructor, and without tests."""
    found: set[int] = set()
    for placed in source.nodes:
        node = placed.node
        if not isinstance(node, ast.ClassDef) or node.bases or node.keywords:
            continue
        names = {item.name for item in node.body if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef))}
        made = names & {"__init__", "__new__"} or any("dataclass" in ast.unparse(d) for d in node.decorator_list)
        for item in node.body if made and not any(name.startswith("test") for name in names) else ():
            if isinstance(item, ast.Assign) and ast.unparse(item) == "__test__ = False":
                found.add(id(item.targets[0]))
    return found


def _imported(node: ast.AST) -> str:
    modules: list[str] = []
    if isinstance(node, ast.Import):
        modules = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom) and not node.level:
        modules = [node.module or ""]
    roots = (module.partition(".")[0] for module in modules)
    found = _FRAMEWORKS.intersection(_SAME_TOOL.get(root, root) for root in roots)
    return f"an import of {min(found)}" if found else ""


def _peeked(source: Source, node: ast.AST) -> str:
    if isinstance(node, ast.Attribute) and node.attr in _FRAME_ATTRIBUTES:
        return "frame inspection"
    if origin := source.used(node):
        return _PEEKING.get(origin, "")
    if isinstance(node, ast.Name) and node.id in {
        "pytest_plugins",
        "collect_ignore",
        "collect_ignore_glob",
        "__test__",
    }:
        return f"{node.id}, which decides what is collected"
    return ""


def _patched(source: Source, node: ast.AST) -> str:
    """Find assignments into builtins or into the modules that keep time, which deceive the tests."""
    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
        owner = node.value
        if isinstance(owner, ast.Name) and source.origins.get(owner.id) in {"builtins", "time", "sys", "os"}:
            return f"an assignment to {source.origins[owner.id]}.{node.attr}"
    return ""


def _telling_strings(source: Source) -> Iterator[Marker]:
    variables: dict[int, str] = {}
    for item in written(source):
        if not isinstance(item.value, str):
            continue
        if _WORDS.search(item.value):
            yield Marker("a string that names the test tool", item.scope, getattr(item.node, "lineno", 0))
        if item.value.upper() in _CI:
            variables[id(item.node)] = item.value
    for placed in source.nodes if variables else ():
        name = next((variables[id(key)] for key in _environment_keys(source, placed.node) if id(key) in variables), "")
        if name:
            yield Marker(f"a look at the variable {name}", placed.scope, getattr(placed.node, "lineno", 0))


def _environment_keys(source: Source, node: ast.AST) -> list[ast.expr]:
    match node:
        case ast.Call(func=called, args=[key, *_]) if source.origin(called) in _ENVIRONMENT:
            return [key]
        case ast.Subscript(value=mapping, slice=key) if source.origin(mapping) in _ENVIRONMENT:
            return [key]
        case ast.Compare(left=key, comparators=[mapping]) if source.origin(mapping) in _ENVIRONMENT:
            return [key]
    return []
