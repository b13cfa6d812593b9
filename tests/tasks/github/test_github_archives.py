"""Archives built to harm: each stops at a cap, and nothing is written."""

import io
import os
import stat
import struct
import time
import zipfile

import pytest

from tasks.github.archives import DEFAULT_LIMITS, ArchiveLimits, HostileArchive, read_archive
from tasks.github.junit import is_junit


def archive(*entries, compression=zipfile.ZIP_DEFLATED) -> io.BytesIO:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", compression) as opened:
        for name, content in entries:
            opened.writestr(name, content)
    return made


def names(made: io.BytesIO, limits: ArchiveLimits = DEFAULT_LIMITS) -> list[str]:
    return [name for name, _ in read_archive(made, lambda name: name.endswith(".xml"), limits)]


def link(name: str, target: str) -> tuple[zipfile.ZipInfo, str]:
    entry = zipfile.ZipInfo(name)
    entry.create_system = 3
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry, target


def test_what_is_wanted_comes_in_order() -> None:
    made = archive(("b.xml", "2"), ("a.xml", "1"), ("c.txt", "3"), ("d.xml/", ""))
    assert list(read_archive(made, lambda name: name.endswith(".xml"))) == [("b.xml", b"2"), ("a.xml", b"1")]


def test_links_and_names_that_leave_are_left_out(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    made = archive(
        ("../up.xml", "x"),
        ("/etc/abs.xml", "x"),
        ("a\\..\\..\\w.xml", "x"),
        link("l.xml", "/etc/passwd"),
        ("ok.xml", "x"),
    )
    assert names(made) == ["ok.xml"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA], ids=["bzip2", "lzma"])
def test_compressions_with_large_memories_are_left_out(compression) -> None:
    assert names(archive(("a.xml", "x"), compression=compression)) == []


@pytest.mark.parametrize(
    ("made", "limits", "said"),
    [
        pytest.param(archive(("a.xml", "x" * 101)), ArchiveLimits(entry_bytes=100), "caps", id="one-large-entry"),
        pytest.param(
            archive(*[(f"{n}.xml", "x" * 60) for n in range(3)]), ArchiveLimits(total_bytes=100), "caps", id="total"
        ),
        pytest.param(archive(("a.xml", "x" * 100_000)), ArchiveLimits(ratio=100, ratio_floor=1000), "caps", id="ratio"),
        pytest.param(
            archive(*[(f"{n}.txt", "") for n in range(11)]), ArchiveLimits(entries=10), "10 entries", id="count"
        ),
        pytest.param(
            archive(("a.xml", os.urandom(5000))), ArchiveLimits(archive_bytes=4000), "4000 are read", id="size"
        ),
        pytest.param(io.BytesIO(b""), ArchiveLimits(), "no directory", id="empty"),
        pytest.param(io.BytesIO(b"PK\x05\x06"), ArchiveLimits(), "no directory", id="cut-directory"),
        pytest.param(io.BytesIO(b"<html>"), ArchiveLimits(), "no directory", id="not-an-archive"),
    ],
)
def test_an_archive_over_a_cap_is_refused(made, limits, said) -> None:
    with pytest.raises(HostileArchive, match=said):
        names(made, limits)


def test_what_came_before_the_bomb_stands() -> None:
    made = archive(("a.xml", "1"), ("b.xml", "x" * 101))
    found = read_archive(made, lambda _: True, ArchiveLimits(entry_bytes=100))
    assert next(found) == ("a.xml", b"1")
    with pytest.raises(HostileArchive):
        next(found)


def test_a_million_entries_are_refused_before_they_are_listed() -> None:
    """The count in the directory's end may lie, so its size is asked as well."""
    entry = struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    directory = entry * 1_000_000
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 1, 1, len(directory), 0, 0)
    started = time.monotonic()
    with pytest.raises(HostileArchive, match="entries"):
        names(io.BytesIO(directory + end))
    assert time.monotonic() - started < 1


def test_the_large_format_cannot_go_round_the_count() -> None:
    made = archive(("a.xml", "x")).getvalue()
    at = made.rindex(b"PK\x05\x06")
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, 0, 1)
    with pytest.raises(HostileArchive, match="65,535"):
        names(io.BytesIO(made[:at] + locator + made[at:]))


def test_a_declared_size_that_lies_is_found() -> None:
    """The headers say one byte; a thousand are there."""
    made = bytearray(archive(("a.xml", "x" * 1000)).getvalue())
    made[22:26] = struct.pack("<I", 1)
    at = made.rindex(b"PK\x01\x02")
    made[at + 24 : at + 28] = struct.pack("<I", 1)
    with pytest.raises(HostileArchive, match="cannot be read"):
        names(io.BytesIO(bytes(made)))


def test_every_cut_of_an_archive_is_refused_in_our_words() -> None:
    whole = archive(("a.xml", "x" * 50), ("b.xml", os.urandom(50))).getvalue()
    for length in range(len(whole)):
        with pytest.raises(HostileArchive):
            names(io.BytesIO(whole[:length]))


def test_flipped_bytes_never_escape_as_another_error() -> None:
    whole = archive(("a.xml", "x" * 50), ("b.xml", os.urandom(50))).getvalue()
    for at in range(len(whole)):
        broken = bytearray(whole)
        broken[at] ^= 0xFF
        try:
            names(io.BytesIO(bytes(broken)))
        except HostileArchive:
            continue


@pytest.mark.parametrize(
    ("content", "junit"),
    [
        pytest.param(b"<testsuite/>", True, id="bare"),
        pytest.param(b'<?xml version="1.0"?><!-- x --><testsuites>', True, id="unfinished"),
        pytest.param(b'<x:testsuites xmlns:x="urn:y"/>', True, id="namespace"),
        pytest.param('<?xml version="1.0" encoding="utf-16"?><testsuite/>'.encode("utf-16"), True, id="utf-16"),
        pytest.param(b"<html><testsuite/></html>", False, id="inside"),
        pytest.param(b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><testsuite/>', False, id="doctype"),
        pytest.param(b'<?xml version="1.0" encoding="klingon"?><testsuite/>', False, id="unknown-encoding"),
        pytest.param(b"", False, id="empty"),
        pytest.param(b"\x1f\x8b", False, id="gzip"),
    ],
)
def test_the_root_decides_what_is_a_report(content, junit) -> None:
    assert is_junit(content) is junit
