"""From judged rows to what `goldseam rules` says of each rule."""

import json

import pytest
from click.testing import CliRunner

from benchmarks.precision import main, precision_of
from fixers.measured import Precision, precision

OLD = {
    "commit": "aaaaaaaaaaaa",
    "rows": [
        {"status": "fixed", "fixer": "search:off-by-one", "right": "yes"},
        {"status": "fixed", "fixer": "search:off-by-one", "right": "no"},
        {"status": "fixed", "fixer": "search:off-by-one", "right": "unknown"},
        {"status": "declined", "fixer": "", "offered": ["yes", "no"]},
        {"status": "no case"},
    ],
}
NEW = {
    "commit": "bbbbbbbbbbbb",
    "date": "2026-12-02",
    "rows": [
        {"status": "fixed", "fixer": "codemod:mutable-default", "right": "yes"},
        {
            "status": "declined",
            "offered": ["yes", "no", "unknown"],
            "offered_by": ["search:off-by-one", "search:wrong-variable", "search:wrong-variable"],
        },
    ],
}


@pytest.fixture
def results(tmp_path):
    files = {"engine-2026-12-02.json": NEW, "engine-2026-11-30.json": OLD}
    for name, document in files.items():
        (tmp_path / name).write_text(json.dumps(document))
    return [tmp_path / name for name in files]


def test_judged_rows_are_added_up_by_rule(results):
    found = precision_of(results)
    assert [(run.commit, run.date) for run in found.runs] == [("a" * 12, "2026-11-30"), ("b" * 12, "2026-12-02")]
    told = {name: measured.told() for name, measured in found.rules.items()}
    assert told == {
        "codemod:mutable-default": "1 of 1 proposed were right (bbbbbbbb, 2026-12-02)",
        "search:off-by-one": "1 of 2 proposed were right, 1 of 1 offered were right (bbbbbbbb, 2026-12-02)",
        "search:wrong-variable": "0 of 1 offered were right (bbbbbbbb, 2026-12-02)",
    }


def test_the_file_is_what_the_product_reads(results, tmp_path):
    out = tmp_path / "measured.json"
    ran = CliRunner().invoke(main, [*map(str, results), "--out", str(out)], catch_exceptions=False)
    assert ran.exit_code == 0
    assert Precision.model_validate_json(out.read_bytes()) == precision_of(results)
    assert "search:off-by-one" in ran.output


def test_nothing_is_written_when_no_row_counts(tmp_path):
    (tmp_path / "spine.json").write_text(json.dumps({"commit": "c", "rows": [{"status": "fixed", "right": "yes"}]}))
    ran = CliRunner().invoke(main, [str(tmp_path / "spine.json"), "--out", str(tmp_path / "out.json")])
    assert ran.exit_code == 2
    assert not (tmp_path / "out.json").exists()


def test_the_committed_file_is_sound():
    found = precision()
    assert all(m.proposed_right <= m.proposed and m.offered_right <= m.offered for m in found.rules.values())
