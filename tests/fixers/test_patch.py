"""Diffs: what we write git applies, what git writes we apply, and nothing is applied where it does not fit."""

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixers.model import FileEdit
from fixers.patch import PatchDoesNotApply, apply, digest, patched_tree, unified

LINES = st.sampled_from(
    ["a", "b", "", "    x = 1", "-- a", "++ b", "@@ -1 +1 @@", "\\ No newline", "é\u2028ü", "f\x0cf", "\r"]
)
ENDS = st.sampled_from(["\n", "\r\n", "\n\n"])
TEXTS = st.builds(
    lambda pairs, last: "".join(line + end for line, end in pairs) + last,
    st.lists(st.tuples(LINES, ENDS), max_size=12),
    st.sampled_from(["", "last", "\x0c"]),
)
ODD = {
    "plain": ("a\nb\nc\n", "a\nB\nc\n"),
    "carriage returns": ("a\r\nb\r\nc\r\n", "a\r\nB\r\nc\r\n"),
    "line ends changed": ("a\nb\n", "a\r\nb\r\n"),
    "no newline before": ("a\nb", "a\nb\n"),
    "no newline after": ("a\nb\n", "a\nb"),
    "no newline at all": ("a\nb", "a\nc"),
    "no newline, changed above": ("a\nb\nc\nd\ne\nf\ng\nh", "A\nb\nc\nd\ne\nf\ng\nh"),
    "no newline, context at the end": ("a\nb", "A\nb"),
    "form feeds": ("a\n\x0c\nb\n", "a\n\x0c\nc\n"),
    "other line ends inside": ("x = '\u2028\x85\x0b'\ny\n", "x = '\u2028\x85\x0b'\nz\n"),
    "from nothing": ("", "a\nb\n"),
    "to nothing": ("a\nb\n", ""),
    "lines that look like a diff": ("--- a\n+++ b\n@@ -1 +1 @@\n", "--- a\n+++ c\n@@ -1 +1 @@\n"),
    "two places": ("".join(f"{n}\n" for n in range(40)), "".join(f"{n + (n in (3, 35))}\n" for n in range(40))),
}


@given(TEXTS, TEXTS)
@settings(max_examples=150, deadline=None)
def test_what_was_made_from_an_edit_gives_the_edit_back(before, after):
    edit = FileEdit("pkg/a b.py", before, after)
    if before == after:
        assert unified([edit]) == ""
    else:
        assert apply(unified([edit]), {edit.path: before}) == (edit,)


@pytest.mark.parametrize(("before", "after"), ODD.values(), ids=ODD)
def test_git_applies_what_we_write(tmp_path, before, after):
    (tmp_path / "m.py").write_bytes(before.encode())
    (tmp_path / "p").write_bytes(unified([FileEdit("m.py", before, after)]).encode())
    git(tmp_path, "apply", "--check", "p")
    git(tmp_path, "apply", "p")
    assert (tmp_path / "m.py").read_bytes() == after.encode()


@pytest.mark.parametrize(("before", "after"), ODD.values(), ids=ODD)
def test_we_apply_what_git_writes(tmp_path, before, after):
    for side, text in (("a", before), ("b", after)):
        (tmp_path / side).mkdir()
        (tmp_path / side / "m.py").write_bytes(text.encode())
    diff = git(tmp_path, "diff", "--no-index", "--no-prefix", "a", "b", codes={1})
    assert apply(diff, {"m.py": before}) == (FileEdit("m.py", before, after),)


@pytest.mark.parametrize("name", ["a b.py", "größe.py", "a\\b.py", "-x.py"])
def test_names_survive_git_both_ways(tmp_path, name):
    for side, text in (("a", "1\n"), ("b", "2\n")):
        (tmp_path / side).mkdir()
        (tmp_path / side / name).write_text(text)
    edit = FileEdit(name, "1\n", "2\n")
    assert apply(git(tmp_path, "diff", "--no-index", "--no-prefix", "a", "b", codes={1}), {name: "1\n"}) == (edit,)
    (tmp_path / "a/p").write_text(unified([edit]))
    git(tmp_path / "a", "apply", "p")
    assert (tmp_path / "a" / name).read_text() == "2\n"


