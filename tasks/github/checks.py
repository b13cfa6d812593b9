"""Check runs: one per name and external id, however often they are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any

from github.CheckRun import CheckRun
from github.Repository import Repository

from tasks.failpoint import K, failpoint
from tasks.github.errors import translated
from tasks.github.protocol import Annotation, CheckAction, CheckOutput, Conclusion

_TEXT = 65_535
_CUT = "\n\n… cut here; the evidence bundle has the rest."
_PER_REQUEST = 50
_MOST_ANNOTATIONS = 500
_MOST_CHECKS = 1000


def create_check(
    repository: Repository,
    *,
    name: str,
    head_sha: str,
    conclusion: Conclusion,
    output: CheckOutput,
    external_id: str,
    actions: Sequence[CheckAction] = (),
) -> int:
    """Create a completed check run, or bring the one with this name and external id up to date; returns its id.

    GitHub takes 50 annotations a request and appends, so the first request carries the
    first 50 and a repeat goes on behind those that GitHub already has. Text over
    65,535 characters is cut, visibly; annotations beyond 500 are left out. The buttons
    are set anew each time, so that an empty list takes them away.
    """
    buttons = [_button(each) for each in actions]
    annotations = list(output.annotations)[:_MOST_ANNOTATIONS]
    with translated(f"writing check run {name}"):
        check = _find(repository, name, head_sha, external_id)
        if check is None:
            check = repository.create_check_run(
                name,
                head_sha,
                external_id=external_id,
                status="completed",
                conclusion=conclusion,
                output=_output(output, annotations[:_PER_REQUEST]),
                actions=buttons,
            )
            failpoint(K.CHECKED)
            done = _PER_REQUEST
        else:
            done = check.output.annotations_count or 0
            check.edit(status="completed", conclusion=conclusion, output=_output(output, ()), actions=buttons)
        for start in range(done, len(annotations), _PER_REQUEST):
            check.edit(output=_output(output, annotations[start : start + _PER_REQUEST]))
        return check.id


def _find(repository: Repository, name: str, head_sha: str, external_id: str) -> CheckRun | None:
    checks = repository.get_commit(head_sha).get_check_runs(check_name=name)
    for check in islice(checks, _MOST_CHECKS):
        if check.name == name and check.external_id == external_id:
            return check
    return None


def _output(output: CheckOutput, annotations: Sequence[Annotation]) -> dict[str, Any]:
    shown: dict[str, Any] = {"title": output.title, "summary": _fitted(output.summary)}
    if output.text:
        shown["text"] = _fitted(output.text)
    if annotations:
        shown["annotations"] = [_annotation(each) for each in annotations]
    return shown


def _fitted(text: str) -> str:
    return text if len(text) <= _TEXT else text[: _TEXT - len(_CUT)] + _CUT


def _annotation(annotation: Annotation) -> dict[str, str | int]:
    shown: dict[str, str | int] = {
        "path": annotation.path,
        "start_line": annotation.start_line,
        "end_line": annotation.end_line,
        "annotation_level": annotation.level,
        "message": annotation.message,
    }
    if annotation.title:
        shown["title"] = annotation.title
    return shown


def _button(action: CheckAction) -> dict[str, str]:
    return {"label": action.label, "description": action.description, "identifier": action.identifier}
