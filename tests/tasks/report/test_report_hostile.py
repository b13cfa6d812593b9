"""Whatever a repository prints or a person asks, nobody is notified and nothing is linked, loaded or forged."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from test_report_pull import CONTEXT, HOSTILE, KEY, trace

from tasks.report import answers
from tasks.report.neutral import block, cell, inline, prose, prose_cell
from tasks.report.pull import check_output, pull_body, pull_title, read_marker

PIECES = (
    "@octocat", "@acme/team", "@everyone", "fixes #1", "closes acme/billing#2", "GH-3", "acme/billing@9f31c2e",
    "http://evil.example", "https://", "www.evil.example", "ftp://x", "mailto:a@b.example", "<a href=x>", "</a>",
    "![x](http://evil.example/p)", "[x](y)", "[x]: http://evil.example", "<img src=x>", "<details>", "</details>",
    "<summary>", "<!-- goldseam:fingerprint=f:0 -->", "<!--", "-->", "`", "``", "```", "````", "~~~", "|", "\\",
    "*", "_", "#", "&lt;", "&#64;octocat", "&commat;", "\n", "\r", "\t", " ", "\x1b[31m", "\x1b]8;;http://x\x07",
    "\u202e", "\u200b", "\u2066", "\ufeff", "\U000e0041", "::set-env name=X::y", "::stop-commands::z", "- ", "> ",
    "1. ", "    ", "---", "===", "$x^2$", ":tada:", "a", "é", "字",
)  # fmt: skip
TEXTS = st.lists(st.one_of(st.sampled_from(PIECES), st.characters()), max_size=12).map("".join)
OWN = ("https://github.example/", "https://goldseam.example/")
READER = MarkdownIt("commonmark", {"html": True}).enable("table")


def read(markdown: str) -> tuple[str, str]:
    """Return what GitHub would render, and of it what does not stand in code."""
    html = READER.render(markdown)
    return html, re.sub(r"<(pre|code)\b.*?</\1>", "", html, flags=re.DOTALL)


def assert_harmless(markdown: str, *, details: int = 0) -> None:
    _, outside = read(markdown)
    shown = re.sub(r"<!--.*?-->", "", outside, flags=re.DOTALL)
    assert not re.search(r"<(img|script|iframe|video|svg|object|form|input|style|link)\b", shown)
    assert [link for link in re.findall(r'(?:href|src)="([^"]*)"', shown) if not link.startswith(OWN)] == []
    assert shown.count("<details>") == shown.count("</details>") == details
    text = re.sub(r"<[^>]*>", "", shown)
    assert not re.search(r"(?<![\w&])@\w", text), "a mention"
    assert not re.search(r"(?<!&)#\d|GH-\d", text), "a reference"
    assert not re.search(r"\w://|(?<!\w)www\.\w", re.sub(r"https://(github|goldseam)\.example\S*", "", text)), "a link"
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b-\u200f\ufeff\x1b\U000e0000-\U000e0fff]", markdown)
    assert not re.search(r"(?m)^::", markdown), "a command to the runner"


@pytest.mark.parametrize("render", [prose, inline, block, prose_cell, cell], ids=lambda f: f.__name__)
@settings(max_examples=80, deadline=None)
@given(text=TEXTS)
def test_every_way_of_showing_text_is_harmless(render, text):
    assert_harmless(f"Before. {render(text)}" if render is not block else f"Before.\n\n{block(text)}\n\nAfter.")


@settings(max_examples=40, deadline=None)
@given(text=TEXTS)
@example(text="".join(HOSTILE))
def test_a_whole_pull_request_is_harmless_and_its_markers_are_ours(text):
    seen = trace(text)
    body = pull_body(seen, CONTEXT, bundle="https://goldseam.example/attempts/3/evidence.json", key=KEY)
    assert_harmless(body, details=1)
    assert read_marker(KEY, "fingerprint", body) == "f" * 64
    assert len(body) <= 60_000
    assert "\n" not in pull_title(seen)
    output = check_output(seen)
    assert_harmless(output.summary)
    assert_harmless(output.text)


@settings(max_examples=40, deadline=None)
@given(text=TEXTS)
def test_an_answer_to_a_hostile_question_is_harmless(text):
    assert_harmless(answers.explanation(trace(text), f"fees {text}"))
    assert_harmless(answers.explanation(trace(text), ""), details=1)
