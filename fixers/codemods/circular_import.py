"""Modules of the project that import each other before either is there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import libcst as cst
from libcst.helpers import get_full_name_for_node

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import Crash, Site, crashes
from fixers.codemods.deferral import Uses, into_functions, taken_away, under_type_checking, uses_of
from fixers.codemods.scopes import own_nodes
from fixers.codemods.source import Edits, parse
from fixers.codemods.symbols import imports, tree_of
from fixers.model import Candidate, Tier
from fixers.project import is_repairable

_CIRCULAR = re.compile(
    r"(?:cannot import name '\w+' from partially initialized module|partially initialized module '[\w.]+' has no)"
)
_IN_FUNCTIONS, _FOR_HINTS = 0.7, 0.75
_READERS_OF_HINTS = ("pydantic", "get_type_hints", "fastapi", "attrs", "typer")
"""Who reads annotations while the program runs needs the names in them."""
_USES = 4
"""An import that more functions than this need is better cut elsewhere."""
_MESSAGE = (
    "cannot import name 'Order' from partially initialized module 'shop.orders' (most likely due to a circular "
    "import) (/w/shop/orders.py)"
)
_ORDERS = {"shop/orders.py": "from shop.customers import Customer\n\n\nclass Order:\n    of = Customer\n"}


class CircularImport(Codemod):
    """Import later what is only needed later: inside the functions that use it, or for annotations only.

    Any import of the circle may be moved, if nothing of it is used while the module
    itself is imported. One is chosen that the fewest functions need.
    """

    NAME = "circular-import"
    NUMBER = 7
    TIER = Tier.B
    PRIOR = 0.75
    MESSAGE = "modules import each other, and one is needed before it is there"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # needed while the module is imported
            before="from shop.orders import Order\n\n\nclass Customer(Order):\n    pass\n",
            after="from shop.orders import Order\n\n\nclass Customer(Order):\n    pass\n",
            path="shop/customers.py",
            exception="ImportError",
            message=_MESSAGE,
            frames=(("shop/orders.py", 1, "<module>"), ("shop/customers.py", 1, "<module>")),
            files=_ORDERS,
        ),
        Rewrite(  # the name is not there at all: no circle
            before="from shop.orders import Ordr\n\n\ndef f():\n    return Ordr()\n",
            after="from shop.orders import Ordr\n\n\ndef f():\n    return Ordr()\n",
            path="shop/customers.py",
            exception="ImportError",
            message="cannot import name 'Ordr' from 'shop.orders' (/w/shop/orders.py)",
            line=1,
            files=_ORDERS,
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before=(
                '"""Customers."""\n\nfrom shop.orders import Order\n\n\nclass Customer:\n    def order(self, total):\n'
                '        """Return a new order."""\n        return Order(self, total)\n'
            ),
            after=(
                '"""Customers."""\n\n\nclass Customer:\n    def order(self, total):\n'
                '        """Return a new order."""\n        from shop.orders import Order\n\n'
                "        return Order(self, total)\n"
            ),
            path="shop/customers.py",
            exception="ImportError",
            message=_MESSAGE,
            frames=(("shop/orders.py", 1, "<module>"), ("shop/customers.py", 3, "<module>")),
            files=_ORDERS,
        ),
        Rewrite(  # only for annotations
            before=(
                "from shop.orders import Order\n\n\nclass Customer:\n    def add(self, order: Order) -> None:\n"
                "        self.last = order\n"
            ),
            after=(
                "from __future__ import annotations\n\nfrom typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n"
                "    from shop.orders import Order\n\n\nclass Customer:\n    def add(self, order: Order) -> None:\n"
                "        self.last = order\n"
            ),
            path="shop/customers.py",
            exception="ImportError",
            message=_MESSAGE,
            frames=(("shop/orders.py", 1, "<module>"), ("shop/customers.py", 1, "<module>")),
            files=_ORDERS,
        ),
        Rewrite(  # the other import of the circle is the one that can wait
            before=(
                "from shop.customers import Customer\n\n\nclass Order:\n    pass\n\n\ndef new():\n"
                "    return Customer()\n"
            ),
            after=(
                "class Order:\n    pass\n\n\ndef new():\n    from shop.customers import Customer\n\n"
                "    return Customer()\n"
            ),
            path="shop/orders.py",
            exception="ImportError",
            message=_MESSAGE,
            frames=(("shop/orders.py", 1, "<module>"), ("shop/customers.py", 1, "<module>")),
            files={"shop/customers.py": "from shop.orders import Order\n\n\nclass Customer(Order):\n    pass\n"},
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Offer the import of the circle that can wait with the least change."""
        for crash in crashes(scene, "ImportError", "AttributeError"):
            if _CIRCULAR.search(crash.message):
                found = [way for link in _circle(scene, crash) if (way := _later(scene, link)) is not None]
                way = max(found, key=lambda way: way.prior, default=None)
                if way is not None:  # one: which import of a circle waits makes no difference that a test could see
                    texts = {way.site.path: way.edits.text()}
                    yield from self.offer(scene, texts, summary=way.what, line=way.site.line, prior=way.prior)


