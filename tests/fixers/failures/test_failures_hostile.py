"""Hostile input: any bytes, endless lines, and texts made to make patterns slow."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fixers.failures import fingerprint, read_junit, read_log, read_traceback, signature
from fixers.failures.base import MAX_FAILURES
from fixers.failures.examples import actions, junit
from fixers.failures.lines import MAX_LINE
from fixers.failures.registry import ALL

RAW = [example.raw for parser in ALL for example in parser.EXAMPLES] + [e.raw for e in actions.EXAMPLES]
PIECES = sorted({line for raw in RAW for line in raw.split("\n")})
"""Every line that some tool prints, to be put together in orders in which none does."""
SETTINGS = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


@SETTINGS
@given(st.lists(st.binary(max_size=300), max_size=8))
def test_any_bytes_are_read(chunks: list[bytes]) -> None:
    report = read_log(chunks)
    assert report.lines <= sum(chunk.count(b"\n") for chunk in chunks) + 1
    read_junit(b"".join(chunks))


@settings(SETTINGS, max_examples=60)
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=60)), max_size=80), st.integers(1, 50))
def test_shuffled_reports_are_read_however_they_are_chunked(lines: list[str], size: int) -> None:
    data = "\n".join(lines).encode("utf-8", "replace")
    whole = read_log([data])
    assert read_log([data[i : i + size] for i in range(0, len(data), size)]) == whole
    for failure in (*whole.failures, *read_traceback("\n".join(lines))):
        assert len(fingerprint(failure)) == 64


@SETTINGS
@given(st.sampled_from([example.raw for example in junit.EXAMPLES]), st.integers(0, 5_000), st.binary(max_size=20))
def test_damaged_junit_is_read_up_to_the_damage(raw: str, at: int, damage: bytes) -> None:
    data = raw.encode()
    read_junit(data[:at] + damage + data[at:])


@SETTINGS
@given(st.text(max_size=50), st.text(max_size=3_000))
def test_any_message_has_a_bounded_signature(exception: str, message: str) -> None:
    assert len(signature(exception, message)) <= len(exception) + 12_000


REPEATED = (
    *("a", "=", "_ ", "_", "[", "](", "::", " - ", ":1", ":1:1: E1 ", "\x1b[", "\x1b]", "\x1b[36;1m", "\r", "\t"),
    *("| ", "+-", "^~", "''", "{'a', ", "/a", "\\", "0x", "1-1-1T", "12:00:", "pytest-of-", "{", "(a=1) "),
    *(".py:1: in x", "&#0;", "<a>", "\ufeff", "é", "FAILED ", "E   ", 'File "', "Traceback (most recent call last):"),
)
HEADS = (
    "",
    "FAILED tests/a.py::t[",
    "SUBFAILED[",
    "E   ",
    "_",
    "=== ",
    "##[group]Run ",
    '  File "',
    "[gw0] [ 1%] ",
    "::error ",
)


@pytest.mark.parametrize("head", HEADS, ids=repr)
def test_time_is_linear_in_lines_made_to_backtrack(head: str) -> None:
    """A pattern that is quadratic in a line of 16 KB costs seconds for a megabyte, not fractions of one."""
    report = "=" * 35 + " FAILURES " + "=" * 35 + "\n" + "_" * 37 + " t " + "_" * 38 + "\n"
    for piece in REPEATED:
        line = (head + piece * MAX_LINE)[: MAX_LINE - 10] + "!"
        # Inside a report pytest's parser has the line, outside all the others do.
        for context in (report, ""):
            data = (context + (line + "\n") * 4).encode()
            start = time.process_time()
            read_log([data])
            assert time.process_time() - start < 1.0, f"{head!r} and then {piece!r} again and again"


@pytest.mark.parametrize("piece", REPEATED, ids=repr)
def test_signature_takes_linear_time(piece: str) -> None:
    start = time.process_time()
    for _ in range(10):
        signature("E", piece * 100_000)
    assert time.process_time() - start < 1.0


def test_many_short_lines_cost_microseconds_each() -> None:
    data = ("2026-11-22T17:48:03.1234567Z Downloading package 100 kB\n" * 20_000).encode()
    start = time.process_time()
    assert read_log([data]).lines == 20_000
    assert time.process_time() - start < 4.0


def endless(piece: bytes, total: int) -> Iterator[bytes]:
    for _ in range(total // len(piece)):
        yield piece


@pytest.mark.parametrize(
    "piece",
    [b"x" * (1 << 20), bytes(1 << 20), b"\xff\xfe" * (1 << 19), b"x" * (1 << 20) + b"\n"],
    ids=["one line", "NULs", "invalid UTF-8", "long lines"],
)
def test_memory_does_not_grow_with_the_log(piece: bytes) -> None:
    tracemalloc.start()
    try:
        report = read_log(endless(piece, 500 << 20))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert report.truncated
    assert peak < 8 << 20


def failing_test(number: int) -> str:
    frames = "".join(f"src/pkg/{'d' * 200}{i}.py:{i}: in f{i}\n    {'x' * 500}\n" for i in range(20))
    return f"{'_' * 20} test_{number} {'_' * 20}\n{frames}E   ValueError: {'m' * 3_000}\n"


def test_failures_beyond_the_limit_are_counted_and_their_weight_is_bounded() -> None:
    number = MAX_FAILURES + 20
    header = "=" * 50 + " FAILURES " + "=" * 50 + "\n"

    def chunks() -> Iterator[bytes]:
        yield header.encode()
        for i in range(number):
            section = failing_test(i).split("\n", 1)
            name = f" test_{i} "
            left = (110 - len(name)) // 2
            yield ("_" * left + name + "_" * (110 - len(name) - left) + "\n" + section[1]).encode()

    tracemalloc.start()
    try:
        report = read_log(chunks())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(report.failures) == MAX_FAILURES
    assert report.dropped == number - MAX_FAILURES
    assert report.failures[0].excerpt
    assert len(report.failures[0].frames) > len(report.failures[-1].frames)
    assert peak < 32 << 20


def test_terminal_escapes_and_workflow_commands_do_not_reach_the_failures() -> None:
    """T74: OSC 8 links, titles and cursor movements are taken out of what is shown later."""
    log = (
        "Traceback (most recent call last):\n"
        '  File "src/a.py", line 1, in f\n'
        "    \x1b]8;;http://evil.test\x07x\x1b]8;;\x07\n"
        "\x1b[2A\x1b]0;title\x07ValueError: \x1b[31mred\x1b[0m\x00\x9b\n"
    )
    (failure,) = read_log([log.encode()]).failures
    assert (failure.exception, failure.message) == ("ValueError", "red")
    shown = failure.message + failure.excerpt + failure.frames[0].source
    assert not {"\x1b", "\x07", "\x00", "\x9b"} & set(shown)


@pytest.mark.parametrize(
    "data",
    [
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><testsuite><testcase name="&b;"/></testsuite>',
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><testsuite/>',
        b"<a>" * 60 + b"<testcase name='x'><failure/></testcase>" + b"</a>" * 60,
        b"<testsuite>" + b"<a>" * 100_000,
        b"<?xml version='1.0' encoding='utf-7'?><testsuite/>",
        b"<?xml version='1.0' encoding='nonsense'?><testsuite/>",
        b"\xff\xfe<\x00",
        b"",
    ],
    ids=["entities", "external", "deep", "endless", "utf-7", "unknown encoding", "broken UTF-16", "empty"],
)
def test_malicious_xml_yields_nothing(data: bytes) -> None:
    assert read_junit(data) == ()
