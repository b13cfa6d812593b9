"""An edit that mends what fails and breaks what passed is tried under conditions."""

import ast

import pytest

from fixers.model import Suspect
from fixers.project import Project
from fixers.search.conditional import ConditionalEdit, under
from fixers.search.generate import mutations
from fixers.search.ingredients import Ingredients
from fixers.search.site import ModuleView
from fixers.search.syntax import rebuilt
from fixers.search.template import Edit, Insert, replace

TEXT = """def fee(days, rate):
    total = days * rate
    if days > 3:
        log(days)
    return total
"""
CONDITION = ast.parse("rate is None", mode="eval").body


def site_at(line):
    view = ModuleView("fees.py", TEXT, ast.parse(TEXT))
    return next(site for site in view.sites if site.line == line)


def written(site, change):
    pairs = Edit(change).pairs(site.view.parents)
    return ast.unparse(rebuilt(site.view.tree, pairs, site.view.parents))


def inserted(text):
    statement = ast.parse(text).body[0]
    return lambda site: Insert(site.statement, statement)


def replaced(old, new):
    def change(site):
        slot = next(slot for slot in site.slots if ast.unparse(slot) == old)
        return replace(slot, ast.parse(new, mode="eval").body).change

    return change


@pytest.mark.parametrize(
    ("line", "change", "expected"),
    [
        (5, inserted("raise E"), ["    if rate is None:\n        raise E\n    return total"]),
        (
            5,
            inserted("if days:\n    total = 0"),
            ["    if days and rate is None:\n        total = 0\n    return total"],
        ),
        (5, replaced("total", "0"), ["    return 0 if rate is None else total"]),
        (3, replaced("days > 3", "True"), ["    if days > 3 or rate is None:"]),
        (3, replaced("days > 3", "False"), ["    if days > 3 and (not rate is None):"]),
        (
            4,
            lambda site: replace(site.statement, ast.Pass()).change,
            ["        if rate is None:\n            log(days)"],
        ),
        (3, replaced("days > 3", "days"), []),
        (4, replaced("log", "max"), []),
    ],
    ids=["exit", "guard", "value", "wider", "narrower", "deletion", "no form for a test", "no form for a callee"],
)
def test_the_edit_is_made_where_the_condition_holds(line, change, expected):
    site = site_at(line)
    found = [written(site, made) for made in under(CONDITION, change(site), site)]
    assert len(found) == len(expected)
    assert all(part in text for part, text in zip(expected, found, strict=True)), found


def test_conditions_of_the_module_come_in_turn():
    site = site_at(5)
    edits = list(ConditionalEdit(Edit(inserted("raise E")(site))).edits(site, Ingredients(site.view)))
    texts = [written(site, edit.change) for edit in edits]
    assert any("if days > 3:\n        raise E" in text for text in texts)
    assert any("if rate is None:\n        raise E" in text for text in texts)
    assert [edit.weight for edit in edits] == sorted((edit.weight for edit in edits), reverse=True)


def test_a_search_goes_on_with_what_it_is_told_to_follow():
    project = Project({"fees.py": TEXT})
    search = mutations(project, [Suspect(path="fees.py", function="fee", line=5, end_line=5, score=1.0, reasons=())])
    seed = next(found for found in search if found.template == "certain-exit")
    search.follow([seed])
    later = [found for found in search if found.template == "conditional-edit"]
    assert later
    assert all(found.swap is not None and "if " in found.swap.source for found in later)


def test_a_search_leaves_the_edits_of_another_one_alone():
    project = Project({"fees.py": TEXT})
    suspects = [Suspect(path="fees.py", function="fee", line=5, end_line=5, score=1.0, reasons=())]
    foreign = next(found for found in mutations(project, suspects) if found.template == "certain-exit")
    search = mutations(project, suspects)
    search.follow([foreign])
    assert not [found for found in search if found.template == "conditional-edit"]
