"""The search gives out each meaning once, the likeliest first, and only edits that can run."""

from __future__ import annotations

import ast
import sysconfig
from itertools import islice
from pathlib import Path

import pytest

from fixers.model import Suspect, Tier
from fixers.project import Project
from fixers.search.generate import FAR_FETCHED, mutations, neighbourhood
from fixers.search.mutation import Mutation

PATH = "pkg/mod.py"
SOURCE = '''
import functools

STEP = 2


class Cache:
    size = 3

    @functools.lru_cache
    def get(self, key, default=None):
        def inner(value):
            """Two
            lines."""
            return value + STEP
        for index, item in enumerate(self.items):
            if item is None:
                continue
            elif item == key:
                return inner(index)
        late = [x for x in key if x]
        return late


async def fetch(url, *, retries=3):
    try:
        return await url.read(f"{retries}!")
    except (OSError, ValueError):
        pass
    return None
'''


def suspect(line: int, score: float = 1.0, path: str = PATH) -> Suspect:
    return Suspect(path=path, function="", line=line, end_line=line, score=score, reasons=())


def suspects_of(project: Project, path: str = PATH) -> list[Suspect]:
    lines = sorted({node.lineno for node in ast.walk(project.tree(path)) if isinstance(node, ast.stmt)})
    return [suspect(n, path=path) for n in lines]


def search(source: str, count: int | None = None, path: str = PATH) -> list[Mutation]:
    project = Project({path: source})
    return list(islice(mutations(project, suspects_of(project, path)), count))


@pytest.fixture(scope="module")
def everything() -> list[Mutation]:
    return search(SOURCE)


def function_of(tree: ast.Module, qualname: str) -> ast.stmt:
    body = tree.body
    for name in qualname.split("."):
        found = next(node for node in body if getattr(node, "name", "") == name)
        body = found.body
    return found


def test_swap_and_module_mean_the_same(everything):
    """The evaluator runs the one, the proof is made with the other."""
    swapped = [mutation for mutation in everything if mutation.swap]
    assert len(swapped) > 1000
    for mutation in swapped[::3]:
        wanted = ast.parse(ast.unparse(function_of(mutation.tree(), mutation.swap.qualname))).body[0]
        wanted.decorator_list = []
        (given,) = ast.parse(mutation.swap.source).body
        assert ast.dump(given) == ast.dump(wanted)


def test_swap_names_the_outermost_function(everything):
    swaps = {(m.swap.qualname, m.swap.line) for m in everything if m.swap}
    lines = SOURCE.splitlines()
    expected = {("Cache.get", "    def get("), ("fetch", "async def fetch(")}
    assert {
        (name, next(text for _, text in expected if lines[line - 1].startswith(text))) for name, line in swaps
    } == expected


def test_values_outside_bodies_have_no_swap(everything):
    for line, text in enumerate(SOURCE.splitlines(), start=1):
        at = [mutation for mutation in everything if mutation.line == line]
        if text.strip() in {"STEP = 2", "size = 3"}:
            assert at, text
            assert all(mutation.swap is None for mutation in at), text


def test_everything_compiles(everything):
    for mutation in everything[::7]:
        compile(mutation.module, PATH, "exec", dont_inherit=True)


def test_no_meaning_comes_twice_nor_the_original(everything):
    dumps = [ast.dump(mutation.tree()) for mutation in everything]
    assert len(set(dumps)) == len(dumps)
    assert ast.dump(ast.parse(SOURCE)) not in dumps


def test_order_is_the_same_every_time():
    first, second = ([(m.line, m.template, m.summary, m.swap) for m in search(SOURCE, 400)] for _ in range(2))
    assert first == second


def test_the_more_suspicious_place_goes_first():
    project = Project({PATH: "def f(a, b):\n    c = a < b\n    return c\n"})
    low, high = (
        Suspect(path=PATH, function="f", line=n, end_line=n, score=s, reasons=()) for n, s in ((2, 0.1), (3, 2.0))
    )
    assert next(mutations(project, [low, high])).line == 3


def test_new_scores_change_the_order_of_what_is_left_and_repeat_nothing():
    project = Project({PATH: "def f(a, b):\n    c = a < b\n    return c\n\n\ndef g(a, b):\n    return a - b\n"})
    scores = {2: 2.0, 3: 2.0, 7: 0.1}
    found = mutations(project, _scored(scores))
    before = list(islice(found, 20))
    assert {mutation.line for mutation in before} == {2, 3}
    found.reweigh(_scored({**scores, 7: 9.0}))
    assert next(found).line == 7
    after = [mutation.module for mutation in found]
    assert not {mutation.module for mutation in before} & set(after)
    assert len(after) + 21 == len(list(mutations(project, _scored(scores))))


def _scored(scores):
    return [Suspect(path=PATH, function="f", line=n, end_line=n, score=s, reasons=()) for n, s in scores.items()]


@pytest.mark.parametrize("path", ["tests/test_x.py", "conftest.py", "setup.py", "docs/conf.py", "pkg/data.txt"])
def test_leaves_alone_what_no_fixer_may_touch(path):
    project = Project({path: "def f(a, b):\n    return a\n"})
    assert list(mutations(project, [suspect(2, path=path)])) == []


def test_leaves_alone_what_does_not_parse_or_exist():
    project = Project({"pkg/a.py": "def f(:\n"})
    suspects = [suspect(1, path=path) for path in ("pkg/a.py", "pkg/b.py")]
    assert list(mutations(project, suspects)) == []


