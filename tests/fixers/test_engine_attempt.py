"""Whole attempts: from a red tree to a proven patch, a question, or a reason."""

import json
from dataclasses import replace

import pytest
from engine_projects import ENDLESS, ENDLESS_TESTS, FEES, FIXED_LINE, PLAIN

from fixers.engine import attempt
from fixers.model import Reason
from fixers.runner.target import Start

FIXED_PATCH = """--- a/fees.py
+++ b/fees.py
@@ -3,6 +3,6 @@
 
 def late_fee(days):
     \"\"\"Fee for a payment that is `days` late; three days are free.\"\"\"
-    if days >= 3:
+    if days > 3:
         return days * 5
     return 0
"""  # noqa: W293 - a diff
WEAK = """from fees import late_fee


def test_grace():
    assert late_fee(3) == 0


def test_more():
    assert (late_fee(4), late_fee(9)) == (20, 45)
"""


def test_a_slip_is_repaired_and_the_evidence_is_complete(make_request, sandbox):
    request = make_request({"fees.py": FEES, "test_fees.py": PLAIN}, commit="c" * 40, seed=7)
    trace = attempt(request, sandbox)
    assert (trace.status, trace.patch) == ("fixed", FIXED_PATCH), trace.sentence
    evidence = trace.evidence
    assert evidence is not None
    assert (evidence.base_digest, evidence.base_commit) == (request.digest, "c" * 40)
    assert evidence.failing_before == evidence.passing_after == ("test_fees.py::test_fee[3-0]",)
    assert [c.purpose for c in evidence.commands] == [
        "baseline", "repeat", "repeat", "failing", "failing", "failing", "suite", "suite_shuffled",
    ]  # fmt: skip
    assert [c.seed for c in evidence.commands][-2:] == [None, 7]
    assert all(g.passed for g in evidence.gates)
    assert {"G1 tests", "static analysis", "failing tests", "whole suite", "whole suite, random order"} <= {
        g.name for g in evidence.gates
    }
    assert [c.tool for c in evidence.static] == ["compile", "ruff", "semgrep"]
    assert evidence.budget.exhausted
    assert evidence.budget.validated > 100
    assert evidence.behaviour is not None
    assert evidence.behaviour.calls > 5
    assert evidence.behaviour.differs_when[0] == "late_fee(3): returns 15 before, returns 0 after"
    assert set(trace.seconds) == {"reproduce", "localize", "repair", "verify"}
    assert trace.localization[0].path == "fees.py"


@pytest.mark.usefixtures("repeated_less")
def test_an_ambiguity_is_a_question_that_its_own_test_answers(make_request, sandbox):
    """Each offered test passes with its alternative, and with it the next attempt has one answer."""
    files = {"fees.py": FEES, "test_fees.py": WEAK}
    trace = attempt(make_request(files), sandbox)
    assert (trace.status, trace.reason) == ("declined", Reason.AMBIGUOUS), trace.sentence
    assert len(trace.alternatives) > 1
    right = next(a for a in trace.alternatives if f"+{FIXED_LINE}" in a.patch)
    assert len({a.outputs for a in trace.alternatives}) == len(trace.alternatives)
    assert "from fees import late_fee" in right.settling_test
    settled = attempt(make_request({**files, "test_settled.py": right.settling_test}), sandbox)
    assert (settled.status, settled.patch) == ("fixed", FIXED_PATCH), settled.sentence


WEAKER = '''"""Late fees."""


def late_fee(days):
    """Fee for a payment that is `days` late; three days are free."""
    days += 1
    if days > 3:
        return days * 5
    return 0
'''


@pytest.mark.usefixtures("repeated_less")
def test_a_deletion_that_passes_keeps_any_other_repair_from_being_proposed(make_request, sandbox):
    trace = attempt(make_request({"fees.py": WEAKER, "test_fees.py": PLAIN}), sandbox)
    assert (trace.status, trace.reason) == ("declined", Reason.AMBIGUOUS), trace.sentence
    assert trace.alternatives
    assert any(f.name == "search:superfluous-statement" and f.passed_failing_tests for f in trace.families)


