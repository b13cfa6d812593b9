"""Which candidates count as one behaviour, and what is said of each: by real runs of real tests."""

import pytest

from fixers.choose.settling import settling_test
from fixers.select import select

READER = '''"""Reads rows; holds an open iterator, so that no call of it can be made again."""


class Reader:
    def __init__(self, rows, width):
        self.rows, self.width = (row for row in rows), width

    def take(self, count):
        found = []
        for row in self.rows:
            found.append(row * self.width)
            if len(found) > count:
                break
        return found
'''
READER_TESTS = """import pytest

from reader import Reader


@pytest.mark.parametrize("count", [2, 3])
def test_take(count):
    assert len(Reader(range(9), 2).take(count)) == count


def test_all():
    assert Reader([1, 2], 10).take(5) == [10, 20]
"""
READER_FAILING = ["test_reader.py::test_take[2]", "test_reader.py::test_take[3]"]
ENOUGH = READER.replace("len(found) > count", "len(found) >= count")
ENOUGH_TOO = READER.replace("len(found) > count", "len(found) > count - 1")
ONLY_SMALL = READER.replace("len(found) > count", "len(found) == min(count, 3)")


def test_calls_that_cannot_be_made_again_are_compared_where_tests_make_them(bench):
    """Tests are run with their constants changed: only then does the third differ from the others."""
    files = {"reader.py": READER, "test_reader.py": READER_TESTS}
    passing = ["test_reader.py::test_all"]
    with bench(files, "reader.py", [ENOUGH, ENOUGH_TOO, ONLY_SMALL], failing=READER_FAILING, passing=passing) as hunt:
        chosen = select(hunt)
    assert (chosen.calls, [cluster.size for cluster in chosen.clusters]) == (0, [2, 1])
    first, second = (dict(cluster.outputs) for cluster in chosen.clusters)
    assert first.keys() & second.keys()
    assert all(first[call] != second[call] for call in first.keys() & second.keys())


LAZY = '''"""Opens what it holds when it is first asked, and cannot be copied from then on."""


class Shelf:
    def __init__(self, books):
        self.books, self.reading = list(books), None

    def room(self, size):
        self.reading = (book for book in self.books)
        return size * len(self.books)
'''
LAZY_TESTS = """from shelf import Shelf


def test_room():
    assert Shelf("ab").room(9) == 7


def test_full():
    assert Shelf("").room(0) == 0
"""


def test_calls_that_leave_what_cannot_be_copied_are_compared_all_the_same(bench):
    files = {"shelf.py": LAZY, "test_shelf.py": LAZY_TESTS}
    afters = [LAZY.replace("size * len(self.books)", new) for new in ("size - len(self.books)", "max(size, 2) - 2")]
    failing, passing = ["test_shelf.py::test_room"], ["test_shelf.py::test_full"]
    with bench(files, "shelf.py", afters, failing=failing, passing=passing) as hunt:
        chosen = select(hunt)
    assert chosen.calls
    assert not chosen.notes
    assert [cluster.size for cluster in chosen.clusters] == [1, 1]


RATES = '''"""Rates."""

STEP = 6


def rate(days, step=4):
    return days * step


def doubled(days):
    return rate(days) * 2
'''
RATES_TESTS = """from rates import doubled, rate


def test_rate():
    assert rate(2) == 10


def test_given():
    assert rate(3, 7) == 21
    assert rate(1, step=2) == 2
"""


def test_a_changed_default_is_told_from_a_changed_body(bench):
    afters = [
        RATES.replace("step=4", "step=5"),
        RATES.replace("return days * step", "return days * (5 if step == 4 else step)"),
        RATES.replace("return days * step", "return 10 if (days, step) == (2, 4) else days * step"),
    ]
    files = {"rates.py": RATES, "test_rates.py": RATES_TESTS}
    failing, passing = ["test_rates.py::test_rate"], ["test_rates.py::test_given"]
    with bench(files, "rates.py", afters, failing=failing, passing=passing) as hunt:
        chosen = select(hunt)
    assert len(chosen.clusters) == 3
    assert chosen.calls > 20


SPAN = '''"""Spans."""


class Span:
    """From one day to another."""

    def __init__(self, first, last):
        self.first, self.last = first, last

    def days(self, step=1):
        """Count the days.

        >>> Span(1, 3).days()
        3
        """
        return (self.last - self.first) // step

    @staticmethod
    def of(days):
        return Span(0, days - 1)
'''
SPAN_TESTS = """from span import Span


def test_one():
    assert Span(4, 4).days() == 1


def test_many():
    assert Span(0, 10).days(5) == 2
"""
RIGHT = SPAN.replace("(self.last - self.first) // step", "(self.last - self.first) // step + (step == 1)")
AT_LEAST = SPAN.replace("(self.last - self.first) // step", "max(1, (self.last - self.first) // step)")
RIGHT_TOO = SPAN.replace("(self.last - self.first) // step", "(self.last - self.first + (step < 2)) // step")
FILES = {"span.py": SPAN, "test_span.py": SPAN_TESTS}
NAMES = {"failing": ["test_span.py::test_one"], "passing": ["test_span.py::test_many"]}


