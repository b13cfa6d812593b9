"""The identity of a fault, the same wherever it was seen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from fixers.failures.signature import normalize, shape, signature
from fixers.model import Failure, Frame
from fixers.project import is_test_path

_VERSION = "1"


def fingerprint(failure: Failure, *, repository: str = "", base: str = "") -> str:
    """Return the hex SHA-256 that names the fault.

    These count, because every form of a report has them and they change when
    the fault does:

    - `repository` and `base`;
    - the bare name of the exception that ended it (its module is printed by
      some forms only), and the template of its message's first line (short
      summaries end there; see `signature`). Where the place in the code is
      known, quoted values and numbers leave the template as well: production
      meets the fault with other data than the test (see `shape`);
    - of a group also the bare names of its members, since a task group words
      its own message always alike;
    - **where**: path and function of the innermost frame that lies in the
      project, outside its tests, in a named function. Not the frames around it:
      a test reaches a function by another way than production does. Not
      comprehensions and lambdas: `--tb=long` prints no name for them, and
      Python 3.12 has no frame for them.
    - **only where there is no such frame**: the test ids, because then the test
      alone says which fault it is; and where there is no test either, the
      innermost project file, or the function of the innermost frame.

    These do not count: line and column numbers, paths outside the project,
    addresses, times, ports, seeds, temporary paths, the kind, the tool, the
    command, the excerpt, and the causes of an exception that is no group.

    Reports without function names (`--tb=line`, `--tb=no`, a summary that a
    narrow terminal cut) show less than the others. They fall back to test ids,
    so one fault in project code gets another name there.
    """
    return _digest(repository, base, _ingredients(failure))


def run_fingerprint(failures: Iterable[Failure], *, repository: str = "", base: str = "") -> str:
    """Return the name of a whole run's set of faults: free of order, repeats count once."""
    return _digest(repository, base, sorted({fingerprint(failure) for failure in failures}))


def _digest(repository: str, base: str, ingredients: list[str]) -> str:
    text = json.dumps([_VERSION, repository, base, ingredients], ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _ingredients(failure: Failure) -> list[str]:
    inside = [frame for frame in failure.frames if frame.in_project]
    code = [frame for frame in inside if not is_test_path(frame.path) and _named(frame)]
    if code:
        said = shape(failure.exception, failure.message)
        where = ["in", code[-1].path, code[-1].function.rpartition(".")[2]]
    else:
        said = signature(failure.exception, failure.message)
        where = _elsewhere(failure, inside)
    return [said, *_members(failure), *where]


def _members(failure: Failure) -> list[str]:
    if not failure.exception.endswith("Group"):
        return []
    return sorted({f"member {raised.type.rpartition('.')[2]}" for raised in failure.causes})


def _elsewhere(failure: Failure, inside: list[Frame]) -> list[str]:
    if failure.test_ids:
        return ["test", *sorted({normalize(test_id) for test_id in failure.test_ids})]
    if inside:
        return ["file", inside[-1].path]
    return ["function", failure.frames[-1].function] if failure.frames else []


def _named(frame: Frame) -> bool:
    return frame.function == "<module>" or (bool(frame.function) and not frame.function.startswith("<"))
