"""Diffs as pages show them: each line once, under its own number, whatever it looks like."""

from __future__ import annotations

import pytest

from app.pages.diff import changed_files
from app.pages.templating import templates
from fixers.model import FileEdit
from fixers.patch import unified


def lines(before: str, after: str) -> list[tuple[str, int | None, int | None, str]]:
    (file,) = changed_files(unified([FileEdit("a.py", before, after)]))
    return [(line.kind, line.old, line.new, line.text) for line in file.lines[1:]]


def test_numbers_are_those_of_each_side() -> None:
    assert lines("one\ntwo\nthree\n", "one\n2\n2b\nthree\n") == [
        ("same", 1, 1, "one"),
        ("removed", 2, None, "two"),
        ("added", None, 2, "2"),
        ("added", None, 3, "2b"),
        ("same", 3, 4, "three"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("-- a/other.py", id="looks-like-a-header"),
        pytest.param("@@ -1 +1 @@", id="looks-like-a-hunk"),
        pytest.param("a\x0cb\x1cc\u2028d", id="breaks-that-are-none"),
        pytest.param("a\rb", id="carriage-return"),
        pytest.param("", id="empty"),
    ],
)
def test_a_line_stays_one_line(text: str) -> None:
    assert lines(f"{text}\nx = 1\n", "x = 1\n") == [("removed", 1, None, text), ("same", 2, 1, "x = 1")]


def test_a_missing_newline_is_a_note_without_a_number() -> None:
    assert lines("x = 1\n", "x = 2")[-1] == ("note", None, None, " No newline at end of file")


@pytest.mark.parametrize("patch", ["", "no diff at all\n", "--- a/x\n+++ b/x\n@@ -1,9 +1,9 @@\n-cut off\n"])
def test_what_is_no_diff_is_shown_as_it_stands(patch: str) -> None:
    shown = templates().from_string('{% from "parts.html" import diff %}{{ diff(patch) }}').render(patch=patch)
    assert changed_files(patch) == ()
    assert f"<pre>{patch}</pre>".strip() in shown


def test_files_are_counted_one_by_one() -> None:
    patch = unified([FileEdit("a.py", "1\n", "2\n3\n"), FileEdit("b.py", "1\n2\n", "1\n")])
    assert [(file.path, file.added, file.removed) for file in changed_files(patch)] == [("a.py", 2, 1), ("b.py", 0, 1)]


def test_places_of_a_file_keep_their_numbers_and_headings() -> None:
    before = "".join(f"{n}\n" for n in range(1, 41))
    (file,) = changed_files(unified([FileEdit("a.py", before, before.replace("3\n", "", 1).replace("33\n", "x\n"))]))
    assert [line.text for line in file.lines if line.kind == "hunk"] == ["@@ -1,6 +1,5 @@", "@@ -30,7 +29,7 @@"]
    assert [(line.kind, line.old, line.new, line.text) for line in file.lines if line.kind in {"added", "removed"}] == [
        ("removed", 3, None, "3"),
        ("removed", 33, None, "33"),
        ("added", None, 32, "x"),
    ]


def test_a_change_without_lines_is_shown_by_its_name() -> None:
    (file,) = changed_files("diff --git a/run.py b/run.py\nold mode 100644\nnew mode 100755\n")
    assert (file.path, file.lines) == ("run.py", ())
