"""Values compared by identity, and NaN compared by value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.source import parse
from fixers.codemods.spelling import resolve
from fixers.codemods.workfile import Workfile
from fixers.model import Candidate, Tier

_WARNED = re.compile(r"\"is(?: not)?\" with (?:a|'\w+') literal|\"is(?: not)?\" with '\w+' literal")
_NANS = frozenset({"math.nan", "numpy.nan", "numpy.NaN", "numpy.NAN"})
_LITERALS = (cst.SimpleString, cst.ConcatenatedString, cst.Integer, cst.Float, cst.Tuple, cst.List, cst.Dict)


class IdentityComparison(Codemod):
    """Compare a literal by value, and NaN by `isnan`.

    `x is "a"` holds only while the interpreter happens to keep one such string, and nothing
    equals NaN. Neither can be meant, so all such comparisons of a file go at once.
    """

    NAME = "identity-comparison"
    NUMBER = 32
    TIER = Tier.A
    PRIOR = 0.95
    MESSAGE = "a literal is compared by identity, or NaN by value"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before="def f(x):\n    return x is None or x is True or x is ...\n",
            after="def f(x):\n    return x is None or x is True or x is ...\n",
            exception="AssertionError",
            message="assert False",
        ),
        Rewrite(  # a name of the project's own
            before="nan = object()\n\n\ndef f(x):\n    return x == nan\n",
            after="nan = object()\n\n\ndef f(x):\n    return x == nan\n",
            exception="AssertionError",
            message="assert False",
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before="def f(x):\n    return x is 'abc' or x is not 257  # odd\n",
            after="def f(x):\n    return x == 'abc' or x != 257  # odd\n",
            exception="SyntaxError",
            message='"is" with \'str\' literal. Did you mean "=="?',
            line=2,
        ),
        Rewrite(
            before="import math\n\n\ndef f(xs):\n    return [x for x in xs if x != math.nan]\n",
            after="import math\n\n\ndef f(xs):\n    return [x for x in xs if not math.isnan(x)]\n",
            exception="AssertionError",
            message="assert [1, nan] == [1]",
        ),
        Rewrite(
            before="def f(x):\n    return x == float('nan')\n",
            after="import math\n\n\ndef f(x):\n    return math.isnan(x)\n",
            exception="AssertionError",
            message="assert False",
        ),
        Rewrite(
            before="import numpy as np\n\n\ndef f(x):\n    return (x == np.nan).any()\n",
            after="import numpy as np\n\n\ndef f(x):\n    return np.isnan(x).any()\n",
            exception="AssertionError",
            message="assert False",
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Offer one candidate a file that a frame or a suspect names."""
        wrong = [f for f in scene.failures if "Assertion" in f.exception or _WARNED.search(f.message)]
        frames = {frame.path for failure in wrong for frame in failure.frames if frame.in_project}
        paths = frames | ({suspect.path for suspect in scene.suspects} if wrong else set())
        if any(_WARNED.search(failure.message) for failure in wrong):
            paths |= set(scene.project.repairable())  # the compiler's own word, and not always with the place
        for path in scene.project.repairable():
            source = parse(scene.project.text(path)) if path in paths else None
            work = Workfile.of(scene.project, path, scene.project.text(path)) if source else None
            if work is None:
                continue
            lines = [work.source.line(node) for node in work.source.all(cst.Comparison) if _rewrite(work, node)]
            if lines:
                yield from self.offer(
                    scene,
                    {path: work.edits.text()},
                    summary="What is compared here is a value; identity, or equality with NaN, says nothing of it.",
                    line=lines[0],
                )


def _rewrite(work: Workfile, node: cst.Comparison) -> bool:
    if len(node.comparisons) != 1:
        return False
    target = node.comparisons[0]
    operator, right = target.operator, target.comparator
    if isinstance(operator, (cst.Is, cst.IsNot)) and isinstance(right, _LITERALS):
        new: cst.BaseCompOp = (
            cst.Equal(operator.whitespace_before, operator.whitespace_after)
            if isinstance(operator, cst.Is)
            else cst.NotEqual(whitespace_before=operator.whitespace_before, whitespace_after=operator.whitespace_after)
        )
        work.edits.put(operator, new)
        return True
    if isinstance(operator, (cst.Equal, cst.NotEqual)) and (home := _nan_home(work, right)):
        name = work.spelled(f"{home}.isnan")
        if name is not None:
            negation = "not " if isinstance(operator, cst.NotEqual) and home == "math" else ""
            inverse = "~" if isinstance(operator, cst.NotEqual) and home == "numpy" else ""
            text = f"{negation}{inverse}{name}({work.source.code(node.left)})"
            work.edits.put(node, cst.parse_expression(text))
            return True
    return False


def _nan_home(work: Workfile, node: cst.BaseExpression) -> str:
    """Return the module whose `isnan` asks for this NaN; empty when it is none."""
    real = resolve(work.project, work.path, node)
    if real in _NANS:
        return real.partition(".")[0]
    code = work.source.code(node).replace('"', "'").lower()
    return "math" if code == "float('nan')" else ""
