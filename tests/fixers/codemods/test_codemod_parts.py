"""The parts codemods share: what is near, where an import goes, what may be offered."""

import ast
import time
from collections.abc import Callable
from dataclasses import replace

import libcst as cst
import pytest

from fixers.codemods.base import Rewrite, Scene
from fixers.codemods.idle import without_idle
from fixers.codemods.imports import Import, insert
from fixers.codemods.missing_import import MissingImport
from fixers.codemods.missing_key import MissingKey
from fixers.codemods.nearest import distance, nearest, suggested
from fixers.codemods.source import parse
from fixers.codemods.stale_caller import StaleCaller
from fixers.codemods.syntax_slip import mended
from fixers.codemods.uncalled import called_everywhere
from fixers.codemods.workfile import is_pure
from fixers.model import Tier
from fixers.project import Project


@pytest.mark.parametrize(
    ("name", "known", "right"),
    [
        pytest.param("vlaue", {"value", "other"}, "value", id="swapped-letters"),
        pytest.param("from_list", {"list_from", "from_dict"}, "list_from", id="words-in-another-order"),
        pytest.param("fromList", {"from_list"}, "from_list", id="another-convention"),
        pytest.param("left3", {"left1", "left2"}, None, id="two-are-as-near"),
        pytest.param("balance", {"ballast", "total"}, None, id="three-slips"),
        pytest.param("configuration", {"konfigurazzion"}, None, id="three-slips-in-a-long-name"),
        pytest.param("cat", {"car", "dog"}, "car", id="short-one-slip"),
        pytest.param("cat", {"cow"}, None, id="short-two-slips"),
        pytest.param("x", {"y"}, None, id="one-letter"),
        pytest.param("total", {"_total"}, None, id="private-is-not-public"),
        pytest.param("value", {"value"}, None, id="itself"),
    ],
)
def test_nearest_is_close_and_alone(name: str, known: set[str], right: str | None) -> None:
    assert nearest(name, known) == right


@pytest.mark.parametrize(
    ("left", "right", "slips"),
    [("", "", 0), ("abc", "abc", 0), ("abc", "acb", 1), ("abc", "ab", 1), ("abc", "xbc", 1), ("abc", "", 3)],
)
def test_distance_counts_slips(left: str, right: str, slips: int) -> None:
    assert distance(left, right) == distance(right, left) == slips


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ("name 'a1' is not defined. Did you mean: 'a2'?", "a2"),
        ("f() got an unexpected keyword argument 'x'. Did you mean 'y'?", "y"),
        ("name 'a1' is not defined", None),
    ],
)
def test_reads_the_interpreters_suggestion(message: str, name: str | None) -> None:
    assert suggested(message) == name


@pytest.mark.parametrize(
    ("before", "new", "after"),
    [
        pytest.param("x = 1\n", Import("os"), "import os\n\nx = 1\n", id="first-import"),
        pytest.param('"""D."""\n', Import("os"), '"""D."""\n\nimport os\n', id="below-docstring"),
        pytest.param(
            "from a import (\n    b,\n    d,  # why\n)\n",
            Import("a", "c"),
            "from a import (\n    b,\n    c,\n    d,  # why\n)\n",
            id="into-parentheses",
        ),
        pytest.param("import os\nimport abc\n", Import("re"), "import os\nimport abc\nimport re\n", id="unsorted"),
        pytest.param(
            "import numpy\n\nimport pkg\n",
            Import("os"),
            "import os\n\nimport numpy\n\nimport pkg\n",
            id="section-above",
        ),
        pytest.param(
            "import os\n", Import("pkg", "x", "y"), "import os\n\nfrom pkg import x as y\n", id="section-below"
        ),
        pytest.param("import os\n", Import("a.b", alias="c"), "import os\n\nimport a.b as c\n", id="alias"),
    ],
)
def test_an_import_goes_beside_its_like(before: str, new: Import, after: str) -> None:
    source = parse(before)
    assert source is not None
    assert insert(source.module, new, Project({"pkg/__init__.py": ""})).code == after


def test_offers_neither_tests_nor_broken_text(scene_of: Callable[[Rewrite, str], Scene]) -> None:
    scene = scene_of(Rewrite("x = 1\n", "", line=1), "x = 1\n")
    codemod = MissingImport()

    def offered(path: str, text: str) -> int:
        return len(list(codemod.offer(scene, {path: text}, summary="s", line=1)))

    assert offered("pkg/mod.py", "x = 2\n") == 1
    assert offered("pkg/mod.py", "x = 1\n") == 0
    assert offered("pkg/mod.py", "x = (\n") == 0
    assert offered("tests/test_example.py", "x = 2\n") == 0


