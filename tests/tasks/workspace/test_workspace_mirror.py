"""Mirrors: what is fetched, what is kept, and what they say of history."""

import dataclasses
import multiprocessing
import os
import shutil
import stat
import time
from pathlib import Path

import pytest

from tasks.errors import BadInput
from tasks.workspace.export import export
from tasks.workspace.git import Git, GitFailed, UnsafeObjects, find_git
from tasks.workspace.mirror import Mirror, mirror_directory

NOBODY = "1" * 40


def content_of(mirror: Mirror, sha: str, tmp_path: Path) -> dict[str, str]:
    destination = tmp_path / f"tree-{sha[:12]}"
    export(mirror, sha, destination)
    return {str(path.relative_to(destination)): path.read_text() for path in destination.rglob("*") if path.is_file()}


def test_a_fetched_commit_is_readable_without_its_origin(origin, mirror, tmp_path) -> None:
    origin.commit({"a.py": "old = 1\n", "big.bin": "x" * 5000})
    sha = origin.commit({"a.py": "new = 1\n"})
    mirror.fetch(sha)
    shutil.rmtree(origin.path)
    assert content_of(mirror, sha, tmp_path) == {"a.py": "new = 1\n", "big.bin": "x" * 5000}
    mirror.fetch(sha)  # is here already, so the missing origin is not asked


def test_old_contents_stay_at_the_origin(origin, mirror) -> None:
    """History comes without files, so that a large one costs little."""
    origin.commit({"a.py": "old = 1\n"})
    old_blob = origin.git("rev-parse", "HEAD:a.py")
    sha = origin.commit({"a.py": "new = 1\n"})
    mirror.fetch(sha)
    packed = mirror.git.run("cat-file", "--batch-check", "--batch-all-objects", git_dir=mirror.directory).decode()
    assert origin.git("rev-parse", "HEAD:a.py") in packed
    assert old_blob not in packed


def test_an_origin_that_cannot_filter_still_works(origin, mirror, tmp_path) -> None:
    origin.git("config", "uploadpack.allowFilter", "false")
    sha = origin.commit({"a.py": "a = 1\n"})
    mirror.fetch(sha)
    assert content_of(mirror, sha, tmp_path) == {"a.py": "a = 1\n"}


def test_an_origin_that_hands_out_only_branches_still_works(origin, mirror, tmp_path) -> None:
    origin.git("config", "uploadpack.allowAnySHA1InWant", "false")
    origin.git("config", "protocol.version", "0")
    sha = origin.commit({"a.py": "a = 1\n"})
    origin.commit({"a.py": "a = 2\n"})
    mirror.fetch(sha)
    assert content_of(mirror, sha, tmp_path) == {"a.py": "a = 1\n"}


def test_the_head_of_a_pull_request_is_read_from_the_base_repository(origin, mirror, tmp_path) -> None:
    origin.commit({"a.py": "a = 1\n"})
    sha = origin.commit({"a.py": "from_fork = 1\n"})
    origin.git("update-ref", "refs/pull/7/head", sha)
    origin.git("reset", "-q", "--hard", "HEAD~1")
    assert mirror.fetch_pull(7) == sha
    assert content_of(mirror, sha, tmp_path) == {"a.py": "from_fork = 1\n"}


def test_changed_paths_and_merge_base(origin, mirror) -> None:
    root = origin.commit({"a.py": "1\n", "b.py": "1\n", "gone.py": "1\n"})
    origin.git("checkout", "-q", "-b", "topic")
    (origin.path / "gone.py").unlink()
    topic = origin.commit({"b.py": "2\n", "sub/new file.py": "1\n"})
    origin.git("checkout", "-q", "main")
    main = origin.commit({"a.py": "2\n"})
    mirror.fetch(topic)
    mirror.fetch(main)
    assert mirror.merge_base(main, topic) == root
    assert mirror.changed_paths(root, topic) == ("b.py", "gone.py", "sub/new file.py")
    assert mirror.changed_paths(topic, topic) == ()


def test_commits_without_common_history_have_no_base(origin, mirror) -> None:
    one = origin.commit({"a.py": "1\n"})
    origin.git("checkout", "-q", "--orphan", "island")
    other = origin.commit({"b.py": "1\n"})
    mirror.fetch(one)
    mirror.fetch(other)
    assert mirror.merge_base(one, other) is None


def test_a_commit_that_nobody_has_is_an_error_and_leaves_a_usable_mirror(origin, mirror, tmp_path) -> None:
    sha = origin.commit({"a.py": "a = 1\n"})
    with pytest.raises(GitFailed):
        mirror.fetch(NOBODY)
    mirror.fetch(sha)
    assert content_of(mirror, sha, tmp_path) == {"a.py": "a = 1\n"}


def test_a_half_made_mirror_is_finished(origin, mirror, tmp_path) -> None:
    """As after a power cut between two steps of making it."""
    sha = origin.commit({"a.py": "a = 1\n"})
    mirror.directory.mkdir(parents=True)
    (mirror.directory / "HEAD").write_text("ref: refs/heads/main\n")
    mirror.fetch(sha)
    assert content_of(mirror, sha, tmp_path) == {"a.py": "a = 1\n"}


def test_a_moved_repository_is_fetched_from_its_new_address(origin, mirror, tmp_path) -> None:
    mirror.fetch(origin.commit({"a.py": "a = 1\n"}))
    sha = origin.commit({"a.py": "a = 2\n"})
    moved = tmp_path / "renamed"
    origin.path.rename(moved)
    Mirror(mirror.directory, moved.as_uri(), mirror.git).fetch(sha)
    assert content_of(mirror, sha, tmp_path) == {"a.py": "a = 2\n"}


