"""Output of a command that is bytes, and is used as text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from fixers.codemods.arguments import with_keyword
from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import crashes
from fixers.codemods.spelling import resolve
from fixers.codemods.workfile import Workfile
from fixers.model import Candidate, Tier
from fixers.project import is_repairable

_BYTES = re.compile(
    r"a bytes-like object is required, not 'str'|cannot use a string pattern on a bytes-like object"
    r"|first arg must be bytes or a tuple of bytes, not str|'bytes' object has no attribute"
    r"|can't concat str to bytes|can only concatenate str \(not \"bytes\"\) to str|expected str instance, bytes found"
    r"|a bytes-like object is required|Type str doesn't support the buffer API"
)
_RUNS = frozenset({"subprocess.check_output", "subprocess.run", "subprocess.Popen"})
_TEXTUAL = frozenset({"text", "universal_newlines", "encoding", "errors"})
_WANTED = "a bytes-like object is required, not 'str'"


class BytesOutput(Codemod):
    """Ask for the output of a command as text, where the code goes on with it as text.

    Only where the function that runs the command is on the way to the failure, and writes no bytes to it.
    """

    NAME = "bytes-output"
    NUMBER = 18
    TIER = Tier.A
    PRIOR = 0.93
    MESSAGE = "the output of a command is bytes and is used as text"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # text it is
            before="import subprocess\n\n\ndef f(c):\n    return subprocess.check_output(c, text=True).split(b',')\n",
            after="import subprocess\n\n\ndef f(c):\n    return subprocess.check_output(c, text=True).split(b',')\n",
            exception="TypeError",
            message=_WANTED,
            line=5,
        ),
        Rewrite(  # decoded already: something else is bytes
            before="import subprocess\n\n\ndef f(c, x):\n    return subprocess.check_output(c).decode() + x\n",
            after="import subprocess\n\n\ndef f(c, x):\n    return subprocess.check_output(c).decode() + x\n",
            exception="TypeError",
            message='can only concatenate str (not "bytes") to str',
            line=5,
        ),
        Rewrite(  # the input is bytes too
            before="import subprocess\n\n\ndef f(c):\n    return subprocess.run(c, input=b'').stdout.split()\n",
            after="import subprocess\n\n\ndef f(c):\n    return subprocess.run(c, input=b'').stdout.split()\n",
            exception="TypeError",
            message=_WANTED,
            line=5,
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before="import subprocess\n\n\ndef f(c):\n    return subprocess.check_output(c).split()\n",
            after="import subprocess\n\n\ndef f(c):\n    return subprocess.check_output(c, text=True).split()\n",
            exception="TypeError",
            message=_WANTED,
            line=5,
        ),
        Rewrite(
            before=(
                "from subprocess import PIPE, Popen\n\n\n"
                "def f(c):\n    p = Popen(c, stdout=PIPE)\n    out, _ = p.communicate()\n    return out.find('x')\n"
            ),
            after=(
                "from subprocess import PIPE, Popen\n\n\n"
                "def f(c):\n    p = Popen(c, stdout=PIPE, text=True)\n    out, _ = p.communicate()\n"
                "    return out.find('x')\n"
            ),
            exception="TypeError",
            message="startswith first arg must be bytes or a tuple of bytes, not str",
            line=7,
        ),
        Rewrite(
            before=(
                "import subprocess\n\n\ndef out(c):\n    return subprocess.run(c, capture_output=True).stdout\n\n\n"
                "def f(c):\n    return out(c).format(1)\n"
            ),
            after=(
                "import subprocess\n\n\n"
                "def out(c):\n    return subprocess.run(c, capture_output=True, text=True).stdout\n\n\n"
                "def f(c):\n    return out(c).format(1)\n"
            ),
            exception="AttributeError",
            message="'bytes' object has no attribute 'format'",
            line=9,
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Offer it for the failing function, then for what it calls in its module, then for those on the way to it."""
        for crash in crashes(scene, "TypeError", "AttributeError"):
            if not _BYTES.search(crash.message):
                continue
            for frame in reversed(crash.frames):
                if not frame.in_project or not is_repairable(frame.path) or frame.path not in scene.project.files:
                    continue
                work = Workfile.of(scene.project, frame.path, scene.project.text(frame.path), frame.line)
                calls = list(_running(work)) if work is not None else []
                if work is not None and len(calls) == 1:
                    text = work.edits.put(calls[0], with_keyword(calls[0], "text", cst.Name("True"))).text()
                    summary = "The output of the command is asked for as text."
                    yield from self.offer(scene, {frame.path: text}, summary=summary, line=work.source.line(calls[0]))
                    return
            yield from self._only_one(scene)

    def _only_one(self, scene: Scene) -> Iterator[Candidate]:
        """Offer it where the whole project runs one command: what it gave has been handed on."""
        found = []
        for path in scene.project.repairable():
            text = scene.project.text(path)
            work = Workfile.of(scene.project, path, text) if "subprocess" in text else None
            found += [(work, call) for call in work.source.all(cst.Call) if _runs(work, call)] if work else []
        for work, call in found if len(found) == 1 else ():
            text = work.edits.put(call, with_keyword(call, "text", cst.Name("True"))).text()
            summary = "The output of the command is asked for as text."
            yield from self.offer(scene, {work.path: text}, summary=summary, line=work.source.line(call))


def _running(work: Workfile) -> Iterator[cst.Call]:
    """Yield the calls that run a command for its bytes, in the failing function and in those that it calls."""
    function = work.source.enclosing(work.line, cst.FunctionDef)
    called = {n.value for n in work.source.within(function, cst.Name)} if function is not None else set()
    for call in work.source.all(cst.Call):
        around = work.source.up(call, cst.FunctionDef)
        here = around is function or (around is not None and around.name.value in called)
        if here and _runs(work, call):
            yield call


def _runs(work: Workfile, call: cst.Call) -> bool:
    """Say whether a call runs a command and takes bytes from it."""
    given = {arg.keyword.value: work.source.code(arg.value) for arg in call.args if arg.keyword is not None}
    if resolve(work.project, work.path, call.func) not in _RUNS or _TEXTUAL & set(given):
        return False
    fed = given.get("input", "")
    bytes_in = fed.startswith(("b'", 'b"')) or ".encode(" in fed or any(arg.star == "**" for arg in call.args)
    return not bytes_in and not _is_decoded(work, call)


def _is_decoded(work: Workfile, call: cst.Call) -> bool:
    around = work.source.up(call, cst.FunctionDef)
    return around is not None and ".decode(" in work.source.code(around)
