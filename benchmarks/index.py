"""Source distributions from the package index, through pip's own client.

`pip download` would build each package to learn its metadata, which runs the
package's code on this machine. pip's finder and downloader alone do not, and they
honour the same configuration: index, mirrors, certificates, proxies.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from packaging.version import InvalidVersion, Version
from pip._internal.cli.req_command import RequirementCommand
from pip._internal.commands import create_command
from pip._internal.exceptions import PipError
from pip._internal.index.package_finder import PackageFinder
from pip._internal.models.link import Link
from pip._internal.network.download import Downloader
from pip._internal.network.session import PipSession


class NotFetched(Exception):
    """Raised when a source distribution cannot be had; the sentence says why."""


def released(package: str) -> tuple[str, ...]:
    """Return the versions that have a source distribution, oldest first, without pre-releases."""
    with _client() as (finder, _):
        return tuple(str(version) for version in sorted(_links(finder, package)) if not version.is_prerelease)


def fetch(package: str, version: str, cache: Path) -> Path:
    """Return the source distribution of a version, from the cache when it was fetched before.

    What the index says of its digest is checked, and a file appears in the cache whole or not at all.
    NotFetched when there is none or the index does not answer.
    """
    kept = sorted(cache.glob(f"{package}-{version}.tar.*"))
    if kept:
        return kept[0]
    try:
        with _client() as (finder, session):
            link = _links(finder, package).get(Version(version))
            if link is None:
                raise NotFetched(f"The package index has no source archive of {package} {version}.")
            partial = cache / f".{package}-{version}.partial"
            partial.mkdir(parents=True, exist_ok=True)
            arrived, _ = Downloader(session, "off")(link, str(partial))
    except (PipError, OSError) as error:
        raise NotFetched(f"{package} {version} could not be fetched: {_first_line(error)}") from error
    _check(Path(arrived), link)
    ending = "".join(Path(arrived).suffixes[-2:])
    target = cache / f"{package}-{version}{ending}"
    Path(arrived).replace(target)
    partial.rmdir()
    return target


@contextmanager
def _client() -> Iterator[tuple[PackageFinder, PipSession]]:
    logging.getLogger("pip").setLevel(logging.ERROR)
    command = create_command("download")
    assert isinstance(command, RequirementCommand)
    options, _ = command.parse_args(["--no-deps", "--no-binary", ":all:", "--disable-pip-version-check"])
    with command.main_context():
        session = command.get_default_session(options)
        yield command._build_package_finder(options, session), session  # noqa: SLF001 - pip offers no other way


def _links(finder: PackageFinder, package: str) -> dict[Version, Link]:
    found = {}
    for candidate in finder.find_all_candidates(package):
        try:
            version = Version(str(candidate.version))
        except InvalidVersion:
            continue
        if candidate.link.filename.endswith((".tar.gz", ".tar.bz2", ".tar.xz", ".tgz")):
            found[version] = candidate.link
    return found


def _check(path: Path, link: Link) -> None:
    if link.hash_name and link.hash:
        digest = hashlib.new(link.hash_name, path.read_bytes()).hexdigest()
        if digest != link.hash:
            path.unlink()
            raise NotFetched(f"{link.filename} arrived with another {link.hash_name} digest than the index promised.")


def _first_line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).strip().splitlines()[0]
