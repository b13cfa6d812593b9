"""Find the JUnit reports among a run's artifacts."""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Iterator
from itertools import islice
from xml.etree.ElementTree import ParseError

import structlog
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse
from github.Artifact import Artifact
from github.Repository import Repository

from tasks.github.archives import DEFAULT_LIMITS, ArchiveLimits, HostileArchive, read_archive
from tasks.github.downloads import artifact_zip
from tasks.github.errors import NotFound, translated

_ROOTS = frozenset({"testsuite", "testsuites"})
_LIKELY = re.compile(r"test|junit|report|result|surefire", re.IGNORECASE)
_MOST_ARTIFACTS = 20
_MOST_LISTED = 300
_IN_MEMORY = 8 << 20
"""A larger archive waits in an unnamed temporary file; its entries never touch the disk."""

log = structlog.get_logger()


def junit_reports(
    repository: Repository, run_id: int, limits: ArchiveLimits = DEFAULT_LIMITS
) -> Iterator[tuple[str, bytes]]:
    """Yield (artifact/name, XML) for each `*.xml` whose root is a test suite.

    At most 20 artifacts are opened, those with a telling name first. One that is too
    large, expired or hostile is left out, with a line in our own log.
    """
    for artifact in _artifacts(repository, run_id, limits):
        try:
            yield from _reports(repository, artifact, limits)
        except (HostileArchive, NotFound) as error:
            log.warning("artifact_left_out", artifact=artifact.id, reason=str(error))


def is_junit(content: bytes) -> bool:
    """Say whether the document's root element is a JUnit suite; the rest of it may be broken."""
    try:
        for _, element in iterparse(io.BytesIO(content), events=("start",), forbid_dtd=True):
            return str(element.tag).rpartition("}")[2] in _ROOTS
    except (ParseError, DefusedXmlException, LookupError, ValueError):
        return False
    return False


def _artifacts(repository: Repository, run_id: int, limits: ArchiveLimits) -> list[Artifact]:
    with translated(f"listing the artifacts of run {run_id}"):
        listed = list(islice(repository.get_workflow_run(run_id).get_artifacts(), _MOST_LISTED))
    usable = [each for each in listed if not each.expired and each.size_in_bytes <= limits.archive_bytes]
    usable.sort(key=lambda each: (_LIKELY.search(each.name) is None, each.id))
    if len(usable) < len(listed) or len(usable) > _MOST_ARTIFACTS:
        log.info("artifacts_left_out", listed=len(listed), opened=min(len(usable), _MOST_ARTIFACTS))
    return usable[:_MOST_ARTIFACTS]


def _reports(repository: Repository, artifact: Artifact, limits: ArchiveLimits) -> Iterator[tuple[str, bytes]]:
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as archive:
        for chunk in artifact_zip(repository, artifact.id, most_bytes=limits.archive_bytes + 1):
            archive.write(chunk)
        for name, content in read_archive(archive, lambda name: name.lower().endswith(".xml"), limits):
            if is_junit(content):
                yield f"{artifact.name}/{name}", content
