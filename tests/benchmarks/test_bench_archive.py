"""The archive reader takes plain files below one directory, within bounds, and nothing else."""

import io
import tarfile

import pytest

from benchmarks.archive import BadArchive, Bounds, members, unpack


def write(path, *entries):
    """Write a tar.gz of (name, data) pairs and TarInfo objects."""
    with tarfile.open(path, "w:gz") as tar:
        for entry in entries:
            if isinstance(entry, tarfile.TarInfo):
                tar.addfile(entry)
            else:
                info = tarfile.TarInfo(entry[0])
                info.size = len(entry[1])
                tar.addfile(info, io.BytesIO(entry[1]))
    return path


def special(name, kind, target=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def test_lays_out_the_files_without_the_top_directory(tmp_path):
    source = write(tmp_path / "a.tar.gz", special("pkg-1", tarfile.DIRTYPE), ("pkg-1/src/m.py", b"x"), ("pkg-1/s", b""))
    unpack(source, tmp_path / "out")
    found = {
        p.relative_to(tmp_path / "out").as_posix(): p.read_bytes() for p in tmp_path.glob("out/**/*") if p.is_file()
    }
    assert found == {"src/m.py": b"x", "s": b""}


@pytest.mark.parametrize(
    "name",
    ["/etc/passwd", "../up.py", "pkg/../../up.py", "pkg/a\\b.py", "pkg/a\nb.py"],
    ids=["absolute", "parent", "parent inside", "backslash", "line feed"],
)
def test_a_name_that_leaves_its_directory_refuses_the_archive(tmp_path, name):
    source = write(tmp_path / "a.tar.gz", (name, b"x"))
    with pytest.raises(BadArchive, match="no place below"):
        unpack(source, tmp_path / "out")
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == [source]


@pytest.mark.parametrize(
    "kind",
    [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE],
    ids=["symlink", "hard link", "fifo", "device"],
)
def test_links_and_devices_are_left_out(tmp_path, kind):
    source = write(
        tmp_path / "a.tar.gz", special("pkg/link", kind, "/etc/passwd"), ("pkg/link/x.py", b"1"), ("pkg/y", b"")
    )
    assert [member.path for member in members(source)] == ["link/x.py", "y"]


@pytest.mark.parametrize(
    ("bounds", "message"),
    [
        (Bounds(members=1), "more than 1 members"),
        (Bounds(file_bytes=9), "larger than the bounds"),
        (Bounds(total_bytes=19), "larger than the bounds"),
    ],
    ids=["members", "one file", "in all"],
)
def test_stops_at_the_first_bound(tmp_path, bounds, message):
    source = write(tmp_path / "a.tar.gz", ("pkg/a", b"x" * 10), ("pkg/b", b"x" * 10))
    assert len(list(members(source, Bounds(members=2, file_bytes=10, total_bytes=20)))) == 2
    with pytest.raises(BadArchive, match=message):
        list(members(source, bounds))


@pytest.mark.parametrize("cut", [0, 40], ids=["empty", "cut short"])
def test_a_file_that_is_no_archive_says_so(tmp_path, cut):
    source = write(tmp_path / "a.tar.gz", ("pkg/a", bytes(range(256)) * 40))
    source.write_bytes(source.read_bytes()[:cut])
    with pytest.raises(BadArchive, match="cannot be read"):
        list(members(source))
