"""Cases: which tests are shown and which held back, which slips are drawn, and which of them count."""

import io
import tarfile

import pytest

from benchmarks import catalogue
from benchmarks.cases import NoCase, split
from benchmarks.index import NotFetched
from benchmarks.injected import Draw, drawn, noticed
from benchmarks.spine import case_of
from benchmarks.suite import Outcomes, command
from benchmarks.trees import changed_sources, same_program, transplant


def outcomes(passed, failed=(), *, complete=True):
    return Outcomes(frozenset(passed), frozenset(failed), complete, 1.0)


@pytest.mark.parametrize(("failing", "held"), [(1, 0), (3, 0), (4, 1), (9, 2)])
def test_a_quarter_is_held_back_and_nothing_gets_lost(failing, held):
    ids = [f"t::{n}" for n in range(failing)]
    shown, kept = split(ids, ids, seed=7)
    assert len(kept) == held
    assert sorted((*shown, *kept)) == sorted(ids)
    assert split(list(reversed(ids)), ids, seed=7) == (shown, kept)


def test_a_test_whose_id_begins_another_is_never_held_back():
    """pytest would keep both from the run: its --deselect goes by prefix."""
    failing = ["t.py::test_a", "t.py::test_b", "t.py::test_c", "t.py::test_d"]
    for seed in range(8):
        _, held = split(failing, {*failing, "t.py::test_a_long", "t.py::test_b[1]", "t.py::test_c2"}, seed)
        assert held == ("t.py::test_d",)


ALL = {f"t{n}" for n in range(10)}


@pytest.mark.parametrize(
    ("broken", "found"),
    [
        (outcomes(ALL - {"t1"}, {"t1"}), ("t1",)),
        (outcomes(ALL), ()),
        (outcomes(set(), ALL), ()),
        (outcomes(ALL - {"t1"}, {"t1"}, complete=False), ()),
        (outcomes({"t1"}, {"test_file.py"}), ()),
    ],
    ids=["one test", "none", "all", "cut short", "collection"],
)
def test_a_slip_counts_when_a_small_part_of_the_suite_notices(broken, found):
    assert noticed(outcomes(ALL), broken) == found


def test_the_seed_alone_decides_which_slips_are_drawn(tmp_path):
    (tmp_path / "tests").mkdir()
    (tmp_path / "shop.py").write_text("def f(a, b):\n    if a < b:\n        return 1\n    return pay(a, b)\n")
    (tmp_path / "tests" / "test_shop.py").write_text("def test_f():\n    assert 1 < 2\n")
    first = list(drawn(tmp_path, ("tests",), Draw("1")))
    assert first == list(drawn(tmp_path, ("tests",), Draw("1")))
    assert first != list(drawn(tmp_path, ("tests",), Draw("2")))
    assert {path for path, _ in first} == {"shop.py"}


def test_tests_move_whole_and_sources_stay(tmp_path):
    for version in ("1", "2"):
        (tmp_path / version / "tests").mkdir(parents=True)
        (tmp_path / version / "shop.py").write_text(f"V = {version}\n")
        (tmp_path / version / "tests" / f"test_{version}.py").write_text("")
    transplant(tmp_path / "1", tmp_path / "2", ("tests",), tmp_path / "mixed")
    found = sorted(p.relative_to(tmp_path / "mixed").as_posix() for p in tmp_path.glob("mixed/**/*.py"))
    assert found == ["shop.py", "tests/test_2.py"]
    assert (tmp_path / "mixed" / "shop.py").read_text() == "V = 1\n"
    assert changed_sources(tmp_path / "1", tmp_path / "2", ("tests",)) == ("shop.py",)


def test_a_single_test_file_moves_too(tmp_path):
    for version in ("1", "2"):
        (tmp_path / version).mkdir()
        (tmp_path / version / "test_shop.py").write_text(version)
    transplant(tmp_path / "1", tmp_path / "2", ("test_shop.py",), tmp_path / "mixed")
    assert (tmp_path / "mixed" / "test_shop.py").read_text() == "2"
    assert (tmp_path / "1" / "test_shop.py").read_text() == "1"


