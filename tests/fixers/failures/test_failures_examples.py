"""Every parser's examples, and that none of them is forgotten."""

from __future__ import annotations

import pkgutil

import pytest

import fixers.failures
from fixers.failures import examples, read_junit, read_log, read_traceback
from fixers.failures.base import MAX_EXCERPT, Example, Parser
from fixers.failures.examples import actions, junit, python_traceback
from fixers.failures.places import Places
from fixers.failures.registry import ALL
from fixers.model import Failure

PARSERS = [
    pytest.param(parser, example, id=f"{parser.TOOL}-{example.name}") for parser in ALL for example in parser.EXAMPLES
]


def bare(failures: object) -> list[Failure]:
    """Leave the excerpts out; each is checked to be what it must be, a bounded piece of the report."""
    kept = []
    for failure in failures:
        assert len(failure.excerpt) <= MAX_EXCERPT
        kept.append(failure.model_copy(update={"excerpt": ""}))
    return kept


def fed(parser: type[Parser], raw: str) -> list[Failure]:
    reader = parser(Places())
    for line in raw.split("\n"):
        reader.feed(line)
    reader.close()
    return bare(reader.found.failures)


@pytest.mark.parametrize(("parser", "example"), PARSERS)
def test_parser_reads_its_example(parser: type[Parser], example: Example) -> None:
    assert fed(parser, example.raw) == list(example.failures)


@pytest.mark.parametrize(("parser", "example"), PARSERS)
def test_registry_gives_each_example_to_its_own_parser(parser: type[Parser], example: Example) -> None:
    """No other parser takes a line away, and none adds a failure of its own."""
    report = read_log([example.raw.encode()])
    assert bare(report.failures) == list(example.failures)


@pytest.mark.parametrize("example", junit.EXAMPLES, ids=lambda example: example.name)
def test_junit_reads_its_example(example: Example) -> None:
    assert bare(read_junit(example.raw.encode())) == list(example.failures)


@pytest.mark.parametrize("example", actions.EXAMPLES, ids=lambda example: example.name)
def test_job_log_reads_its_example(example: Example) -> None:
    assert bare(read_log([example.raw.encode()]).failures) == list(example.failures)


@pytest.mark.parametrize("example", python_traceback.EXAMPLES, ids=lambda example: example.name)
def test_traceback_by_itself_tells_the_same_fault(example: Example) -> None:
    (failure,) = read_traceback(example.raw)
    (expected,) = example.failures
    assert (failure.exception, failure.frames) == (expected.exception, expected.frames)
    assert failure.message.startswith(expected.message)


def test_every_parser_on_disk_is_registered_and_every_example_used() -> None:
    here = {info.name for info in pkgutil.iter_modules(fixers.failures.__path__)}
    data = {info.name for info in pkgutil.iter_modules(examples.__path__)}
    registered = {parser.__module__.rpartition(".")[2] for parser in ALL}
    assert registered <= here
    assert registered <= data
    assert all(parser.EXAMPLES for parser in ALL)
    subclasses = {parser for parser in Parser.__subclasses__() if parser.__module__.startswith("fixers.")}
    assert subclasses == set(ALL)
