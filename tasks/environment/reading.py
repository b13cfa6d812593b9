"""Reading configuration files that a stranger wrote: a malformed one reads as empty."""

from __future__ import annotations

import ast
import configparser
import tomllib
from collections.abc import Mapping

Table = Mapping[str, object]


def toml_table(text: str) -> Table:
    """Read TOML; an empty table when it is malformed, for a broken file must not hide the others."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return {}


def table(parent: object, *names: str) -> Table:
    """Step down into nested tables; an empty one wherever the shape is another."""
    for name in names:
        parent = parent.get(name) if isinstance(parent, Mapping) else None
    return parent if isinstance(parent, Mapping) else {}


def strings(value: object) -> tuple[str, ...]:
    """Return the strings of a list; nothing for any other shape."""
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def ini_section(text: str, name: str) -> Mapping[str, str]:
    """Read one section of an INI file; empty when it is missing or the file malformed."""
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(text)
    except configparser.Error:
        return {}
    return dict(parser[name]) if parser.has_section(name) else {}


def ini_sections(text: str) -> tuple[str, ...]:
    """Return the names of the sections of an INI file."""
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(text)
    except configparser.Error:
        return ()
    return tuple(parser.sections())


def python_tree(text: str) -> ast.Module:
    """Parse Python; an empty module when it does not parse."""
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])