@dataclass(frozen=True, slots=True)
class _Way:
    prior: float
    edits: Edits
    site: Site
    what: str


def _circle(scene: Scene, crash: Crash) -> Iterator[Site]:
    """Yield the import lines of the circle: from the module that is half there, through those it imports, and back."""
    importing = [f for f in crash.frames if f.function == "<module>" and f.path in scene.project.files]
    last = importing[-1] if importing else None
    named = re.search(r"partially initialized module '(?P<module>[\w.]+)'", crash.message)
    half = scene.project.path_of(named["module"]) if named else None
    start = next((n for n, f in enumerate(importing) if f.path == half), None)
    if last is None or start is None:
        return
    for frame in reversed(importing[start:]):
        source = parse(scene.project.text(frame.path)) if is_repairable(frame.path) else None
        if source is not None:
            yield Site(frame.path, frame.line, frame.function, source)


def _later(scene: Scene, site: Site) -> _Way | None:
    """Return the edits that import a line's names where they are used; None when they are needed at once."""
    line = site.source.statement(site.line)
    tree = tree_of(scene.project, site.path)
    if line is None or tree is None or len(line.body) != 1 or line not in site.source.module.body:
        return None
    statement = line.body[0]
    if not isinstance(statement, (cst.ImportFrom, cst.Import)) or _takes_everything(statement):
        return None
    names = [_local(alias) for alias in statement.names] if not isinstance(statement.names, cst.ImportStar) else []
    if _is_given_out(scene, site, tree, names):
        return None
    uses = uses_of(tree, set(names))
    if uses.at_import or not (uses.hints or uses.functions) or len(uses.functions) > _USES:
        return None
    if uses.hints and any(word in site.source.text for word in _READERS_OF_HINTS):
        return None
    return _way(scene, site, line, uses)


def _way(scene: Scene, site: Site, line: cst.SimpleStatementLine, uses: Uses) -> _Way:
    edits = Edits(site.source)
    prior, where = _IN_FUNCTIONS - 0.05 * (len(uses.functions) - 1), []
    if uses.functions:
        into_functions(edits, line, uses.functions)
        count = len(uses.functions)
        where.append("the function that needs it" if count == 1 else f"the {count} functions that need it")
    if uses.hints:
        under_type_checking(edits, scene.project, site.path, line)
        prior = prior - 0.1 if uses.functions else _FOR_HINTS
        where.append("a block for type checkers, as annotations need it")
    taken_away(edits, line)
    what = f"`{site.source.code(line).strip()}` closes a circle; it moves into {' and '.join(where)}."
    return _Way(prior, edits, site, what)


def _takes_everything(statement: cst.ImportFrom | cst.Import) -> bool:
    return isinstance(statement.names, cst.ImportStar)


def _local(alias: cst.ImportAlias) -> str:
    name = alias.evaluated_alias or get_full_name_for_node(alias.name) or ""
    return str(name).partition(".")[0]


def _is_given_out(scene: Scene, site: Site, tree: ast.Module, names: list[str]) -> bool:
    """Say whether others may read the names off this module, which they could no longer."""
    text, own = site.source.text, scene.project.module_name(site.path)
    listed = any(f'"{name}"' in text or f"'{name}'" in text for name in names)
    others = (
        path for path, other in scene.project.files.items() if path != site.path and own.rpartition(".")[2] in other
    )
    wanted = {origin.dotted for path in others for origin in imports(scene.project, path).values()}
    bound_again = any(
        isinstance(node, ast.Name) and node.id in names and not isinstance(node.ctx, ast.Load)
        for node in own_nodes(tree)
    )
    return listed or bound_again or any(f"{own}.{name}" in wanted for name in names)
