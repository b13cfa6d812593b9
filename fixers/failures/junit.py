"""JUnit XML as pytest, Surefire, jest-junit, Playwright, Mocha and gotestsum write it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from itertools import islice
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from fixers.failures.base import MAX_FAILURES, excerpt_of, failure_from
from fixers.failures.lines import strip_escapes
from fixers.failures.node_ids import file_of_module
from fixers.failures.places import Places
from fixers.failures.pytest_body import read_body, split_message
from fixers.failures.pytest_session import without_echoes
from fixers.model import Failure, FailureKind, Raised
from fixers.project import is_test_path

MAX_BYTES = 32 << 20
MAX_DEPTH = 50
_FAILED = frozenset({"failure", "error"})
_CONTROL_BYTES = bytes(set(range(32)) - {9, 10, 13})
_REFERENCE = re.compile(rb"&#(?:x0{0,8}([0-9a-fA-F]{1,8})|0{0,8}([0-9]{1,8}));")
_ESCAPE_REFERENCE = re.compile(rb"&#(?:x0{0,8}1[bB]|0{0,8}27);")
_ENCODING = re.compile(rb"""^\s{0,100}<\?xml[^>]{0,200}?encoding\s{0,9}=\s{0,9}["']([\w.-]{1,40})""")
_WRAPPED = re.compile(r'^failed on (setup|teardown) with "(.*)"$', re.DOTALL)


def parse_junit(data: bytes, places: Places) -> Iterator[Failure]:
    """Yield a failure for each `<failure>` and `<error>`, as far as the document can be read.

    Illegal control characters are dropped first, as many writers leave them in.
    A test that only failed before it passed (`flakyFailure`) is no failure.
    Entities and DTDs end the reading.
    """
    cases = islice(_broken(data), MAX_FAILURES)
    yield from without_echoes(_failure(case, broken, places, from_pytest=mark) for case, broken, mark in cases)


def _broken(data: bytes) -> Iterator[tuple[dict[str, str], Element, bool]]:
    from_pytest = False
    depth = 0
    try:
        for event, element in iterparse(BytesIO(_legal(data[:MAX_BYTES])), events=("start", "end")):
            if event == "start":
                depth += 1
                if depth > MAX_DEPTH:
                    return
                if element.tag.startswith("testsuite"):
                    from_pytest = from_pytest or element.get("name") in {"pytest", "pytest tests"}
                continue
            depth -= 1
            if element.tag == "testcase":
                for child in element:
                    if child.tag in _FAILED:
                        yield dict(element.attrib), child, from_pytest
            # A finished case is of no further use; children that wait for their case must stay.
            if element.tag in {"testcase", "testsuite", "system-out", "system-err", "properties"}:
                element.clear()
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return


def _legal(data: bytes) -> bytes:
    """Return a document that an XML parser accepts, if only its characters were at fault."""
    declared = _ENCODING.match(data[:400])
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"} or (
        declared and declared[1].lower() not in {b"utf-8", b"utf8", b"ascii"}
    ):
        return data
    plain = strip_escapes(_ESCAPE_REFERENCE.sub(b"\x1b", data).decode("utf-8", "replace")).encode()
    return _REFERENCE.sub(_reference, plain.translate(None, _CONTROL_BYTES).removeprefix(b"\xef\xbb\xbf").lstrip())


def _reference(found: re.Match[bytes]) -> bytes:
    code = int(found[1], 16) if found[1] else int(found[2])
    legal = code in {9, 10, 13} or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000
    return found[0] if legal else b""


def _failure(case: dict[str, str], broken: Element, places: Places, *, from_pytest: bool) -> Failure:
    body = "".join(broken.itertext())
    message = broken.get("message", "")
    kind = _kind(broken.tag, message)
    wrapped = _WRAPPED.match(message)
    lines = body.splitlines()
    chain = read_body(lines, places)
    if not chain:
        chain = (_named(broken, wrapped[2] if wrapped else message, lines),)
    return failure_from(
        chain,
        kind=kind,
        tool="pytest" if from_pytest else "junit",
        test_ids=_ids(case, chain, places, from_pytest=from_pytest),
        excerpt=excerpt_of(lines[:2_000]),
    )


def _named(broken: Element, message: str, lines: list[str]) -> Raised:
    """Trust the writer's `type`; pytest and jest put it before the message instead."""
    first = next((line.strip() for line in lines if line.strip()), "")
    given = broken.get("type", "").strip()
    if given:
        return Raised(type=given, message=message or first)
    kind, text = split_message(message or first)
    return Raised(type=kind, message=text or (first if message else ""))


def _kind(tag: str, message: str) -> FailureKind:
    if tag == "error":
        for start, kind in (
            ("failed on setup", FailureKind.SETUP),
            ("failed on teardown", FailureKind.TEARDOWN),
            ("collection failure", FailureKind.COLLECTION),
        ):
            if message.startswith(start):
                return kind
    return FailureKind.TEST


def _ids(case: dict[str, str], chain: tuple[Raised, ...], places: Places, *, from_pytest: bool) -> tuple[str, ...]:
    name, classname, file = case.get("name", ""), case.get("classname", ""), case.get("file", "")
    if not classname and not file:
        # A module that could not be collected is its own test case.
        return (file_of_module(name, places.files)[0],) if name else ()
    if file and not file.endswith(".py"):
        return (f"{places.locate(file)[0]}::{name}",)
    if not file and not re.fullmatch(r"\w+(?:\.\w+)*", classname):
        return (f"{classname}::{name}",)
    if file:
        path, in_project = places.locate(file)
        path = path if in_project else file
        module = path.removesuffix(".py").replace("/", ".")
        inner = classname.partition(module)[2].strip(".")
        classes = inner.split(".") if inner else []
        if not classname:
            return (path,)
    else:
        path, classes = _by_frames(classname, chain) or file_of_module(classname, places.files)
        # `org.example.FeeTest` is no Python module, however much it looks like one.
        if not (from_pytest or path in places.files or is_test_path(path)):
            return (f"{classname}::{name}",)
    return ("::".join([path, *classes, name]),)


def _by_frames(classname: str, chain: tuple[Raised, ...]) -> tuple[str, list[str]] | None:
    """Learn from a frame in `tests/test_a.py` how much of `tests.test_a.TestC` is the file."""
    dotted = classname + "."
    for raised in chain:
        for frame in raised.frames:
            module = frame.path.removesuffix(".py").replace("/", ".") + "."
            if frame.in_project and dotted.startswith(module):
                return frame.path, [part for part in dotted[len(module) :].split(".") if part]
    return None
