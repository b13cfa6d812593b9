"""The set `injected`: what a case hands to the repair, that halves share no function, that nothing is asked twice."""

import io
import tarfile

import pytest

from benchmarks import injected
from benchmarks.catalogue import Host
from benchmarks.sets import NoCase, half_of
from benchmarks.suite import run_tests

NAMES = ("bread", "milk", "eggs", "salt")
SHOP = "".join(f"def {name}(a, b):\n    if a > b:\n        return a - b\n    return str(a)\n\n\n" for name in NAMES)
TESTS = "import shop\n\n\n" + "".join(
    f"def test_{name}_{n}():\n    assert shop.{name}({n}, 2) == {repr(str(n)) if n < 3 else n - 2}\n\n\n"
    for name in NAMES
    for n in range(6)
)


@pytest.fixture
def shop(monkeypatch, tmp_path, small_python):
    """A package of four functions in the place of the listed ones; counts the runs of slipped trees."""

    def archive(package, version, cache):
        path = tmp_path / "shop.tar.gz"
        with tarfile.open(path, "w:gz") as tar:
            for name, text in (("shop.py", SHOP), ("tests/test_shop.py", TESTS)):
                info = tarfile.TarInfo(f"shop-1/{name}")
                info.size = len(text.encode())
                tar.addfile(info, io.BytesIO(text.encode()))
        return path

    runs = []

    def counted(tree, *arguments, **limits):
        if "slip" in tree.name:
            runs.append(tree)
        return run_tests(tree, *arguments, **limits)

    monkeypatch.setattr("benchmarks.index.fetch", archive)
    monkeypatch.setattr("benchmarks.environment.environment", lambda *_: small_python)
    monkeypatch.setattr(injected, "SLIPPED", (Host("shop", "1"),))
    monkeypatch.setattr(injected, "run_tests", counted)
    return runs


def test_halves_change_different_functions_and_nothing_is_asked_twice(shop, tmp_path):
    halves = {name: half_of(f"shop:shop.py:{name}") for name in NAMES}
    assert set(halves.values()) == {"development", "report"}
    for half in ("development", "report"):
        entry = injected.entries(half, 3)[0]
        problem = entry.make(tmp_path / "cache")
        (changed,) = [name for name in NAMES if f"in {name}:" in problem.about]
        assert halves[changed] == half
        assert (problem.tree / "shop.py").read_text() != SHOP
        assert problem.judge("nonsense").right == "no"
        asked = len(shop)
        assert entry.make(tmp_path / "cache").about == problem.about
        assert len(shop) == asked


def test_a_part_of_the_failing_tests_is_kept_from_the_repair(shop, tmp_path):
    problem = injected.entries("development", 3)[0].make(tmp_path / "cache")
    shown = [argument for argument in problem.arguments if argument.startswith("--failing=")]
    (command,) = [argument for argument in problem.arguments if argument.startswith("--test-command=")]
    assert shown
    assert problem.held_back == command.count("--deselect")
    assert problem.held_back == (len(shown) + problem.held_back) // 4


def test_trees_of_slips_that_do_not_count_are_gone(shop, tmp_path, monkeypatch):
    monkeypatch.setattr(injected, "_LARGEST_SHARE", 0.0)
    monkeypatch.setattr(injected, "SLIPS_TRIED", 2)
    with pytest.raises(NoCase, match="None of 2 slips"):
        injected.entries("development", 3)[0].make(tmp_path / "cache")
    assert [path.name for path in (tmp_path / "cache" / "trees").iterdir()] == ["shop-1"]