def git(directory, *arguments, codes=frozenset({0})):
    done = subprocess.run(("git", *arguments), cwd=directory, capture_output=True, check=False)
    assert done.returncode in codes, done.stderr
    return done.stdout.decode()


GOOD = unified([FileEdit("m.py", "a\nb\nc\n", "a\nB\nc\n")])
MISFITS = {
    "another text": (GOOD, {"m.py": "a\nx\nc\n"}, "does not fit m.py at line 1"),
    "applied already": (GOOD, {"m.py": "a\nB\nc\n"}, "does not fit"),
    "moved down a line": (GOOD, {"m.py": "new\na\nb\nc\n"}, "does not fit"),
    "another line end": (GOOD, {"m.py": "a\r\nb\r\nc\r\n"}, "does not fit"),
    "a file that is not there": (GOOD, {"n.py": ""}, "not a plain edit"),
    "nothing": ("", {"m.py": ""}, "empty"),
    "a file twice": (GOOD + GOOD, {"m.py": "a\nb\nc\n"}, "twice"),
    "no hunk": ("--- a/m.py\n+++ b/m.py\n", {"m.py": ""}, "has no hunk"),
    "another file": (GOOD.replace("+++ b/m", "+++ b/n"), {"m.py": "a\nb\nc\n"}, "not a plain edit"),
    "prose": ("Dear reader,\n", {"m.py": ""}, "empty"),
    "a count that lies": (GOOD.replace("-1,3 +1,3", "-1,9 +1,3"), {"m.py": "a\nb\nc\n"}, "cannot be read"),
    "a removal": ("--- a/m.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n", {"m.py": "a\n"}, "not a plain edit"),
    "a rename": (
        "diff --git a/m.py b/n.py\nrename from m.py\nrename to n.py\n--- a/m.py\n+++ b/n.py\n@@ -1 +1 @@\n-a\n+b\n",
        {"m.py": "a\n", "n.py": "a\n"},
        "not a plain edit",
    ),
    "hunks in the wrong order": (
        "--- a/m.py\n+++ b/m.py\n@@ -3 +3 @@\n-c\n+C\n@@ -1 +1 @@\n-a\n+A\n",
        {"m.py": "a\nb\nc\n"},
        "does not fit",
    ),
}


@pytest.mark.parametrize(("patch", "texts", "words"), MISFITS.values(), ids=MISFITS)
def test_what_does_not_fit_is_refused(patch, texts, words):
    with pytest.raises(PatchDoesNotApply, match=words):
        apply(patch, texts)


@given(
    st.text(max_size=300)
    | st.builds(lambda a, b: GOOD[:a] + b + GOOD[a:], st.integers(0, len(GOOD)), st.text(max_size=5))
)
@settings(max_examples=150, deadline=None)
def test_any_text_is_applied_or_refused(patch):
    try:
        (edit,) = apply(patch, {"m.py": "a\nb\nc\n"})
    except PatchDoesNotApply:
        return
    assert edit.before == "a\nb\nc\n"


def test_files_are_sorted_and_unchanged_ones_left_out():
    edits = [FileEdit(name, "a\n", after) for name, after in (("z.py", "b\n"), ("same.py", "a\n"), ("b.py", "c\n"))]
    patch = unified(edits)
    assert [line for line in patch.splitlines() if line.startswith("+++")] == ["+++ b/b.py", "+++ b/z.py"]
    assert digest(patch).startswith("sha256:")


def test_a_patched_tree_shares_what_it_does_not_change(tmp_path):
    tree = tmp_path / "tree"
    (tree / "pkg").mkdir(parents=True)
    (tree / "pkg/m.py").write_text("a\n")
    (tree / "run.sh").write_text("echo\n")
    (tree / "pkg/m.py").chmod(0o755)
    (tree / "link").symlink_to("run.sh")
    new = patched_tree(tree, [FileEdit("pkg/m.py", "a\n", "b\n")], tmp_path / "new")
    assert ((new / "pkg/m.py").read_text(), (tree / "pkg/m.py").read_text()) == ("b\n", "a\n")
    assert (new / "pkg/m.py").stat().st_mode & 0o777 == 0o755
    assert (new / "run.sh").stat().st_ino == (tree / "run.sh").stat().st_ino
    assert (new / "link").is_symlink()
