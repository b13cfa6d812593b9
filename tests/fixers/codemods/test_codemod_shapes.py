"""Every rule of the tables rewrites its own old form, once, and no rule is about nothing."""

import re
from collections.abc import Iterator

import pytest

from fixers.codemods.conversion import converted
from fixers.codemods.patterns import objects, pattern
from fixers.codemods.shapes import Keyword, Rule, Shape, library
from fixers.codemods.tables import (
    frame_shapes,
    model_shapes,
    polars_shapes,
    python_2_shapes,
    service_shapes,
    stdlib_shapes,
    tool_shapes,
)
from fixers.project import Project

TABLES: dict[str, tuple[Rule, ...]] = {
    "frame": frame_shapes.RULES,
    "polars": polars_shapes.RULES,
    "model": model_shapes.RULES,
    "service": service_shapes.RULES,
    "tool": tool_shapes.RULES,
    "stdlib": (*stdlib_shapes.RULES, *stdlib_shapes.NEWER),
    "python-2": python_2_shapes.SHAPES,
    "testing": python_2_shapes.TESTING,
}
PATH = "pkg/mod.py"


def shapes() -> Iterator[object]:
    for name, rules in TABLES.items():
        for number, rule in enumerate(rules):
            if isinstance(rule, Shape):
                yield pytest.param(rule, id=f"{name}-{number}-{rule.old}")


def keywords() -> Iterator[object]:
    for name, rules in TABLES.items():
        for number, rule in enumerate(rules):
            if isinstance(rule, Keyword):
                yield pytest.param(rule, id=f"{name}-{number}-{rule.callee}-{rule.old}")


def instance(text: str) -> str:
    """Fill a pattern's holes with plain code."""
    text = re.sub(r"\$\*\*\w+", "z=9", text)
    text = re.sub(r"\$\*(\w+)", r"\1one, \1two", text)
    return re.sub(r"\$(\w+)", lambda hole: "'text'" if hole[1] == "text" else f"{hole[1]}x", text)


def module(*codes: str) -> str:
    roots = sorted({name.rpartition(".")[0] or name for code in codes for name in objects(pattern(code))})
    return "".join(f"import {root}\n" for root in roots)


def normalized(text: str) -> str:
    return re.sub(r"\s|^import .*$|^from .*$", "", text, flags=re.MULTILINE)


@pytest.mark.parametrize("rule", list(shapes()))
def test_a_shape_rewrites_its_own_old_form(rule: Shape) -> None:
    head = module(rule.old, rule.new)
    before = f"{head}\n\nresult = {instance(rule.old)}\n"
    line = before.count("\n")
    after, applied = converted(Project({PATH: before}), PATH, [rule], line)
    assert normalized(after) == normalized(f"result = {instance(rule.new)}\n")
    assert applied == [rule]
    compile(after, PATH, "exec")


@pytest.mark.parametrize("rule", list(keywords()))
def test_a_keyword_is_renamed_valued_dropped_or_added(rule: Keyword) -> None:
    called = f"thing.{rule.callee.rpartition('.')[2]}" if rule.method else rule.callee
    old = f"{rule.old}={rule.value or 'old'}, " if rule.old else ""
    before = f"import {rule.callee.partition('.')[0]}\n\nresult = {called}({old}kept=1)\n"
    before = (
        before.replace("import ", f"import {rule.callee.rpartition('.')[0]}\nimport ") if not rule.method else before
    )
    after, applied = converted(Project({PATH: before}), PATH, [rule], before.count("\n"))
    name, _, value = rule.new.partition("=")
    assert applied == [rule]
    assert "kept=1" in after
    assert (f"{name}=" in after) if name else (f"{rule.old}=" not in after)
    assert not rule.old or name == rule.old or f"({rule.old}=" not in after
    assert not value or value.rpartition(".")[2] in after
    compile(after, PATH, "exec")


@pytest.mark.parametrize("name", TABLES)
def test_every_rule_says_since_when_and_of_what(name: str) -> None:
    assert TABLES[name]
    for rule in TABLES[name]:
        assert library(rule)
        assert re.fullmatch(r"|[\w.-]+(?: \d+(\.\d+)*)?", rule.since), rule


def test_a_name_that_is_taken_is_not_hidden() -> None:
    text = "import pandas\n\n\ndef f(frame, concat):\n    return pandas.TimeGrouper('M'), frame.append(concat)\n"
    rule = Shape("$x.append($y)", "other.concat([$x, $y])", "pandas 2.0")
    assert converted(Project({PATH: text}), PATH, [rule]) == (text, [])


def test_a_use_inside_a_use_is_rewritten_too() -> None:
    text = "import pandas as pd\n\n\ndef f(a, b, c):\n    return a.append(b.append(c)), pd\n"
    rule = Shape("$x.append($y)", "pandas.concat([$x, $y])", "pandas 2.0", used=True)
    after, _ = converted(Project({PATH: text}), PATH, [rule])
    assert "pd.concat([a, pd.concat([b, c])])" in after


def test_an_import_that_nobody_uses_any_more_goes_and_one_that_is_exported_stays() -> None:
    rule = Shape("yaml.load($x)", "yaml.safe_load($x)", "pyyaml 6.0")
    files = {PATH: "from yaml import dump, load\n\nA = load('a')\nB = dump\n"}
    assert converted(Project(files), PATH, [rule])[0].startswith("from yaml import dump, safe_load\n")
    files["pkg/other.py"] = "from pkg.mod import load\n"
    assert "load, safe_load" in converted(Project(files), PATH, [rule])[0]


def test_guarded_uses_are_left_alone() -> None:
    text = "import yaml\n\ntry:\n    A = yaml.load('a')\nexcept AttributeError:\n    A = None\n"
    rule = Shape("yaml.load($x)", "yaml.safe_load($x)", "pyyaml 6.0")
    assert converted(Project({PATH: text}), PATH, [rule]) == (text, [])
