"""Best-first search: every edit of the suspicious places, the likeliest first, none twice.

The order is score of the place, times prior of the template, times weight of the
edit. Each pair of a site and a template is a generator on a heap, so an edit that
is never asked for is never made.
"""

from __future__ import annotations

import ast
import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import count, islice

from fixers.model import Failure, Suspect, Tier
from fixers.project import Project, is_repairable
from fixers.search.conditional import SEEDS, ConditionalEdit
from fixers.search.elsewhere import Elsewhere
from fixers.search.function_text import FunctionText, compiles, statement_text
from fixers.search.ingredients import Ingredients
from fixers.search.mutation import Cut, Mutation, Swap
from fixers.search.names_bound import keeps_names_bound
from fixers.search.places import Place, places
from fixers.search.registry import ALL
from fixers.search.said import Said
from fixers.search.site import ModuleView, Site
from fixers.search.syntax import FUNCTIONS, FunctionNode, copied, rebuilt
from fixers.search.template import Edit, Insert, Template, fading
from fixers.search.templates.flow import SuperfluousStatement
from fixers.search.wording import said

FAR_FETCHED = 0.08
"""Edits of a lower prior are tried last and offered at most; they are no part of the neighbourhood of a find."""
BY_IMPORT = 0.3
"""What an edit keeps of its order that needs a fresh import, as all outside functions do: a hundred times a swap."""
_PATIENCE = 60
"""A template that has had so many far-fetched edits of a site in a row has no better ones left."""


def mutations(
    project: Project,
    suspects: Sequence[Suspect],
    *,
    failures: Sequence[Failure] = (),
    test_literals: Sequence[object] = (),
    templates: Sequence[type[Template]] = ALL,
) -> Search:
    """Start a search; iterate over it for mutations, best first.

    The order is the same for the same arguments. Suspects in files that a fixer
    may not touch, or that do not parse, are left out.
    """
    return Search(project, suspects, failures, test_literals, templates)


def neighbourhood(
    project: Project,
    suspects: Sequence[Suspect],
    place: tuple[str, str, int],
    *,
    failures: Sequence[Failure] = (),
    test_literals: Sequence[object] = (),
    least: float = FAR_FETCHED,
) -> Search:
    """Yield every edit of one place that may keep another from being proposed, whatever its lines are suspected of.

    That is what may be proposed itself, and deletions, which show that the tests are weak; but nothing of a
    prior below `least`.

    A place is a path with an outermost function, or with the line of a statement outside functions.
    """
    near = [suspect for suspect in suspects if suspect.path == place[0]]
    return Search(project, near, failures, test_literals, ALL, place, least)


@dataclass(slots=True)
class _Source:
    """What one template still has to say of one site."""

    site: Site
    template: Template
    base: float
    edits: Iterator[Edit]
    edit: Edit | None = None
    """The next one to give out; None before the generator has started."""


class Search(Iterator[Mutation]):
    """A running search."""

    def __init__(
        self,
        project: Project,
        suspects: Sequence[Suspect],
        failures: Sequence[Failure],
        test_literals: Sequence[object],
        templates: Sequence[type[Template]],
        place: tuple[str, str, int] | None = None,
        least: float | None = None,
    ) -> None:
        self._least = least
        self._given = project, failures, test_literals
        self._modules: dict[str, _Module] = {}
        self._said: dict[str, Said] = {}
        self._heap: list[tuple[float, int, _Source]] = []
        self._order = count().__next__
        self._views = _views(project, suspects)
        kinds = [template() for template in templates]
        found_places = places(self._views, suspects)
        self._scores = {found.site: found.score for found in found_places}
        self._followed = 0
        for found in found_places:
            if place is not None and place != _place_of(found.site):
                continue
            view = found.site.view
            if view.path not in self._modules:
                self._modules[view.path] = _Module(view, self._ingredients(view))
            self._add(found if place is None else replace(found, score=1.0), self._modules[view.path], kinds)
        heapq.heapify(self._heap)

    def __next__(self) -> Mutation:
        while self._heap:
            _, order, source = self._heap[0]
            edit = source.edit
            source.edit = self._next_of(source)
            if source.edit is None:
                heapq.heappop(self._heap)
            else:
                heapq.heapreplace(self._heap, (-source.base * source.edit.weight, order, source))
            if edit is not None:
                mutation = self._modules[source.site.view.path].mutation(source.site, source.template, edit)
                if mutation is not None:
                    return mutation
        raise StopIteration

    def reweigh(self, suspects: Sequence[Suspect]) -> None:
        """Go on in the order of new scores of the same suspects; nothing is made twice."""
        self._scores = {found.site: found.score for found in places(self._views, suspects)}
        for _, _, source in self._heap:
            source.base = _base(source.site, source.template, self._scores.get(source.site, 0.0))
        self._heap = [
            (-source.base * (source.edit.weight if source.edit else 1.0), n, source) for _, n, source in self._heap
        ]
        heapq.heapify(self._heap)

    def follow(self, mutations: Iterable[Mutation]) -> None:
        """Also try edits of this search under conditions: they do what is wanted, and too much."""
        for mutation in mutations:
            if mutation.made is None or self._followed == SEEDS:
                continue
            site, edit = mutation.made
            if self._views.get(site.view.path) is not site.view:
                continue
            template = ConditionalEdit(edit)
            base = _base(site, template, self._scores.get(site, 0.0)) * fading(self._followed)
            edits = template.edits(site, self._modules[site.view.path].ingredients)
            self._followed += 1
            heapq.heappush(self._heap, (-base, self._order(), _Source(site, template, base, edits)))

    def _next_of(self, source: _Source) -> Edit | None:
        """Return the next edit of a source, of a neighbourhood the next that counts; weights fall only on the whole."""
        if self._least is None:
            return next(source.edits, None)
        return next((e for e in islice(source.edits, _PATIENCE) if self._counts(source.template, e)), None)

    def _counts(self, template: Template, edit: Edit) -> bool:
        """Say whether an edit could keep another one from being proposed: a rival of its kind, or a deletion."""
        rival = (edit.tier or template.TIER) is not Tier.C or isinstance(template, SuperfluousStatement)
        return rival and template.PRIOR * edit.weight >= (self._least or 0.0)

    def _ingredients(self, view: ModuleView) -> Ingredients:
        project, failures, test_literals = self._given
        return Ingredients(view, failures, test_literals, Elsewhere(project, view.path, self._said))

    def _add(self, place: Place, module: _Module, kinds: Sequence[Template]) -> None:
        for template in kinds:
            base = _base(place.site, template, place.score)
            parts = (
                [replace(place.site, slots=(slot,)) for slot in place.site.slots] if template.BY_SLOT else [place.site]
            )
            for part in parts:
                edits = template.edits(part, module.ingredients)
                self._heap.append((-base, self._order(), _Source(place.site, template, base, edits)))


