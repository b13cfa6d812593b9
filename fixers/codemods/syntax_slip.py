"""Modules that do not parse for want of a token, or for one too many."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from typing import ClassVar

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import crashes
from fixers.codemods.indentation import reindented
from fixers.codemods.nested_quotes import requoted
from fixers.codemods.slips import Slip, quotes_in_fstring, slips
from fixers.model import Candidate, Tier
from fixers.project import is_repairable

_DEEPEST = 3
"""How many slips of one text are mended together."""
_TRIES = 120
"""Texts that are compiled for one error at most."""
_CHARACTERS = 12_000_000
"""What may be compiled in all: a long module is tried fewer times."""
_OFFERED = 8
_REQUOTED = 0.92
_SURE = 0.8
"""An edit that CPython's message asks for so plainly leaves no room for others."""


class SyntaxSlip(Codemod):
    """Put in the missing sign, take out the superfluous one, or move the line to a depth that fits.

    CPython names the place; each edit there is believed when the module compiles
    again. Where several do, the tests choose.
    """

    NAME = "syntax-slip"
    NUMBER = 27
    TIER = Tier.B
    PRIOR = 0.7
    MESSAGE = "a module does not parse, for a sign or a step of indentation"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # no slip of a sign: what was meant cannot be read off
            before="x = 1\nreturn x\n",
            after="x = 1\nreturn x\n",
            exception="SyntaxError",
            message="'return' outside function (mod.py, line 2)",
            line=2,
        ),
        Rewrite(  # a block that was never written
            before="def f(x):\n    if x:\n\n\ndef g():\n    return 1\n",
            after="def f(x):\n    if x:\n\n\ndef g():\n    return 1\n",
            exception="IndentationError",
            message="expected an indented block after 'if' statement on line 2 (mod.py, line 5)",
            line=5,
        ),
        Rewrite(  # the text that does not parse is no module of the project
            before="def f(text):\n    return eval(text)\n",
            after="def f(text):\n    return eval(text)\n",
            exception="SyntaxError",
            message="'(' was never closed (<string>, line 1)",
            frames=(("pkg/mod.py", 2, "f"), ("<string>", 1, "<module>")),
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before="def f(x):\n    if not x:\n        raise ValueError, 'no %s' % x  # none\n    return `x`\n",
            after="def f(x):\n    if not x:\n        raise ValueError('no %s' % x)  # none\n    return repr(x)\n",
            exception="SyntaxError",
            message="invalid syntax",
            line=3,
        ),
        Rewrite(
            before="MODE = 0644\nSIZE = 10L\n\n\ndef f(x):\n    return x & 0777\n",
            after="MODE = 0o644\nSIZE = 10\n\n\ndef f(x):\n    return x & 0o777\n",
            exception="SyntaxError",
            message="leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers",
            line=1,
        ),
        Rewrite(
            before="def f(x):\n    if x < 0  # owed\n        return 1\n    return x\n",
            after="def f(x):\n    if x < 0:  # owed\n        return 1\n    return x\n",
            exception="SyntaxError",
            message="expected ':' (mod.py, line 2)",
            line=2,
        ),
        Rewrite(
            before="def f(x):\n    return round(x * 3, 2\n\n\ndef g():\n    return 1\n",
            after="def f(x):\n    return round(x * 3, 2)\n\n\ndef g():\n    return 1\n",
            exception="SyntaxError",
            message="'(' was never closed (mod.py, line 2)",
            line=2,
        ),
        Rewrite(
            before="X = {\n    'a': 1,\n    'b': 2\n    'c': 3,\n}\n",
            after="X = {\n    'a': 1,\n    'b': 2,\n    'c': 3,\n}\n",
            exception="SyntaxError",
            message="invalid syntax. Perhaps you forgot a comma? (mod.py, line 3)",
            line=3,
        ),
        Rewrite(
            before="def f(d):\n    return f'{d['a']}!'\n",
            after="def f(d):\n    return f'{d[\"a\"]}!'\n",
            exception="SyntaxError",
            message="f-string: unmatched '[' (mod.py, line 2)",
            line=2,
        ),
        Rewrite(  # all of them at once
            before='def f(d):\n    return (\n        f"<{d["a"]}: {", ".join(d["b"])}>"\n    )\n',
            after="def f(d):\n    return (\n        f\"<{d['a']}: {', '.join(d['b'])}>\"\n    )\n",
            exception="SyntaxError",
            message="f-string: unmatched '[' (mod.py, line 3)",
            line=3,
        ),
        Rewrite(
            before="def f(x):\n    y = x\n\tif y:\n\t\treturn y\n    return 2\n",
            after="def f(x):\n    y = x\n    if y:\n        return y\n    return 2\n",
            exception="TabError",
            message="inconsistent use of tabs and spaces in indentation (mod.py, line 3)",
            line=3,
        ),
        Rewrite(
            before="def f(xs):\n    total = 0\n    for x in xs:\n    total += x\n    return total\n",
            after="def f(xs):\n    total = 0\n    for x in xs:\n        total += x\n    return total\n",
            exception="IndentationError",
            message="expected an indented block after 'for' statement on line 3 (mod.py, line 4)",
            line=4,
        ),
        Rewrite(  # two at once
            before="def f(x)\n    return x\n\n\ndef g(x)\n    return x\n",
            after="def f(x):\n    return x\n\n\ndef g(x):\n    return x\n",
            exception="SyntaxError",
            message="expected ':' (mod.py, line 1)",
            line=1,
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Offer each text that compiles and means something else than those before it."""
        for crash in crashes(scene, "SyntaxError", "IndentationError", "TabError"):
            frame = crash.raised
            if frame is None or frame.path not in scene.project.files or not is_repairable(frame.path):
                continue
            found = sorted(mended(scene.project.text(frame.path), frame.line), key=lambda slip: -slip.prior)
            if found and found[0].prior >= _SURE:
                found = [slip for slip in found if slip.prior >= _SURE]
            for slip in found[:_OFFERED]:
                yield from self.offer(
                    scene,
                    {frame.path: slip.text},
                    summary=f"The module does not parse: {slip.what}.",
                    line=frame.line,
                    prior=slip.prior,
                    tier=Tier.A if len(found) == 1 and slip.prior >= _SURE else Tier.B,
                )


def mended(text: str, line: int) -> list[Slip]:
    """Return texts that compile, one for each meaning; `line` is where an interpreter older than ours stumbled."""
    if (text_of_old := requoted(text)) is not None and error_of(text_of_old) is None:
        return [Slip(text_of_old, _REQUOTED, "the quotes inside the f-string end it")]
    if error_of(text) is None:
        return list(quotes_in_fstring(text, line))
    meanings: dict[str, Slip] = {}
    tries = max(_TRIES // 6, min(_TRIES, _CHARACTERS // (len(text) + 1)))
    for slip in _mended(text, _DEEPEST, [tries]):
        meanings.setdefault(ast.dump(ast.parse(slip.text)), slip)
    return list(meanings.values())


def error_of(text: str) -> SyntaxError | None:
    """Return why a text does not compile; None when it does."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, "<text>", "exec", dont_inherit=True)
    except SyntaxError as error:
        return error
    except (ValueError, RecursionError, MemoryError) as error:
        return SyntaxError(str(error))
    return None


def _mended(text: str, depth: int, left: list[int]) -> Iterator[Slip]:
    """Yield single edits that suffice; only when none does, go on from those that bring the parser further."""
    error = error_of(text)
    if error is None or not error.lineno:
        return
    edits = reindented(text, error) if isinstance(error, IndentationError) else slips(text, error)
    further: list[tuple[int, Slip]] = []
    found = False
    for slip in edits:
        left[0] -= 1
        if left[0] < 0:
            return
        rest = error_of(slip.text)
        if rest is None:
            found = True
            yield slip
        elif (rest.lineno or 0) > error.lineno:
            further.append((-(rest.lineno or 0), slip))
    if found or depth <= 1:
        return
    for _, slip in sorted(further, key=lambda item: (item[0], -item[1].prior))[:2]:
        for more in _mended(slip.text, depth - 1, left):
            what = slip.what if more.what == slip.what else f"{slip.what}, and {more.what}"
            yield Slip(more.text, min(slip.prior, more.prior) * 0.9, what)
