"""What a diff says: read from what git really writes, for those who decide about it and those who show it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from fixers.model import FileEdit
from fixers.patch import PatchDoesNotApply, apply, changed_lines, read, touched, unified

TEXT = "".join(f"line {n}\n" for n in range(30))


def edit(root: Path) -> None:
    (root / "a.py").write_text(TEXT.replace("line 3\n", "line three\n").replace("line 25\n", ""))


def move_and_edit(root: Path) -> None:
    edit(root)
    (root / "a.py").rename(root / "moved here.py")


def turn_a_link(root: Path) -> None:
    (root / "link").unlink()
    (root / "link").symlink_to("elsewhere")


ODD: dict[str, tuple[Callable[[Path], object], tuple[str, ...], set[str]]] = {
    "an edit": (edit, ("a.py",), set()),
    "a name that git quotes": (lambda root: (root / "größe.py").write_text("2\n"), ("größe.py",), set()),
    "a name with a blank": (lambda root: (root / "a b.py").write_text("2\n"), ("a b.py",), set()),
    "a move": (
        lambda root: (root / "a.py").rename(root / "b/moved.py"),
        ("a.py", "b/moved.py"),
        {"renames the file", "has no hunk for"},
    ),
    "a move of a name that git quotes": (
        lambda root: (root / "größe.py").rename(root / "grösse.py"),
        ("größe.py", "grösse.py"),
        {"renames the file", "has no hunk for"},
    ),
    "a move with an edit": (move_and_edit, ("a.py", "moved here.py"), {"renames the file"}),
    "a mode": (
        lambda root: (root / "a.py").chmod(0o755),
        ("a.py",),
        {"changes the mode of", "has no hunk for"},
    ),
    "a new file": (lambda root: (root / "new.py").write_text("x\n"), ("new.py",), {"adds the file"}),
    "an empty new file": (
        lambda root: (root / "new.py").write_text(""),
        ("new.py",),
        {"adds the file", "has no hunk for"},
    ),
    "a deletion": (lambda root: (root / "a.py").unlink(), ("a.py",), {"deletes the file"}),
    "a link": (
        lambda root: (root / "new.py").symlink_to("a.py"),
        ("new.py",),
        {"adds the file", "makes a symbolic link or submodule of"},
    ),
    "a link turned": (turn_a_link, ("link",), {"makes a symbolic link or submodule of"}),
    "bytes": (
        lambda root: (root / "picture").write_bytes(b"\0\2"),
        ("picture",),
        {"holds binary data for", "has no hunk for"},
    ),
}


def git(root: Path, *words: str, stdin: str | None = None) -> str:
    command = ("git", "-c", "user.name=x", "-c", "user.email=x@example.org", *words)
    ran = subprocess.run(command, cwd=root, check=True, capture_output=True, input=stdin and stdin.encode())
    return ran.stdout.decode()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "b").mkdir()
    for name, text in {"a.py": TEXT, "größe.py": "1\n", "a b.py": "1\n", "picture": "\0\1", "b/c.py": "1\n"}.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "link").symlink_to("a.py")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "-qm", "start")
    return tmp_path


@pytest.mark.parametrize("options", [("--binary",), ()], ids=["binary", "text"])
@pytest.mark.parametrize(("change", "paths", "unusual"), ODD.values(), ids=ODD)
def test_what_git_says_of_a_change_is_read(repository, change, paths, unusual, options):
    change(repository)
    git(repository, "add", "--all")
    patch = git(repository, "diff", "--cached", "-M", *options)
    (file,) = read(patch)
    assert (file.paths, set(file.unusual)) == (paths, unusual)
    added, removed, *_ = git(repository, "apply", "--numstat", stdin=patch).split("\t")
    assert [file.count("+"), file.count("-")] == [int(n) if n != "-" else 0 for n in (added, removed)]
    if unusual:
        with pytest.raises(PatchDoesNotApply, match="not a plain edit"):
            touched(patch)
        with pytest.raises(PatchDoesNotApply, match="not a plain edit"):
            apply(patch, dict.fromkeys(paths, TEXT))
    else:
        assert touched(patch) == paths


def test_several_files_are_told_apart(repository):
    edit(repository)
    (repository / "b/c.py").rename(repository / "b/d.py")
    (repository / "picture").write_bytes(b"\0\3")
    (repository / "new.py").write_text("")
    git(repository, "add", "--all")
    files = read(git(repository, "diff", "--cached", "-M", "--binary"))
    assert [file.paths for file in files] == [("a.py",), ("b/c.py", "b/d.py"), ("new.py",), ("picture",)]
    assert [bool(file.unusual) for file in files] == [False, True, True, True]


def test_a_hunk_knows_its_place_and_both_its_sides(repository):
    edit(repository)
    (file,) = read(git(repository, "diff", "-U1"))
    assert [(hunk.before, hunk.after, hunk.section) for hunk in file.hunks] == [(3, 3, "line 1"), (25, 25, "line 23")]
    assert file.hunks[0].side("-") == ["line 2\n", "line 3\n", "line 4\n"]
    assert file.hunks[0].side("+") == ["line 2\n", "line three\n", "line 4\n"]
    assert (file.count("+"), file.count("-"), file.count("+-")) == (1, 2, 3)


def test_lines_that_look_like_a_header_are_lines():
    before = "-- a/tests/t.py\n++ b/tests/t.py\n@@ -1 +1 @@\nrename from x\n"
    (file,) = read(unified([FileEdit("m.py", before, "diff --git a/x b/x\n")]))
    assert (file.paths, file.unusual, file.count("+-")) == (("m.py",), (), 5)


EDIT = "--- a/m.py\n+++ b/m.py\n@@ -1 +1 @@\n-a\n+b\n"
BROKEN = {
    "a hunk of no file": "@@ -1 +1 @@\n-a\n+b\n",
    "a hunk that nobody can read": EDIT + "@@ -5 +5 @\n-a\n+b\n",
    "a hunk that is cut off": EDIT[:-3],
    "a name that is no UTF-8": EDIT.replace("a/m.py", '"a/\\377.py"'),
    "a name that is no UTF-8, moved": 'rename from "\\377"\n' + EDIT,
}


@pytest.mark.parametrize("patch", BROKEN.values(), ids=BROKEN)
def test_what_cannot_be_read_is_not_read_in_part(patch):
    with pytest.raises(PatchDoesNotApply, match="cannot be read"):
        read(patch)


@pytest.mark.parametrize("patch", ["", "\n", "Dear reader,\n", "--- a/m.py\n"])
def test_a_text_without_a_file_is_an_empty_diff(patch):
    assert read(patch) == ()


def test_text_around_the_files_is_passed_over():
    (file,) = read(f"From: somebody\n\n---\n m.py | 2 +-\n\n{EDIT}-- \n2.39\n")
    assert (file.paths, file.unusual) == (("m.py",), ())


@pytest.mark.parametrize(
    "patch", ["deleted file mode 100644\n", EDIT.replace("a/m.py", "/dev/null").replace("b/m.py", "/dev/null")]
)
def test_a_change_of_nothing_named_has_a_path_all_the_same(patch):
    (file,) = read(patch)
    assert (file.paths, bool(file.unusual)) == (("",), True)


def test_a_header_that_names_another_file_is_heard():
    (file,) = read(f"rename from tests/t.py\n{EDIT}")
    assert (file.paths, file.unusual) == (("m.py", "tests/t.py"), ("renames the file",))


CHANGED = {
    "a line replaced": ("a\nb\nc\n", "a\nB\nc\n", {2}),
    "lines added": ("a\nc\n", "a\nb\nb\nc\n", {2, 3}),
    "a line gone": ("a\nb\nc\n", "a\nc\n", {1, 2}),
    "the first line gone": ("a\nb\nc\n", "b\nc\n", {1}),
    "the last line gone": ("a\nb", "a\n", {1, 2}),
    "two places": ("a\n" * 20 + "z\n", "b\n" + "a\n" * 19 + "y\n", {1, 21}),
}


@pytest.mark.parametrize(("before", "after", "lines"), CHANGED.values(), ids=CHANGED)
def test_the_lines_that_a_diff_changes(before, after, lines):
    patch = unified([FileEdit("pkg/a.py", before, after)])
    assert changed_lines(patch) == {"pkg/a.py": lines}


def test_a_diff_without_context_says_the_same():
    patch = "--- a/m.py\n+++ b/m.py\n@@ -2 +1,0 @@\n-b = 2\n@@ -9,0 +9,2 @@\n+x\n+y\n"
    assert changed_lines(patch) == {"m.py": {1, 2, 9, 10}}
