"""Where the truth stands is counted alike for both tools, and the summary says which targets are met."""

import json
from pathlib import Path

import pytest

from benchmarks.cases import Case
from benchmarks.fauxpy import _MARK, _entries
from benchmarks.localize import Row, function_entries, write
from benchmarks.located import report
from benchmarks.spent import Spent, Timed
from benchmarks.truth import NOWHERE, Rank, changed_lines, rank_of, spans_of, truth_of
from fixers.model import Suspect
from fixers.runner.sandbox import Command
from tasks.sandbox.choose import sandbox

BROKEN = (
    "import os\n\nLIMIT = 3\n\n\nclass A:\n    @property\n    def f(self):\n        x = 1\n        return x\n"
    "\n\ndef g():\n    return 2\n"
)
RIGHT = BROKEN.replace("x = 1", "x = 2").replace("LIMIT = 3", "LIMIT = 4").replace("import os", "# here\nimport os")


@pytest.fixture
def case(tmp_path: Path) -> Case:
    for name, text in (("tree", BROKEN), ("truth", RIGHT)):
        (tmp_path / name / "tests").mkdir(parents=True)
        (tmp_path / name / "m.py").write_text(text)
    return Case("m", "a slip", "real", tmp_path / "tree", tmp_path / "truth", ("tests",), Path("python"), ("t",), ())


def test_the_truth_is_the_changed_functions_and_lines_in_them(case):
    truth = truth_of(case)
    assert [(s.path, s.name, s.first, s.last) for s in truth.spans] == [("m.py", "A.f", 7, 10)]
    assert truth.lines == {("m.py", 9)}
    assert truth.holds("m.py", 8, 10)
    assert not truth.holds("m.py", 13, 14)
    assert truth.touches("m.py", 8, 9)
    assert not truth.touches("m.py", 10, 10)


def test_an_insertion_is_looked_for_on_both_sides():
    assert changed_lines(["a", "b", "c"], ["a", "new", "b", "c"]) == {1, 2}
    assert changed_lines(["a", "b"], ["new", "a", "b"]) == {1}


@pytest.mark.parametrize(
    ("scores", "right", "rank"),
    [
        ([3, 2, 1], {1}, Rank(2, 2.0)),
        ([3, 1, 1, 1], {1}, Rank(2, 3.0)),
        ([1, 1, 1], {1, 2}, Rank(2, 1.33)),
        ([1], {7}, NOWHERE),
    ],
    ids=["alone", "first of three alike", "two of three alike", "nowhere"],
)
def test_ties_count_as_listed_and_by_their_mean(scores, right, rank):
    entries = [(("m.py", n, n), float(score)) for n, score in enumerate(scores)]
    assert rank_of(entries, lambda entry: entry[1] in right) == rank


def test_a_function_stands_where_its_best_statement_stands():
    suspects = [
        Suspect(path="m.py", function=f, line=n, end_line=n, score=s, reasons=())
        for f, n, s in (("", 3, 0.9), ("g", 14, 0.8), ("A.f", 9, 0.7), ("g", 13, 0.1))
    ]
    found = function_entries(suspects, {"m.py": spans_of("m.py", BROKEN)})
    assert found == [(("m.py", 13, 14), 0.8), (("m.py", 7, 10), 0.7)]


def test_fauxpys_tables_are_read_from_its_output():
    text = (
        f"noise\n{_MARK}Ochiai\nEntity,Score\n/top/tree/m.py::f::7::10,0.5\n/top/tree/m.py::g::13::14,1.0\n"
        f"/top/tree/m.py::h::20::21,0.0\n{_MARK}Dstar\nEntity,Score\n/top/tree/m.py::9,2.0\n{_MARK}end\n"
    )
    assert list(_entries(text, "Ochiai", Path("/top/tree"))) == [(("m.py", 13, 14), 1.0), (("m.py", 7, 10), 0.5)]
    assert list(_entries(text, "Dstar", Path("/top/tree"))) == [(("m.py", 9, 9), 2.0)]
    assert list(_entries("no tables", "Ochiai", Path("/top/tree"))) == []


def test_processor_time_inside_the_sandbox_is_seen(tmp_path):
    timed = Timed(sandbox())
    script = "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; exit 3"
    finished = timed.run(Command(argv=("/bin/sh", "-c", script), tree=tmp_path, mount="/project"))
    assert finished.exit_code == 3
    assert 0.02 < timed.spent.cpu <= timed.spent.wall + 0.1
    assert timed.taken().cpu > 0
    assert timed.spent == Spent()


def row(kind: str, ours: int, peer: int, seconds: float = 1.0) -> Row:
    functions = {"goldseam": Rank(ours, ours), "Ochiai": Rank(peer, peer), "Dstar": Rank(peer, peer)}
    spent = {"goldseam": Spent(2.0, 1.0), "fauxpy function": Spent(30.0, 25.0 * seconds)}
    return Row("m", "a slip", kind, functions=functions, statements=functions, spent=spent, why=("run by it",))


def test_the_report_says_which_targets_are_met(tmp_path):
    rows = [row("real", 1, 1), row("real", 1, 3), row("real", 4, 0), Row("n", "", "real", missing="No such release.")]
    text = report(rows)
    assert "No such release." in text
    assert "real functions goldseam: top 1 67%, top 3 67%, top 5 100%, top 10 100%, of 3" in text
    assert "real functions Ochiai: top 1 33%, top 3 67%, top 5 67%, top 10 67%, of 3" in text
    assert "top 1, real: 67% (21% to 94%) of 3, wanted 55%: met" in text
    assert "more often first than FauxPy, real: 2 to 1 of 3: met" in text
    assert "20 times faster than FauxPy: 25.0: met" in text
    assert "not met" in report([row("real", 9, 1, 0.1)])
    write(rows, tmp_path / "rows.json", {"seed": 1})
    kept = json.loads((tmp_path / "rows.json").read_text())
    assert (kept["seed"], kept["rows"][2]["functions"]["goldseam"]["listed"]) == (1, 4)