def test_what_leaves_the_documentation_wrong_goes_where_another_mends_it(bench):
    with bench(FILES, "span.py", [AT_LEAST, RIGHT], **NAMES) as hunt:
        (only,) = select(hunt).clusters
    assert "(step == 1)" in only.proposals[0].patch
    assert hunt.families["search:test"].refused == {"documentation": 1}


def test_documentation_that_nothing_mends_forbids_nothing(bench):
    with bench(FILES, "span.py", [AT_LEAST], **NAMES) as hunt:
        assert len(select(hunt).clusters) == 1


def test_a_method_is_settled_by_a_test_that_makes_its_object(bench):
    with bench(FILES, "span.py", [RIGHT, RIGHT_TOO], **NAMES) as hunt:
        chosen = select(hunt)
        tests = [settling_test(hunt.project, c.proposals[0], c.settling) for c in chosen.clusters]
    assert len(tests) == 2
    for after, other, test in ((RIGHT, RIGHT_TOO, tests[0]), (RIGHT_TOO, RIGHT, tests[1])):
        assert "from span import Span\n" in test
        assert "Span(" in test.partition("def ")[2]
        assert _passes(after, test)
        assert not _passes(other, test)


def _passes(module: str, test: str) -> bool:
    """Run a settling test over the text of its module, imports left out."""
    names: dict[str, object] = {}
    exec(module, names)
    exec(test.replace("from span import Span\n", ""), names)
    run = next(value for name, value in names.items() if name.endswith("_settled"))
    try:
        run()
    except AssertionError:
        return False
    return True


TOKENS = '''"""Tokens."""


class Token(str):
    pass


class Row:
    def __init__(self, tokens):
        self.tokens = [Token(t) for t in tokens]

    def put(self, place, token):
        if not isinstance(place, int):
            place = self.tokens.index(place)
        self.tokens.insert(place, token)

    def space(self, token):
        place = self.tokens.index(token)
        self.put(place + 1, " ")


def quoted(row):
    for token in row.tokens[:1]:
        row.put(0, "<")
    return row
'''
TOKEN_TESTS = """import pytest

from tokens import Row, quoted


def test_space():
    row = Row(["a", "b"])
    row.space("b")
    assert row.tokens == ["a", " ", "b"]


@pytest.mark.parametrize("many", range(12))
def test_quoted(many):
    assert len(quoted(Row("x" * (many + 1))).tokens) == many + 2


@pytest.mark.parametrize("many", range(3))
def test_space_before_one(many):
    row = Row("a")
    row.put(0, "b")
    assert row.tokens == ["b", "a"]
"""


def test_of_candidates_alike_the_one_with_usual_types_is_shown(bench):
    files = {"tokens.py": TOKENS, "test_tokens.py": TOKEN_TESTS}
    afters = [
        TOKENS.replace('self.put(place + 1, " ")', 'self.put(token, " ")'),
        TOKENS.replace('self.put(place + 1, " ")', 'self.put(place, " ")'),
    ]
    failing = ["test_tokens.py::test_space"]
    passing = [f"test_tokens.py::test_quoted[{n}]" for n in range(12)]
    with bench(files, "tokens.py", afters, failing=failing, passing=passing) as hunt:
        chosen = select(hunt)
    (cluster,) = chosen.clusters
    assert 'self.put(place, " ")' in cluster.proposals[0].patch
    assert cluster.objections == ()


def test_a_type_that_nobody_else_passes_forbids_to_propose_the_only_candidate(bench):
    files = {"tokens.py": TOKENS, "test_tokens.py": TOKEN_TESTS}
    after = TOKENS.replace('self.put(place + 1, " ")', 'self.put(token, " ")')
    passing = [f"test_tokens.py::test_quoted[{n}]" for n in range(12)]
    with bench(files, "tokens.py", [after], failing=["test_tokens.py::test_space"], passing=passing) as hunt:
        (cluster,) = select(hunt).clusters
    assert "space passes a str as place to put, which otherwise got int, 12 times" in cluster.objections


