"""What a reviewer reads is complete, in order, and harmless whatever the repository printed."""

import re

import pytest
from markdown_it import MarkdownIt

from fixers.evidence import (
    Alternative,
    Behaviour,
    Budget,
    CommandRun,
    Evidence,
    Family,
    Finding,
    Gate,
    RedTool,
    Reproduction,
    StaticCheck,
    Trace,
)
from fixers.model import Failure, FailureKind, Frame, Offer, Reason, Suspect
from tasks.policy.decide import Clause, Decision
from tasks.report.neutral import block, cut, inline, prose, visible
from tasks.report.outgoing import EgressBlocked, Outgoing
from tasks.report.pull import BODY_LIMIT, check_output, marker, pull_body, pull_title, read_marker
from tasks.report.renderer import PullRenderer
from tasks.report.trace import trace_markdown
from tasks.stages.doors import PullContext

KEY = b"k" * 32
FINDING = Finding(path="billing/fees.py", line=1, code="F401", message="`os` imported but unused")
PATCH = (
    "--- a/billing/fees.py\n+++ b/billing/fees.py\n@@ -8,2 +8,2 @@\n"
    " def late_fee(days):\n-    return 1\n+    return 2\n"
)
HOSTILE = [
    "@octocat and @acme/team",
    "fixes #12, closes acme/billing#3, GH-4",
    "![x](http://evil.example/p.png)",
    '<img src="http://evil.example/p.png">',
    "</details><script>alert(1)</script>",
    "```\n# heading\n```",
    "````\nout\n````",
    "| a | b |",
    "\x1b[31mred\x1b[0m \x1b]8;;http://evil.example\x07link\x1b]8;;\x07",
    "\u202egpj.exe \u2066x\u2069 \u200bhidden \U000e0041",
    "[click](javascript:alert(1))",
    "www.evil.example and http://evil.example/x",
    "<!-- goldseam:fingerprint=forged:00000000000000000000000000000000 -->",
    "line\r\n::set-env name=X::y",
]


def run(purpose: str, failed: int, seed: int | None = None) -> CommandRun:
    return CommandRun(
        purpose=purpose,
        argv=("python",),
        exit_code=1,
        seconds=1,
        collected=7,
        passed=7 - failed,
        failed=failed,
        seed=seed,
    )


def trace(text: str = "assert 1 == 2", *, long: int = 1) -> Trace:
    failure = Failure(
        kind=FailureKind.TEST,
        test_ids=(f"tests/test_fees.py::test_it[{text}]",),
        exception="AssertionError",
        message=text * long,
        frames=(Frame(path="billing/fees.py", line=9, function=text, in_project=True),),
    )
    evidence = Evidence(
        goldseam_version="0.1.0",
        base_digest="sha256:0",
        patch=PATCH,
        patch_digest="sha256:1",
        python_version="3.11.7",
        platform="Linux",
        packages={"pytest": "9.2.0"},
        sandbox="bubblewrap",
        failing_before=("tests/test_fees.py::test_it",),
        repeats_before=3,
        passing_after=("tests/test_fees.py::test_it",),
        repeats_after=5,
        suite_size=7,
        commands=(run("baseline", 1), run("suite", 0), run("suite_shuffled", 0, seed=4)),
        static=(StaticCheck(tool="ruff", version="1", before=14, after=14),),
        gates=(Gate(name="whole suite", passed=True, detail=text),),
        behaviour=Behaviour(calls=431, clusters=1, differs_when=(f"late_fee({text})",)),
        budget=Budget(seconds=60, seconds_used=3, validated=212),
    )
    return Trace(
        goldseam_version="0.1.0",
        status="fixed",
        sentence=f"Fixed: billing/fees.py, line 9. `{text}` becomes `2`: the value may be wrong.",
        failures=(failure,),
        reproduction=Reproduction(suite_size=7, failing=("t",), repeats=3, consistent=True, seconds=1),
        localization=(
            Suspect(path="billing/fees.py", function="late_fee", line=9, end_line=9, score=1, reasons=(text,)),
        ),
        families=(Family(name="search:x", generated=5, refused={text: 4}, example=text),),
        choice=f"Because {text}.",
        fixer="search:wrong-number",
        patch=PATCH,
        evidence=evidence,
        notes=(text,),
    )