def _fetch(directory: Path, url: str, empty: Path, sha: str) -> None:
    Mirror(directory, url, find_git(empty, protocols=("file",))).fetch(sha)


def test_two_processes_share_a_mirror(origin, mirror, tmp_path) -> None:
    shas = [origin.commit({"a.py": f"a = {number}\n"}) for number in range(4)]
    context = multiprocessing.get_context("spawn")
    with context.Pool(2) as pool:
        pool.starmap(_fetch, [(mirror.directory, origin.url, mirror.git.empty, sha) for sha in shas])
    assert [content_of(mirror, sha, tmp_path)["a.py"] for sha in shas] == [f"a = {n}\n" for n in range(4)]


def test_others_on_the_machine_cannot_look_in(origin, mirror) -> None:
    mirror.fetch(origin.commit({"a.py": "a = 1\n"}))
    assert stat.S_IMODE(mirror.directory.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "name", ["--upload-pack=touch x", "HEAD", "a" * 39, "A" * 40, "1" * 40 + "\n", "main", "1" * 40 + "^{tree}"]
)
def test_only_full_commit_names_reach_git(mirror, name: str) -> None:
    for ask in (
        mirror.fetch,
        lambda each: mirror.changed_paths(each, NOBODY),
        lambda each: mirror.merge_base(NOBODY, each),
    ):
        with pytest.raises(BadInput):
            ask(name)
    assert not mirror.directory.exists()


@pytest.mark.parametrize("repository", ["../x", "a/..", "a/b/c", "a", "-x/y", "a/b c", "a/\x1b[m", "/a"])
def test_a_repository_name_cannot_leave_the_data_directory(tmp_path: Path, repository: str) -> None:
    with pytest.raises(BadInput):
        mirror_directory(tmp_path, repository)


def test_mirrors_are_apart_by_trust_and_not_by_spelling(tmp_path: Path) -> None:
    base = mirror_directory(tmp_path, "Acme/Billing.git")
    assert base == mirror_directory(tmp_path, "acme/billing.git")
    assert base != mirror_directory(tmp_path, "acme/billing.git", "fork")
    assert base.is_relative_to(tmp_path)


def test_an_old_history_with_a_harmless_fault_is_fetched(origin, mirror, tmp_path) -> None:
    """Such commits stand in famous repositories, and git's check refuses them by default."""
    tree = origin.tree(("100644", "blob", origin.blob(b"a = 1\n"), b"a.py"))
    raw = f"tree {tree}\nauthor Kim <kim@example.test> 1300000000 +051800\n"
    raw += "committer Kim <kim@example.test> 1300000000 +0000\n\nold\n"
    old = origin.git("hash-object", "-w", "-t", "commit", "--literally", "--stdin", stdin=raw.encode())
    sha = origin.git("commit-tree", tree, "-p", old, "-m", "new")
    origin.git("update-ref", "refs/heads/crafted", sha)
    mirror.fetch(sha)
    assert content_of(mirror, sha, tmp_path) == {"a.py": "a = 1\n"}
    later = origin.git("commit-tree", tree, "-p", sha, "-m", "later")
    origin.git("update-ref", "refs/heads/crafted", later)
    mirror.fetch(later)
    assert mirror.merge_base(old, later) == old


def test_objects_that_git_refuses_are_not_kept(origin, mirror) -> None:
    blob = origin.blob(b"[core]\n\tfsmonitor = touch escaped\n")
    sha = origin.commit_tree(origin.tree(("100644", "blob", blob, b".GIT")))
    with pytest.raises(UnsafeObjects, match="hasDotgit"):
        mirror.fetch(sha)
    with pytest.raises(GitFailed):
        export(mirror, sha, mirror.directory.parent / "tree")


def test_a_fetch_over_the_cap_is_ended_and_leaves_nothing_behind(origin, mirror, tmp_path) -> None:
    sha = origin.commit({"random.bin": os.urandom(2_000_000)})
    small = Mirror(mirror.directory, mirror.url, dataclasses.replace(mirror.git, most_file_bytes=100_000))
    for _ in range(2):
        with pytest.raises(GitFailed):
            small.fetch(sha)
    mirror.fetch(sha)
    assert export(mirror, sha, tmp_path / "tree").bytes == 2_000_000
    stored = sum(path.stat().st_size for path in mirror.directory.rglob("*") if path.is_file())
    assert stored < 2_200_000


def test_a_protocol_that_was_not_asked_for_is_refused(origin, tmp_path) -> None:
    sha = origin.commit({"a.py": "a = 1\n"})
    careful = find_git(tmp_path / "empty")
    with pytest.raises(GitFailed, match="transport 'file' not allowed"):
        Mirror(tmp_path / "m.git", origin.url, careful).fetch(sha)
    with pytest.raises(GitFailed, match="transport 'ext' not allowed"):
        Mirror(tmp_path / "n.git", f"ext::touch {tmp_path}/escaped", careful).fetch(sha)
    assert not (tmp_path / "escaped").exists()


def test_a_home_that_is_not_empty_is_refused(tmp_path: Path) -> None:
    home = tmp_path / "empty"
    home.mkdir()
    (home / ".gitconfig").write_text("[alias]\n")
    with pytest.raises(BadInput, match="must be empty"):
        find_git(home)


def test_a_git_that_hangs_is_ended_with_its_children(tmp_path: Path) -> None:
    git = Git(tmp_path, "/bin/sh", seconds=0.3)
    with pytest.raises(GitFailed, match="still ran"):
        git.run("-c", f"(sleep 1; touch {tmp_path}/survived) & sleep 5")
    time.sleep(1)
    assert not (tmp_path / "survived").exists()
