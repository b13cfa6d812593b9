"""The fast check: fatal for what cannot work, a note for what looks odd, silent where Python leaves doubt."""

from __future__ import annotations

import pytest

from fixers.checks.scope import check_scope
from fixers.model import FileEdit

BASE = "import os\n\n\ndef f(x):\n    return g(x)\n\n\ndef g(a, b=1, *, c=2):\n    return a + b + c\n"


def edit(after: str, before: str = BASE) -> FileEdit:
    return FileEdit("pkg/mod.py", before, after)


FATAL = {
    "unbound": (BASE.replace("g(x)", "h(x)"), "the name h in f is bound nowhere"),
    "unbound-at-module-level": (BASE + "A = nowhere\n", "the name nowhere in top is bound nowhere"),
    "import-removed": (
        BASE.replace("import os\n", "").replace("g(x)", "os.getcwd()"),
        "the name os in f is bound nowhere",
    ),
    "local-of-another-function": (BASE.replace("g(x)", "g(a)"), "the name a in f is bound nowhere"),
    "too-many": (BASE.replace("g(x)", "g(x, 1, 2)"), "takes at most 2 positional"),
    "too-few": (BASE.replace("g(x)", "g()"), "needs a"),
    "unknown-keyword": (BASE.replace("g(x)", "g(x, d=1)"), "has no parameter d"),
    "twice": (BASE.replace("g(x)", "g(x, a=1)"), "would get a twice"),
    "keyword-only-missing": (BASE.replace("c=2", "c"), "needs c"),
    "method": (
        "class C:\n    def m(self, x):\n        return x\n\n    def n(self):\n        return self.m()\n",
        "needs x",
    ),
    "return-outside": (BASE + "return 1\n", "'return' outside function"),
    "yield-outside": (BASE + "yield 1\n", "'yield' outside function"),
    "await-outside": (BASE.replace("g(x)", "await g(x)"), "'await' outside async function"),
    "break-outside": (BASE + "break\n", "'break' outside loop"),
    "syntax": (BASE.replace("f(x):", "f(x)"), "line 4: expected ':'"),
    "nul": (BASE + "\0", "null bytes"),
}


@pytest.mark.parametrize(("after", "sentence"), FATAL.values(), ids=FATAL)
def test_a_candidate_that_cannot_work_is_fatal(after: str, sentence: str) -> None:
    report = check_scope(edit(after))
    assert len(report.fatal) >= 1
    assert sentence in report.fatal[0]


SILENT = {
    "same": BASE,
    "builtin": BASE.replace("g(x)", "len(x)"),
    "star-import": "from os import *\n" + BASE.replace("g(x)", "getcwd(x)"),
    "exec": "exec('h = 1')\n" + BASE.replace("g(x)", "h"),
    "global-statement": BASE + "\n\ndef set_up():\n    global h\n    h = 1\n\n\ndef use():\n    return h\n",
    "starred-call": BASE.replace("g(x)", "g(*x, **x)"),
    "rebound": BASE.replace("g(x)", "g(x, 1, 2, 3)") + "\n\ng = print\n",
    "decorated": BASE.replace("def g", "@os.fspath\ndef g").replace("g(x)", "g()"),
    "shadowed-by-parameter": BASE.replace("def f(x)", "def f(x, g)").replace("g(x)", "g()"),
    "comprehension": BASE.replace("g(x)", "[y for y in x if (z := y)]"),
    "nonlocal": BASE.replace("return g(x)", "def k():\n        nonlocal x\n        x = os\n    k()\n    return x"),
    "class-body": BASE + "\n\nclass C:\n    a = 1\n    b = a\n    d = __qualname__\n",
    "bound-attribute": (
        "class C:\n    def m(self, x):\n        self.m = print\n\n    def n(self):\n        self.m()\n"
    ),
}


@pytest.mark.parametrize("after", SILENT.values(), ids=SILENT)
def test_doubt_is_no_finding(after: str) -> None:
    assert check_scope(edit(after)).fatal == ()


def test_what_was_wrong_before_is_not_the_patch() -> None:
    before = "def f(x):\n    return nowhere(x)\n"
    assert check_scope(edit(before.replace("(x)\n", "(x) + 1\n"), before)).fatal == ()


def test_syntax_that_this_interpreter_never_understood_is_left_to_the_target() -> None:
    assert check_scope(edit("def f(x) =\n", "def f(x) -\n")).fatal == ()


def test_a_repaired_syntax_error_is_checked_like_any_other_text() -> None:
    assert check_scope(edit("def f(x):\n    return y\n", "def f(x)\n    return x\n")).fatal == (
        "pkg/mod.py: the name y in f is bound nowhere",
    )


@pytest.mark.parametrize(
    ("after", "note"),
    [
        pytest.param("import re\n" + BASE, "the import re is not used", id="import"),
        pytest.param(
            BASE.replace("    return g(x)", "    y = 1\n    return g(x)"), "y in f is not used", id="variable"
        ),
    ],
)
def test_unused_things_are_noted_but_not_fatal(after: str, note: str) -> None:
    report = check_scope(edit(after))
    assert report.fatal == ()
    assert len(report.notes) == 1
    assert note in report.notes[0]
