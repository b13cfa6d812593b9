"""Handlers that catch too little."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from fixers.model import Failure, FailureKind, Tier
from fixers.search.ingredients import Ingredients
from fixers.search.literals import exceptions_in
from fixers.search.site import Site
from fixers.search.syntax import name
from fixers.search.template import Edit, Example, Template, fading, replace

_USUAL = (
    "ValueError", "TypeError", "KeyError", "AttributeError", "IndexError", "LookupError", "OverflowError",
    "ArithmeticError", "OSError", "ImportError", "StopIteration", "UnicodeDecodeError", "RecursionError",
)  # fmt: skip
_BROAD = "Exception"
_EXCEPTION = re.compile(r"(?:Error|Exception|Warning)$")


class NarrowHandler(Template):
    """Catch one more kind of exception: `except A` to `except (A, B)`, though nothing is seen to escape."""

    NAME = "narrow-handler"
    NUMBER = 20
    TIER = Tier.B
    PRIOR = 0.5
    SUMMARY = "the handler may be meant for this exception too"
    BY_SLOT = True
    VALID = ("def f(a):\n    try:\n        g()\n    except:\n        pass\n", "def f(a):\n    return a\n")
    INVALID = (
        Example(
            "def f(a):\n    try:\n        g()\n    except KeyError:\n        return a\n",
            "def f(a):\n    try:\n        g()\n    except (KeyError, TypeError):\n        return a\n",
        ),
        Example(
            "def f(a):\n    try:\n        g()\n    except (KeyError, OSError) as e:\n        return e\n",
            "def f(a):\n    try:\n        g()\n    except (KeyError, OSError, E) as e:\n        return e\n",
            (Failure(kind=FailureKind.TEST, exception="pkg.E", message="lost"),),
        ),
        Example(
            "def f(a):\n    try:\n        g()\n    except KeyError:\n        return a\n",
            "def f(a):\n    try:\n        g()\n    except Exception:\n        return a\n",
        ),
    )

    def edits(self, site: Site, ingredients: Ingredients) -> Iterator[Edit]:
        """Yield what escaped in the failing tests, what the module catches elsewhere, what is usual; all of it last."""
        for slot in site.slots:
            parent = site.view.parents[slot]
            if not isinstance(parent, ast.ExceptHandler) or parent.type is not slot:
                continue
            caught = slot.elts if isinstance(slot, ast.Tuple) else [slot]
            texts = {ingredients.text(kind) for kind in caught}
            for rank, kind in enumerate(_kinds(ingredients)):
                if ingredients.text(kind) not in texts:
                    yield replace(slot, ast.Tuple(elts=[*caught, kind], ctx=ast.Load()), fading(rank))
            if _BROAD not in texts:
                yield replace(slot, name(_BROAD), 0.5, Tier.C)


def _kinds(ingredients: Ingredients) -> Iterator[ast.expr]:
    handled = [node.type for node in ast.walk(ingredients.view.tree) if isinstance(node, ast.ExceptHandler)]
    single = [kind for type_ in handled for kind in (type_.elts if isinstance(type_, ast.Tuple) else [type_]) if kind]
    escaped = [name(item) for item in exceptions_in(ingredients.failures)]
    idle = [name(item) for item in ingredients.idle if _EXCEPTION.search(item)]
    found = {ast.unparse(kind): kind for kind in (*escaped, *idle, *single, *map(name, _USUAL))}
    yield from (kind for text, kind in found.items() if text not in {_BROAD, "BaseException"})
