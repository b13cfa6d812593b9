"""Failing tests that compare with something recorded: then the code may be right and the recording old.

Which of the two is meant is a person's to say. So a repair that is proven by such
tests alone is shown and not proposed, and the command that records anew is offered.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fixers.codemods.symbols import definitions, imports
from fixers.evidence import Alternative, Observed, Trace
from fixers.model import Failure, Offer, Reason
from fixers.project import Project

_FIXTURES = {
    "snapshot": ("a snapshot", "--snapshot-update"),
    "snapshot_json": ("a snapshot", "--snapshot-update"),
    "data_regression": ("a recorded file", "--force-regen"),
    "file_regression": ("a recorded file", "--force-regen"),
    "num_regression": ("a recorded file", "--force-regen"),
    "dataframe_regression": ("a recorded file", "--force-regen"),
    "ndarrays_regression": ("a recorded file", "--force-regen"),
    "image_regression": ("a recorded file", "--force-regen"),
    "golden": ("a golden file", "--update-goldens"),
}
"""Fixture to what the test compares with, and the option of its plug-in that records anew."""
_FILES = re.compile(
    r"(^|/)(__snapshots__|snapshots?|goldens?|golden_files|expected|expected_outputs?|baselines?|approved|cassettes)/"
    r"|\.(snap|ambr|golden|expected|approved)(\.\w+)?$|[._-](golden|expected|approved|snapshot)\.\w+$"
)
_READERS = frozenset({"open", "read_text", "read_bytes", "load", "loads", "joinpath", "with_suffix", "Path"})


@dataclass(frozen=True, slots=True)
class Recorded:
    """A failing test and what it compares with."""

    test: str
    what: str
    option: str
    """Of pytest, which records anew; empty when nobody here knows."""


def recorded(failures: Sequence[Failure], project: Project) -> tuple[Recorded, ...]:
    """Return what each failing test compares with; empty unless all of them compare with something recorded."""
    found = []
    for failure in failures:
        one = _recorded(failure, project)
        if one is None:
            return ()
        found.append(one)
    return tuple(found)


def held_back(trace: Trace, observed: Observed, project: Project) -> Trace:
    """Turn a fix that only recordings ask for into an alternative, and offer to record anew."""
    found = recorded(observed.failures, project)
    if not found or trace.status not in {"fixed", "declined"}:
        return trace
    offers = (*trace.offers, _offer(found))
    if trace.status == "declined":
        return trace.model_copy(update={"offers": offers})
    place = trace.localization[0] if trace.localization else None
    path = next((suspect.path for suspect in trace.localization if f"b/{suspect.path}\n" in trace.patch), "")
    part = Alternative(
        patch=trace.patch,
        fixer=trace.fixer,
        path=path or (place.path if place else ""),
        line=place.line if place else 1,
        summary=trace.sentence.removeprefix("Fixed: "),
    )
    return trace.model_copy(
        update={
            "status": "declined",
            "reason": Reason.AMBIGUOUS,
            "sentence": f"One repair passes every test, but {found[0].test} compares with {found[0].what}: either the "
            "code is wrong or the recording is old, and the tests do not say which.",
            "next_step": "If the code was changed on purpose, record anew as offered; if not, apply A.",
            "alternatives": (part,),
            "offers": offers,
            "patch": "",
            "fixer": "",
            "choice": "",
            "evidence": None,
        }
    )


def _offer(found: Sequence[Recorded]) -> Offer:
    tests = " ".join(one.test for one in found[:3])
    option = found[0].option
    text = f"python -m pytest {tests} {option}" if option else f"Look at {found[0].what} and write what is right now."
    return Offer(
        kind="expectation",
        title=f"Record anew, if the change of behaviour is meant: {found[0].test} compares with {found[0].what}.",
        text=f"{text}\ngit diff   # read every changed recording before you commit it",
    )


def _recorded(failure: Failure, project: Project) -> Recorded | None:
    test = failure.test_ids[0] if failure.test_ids else ""
    function = _function(test, project)
    if function is None:
        return None
    for argument in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs):
        if known := _FIXTURES.get(argument.arg):
            return Recorded(test, *known)
    inline = any(isinstance(n, ast.Call) and _called(n) == "snapshot" for n in ast.walk(function))
    if inline and not _is_own(project, test.partition("::")[0]):
        return Recorded(test, "an inline snapshot", "--inline-snapshot=fix")
    path = next(filter(None, map(_file_read, _reached(project.tree(test.partition("::")[0]), function))), "")
    return Recorded(test, path, "") if path and failure.exception == "AssertionError" else None


def _is_own(project: Project, path: str) -> bool:
    """Say whether what a test file calls `snapshot` is a function of the project, which records nothing."""
    origin = imports(project, path).get("snapshot")
    defined = "snapshot" in definitions(project.tree(path))
    return defined or (origin is not None and project.path_of(origin.module) is not None)


def _reached(tree: ast.Module, function: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a test, and of what it names in its own module: a path, a function that reads a file."""
    named: dict[str, ast.stmt] = {}
    for statement in tree.body:
        if isinstance(statement, ast.Assign):
            named.update({t.id: statement for t in statement.targets if isinstance(t, ast.Name)})
        elif isinstance(statement, ast.FunctionDef):
            named[statement.name] = statement
    waiting, seen = [function], {id(function)}
    while waiting:
        for node in ast.walk(waiting.pop()):
            yield node
            following = named.get(node.id) if isinstance(node, ast.Name) else None
            if following is not None and id(following) not in seen:
                seen.add(id(following))
                waiting.append(following)


def _function(test: str, project: Project) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    path, _, rest = test.partition("::")
    name = rest.split("[", 1)[0].rsplit("::", 1)[-1]
    try:
        tree = project.tree(path)
    except (SyntaxError, KeyError):
        return None
    functions = (n for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef)))
    return next((function for function in functions if function.name == name), None)


def _file_read(node: ast.AST) -> str:
    """Return the name of a recorded file that a call or a path in a test reads."""
    match node:
        case ast.Call(args=[*arguments]) if _called(node) in _READERS:
            parts: list[ast.expr] = list(arguments)
        case ast.BinOp(op=ast.Div()):
            parts = [node]
        case _:
            return ""
    found = [n for part in parts for n in ast.walk(part) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    name = "/".join(str(n.value) for n in sorted(found, key=lambda n: (n.lineno, n.col_offset)))
    return name if _FILES.search(name) or _FILES.search(name + "/") else ""


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Name):
        return node.func.id
    return node.func.attr if isinstance(node.func, ast.Attribute) else ""
