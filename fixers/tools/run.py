"""One run of a tool in the sandbox, over the tree or over a patched copy of it."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from fixers import patch as patches
from fixers.evidence import CommandRun, Finding
from fixers.model import FileEdit
from fixers.runner.sandbox import Command, Ended, Limits, Sandbox
from fixers.runner.suite import INSIDE, events
from fixers.runner.target import Target
from fixers.tools.base import Output, Tool, kept, without_paths

_LIMITS = Limits(wall_seconds=300, cpu_seconds=300)
_VERSION = re.compile(r"\d+\.\d+[\w.]*")


@dataclass(frozen=True, slots=True)
class ToolRun:
    """What one run of a tool said."""

    findings: tuple[Finding, ...]
    understood: bool
    """Whether it came to its end and its answer could be read: it found nothing and says so, or names what it found."""
    tail: str
    """The last lines it printed; hostile text, for diagnosis only."""
    command: CommandRun
    version: str = ""
    files: dict[str, str] = field(default_factory=dict)
    """What it rewrote: path to text, for the paths that were asked for."""


def is_installed(tool: Tool, target: Target) -> bool:
    """Say whether the target's own environment has the tool."""
    return tool.distribution in target.packages or _script(tool, target).exists()


def check(tool: Tool, arguments: Sequence[str], target: Target, sandbox: Sandbox) -> ToolRun:
    """Have the tool report, and ask for its version where the environment does not say."""
    known = target.packages.get(tool.distribution, "")
    asking = [] if known else [(*_name(tool, target), "--version")]
    argv = (*_start(tool, target), *tool.report, *kept(tool, arguments))
    outputs, ran, _ = _run((*asking, argv), (), target, sandbox)
    version = known or (_first_version(outputs[0].out) if asking and outputs else "")
    if len(outputs) <= len(asking):
        return ToolRun((), understood=False, tail="it was cut off", command=ran, version=version)
    output = outputs[-1]
    findings = tuple(dict.fromkeys(tool.read(output)))
    tail = " / ".join(line for line in (output.out + output.err).strip().splitlines()[-4:] if line.strip())[-600:]
    return ToolRun(
        findings,
        understood=bool(findings) or output.code == 0,
        tail=tail,
        command=ran.model_copy(update={"argv": argv, "exit_code": output.code, "failed": len(findings)}),
        version=version,
    )


def printed(tool: Tool, arguments: Sequence[str], target: Target, sandbox: Sandbox) -> Output | None:
    """Return all that a tool prints, notes too; None when it was cut off."""
    outputs, _, _ = _run(((*_start(tool, target), *tool.report, *kept(tool, arguments)),), (), target, sandbox)
    return outputs[0] if outputs else None


def mend(
    tool: Tool, arguments: Sequence[str], paths: Sequence[str], target: Target, sandbox: Sandbox
) -> dict[str, str]:
    """Have the tool mend these files by its safe rules; return the new texts of those that it changed."""
    if tool.mend is None or not paths:
        return {}
    options = without_paths(tool, kept(tool, arguments), lambda word: (target.tree / word).exists())
    return rewritten((*_start(tool, target), *tool.mend, *options, *paths), paths, target, sandbox)


def rewritten(
    argv: Sequence[str], paths: Sequence[str], target: Target, sandbox: Sandbox, read_only: Sequence[Path] = ()
) -> dict[str, str]:
    """Run a command that rewrites files; return the new texts of those of `paths` that it changed."""
    return rewritten_in_steps((argv,), paths, target, sandbox, read_only)


def rewritten_in_steps(
    steps: Sequence[Sequence[str]],
    paths: Sequence[str],
    target: Target,
    sandbox: Sandbox,
    read_only: Sequence[Path] = (),
) -> dict[str, str]:
    """Run commands that rewrite files, one after the other; return the new texts as the last one leaves them."""
    return _run(steps, paths, target, sandbox, read_only)[2]


@contextmanager
def patched(target: Target, edits: Sequence[FileEdit]) -> Iterator[Target]:
    """Lay out the target's tree with the edits, for as long as the context lasts."""
    if not edits:
        yield target
        return
    with tempfile.TemporaryDirectory(prefix="goldseam-tool-") as scratch:
        yield replace(target, tree=patches.patched_tree(target.tree, edits, Path(scratch) / "tree"))


def _run(
    steps: Sequence[Sequence[str]],
    read: Sequence[str],
    target: Target,
    sandbox: Sandbox,
    read_only: Sequence[Path] = (),
) -> tuple[list[Output], CommandRun, dict[str, str]]:
    request = {"steps": [list(step) for step in steps], "read": list(read)}
    scripts = Path(target.python).parent
    command = Command(
        argv=(str(target.python), "-B", "-S", str(INSIDE / "goldseam_tool.py")),
        tree=target.tree,
        mount=target.mount,
        environment={
            "PATH": f"{scripts}:/usr/local/bin:/usr/bin:/bin",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONHASHSEED": "0",
            "RUFF_OUTPUT_FORMAT": "concise",  # of `ruff format`, whose older releases have no option for it
            "CI": "true",
        },
        read_only=(*target.read_only, *read_only, INSIDE),
        stdin=json.dumps(request).encode(),
        limits=_LIMITS,
    )
    finished = sandbox.run(command)
    outputs, files, directory = [], {}, target.mount
    for event in events(finished.report):
        match event:
            case {"event": "here", "directory": str(directory)}:
                pass
            case {"event": "ran", "code": int(code), "out": str(out), "err": str(err)}:
                outputs.append(Output(code, out, err, directory))
            case {"event": "file", "path": str(path), "text": str(text)} if path in read:
                files[path] = text
    ended = finished.exit_code if finished.ended is Ended.EXITED else -1
    ran = CommandRun(purpose="static", argv=tuple(steps[-1]), exit_code=ended, seconds=round(finished.seconds, 2))
    return outputs, ran, files


def _start(tool: Tool, target: Target) -> tuple[str, ...]:
    """Return the words that start the tool: its script beside the interpreter, else its module."""
    return (*_name(tool, target), *tool.command[1:])


def _name(tool: Tool, target: Target) -> tuple[str, ...]:
    script = _script(tool, target)
    return (str(script),) if script.exists() else (str(target.python), "-m", tool.command[0])


def _script(tool: Tool, target: Target) -> Path:
    return Path(target.python).parent / tool.command[0]


def _first_version(text: str) -> str:
    found = _VERSION.search(text)
    return found[0] if found else ""
