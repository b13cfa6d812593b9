"""Small projects as a target has them."""

from __future__ import annotations

import platform
import sys
from collections.abc import Mapping
from pathlib import Path

from fixers.project import Project, read_project
from fixers.runner.target import Target


def lay_out(tree: Path, files: Mapping[str, str], python: Path) -> tuple[Target, Project]:
    """Write files as a project whose tests the interpreter can run."""
    for name, text in files.items():
        path = tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    target = Target(
        tree=tree,
        mount="/project",
        python=python,
        read_only=(python.parents[1], Path(sys.base_prefix)),
        source_roots=(".",),
        pytest_args=(),
        python_version=platform.python_version(),
        packages={},
        provenance="the interpreter of these tests",
    )
    return target, read_project(tree, target.source_roots)
