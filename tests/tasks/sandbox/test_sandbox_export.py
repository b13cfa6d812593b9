"""Trees in and bytes out, over trees that somebody prepared for us."""

from __future__ import annotations

import os
import socket
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tasks.errors import BadInput
from tasks.sandbox.export import export_directory, read_back, tree_digest
from tasks.sandbox.walk import DEFAULT_LIMITS, WalkLimits, walk


@pytest.fixture
def source(tmp_path: Path) -> Path:
    place = tmp_path / "source"
    (place / "package").mkdir(parents=True)
    (place / "package/code.py").write_text("x = 1\n")
    (place / "run.sh").write_text("#!/bin/sh\n")
    (place / "run.sh").chmod(0o750)
    (place / "link").symlink_to("package/code.py")
    os.utime(place / "run.sh", (1_000_000_000, 1_000_000_000))
    return place


def test_files_keep_content_executable_bit_and_time(source: Path, tmp_path: Path) -> None:
    exported = export_directory(source, tmp_path / "out")
    assert (exported.files, exported.links, exported.bytes, exported.skipped) == (2, 1, 16, ())
    assert (tmp_path / "out/package/code.py").read_text() == "x = 1\n"
    assert (tmp_path / "out/run.sh").stat().st_mode & 0o7777 == 0o755
    assert (tmp_path / "out/package/code.py").stat().st_mode & 0o7777 == 0o644
    assert (tmp_path / "out/run.sh").stat().st_mtime == 1_000_000_000
    assert tree_digest(tmp_path / "out") == tree_digest(source)


def test_links_are_made_again_and_never_followed(source: Path, tmp_path: Path) -> None:
    (source / "secret").symlink_to("/etc/passwd")
    (source / "outside").symlink_to("/etc", target_is_directory=True)
    (source / "loop").symlink_to("loop")
    (source / "up").symlink_to("..", target_is_directory=True)
    exported = export_directory(source, tmp_path / "out")
    assert exported.links == 5
    assert str((tmp_path / "out/secret").readlink()) == "/etc/passwd"
    assert sorted(read_back(tmp_path / "out")) == ["package/code.py", "run.sh"]


LEFT_OUT = (".git", "__pycache__", ".tox", ".nox", "node_modules", ".mypy_cache", ".pytest_cache", ".ruff_cache",
            ".hypothesis", ".goldseam")  # fmt: skip


@pytest.mark.parametrize("name", LEFT_OUT)
def test_metadata_and_caches_are_left_out_at_any_depth(source: Path, tmp_path: Path, name: str) -> None:
    for place in (source / name, source / "package" / name):
        place.mkdir()
        (place / "file").write_text("x")
    exported = export_directory(source, tmp_path / "out")
    assert exported.files == 2
    assert exported.skipped == (f"{name}: metadata or cache", f"package/{name}: metadata or cache")


def test_virtual_environment_is_known_by_its_mark_not_by_its_name(source: Path, tmp_path: Path) -> None:
    for name in ("env-of-mine", "venv"):
        (source / name).mkdir()
        (source / name / "module.py").write_text("x")
    (source / "env-of-mine/pyvenv.cfg").write_text("")
    exported = export_directory(source, tmp_path / "out")
    assert exported.skipped == ("env-of-mine: virtual environment",)
    assert (tmp_path / "out/venv/module.py").exists()


def test_git_file_of_a_worktree_is_left_out(source: Path, tmp_path: Path) -> None:
    (source / ".git").write_text("gitdir: /elsewhere\n")
    export_directory(source, tmp_path / "out")
    assert not (tmp_path / "out/.git").exists()


