"""What one step of the Action leaves for the next, which may run in another job: one document and files for people."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from app.cli.alternatives import write_alternatives
from fixers.evidence import Evidence, Trace
from fixers.model import Contract
from fixers.patch import PatchDoesNotApply, apply, touched, unified
from tasks.errors import BadInput
from tasks.report.trace import trace_markdown

RESULT, TRACE, PATCH, EVIDENCE, ALTERNATIVES = (
    "result.json",
    "trace.md",
    "goldseam.patch",
    "evidence.json",
    "alternatives",
)
_LARGEST = 64 << 20


class ActionResult(Contract):
    """An attempt of the Action, with paths as the repository has them."""

    schema_version: Literal["1.0"] = "1.0"
    commit: str
    """What was checked out; empty when nobody could tell."""
    directory: str = ""
    """Where in the repository the project is, with a slash at its end; the evidence's paths begin there."""
    trace: Trace


def at_root(trace: Trace, checkout: Path, directory: str) -> Trace:
    """Return a trace whose patch and places begin at the repository's root, not at the project's directory."""
    if not directory:
        return trace
    return trace.model_copy(
        update={
            "patch": _moved(trace.patch, checkout, directory),
            "localization": tuple(s.model_copy(update={"path": directory + s.path}) for s in trace.localization),
        }
    )


def write_result(result: ActionResult, evidence: Evidence | None, folder: Path) -> dict[str, Path]:
    """Write what there is; return the files by name, so that a missing one says that there is no such thing."""
    trace = result.trace
    texts = {
        RESULT: result.model_dump_json(indent=2),
        TRACE: trace_markdown(trace),
        PATCH: trace.patch,
        EVIDENCE: evidence.model_dump_json(indent=2) if evidence is not None else "",
    }
    written = {name: folder / name for name, text in texts.items() if text}
    for name, file in written.items():
        file.write_text(texts[name], encoding="utf-8", errors="surrogateescape")
    write_alternatives(trace.alternatives, folder / ALTERNATIVES)
    return written


def read_result(folder: Path) -> ActionResult:
    """Read what an earlier step or job left; BadInput when it is not there or not of ours."""
    file = folder / RESULT
    try:
        if file.is_symlink() or file.stat().st_size > _LARGEST:
            raise BadInput(f"{file} is a link or larger than {_LARGEST >> 20} MiB; it is none of Goldseam's.")
        return ActionResult.model_validate_json(file.read_bytes())
    except OSError as error:
        raise BadInput(
            f"{folder} holds no {RESULT}. Download the artifact of the step that repaired into it."
        ) from error
    except ValidationError as error:
        raise BadInput(
            f"{file} is no result of the Goldseam Action; both steps must be of the same version."
        ) from error


def _moved(patch: str, checkout: Path, directory: str) -> str:
    if not patch:
        return ""
    try:
        texts = {path: (checkout / path).read_bytes().decode() for path in touched(patch)}
        edits = apply(patch, texts)
    except (OSError, UnicodeDecodeError, PatchDoesNotApply) as error:
        raise BadInput(f"The checkout was changed while it was being repaired. {error}") from error
    return unified([type(edit)(directory + edit.path, edit.before, edit.after) for edit in edits])
