"""The parts codemods share: what is near, where an import goes, what may be offered."""

from collections.abc import Callable

import pytest

from fixers.codemods.base import Rewrite, Scene
from fixers.codemods.imports import Import, insert
from fixers.codemods.missing_import import MissingImport
from fixers.codemods.nearest import distance, nearest, suggested
from fixers.codemods.source import parse
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