ABOVE = '''"""Heights."""


def above(height, level):
    """Say how far something stands above a level; nothing below it."""
    if height < level - 2:
        return 0
    return height - level
'''
ABOVE_TESTS = """import pytest

from above import above


def test_just_below():
    assert above(4, 5) == 0


@pytest.mark.parametrize("height", range(24))
def test_others(height):
    assert above(height, 0) == height
    assert above(-3 - height, 0) == 0
"""


def test_results_that_are_no_longer_what_they_always_were_speak_against_a_candidate(bench):
    files = {"above.py": ABOVE, "test_above.py": ABOVE_TESTS}
    afters = [
        ABOVE.replace("height < level - 2", "height <= level - 1"),
        ABOVE.replace("height < level - 2", "height == 4 or height < level - 2").replace(
            "return height - level", "return None if level > 30 else height - level"
        ),
    ]
    passing = [f"test_above.py::test_others[{n}]" for n in range(24)]
    with bench(files, "above.py", afters, failing=["test_above.py::test_just_below"], passing=passing) as hunt:
        chosen = select(hunt)
    right, wrong = sorted(chosen.clusters, key=lambda c: "None" in c.proposals[0].patch)
    assert right.objections == ()
    assert wrong.touched > 0


DRAW = '''"""Draws winners."""

import random


def winners(names, count):
    return sorted(random.sample(names, count))
'''
DRAW_TESTS = """import pytest

from draw import winners


@pytest.mark.parametrize("names", [{"ann", "bob", "cleo", "dan"}, ("ann", "bob", "cleo", "dan")], ids=["set", "tuple"])
def test_winners(names):
    assert set(winners(names, 2)) < set(names)
"""


def test_chance_tells_no_candidates_apart(bench):
    """The second draws once more, so that all later draws are others; the third draws too few."""
    draws = ["random.sample(sorted(names), count)", "(random.sample(sorted(names), count), random.random())[0]"]
    draws.append("random.sample(sorted(names), min(count, 2))")
    afters = [DRAW.replace("random.sample(names, count)", draw) for draw in draws]
    failing, passing = ["test_draw.py::test_winners[set]"], ["test_draw.py::test_winners[tuple]"]
    files = {"draw.py": DRAW, "test_draw.py": DRAW_TESTS}
    with bench(files, "draw.py", afters, failing=failing, passing=passing) as hunt:
        chosen = select(hunt)
    assert [cluster.size for cluster in chosen.clusters] == [2, 1]


STAMP = '''"""Stamps letters."""

import uuid


def stamp(text):
    return text and text + "#" + str(uuid.uuid4())[:size(text)]


def size(text):
    return len(text) - 5
'''


def test_what_is_never_the_same_twice_tells_nothing_apart(bench):
    tests = """from stamp import stamp


def test_stamp():
    assert len(stamp("abcdefgh")) == 14


def test_short():
    assert stamp("") == ""
"""
    afters = [STAMP.replace("[:size(text)]", new) for new in ("[:5]", "[0:5]")]
    files = {"stamp.py": STAMP, "test_stamp.py": tests}
    failing, passing = ["test_stamp.py::test_stamp"], ["test_stamp.py::test_short"]
    with bench(files, "stamp.py", afters, failing=failing, passing=passing) as hunt:
        chosen = select(hunt)
    assert [cluster.size for cluster in chosen.clusters] == [2]


PORT = '''"""Reads ports."""


def port(text):
    number = int(text)
    if number > 99 and WRONG:
        raise ERROR(text)
    return number


WRONG = True
'''
PORT_TESTS = """import pytest

from port import port


@pytest.mark.parametrize("text", ["500", "700"])
def test_unknown(text):
    with pytest.raises(Exception):
        port(text)


def test_known():
    assert port("22") == 22
"""


@pytest.mark.parametrize(
    ("error", "counted"), [("LookupError", False), ("LookupError if text > '4' else OSError", True)]
)
def test_what_the_failing_tests_want_raised_is_no_objection_to_a_repair(bench, error, counted):
    """Invented ports above 99 raise as the failing calls do, or something else that nobody asks for."""
    before = PORT.replace(" and WRONG", " and not WRONG")
    after = PORT.replace(" and WRONG", "").replace("ERROR", f"({error})")
    before = before.replace("ERROR", f"({error})")
    files = {"port.py": before, "test_port.py": PORT_TESTS}
    failing, passing = (
        ["test_port.py::test_unknown[500]", "test_port.py::test_unknown[700]"],
        ["test_port.py::test_known"],
    )
    with bench(files, "port.py", [after], failing=failing, passing=passing) as hunt:
        chosen = select(hunt)
    assert bool(chosen.clusters[0].newly_raising) == counted
