"""Exports of hostile trees: nothing runs, nothing is written or read outside, odd names are told."""

import stat
import subprocess
from pathlib import Path

import pytest

from tasks.workspace.export import LeftOut, TreeLimits, export
from tasks.workspace.git import Git
from tasks.workspace.mirror import Mirror
from tasks.workspace.names import why_refused
from tasks.workspace.objects import TreeTooLarge


def exported(mirror: Mirror, sha: str, tmp_path: Path):
    destination = tmp_path / "tree"
    return export(mirror, sha, destination), destination


def adopt(origin, mirror: Mirror, sha: str) -> None:
    """Bring objects into the mirror past git's own check, which is the first wall; these tests are for the second."""
    mirror.fetch(origin.commit({"seed": ""}))
    subprocess.run(
        ["git", "--git-dir", str(mirror.directory), "fetch", "-q", "--no-filter", origin.url, sha],
        check=True,
        capture_output=True,
        env={"PATH": "/usr/bin:/bin", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"},
    )


def test_bytes_and_modes_come_out_as_they_were_committed(origin, mirror, tmp_path) -> None:
    origin.git("config", "core.autocrlf", "false")
    (origin.path / "run.sh").write_text("#!/bin/sh\n")
    (origin.path / "run.sh").chmod(0o755)
    sha = origin.commit({"crlf.txt": b"a\r\nb\r\n", "nul.bin": bytes(range(256)), "empty": b"", "d/é ü.py": "x = 1\n"})
    mirror.fetch(sha)
    report, tree = exported(mirror, sha, tmp_path)
    assert (tree / "crlf.txt").read_bytes() == b"a\r\nb\r\n"
    assert (tree / "nul.bin").read_bytes() == bytes(range(256))
    assert (tree / "d/é ü.py").read_text() == "x = 1\n"
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tree.iterdir() if path.is_file()}
    assert modes == {"run.sh": 0o755, "crlf.txt": 0o644, "nul.bin": 0o644, "empty": 0o644}
    assert (report.files, report.bytes, report.left_out) == (5, 10 + 6 + 256 + 6, ())
    assert not (tree / ".git").exists()


def test_nothing_planted_in_a_repository_runs(origin, mirror, tmp_path, oracle) -> None:
    """Hooks, monitors, filters, external differs, ssh and credential commands, and attributes that call them."""
    sha = origin.commit(
        {
            ".gitattributes": "* filter=evil diff=evil merge=evil text eol=crlf\n"
            "* ident export-subst\n*.py export-ignore\n",
            "a.py": "$Id$ $Format:%H$\n",
        }
    )
    command = f"touch {oracle} #"
    for key in (
        "core.fsmonitor", "core.sshCommand", "core.pager", "core.editor", "core.askPass", "credential.helper",
        "filter.evil.clean", "filter.evil.smudge", "filter.evil.process", "diff.evil.command", "diff.evil.textconv",
        "diff.external", "alias.fetch", "alias.ls-tree", "uploadpack.packObjectsHook", "gpg.program",
    ):  # fmt: skip
        origin.git("config", key, command)
    for hook in ("post-checkout", "post-merge", "reference-transaction", "pre-auto-gc", "post-index-change"):
        script = origin.path / ".git/hooks" / hook
        script.parent.mkdir(exist_ok=True)
        script.write_text(f"#!/bin/sh\ntouch {oracle}\n")
        script.chmod(0o755)
    mirror.fetch(sha)
    _, tree = exported(mirror, sha, tmp_path)
    assert mirror.changed_paths(sha, sha) == ()
    assert (tree / "a.py").read_text() == "$Id$ $Format:%H$\n"
    assert not oracle.exists()
    subprocess.run(["git", "-C", str(origin.path), "status"], capture_output=True, check=False)
    assert oracle.exists(), "the owner's own git did not walk into the trap, so it was none"


