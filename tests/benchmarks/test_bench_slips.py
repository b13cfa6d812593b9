"""Slips: one realistic mistake each, put into the text where it stands and nowhere else."""

import ast
import difflib

import pytest

from benchmarks.slips import KINDS, slips

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
        ("lost condition", "count > 10 and member", "member"),
        ("lost condition", "count > 10 and member", "count > 10"),
        ("lost if", "if count > 10 and member:\n            count -= 2", "count -= 2"),
        ("wrong default", "1", "2"),
        ("wrong default", "True", "False"),
        ("lost statement", "count -= 2", "pass"),
        ("lost statement", "self.log(total)", ""),
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
        ("return not a", ("lost negation", "not a", "a")),
        ("return -a", ("lost negation", "-a", "a")),
        ("return a.strip()", ("lost method call", "a.strip()", "a")),
        ("return a.split(',')[0]", ("lost method call", "a.split(',')", "a")),
        ("return int(a + b)", ("lost wrapper", "int(a + b)", "(a + b)")),
        ("return f(a, b)", ("lost argument", ", b", "")),
        ("return f(a, *b)", ("lost return", "return f(a, *b)", "f(a, *b)")),
        ("return f(a, x=b)", ("lost keyword", ", x=b", "")),
        ("return f(x=a, y=b)", ("lost keyword", "x=a,", "")),
        ("return f(x=a, y=b)", ("wrong keyword", "a", "b")),
        ("return f(a)", ("needless argument", "", ", None")),
        ("return g(a), h(b)", ("wrong callee", "h", "g")),
        ("return a.x(b), a.y(b)", ("wrong callee", "y", "x")),
        ("return a.x + a.y", ("wrong attribute", "y", "x")),
        ("return a.x + b", ("lost attribute", "a.x", "a")),
        ("return b.run()", ("wrong owner", "b", "a")),
        ("return b", ("wrong return", "b", "a")),
        ("c = 1; return a + b", ("wrong operand", "b", "c")),
        ("return a + (b)", ("wrong operator", "+ (", "- (")),
        ("return (a) and (b)", ("wrong operator", ") and (", ") or (")),
        ("return a or b or f()", ("lost alternative", "a or", "")),
        ("return a or b or f()", ("lost alternative", "or f()", "")),
        ("return 'yes' if a else 'no'", ("lost if", "'yes' if a else 'no'", "'no'")),
        ("return 'yes', 'no'", ("wrong string", "'no'", "'yes'")),
        ("return 'yes'", ("wrong string", "'yes'", "'ye'")),
        ("return [a, b]", ("lost element", ", b", "")),
        ("return {'x': a, 'y': b}", ("lost element", ", 'y': b", "")),
        ("return True", ("wrong truth value", "True", "False")),
        ("return 0.5", ("wrong literal", "0.5", "5.0")),
        ("raise ValueError(a)", ("lost raise", "raise ValueError(a)", "ValueError(a)")),
        ("raise ValueError(a)", ("wrong exception", "ValueError", "TypeError")),
        ("a = f(a); return b", ("lost assignment", "a = f(a)", "pass")),
        ("self.x = a; return b", ("lost assignment", "self.x = a", "pass")),
        ("return a[:b]", ("off by one", "b", "b - 1")),
        ("return a[0]", ("off by one", "0", "1")),
        ("return a[1:]", ("off by one", "1", "2")),
        ("return list(range(len(a)))", ("off by one", "len(a)", "len(a) - 1")),
        ("return a in b", ("wrong comparison", "a in b", "a not in b")),
    ],
    ids=lambda value: value if isinstance(value, str) else value[0],
)
def test_makes_the_mistake_in_one_line(line, expected):
    assert expected in made(f"def f(a, b=None):\n    {line}\n")


BRANCHES = """
def f(a):
    if a == 1:
        return "one"
    elif a == 2:
        return "two"
    else:
        return "many"
"""


def test_a_branch_is_lost_alone():
    lost = {ast.unparse(ast.parse(s.text)).strip() for s in slips(BRANCHES) if s.kind == "lost branch"}
    middle = BRANCHES.replace('    elif a == 2:\n        return "two"\n', "")
    last = BRANCHES.replace('    else:\n        return "many"\n', "")
    assert lost == {ast.unparse(ast.parse(text)) for text in (middle, last)}


def test_tables_and_constants_outside_functions_are_places_too():
    found = made("LIMIT = 3\n\n\nclass Shop:\n    ITEMS = ['pen', 'ink']\n")
    assert ("wrong constant", "3", "4") in found
    assert ("wrong constant", ", 'ink'", "") in found


def test_format_strings_are_left_alone():
    assert [kind for kind, *_ in made("def f(a, b):\n    return f'{a.x} of {b}'\n")] == []


def test_weights_say_what_is_common():
    weights = {kind: weight for kind, (weight, _) in KINDS.items()}
    assert min(weights.values()) > 0
    assert weights["wrong variable"] > weights["wrong comparison"] + weights["wrong operator"]


@pytest.mark.parametrize(
    "text",
    [
        "__version__ = 1\n",
        "def f(a: int) -> 'int': ...\n",
        "def f():\n    pass\n",
        'def f():\n    """Say 1."""\n',
        "@retry(3)\ndef f():\n    return None\n",
    ],
    ids=["version", "annotations", "nothing to miss", "docstring", "decorators"],
)
def test_leaves_alone_what_no_reviewer_would_call_a_slip(text):
    assert made(text) == []


MANY = """
LIMIT = 3


def swap(a, b=None):
    if not a or b:
        raise ValueError([a, 'x'])
    return a - b


def use(a, b):
    a = a.strip()
    b.run(a.x, a.y)
    swap(a)
    return swap(a, x=a.strip(), y=False) or use(b)
"""


def test_every_kind_is_made_somewhere():
    kinds = {slip.kind for slip in slips(PLACES + BRANCHES + MANY)}
    assert kinds == set(KINDS)


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
