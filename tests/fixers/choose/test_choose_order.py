"""What puts alternatives in order, and what forbids to propose one, from values alone."""

from dataclasses import replace

import pytest
from choose_candidates import candidate

from fixers.choose.hold import held, sure, unproven
from fixers.choose.naturalness import Naturalness
from fixers.choose.objections import objections
from fixers.choose.order import Weigher, changed_lines, edit_size
from fixers.choose.replay import Comparison
from fixers.choose.settling import settling_pairs, settling_test
from fixers.evidence import Budget, Cluster, Family, Proposal, Repair
from fixers.hunt import Plausible
from fixers.model import Candidate, FileEdit, Tier
from fixers.project import Project

MERGE = '''"""Merging."""


def merged(first, second):
    found = dict(first)
    found.update(second)
    return found


def all_merged(rows):
    total = {}
    for inner in rows:
        pass
    return total


def twice(row):
    total = {}
    total.update(row)
    return total
'''
INTO_TOTAL = MERGE.replace("        pass\n", "        total.update(inner)\n")
INTO_INNER = MERGE.replace("        pass\n", "        inner.update(total)\n")


def project(changed: str = "") -> Project:
    return Project({"merge.py": MERGE, "other.py": changed})


def test_what_the_project_writes_elsewhere_is_less_of_a_surprise():
    natural = Naturalness(project())
    usual, odd = (natural.surprise("merge.py", ["pass"], [line]) for line in ("total.update(row)", "row.total(update)"))
    assert usual < odd
    assert natural.reuse("merge.py", ["total.update(row)"]) > natural.reuse("merge.py", ["row.total(update)"])


def test_equally_likely_edits_are_ordered_by_what_is_natural():
    weigher = Weigher(project())
    into_total, into_inner = (candidate("merge.py", MERGE, text) for text in (INTO_TOTAL, INTO_INNER))
    assert sorted([into_inner, into_total], key=weigher.key) == [into_total, into_inner]


def test_a_likelier_kind_of_edit_comes_before_a_more_natural_one():
    weigher = Weigher(project())
    into_total = candidate("merge.py", MERGE, INTO_TOTAL, prior=0.4)
    into_inner = candidate("merge.py", MERGE, INTO_INNER, prior=0.5)
    assert sorted([into_total, into_inner], key=weigher.key) == [into_inner, into_total]


def test_what_the_commit_under_test_touched_comes_first():
    into_inner, into_total = (candidate("merge.py", MERGE, text) for text in (INTO_INNER, INTO_TOTAL))
    elsewhere = candidate("merge.py", MERGE, MERGE.replace("found.update(second)", "found.update(first)"))
    found = sorted([into_total, elsewhere, into_inner], key=Weigher(project(), {"merge.py": {6}}).key)
    assert found[0] is elsewhere


def test_an_edit_is_as_large_as_the_tokens_that_it_changes():
    small = changed_lines(project(), candidate("merge.py", MERGE, INTO_TOTAL))
    assert small == (["        pass"], ["        total.update(inner)"])
    assert edit_size(*small) == 6
    assert edit_size(["a = b + 1"], ["a = b + 2"]) == 1


def proposal(tier: int = 2, function: str = "merged") -> Proposal:
    return Proposal(
        patch="", fixer="search:x", tier=tier, prior=0.5, summary="One.", path="merge.py", line=5, function=function
    )


def repair(*clusters: Cluster, **fields: object) -> Repair:
    budget = Budget(seconds=1, seconds_used=1, exhausted=True)
    return Repair(**{"clusters": clusters, "families": (), "budget": budget, "returning": 100, **fields})


FINE = Cluster(proposals=(proposal(),), size=1)
LONG = tuple(Cluster(proposals=(proposal(),), size=1) for _ in range(5))
WEAK = Family(name="search:superfluous-statement", generated=3, passed_failing_tests=2, refused={"tests around it": 1})
HELD = {
    "nothing": (repair(FINE), FINE, ""),
    "a fifth behaviour": (repair(*LONG), LONG[0], "were not proven"),
    "weak tests": (repair(FINE, families=(WEAK,)), FINE, "leaving a statement out"),
    "new exceptions": (repair(FINE), FINE.model_copy(update={"newly_raising": 21}), "21 that gave a result raise"),
    "an objection": (repair(FINE), FINE.model_copy(update={"objections": ("f holds a str",)}), "it: f holds a str."),
    "nothing seen": (repair(FINE), FINE.model_copy(update={"seen": False}), "nothing could be seen"),
    "nothing seen of a rule": (repair(FINE), Cluster(proposals=(proposal(1),), size=1, seen=False), ""),
}


@pytest.mark.parametrize("name", HELD)
def test_the_only_repair_is_held_back_for_a_reason(name):
    found, cluster, words = HELD[name]
    sentence = held(found, cluster)
    assert words in sentence
    assert bool(words) == bool(sentence)