class _Module:
    """What the search remembers of one module."""

    def __init__(self, view: ModuleView, ingredients: Ingredients) -> None:
        self.view, self.ingredients = view, ingredients
        self._texts: dict[ast.stmt, FunctionText] = {}
        self._seen: set[tuple[ast.stmt, int]] = set()

    def mutation(self, site: Site, template: Template, edit: Edit) -> Mutation | None:
        """Make the mutation, or None if it is a repeat, has no text, does not compile or reads an unbound name."""
        pairs = edit.pairs(self.view.parents)
        root = _compared_by(site, edit)
        edited = rebuilt(root, pairs, self.view.parents)
        if not self._is_new(root, edited):
            return None
        if not keeps_names_bound(site, edit):
            return None
        try:
            text = statement_text(site, edit.change, edited if root is site.statement else None)
            swap = self._swap(site, edit, text)
        except ValueError:
            return None
        if not compiles(site, text):
            return None
        prior = template.PRIOR * edit.weight
        tier = edit.tier or template.TIER
        far_fetched = tier is not Tier.C and prior < FAR_FETCHED
        return Mutation(
            path=self.view.path,
            line=site.line,
            function=site.qualname,
            template=template.NAME,
            tier=Tier.C if far_fetched else tier,
            prior=prior,
            said=partial(said, edit, template),
            swap=swap,
            tree=partial(rebuilt, self.view.tree, pairs, self.view.parents),
            changed=pairs,
            far_fetched=far_fetched,
            made=(site, edit),
        )

    def _is_new(self, root: ast.stmt, edited: ast.stmt) -> bool:
        self._seen.add((root, self.view.shapes.of(root)))
        key = (root, self.view.shapes.of(edited))
        new = key not in self._seen
        self._seen.add(key)
        return new

    def _swap(self, site: Site, edit: Edit, text: str) -> Swap | None:
        unit = site.unit
        if not isinstance(unit, FUNCTIONS):
            return None
        if site.statement is unit:
            return self._swap_of_default(site, unit, edit.pairs(self.view.parents))
        if not site.functions:
            return None
        if unit not in self._texts:
            self._texts[unit] = FunctionText(unit)
        edited = self._texts[unit].edited(site, edit.change, text, edit.pairs(self.view.parents))
        if isinstance(edited, Cut):
            return Swap(site.unit_name, unit.lineno, edited.source, cut=edited)
        return Swap(site.unit_name, unit.lineno, edited)

    def _swap_of_default(self, site: Site, unit: FunctionNode, pairs: Mapping[ast.AST, ast.AST]) -> Swap | None:
        new = rebuilt(unit, pairs, self.view.parents)
        assert isinstance(new, FUNCTIONS)  # noqa: S101 - only expressions inside it were replaced
        before, after = _defaults(unit), _defaults(new)
        changed = [number for number, (one, other) in enumerate(zip(before, after, strict=True)) if one is not other]
        if len(changed) != 1 or (value := after[changed[0]]) is None:
            return None
        source = ast.unparse(copied(new, decorator_list=[]))
        return Swap(site.unit_name, unit.lineno, source, (changed[0], ast.unparse(value)))


def _views(project: Project, suspects: Sequence[Suspect]) -> dict[str, ModuleView]:
    views = {}
    for path in sorted({suspect.path for suspect in suspects}):
        if path in project.files and is_repairable(path):
            try:
                views[path] = ModuleView(path, project.text(path), project.tree(path))
            except SyntaxError:
                continue
    return views


def _base(site: Site, template: Template, score: float) -> float:
    return score * template.PRIOR * (1.0 if site.functions else BY_IMPORT)


def _compared_by(site: Site, edit: Edit) -> ast.stmt:
    """Return what repeats of an edit are told by: its own statement where all of it is inside, else the unit."""
    if isinstance(edit.change, Insert):
        return site.unit
    inside = all(old is site.statement or not isinstance(old, ast.stmt) for old in edit.change.pairs)
    return site.statement if inside else site.unit


def _place_of(site: Site) -> tuple[str, str, int]:
    return site.view.path, site.unit_name, 0 if site.unit_name else site.line


def _defaults(function: FunctionNode) -> list[ast.expr | None]:
    return [*function.args.defaults, *function.args.kw_defaults]
