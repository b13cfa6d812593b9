"""What a person sees of a patch on a terminal."""

from app.cli.terminal import patch_lines
from fixers.model import FileEdit
from fixers.patch import unified


def test_every_changed_line_is_shown_whatever_it_looks_like():
    patch = unified([FileEdit("b.py", "-- old\nsame\n", "++ b/new\nsame\n"), FileEdit("a.py", "x\x0cy\n", "z\n")])
    assert list(patch_lines(patch)) == ["a.py", "-x\x0cy", "+z", "b.py", "--- old", "+++ b/new"]