SHOP = "def price(item, count):\n    if count > 2:\n        return 1\n    return item - count\n"
SHOP_TESTS = """
import shop

def test_price():
    assert shop.price(9, 2) == 7

def test_many():
    assert shop.price(9, 3) == 1

def test_other():
    assert True

def test_another():
    assert True
"""


@pytest.fixture
def fetched(monkeypatch, tmp_path, small_python):
    """Archives made here in the place of fetched ones, and this interpreter in the place of an environment."""

    def archive(package, version, cache):
        path = tmp_path / f"{package}-{version}.tar.gz"
        text = SHOP.replace("item - count", "item + count") if version == "1" else SHOP
        tests = SHOP_TESTS if version != "1" else "def test_old(): pass\n"
        with tarfile.open(path, "w:gz") as tar:
            for name, data in (("shop.py", text.encode()), ("tests/test_shop.py", tests.encode())):
                info = tarfile.TarInfo(f"{package}-{version}/{name}")
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))
        return path

    monkeypatch.setattr("benchmarks.index.fetch", archive)
    monkeypatch.setattr("benchmarks.environment.environment", lambda *_: small_python)
    return tmp_path / "cache"


def test_a_release_becomes_old_sources_under_new_tests(fetched):
    case = case_of(catalogue.Release("shop", "1", "2", "sign"), 1, fetched)
    assert case.failing == ("tests/test_shop.py::test_price",)
    assert "item + count" in (case.tree / "shop.py").read_text()
    assert "item - count" in (case.truth / "shop.py").read_text()


def test_a_release_that_no_test_tells_apart_is_no_case(fetched):
    with pytest.raises(NoCase, match="No test of 3 fails on 2"):
        case_of(catalogue.Release("shop", "2", "3", "nothing"), 1, fetched)


def test_a_host_gets_a_slip_that_few_tests_notice(fetched):
    case = case_of(catalogue.Host("shop", "2"), 1, fetched)
    assert 1 <= len(case.failing) <= 2
    assert (case.truth / "shop.py").read_text() == SHOP
    assert (case.tree / "shop.py").read_text() != SHOP
    assert (case.tree / "tests" / "test_shop.py").read_text() == SHOP_TESTS
    again = case_of(catalogue.Host("shop", "2"), 1, fetched)
    assert again == case


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("x = 1\n", "x  =  1  # so\n", True),
        ("x = 1\n", "x = 2\n", False),
        ("x = (\n", "x = ((\n", False),
        ("x = (\n", "x = (\n", True),
    ],
    ids=["layout", "value", "broken and different", "broken and equal"],
)
def test_programs_are_compared_without_layout(tmp_path, one, other, same):
    (tmp_path / "a.py").write_text(one)
    (tmp_path / "b.py").write_text(other)
    assert same_program(tmp_path / "a.py", tmp_path / "b.py") is same


def test_hidden_tests_survive_the_shell():
    assert command(("tests",), ("t.py::a[x y]",)) == "python -m pytest tests '--deselect=t.py::a[x y]'"


def test_an_archive_that_cannot_be_fetched_is_no_case(monkeypatch, tmp_path):
    def refuse(package, version, cache):
        raise NotFetched(f"{package} {version} could not be fetched: the network is down")

    monkeypatch.setattr("benchmarks.index.fetch", refuse)
    with pytest.raises(NoCase, match="the network is down"):
        case_of(catalogue.RELEASES[0], 1, tmp_path)


def test_the_catalogue_is_wide_enough_and_names_each_bug_once():
    assert len({item.package for item in catalogue.ITEMS}) >= 12
    assert len(set(catalogue.ITEMS)) == len(catalogue.ITEMS)
    assert len(catalogue.RELEASES) >= 8
