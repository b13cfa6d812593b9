"""What a message's advice means for the names that the failing line uses."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import libcst as cst

from fixers.codemods.advice import Advice, offered
from fixers.codemods.base import Scene
from fixers.codemods.crash import Site
from fixers.codemods.moved_names import is_of_project, is_there
from fixers.codemods.nearest import nearest


def uses(site: Site) -> list[cst.CSTNode]:
    """Return the names and attributes of the failing line, or of the whole file when the line is an import."""
    line: list[cst.CSTNode] = [*site.source.at(site.line, cst.Attribute), *site.source.at(site.line, cst.Name)]
    if any(site.source.up(node, cst.ImportFrom) or site.source.up(node, cst.Import) for node in line):
        return [*site.source.all(cst.Attribute), *site.source.all(cst.Name)]
    return line


def told_place(scene: Scene, real: str, said: Advice) -> str:
    """Return where a used name lives by the library's own word, if it does live there; else an empty string."""
    module, _, name = real.rpartition(".")
    if not module or name != said.old.rpartition(".")[2] or ("." in said.old and not real.endswith(said.old)):
        return ""
    options = (said.new, f"{module}.{said.new}", f"{module}.{said.new.rpartition('.')[2]}")
    return next((new for new in options if "." in new and new != real and is_there(scene, new)), "")


def hinted_symbol(scene: Scene, used: Collection[str], message: str) -> dict[str, str]:
    """Return the one used name that stands in the module of the one that the message says to use, with that.

    For messages that name no old name: "Use `babel.numbers.format_decimal` instead."
    """
    for new in offered(message):
        home = new.rpartition(".")[0]
        old = [real for real in used if home and real.rpartition(".")[0] == home and real != new]
        if len(old) == 1 and not is_of_project(scene, home) and is_there(scene, new):
            return {old[0]: new}
    return {}


def hinted_attributes(site: Site, message: str) -> Iterator[tuple[str, str]]:
    """Yield an attribute of the failing line and the name like it that the message says to use: `…_utc`."""
    for new in offered(message):
        name = new.rpartition(".")[2]
        reads = {node.attr.value for node in site.source.at(site.line, cst.Attribute)} - {name}
        old = [read for read in reads if nearest(read, {name}) or name.startswith(f"{read}_")]
        if len(old) == 1:
            yield old[0], name
