"""What is a command, and what a reader sees as somebody else's words, an example, or nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.conversation.grammar import LONGEST_ARGUMENT, Call, Verb, read_call


@pytest.mark.parametrize(
    ("body", "call"),
    [
        ("/goldseam retry look at `parse_date`\nplease", Call(Verb.RETRY, "look at parse_date")),
        ("Thanks!\n\n  /goldseam   UNDO", Call(Verb.UNDO)),
        ("text\n/goldseam explain src/fees.py:3", Call(Verb.EXPLAIN, "src/fees.py:3")),
        ("> /goldseam stop\n\n/goldseam pick 2", Call(Verb.PICK, "2")),
        ("/goldseam", Call(Verb.HELP)),
        ("/goldseam\tretry\there", Call(Verb.RETRY, "here")),
        ("/goldseam retry: here", Call(Verb.RETRY, "here")),
        ("/goldseam fly away", Call(None, "away")),
        ("/goldseam retry <b>bold</b> @you", Call(Verb.RETRY, "<>bold<> @you")),
        ("/goldseam stop\n/goldseam ignore", Call(Verb.STOP)),
    ],
)
def test_a_command_stands_at_the_start_of_a_line(body: str, call: Call) -> None:
    assert read_call(body) == call


@pytest.mark.parametrize(
    "body",
    [
        "> /goldseam undo\n/goldseam undo",  # GitHub shows the second line within the quote as well
        "```\n/goldseam undo\n```",
        "~~~\n/goldseam undo",
        "    /goldseam undo",
        "`/goldseam undo`",
        "- /goldseam undo",
        "# /goldseam undo",
        "<!--\n/goldseam undo\n-->",
        "a <!-- x\n/goldseam undo -->",
        "<b>x</b>/goldseam undo",
        "please /goldseam undo",
        "/goldseamundo",
        "/GOLDSEAM undo",
        "/g\N{GREEK SMALL LETTER OMICRON}ldseam undo",
        "/goldseam\N{ZERO WIDTH SPACE} undo",
        "",
    ],
)
def test_what_is_no_command(body: str) -> None:
    assert read_call(body) is None


@given(st.text(max_size=300))
def test_any_text_is_read_and_arguments_are_short_lines(text: str) -> None:
    call = read_call(f"/goldseam retry {text}")
    assert call is None or (len(call.argument) <= LONGEST_ARGUMENT and "\n" not in call.argument)
