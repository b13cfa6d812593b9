"""Where a printed path lies: inside the project, and under which relative name."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection
from pathlib import PurePosixPath

# Code that nobody here may repair: the interpreter's own and installed packages. Checked before anything else,
# because `json/__init__.py` of the standard library must not pass for a project's file of that name.
_FOREIGN = re.compile(
    r"(?:^|/)(?:site-packages|dist-packages|lib(?:64)?/(?:python|pypy)\d[\w.]{0,9}|Python\d*/[^/]*/x\d+/Lib)/"
    r"|^<"
    r"|/Lib/(?:unittest|asyncio|importlib|concurrent|threading|json)\b",
)
# Where runners and images check a repository out. Only used for files that no list of project files names.
_WORKSPACE = re.compile(
    r"^(?:/home/runner/work/[^/]+/[^/]+|/Users/runner/work/[^/]+/[^/]+|/__w/[^/]+/[^/]+|[A-Za-z]:/a/[^/]+/[^/]+"
    r"|/github/workspace|/builds/[^/]+/[^/]+|/root/project|/home/circleci/project|/usr/src/app|/app|/code"
    r"|/workspaces?(?:/[^/]+(?=/.*/))?)/",
)
_ABSOLUTE = re.compile(r"^(?:/|[A-Za-z]:/|~/)")


class Places:
    """Names project files the way the project does, whatever machine printed them."""

    def __init__(self, project_files: Collection[str] = ()) -> None:
        self.files = frozenset(project_files)
        self._by_name: dict[str, list[str]] = defaultdict(list)
        for path in self.files:
            self._by_name[PurePosixPath(path).name].append(path)
        self.root = ""
        """Directory that the report itself calls its root (pytest's `rootdir`), with a trailing slash."""

    def locate(self, printed: str) -> tuple[str, bool]:
        """Return the path to show, and whether it is a file of the project.

        A relative path is the project's own unless it climbs out; an absolute
        one when it ends with a project file or lies in a known workspace.
        """
        path = printed.replace("\\", "/")
        path = path.removeprefix("./")
        if _FOREIGN.search(path):
            return printed, False
        named = self._named(path)
        if named:
            return named, True
        if self.root and path.startswith(self.root):
            return path[len(self.root) :], True
        workspace = _WORKSPACE.match(path)
        if workspace:
            return path[workspace.end() :], True
        if not path or _ABSOLUTE.match(path) or path.startswith("../"):
            return printed, False
        return path, True

    def _named(self, path: str) -> str:
        if not self.files:
            return ""
        parts = path.split("/")
        # Longest suffix first: `/srv/a/pkg/mod.py` is `a/pkg/mod.py` where that exists, else `pkg/mod.py`.
        for start in range(max(0, len(parts) - 40), len(parts)):
            suffix = "/".join(parts[start:])
            if suffix in self.files:
                return suffix
        # A step that ran in a sub-directory prints paths from there.
        if _ABSOLUTE.match(path) or path.startswith("../"):
            return ""
        deeper = [known for known in self._by_name.get(parts[-1], ()) if known.endswith("/" + path)]
        return deeper[0] if len(deeper) == 1 else ""
