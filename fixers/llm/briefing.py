"""The first message, and the marks that set repository text apart from ours."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from fixers.llm.desk import Desk
from fixers.model import Failure
from fixers.project import is_repairable

FAILURES = 5
MESSAGE = 1_500
"""Characters of one failure's message."""
PLACES = 10


def data(label: str, text: str) -> str:
    """Return text as a marked block. The mark is a digest of the text, so nothing in the text can close it."""
    mark = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"<data {mark} {label}>\n{text}\n</data {mark}>"


def briefing(desk: Desk) -> str:
    """Say what fails, where it may come from, and which files may be read."""
    case = desk.case
    parts = [
        "These tests fail:",
        data("failing tests", desk.redactor.clean("\n".join(case.hunt.failing))),
        "What was seen:",
        *(data("failure", desk.redactor.clean(seen(failure))) for failure in case.failures[:FAILURES]),
        "The places most likely at fault, best first:",
        data("suspects", desk.redactor.clean("\n".join(_places(desk)))),
        f"You may read these files, {desk.lines_left} lines in all:",
        data("files", desk.redactor.clean("\n".join(_files(desk)))),
    ]
    return "\n\n".join(parts)


def seen(failure: Failure) -> str:
    """Return a failure as text without any source line of the repository."""
    message = failure.message if len(failure.message) <= MESSAGE else f"{failure.message[:MESSAGE]} […]"
    frames = "\n".join(f"  at {f.path}:{f.line} in {f.function}" for f in failure.frames if f.in_project)
    return f"{', '.join(failure.test_ids)}\n{failure.exception}: {message}\n{frames}".strip()


def _places(desk: Desk) -> Iterator[str]:
    for suspect in desk.case.suspects[:PLACES]:
        if suspect.path in desk.scope:
            yield f"{suspect.path}:{suspect.line} in {suspect.function or 'the module'} (score {suspect.score:.2f})"


def _files(desk: Desk) -> Iterator[str]:
    for path in desk.scope:
        right = "may be changed" if is_repairable(path) else "tests, may not be changed"
        yield f"{path}: {len(desk.case.project.text(path).splitlines())} lines, {right}"