CODEMODS = {
    "an import that is missing": (
        {
            "fees.py": "def late_fee(days):\n    return math.ceil(days * 2.5)\n\n\ndef other():\n    return 1\n",
            "test_fees.py": "from fees import late_fee\n\n\ndef test_fee():\n    assert late_fee(3) == 8\n",
        },
        "+import math\n",
        "codemod:missing-import",
    ),
    "a module that does not import": (
        {
            "fees.py": "LIMIT = math.inf\n\n\ndef late_fee(days):\n    return min(days * 5, LIMIT)\n",
            "test_fees.py": "from fees import late_fee\n\n\ndef test_fee():\n    assert late_fee(3) == 15\n",
        },
        "+import math\n",
        "codemod:missing-import",
    ),
    "an API that Python renamed": (
        {
            "fees.py": "import collections\n\n\ndef is_m(value):\n    return isinstance(value, collections.Mapping)\n",
            "test_fees.py": "from fees import is_m\n\n\ndef test_it():\n    assert is_m({}) and not is_m([])\n",
        },
        "collections.abc",
        "codemod:removed-stdlib",
    ),
}


@pytest.mark.usefixtures("repeated_less")
@pytest.mark.parametrize(("files", "line", "fixer"), CODEMODS.values(), ids=CODEMODS)
def test_a_rule_keyed_on_the_error_repairs_it(make_request, sandbox, files, line, fixer):
    trace = attempt(make_request(files), sandbox)
    assert (trace.status, trace.fixer) == ("fixed", fixer), trace.sentence
    assert line in trace.patch


def test_a_patch_that_only_hides_the_fault_is_not_proposed(make_request, sandbox):
    """Nothing right can be found here: the table that the test expects is a fact that the code does not hold."""
    files = {
        "fees.py": "def name(number):\n    return str(number)\n",
        "test_fees.py": "from fees import name\n\n\ndef test_it():\n    assert name(17) == 'seventeen'\n",
    }
    trace = attempt(make_request(files), sandbox)
    assert trace.status == "declined"
    assert trace.reason in {Reason.NO_CANDIDATE, Reason.AMBIGUOUS, Reason.REFUSED_BY_INTEGRITY}
    assert trace.patch == ""
    assert trace.localization[0].path == "fees.py"


def test_an_endless_loop_is_repaired(make_request, sandbox):
    files = {"fees.py": ENDLESS, "test_fees.py": ENDLESS_TESTS}
    trace = attempt(make_request(files, test_seconds=0.7, budget_candidates=30, budget_seconds=60.0), sandbox)
    shown = [trace.patch, *(a.patch for a in trace.alternatives)]
    assert any("+    while number > 1:" in patch for patch in shown), (trace.sentence, trace.families)


def test_the_same_tree_seed_and_budget_give_the_same_bytes(make_request, sandbox):
    request = make_request(
        {
            "src/shop/fees.py": FEES,
            "src/shop/__init__.py": "",
            "tests/test_fees.py": PLAIN.replace("from fees", "from shop.fees"),
        },
        source_roots=("src",),
        budget_candidates=130,
    )
    one, two = (attempt(request, sandbox) for _ in range(2))
    assert f"+{FIXED_LINE}" in one.alternatives[0].patch, one.sentence
    assert "--- a/src/shop/fees.py" in one.alternatives[0].patch
    assert timeless(one) == timeless(two)


def timeless(trace) -> str:
    """Return a trace without what may differ between two runs: how long things took."""

    def scrub(value):
        if isinstance(value, dict):
            return {k: scrub(v) for k, v in value.items() if k not in {"seconds", "seconds_used"}}
        return [scrub(v) for v in value] if isinstance(value, list) else value

    return json.dumps(scrub(trace.model_dump(mode="json")))


STRICT = {
    "notes.py": "def load(path):\n    with open(path) as file:\n        return file.read()\n",
    "test_notes.py": "from notes import load\n\n\ndef test_load(tmp_path):\n    path = tmp_path / 'a.txt'\n"
    "    path.write_text('x', encoding='utf-8')\n    assert load(path) == 'x'\n",
}


def test_warnings_that_are_errors_everywhere_are_none_of_ours(make_request, sandbox):
    """Our own code runs in the same process; the encoding that a test names too is no expected value."""
    request = make_request(STRICT)
    start, args = Start(("-X", "warn_default_encoding")), ("-W", "error::EncodingWarning")
    target = replace(request.target, start=start, pytest_args=args)
    trace = attempt(replace(request, target=target), sandbox)
    assert (trace.status, trace.fixer) == ("fixed", "codemod:platform-encoding"), trace.sentence
    assert '+    with open(path, encoding="utf-8") as file:' in trace.patch
    assert trace.evidence is not None
    assert trace.evidence.python_options == start.options