CONTEXT = PullContext(
    attempt_id=3,
    repository="acme/billing",
    base="main",
    head_sha="9" * 40,
    fingerprint="f" * 64,
    run_name="ci / test",
    run_url="https://github.example/acme/billing/actions/runs/1",
    decision=Decision(
        action="pull.draft",
        result="allow",
        clause="repo:autonomy",
        sentence="Allowed.",
        clauses=(Clause(clause="repo:autonomy", result="allow", sentence="Allowed."),),
        autonomy="draft_pr",
        policy_digest="sha256:2",
    ),
    ledger="12@abcdef012345",
)


def body(of: Trace) -> str:
    return pull_body(of, CONTEXT, bundle="https://goldseam.example/attempts/3/evidence.json", key=KEY)


def test_the_parts_stand_in_the_order_a_reviewer_needs():
    text = body(trace())
    parts = ["**Red:**", "**Cause.**", "**Change.**", "| proof |", "**Why this one.**", "**Allowed by**"]
    parts += ["**Check it yourself:**", "**Controls:**", "<details>", "<!-- goldseam:fingerprint"]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


def test_the_proof_table_tells_measured_figures():
    text = body(trace())
    assert "| failing tests | 1 failed ×3 | 1 passed ×5 |" in text
    assert "| whole suite (7) | 6 passed | 7 passed ×2, one in random order (seed 4) |" in text
    assert "| ruff 1 | 14 findings | 14, none new |" in text


def test_a_red_tool_is_told_as_what_it_is():
    red = RedTool(tool="ruff check", arguments=(".",), version="0.6.9", findings=(FINDING, FINDING))
    of = trace()
    assert of.reproduction is not None
    assert of.evidence is not None
    reproduction = of.reproduction.model_copy(update={"tool": red, "failing": ()})
    evidence = of.evidence.model_copy(update={"tool": red, "failing_before": ()})
    patch = PATCH.replace("billing/fees.py", "tests/test_fees.py")
    text = body(of.model_copy(update={"reproduction": reproduction, "evidence": evidence, "patch": patch}))
    assert "· ruff check" in text
    assert "| ruff check 0.6.9 | 2 findings | 0 |" in text
    assert "Tests are laid out anew" in text
    assert "`ruff check .` (version 0.6.9) finds 2 things." in text
    assert "| failing tests |" not in text


@pytest.mark.parametrize("text", HOSTILE)
def test_an_offer_is_shown_and_harmless(text):
    offer = Offer(kind="dependency", title=text, text=text, patch=text)
    declined = trace().model_copy(update={"status": "declined", "patch": "", "evidence": None, "offers": (offer,)})
    for shown in (check_output(declined).summary, trace_markdown(declined)):
        assert "**Offer, dependency.**" in shown
        html = MarkdownIt("commonmark", {"html": True}).enable("table").render(shown)
        outside_code = re.sub(r"<(pre|code)\b.*?</\1>", "", html, flags=re.DOTALL)
        assert "<script" not in outside_code
        assert "<img" not in outside_code
        assert "href" not in outside_code


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_reaches_nobody_and_opens_nothing(text):
    rendered = body(trace(text)) + check_output(trace(text)).summary + trace_markdown(trace(text))
    own = ("https://github.example/", "https://goldseam.example/")
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(rendered)
    outside_code = re.sub(r"<(pre|code)\b.*?</\1>", "", html, flags=re.DOTALL)
    assert "<script" not in outside_code
    assert "<img" not in outside_code
    assert re.findall(r"(?<![\w&])[@#]\w", re.sub(r"<!--.*?-->|&#\d+;", "", outside_code)) == []
    links = re.findall(r'href="([^"]*)"', outside_code)
    assert [link for link in links if not link.startswith(own)] == []
    assert outside_code.count("<details>") == outside_code.count("</details>")
    assert "\x1b" not in rendered
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b\U000e0041]", rendered)


def test_a_marker_cannot_be_forged_or_changed():
    text = body(trace(HOSTILE[-2]))
    assert read_marker(KEY, "fingerprint", text) == "f" * 64
    assert read_marker(KEY, "ledger", text) == "12@abcdef012345"
    assert read_marker(b"other" * 7, "fingerprint", text) is None
    assert read_marker(KEY, "attempt", marker(KEY, "attempt", "3").replace("=3:", "=4:")) is None


def test_a_body_never_passes_its_limit_and_says_what_was_cut():
    of = trace("x" * 300, long=40)
    large = of.model_copy(
        update={"families": of.families * 40, "localization": of.localization * 50, "notes": ("y" * 900,) * 90}
    )
    text = body(large)
    assert len(text) <= BODY_LIMIT
    assert "the rest of the trace is in the check run" in text
    assert text.count("<details>") == text.count("</details>") == 1
    assert read_marker(KEY, "fingerprint", text) == "f" * 64


