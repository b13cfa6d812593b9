"""Uses of pytest and unittest, in code that is no test itself, that their present releases dropped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.conversion import conversions
from fixers.codemods.tables.python_2_shapes import TESTING
from fixers.model import Candidate, Tier

_PYTEST = {"pytest": frozenset({"fixture", "skip", "fail"})}
_SKIP = "skip() got an unexpected keyword argument 'msg'"


class OutdatedTestSupport(Codemod):
    """Use what pytest or unittest has today, in published helpers and plugins.

    Tests and `conftest.py` are left alone: a repair may not touch what judges it, so a red run
    that only they cause ends without a proposal.
    """

    NAME = "outdated-test-support"
    NUMBER = 25
    TIER = Tier.A
    PRIOR = 0.93
    MESSAGE = "a helper for tests uses what pytest or unittest no longer has"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # a test: never edited
            before="import pytest\n\n\ndef test_it():\n    pytest.skip(msg='later')\n",
            after="import pytest\n\n\ndef test_it():\n    pytest.skip(msg='later')\n",
            exception="TypeError",
            message=_SKIP,
            path="tests/test_mod.py",
            line=5,
            names=_PYTEST,
            parameters={"pytest:skip": ("reason=''", "*", "allow_module_level=False")},
            versions={"pytest": "9.2.0"},
        ),
        Rewrite(  # a function of the project's own
            before="def skip(reason):\n    return reason\n\n\ndef f():\n    return skip(msg='later')\n",
            after="def skip(reason):\n    return reason\n\n\ndef f():\n    return skip(msg='later')\n",
            exception="TypeError",
            message=_SKIP,
            line=6,
            versions={"pytest": "9.2.0"},
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before="import pytest\n\n\ndef needs(tool):\n    pytest.skip(msg=f'no {tool}')\n",
            after="import pytest\n\n\ndef needs(tool):\n    pytest.skip(reason=f'no {tool}')\n",
            exception="TypeError",
            message=_SKIP,
            line=5,
            names=_PYTEST,
            parameters={"pytest:skip": ("reason=''", "*", "allow_module_level=False")},
            versions={"pytest": "9.2.0"},
        ),
        Rewrite(
            before="import pytest\n\n\ndef value(request, name):\n    return request.getfuncargvalue(name), pytest\n",
            after="import pytest\n\n\ndef value(request, name):\n    return request.getfixturevalue(name), pytest\n",
            exception="AttributeError",
            message="'SubRequest' object has no attribute 'getfuncargvalue'",
            line=5,
            versions={"pytest": "9.2.0"},
        ),
        Rewrite(
            before="import unittest\n\n\ndef suite(case):\n    return unittest.makeSuite(case)\n",
            after=(
                "import unittest\n\n\ndef suite(case):\n"
                "    return unittest.defaultTestLoader.loadTestsFromTestCase(case)\n"
            ),
            exception="AttributeError",
            message="module 'unittest' has no attribute 'makeSuite'",
            line=5,
            names={
                "unittest": frozenset({"defaultTestLoader"}),
                "unittest.defaultTestLoader": frozenset({"loadTestsFromTestCase"}),
            },
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Offer what the table knows of the failures."""
        yield from conversions(self, scene, TESTING)
