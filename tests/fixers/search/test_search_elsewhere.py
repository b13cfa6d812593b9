"""Ingredients from other modules: what is imported, what is inherited, and what a method takes."""

from __future__ import annotations

import ast

import pytest

from fixers.model import Suspect
from fixers.project import Project
from fixers.search.generate import mutations

BASE = '''"""Base of all reports."""


class Report:
    def __init__(self, title, width=80):
        self.title = title
        self.width = width

    def lines(self):
        return [self.title]


class Sheet(Report):
    def fold(self, text, strict=False):
        return text


def fee(days, *, grace=3):
    return max(days - grace, 0)
'''
MODULE = '''"""Reports of the shop."""

from shop import base
from shop.api import Sheet, fee


class Monthly(Sheet):
    def head(self, size):
        return self.name[:size]

    def text(self, raw, strict):
        return other(raw).fold(raw)


def total(days, grace):
    return fee(days)


def sheet(title, width):
    return Sheet(title)


def monthly(title, width):
    return Monthly(title)


def charge(days):
    return base.charge(days)


def size(value: "int | str"):
    return value + 1
'''
FILES = {"shop/__init__.py": "", "shop/base.py": BASE, "shop/api.py": "from shop.base import Sheet, fee\n"}
CASES = {
    "keyword of a function that is imported through another module": ("total", "fee(days, grace=grace)"),
    "keyword of an imported class's own base": ("sheet", "Sheet(title, width=width)"),
    "keyword of an inherited constructor": ("monthly", "Monthly(title, width=width)"),
    "attribute that a base class keeps": ("Monthly.head", "self.title[:size]"),
    "keyword of a method that one class has": ("Monthly.text", "fold(raw, strict=strict)"),
    "function of an imported module": ("charge", "base.fee(days)"),
    "type that the annotation names": ("size", "not isinstance(value, str)"),
}


@pytest.mark.parametrize(("function", "wanted"), CASES.values(), ids=CASES)
def test_generates_what_only_another_module_shows(function, wanted):
    project = Project({**FILES, "shop/reports.py": MODULE})
    node = next(
        n
        for n in ast.walk(project.tree("shop/reports.py"))
        if isinstance(n, ast.FunctionDef) and n.name == function.rpartition(".")[2]
    )
    line = node.body[0].lineno
    suspect = Suspect(path="shop/reports.py", function=function, line=line, end_line=line, score=1.0, reasons=())
    made = [mutation.swap.source for mutation in mutations(project, [suspect]) if mutation.swap]
    assert any(wanted in text for text in made)
