"""Names that a package should give out and does not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import Crash, crashes, raised_in_test
from fixers.codemods.exports import given_out, gives_out, homes, listing, names_in, with_name
from fixers.codemods.nearest import nearest
from fixers.codemods.scopes import bound
from fixers.codemods.source import Edits, parse
from fixers.codemods.symbols import tree_of, trees
from fixers.model import Candidate, Tier
from fixers.project import is_repairable

_LOST = (
    re.compile(r"cannot import name '(?P<name>\w+)' from '(?P<module>[\w.]+)'"),
    re.compile(r"module '(?P<module>[\w.]+)' has no attribute '(?P<name>\w+)'"),
)
_UNBOUND = re.compile(r"name '(?P<name>\w+)' is not defined")
_SHAPES = {"geo/shapes.py": "class Circle:\n    pass\n\n\nclass Square:\n    pass\n"}
_NO_SQUARE = "cannot import name 'Square' from 'geo' (/w/geo/__init__.py)"
_TEST = (("tests/test_example.py", 1, "<module>"),)


class MissingExport(Codemod):
    """Import a name into its package, or list it in `__all__`, where others look for it.

    The package must give out names of its own modules already, or the test must
    import the name from there; one module of the package must define it.
    """

    NAME = "missing-export"
    NUMBER = 28
    TIER = Tier.A
    PRIOR = 0.93
    MESSAGE = "a package does not give out a name of its own"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # two modules of the package define it
            before="from .shapes import Circle\n",
            after="from .shapes import Circle\n",
            path="geo/__init__.py",
            exception="ImportError",
            message=_NO_SQUARE,
            frames=_TEST,
            files={**_SHAPES, "geo/solids.py": "class Square:\n    pass\n"},
        ),
        Rewrite(  # the module needs the package itself: to import it there would be a circle
            before="from .shapes import Circle\n",
            after="from .shapes import Circle\n",
            path="geo/__init__.py",
            exception="ImportError",
            message=_NO_SQUARE,
            frames=_TEST,
            files={
                "geo/shapes.py": "class Circle:\n    pass\n",
                "geo/flat.py": "from geo import Circle\nSquare = Circle\n",
            },
        ),
        Rewrite(  # the package gives nothing out, and the project's own code looks for the name
            before="",
            after="",
            path="geo/__init__.py",
            exception="ImportError",
            message=_NO_SQUARE,
            frames=(("app.py", 1, "<module>"),),
            files={**_SHAPES, "app.py": "from geo import Square\n"},
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before='from geo.shapes import Circle\n\n__all__ = ["Circle"]\n',
            after='from geo.shapes import Circle, Square\n\n__all__ = ["Circle", "Square"]\n',
            path="geo/__init__.py",
            exception="ImportError",
            message=_NO_SQUARE,
            frames=_TEST,
            files=_SHAPES,
        ),
        Rewrite(
            before="from .shapes import Circle\n",
            after="from .shapes import Circle, Square\n",
            path="geo/__init__.py",
            exception="AttributeError",
            message="module 'geo' has no attribute 'Square'",
            frames=(("app.py", 4, "f"),),
            files={**_SHAPES, "app.py": "import geo\n\ndef f():\n    return geo.Square()\n"},
        ),
        Rewrite(  # the module is there, and nothing imports it
            before="from . import solids\n",
            after="from . import shapes, solids\n",
            path="geo/__init__.py",
            exception="AttributeError",
            message="module 'geo' has no attribute 'shapes'",
            frames=(("tests/test_example.py", 2, "test_it"),),
            files={**_SHAPES, "geo/solids.py": ""},
        ),
        Rewrite(  # a star import takes only what the list names
            before="__all__ = [\n    'gross',\n    'price',\n]\n\n\ndef gross():\n    pass\n\n\ndef net():\n    pass\n"
            "\n\ndef price():\n    pass\n",
            after="__all__ = [\n    'gross',\n    'net',\n    'price',\n]\n\n\ndef gross():\n    pass\n\n\ndef net():\n"
            "    pass\n\n\ndef price():\n    pass\n",
            exception="NameError",
            message="name 'net' is not defined",
            frames=(("app.py", 5, "f"),),
            files={"app.py": "from pkg.mod import *\n\n\ndef f():\n    return net()\n"},
        ),
        Rewrite(  # the list names what is not there
            before="__all__ = ['gros']\n\n\ndef gross():\n    pass\n",
            after="__all__ = ['gross']\n\n\ndef gross():\n    pass\n",
            exception="AttributeError",
            message="module 'pkg.mod' has no attribute 'gros'",
            frames=(("tests/test_example.py", 1, "<module>"),),
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Offer the import in the package, or the entry in the list."""
        for crash in crashes(scene, "ImportError", "AttributeError", "NameError"):
            if "partially initialized" in crash.message:
                continue
            named = next((found for pattern in _LOST if (found := pattern.search(crash.message))), None)
            if named is not None:
                yield from self._listed_wrongly(scene, named["module"], named["name"])
                yield from self._import(scene, crash, named["module"], named["name"])
            elif (lost := _UNBOUND.search(crash.message)) is not None:
                yield from self._unlisted(scene, crash, lost["name"])

    def _import(self, scene: Scene, crash: Crash, package: str, name: str) -> Iterator[Candidate]:
        project = scene.project
        path = project.path_of(package)
        tree = tree_of(project, path) if path and path.endswith("__init__.py") else None
        if path is None or tree is None or name in bound(tree):
            return
        wanted = gives_out(project, path) or raised_in_test(scene, crash)
        found = homes(project, name, package)
        if project.path_of(f"{package}.{name}") is not None:
            found = [] if crash.exception == "ImportError" else [package]
        text = given_out(project, path, found[0], name) if wanted and len(found) == 1 else None
        if text is not None:
            what = "a module of the package" if found[0] == package else f"defined in `{found[0]}`"
            summary = f"`{name}` is {what}, and `{package}` now gives it out, where others look for it."
            yield from self.offer(scene, {path: text}, summary=summary, line=1)

    def _unlisted(self, scene: Scene, crash: Crash, name: str) -> Iterator[Candidate]:
        """Complete the list of the one module that is imported with a star where the name is used."""
        frame = crash.raised
        tree = tree_of(scene.project, frame.path) if frame is not None else None
        if frame is None or tree is None or "import *" not in scene.project.text(frame.path):
            return
        stars = re.findall(r"^from +([\w.]+) +import +\*", scene.project.text(frame.path), re.MULTILINE)
        paths = [path for module in stars if (path := scene.project.path_of(module)) is not None]
        found = [path for path, other in trees(scene.project, name) if path in paths and name in bound(other)]
        if len(found) == 1 and is_repairable(found[0]):
            source = parse(scene.project.text(found[0]))
            listed = listing(source) if source else None
            if source is not None and listed is not None and name not in names_in(listed):
                text = Edits(source).put(listed, with_name(source, listed, name)).text()
                summary = f"`__all__` now lists `{name}`, which a star import looks for."
                yield from self.offer(scene, {found[0]: text}, summary=summary, line=source.line(listed))

    def _listed_wrongly(self, scene: Scene, module: str, name: str) -> Iterator[Candidate]:
        """Correct an entry of `__all__` that a star import cannot find."""
        path = scene.project.path_of(module)
        source = parse(scene.project.text(path)) if path and name in scene.project.text(path) else None
        tree = tree_of(scene.project, path) if path else None
        listed = listing(source) if source else None
        if path is None or source is None or tree is None or listed is None or name not in names_in(listed):
            return
        right = nearest(name, bound(tree) - set(names_in(listed)))
        element = listed.elements[names_in(listed).index(name)].value
        if right is not None and isinstance(element, cst.SimpleString):
            text = Edits(source).put(element, cst.SimpleString(f"{element.quote}{right}{element.quote}")).text()
            summary = f"`__all__` lists `{name}`, which is not there; `{right}` is the only name this close to it."
            yield from self.offer(scene, {path: text}, summary=summary, line=source.line(listed))
