"""Mining: which differences of two releases are looked at, how one is undone, and what its tests notice."""

import io
import tarfile

import pytest
from click.testing import CliRunner

from benchmarks import mine
from benchmarks.cases import NoCase
from benchmarks.catalogue import Release
from benchmarks.judge import judge, places_of_truth
from benchmarks.mined import mined, releases
from benchmarks.real import released_bug
from benchmarks.revert import changes, undone
from fixers import patch as patches
from fixers.model import FileEdit

OLD = """
import os


class Shop:
    @property
    def open(self):
        return os.sep

    def price(self, count):
        # A dozen is cheaper.
        if count > 12:
            return 1
        return 2


def total(prices):
    return sum(prices)


def label(name):
    return name.upper()


def gone(x):
    return helper(x)


def helper(x):
    return x
"""
NEW = (
    OLD.replace("count > 12", "count >= 12")
    .replace("def total(prices)", "def total(prices, tax=0)")
    .replace("return name.upper()", "text: str = name.upper()\n    return text")
    .replace("A dozen", "Twelve")
    .replace("return helper(x)", "return x")
    .replace("def helper(x):\n    return x\n", "")
)
TESTS = "from shop import Shop\n\n\ndef test_dozen():\n    assert Shop().price(12) == 1\n\n\n"
OTHERS = "".join(f"def test_{n}():\n    assert Shop().price({n}) == 2\n\n\n" for n in range(4))


@pytest.fixture
def trees(tmp_path):
    """Two releases, laid out."""
    for name, text in (("old", OLD), ("new", NEW)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "shop.py").write_text(text)
    return tmp_path / "old", tmp_path / "new"


def test_bodies_that_fit_the_new_file_are_the_changes(trees):
    """A signature, an annotation, a comment or a name that is gone are none."""
    found = {change.name: change for change in changes(*trees, ("tests",))}
    assert set(found) == {"shop.py:Shop.price", "shop.py:label"}
    assert found["shop.py:Shop.price"].lines == 2
    assert "-if count > 12:\n+if count >= 12:" in found["shop.py:Shop.price"].diff


def test_one_change_is_undone_with_its_comments_and_nothing_else(trees, tmp_path):
    undone(*trees, "shop.py:Shop.price", tmp_path / "mixed")
    expected = NEW.replace("count >= 12", "count > 12").replace("Twelve", "A dozen")
    assert (tmp_path / "mixed" / "shop.py").read_text() == expected


@pytest.fixture
def fetched(monkeypatch, tmp_path, small_python):
    """Archives made here in the place of fetched ones, and this interpreter in the place of an environment."""

    def archive(package, version, cache):
        path = tmp_path / f"{package}-{version}.tar.gz"
        files = {"shop.py": OLD if version == "1" else NEW, "tests/test_shop.py": TESTS + OTHERS}
        if version == "1":
            files["tests/test_shop.py"] = OTHERS.replace("def test_0", "from shop import Shop\n\n\ndef test_0", 1)
        with tarfile.open(path, "w:gz") as tar:
            for name, text in files.items():
                info = tarfile.TarInfo(f"{package}-{version}/{name}")
                info.size = len(text.encode())
                tar.addfile(info, io.BytesIO(text.encode()))
        return path

    monkeypatch.setattr("benchmarks.index.fetch", archive)
    monkeypatch.setattr("benchmarks.index.released", lambda package: ("1", "2", "3"))
    monkeypatch.setattr("benchmarks.environment.environment", lambda *_: small_python)
    return tmp_path / "cache"


def test_a_line_is_printed_for_what_the_new_tests_notice(fetched):
    done = CliRunner().invoke(mine.main, ["shop", "--cache", str(fetched)])
    assert done.exit_code == 0, done.output
    assert "shop\t1\t2\tshop.py:Shop.price\t?\n# @@" in done.output
    assert "# 1 tests: tests/test_shop.py::test_dozen" in done.output
    assert "label" not in done.output
    assert "shop 2 → 3: No test changed." in done.output


def test_all_small_changes_are_printed_when_nothing_is_run(fetched):
    done = CliRunner().invoke(mine.main, ["shop", "--unproven", "--cache", str(fetched)])
    assert "shop.py:label\t?" in done.output
    assert not (fetched / "runs").exists()


def test_a_mined_release_is_one_function_put_back(fetched):
    case = released_bug(Release("shop", "1", "2", "a dozen", function="shop.py:Shop.price"), 1, fetched)
    assert case.failing == ("tests/test_shop.py::test_dozen",)
    assert places_of_truth(case) == {("shop.py", "Shop.price")}
    broken = (case.tree / "shop.py").read_text()
    fix = patches.unified((FileEdit("shop.py", broken, broken.replace("count > 12", "12 <= count")),))
    said = judge(case, fix, fetched / "runs")
    assert (said.right, "as the truth" in said.how) == ("yes", True)


def test_a_change_that_is_not_noticed_is_no_case(fetched):
    with pytest.raises(NoCase, match="No test of 2 fails"):
        released_bug(Release("shop", "1", "2", "nothing", function="shop.py:label"), 1, fetched)


def test_a_function_that_only_misses_a_change_beside_it_is_no_bug(fetched, monkeypatch):
    """Old and new release fit together each in itself; a function of the one does not fit the other."""
    monkeypatch.setitem(globals(), "OLD", "def low():\n    return 1\n\n\ndef high():\n    return low() + 1\n")
    monkeypatch.setitem(globals(), "NEW", "def low():\n    return 2\n\n\ndef high():\n    return low()\n")
    monkeypatch.setitem(globals(), "TESTS", "import shop\n\n\ndef test_high():\n    assert shop.high() == 2\n\n\n")
    monkeypatch.setitem(globals(), "OTHERS", "def test_more():\n    assert True\n")
    with pytest.raises(NoCase, match="No test of 2 fails"):
        released_bug(Release("shop", "1", "2", "nothing", function="shop.py:high"), 1, fetched)


def test_every_mined_line_can_be_read_and_is_there_once():
    listed = mined()
    assert len({(one.package, one.after, one.function) for one in listed}) == len(listed)
    assert all(one.about and one.function.partition(":")[0].endswith(".py") for one in listed)
    assert len(releases()) >= 60
    assert not any(one.about.endswith(".") or len(one.about) > 60 for one in listed)
