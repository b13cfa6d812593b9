"""Whatever another package's codemod does, a run goes on and a sentence says so."""

import sys

import pytest

from fixers.codemods.base import Scene
from fixers.codemods.plugins import Found, Plugin, in_order, installed_plugins, proposals
from fixers.codemods.registry import ALL
from fixers.model import Tier
from fixers.project import Project

PLUGIN = '''
from fixers.codemods.base import Codemod, Rewrite
from fixers.model import Candidate, FileEdit, Tier


class One(Codemod):
    """Put 2 for 1."""

    NAME = "acme-one"
    TIER = Tier.B
    PRIOR = 0.5
    MESSAGE = "one is not enough"
    VALID = (Rewrite("a = 3\\n", "a = 3\\n"),)
    INVALID = (Rewrite("a = 1\\n", "a = 2\\n"),)

    def propose(self, scene):
        yield from self.offer(scene, {"m.py": "a = 2\\n"}, summary="two", line=1)
'''
CANDIDATE = (
    "yield Candidate((FileEdit('m.py', 'a = 1\\n', 'a = 2\\n'),), 'codemod:mutable-default', Tier.A, 1, 's', 'm.py', 1)"
)
OFFER = 'yield from self.offer(scene, {"m.py": "a = 2\\n"}, summary="two", line=1)'
SCENE = Scene((), Project({"m.py": "a = 1\n", "tests/test_m.py": "b = 1\n"}), None)


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Lay out an installed package that declares one codemod; undone after the test, its module too."""

    def make(text: str, *, value: str = "acme:One", distribution: str = "acme", module: str = "acme") -> Found:
        place = tmp_path / distribution
        info = place / f"{distribution}-2.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 2.0\n")
        (info / "entry_points.txt").write_text(f"[goldseam.codemods]\none = {value}\n")
        (place / f"{module}.py").write_text(text)
        monkeypatch.syspath_prepend(place)
        monkeypatch.delitem(sys.modules, module, raising=False)
        return installed_plugins(ALL, ["off-by-one"])

    yield make
    sys.modules.pop("acme", None)
    sys.modules.pop("zebra", None)


def test_a_sound_one_is_found_with_its_package(install):
    found = install(PLUGIN)
    assert [(p.codemod.NAME, p.source) for p in found.plugins] == [("acme-one", "acme 2.0")]
    assert found.refused == ()
    assert [c.edits[0].after for c in proposals(found.plugins[0], SCENE, [])] == ["a = 2\n"]


LEFT_OUT = {
    "an import that fails": ("import nothing_of_that_name", "ModuleNotFoundError: No module named"),
    "an import that ends the process": ("raise SystemExit(3)", "loading it raised SystemExit: 3"),
    "a syntax error": ("def", "SyntaxError"),
    "another class": ("class One: pass", "no subclass of fixers.codemods.base.Codemod"),
    "no method": (PLUGIN.replace("def propose", "def suggest"), "with a method propose"),
    "no message": (PLUGIN.replace("MESSAGE", "SAYS"), "it lacks MESSAGE"),
    "a name with blanks": (PLUGIN.replace('"acme-one"', '"Acme One"'), "not in kebab case"),
    "a tier of its own": (PLUGIN.replace("= Tier.B", "= 0"), "is no Tier"),
    "a prior of a hundred": (PLUGIN.replace("0.5", "100"), "not between 0 and 1"),
    "no near miss": (PLUGIN.replace('VALID = (Rewrite("a = 3\\n", "a = 3\\n"),)', "VALID = ()"), "Rewrite in VALID"),
    "the name of a codemod of ours": (
        PLUGIN.replace("acme-one", "mutable-default"),
        "Goldseam has a rule called 'mutable-default' already",
    ),
    "the name of a template": (PLUGIN.replace("acme-one", "off-by-one"), "Goldseam has a rule called 'off-by-one'"),
}


@pytest.mark.parametrize(("text", "why"), LEFT_OUT.values(), ids=LEFT_OUT)
def test_a_broken_one_is_left_out_with_a_sentence(install, text, why):
    found = install(text)
    assert found.plugins == ()
    assert len(found.refused) == 1
    assert found.refused[0].startswith("The codemod 'one' of acme 2.0 was left out: ")
    assert why in found.refused[0]
    assert found.refused[0].endswith(".")


def test_of_two_with_one_name_the_first_by_package_stays(install):
    install(PLUGIN, distribution="zebra", module="zebra", value="zebra:One")
    found = install(PLUGIN)
    assert [p.distribution for p in found.plugins] == ["acme"]
    assert "zebra 2.0 was left out: acme has a rule called 'acme-one' already" in found.refused[0]


WRONG = {
    "it raises": ("raise ValueError('no idea')", 0, "it raised ValueError: no idea"),
    "it raises after a candidate": (f"{OFFER}\n        1 / 0", 1, "it raised ZeroDivisionError"),
    "it yields text": ("yield 'a = 2'", 0, "it proposed str where a Candidate"),
    "it edits a test": (
        "yield Candidate((FileEdit('tests/test_m.py', 'b = 1\\n', 'b'),), 'x', Tier.C, 1, 's', 'tests/test_m.py', 1)",
        0,
        "tests/test_m.py, which no repair may touch",
    ),
    "it edits a file that is not there": (
        "yield Candidate((FileEdit('n.py', 'b', 'c'),), 'x', Tier.C, 1, 's', 'n.py', 1)",
        0,
        "n.py, which is not what the project has",
    ),
    "it does not compile": (
        "yield Candidate((FileEdit('m.py', 'a = 1\\n', 'a ='),), 'x', Tier.C, 1, 's', 'm.py', 1)",
        0,
        "does not compile",
    ),
}


@pytest.mark.parametrize(("body", "number", "why"), WRONG.values(), ids=WRONG)
def test_what_it_does_wrong_ends_it_and_is_noted(install, body, number, why):
    found = install(PLUGIN.replace(OFFER, body))
    notes: list[str] = []
    assert len(list(proposals(found.plugins[0], SCENE, notes))) == number
    assert [note.startswith("The codemod 'acme-one' of acme 2.0 was left out: ") for note in notes] == [True]
    assert why in notes[0]


def test_it_can_take_neither_another_name_nor_a_better_tier(install):
    found = install(PLUGIN.replace(OFFER, CANDIDATE))
    (candidate,) = proposals(found.plugins[0], SCENE, [])
    assert (candidate.fixer, candidate.tier) == ("codemod:acme-one", Tier.B)


def test_plugins_come_after_ours_of_the_same_tier(install):
    (sound,) = install(PLUGIN).plugins
    by_tier = {tier: Plugin(type(f"Of{tier.name}", (sound.codemod,), {"TIER": tier}), "acme", "2.0") for tier in Tier}
    order = in_order(ALL, list(by_tier.values()))
    assert [entry for entry in order if not isinstance(entry, Plugin)] == list(ALL)
    for tier, plugin in by_tier.items():
        before = [entry.TIER for entry in order[: order.index(plugin)] if not isinstance(entry, Plugin)]
        after = [entry.TIER for entry in order[order.index(plugin) :] if not isinstance(entry, Plugin)]
        assert tier not in after
        assert before.count(tier) == [codemod.TIER for codemod in ALL].count(tier)