def test_what_may_never_be_proposed_leaves_nothing_unproven():
    hints = tuple(Cluster(proposals=(proposal(3),), size=1) for _ in range(9))
    assert not any(map(sure, hints))
    assert (unproven(repair(FINE, *hints), FINE), unproven(repair(*LONG), LONG[0])) == (0, 1)


def row(source: str, *answers: str) -> dict[str, object]:
    return {"source": source, "answers": list(answers), "outcomes": list(answers)}


ROWS = [
    row("f(1)", "returns 0", "returns 1", "returns 1", "returns 2"),
    row("f(2)", "returns 0", "returns 1", "returns 2", "returns 1"),
    row("f(3)", "returns 0", "returns 1", "returns 2", "returns 3"),
    row("", "returns 0", "returns 4", "returns 5", "returns 6"),
]


def test_one_call_that_tells_all_apart_is_enough_to_settle():
    assert settling_pairs(ROWS, 1, ["o", "a", "b", "c"]) == (("f(3)", "returns 1"),)
    assert settling_pairs(ROWS[:2], 1, ["o", "a", "b", "c"]) == (("f(1)", "returns 1"), ("f(2)", "returns 1"))
    assert settling_pairs(ROWS[:1], 1, ["o", "a", "b", "c"]) == ()
    assert settling_pairs(ROWS[3:], 1, ["o", "a", "b", "c"]) == ()


WRITTEN = {
    "a function": ("merged", "merged({}, {})", "returns {}", "merged", "assert merged({}, {}) == {}"),
    "a method": ("Row.put", "Row(2).put(1)", "returns None", "Row", "assert Row(2).put(1) is None"),
    "a static method": ("Row.of", "Row.of(1)", "returns 3", "Row", "assert Row.of(1) == 3"),
    "an exception": ("merged", "merged(1)", "raises merge:Bad", "Bad", "raises(Bad):\n        merged(1)"),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_a_settling_test_is_written_as_a_person_would(name):
    function, call, answer, imported, body = WRITTEN[name]
    test = settling_test(project(), proposal(function=function), [(call, answer)])
    assert f"from merge import {imported}\n" in test
    assert body in test
    compile(test, "test", "exec")


@pytest.mark.parametrize(("function", "call"), [("f.<locals>.g", "g(1)"), ("", "f(1)"), ("merged", "other(1)")])
def test_what_cannot_be_imported_is_not_settled(function, call):
    assert settling_test(project(), proposal(function=function), [(call, "returns 1")]) == ""


WINDOWS = '''"""Windows."""


def pairs(rows):
    return list(zip(rows, rows[1:]))


def windows(rows):
    return len(windows_of(rows))


def names(rows):
    return list(names_of(rows))
'''


def test_of_candidates_that_behave_alike_the_likely_text_comes_before_the_early_name():
    found = [
        candidate("windows.py", WINDOWS, WINDOWS.replace("len(windows_of", f"{callee}(windows_of"), prior=prior)
        for callee, prior in (("lstrip", 0.4), ("list", 0.1))
    ]
    weigher = Weigher(Project({"windows.py": WINDOWS}))
    assert min(found, key=weigher.key) is found[0]
    assert weigher.ordered(found) == found[::-1]
    other = Plausible(replace(found[0].origin, fixer="search:likelier", prior=0.5), found[0].swap)
    assert weigher.ordered([*found, other])[0] is other


@pytest.mark.parametrize(
    ("fixer", "number", "held_back"),
    [
        ("search:lost-statement", None, True),
        ("search:lost-statement", 1, False),
        ("search:wrong-variable", None, False),
    ],
)
def test_one_more_statement_needs_calls_that_show_what_it_does(fixer, number, held_back):
    plain = candidate("merge.py", MERGE, INTO_TOTAL)
    added = Plausible(replace(plain.origin, fixer=fixer), plain.swap)
    seen = Comparison(calls=9, irregular=((), ()), changed=(0, 0), mended=(0, 5))
    assert bool(objections([added], number, seen, asked_for=False)) == held_back


def test_one_repair_of_two_files_is_one_program_whichever_comes_first():
    edits = [FileEdit(path, MERGE, INTO_TOTAL) for path in ("merge.py", "other.py")]
    first, second = (
        Plausible(Candidate(tuple(each), "codemod:x", Tier.B, 0.5, "One.", each[0].path, 1, ""), None)
        for each in (edits, edits[::-1])
    )
    assert first.meaning() == second.meaning()
    alone = Plausible(Candidate((edits[0],), "codemod:x", Tier.B, 0.5, "One.", "merge.py", 1, ""), None)
    assert first.meaning() != alone.meaning()
