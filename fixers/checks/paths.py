"""G1, G2, G3, G7: places a repair may not touch."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import PurePosixPath

from fixers.model import FileEdit
from fixers.project import is_test_path

_SNAPSHOTS = re.compile(r"(^|/)(__snapshots__|snapshots|testdata|test_data|fixtures|cassettes)/|\.(ambr|snap)$")
_COLLECTION = frozenset({
    "conftest.py", "pytest.ini", ".pytest.ini", "pytest.toml", ".pytest.toml", "tox.ini", "tox.toml", "noxfile.py",
    "setup.cfg", "pyproject.toml", "setup.py", ".coveragerc", "sitecustomize.py", "usercustomize.py",
    "manifest.in",
})  # fmt: skip
_POLICY_DIRS = frozenset(
    {".github", ".gitlab", ".circleci", ".buildkite", ".ci", "ci", ".goldseam", ".azure-pipelines"}
)
_POLICY = re.compile(
    r"(^|/)(codeowners|jenkinsfile|makefile|gnumakefile|justfile|dockerfile[^/]*|docker-compose[^/]*|compose\.ya?ml"
    r"|action\.ya?ml|\.gitlab-ci\.ya?ml|\.travis\.yml|\.drone\.yml|appveyor\.yml|azure-pipelines[^/]*\.ya?ml"
    r"|bitbucket-pipelines\.yml|\.pre-commit-config\.yaml|goldseam\.(toml|ya?ml)|\.goldseam[^/]*|\.semgrep[^/]*"
    r"|ruff\.toml|\.ruff\.toml|mypy\.ini|\.mypy\.ini|\.flake8|\.pylintrc|pyrightconfig\.json|\.gitattributes"
    r"|\.gitmodules|security\.md)$"
)
_DEPENDENCIES = re.compile(
    r"(^|/)([^/]*requirements[^/]*\.(txt|in)|requirements/[^/]+|constraints[^/]*\.txt|poetry\.lock|uv\.lock|pdm\.lock"
    r"|pipfile|pipfile\.lock|pylock[^/]*\.toml|environment\.ya?ml|\.python-version|runtime\.txt)$"
)


def outside(edits: Sequence[FileEdit]) -> list[str]:
    """Name the paths that do not plainly lie inside the tree."""
    return [f"{edit.path!r} is no plain relative path" for edit in edits if not _plain(edit.path)]


def tests(edits: Sequence[FileEdit], laid_out: Collection[str]) -> list[str]:
    """Name the edited tests, and the data they compare with; tests among `laid_out` are only laid out anew."""
    recorded = [f"{path} is a test" for path in _lowered(edits) if _SNAPSHOTS.search(path)]
    others = [edit for edit in edits if edit.path not in laid_out]
    return recorded + [
        f"{path} is a test" for path in _lowered(others) if is_test_path(path) and not _SNAPSHOTS.search(path)
    ]


def collection(edits: Sequence[FileEdit]) -> list[str]:
    """Name the edited files that say which tests are collected and how."""
    return [
        f"{path} decides which tests run"
        for path in _lowered(edits)
        if PurePosixPath(path).name in _COLLECTION or path.endswith(".pth")
    ]


def policy(edits: Sequence[FileEdit]) -> list[str]:
    """Name the edited files that say what CI runs or who may approve."""
    return [
        f"{path} decides what CI runs or who approves"
        for path in _lowered(edits)
        if _POLICY_DIRS.intersection(PurePosixPath(path).parts[:1]) or _POLICY.search(path)
    ]


def dependencies(edits: Sequence[FileEdit]) -> list[str]:
    """Name the edited files that say what gets installed."""
    return [f"{path} decides what is installed" for path in _lowered(edits) if _DEPENDENCIES.search(path)]


def _lowered(edits: Sequence[FileEdit]) -> Iterator[str]:
    # Lower case: on some file systems `Tests/Test_x.py` is the test file.
    return (str(PurePosixPath(edit.path.replace("\\", "/"))).lower() for edit in edits)


def _plain(path: str) -> bool:
    parts = path.split("/")
    return (
        bool(path)
        and "\\" not in path
        and path.isprintable()
        and not any(part in {"", ".", ".."} or part.lower() == ".git" for part in parts)
    )
