"""Slips: one realistic mistake each, put into the text where it stands and nowhere else."""

import ast
import difflib

import pytest

from benchmarks.slips import MAKERS, slips

PLACES = '''
import os


class Shop:
    """Sells things."""

    def price(self, item, count=1, *, member=True):
        # ü: offsets are bytes, not characters.
        label = "ü" if member else None
        if item is None:
            return 0
        if count > 10 and member:
            count -= 2
        total = self.round(float(item) * (count - 1), label)
        self.log(total)
        try:
            return min(total, self.cap)
        except (KeyError, AttributeError):
            return total
'''


def made(text: str) -> list[tuple[str, str, str]]:
    return [(slip.kind, slip.was.strip(), slip.now.strip()) for slip in slips(text)]


@pytest.mark.parametrize(
    "expected",
    [
        ("lost wrapper", "float(item)", "item"),
        ("off by one", "count - 1", "count"),
        ("wrong variable", "item", "total"),
        ("wrong variable", "count", "item"),
        ("wrong comparison", "count > 10", "count >= 10"),
        ("wrong comparison", "item is None", "item is not None"),
        ("lost guard", "if item is None:\n            return 0", ""),
        ("lost guard", "count > 10 and member", "member"),
        ("lost guard", "count > 10 and member", "count > 10"),
        ("lost statement", "count -= 2", "pass"),
        ("lost statement", "self.log(total)", ""),
        ("wrong literal", "True", "False"),
        ("wrong literal", "10", "20"),
        ("narrowed except", "(KeyError, AttributeError)", "KeyError"),
        ("narrowed except", "(KeyError, AttributeError)", "AttributeError"),
    ],
    ids=lambda expected: f"{expected[0]}: {expected[1][:20]}",
)
def test_makes_the_mistake(expected):
    assert expected in made(PLACES)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("return pay(a, b)", ("swapped names", "a, b", "b, a")),
        ("return a - b", ("swapped names", "a - b", "b - a")),
        ("return not a", ("lost wrapper", "not a", "a")),
        ("return a.strip()", ("lost wrapper", "a.strip()", "a")),
        ("return a[0]", ("off by one", "0", "1")),
        ("return a[1:]", ("off by one", "1", "2")),
        ("return list(range(len(a)))", ("off by one", "len(a)", "len(a) - 1")),
        ("return a in b", ("wrong comparison", "a in b", "a not in b")),
    ],
    ids=lambda value: value if isinstance(value, str) else value[0],
)
def test_makes_the_mistake_in_one_line(line, expected):
    assert expected in made(f"def f(a, b):\n    {line}\n")


@pytest.mark.parametrize(
    "text",
    [
        "x = 1 + 1\n",
        "def f(a: int = None) -> 'int': ...\n",
        "def f():\n    pass\n",
        "def f(a, b):\n    return a + b * a\n",
        "@retry(3)\ndef f():\n    return None\n",
    ],
    ids=["no function", "annotations", "nothing to miss", "order does not matter", "decorators"],
)
def test_leaves_alone_what_no_reviewer_would_call_a_slip(text):
    assert [kind for kind, *_ in made(text) if kind != "wrong variable"] == []


def test_every_kind_is_made_somewhere():
    text = PLACES + "\n\ndef swap(a, b):\n    return a - b\n"
    assert {slip.kind for slip in slips(text)} == set(MAKERS)


def test_a_slip_changes_one_place_and_keeps_the_rest():
    found = list(slips(PLACES))
    assert found
    for slip in found:
        ast.parse(slip.text)
        matcher = difflib.SequenceMatcher(a=PLACES.splitlines(), b=slip.text.splitlines(), autojunk=False)
        assert len([op for op in matcher.get_opcodes() if op[0] != "equal"]) == 1
        assert slip.function == "Shop.price"
        assert "# ü: offsets are bytes" in slip.text


def test_a_mistake_that_python_would_read_alike_is_none():
    assert list(slips("def f(a):\n    return int(a)[(0)]\n"))
    before = ast.dump(ast.parse(PLACES))
    assert all(ast.dump(ast.parse(slip.text)) != before for slip in slips(PLACES))


def test_a_last_statement_without_newline_is_cut_cleanly():
    (slip,) = [s for s in slips("def f(a):\n    a += 1\n    g()") if s.was.strip() == "g()"]
    assert slip.text == "def f(a):\n    a += 1\n    pass"