def test_a_buried_bare_repository_is_files_and_git_refuses_to_enter_it(origin, mirror, tmp_path, oracle) -> None:
    sha = origin.commit(
        {
            "sub/HEAD": "ref: refs/heads/main\n",
            "sub/config": f'[core]\n\trepositoryformatversion = 0\n\tbare = true\n\tfsmonitor = "touch {oracle} #"\n',
            "sub/objects/keep": "",
            "sub/refs/keep": "",
        }
    )
    mirror.fetch(sha)
    _, tree = exported(mirror, sha, tmp_path)
    inside = Git(tree / "sub", mirror.git.executable)  # what no code of ours does
    process = subprocess.run(
        [inside.executable, "status"], cwd=tree / "sub", env=inside._environment({}), capture_output=True, check=False
    )
    assert b"safe.bareRepository" in process.stderr
    assert not oracle.exists()


@pytest.mark.parametrize("filters", ["true", "false"], ids=["filtering-server", "plain-server"])
def test_submodules_are_skipped_and_told(origin, mirror, tmp_path, oracle, filters) -> None:
    origin.git("config", "uploadpack.allowFilter", filters)
    commit = origin.commit({"a.py": "a = 1\n"})
    modules = (
        f'[submodule "x"]\n\tpath = sub\n\turl = ext::touch {oracle}\n\tupdate = !touch {oracle}\n'
        '[submodule "../../hooks"]\n\tpath = "sub\\r"\n\turl = file:///etc\n'
    )
    tree = origin.tree(
        ("100644", "blob", origin.blob(modules.encode()), b".gitmodules"),
        ("100644", "blob", origin.blob(b"a = 1\n"), b"a.py"),
        ("160000", "commit", commit, b"sub"),
    )
    sha = origin.commit_tree(tree)
    mirror.fetch(sha)
    report, tree_path = exported(mirror, sha, tmp_path)
    assert report.submodules == ("sub",)
    assert sorted(path.name for path in tree_path.iterdir()) == [".gitmodules", "a.py"]
    assert not oracle.exists()


def test_links_are_data(origin, mirror, tmp_path) -> None:
    (origin.path / "loop").symlink_to("loop")
    (origin.path / "passwd").symlink_to("/etc/passwd")
    (origin.path / "up").symlink_to("d/../../x")
    (origin.path / "environ").symlink_to("/proc/self/environ")
    (origin.path / "d").mkdir()
    (origin.path / "d/inside").symlink_to("../real.py")
    sha = origin.commit({"real.py": "x = 1\n"})
    mirror.fetch(sha)
    report, tree = exported(mirror, sha, tmp_path)
    assert {path: str((tree / path).readlink()) for path in report.links} == {
        "loop": "loop",
        "passwd": "/etc/passwd",
        "up": "d/../../x",
        "environ": "/proc/self/environ",
        "d/inside": "../real.py",
    }
    assert set(report.leaving_links) == {"passwd", "up", "environ"}
    assert (report.files, report.bytes) == (1, 6)


def test_a_path_below_a_link_is_not_written_through_it(origin, mirror, tmp_path) -> None:
    """A crafted tree names `out` twice: as a link to another place, and as a directory."""
    outside = tmp_path / "outside"
    outside.mkdir()
    blob, link = origin.blob(b"escaped\n"), origin.blob(str(outside).encode())
    below = origin.tree(("100644", "blob", blob, b"file"))
    sha = origin.commit_tree(
        origin.tree(("120000", "blob", link, b"out"), ("40000", "tree", below, b"out"), ("100644", "blob", blob, b"z"))
    )
    adopt(origin, mirror, sha)
    report, tree = exported(mirror, sha, tmp_path)
    assert list(outside.iterdir()) == []
    assert (tree / "out/file").read_text() == "escaped\n"
    assert (tree / "z").read_text() == "escaped\n"
    assert [each.path for each in report.left_out] == ["out"]


