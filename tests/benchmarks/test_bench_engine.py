"""The harness: which cases are run, what is written, how a run goes on, and that nothing is asked twice."""

import json

import pytest
from click.testing import CliRunner

from benchmarks import engine
from benchmarks.attempt import Row, Search, attempt
from benchmarks.judge import Judgement
from benchmarks.sets import Entry, NoCase, Problem, half_of

SOURCE = "def price(count):\n    if count >= 2:\n        return 1\n    return 5\n"
TESTS = """
from shop import price

def test_one():
    assert price(1) == 5

def test_two():
    assert price(2) == 5

def test_three():
    assert price(3) == 1
"""
PATCH = "--- a/m.py\n+++ b/m.py\n@@ -1 +1 @@\n-secret = 1\n+secret = 2\n"


def problem(tree, python):
    return Problem(
        about="an edge",
        tree=tree,
        arguments=(f"--python={python}", "--test-command=python -m pytest tests"),
        judge=lambda patch: Judgement("yes" if "+    if count" in patch else "no", "by its text"),
        rank=lambda localization: 1 + [place["function"] for place in localization].index("price"),
        held_back=2,
    )


@pytest.fixture
def shop(tmp_path):
    tree = tmp_path / "shop"
    (tree / "tests").mkdir(parents=True)
    (tree / "shop.py").write_text(SOURCE)
    (tree / "tests" / "test_shop.py").write_text(TESTS)
    return tree


def test_a_problem_is_repaired_and_every_proposal_judged(shop, tmp_path, small_python):
    entry = Entry("shop 1", "shop", lambda _: problem(shop, small_python))
    row, patches = attempt("injected", entry, Search(seed=1, seconds=20), tmp_path / "cache")
    assert row.status in {"fixed", "declined"}, row
    assert row.holds_truth
    assert len(patches) == len(row.digests) == len(row.offered) + row.fixed
    assert (row.rank, row.held_back, row.about) == (1, 2, "an edge")
    assert row.generated > 0
    assert Row.of(json.loads(json.dumps(row.document()))) == row


def test_wrong_usage_of_the_product_is_an_error_and_no_answer(shop, tmp_path):
    broken = Entry("shop 1", "shop", lambda _: Problem("", shop, ("--nonsense",), lambda _: Judgement("yes", "")))
    row, patches = attempt("injected", broken, Search(seed=1, seconds=1), tmp_path)
    assert (row.status, patches) == ("error", ())
    assert "nonsense" in row.sentence


def test_an_error_of_the_benchmark_is_a_row_and_ends_nothing(tmp_path):
    row, patches = attempt("injected", Entry("shop 1", "shop", lambda _: 1 / 0), Search(seed=1, seconds=1), tmp_path)
    assert (row.status, row.reason, row.sentence, patches) == (
        "error",
        "benchmark",
        "ZeroDivisionError: division by zero",
        (),
    )


def refuse(_cache):
    raise NoCase("The index does not answer.")


@pytest.fixture
def sets(monkeypatch, tmp_path):
    """Two sets of our own, rows without a repair, and the options that keep results here."""
    made = {
        name: [Entry(f"{name} {n}", f"package{n % 2}", refuse) for n in range(6)] for name in ("injected", "impossible")
    }
    asked = []

    def entries(name, half, seed, only, sample):
        found = [e for e in made[name] if not only or e.package in only]
        return found[:sample]

    def measured(name, entry, search, cache):
        asked.append(entry.name)
        return Row(name, entry.name, entry.package, "…", "declined", "ambiguous", offered=("no",)), (PATCH,)

    monkeypatch.setattr(engine, "_entries", entries)
    monkeypatch.setattr(engine, "attempt", measured)
    options = ["--set", "injected", "--set", "impossible", "--results", str(tmp_path / "results")]
    return asked, [*options, "--cache", str(tmp_path / "cache")]


