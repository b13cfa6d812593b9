"""Files of a package that are looked for where the program happens to run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import ClassVar

import libcst as cst

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import crashes
from fixers.codemods.source import Edits, Source, parse
from fixers.codemods.spelling import Spelling, tidied
from fixers.model import Candidate, Tier
from fixers.project import is_repairable

_GONE = re.compile(r"^\[Errno 2\] No such file or directory: '(?P<path>[^/'][^']*)'$")
_SAID = "[Errno 2] No such file or directory: 'pkg/data/a.txt'"
_MOST_PARENTS = 3


class RelativePath(Codemod):
    """Look for a file of the package beside the module that names it, not where the program runs.

    The path that was missed has to begin with what the module says, and to be read: what is written may be
    meant for the directory of whoever runs it.
    """

    NAME = "relative-path"
    NUMBER = 31
    TIER = Tier.A
    PRIOR = 0.9
    MESSAGE = "a file of the package is looked for in the current directory"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # the caller says which file
            before="def f(path):\n    with open(path) as file:\n        return file.read()\n",
            after="def f(path):\n    with open(path) as file:\n        return file.read()\n",
            exception="FileNotFoundError",
            message=_SAID,
            line=2,
        ),
        Rewrite(  # it is written
            before="def f(x):\n    with open('pkg/data/a.txt', 'w') as file:\n        file.write(x)\n",
            after="def f(x):\n    with open('pkg/data/a.txt', 'w') as file:\n        file.write(x)\n",
            exception="FileNotFoundError",
            message=_SAID,
            line=2,
        ),
        Rewrite(  # an absolute path does not depend on where the program runs
            before="def f():\n    return open('/pkg/data/a.txt')\n",
            after="def f():\n    return open('/pkg/data/a.txt')\n",
            exception="FileNotFoundError",
            message="[Errno 2] No such file or directory: '/pkg/data/a.txt'",
            line=2,
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before=(
                "from pathlib import Path\n\nHOME = Path('pkg/data')\n\n\n"
                "def f(name):\n    return (HOME / name).read_text()\n"
            ),
            after=(
                "from pathlib import Path\n\nHOME = Path(__file__).parent / 'data'\n\n\n"
                "def f(name):\n    return (HOME / name).read_text()\n"
            ),
            exception="FileNotFoundError",
            message=_SAID,
            line=7,
        ),
        Rewrite(
            before=(
                "import json\n\n\ndef f():\n    with open('pkg/data/a.txt') as file:\n        return json.load(file)\n"
            ),
            after=(
                "import json\nfrom pathlib import Path\n\n\ndef f():\n"
                "    with open(Path(__file__).parent / 'data/a.txt') as file:\n        return json.load(file)\n"
            ),
            exception="FileNotFoundError",
            message=_SAID,
            line=5,
        ),
        Rewrite(
            before="import os\n\n\ndef f(name):\n    return open(os.path.join('data', name)).read()\n",
            after=(
                "import os\nfrom pathlib import Path\n\n\n"
                "def f(name):\n    return open(os.path.join(Path(__file__).parent / 'data', name)).read()\n"
            ),
            exception="FileNotFoundError",
            message="[Errno 2] No such file or directory: 'data/a.txt'",
            line=5,
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Offer the directory of the module first, then those above it; the tests find the file in one only."""
        for crash in crashes(scene, "FileNotFoundError"):
            missed = _GONE.match(crash.message)
            for path in dict.fromkeys(f.path for f in reversed(crash.frames) if f.in_project) if missed else ():
                source = parse(scene.project.files.get(path, "")) if is_repairable(path) else None
                texts = (
                    [t for t in source.all(cst.SimpleString) if _begins(source, t, str(missed and missed["path"]))]
                    if source
                    else []
                )
                if source is None or len(texts) != 1:
                    continue
                for expression in _places(path, texts[0]):
                    yield from self._offered(scene, path, source, texts[0], expression)
                return

    def _offered(
        self, scene: Scene, path: str, source: Source, text: cst.SimpleString, expression: str
    ) -> Iterator[Candidate]:
        edits = Edits(source)
        spelling = Spelling(scene.project, path, edits)
        name = spelling("pathlib.Path")
        if spelling.failed:
            return
        call = source.parents[source.parents[text]]
        made = cst.parse_expression(expression.replace("Path", name, 1))
        whole = (
            isinstance(call, cst.Call) and source.code(call.func).rpartition(".")[2] == "Path" and len(call.args) == 1
        )
        edits.put(call if whole else text, made)
        summary = "The file is looked for beside the module that names it."
        yield from self.offer(
            scene, {path: tidied(scene.project, path, edits.text())}, summary=summary, line=source.line(text)
        )


def _begins(source: Source, text: cst.SimpleString, missed: str) -> bool:
    """Say whether a text is the begin of the missed path, names a file or directory, and is only read."""
    value = text.evaluated_value
    parent = source.parents[text]
    call = source.parents[parent]
    if not isinstance(value, str) or not isinstance(parent, cst.Arg) or not isinstance(call, cst.Call):
        return False
    plain = value.removeprefix("./").rstrip("/")
    within = missed == plain or missed.startswith(plain + "/")
    called = source.code(call.func).rpartition(".")[2]
    modes = [source.code(arg.value) for arg in call.args[1:]] if called == "open" else []
    writes = any(re.match(r"^['\"][^'\"]*[wax]", mode) for mode in modes)
    return bool(plain) and within and not writes and call.args[0] is parent and called in {"open", "Path", "join"}


def _places(path: str, text: cst.SimpleString) -> Iterator[str]:
    """Yield expressions for the path, from the module's own directory and from those above it."""
    value = str(text.evaluated_value).removeprefix("./").rstrip("/")
    home = PurePosixPath(path).parent
    base = "Path(__file__).parent"
    parts = PurePosixPath(value).parts
    for count in range(min(len(parts) - 1, len(home.parts)), 0, -1):
        if home.parts[-count:] == parts[:count]:
            rest = "/".join(parts[count:])
            yield f"{base} / {text.quote}{rest}{text.quote}"
    for steps in range(min(_MOST_PARENTS, len(home.parts)) + 1):
        yield f"{base}{'.parent' * steps} / {text.quote}{value}{text.quote}"
