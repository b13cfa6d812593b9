"""Which name of which module a message says is gone."""

from __future__ import annotations

import re

import libcst as cst

from fixers.codemods.base import Scene
from fixers.codemods.crash import Crash, Site
from fixers.codemods.spelling import resolve

_GONE = (
    re.compile(r"[Mm]odule '(?P<module>[\w.]+)' has no attribute '(?P<name>\w+)'"),
    re.compile(r"cannot import name '(?P<name>\w+)' from '(?P<module>[\w.]+)'"),
    re.compile(r"`(?P<module>np|numpy)\.(?P<name>\w+)` was removed"),
    re.compile(r"`(?P<module>[\w.]+?)[.:](?P<name>\w+)` (?:has been (?:moved|removed)|was (?:moved|removed))"),
)
_SETTINGS = re.compile(r"`(?P<name>\w+)` has been moved to the `pydantic-settings` package")


def gone_name(scene: Scene, site: Site, crash: Crash) -> tuple[str, str] | None:
    """Return the module and the name that a message says are gone, or that a library's own look-up refused."""
    if (moved := _SETTINGS.search(crash.message)) is not None:
        return "pydantic", moved["name"]
    for form in _GONE:
        if (found := form.search(crash.message)) is not None:
            module = "numpy" if found["module"] == "np" else found["module"]
            return module, found["name"]
    return _refused(scene, site, crash)


def _refused(scene: Scene, site: Site, crash: Crash) -> tuple[str, str] | None:
    """Return module and name where a library's own `__getattr__` said no more than the name it does not know."""
    if crash.exception != "AttributeError" or not crash.message.isidentifier():
        return None
    reads = (node for node in site.source.at(site.line, cst.Attribute) if node.attr.value == crash.message)
    real = next(filter(None, (resolve(scene.project, site.path, node) for node in reads)), "")
    return (real.rpartition(".")[0], crash.message) if real else None
