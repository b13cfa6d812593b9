"""Short forms for the failures that examples expect."""

from __future__ import annotations

from fixers.model import Failure, FailureKind, Frame


def at(path: str, line: int, function: str = "", source: str = "") -> Frame:
    """Return a frame inside the project."""
    return Frame(path=path, line=line, function=function, in_project=True, source=source)


def outside(path: str, line: int, function: str, source: str = "") -> Frame:
    """Return a frame of the interpreter or of an installed package."""
    return Frame(path=path, line=line, function=function, in_project=False, source=source)


def finding(tool: str, code: str, message: str, path: str, line: int) -> Failure:
    """Return what a linter found."""
    return Failure(kind=FailureKind.LINT, exception=code, message=message, frames=(at(path, line),), tool=tool)
