"""Small real projects that codemods repair, from the failing run to the proof."""

import pytest

from fixers.engine import attempt

MERGE = {
    "till.py": '''"""Prices."""

RATES = {"food": 7, "other": 19}


<<<<<<< HEAD
def gross(price, kind="other"):
    return round(price * (1 + RATES[kind] / 100), 2)
=======
def gross(price):
    return price * 1.19
>>>>>>> feature/simple
''',
    "test_till.py": "from till import gross\n\n\ndef test_it():\n    assert gross(100, 'food') == 107\n",
}
UNCLOSED = {
    "till.py": "def gross(price):\n    return round(price * 1.19, 2\n\n\ndef net(price):\n    return price / 1.19\n",
    "test_till.py": "from till import gross\n\n\ndef test_it():\n    assert gross(100) == 119\n",
}
CASES = {
    "a merge left its markers": (MERGE, "codemod:merge-conflict", "-<<<<<<< HEAD\n"),
    "a bracket is missing": (UNCLOSED, "codemod:syntax-slip", "+    return round(price * 1.19, 2)\n"),
}


@pytest.mark.parametrize(("files", "fixer", "line"), CASES.values(), ids=CASES)
def test_the_rule_repairs_it(make_request, sandbox, files, fixer, line):
    trace = attempt(make_request(files, budget_candidates=300), sandbox)
    assert trace.status == "fixed", trace.sentence
    assert trace.fixer == fixer
    assert line in trace.patch