UNBOUND = {
    "before its assignment": ("def f(a):\n    b = a\n    c = b\n    return c\n",
                              "def f(a):\n    b = c\n    c = b\n    return c\n"),
    "outside its comprehension": (
        "def f(a):\n    return g(a, [x for x in a])\n",
        "def f(a):\n    return g(x, [x for x in a])\n",
    ),
    "its only binding": ("def f(a):\n    b = 1\n    return b\n", "def f(a):\n    a = 1\n    return b\n"),
    "another function's local": (
        "def g(p):\n    q = p\n    return q\ndef f(a):\n    return a\n",
        "def g(p):\n    q = p\n    return q\ndef f(a):\n    return q\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("source", "never"), UNBOUND.values(), ids=UNBOUND)
def test_reads_no_name_that_nobody_bound(source, never):
    texts = {mutation.module for mutation in search(source)}
    assert texts
    assert ast.unparse(ast.parse(never)) not in texts


def test_a_name_bound_later_in_the_loop_may_be_read():
    source = "def f(a):\n    while a:\n        g(a)\n        seen = h()\n"
    wanted = "def f(a):\n    while a:\n        g(seen)\n        seen = h()"
    assert wanted in {mutation.module for mutation in search(source)}


def test_a_default_value_is_swapped_by_its_number_and_source():
    source = "LIMIT = 3\n\n\ndef f(a, b=1, *, c=2, d=None):\n    return a + b + c, d\n"
    found = [m for m in search(source) if m.line == 4 and m.swap is not None]
    assert {m.swap.default for m in found} >= {(0, "LIMIT"), (1, "LIMIT"), (2, "LIMIT"), (0, "2")}
    for mutation in found:
        number, value = mutation.swap.default
        args = ast.parse(mutation.swap.source).body[0].args
        assert ast.unparse([*args.defaults, *args.kw_defaults][number]) == value
        assert mutation.swap.source == ast.unparse(ast.parse(mutation.module).body[1])


ELSE_IF = """def f(a, b):
    if a:
        g()
    else:
        if b:
            h()
        k(b)
    if b:
        g()
    else:
        if a:
            h()
    return a
"""


def test_swaps_of_an_if_alone_in_an_else_mean_the_same():
    for mutation in search(ELSE_IF):
        (wanted,) = ast.parse(ast.unparse(mutation.tree())).body
        assert ast.dump(ast.parse(mutation.swap.source).body[0]) == ast.dump(wanted), mutation.summary


def near(project: Project, place: tuple[str, str, int]) -> list[Mutation]:
    return list(neighbourhood(project, suspects_of(project), place))


def counts(mutation: Mutation) -> bool:
    """Say whether an edit may keep another one from being proposed."""
    return mutation.prior >= FAR_FETCHED and (
        mutation.tier is not Tier.C or mutation.template == "superfluous-statement"
    )


def test_the_neighbourhood_of_a_find_is_its_function_whatever_is_suspected_of_it():
    source = "LIMIT = 3\n\n\ndef f(a, b=LIMIT):\n    return a < b\n\n\ndef g(c):\n    return c + 1\n"
    project = Project({PATH: source})
    found = near(project, (PATH, "f", 0))
    assert {m.line for m in found} == {4, 5}
    assert {m.module for m in found} > {source.replace("a < b", "a <= b").rstrip().replace("\n\n\n", "\n")}
    everything = {m.module for m in search(source) if m.line in {4, 5} and counts(m)}
    assert {m.module for m in found} >= everything
    assert len(everything) > 100
    assert all(map(counts, found))
    assert {m.line for m in near(project, (PATH, "", 1))} == {1}


def test_what_is_far_fetched_is_no_part_of_a_neighbourhood_and_is_only_offered():
    source = "def f(a, b):\n    return g(a, b)\n\n" + "".join(f"def h{n}(x):\n    k{n}(x)\n\n" for n in range(40))
    project = Project({PATH: source})
    suspects = [suspect(2)]
    found = list(mutations(project, suspects))
    assert {m.tier for m in found if m.prior < FAR_FETCHED} == {Tier.C}
    nearby = list(neighbourhood(project, suspects, (PATH, "f", 0)))
    assert {m.swap.source for m in nearby} >= {m.swap.source for m in found if counts(m)}
    assert all(map(counts, nearby))
    assert len(nearby) < len(found)


def test_an_index_that_nothing_speaks_for_is_only_offered():
    source = "def f(a, b, n):\n    g(b['k'])\n    h(a, b)\n"
    tiers = {m.swap.source: m.tier for m in search(source) if m.template == "lost-index" and m.line == 3}
    text = "def f(a, b, n):\n    g(b['k'])\n    h({})".format
    assert (tiers[text("a[0], b")], tiers[text("a, b['k']")]) == (Tier.B, Tier.B)
    assert (tiers[text("a[n], b")], tiers[text("a['k'], b")]) == (Tier.C, Tier.C)


def test_implied_places_of_a_suspect():
    """Defaults and outer constants run at import, so coverage never points at them."""
    project = Project({PATH: "LIMIT = 5\n\ndef f(a, n=3):\n    return a[:LIMIT]\n"})
    assert {1, 3, 4} <= {mutation.line for mutation in mutations(project, [suspect(4)])}


def test_a_large_real_function_yields_at_once():
    source = (Path(sysconfig.get_path("stdlib")) / "argparse.py").read_text()
    project = Project({PATH: source})
    chosen = list(islice(mutations(project, suspects_of(project)[:150]), 300))
    assert len(chosen) == 300
    assert all(mutation.summary and mutation.prior > 0 for mutation in chosen)
