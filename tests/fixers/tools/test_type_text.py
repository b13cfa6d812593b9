"""Types in a checker's words, as a file writes them."""

import pytest

from fixers.codemods.imports import Import
from fixers.project import Project
from fixers.tools.type_text import Spelling, united

FILE = "import datetime\nfrom decimal import Decimal as D\n\n\nclass Box: ...\n"
SPELLED = {
    "builtins.int": "int",
    "Literal['a, b']?": "str",
    "Literal[True]? | None": "bool | None",
    "builtins.dict[builtins.str, builtins.list[builtins.float]]": "dict[str, list[float]]",
    "tuple[builtins.str, ...]": "tuple[str, ...]",
    "Union[builtins.int, None]": "int | None",
    "pkg.mod.Box": "Box",
    "decimal.Decimal": "D",
    "datetime.date": "datetime.date",
    "re.Match[builtins.str]": "Match[str]",
}
UNKNOWN = (
    "Any",
    "builtins.list[Any]",
    "Never",
    "def (x: builtins.int) -> builtins.int",
    "TypedDict('pkg.mod.Row', {'a': builtins.int})",
    "T`-1",
    "other.Thing",
    "_io.TextIOWrapper[_io._WrappedBuffer]",
    "",
)


def spelling() -> Spelling:
    return Spelling(Project({"pkg/mod.py": FILE, "other.py": "class Thing: ...\n"}), "pkg/mod.py")


@pytest.mark.parametrize(("revealed", "written"), SPELLED.items())
def test_it_is_spelled(revealed, written):
    assert spelling().of(revealed) == written


@pytest.mark.parametrize("revealed", UNKNOWN)
def test_it_is_not_known(revealed):
    assert not spelling().of(revealed)


def test_the_standard_library_is_imported():
    spelled = spelling()
    assert spelled.of("re.Match[builtins.str]") == "Match[str]"
    assert spelled.needed == {Import("re", "Match")}


@pytest.mark.parametrize(
    ("types", "one"),
    [
        ({"int"}, "int"),
        ({"int", "None"}, "int | None"),
        ({"int | None", "int"}, "int | None"),
        ({"int", "float"}, "float"),
        ({"int", "str"}, ""),
        (set(), ""),
    ],
)
def test_of_several_types_one_is_made(types, one):
    assert united(types) == one