def test_a_name_that_the_push_brought_is_surely_the_new_one(scene_of: Callable[[Rewrite, str], Scene]) -> None:
    example = StaleCaller.INVALID[0]
    scene = scene_of(example, example.before)
    (likely,) = StaleCaller().propose(scene)
    (sure,) = StaleCaller().propose(replace(scene, changed={"pkg/tax.py": {1, 2}}))
    assert likely.tier is Tier.B
    assert sure.tier is Tier.A
    assert sure.prior > likely.prior
    assert sure.edits == likely.edits


def test_a_key_is_surely_misspelled_only_where_nothing_else_writes_it(
    scene_of: Callable[[Rewrite, str], Scene],
) -> None:
    example = next(each for each in MissingKey.INVALID if "'prot'" in each.before)
    scene = scene_of(example, example.before)
    written = Project({**scene.project.files, "pkg/other.py": "KEYS = ['prot']\n"})
    assert next(MissingKey().propose(scene)).tier is Tier.A
    assert next(MissingKey().propose(replace(scene, project=written))).tier is Tier.B


def test_of_two_keys_that_are_written_once_either_may_be_the_slip(scene_of: Callable[[Rewrite, str], Scene]) -> None:
    text = "def load():\n    return {'nmae': 1}\n\n\ndef show():\n    conf = load()\n    return conf['name']\n"
    example = Rewrite(before=text, after="", exception="KeyError", message="'name'", line=7)
    scene = replace(scene_of(example, text), values={"keys:pkg/mod.py:7:conf": ("nmae",)})
    read, stored = list(MissingKey().propose(scene))[:2]
    assert read.edits[0].after == text.replace("'name'", "'nmae'")
    assert stored.edits[0].after == text.replace("'nmae'", "'name'")
    assert {read.tier, stored.tier} == {Tier.B}


@pytest.mark.parametrize(
    ("text", "meanings"),
    [
        ("def f(x):\n    return g(x, 2\n", ["def f(x):\n    return g(x, 2)\n", "def f(x):\n    return (g(x), 2)\n"]),
        ("def f(a, b):\n    return a && b\n", ["def f(a, b):\n    return a and b\n"]),
        ("retrun = 1\ndef f():\n    retrun x\n", ["retrun = 1\n\ndef f():\n    return x\n"]),
        ("X = {'a' 1, 'b': 2}\n", ["X = {'a': 1, 'b': 2}\n"]),
        ('def f():\n    """Doc.\n    return 1\n', ['def f():\n    """Doc."""\n    return 1\n']),
        ("def f(x):\n    # later\n\n\ndef g():\n    return 1\n", ["def f(x):\n    pass\n\ndef g():\n    return 1\n"]),
        ("x = 1\nreturn x\n", []),
        ("f(a=1, 2)\n", []),
    ],
    ids=["bracket", "foreign", "keyword", "colon", "docstring", "comment", "no slip of a sign", "no slip either"],
)
def test_a_text_is_mended_in_every_way_that_compiles(text: str, meanings: list[str]) -> None:
    found = [ast.unparse(ast.parse(slip.text)) + "\n" for slip in mended(text, 1)]
    assert [m for m in meanings if m not in found] == []
    assert bool(found) is bool(meanings)


@pytest.mark.parametrize(
    ("text", "pure"),
    [
        ("a + b.c[1]", True),
        ("[x for x in y]", True),
        ("f()", False),
        ("a[f():2]", False),
        ("[await x]", False),
        ("(yield)", False),
    ],
)
def test_what_may_be_written_twice_does_nothing_deep_inside_it_either(text: str, pure: bool) -> None:
    assert is_pure(cst.parse_expression(text)) is pure
    assert is_pure((cst.Arg(cst.Name("a")), cst.Arg(cst.parse_expression(text)))) is pure


def test_texts_of_any_kind_are_mended_in_bounded_time() -> None:
    text = "x = (" + "[" * 400 + "\n" * 50 + "if y\n" * 300
    started = time.monotonic()
    mended(text, 1)
    assert time.monotonic() - started < 20


def test_a_method_is_called_wherever_its_value_is_used() -> None:
    text = "best = max(ts, key=T.area)\nheld = t.area\nall_ = [t.area]\nsum_ = sum({} for t in ts) + {}\nt.area\n"
    project = Project({"pkg/mod.py": text.format("t.area", "t.area")})
    assert called_everywhere(project, "area") == {"pkg/mod.py": text.format("t.area()", "t.area()")}


IDLE = "async def f(q):\n    loop = asyncio.get_event_loop()\n    n = load()\n    return Q(q, loop=loop, n=n)\n"


def test_what_only_the_old_call_read_goes_unless_it_does_something() -> None:
    after = IDLE.replace(", loop=loop, n=n", "")
    assert without_idle(IDLE, after) == "async def f(q):\n    n = load()\n    return Q(q)\n"
    unread = IDLE.replace(", loop=loop", "")
    assert without_idle(unread, unread) == unread