def test_a_run_prints_targets_and_writes_rows_without_patches(sets, tmp_path):
    asked, options = sets
    done = CliRunner().invoke(engine.main, options)
    assert done.exit_code == 0, done.output
    assert asked[:4] == ["injected 0", "impossible 0", "injected 1", "impossible 1"]
    assert "6 of 6" in done.output
    assert [line for line in done.output.splitlines() if line.startswith("impossible") and line.endswith("met")]
    (file,) = (tmp_path / "results").glob("engine-*.json")
    document = json.loads(file.read_text())
    assert document["planned"] == {"injected": 6, "impossible": 6}
    assert {"commit", "cores", "seed", "half", "budget_seconds"} <= set(document)
    assert "secret" not in file.read_text()
    assert "secret" in (tmp_path / "cache" / "patches" / file.stem / "injected-injected-0.patch").read_text()


def test_a_run_goes_on_where_it_stopped(sets, tmp_path):
    asked, options = sets
    CliRunner().invoke(engine.main, options)
    (file,) = (tmp_path / "results").glob("engine-*.json")
    document = json.loads(file.read_text())
    document["rows"] = document["rows"][:5]
    file.write_text(json.dumps(document))
    asked.clear()
    CliRunner().invoke(engine.main, [*options, "--resume"])
    assert len(asked) == 7
    assert len(json.loads(file.read_text())["rows"]) == 12
    assert list((tmp_path / "results").glob("engine-*.json")) == [file]


def test_a_run_that_was_begun_otherwise_is_not_gone_on_with_nor_written_over(sets, tmp_path):
    asked, options = sets
    CliRunner().invoke(engine.main, options)
    asked.clear()
    CliRunner().invoke(engine.main, [*options, "--resume", "--budget", "7"])
    assert len(asked) == 12
    assert len(list((tmp_path / "results").glob("engine-*.json"))) == 2


def test_time_that_is_over_begins_no_further_case(sets):
    asked, options = sets
    done = CliRunner().invoke(engine.main, [*options, "--minutes", "0"])
    assert asked == []
    assert "0 of 6" in done.output


def test_a_hang_fails_the_run(sets, monkeypatch):
    _, options = sets
    monkeypatch.setattr(engine, "attempt", lambda name, entry, *_: (Row(name, entry.name, "p", "…", "hang"), ()))
    assert CliRunner().invoke(engine.main, options).exit_code == 1


def test_listing_makes_nothing_and_making_says_why_there_is_no_case(sets):
    asked, options = sets
    listed = CliRunner().invoke(engine.main, [*options, "--list", "--sample", "2"]).output
    assert listed.splitlines() == [f"{n} {n} {k}" for k in (0, 1) for n in ("injected", "impossible")]
    made = CliRunner().invoke(engine.main, [*options, "--make", "--only", "package1"]).output
    assert made.count("no case, The index does not answer.") == 6
    assert asked == []


def test_a_set_of_nothing_is_wrong_usage(sets):
    _, options = sets
    assert CliRunner().invoke(engine.main, [*options, "--only", "nothing"]).exit_code == 2


@pytest.mark.parametrize("name", ["injected", "real"])
def test_the_seed_draws_a_sample_and_the_halves_share_nothing(name):
    module = engine.importlib.import_module(engine.SETS[name])
    halves = {half: {entry.name for entry in module.entries(half, 7)} for half in ("development", "report")}
    assert not halves["development"] & halves["report"]
    assert all(len(names) == len(module.entries(half, 7)) for half, names in halves.items())
    names = [entry.name for entry in engine._entries(name, "report", 7, (), 5)]
    assert names == [entry.name for entry in engine._entries(name, "report", 7, (), 5)]
    assert names != [entry.name for entry in engine._entries(name, "report", 8, (), 5)]


def test_injected_is_as_large_and_wide_as_it_claims():
    entries = [e for half in ("development", "report") for e in engine._entries("injected", half, 1, (), None)]
    assert len(entries) >= 120
    assert len({entry.package for entry in entries}) >= 15


def test_halves_are_about_even():
    assert 400 < sum(half_of(str(n)) == "report" for n in range(1000)) < 600
