"""Uses of the standard library that the target's interpreter no longer has."""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterator, Mapping
from typing import ClassVar

import libcst as cst

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import Site, crashes, raised_in_test, raising_site
from fixers.codemods.relocation import Moves, relocate
from fixers.codemods.source import Edits
from fixers.codemods.symbols import imports
from fixers.codemods.tables.stdlib_removals import CASE_METHODS, METHODS, MODULES, SYMBOLS, Removal
from fixers.model import Candidate, Tier

_ATTRIBUTE = re.compile(r"(?:module|type object) '(?P<module>[\w.]+)' has no attribute '(?P<name>\w+)'")
_IMPORT = re.compile(r"cannot import name '(?P<name>\w+)' from '(?P<module>[\w.]+)'")
_MODULE = re.compile(r"No module named '(?P<module>[\w.]+)'")
_METHOD = re.compile(r"'(?P<type>[\w.]+)' object has no attribute '(?P<name>\w+)'")
_BROUGHT = frozenset({
    "async_generator", "async_timeout", "backports", "cached_property", "contextlib2", "exceptiongroup", "funcsigs",
    "functools32", "importlib_metadata", "importlib_resources", "mock", "mypy_extensions", "ordereddict", "pathlib2",
    "singledispatch", "strenum", "subprocess32", "taskgroup", "tomli", "typing_extensions", "unittest2",
})  # fmt: skip
"""Distributions that brought parts of the standard library to older versions."""
_NOT_ALIKE = 0.6
_ABC = {"collections": frozenset({"OrderedDict"}), "collections.abc": frozenset({"Mapping", "Iterable"})}
_GUARDED = "try:\n    from collections.abc import Mapping\nexcept ImportError:\n    from collections import Mapping\n"


