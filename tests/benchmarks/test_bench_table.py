"""The table explains every row; the summary counts; an unexplained row fails the run."""

import json
import os
from dataclasses import replace

import pytest
from click.testing import CliRunner

from benchmarks import spine
from benchmarks.repair import Row
from benchmarks.table import summary, table, wilson
from fixers.patch import digest

FIXED = Row(
    "toolz",
    "1 → 2",
    "real",
    "fixed",
    seconds=9.6,
    generated=30,
    validated=20,
    plausible=2,
    verified="holds",
    right="yes",
    judged="as in the truth",
    truth_rank=3,
)
DECLINED = Row("webob", "1 → 2", "real", "declined", "no_candidate", "40 were run.", offered=("no", "yes"))
PATCH = "--- a/m.py\n+++ b/m.py\n@@ -1 +1 @@\n-secret = 1\n+secret = 2\n"
MISSING = Row("tinydb", "4.8", "injected", "no case", sentence="The index does not answer.")


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [(0, 0, 0.0, 1.0), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (5, 10, 0.2366, 0.7634), (50, 100, 0.4038, 0.5962)],
)
def test_wilson_agrees_with_published_values(hits, of, low, high):
    assert wilson(hits, of) == pytest.approx((low, high), abs=5e-5)


def test_every_row_carries_its_reason():
    text = table([FIXED, replace(DECLINED, notes=("Calls could not be replayed.",)), MISSING])
    assert "note: Calls could not be replayed." in text
    assert "30/20/2" in text
    assert "as in the truth [truth's function at rank 3]" in text
    assert "40 were run. Offered: no, yes." in text
    assert "The index does not answer." in text


def test_columns_are_aligned():
    head, first, _, second, *_ = table([FIXED, DECLINED]).splitlines()
    assert head.index("bug") == first.index("1 → 2") == second.index("1 → 2")


def test_summary_counts_by_kind_and_leaves_out_what_was_no_case():
    text = summary([FIXED, replace(FIXED, right="no"), DECLINED, MISSING])
    assert "4 bugs of 3 packages" in text
    assert "real: fixed 2 of 3 (21% to 94%)" in text
    assert "right 1 of 2 (9% to 91%); wrong 1, unknown 0" in text
    assert "declined, no_candidate: 1" in text
    assert "offered without a fix: 1" in text
    assert "injected: fixed 0 of 0" in text
    assert "no case: 1" in text
    assert "2 of 2 proofs hold" in text


@pytest.mark.parametrize(
    ("row", "bad"),
    [
        (FIXED, False),
        (DECLINED, False),
        (MISSING, False),
        (replace(FIXED, verified="falls"), True),
        (replace(FIXED, verified=""), True),
        (replace(DECLINED, sentence=""), True),
        (replace(DECLINED, reason=""), True),
        (replace(DECLINED, status="hang"), True),
        (replace(DECLINED, status="error"), True),
    ],
    ids=["fixed", "declined", "no case", "falls", "unverified", "no sentence", "no reason", "hang", "error"],
)
def test_what_is_unexplained(row, bad):
    assert bool(spine.unexplained([row])) is bad


@pytest.fixture
def places(tmp_path):
    return ["--results", str(tmp_path / "results"), "--cache", str(tmp_path / "cache")]


def test_a_run_writes_what_another_run_needs_for_comparison(monkeypatch, tmp_path, places):
    monkeypatch.setattr(spine, "measure", lambda item, **_: replace(FIXED, package=item.package))
    done = CliRunner().invoke(spine.main, [*places, "--seed", "5"])
    assert done.exit_code == 0, done.output
    (file,) = (tmp_path / "results").iterdir()
    document = json.loads(file.read_text())
    assert document["seed"] == 5
    assert {"goldseam", "commit", "python", "cores", "load", "system"} <= set(document)
    assert len(document["rows"]) == document["entries"] == len(spine.ITEMS)
    assert "seed 5" in done.output


def test_patches_stay_in_the_cache_and_results_hold_their_digests(monkeypatch, tmp_path, places):
    """Patches quote code of other people, and results are committed."""
    items = spine.ITEMS[:3]
    rows = [
        replace(FIXED, patch=PATCH, package=items[0].package),
        DECLINED,
        replace(DECLINED, patch=f"{PATCH}\n{PATCH}"),
    ]
    monkeypatch.setattr(spine, "ITEMS", items)
    monkeypatch.setattr(spine, "measure", lambda item, **_: rows[items.index(item)])
    done = CliRunner().invoke(spine.main, places)
    (file,) = (tmp_path / "results").iterdir()
    assert "secret" not in file.read_text()
    written = json.loads(file.read_text())["rows"]
    assert [row["patch_digest"] for row in written] == [digest(PATCH), "", digest(f"{PATCH}\n{PATCH}")]
    assert all("patch" not in row for row in written)
    folder = tmp_path / "cache" / "patches" / file.stem
    kept = {path.name: path.read_text() for path in folder.iterdir()}
    assert kept == {f"01-{items[0].package}.patch": PATCH, "03-webob.patch": f"{PATCH}\n{PATCH}"}
    assert f"patches to {os.path.relpath(folder)}" in done.output


def test_a_patch_of_an_older_run_does_not_stand_for_a_row_without_one(monkeypatch, tmp_path, places):
    arguments = [*places, "--only", "toolz"]
    for patch, kept in ((PATCH, True), ("", False)):
        monkeypatch.setattr(spine, "measure", lambda item, patch=patch, **_: replace(FIXED, patch=patch))
        CliRunner().invoke(spine.main, arguments)
        assert bool(list((tmp_path / "cache" / "patches").rglob("*.patch"))) is kept


def test_no_result_in_the_repository_holds_a_diff():
    results = list((spine.ROOT / "benchmarks" / "results").glob("*.json"))
    assert results
    for file in results:
        rows = json.loads(file.read_text()).get("rows", [])  # load and latency have none
        held = [row for row in rows if row.get("patch") or "@@ -" in json.dumps(row)]
        assert not held, f"{file.name} holds code of {held[0]['package']}"
        assert "@@ -" not in file.read_text(), file.name


def test_a_part_of_the_entries_is_no_result_to_keep(monkeypatch, tmp_path, places):
    monkeypatch.setattr(spine, "measure", lambda item, **_: replace(FIXED, verified="falls"))
    done = CliRunner().invoke(spine.main, [*places, "--only", "toolz"])
    assert done.exit_code == 1
    assert not (tmp_path / "results").exists()


def test_an_unknown_package_is_wrong_usage():
    done = CliRunner().invoke(spine.main, ["--only", "nothing"])
    assert done.exit_code == 2
    assert "No entry is called nothing" in done.output
