"""Rewritings of a file that are more than one expression, and names that a package tells of."""

from collections.abc import Callable

import pytest

from fixers.codemods.base import Rewrite, Scene
from fixers.codemods.nearest import accessor, shortened
from fixers.codemods.reworks.class_properties import descriptors
from fixers.codemods.reworks.enum_format import formatted
from fixers.codemods.reworks.starlette_lifespan import one_lifespan
from fixers.codemods.reworks.websockets_path import without_path
from fixers.codemods.told_names import told_names
from fixers.codemods.workfile import Workfile
from fixers.project import Project

HUB = (
    "import websockets\n\n\nasync def {head}:\n    return {body}\n\n\n"
    "def start():\n    return websockets.serve({given}, 'h', 1)\n"
)
LEVEL = "from enum import Enum\n\n\nclass Level({bases}):\n    LOW = 1\n{rest}"
KIT = "class Kit:\n    {first}\n    {second}\n    def name(cls):\n        return cls.__name__\n"


STEPS = (
    "from starlette.applications import Starlette\n\n\nasync def begin():\n    pass\n\n\ndef end():\n    pass\n\n\n"
    "{made}app = Starlette({given})\n"
)
LIFESPAN = "@asynccontextmanager\nasync def lifespan(app):\n    await begin()\n    yield\n    end()\n\n\n"


def reworked(apply: Callable[[Workfile], None], text: str, said: str = "") -> str:
    work = Workfile.of(Project({"pkg/mod.py": text}), "pkg/mod.py", text, said=said)
    assert work is not None
    apply(work)
    return work.edits.text()


def test_a_handler_reads_the_path_from_the_request_unless_it_is_given_one() -> None:
    after = reworked(without_path, HUB.format(head="hear(ws, path)", body="path", given="hear"))
    assert "async def hear(ws, path=None):\n    if path is None:\n        path = ws.request.path\n" in after


def test_a_path_that_nothing_reads_only_gets_a_default() -> None:
    after = reworked(without_path, HUB.format(head="hear(ws, path)", body="ws", given="hear"))
    assert after == HUB.format(head="hear(ws, path=None)", body="ws", given="hear")


@pytest.mark.parametrize(
    ("head", "given"), [("hear(ws, path)", "other"), ("hear(ws, name)", "hear"), ("hear(ws)", "hear")]
)
def test_other_functions_are_left_alone(head: str, given: str) -> None:
    text = HUB.format(head=head, body="ws", given=given)
    assert reworked(without_path, text) == text


@pytest.mark.parametrize(
    "said", ["assert 'ALevel.LOW' == 'Ax'", "assert 'a Level.LOW' == 'a 1'", "'A...OW/7' == 'A...1/7'"]
)
def test_an_enumeration_that_the_failure_shows_is_formatted_as_its_value(said: str) -> None:
    after = reworked(formatted, LEVEL.format(bases="int, Enum", rest=""), said)
    namespace: dict[str, object] = {"__name__": "kit"}
    exec(after, namespace)
    low = namespace["Level"](1)  # type: ignore[operator]
    assert f"{low:>2}" == (" 1" if "ALevel" not in said else "Level.LOW")


@pytest.mark.parametrize(
    ("bases", "rest"),
    [("Enum", ""), ("int, Enum", "\n    def __str__(self):\n        return 'x'\n"), ("float, Enum", "")],
)
def test_an_enumeration_with_a_text_of_its_own_is_left_alone(bases: str, rest: str) -> None:
    text = LEVEL.format(bases=bases, rest=rest)
    assert reworked(formatted, text, "assert 'Level.LOW' == '1'") == text


def test_a_class_property_gets_a_descriptor_that_can_be_read_of_both() -> None:
    after = reworked(descriptors, "import os\n\n\n" + KIT.format(first="@classmethod", second="@property"))
    namespace: dict[str, object] = {"__name__": "kit"}
    exec(after, namespace)
    kit = namespace["Kit"]
    assert isinstance(kit, type)
    assert (kit.name, kit().name) == ("Kit", "Kit")  # type: ignore[attr-defined]


def test_either_decorator_alone_is_left_alone() -> None:
    text = KIT.format(first="@property", second="# alone")
    assert reworked(descriptors, text) == text


@pytest.mark.parametrize(
    ("name", "known", "right"),
    [
        ("render_group", {"group", "Group", "render_markup"}, "group"),
        ("RenderGroup", {"group", "Group"}, "Group"),
        ("create_lock", {"Lock"}, "Lock"),
        ("memory_info_ex", {"memory_info", "memory"}, "memory_info"),
        ("load_lock", {"Lock"}, None),
        ("lock", {"Lock"}, None),
        ("get_all_names", {"all_names", "get_all"}, None),
    ],
)
def test_a_name_less_a_word_is_close_when_it_is_alone(name: str, known: set[str], right: str | None) -> None:
    assert shortened(name, known) == right


@pytest.mark.parametrize(("known", "right"), [({"to_json", "json_of"}, "to_json"), ({"to_json", "as_json"}, None)])
def test_what_reads_an_attribute_is_found_when_it_is_alone(known: set[str], right: str | None) -> None:
    assert accessor("json", known) == right


@pytest.mark.parametrize(
    ("said", "new"),
    [
        ("Renamed to ``Query`` from ``Old``.", ["Query"]),
        ("``Old`` is renamed to :class:`.Query`.", ["Query"]),
        ("Renamed from ``Old``.", ["Owner"]),
        ("Formerly called `Old`.", ["Owner"]),
        ("`Old` was replaced by `shop.query.Query`.", ["Query"]),
        ("Unlike ``Old``, this was renamed to ``Query``.", []),
    ],
)
def test_what_a_docstring_tells_of_a_name(scene_of: Callable[[Rewrite, str], Scene], said: str, new: list[str]) -> None:
    scene = scene_of(Rewrite(before="", after="", told={"shop:Old": (f"shop.query.Owner\t{said}",)}), "x = 1\n")
    assert [name for _, name in told_names(scene, "shop", "Old")] == new


def test_what_an_application_calls_at_its_ends_becomes_one_context_manager() -> None:
    after = reworked(one_lifespan, STEPS.format(made="", given="[], on_startup=[begin], on_shutdown=(end,)"))
    right = STEPS.format(made=LIFESPAN, given="[], lifespan=lifespan")
    assert after.split("import Starlette\n")[1] == right.split("import Starlette\n")[1]
    assert after.startswith("from contextlib import asynccontextmanager\n")


@pytest.mark.parametrize("given", ["on_startup=[begin, other]", "on_startup=steps()", "on_startup=[lambda: None]"])
def test_an_application_that_calls_what_is_not_of_the_file_is_left_alone(given: str) -> None:
    text = STEPS.format(made="", given=given)
    assert reworked(one_lifespan, text) == text
