"""How a text gets onto a page: escaped, with its invisible characters shown, by one environment for all templates.

Repository text is hostile. Two things hold for every expression of every template,
so that none has to remember them: HTML is escaped, and control, bidirectional and
invisible characters become readable escapes.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from flask import url_for
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from app.pages.diff import changed_files
from tasks.report.neutral import shortened, visible

# Beyond what the Markdown of a pull request has to fear: these reorder or split a line on a page too.
_ALSO_HIDDEN = re.compile("[\u00ad\u061c\u115f\u1160\u180b-\u180e\u2028\u2029\u3164\ufe00-\ufe0f\uffa0\ufff9-\ufffb]")


def templates() -> Environment:
    """Make the environment. A misspelt name in a template is an error, not an empty place."""
    made = Environment(
        loader=PackageLoader("app.pages"),
        autoescape=True,
        finalize=_shown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(age=age, words=_words, seconds=_seconds, counted=_counted, short=shortened)
    made.tests["web"] = _is_web
    made.globals.update(url_for=url_for, changed_files=changed_files)
    return made


def age(then: datetime, moment: datetime) -> str:
    """Say how long ago something was, in its largest unit: `3 min`."""
    passed = max(moment - then, timedelta())
    for unit, length in (("d", timedelta(days=1)), ("h", timedelta(hours=1)), ("min", timedelta(minutes=1))):
        if passed >= length:
            return f"{passed // length} {unit}"
    return f"{passed // timedelta(seconds=1)} s"


def _shown(value: object) -> object:
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return _ALSO_HIDDEN.sub(lambda m: f"\\u{{{ord(m.group()):X}}}", visible(value))


def _words(value: str) -> str:
    """Turn `not_reproduced` into words."""
    return str(value).replace("_", " ")


def _seconds(value: float) -> str:
    return f"{value:.1f} s" if value < 600 else f"{value / 60:.0f} min"


def _counted(number: int, noun: str) -> str:
    """Say `1 test` or `3 tests`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _is_web(address: str) -> bool:
    """Tell an address that may become a link from `javascript:` and the like."""
    return address.startswith(("https://", "http://"))