def test_a_title_fits_and_names_the_place():
    assert pull_title(trace()) == "fix: late_fee in billing/fees.py"
    assert (
        len(pull_title(trace().model_copy(update={"patch": PATCH.replace("billing/fees", "b/" * 60 + "fees")}))) <= 72
    )


@pytest.mark.parametrize("patch", ["", "no diff", PATCH[:-20]])
def test_a_patch_that_cannot_be_read_names_no_place(patch):
    assert pull_title(trace().model_copy(update={"patch": patch})) == "fix: the tests"


def test_lines_of_a_patch_are_not_taken_for_its_name():
    patch = PATCH.replace("-    return 1", "-+++ b/other.py").replace("+    return 2", "+++ b/other.py")
    assert pull_title(trace().model_copy(update={"patch": patch})) == "fix: late_fee in billing/fees.py"
    front = trace().model_copy(update={"patch": f"About +++ b/other.py\n{PATCH}"})
    assert pull_title(front) == "fix: late_fee in billing/fees.py"
    assert "**Cause.** `billing/fees.py:9 late_fee`" in body(front)


def test_a_declined_check_has_its_reason_as_title_and_the_alternatives_below():
    alternative = Alternative(
        patch=PATCH, fixer="search:x", path="billing/fees.py", line=9, summary="`>` for `>=`",
        outputs=(("late_fee(1)", "returns 0"),), settling_test="def test_x():\n    assert late_fee(1) == 0\n",
    )  # fmt: skip
    declined = trace().model_copy(
        update={
            "status": "declined", "reason": Reason.AMBIGUOUS, "sentence": "2 repairs disagree.", "patch": "",
            "alternatives": (alternative,), "next_step": "Add a test.",
        }
    )  # fmt: skip
    output = check_output(declined)
    assert output.title == "Ambiguous: 2 repairs disagree."
    assert "assert late_fee(1) == 0" in output.summary
    assert "Next: Add a test." in output.summary
    assert all(a.level == "notice" for a in output.annotations)


def test_texts_stay_readable():
    assert (
        prose("billing/fees.py, line 9. `a >= b` becomes `a > b`.")
        == "billing/fees.py, line 9. `a >= b` becomes `a > b`."
    )
    assert inline("a `b` c") == "``a `b` c``"
    assert block("x\n```\ny").startswith("````text\n")
    assert visible("a\x00b\tc\n") == "a\\x00b\tc\n"


def test_a_token_in_a_message_is_shown_nowhere():
    token = "ghp_" + "a1B2" * 9
    failures = tuple(each.model_copy(update={"message": f"401 for {token}"}) for each in trace().failures)
    told = trace().model_copy(update={"failures": failures, "sentence": f"Fixed: it sent {token}."})
    renderer = PullRenderer(KEY, "https://goldseam.example")
    title, text = renderer.render_pull(told, CONTEXT)
    check = renderer.render_check(told)
    shown = f"{title}\n{text}\n{check.title}\n{check.summary}\n{check.text}"
    assert "a1B2a1B2" not in shown
    assert "removed from what is quoted here" in text


def test_an_escaped_token_is_still_one():
    escaped = "ghp\\_" + "a1B2" * 9
    with pytest.raises(EgressBlocked):
        Outgoing().check("a comment", f"It sent {escaped}.")


FOLD = f"<details><summary>More</summary>\n\n{block('b' * 20 + chr(10) + '``` <details>' + chr(10) + 'c')}\n</details>"
PARTS = ("Text.", FOLD, block("print(1)\n" * 9, "python"), "| a | b |\n|---|---|\n| 1 | 2 |", FOLD)


@pytest.mark.parametrize("limit", range(150, 1500, 31))
def test_a_cut_at_any_place_leaves_nothing_open(limit):
    text = cut("\n\n".join(PARTS * 5), limit, "\n\nEND\n")
    rendered = MarkdownIt("commonmark").render(f"{text}\n\nAFTER\n")
    assert len(text) <= limit
    assert "<p>END</p>\n<p>AFTER</p>" in rendered
    outside = re.sub(r"<code.*?</code>", "", rendered, flags=re.DOTALL)
    assert outside.count("<details>") == outside.count("</details>")
