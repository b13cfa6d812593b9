"""Fetching and installing by the real clients, from a directory in the place of an index."""

import hashlib
import io
import tarfile
import zipfile

import pytest

from benchmarks.environment import NotInstalled, environment
from benchmarks.index import NotFetched, fetch, released


def sdist(path, ran="ran"):
    """Write a source archive whose build would leave a mark."""
    with tarfile.open(path, "w:gz") as tar:
        data = f"open({str(path.parent / ran)!r}, 'w')".encode()
        info = tarfile.TarInfo(path.name.removesuffix(".tar.gz") + "/setup.py")
        info.size = len(data)
        tar.addfile(info, io.BytesIO(data))
    return path


def wheel(directory, name, version):
    with zipfile.ZipFile(directory / f"{name}-{version}-py3-none-any.whl", "w") as archive:
        info = f"{name}-{version}.dist-info"
        archive.writestr(f"{name}/__init__.py", "")
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(
            f"{info}/RECORD", f"{name}/__init__.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n"
        )


@pytest.fixture
def index(tmp_path, monkeypatch):
    """A simple index as files, and no other place to look."""
    for name in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL", "PIP_NO_INDEX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    root = tmp_path / "index"
    (root / "made-up").mkdir(parents=True)
    monkeypatch.setenv("PIP_INDEX_URL", root.as_uri())
    return root


def listed(index, *files):
    links = (f'<a href="{path.name}#sha256={digest}">{path.name}</a>' for path, digest in files)
    (index / "made-up" / "index.html").write_text("<!DOCTYPE html><html><body>" + "".join(links) + "</body></html>")


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_fetches_the_archive_and_runs_nothing_of_it(index, tmp_path):
    one = sdist(index / "made-up" / "made-up-1.0.tar.gz")
    two = sdist(index / "made-up" / "made-up-2.0b1.tar.gz")
    wheel(index / "made-up", "made_up", "3.0")
    listed(
        index, (one, digest(one)), (two, digest(two)), (index / "made-up" / "made_up-3.0-py3-none-any.whl", "0" * 64)
    )
    fetched = fetch("made-up", "1.0", tmp_path / "cache")
    assert fetched.read_bytes() == one.read_bytes()
    assert not (index / "made-up" / "ran").exists()
    assert released("made-up") == ("1.0",)


def test_a_second_fetch_asks_nobody(index, tmp_path):
    one = sdist(index / "made-up" / "made-up-1.0.tar.gz")
    listed(index, (one, digest(one)))
    first = fetch("made-up", "1.0", tmp_path / "cache")
    one.unlink()
    assert fetch("made-up", "1.0", tmp_path / "cache") == first


def test_another_digest_is_refused_and_not_kept(index, tmp_path):
    one = sdist(index / "made-up" / "made-up-1.0.tar.gz")
    listed(index, (one, "0" * 64))
    with pytest.raises(NotFetched, match="another sha256 digest"):
        fetch("made-up", "1.0", tmp_path / "cache")
    assert not [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]


def test_a_version_without_an_archive_says_so(index, tmp_path):
    listed(index)
    with pytest.raises(NotFetched, match=r"no source archive of made-up 7\.0"):
        fetch("made-up", "7.0", tmp_path / "cache")


@pytest.fixture
def wheels(tmp_path, monkeypatch):
    directory = tmp_path / "wheels"
    directory.mkdir()
    monkeypatch.setenv("UV_FIND_LINKS", str(directory))
    monkeypatch.setenv("UV_NO_INDEX", "1")
    wheel(directory, "pytest", "8.0")
    return directory


def test_an_environment_has_the_package_s_metadata_but_not_its_modules(wheels, tmp_path):
    wheel(wheels, "subject", "1.0")
    python = environment("subject", "1.0", (), tmp_path / "environments")
    (site,) = (tmp_path / "environments").glob("*/lib/python*/site-packages")
    assert python.exists()
    assert (site / "pytest" / "__init__.py").exists()
    assert (site / "subject-1.0.dist-info" / "METADATA").exists()
    assert not (site / "subject" / "__init__.py").exists()


def test_a_finished_environment_is_not_installed_again(wheels, tmp_path):
    wheel(wheels, "subject", "1.0")
    python = environment("subject", "1.0", (), tmp_path / "environments")
    (wheels / "subject-1.0-py3-none-any.whl").unlink()
    assert environment("subject", "1.0", (), tmp_path / "environments") == python


def test_what_cannot_be_installed_is_named(wheels, tmp_path):
    with pytest.raises(NotInstalled, match="subject"):
        environment("subject", "1.0", (), tmp_path / "environments")
