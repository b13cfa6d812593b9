"""Whether the edited files compile, in the Python that will run them."""

from __future__ import annotations

import json
import platform
import sys
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

from fixers.checks.scan import AnalyserFailed, Finding, Scan, compared, laid_out, run_tool, sides
from fixers.evidence import StaticCheck
from fixers.model import FileEdit
from fixers.runner.sandbox import Sandbox
from fixers.runner.target import Target

# Runs in the target's interpreter: standard library, any Python from 3.8.
_INSIDE = """
import json, os, sys, warnings
warnings.simplefilter("ignore")
rows = []
for folder, _, names in os.walk("."):
    for name in names:
        path = os.path.join(folder, name)
        with open(path, "rb") as stream:
            text = stream.read()
        try:
            compile(text, "<patched>", "exec", dont_inherit=True)
        except SyntaxError as error:
            rows.append([path, error.lineno or 0, str(error.msg)])
        except (ValueError, RecursionError, MemoryError) as error:
            rows.append([path, 0, type(error).__name__ + ": " + str(error)])
json.dump(rows, sys.stdout)
"""


def compile_check(edits: Sequence[FileEdit], *, sandbox: Sandbox, target: Target) -> StaticCheck:
    """Compile both sides of the edits, in our interpreter when the target's is of the same version, else in its own."""
    with laid_out(edits) as scan:
        if _minor(target.python_version) == sys.version_info[:2]:
            findings, version = list(_compiled_here(scan)), platform.python_version()
        else:
            findings, version = list(_compiled_there(scan, sandbox, target)), target.python_version
        return compared("compile", version, findings, scan.edits.values())


def _compiled_here(scan: Scan) -> Iterator[Finding]:
    for edit in scan.edits.values():
        for side, text in sides(edit):
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    compile(text, "<patched>", "exec", dont_inherit=True)
            except SyntaxError as error:
                yield Finding(side, edit.path, error.lineno or 0, "SyntaxError", str(error.msg))
            except (ValueError, RecursionError, MemoryError) as error:
                yield Finding(side, edit.path, 0, type(error).__name__, str(error))


def _compiled_there(scan: Scan, sandbox: Sandbox, target: Target) -> Iterator[Finding]:
    # -S: a .pth file of the target's environment is repository code and has no say here.
    argv = (str(target.python), "-I", "-S", "-c", _INSIDE)
    finished = run_tool(sandbox, scan, argv, read_only=(*target.read_only, Path(target.python).parent))
    if finished.exit_code != 0:
        tail = finished.stderr[-300:].decode(errors="replace")
        raise AnalyserFailed(f"{target.python} could not compile the files (code {finished.exit_code}): {tail}")
    try:
        for path, line, message in json.loads(finished.stdout):
            place = scan.locate(path.removeprefix("./"))
            if place is not None:
                yield Finding(*place, line, "SyntaxError", message)
    except (ValueError, TypeError, AttributeError) as error:
        raise AnalyserFailed(f"the answer of {target.python} cannot be read: {error}") from error


def _minor(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2])
