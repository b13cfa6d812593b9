"""What a person sees of a patch on a terminal."""

import io

import pytest
from rich.console import Console

from app.cli.terminal import patch_lines, show_trace
from fixers.evidence import Trace
from fixers.model import FileEdit, Suspect
from fixers.patch import unified

HOSTILE = [
    "\x1b[31mred\x1b[0m",
    "\x1b]8;;http://evil.example\x07link\x1b]8;;\x07",
    "\x1b]0;title\x07",
    "up\x1b[2Aand over",
    "\u202eexe.\u2066x\u2069",
    "a\rb\x08c\x00d\x9bm",
    "::set-env name=X::y",
    "x\n::add-mask::y\n   ::stop-commands::z",
    "##[group]x\n ##[endgroup]",
]


def test_every_changed_line_is_shown_whatever_it_looks_like():
    patch = unified([FileEdit("b.py", "-- old\nsame\n", "++ b/new\nsame\n"), FileEdit("a.py", "x\x0cy\n", "z\n")])
    assert list(patch_lines(patch)) == ["a.py", "-x\x0cy", "+z", "b.py", "--- old", "+++ b/new"]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_a_repository_printed_steers_a_terminal_or_a_runner(text):
    suspect = Suspect(path=text, function=text, line=1, end_line=1, score=1.0, reasons=(text,))
    patch = unified([FileEdit("a.py", "x\n", f"{text}\n")])
    declined = Trace(goldseam_version="1", status="declined", sentence=text, next_step=text, notes=(text,))
    fixed = Trace(goldseam_version="1", status="fixed", sentence=text, choice=text, patch=patch, notes=(text,))
    for trace in (declined.model_copy(update={"localization": (suspect,)}), fixed):
        out = io.StringIO()
        show_trace(Console(file=out, width=300, force_terminal=False), trace, path=".", evidence_file="e.json")
        printed = out.getvalue()
        assert not [c for c in printed if c not in "\n\t" and (ord(c) < 32 or 127 <= ord(c) < 160)]
        assert not [c for c in printed if "\u202a" <= c <= "\u202e" or "\u2066" <= c <= "\u2069"]
        assert not [line for line in printed.splitlines() if line.lstrip().startswith(("::", "##["))]
