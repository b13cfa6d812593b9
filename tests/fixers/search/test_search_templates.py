"""Every template keeps the promises of its examples, and none is left out of the list."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator

import pytest

from fixers.model import Tier
from fixers.search import templates
from fixers.search.ingredients import Ingredients
from fixers.search.registry import ALL
from fixers.search.site import ModuleView
from fixers.search.syntax import rebuilt
from fixers.search.template import Example, Template
from fixers.search.templates.argument import WrongArguments

VALID = [pytest.param(kind, source, id=f"{kind.NAME}-{n}") for kind in ALL for n, source in enumerate(kind.VALID)]
INVALID = [pytest.param(kind, case, id=f"{kind.NAME}-{n}") for kind in ALL for n, case in enumerate(kind.INVALID)]
CATALOGUE = {15, 20, *range(36, 62), 65, 66, 67, 68, 69, 70, 71, 72, 73}


def generated(kind: type[Template], case: Example) -> Iterator[str]:
    view = ModuleView("pkg/mod.py", case.before, ast.parse(case.before))
    ingredients = Ingredients(view, case.failures, case.test_literals)
    for site in view.sites:
        for edit in kind().edits(site, ingredients):
            yield ast.unparse(rebuilt(view.tree, edit.pairs(view.parents), view.parents))


@pytest.mark.parametrize(("kind", "source"), VALID)
def test_leaves_near_misses_alone(kind, source):
    unchanged = ast.unparse(ast.parse(source))
    assert [text for text in generated(kind, Example(source, source)) if text != unchanged] == []


@pytest.mark.parametrize(("kind", "case"), INVALID)
def test_generates_the_repair_of_its_example(kind, case):
    assert ast.unparse(ast.parse(case.after)) in set(generated(kind, case))


def test_what_one_object_keeps_is_not_kept_for_all():
    """Tests that make one object pass with `C.x = x` as well."""
    source = "class C:\n    def f(self, x):\n        self.x = x\n"
    made = [text for kind in ALL for text in generated(kind, Example(source, source))]
    assert made
    assert not [text for text in made if "C.x" in text]


def test_a_dropped_encoding_is_only_offered():
    source = "def f(path, code):\n    return path.read_text(encoding=code)\n"
    view = ModuleView("pkg/mod.py", source, ast.parse(source))
    ingredients = Ingredients(view, (), ())
    edits = [edit for site in view.sites for edit in WrongArguments().edits(site, ingredients)]
    dropped = [
        edit
        for edit in edits
        if "encoding" not in ast.unparse(rebuilt(view.tree, edit.pairs(view.parents), view.parents))
    ]
    assert dropped
    assert {edit.tier for edit in dropped} == {Tier.C}


@pytest.mark.parametrize(("kind", "case"), INVALID)
def test_changes_no_tree_it_was_given(kind, case):
    view = ModuleView("pkg/mod.py", case.before, ast.parse(case.before))
    before = ast.dump(view.tree, include_attributes=True)
    for site in view.sites:
        list(kind().edits(site, Ingredients(view, case.failures, case.test_literals)))
    assert ast.dump(view.tree, include_attributes=True) == before


def test_the_list_holds_every_template_on_disk():
    found = set()
    for module in pkgutil.iter_modules(templates.__path__):
        names = vars(importlib.import_module(f"{templates.__name__}.{module.name}"))
        own = {value for value in names.values() if inspect.isclass(value) and value.__module__.endswith(module.name)}
        found |= {value for value in own if issubclass(value, Template)}
    assert found == set(ALL)
    assert len(ALL) == len(found)


def test_the_catalogue_is_covered_once():
    assert sorted(kind.NUMBER for kind in ALL) == sorted(CATALOGUE)
    assert len({kind.NAME for kind in ALL}) == len(ALL)


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.NAME)
def test_explains_itself(kind):
    assert kind.VALID
    assert kind.INVALID
    assert kind.__doc__
    assert 0 < kind.PRIOR <= 1
    assert not kind.SUMMARY.endswith(".")
