"""What a repair of a name takes along, and where two definitions are possible."""

from collections.abc import Callable

import libcst as cst
import pytest

from fixers.codemods.arguments import with_keyword
from fixers.codemods.base import Rewrite, Scene
from fixers.codemods.descriptor_confusion import DescriptorConfusion
from fixers.codemods.symbols import attributes, classes
from fixers.codemods.unimplemented_method import UnimplementedMethod
from fixers.codemods.unset_variable import UnsetVariable
from fixers.model import Tier
from fixers.project import Project

_CLASS = (
    "class Plan:\n    def __init__(self, fee):\n        self.fee = fee\n\n"
    "    @property\n    def double(self):\n        return self.fee * 2\n\n"
    "{}    def monthly(self):\n        return self.fee / 12\n\n\n"
)
_READERS = "def f(plan):\n    return plan.monthly + 1\n\n\ndef g(plan):\n    return plan.monthly * 2\n"


@pytest.mark.parametrize(
    ("readers", "property_again"),
    [(_READERS, True), (_READERS + "\n\ndef h(plan):\n    return plan.monthly()\n", False)],
    ids=["nobody calls it", "somebody calls it"],
)
def test_method_that_lost_its_decorator(
    readers: str, property_again: bool, scene_of: Callable[[Rewrite, str], Scene]
) -> None:
    example = Rewrite(
        before=_CLASS.format("") + readers,
        after="",
        exception="TypeError",
        message="unsupported operand type(s) for +: 'method' and 'int'",
        line=14,
    )
    found = [edit.after for c in DescriptorConfusion().propose(scene_of(example, example.before)) for edit in c.edits]
    restored = _CLASS.format("    @property\n") + readers
    assert (found == [restored]) if property_again else (found and restored not in found)


@pytest.mark.parametrize(
    ("loops", "tier"),
    [("    for x in xs:\n", Tier.A), ("    for ys in xs:\n      for x in ys:\n", Tier.C)],
    ids=["one loop", "a loop in a loop"],
)
def test_counter_that_may_begin_anew_in_each_round_is_offered_only(
    loops: str, tier: Tier, scene_of: Callable[[Rewrite, str], Scene]
) -> None:
    example = Rewrite(
        before=f"def f(xs):\n{loops}        n += 1\n    return n\n",
        after="",
        exception="UnboundLocalError",
        message="cannot access local variable 'n' where it is not associated with a value",
        line=2 + loops.count("\n"),
    )
    assert [candidate.tier for candidate in UnsetVariable().propose(scene_of(example, example.before))] == [tier]


def test_two_classes_that_seem_to_be_above_each_other(scene_of: Callable[[Rewrite, str], Scene]) -> None:
    """By their names alone; the abstract method is found all the same."""
    text = (
        "import ports\n\n\nclass Port(ports.Base):\n    def opened(self):\n        return 1\n\n\n"
        "class Base(Port):\n    def closed(self):\n        raise NotImplementedError\n"
    )
    message = "Can't instantiate abstract class Port without an implementation for abstract method 'close'"
    example = Rewrite(before=text, after="", exception="TypeError", message=message, line=4)
    assert list(UnimplementedMethod().propose(scene_of(example, text))) == []


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("f()", "f(key=1)"),
        ("f(a)", "f(a, key=1)"),
        ("f(a, b)", "f(a, b, key=1)"),
        ("f(\n    a,\n    b,\n)", "f(\n    a,\n    b,\n    key=1,\n)"),
        ("f(a,)", "f(a, key=1,)"),
    ],
    ids=["none", "one", "two", "one a line", "with a comma"],
)
def test_an_argument_is_added_in_the_layout_of_the_others(call: str, expected: str) -> None:
    node = cst.parse_expression(call)
    assert isinstance(node, cst.Call)
    assert cst.Module([]).code_for_node(with_keyword(node, "key", cst.Integer("1"))) == expected


@pytest.mark.parametrize(
    ("files", "names"),
    [
        ({"a.py": "import requests\nclass Session(requests.Session):\n    x = 1\n"}, None),
        (
            {
                "a.py": "import b\nclass Session(b.B):\n    x = 1\n",
                "b.py": "import a\nclass B(a.Session):\n    y = 1\n",
            },
            None,
        ),
        ({"a.py": "class B:\n    y = 1\nclass C(B):\n    z = 1\nclass Session(B, C):\n    x = 1\n"}, {"x", "y", "z"}),
    ],
    ids=["named like its base", "each above the other", "one base twice"],
)
def test_attributes_of_a_class_whose_base_has_a_known_name(files: dict[str, str], names: set[str] | None) -> None:
    project = Project(files)
    (found,) = classes(project, "Session")
    assert attributes(project, found[1]) == names