class RemovedStdlib(Codemod):
    """Use what replaced a module or attribute that this Python version dropped.

    All uses of what is gone from the module named in the failure are mended
    at once, in every file: the next one would fail in the same way. Each is
    checked against the live module first.
    """

    NAME = "removed-stdlib"
    NUMBER = 3
    TIER = Tier.A
    PRIOR = 0.96
    MESSAGE = "the standard library of this Python version no longer has this name"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # already guarded by the author
            before=_GUARDED,
            after=_GUARDED,
            exception="ImportError",
            message="cannot import name 'Mapping' from 'collections' (/usr/lib/python3.12/collections/__init__.py)",
            line=4,
            names=_ABC,
        ),
        Rewrite(  # the live module still has it: something else is wrong
            before="import time\n\nstart = time.clock()\n",
            after="import time\n\nstart = time.clock()\n",
            exception="AttributeError",
            message="module 'time' has no attribute 'clock'",
            line=3,
            names={"time": frozenset({"clock", "perf_counter"})},
        ),
        Rewrite(  # the name may be another module by the time it is used
            before="import time\n\n\ndef f(time):\n    return time.clock()\n",
            after="import time\n\n\ndef f(time):\n    return time.clock()\n",
            exception="AttributeError",
            message="module 'time' has no attribute 'clock'",
            line=5,
            names={"time": frozenset({"perf_counter", "time"})},
        ),
        Rewrite(  # no replacement behaves alike
            before="import asyncore\n\n\nclass Server(asyncore.dispatcher):\n    pass\n",
            after="import asyncore\n\n\nclass Server(asyncore.dispatcher):\n    pass\n",
            exception="ModuleNotFoundError",
            message="No module named 'asyncore'",
            line=1,
        ),
        Rewrite(  # one use of the removed module has no replacement, so the import must stay
            before="import imp\n\nimp.reload(x)\nimp.find_module('y')\n",
            after="import imp\n\nimp.reload(x)\nimp.find_module('y')\n",
            exception="ModuleNotFoundError",
            message="No module named 'imp'",
            line=1,
            names={"importlib": frozenset({"reload"})},
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before="from collections import Mapping, OrderedDict  # both\n\n\ndef f(x: Mapping):\n    return x\n",
            after=(
                "from collections import OrderedDict  # both\nfrom collections.abc import Mapping\n\n\n"
                "def f(x: Mapping):\n    return x\n"
            ),
            exception="ImportError",
            message="cannot import name 'Mapping' from 'collections' (/usr/lib/python3.12/collections/__init__.py)",
            line=1,
            names=_ABC,
        ),
        Rewrite(
            before="import collections\n\n\ndef f(x):\n    return isinstance(x, collections.Iterable)\n",
            after="import collections.abc\n\n\ndef f(x):\n    return isinstance(x, collections.abc.Iterable)\n",
            exception="AttributeError",
            message="module 'collections' has no attribute 'Iterable'",
            line=5,
            names=_ABC,
        ),
        Rewrite(
            before="import time\n\n\ndef f():\n    return time.clock() - time.time()\n",
            after="import time\n\n\ndef f():\n    return time.perf_counter() - time.time()\n",
            exception="AttributeError",
            message="module 'time' has no attribute 'clock'",
            line=5,
            names={"time": frozenset({"perf_counter", "time"})},
        ),
        Rewrite(
            before="import fractions\n\n\ndef f(a, b):\n    return fractions.gcd(a, b)\n",
            after="import math\n\n\ndef f(a, b):\n    return math.gcd(a, b)\n",
            exception="AttributeError",
            message="module 'fractions' has no attribute 'gcd'",
            line=5,
            names={"fractions": frozenset({"Fraction"}), "math": frozenset({"gcd"})},
        ),
        Rewrite(
            before="import xml.etree.cElementTree as ET\n\ntree = ET.parse('x')\n",
            after="import xml.etree.ElementTree as ET\n\ntree = ET.parse('x')\n",
            exception="ModuleNotFoundError",
            message="No module named 'xml.etree.cElementTree'",
            line=1,
            names={"xml.etree.ElementTree": frozenset({"parse"})},
        ),
        Rewrite(
            before="from distutils.spawn import find_executable\n\nGIT = find_executable('git')\n",
            after="from shutil import which\n\nGIT = which('git')\n",
            exception="ModuleNotFoundError",
            message="No module named 'distutils'",
            line=1,
            names={"shutil": frozenset({"which"})},
        ),
        Rewrite(
            before="import imp\nimport os\n\n\ndef again(module):\n    return imp.reload(module), os.sep\n",
            after="import importlib\nimport os\n\n\ndef again(module):\n    return importlib.reload(module), os.sep\n",
            exception="ModuleNotFoundError",
            message="No module named 'imp'",
            line=1,
            names={"importlib": frozenset({"reload"})},
        ),
        Rewrite(
            before="from itertools import izip\n\n\ndef f(a, b):\n    return list(izip(a, b))\n",
            after="def f(a, b):\n    return list(zip(a, b))\n",
            exception="ImportError",
            message="cannot import name 'izip' from 'itertools' (unknown location)",
            line=1,
            names={"itertools": frozenset({"chain"})},
        ),
        Rewrite(
            before="import threading\n\n\ndef alive(t):\n    return t.isAlive()\n",
            after="import threading\n\n\ndef alive(t):\n    return t.is_alive()\n",
            exception="AttributeError",
            message="'Thread' object has no attribute 'isAlive'. Did you mean: 'is_alive'?",
            line=5,
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Offer one candidate for everything gone from the named module, or the one method's new name."""
        for crash in crashes(scene, "AttributeError", "ImportError", "ModuleNotFoundError"):
            site = raising_site(scene, crash)
            gone = _module_named(crash.message)
            if gone and (site or raised_in_test(scene, crash)):
                yield from self._relocate(scene, gone, site)
            elif site and (named := _METHOD.search(crash.message)) is not None:
                yield from self._method(scene, site, named["type"], named["name"])

    def _relocate(self, scene: Scene, gone: str, site: Site | None) -> Iterator[Candidate]:
        entries = [entry for entry in SYMBOLS if _concerns(entry.old, gone) and _holds(scene, entry)]
        modules = {
            old: new
            for old, (new, since) in MODULES.items()
            if _concerns(old, gone) and _is_gone(scene, old, since) and scene.installed.names(new) is not None
        }
        moves = Moves({entry.old: entry.new for entry in entries}, modules)
        texts: dict[str, str] = {}
        for path in _site_first(scene, site):
            if site is not None and path != site.path and site.path not in texts:
                return  # the failing file itself is not to be mended this way
            changed = relocate(scene.project, path, moves)
            if changed is not None and not _still_needs(scene, path, changed, gone):
                texts[path] = changed
        if texts and (site is None or site.path in texts):
            alike = all(entry.alike for entry in entries if _mentioned(scene, texts, entry))
            yield from self.offer(
                scene,
                texts,
                summary=_summary(gone, scene.installed.python_version),
                line=site.line if site else 1,
                function=site.function if site else "",
                prior=self.PRIOR if alike else _NOT_ALIKE,
                tier=self.TIER if alike else Tier.B,
            )

    def _method(self, scene: Scene, site: Site, kind: str, name: str) -> Iterator[Candidate]:
        new = ""
        if name in METHODS and kind in METHODS[name][1] and scene.installed.python_version >= METHODS[name][2]:
            new = METHODS[name][0]
        elif name in CASE_METHODS and scene.installed.python_version >= CASE_METHODS[name][1]:
            new = CASE_METHODS[name][0]
        reads = [node for node in site.source.at(site.line, cst.Attribute) if node.attr.value == name]
        if not new or not reads:
            return
        edits = Edits(site.source)
        for node in reads:
            edits.put(node.attr, cst.Name(new))
        yield from self.offer(
            scene,
            {site.path: edits.text()},
            summary=f"`{kind}.{name}` is gone from this Python version; `{new}` is its present name.",
            line=site.line,
            function=site.function,
        )


def _summary(gone: str, version: tuple[int, int]) -> str:
    release = f"Python {version[0]}.{version[1]}"
    if gone.partition(".")[0] in _BROUGHT:
        return f"`{gone}` is not installed, and {release} has the same itself."
    return f"What `{gone}` lost in {release} is taken from where it lives now."


def _module_named(message: str) -> str:
    """Return the module that a message says is gone or lacks a name; empty for any other message."""
    for pattern in (_ATTRIBUTE, _IMPORT, _MODULE):
        if (found := pattern.search(message)) is not None:
            return found["module"]
    return ""


def _concerns(old: str, gone: str) -> bool:
    return old == gone or old.startswith(gone + ".")


def _holds(scene: Scene, entry: Removal) -> bool:
    """Say whether the live library lacks the old name and has the new one."""
    return _is_gone(scene, entry.old, entry.since) and _is_there(scene, entry.new)


def _is_gone(scene: Scene, old: str, since: tuple[int, int]) -> bool:
    module, _, name = old.rpartition(".")
    if scene.installed.python_version < since:
        return False
    exported = scene.installed.names(module) if module else scene.installed.names(old)
    return exported is None or bool(module and name not in exported)


def _is_there(scene: Scene, new: str) -> bool:
    module, _, name = new.rpartition(".")
    if hasattr(builtins, new.partition(".")[0]):
        return True
    if not module:
        return scene.installed.names(name) is not None
    return name in (scene.installed.names(module) or ())


def _mentioned(scene: Scene, texts: Mapping[str, str], entry: Removal) -> bool:
    name = entry.old.rpartition(".")[2]
    return any(name in scene.project.text(path) for path in texts)


def _site_first(scene: Scene, site: Site | None) -> list[str]:
    return sorted(scene.project.repairable(), key=lambda path: (site is None or path != site.path, path))


def _still_needs(scene: Scene, path: str, changed: str, gone: str) -> bool:
    """Say whether the new text still imports a module that does not exist at all."""
    if scene.installed.names(gone) is not None:
        return False
    after = type(scene.project)({**scene.project.files, path: changed}, scene.project.source_roots)
    return any(_concerns(origin.dotted, gone) for origin in imports(after, path).values())