def test_special_files_are_listed_and_do_not_hang(source: Path, tmp_path: Path) -> None:
    os.mkfifo(source / "fifo")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(source / "socket"))
        began = time.monotonic()
        exported = export_directory(source, tmp_path / "out")
    assert time.monotonic() - began < 5
    assert exported.skipped == (
        "fifo: neither file, link nor directory (p)",
        "socket: neither file, link nor directory (s)",
    )
    assert read_back(source, ["fifo", "socket"]) == {}


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        pytest.param({"entries": 3}, "more than 3 files", id="count"),
        pytest.param({"total_bytes": 15}, "more than 15 bytes", id="bytes"),
        pytest.param({"file_bytes": 9}, "'run.sh' is larger than 9 bytes", id="one-file"),
        pytest.param({"depth": 1}, "deeper than 1 directories", id="depth"),
        pytest.param({"path_bytes": 14}, "14 bytes of path", id="path"),
    ],
)
def test_too_much_is_refused_with_a_sentence(source: Path, tmp_path: Path, limits: dict[str, int], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        export_directory(source, tmp_path / "out", limits=replace(DEFAULT_LIMITS, **limits))


def test_what_just_fits_is_taken(source: Path, tmp_path: Path) -> None:
    limits = WalkLimits(entries=4, total_bytes=16, file_bytes=10, depth=2, path_bytes=15)
    assert export_directory(source, tmp_path / "out", limits=limits).files == 2


def test_names_that_are_left_out_count_too(source: Path, tmp_path: Path) -> None:
    """A million FIFOs would cost a million looks."""
    for number in range(10):
        os.mkfifo(source / f"fifo{number}")
    with pytest.raises(BadInput, match="more than 8 files"):
        export_directory(source, tmp_path / "out", limits=replace(DEFAULT_LIMITS, entries=8))


def test_hundred_gigabytes_of_holes_are_refused_at_once(source: Path, tmp_path: Path) -> None:
    with (source / "sparse").open("wb") as sparse:
        sparse.truncate(100 << 30)
    with pytest.raises(BadInput, match="'sparse' is larger"):
        export_directory(source, tmp_path / "out")


def test_deep_nesting_is_refused(source: Path, tmp_path: Path) -> None:
    (source / "/".join("d" * 300)).mkdir(parents=True)
    with pytest.raises(BadInput, match="deeper than 100"):
        export_directory(source, tmp_path / "out")


def test_destination_must_be_empty(source: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/old").touch()
    with pytest.raises(BadInput, match="not empty"):
        export_directory(source, tmp_path / "out")


@pytest.mark.parametrize("top", ["absent", "run.sh", "to-a-directory"])
def test_top_must_be_a_real_directory(source: Path, tmp_path: Path, top: str) -> None:
    (source / "to-a-directory").symlink_to("package", target_is_directory=True)
    with pytest.raises(BadInput, match="cannot be read as a directory"):
        export_directory(source / top, tmp_path / "out")


def test_file_that_grows_or_turns_into_a_link_between_two_steps(source: Path) -> None:
    """The repository's processes may still run while we look."""
    for entry in walk(source):
        if entry.path == "package/code.py":
            (source / "package/code.py").write_text("x = 1\nmuch more")
            assert b"".join(entry.chunks()) == b"x = 1\n"
        if entry.path == "run.sh":
            (source / "run.sh").unlink()
            (source / "run.sh").symlink_to("/etc/passwd")
            with pytest.raises(OSError, match="symbolic"):
                list(entry.chunks())


def test_directory_that_turns_into_a_link_between_two_steps(source: Path, tmp_path: Path) -> None:
    steps = walk(source)
    assert [next(steps).path, next(steps).path] == ["link", "package"]
    (source / "package").rename(tmp_path / "moved")
    (source / "package").symlink_to("/etc", target_is_directory=True)
    with pytest.raises(BadInput, match="'package' cannot be read"):
        next(steps)


def test_digest_is_the_documented_one(tmp_path: Path) -> None:
    """Computed by hand from the docstring; a change would break every bundle that was ever published."""
    (tmp_path / "b").write_text("b")
    (tmp_path / "a").mkdir()
    (tmp_path / "a/x").write_text("")
    (tmp_path / "a/x").chmod(0o755)
    (tmp_path / "a.py").symlink_to("b")
    assert tree_digest(tmp_path) == "sha256:1cb41ebd884030ded2599184c5f8830460fecd70f1a277b3604fa4193fd86542"


@pytest.mark.parametrize(
    ("change", "same"),
    [
        pytest.param(lambda top: (top / "run.sh").write_text("#!/bin/sh -e\n"), False, id="content"),
        pytest.param(lambda top: (top / "run.sh").chmod(0o644), False, id="executable-bit"),
        pytest.param(lambda top: (top / "run.sh").rename(top / "walk.sh"), False, id="name"),
        pytest.param(lambda top: ((top / "link").unlink(), (top / "link").symlink_to("x")), False, id="target"),
        pytest.param(lambda top: (top / "new").touch(), False, id="new-empty-file"),
        pytest.param(lambda top: (top / "run.sh").chmod(0o700), True, id="group-bits"),
        pytest.param(lambda top: os.utime(top / "run.sh", (1, 1)), True, id="time"),
        pytest.param(lambda top: (top / "empty").mkdir(), True, id="empty-directory"),
    ],
)
def test_digest_changes_with_what_counts_and_with_nothing_else(source: Path, change, same: bool) -> None:
    before = tree_digest(source)
    change(source)
    assert (tree_digest(source) == before) is same
