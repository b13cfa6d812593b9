"""Datetimes without a time zone, and how they are written with UTC."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from fixers.codemods.crash import Site
from fixers.codemods.workfile import Workfile
from fixers.project import Project

CLOCKS = {"datetime.datetime.now": 0, "datetime.datetime.utcnow": 0, "datetime.datetime.utcfromtimestamp": 1}
"""What reads a clock and gives a datetime without a zone, and with how many arguments."""
_TEXTS = {
    "datetime.datetime.now": "{owner}.now({zone})",
    "datetime.datetime.utcnow": "{owner}.now({zone})",
    "datetime.datetime.utcfromtimestamp": "{owner}.fromtimestamp({args}, {zone})",
}
_PARSERS = {"datetime.datetime.strptime": 2, "datetime.datetime.fromisoformat": 1}
_ZONES = ("%z", "%Z")


def is_naive_clock(work: Workfile, call: cst.Call) -> bool:
    """Say whether a call reads a clock and asks for no zone."""
    return _is_plain(work, call, CLOCKS)


def zoned(work: Workfile, call: cst.Call) -> None:
    """Have a clock read in UTC."""
    zone = work.spelled("datetime.timezone")
    if zone is None or not isinstance(call.func, cst.Attribute):
        return
    args = ", ".join(work.source.code(arg.value) for arg in call.args)
    text = _TEXTS[work.real(call.func)].format(owner=work.source.code(call.func.value), zone=f"{zone}.utc", args=args)
    work.edits.put(call, cst.parse_expression(text))


def in_utc(project: Project, site: Site) -> dict[str, str]:
    """Return the failing file's text with every clock and every text without a zone read in UTC.

    Only where some file of the project says UTC already: then that is the zone in which it thinks.
    """
    if not any(_speaks_of_utc(text) for text in project.files.values()):
        return {}
    work = Workfile.of(project, site.path, site.source.text, site.line)
    if work is None:
        return {}
    for call in work.source.all(cst.Call):
        if is_naive_clock(work, call):
            zoned(work, call)
    for call in _read_from_texts(work):
        if (zone := work.spelled("datetime.timezone")) is not None:
            work.edits.put(call, cst.parse_expression(f"{work.source.code(call)}.replace(tzinfo={zone}.utc)"))
    return {site.path: work.edits.text()} if work.edits.changes else {}


def _read_from_texts(work: Workfile) -> Iterator[cst.Call]:
    """Yield the calls that read a datetime from a text which says no zone, and are given none afterwards."""
    for call in work.source.all(cst.Call):
        if not _is_plain(work, call, _PARSERS):
            continue
        form = call.args[-1].value
        says_zone = isinstance(form, cst.SimpleString) and any(zone in form.value for zone in _ZONES)
        known = work.real(call.func).endswith("strptime") and isinstance(form, cst.SimpleString)
        after = work.source.parents[call]
        given = isinstance(after, cst.Attribute) and after.attr.value in {"replace", "astimezone", "date", "time"}
        if known and not says_zone and not given:
            yield call


def _is_plain(work: Workfile, call: cst.Call, among: dict[str, int]) -> bool:
    plain = not any(arg.keyword or arg.star for arg in call.args)
    return plain and among.get(work.real(call.func), -1) == len(call.args)


def _speaks_of_utc(text: str) -> bool:
    return "timezone.utc" in text or "datetime.UTC" in text or "import UTC" in text