def test_hostile_names_are_left_out_and_told(origin, mirror, tmp_path) -> None:
    blob = origin.blob(b"x\n")
    git = origin.tree(("100644", "blob", blob, b"config"))
    sha = origin.commit_tree(
        origin.tree(
            ("100644", "blob", blob, b"-rf"),
            ("40000", "tree", git, b".GIT"),
            ("40000", "tree", git, b".."),
            ("100644", "blob", blob, b"new\nline\x1b[31m"),
            ("100644", "blob", blob, b"$(touch x);`id`"),
            ("100644", "blob", blob, b"latin-\xe9"),
            ("100644", "blob", blob, "\N{LATIN SMALL LETTER E WITH ACUTE}".encode()),
            ("100644", "blob", blob, "e\N{COMBINING ACUTE ACCENT}".encode()),
        )
    )
    adopt(origin, mirror, sha)
    report, tree = exported(mirror, sha, tmp_path)
    assert {path.name for path in tree.iterdir()} == {"-rf", "$(touch x);`id`", "\xe9", "e\u0301"}
    assert {each.path for each in report.left_out} == {
        ".GIT/config",
        "../config",
        "new\\nline\\x1b[31m",
        "latin-\\xe9",
    }
    assert not (tmp_path / "config").exists()


@pytest.mark.parametrize(
    ("path", "refused"),
    [
        (".git", True),
        ("a/.git/hooks/x", True),
        (".Git", True),
        (".gIt ", True),
        (".git. .", True),
        ("GIT~1", True),
        (".git::$INDEX_ALLOCATION", True),
        (".g\N{ZERO WIDTH NON-JOINER}it", True),
        ("\N{FULLWIDTH FULL STOP}git", True),
        ("a\\..\\b", True),
        ("a//b", True),
        ("./a", True),
        ("a/../b", True),
        ("/etc/passwd", True),
        ("a\rb", True),
        ("x" * 256, True),
        ("d/" * 200 + "x", True),
        (".gitignore", False),
        (".github/workflows/ci.yml", False),
        ("git", False),
        ("...", False),
        ("--upload-pack=x", False),
        ("naïve 日本.py", False),
    ],
)
def test_which_names_are_refused(path: str, refused: bool) -> None:
    assert bool(why_refused(path.encode())) is refused


@pytest.mark.parametrize(
    ("limits", "what"),
    [
        pytest.param(TreeLimits(files=2), "more than 2 files", id="count"),
        pytest.param(TreeLimits(total_bytes=250), "300 bytes", id="total"),
    ],
)
def test_a_tree_over_a_cap_leaves_nothing_behind(origin, mirror, tmp_path, limits, what) -> None:
    sha = origin.commit(dict.fromkeys("abc", "x" * 100))
    mirror.fetch(sha)
    with pytest.raises(TreeTooLarge, match=what):
        export(mirror, sha, tmp_path / "tree", limits)
    assert not (tmp_path / "tree").exists()


def test_a_file_over_the_cap_is_left_out_alone(origin, mirror, tmp_path) -> None:
    sha = origin.commit({"big": "x" * 101, "small": "x" * 100})
    mirror.fetch(sha)
    report = export(mirror, sha, tmp_path / "tree", TreeLimits(file_bytes=100))
    assert report.left_out == (LeftOut("big", "the file has more than 100 bytes"),)
    assert report.files == 1


def test_an_existing_directory_is_not_written_into(origin, mirror, tmp_path) -> None:
    sha = origin.commit({"a": "a"})
    mirror.fetch(sha)
    (tmp_path / "tree").mkdir()
    with pytest.raises(FileExistsError):
        export(mirror, sha, tmp_path / "tree")
    assert list((tmp_path / "tree").iterdir()) == []


@pytest.mark.parametrize("branch", ["$(touch-x)", "`id`", ";curl", "--upload-pack=x"[2:], "a'b\"c", "héad"])
def test_odd_branch_names_do_no_harm(origin, mirror, tmp_path, oracle, branch: str) -> None:
    """A server that hands out branches only makes us fetch them all, whatever they are called."""
    origin.git("config", "uploadpack.allowAnySHA1InWant", "false")
    sha = origin.commit({"a": "a"})
    origin.git("update-ref", f"refs/heads/{branch}", sha)
    origin.commit({"a": "b"})
    mirror.fetch(sha)
    assert exported(mirror, sha, tmp_path)[0].files == 1
    assert not oracle.exists()
