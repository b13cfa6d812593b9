"""No text out of a repository sets an output, gives a command, or breaks out of the summary."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from action_runner import BadFile, Said, commands_in, read_values

from app.action.annotations import MOST, remarks
from app.action.commands import command, stopped
from app.action.outputs import append_values
from app.action.summary import LIMIT, summary
from fixers.evidence import Trace
from fixers.model import FileEdit
from fixers.patch import unified
from tasks.report.quotable import quotable

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "trace-1.0.json"
HOSTILE = (
    "x\n::set-output name=status::fixed",
    "x\r::add-mask::e",
    "x\r\n##[set-env name=PATH]evil",
    "x::error::y",
    "%0A::add-path::/evil",
    "a\nEOF\nstatus=fixed\nb<<EOF\n",
    "::stop-commands::0123456789abcdef0123",
    "title,file=/etc/passwd,line=1::message",
    "\x1b[31m\u202e\u2028::warning::z",
)


@pytest.fixture
def trace() -> Trace:
    return Trace.model_validate_json(GOLDEN.read_bytes())


@pytest.mark.parametrize("text", HOSTILE)
def test_the_runner_of_these_tests_would_notice(text):
    """Printed or written as it is, such a text does something: else the tests below could not fail."""
    if text.startswith("::stop"):
        with pytest.raises(AssertionError, match="still stopped"):
            commands_in(text)
    elif "EOF" not in text and "%" not in text and "title," not in text:
        assert commands_in(text.replace("x::", "::").replace("\x1b[31m\u202e\u2028", "")) != []


@pytest.mark.parametrize("text", HOSTILE)
def test_a_command_stays_one_command(text):
    line = command("warning", text, file=text, title=text)
    assert line.isprintable()
    (said,) = commands_in(line)
    assert (said.name, set(said.properties)) == ("warning", {"file", "title"})
    assert said.message == said.properties["file"]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_printed_between_stops_commands_nothing(text):
    stream = io.StringIO()
    with stopped(stream):
        print(text, file=stream)
    print(command("notice", "after"), file=stream)
    assert commands_in(stream.getvalue()) == [Said("notice", {}, "after")]


def test_commands_are_taken_up_again_after_an_error():
    stream = io.StringIO()
    with pytest.raises(ZeroDivisionError), stopped(stream):
        raise ZeroDivisionError
    assert commands_in(stream.getvalue() + command("error", "said")) == [Said("error", {}, "said")]


@pytest.mark.parametrize("text", HOSTILE)
def test_an_output_holds_its_value_and_sets_no_other(text, tmp_path):
    file = tmp_path / "output"
    append_values(file, {"first": text, "second": text})
    values = read_values(file)
    assert set(values) == {"first", "second"}
    assert values["first"] == text.replace("\r\n", "\n").replace("\r", "\n")


def test_a_delimiter_of_everyday_use_would_not_do(tmp_path):
    file = tmp_path / "output"
    file.write_text("sentence<<EOF\na\nEOF\nstatus=fixed\nEOF<<EOF\n\nEOF\n")
    assert read_values(file)["status"] == "fixed"
    file.write_text("sentence<<EOF\na\nEOF\nb\nEOF\n")
    with pytest.raises(BadFile):
        read_values(file)


@pytest.mark.parametrize("text", HOSTILE)
def test_annotations_of_a_hostile_trace_are_warnings_at_its_places(trace, text):
    suspects = tuple(s.model_copy(update={"path": text, "reasons": (text,)}) for s in trace.localization)
    declined = trace.model_copy(update={"status": "declined", "patch": "", "localization": suspects})
    said = commands_in("\n".join(remarks(declined)))
    assert said
    assert {each.name for each in said} == {"warning"}
    assert all(each.properties["title"] == "Goldseam: suspicious here" for each in said)


def test_there_are_no_more_annotations_than_github_shows(trace):
    edits = [FileEdit(f"m{number}.py", "a = 1\n", "a = 2\n") for number in range(30)]
    assert len(list(remarks(trace.model_copy(update={"patch": unified(edits)})))) == MOST


def test_a_line_that_is_added_is_annotated_above(trace):
    edit = FileEdit("m.py", "one\ntwo\nthree\n", "one\ntwo\nnew\nthree\n")
    (said,) = commands_in("\n".join(remarks(trace.model_copy(update={"patch": unified([edit])}))))
    assert (said.properties["line"], said.properties["endLine"]) == ("2", "2")


def test_a_summary_of_hostile_text_interprets_none_of_it(trace):
    evil = "<img src=x> @octocat closes #1 ![p](http://e.example/p.png) </details>"
    failure = trace.failures[0].model_copy(update={"message": evil, "test_ids": (evil,)})
    page = summary(trace.model_copy(update={"sentence": evil, "failures": (failure,)}))
    # Within a code span or a fence, or with its signs escaped: nowhere as it was written.
    outside = "".join(page.split("`")[::2])
    assert "<img" not in outside.replace("\\<", "")
    assert "@octocat" not in outside
    assert outside.count("</details>") == 1


def test_a_summary_stays_under_what_github_shows(trace):
    wide = trace.model_copy(update={"notes": tuple("ä" * 500 for _ in range(4000))})
    page = summary(wide)
    assert len(page.encode()) <= LIMIT
    assert page.endswith("… the rest of the trace is in the artifact.\n\n</details>\n")
    assert "### 6. The evidence" in page
    assert "### 7." not in page, "a section that does not fit is left out whole"
    assert page.count("<details>") == page.count("</details>") == 1


def test_what_looks_like_a_token_is_quoted_nowhere(trace):
    """Escaped first, `ghp_` would be `ghp\\_`, which no rule knows, and which GitHub shows as the token."""
    token = f"ghp_{'a1B2' * 9}"
    told = trace.model_copy(update={"sentence": f"Fixed: {token}", "choice": token, "notes": (token,)})
    page = summary(quotable(told))
    assert token[4:] not in page
    assert page.count("secret removed") >= 3
    assert quotable(trace) == trace


def test_the_golden_trace_is_one_that_was_repaired():
    assert json.loads(GOLDEN.read_bytes())["status"] == "fixed"
