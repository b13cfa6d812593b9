"""Standard library calls whose replacement takes another shape, not only another name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.conversion import conversions
from fixers.codemods.crash import crashes, nearest_site
from fixers.codemods.source import Edits
from fixers.codemods.stdlib_forms import form_of
from fixers.codemods.tables.stdlib_shapes import RULES
from fixers.model import Candidate, Tier


class ReshapedStdlib(Codemod):
    """Write a removed or deprecated standard library call in its present shape.

    Covers generator-based coroutines, `datetime.utcnow`, `cgi.escape`, `entry_points`, samples of sets,
    `Element.getchildren` and the `ast` node classes before 3.8. What the call
    returns stays the same: `utcnow` stays naive, `escape` leaves quotes alone.
    """

    NAME = "reshaped-stdlib"
    NUMBER = 3
    TIER = Tier.A
    PRIOR = 0.93
    MESSAGE = "the standard library of this Python version has this only in another shape"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # a plain `yield` cannot stand in a coroutine function that returns a value
            before="import asyncio\n\n\n@asyncio.coroutine\ndef f():\n    yield\n    return 1\n",
            after="import asyncio\n\n\n@asyncio.coroutine\ndef f():\n    yield\n    return 1\n",
            exception="AttributeError",
            message="module 'asyncio' has no attribute 'coroutine'",
            line=4,
        ),
        Rewrite(  # another object's `utcnow`
            before="def f(clock):\n    return clock.utcnow()\n",
            after="def f(clock):\n    return clock.utcnow()\n",
            exception="DeprecationWarning",
            message="datetime.datetime.utcnow() is deprecated and scheduled for removal in a future version.",
            line=2,
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before="import inspect\n\n\ndef f(g):\n    s = inspect.getargspec(g)\n    return s.args, s.keywords\n",
            after="import inspect\n\n\ndef f(g):\n    s = inspect.getfullargspec(g)\n    return s.args, s.varkw\n",
            exception="AttributeError",
            message="module 'inspect' has no attribute 'getargspec'",
            line=5,
            names={"inspect": frozenset({"getfullargspec"})},
        ),
        Rewrite(
            before="import re\n\nWORD = re.compile('a(?i)b')\n",
            after="import re\n\nWORD = re.compile('(?i)ab')\n",
            exception="re.error",
            message="global flags not at the start of the expression at position 1",
            line=3,
        ),
        Rewrite(
            before="def f(thread):\n    thread.setDaemon(True)\n",
            after="def f(thread):\n    thread.daemon = True\n",
            exception="DeprecationWarning",
            message="setDaemon() is deprecated, set the daemon attribute instead",
            line=2,
        ),
        Rewrite(
            before="from distutils.dir_util import mkpath\n\n\ndef f(x):\n    mkpath(x)\n",
            after="import os\n\n\ndef f(x):\n    os.makedirs(x, exist_ok=True)\n",
            exception="ModuleNotFoundError",
            message="No module named 'distutils'",
            line=1,
            names={"os": frozenset({"makedirs"})},
        ),
        Rewrite(
            before="from datetime import datetime\n\n\ndef f(x):\n    return datetime.utcfromtimestamp(x)\n",
            after=(
                "from datetime import datetime, timezone\n\n\n"
                "def f(x):\n    return datetime.fromtimestamp(x, timezone.utc).replace(tzinfo=None)\n"
            ),
            exception="DeprecationWarning",
            message="datetime.datetime.utcfromtimestamp() is deprecated and scheduled for removal in a future version.",
            line=5,
            names={
                "datetime.datetime": frozenset({"fromtimestamp"}),
                "datetime.timezone": frozenset({"utc"}),
            },
        ),
        Rewrite(
            before=(
                "import asyncio\n\n\n@asyncio.coroutine\ndef f(x):  # slow\n    yield from asyncio.sleep(0)\n"
                "    return x\n"
            ),
            after="import asyncio\n\n\nasync def f(x):  # slow\n    await asyncio.sleep(0)\n    return x\n",
            exception="AttributeError",
            message="module 'asyncio' has no attribute 'coroutine'",
            line=4,
        ),
        Rewrite(
            before="from datetime import datetime\n\n\ndef f():\n    return datetime.utcnow()\n",
            after=(
                "from datetime import datetime, timezone\n\n\n"
                "def f():\n    return datetime.now(timezone.utc).replace(tzinfo=None)\n"
            ),
            exception="DeprecationWarning",
            message="datetime.datetime.utcnow() is deprecated and scheduled for removal in a future version.",
            line=5,
        ),
        Rewrite(
            before="import datetime\n\nNOW = datetime.datetime.utcnow()\n",
            after="import datetime\n\nNOW = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)\n",
            exception="DeprecationWarning",
            message="datetime.datetime.utcnow() is deprecated and scheduled for removal in a future version.",
            line=3,
        ),
        Rewrite(
            before="import random\n\n\ndef f(names):\n    return random.sample(set(names), 2)\n",
            after="import random\n\n\ndef f(names):\n    return random.sample(sorted(set(names)), 2)\n",
            exception="TypeError",
            message="Population must be a sequence.  For dicts or sets, use sorted(d).",
            line=5,
        ),
        Rewrite(
            before=(
                "from importlib.metadata import entry_points\n\n\ndef f(group):\n"
                "    return list(entry_points().get(group, ()))\n"
            ),
            after=(
                "from importlib.metadata import entry_points\n\n\ndef f(group):\n"
                "    return list(entry_points(group=group))\n"
            ),
            exception="AttributeError",
            message="'EntryPoints' object has no attribute 'get'",
            line=5,
        ),
        Rewrite(
            before="import cgi\n\n\ndef f(x):\n    return cgi.escape(x), cgi.escape(x, True)\n",
            after="import html\n\n\ndef f(x):\n    return html.escape(x, quote=False), html.escape(x, True)\n",
            exception="AttributeError",
            message="module 'cgi' has no attribute 'escape'",
            line=5,
        ),
        Rewrite(
            before="def f(root):\n    return [c.tag for c in root.getchildren()]\n",
            after="def f(root):\n    return [c.tag for c in list(root)]\n",
            exception="AttributeError",
            message="'xml.etree.ElementTree.Element' object has no attribute 'getchildren'",
            line=2,
        ),
        Rewrite(
            before="import ast\n\n\ndef f(node):\n    return isinstance(node, ast.Str) and node.s\n",
            after=(
                "import ast\n\n\ndef f(node):\n"
                "    return isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value\n"
            ),
            exception="AttributeError",
            message="module 'ast' has no attribute 'Str'",
            line=5,
            python=(3, 14),
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Rewrite every use in the file at once: the next one would fail in the same way."""
        yield from conversions(self, scene, RULES)
        for crash in crashes(scene):
            shape = form_of(crash)
            site = nearest_site(scene, crash) if shape else None
            if site is None or shape is None:
                continue
            edits = Edits(site.source)
            shape(scene, site, edits)
            if edits.changes:
                yield from self.offer(
                    scene,
                    {site.path: edits.text()},
                    summary="This Python version has the call in another shape; what it returns is the same.",
                    line=site.line,
                    function=site.function,
                )
