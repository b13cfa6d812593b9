"""pytest's ways to write down which test it means: node ids, headings, summary lines, JUnit names."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from pathlib import PurePosixPath

from fixers.model import Frame

_TEST_MODULE = re.compile(r"^(?:test_.*|.*_test|tests?|conftest)$")


def heading_of(node_id: str) -> str:
    """Return the name under which a report heads the test: `a.py::TestC::test_m[x]` is `TestC.test_m[x]`."""
    base, bracket, parameters = node_id.partition("[")
    _file, colons, inner = base.partition("::")
    if not colons:
        return node_id
    return inner.replace("::", ".") + bracket + parameters


def splits_of(text: str) -> list[tuple[str, str]]:
    """List the ways to cut `id - message`, likeliest first: parameters may hold ` - ` and brackets themselves."""
    ways = []
    start = 0
    # Beyond a handful of separators the text is a message, and trying each would cost time that grows quadratically.
    for _ in range(20):
        at = text.find(" - ", start)
        if at < 0:
            break
        node_id = text[:at]
        if _complete(node_id):
            ways.append((node_id, text[at + 3 :]))
        start = at + 1
    if _complete(text) or not ways:
        ways.append((text, ""))
    return ways


def _complete(node_id: str) -> bool:
    return ("::" in node_id or node_id.endswith((".py", ".txt", ".rst"))) and (
        "[" not in node_id or node_id.endswith("]")
    )


def id_from_frames(heading: str, frames: Iterable[Frame], *, fixtures: bool) -> str:
    """Make a node id of a heading and the frames below it; empty when no frame tells the test's file.

    With `fixtures` any frame in a test module does: a fixture mostly stands in
    the module of its test, else in a conftest.
    """
    base, bracket, parameters = heading.partition("[")
    if " " in base:
        # The rest describes a sub-test: `test_parts [part] (i=1)`.
        base, bracket, parameters = base.partition(" ")[0], "", ""
    parts = base.split(".")
    for frame in frames:
        ours = frame.function in {parts[-1], ""} or (fixtures and _TEST_MODULE.match(PurePosixPath(frame.path).stem))
        if frame.in_project and ours and frame.path.endswith(".py") and not frame.path.endswith("conftest.py"):
            return f"{frame.path}::{'::'.join(parts)}{bracket}{parameters}"
    return ""


def file_of_module(module: str, project_files: Collection[str]) -> tuple[str, list[str]]:
    """Split a dotted name into the test file and the classes after it.

    With the project's files this is exact; without them the last part that is
    named like a test module ends the path, else everything before a capital.
    """
    parts = module.split(".")
    for end in range(len(parts), 0, -1):
        path = "/".join(parts[:end]) + ".py"
        if path in project_files:
            return path, parts[end:]
    deeper = _deeper(parts, project_files)
    if deeper:
        return deeper
    ends = [i for i, part in enumerate(parts) if _TEST_MODULE.match(part) and part == part.lower()]
    if not ends:
        ends = [i for i, part in enumerate(parts) if not part[:1].isupper()]
    end = (ends[-1] + 1) if ends else len(parts)
    return "/".join(parts[:end]) + ".py", parts[end:]


def _deeper(parts: list[str], project_files: Collection[str]) -> tuple[str, list[str]] | None:
    """Find `tests.test_x` as `backend/tests/test_x.py`, for runs that started in a sub-directory."""
    for end in range(len(parts), 0, -1):
        tail = "/" + "/".join(parts[:end]) + ".py"
        matches = [path for path in project_files if path.endswith(tail)]
        if len(matches) == 1:
            return str(PurePosixPath(matches[0])), parts[end:]
    return None
