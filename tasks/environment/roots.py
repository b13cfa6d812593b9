"""Which directories of a project are on the import path."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from tasks.environment.reading import ini_section, python_tree, strings, table, toml_table

_SRC_MODULE = re.compile(r"^src/([^/]+/__init__|[^/]+)\.py$")


def source_roots(files: Mapping[str, str], *, from_here: bool) -> tuple[str, ...]:
    """Return the import roots, most specific first; `from_here` says that tests run with `.` on the path."""
    stated = [
        *_pytest_pythonpath(files),
        *_setuptools_roots(files),
        *(["src"] if any(_SRC_MODULE.match(path) for path in files) else []),
    ]
    roots = list(dict.fromkeys(clean for root in stated if (clean := _clean(root)) is not None))
    if from_here or not roots:
        roots.append(".")
    return tuple(dict.fromkeys(roots))


def _pytest_pythonpath(files: Mapping[str, str]) -> Iterator[str]:
    """Paths of the ini option `pythonpath`, from the one file pytest would read."""
    for name, section in (("pytest.ini", "pytest"), (".pytest.ini", "pytest")):
        if name in files:
            yield from _words(ini_section(files[name], section).get("pythonpath", ""))
            return
    stated = table(toml_table(files.get("pyproject.toml", "")), "tool", "pytest", "ini_options").get("pythonpath")
    yield from strings(stated) or _words(stated if isinstance(stated, str) else "")
    for name, section in (("tox.ini", "pytest"), ("setup.cfg", "tool:pytest")):
        yield from _words(ini_section(files.get(name, ""), section).get("pythonpath", ""))


def _setuptools_roots(files: Mapping[str, str]) -> Iterator[str]:
    pyproject = toml_table(files.get("pyproject.toml", ""))
    yield from (
        value for value in (table(pyproject, "tool", "setuptools", "package-dir").get(""),) if isinstance(value, str)
    )
    yield from strings(table(pyproject, "tool", "setuptools", "packages", "find").get("where"))
    poetry = table(pyproject, "tool", "poetry").get("packages")
    for package in poetry if isinstance(poetry, list) else ():
        if isinstance(root := table(package).get("from"), str):
            yield root
    options = ini_section(files.get("setup.cfg", ""), "options").get("package_dir", "")
    yield from re.findall(r"^\s*=\s*(\S+)", options, re.MULTILINE)
    yield from _words(ini_section(files.get("setup.cfg", ""), "options.packages.find").get("where", ""))
    yield from _setup_py_roots(files.get("setup.py", ""))


def _setup_py_roots(text: str) -> Iterator[str]:
    for node in ast.walk(python_tree(text)):
        match node:
            case ast.keyword(arg="package_dir", value=ast.Dict(keys=keys, values=values)):
                for key, value in zip(keys, values, strict=True):
                    match key, value:
                        case ast.Constant(value=""), ast.Constant(value=str(root)):
                            yield root


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        return []


def _clean(root: str) -> str | None:
    """Return a root inside the project in its plain form, or None."""
    path = PurePosixPath(root)
    return None if path.is_absolute() or ".." in path.parts else str(path)
