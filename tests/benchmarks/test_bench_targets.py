"""Targets: what counts as a hit, of how many, and by how much a share falls short."""

from dataclasses import replace

import pytest

from benchmarks.attempt import Row
from benchmarks.targets import TARGETS, scores, target_lines

RIGHT = Row("injected", "a", "toolz", "…", "fixed", right="yes")
WRONG = replace(RIGHT, right="no")
OFFERS = Row("injected", "b", "toolz", "…", "declined", "ambiguous", offered=("no", "yes"))
NOTHING = Row("injected", "c", "toolz", "…", "declined", "no_candidate")
MISSING = Row("injected", "d", "toolz", "", "no case")


def lines(rows, name="injected"):
    return {
        line[11:43].strip(): line[43:].split(maxsplit=0)[0].strip() for line in target_lines(rows, [name]).splitlines()
    }


def test_one_line_a_target_says_met_or_by_how_much_it_is_short():
    said = lines([RIGHT] * 5 + [OFFERS] * 2 + [NOTHING] * 3 + [MISSING] * 4)
    assert said["truth in ≤ 3 offered"].startswith("7 of 10 = 70.0%")
    assert said["truth in ≤ 3 offered"].endswith("≥ 80 %   short by 10.0 points")
    assert said["auto and right"].startswith("5 of 10 = 50.0%")
    assert said["auto and right"].endswith("met")
    assert said["wrong among auto"].startswith("0 of 5")
    assert said["wrong among auto"].endswith("met")


def test_a_wrong_fix_is_counted_among_fixes_and_a_wrong_offer_is_not():
    said = lines([RIGHT, WRONG, replace(OFFERS, offered=("no",))])
    assert said["wrong among auto"].startswith("1 of 2 = 50.0%")
    assert said["wrong among auto"].endswith("short by 49.0 points")
    assert said["truth in ≤ 3 offered"].startswith("1 of 3")


def test_what_nobody_can_judge_is_not_right():
    assert lines([replace(RIGHT, right="unknown")])["auto and right"].startswith("0 of 1")


def test_a_hang_counts_against_every_share():
    assert lines([RIGHT, Row("injected", "e", "toolz", "…", "hang")])["auto and right"].startswith("1 of 2")


def test_any_fix_of_the_impossible_is_one_too_many():
    rows = [Row("impossible", str(n), "p", "…", "declined", "ambiguous", offered=("no",)) for n in range(39)]
    assert lines(rows, "impossible")["proposed as a fix"].endswith("met")
    rows.append(Row("impossible", "39", "p", "…", "fixed", right="no"))
    assert lines(rows, "impossible")["proposed as a fix"].endswith("short by 2.5 points")


def test_ranks_are_counted_where_they_were_asked_for():
    rows = [Row("real", str(n), "p", "…", "declined", rank=rank) for n, rank in enumerate((1, 5, 6, 0, None))]
    said = lines(rows, "real")
    assert said["true function first"].startswith("1 of 4")
    assert said["true function in the first 5"].startswith("2 of 4")


def test_without_a_case_no_share_is_reached():
    said = lines([MISSING])
    assert said["auto and right"].endswith("no case was run")
    assert said["wrong among auto"].startswith("nothing to count")


@pytest.mark.parametrize("name", ["injected", "real", "classes", "impossible"])
def test_every_set_has_targets(name):
    assert any(target.set == name for target in TARGETS)


def test_scores_say_how_many_of_how_many_were_run():
    rows = [RIGHT, WRONG, OFFERS, NOTHING, MISSING, replace(OFFERS, offered=("no",)), replace(NOTHING, status="hang")]
    head, line = scores(rows, {"injected": 93}).splitlines()
    cells = {title: line[head.index(title) : head.index(title) + len(title)].strip() for title in TITLES}
    assert "7 of 93" in line
    assert cells == dict(zip(TITLES, ("1", "1", "1", "0", "1", "1", "1", "1"), strict=True))


TITLES = ("no case", "auto right", "wrong", "unknown", "offered right", "others", "abstained", "failed")
