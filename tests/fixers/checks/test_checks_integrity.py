"""Every rule refuses its cheats; honest repairs pass all of them."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from textwrap import dedent

import pytest

from fixers.checks.integrity import integrity_gates
from fixers.model import FileEdit


@dataclass(frozen=True)
class Case:
    name: str
    before: str
    after: str
    path: str = "pkg/mod.py"
    literals: tuple[object, ...] = ()


def edit_of(case: Case) -> FileEdit:
    return FileEdit(case.path, dedent(case.before), dedent(case.after))


def refusing(case: Case) -> set[str]:
    gates = integrity_gates([edit_of(case)], test_literals=case.literals)
    return {gate.name.split()[0] for gate in gates if not gate.passed}


MADE = "class T:\n    def __init__(self):\n        self.x = 1\n\n"
TEST_METHOD = "    def test_x(self):\n        assert self.x\n\n"
PLAIN = "def f(x):\n    return x\n"
BAD: dict[str, tuple[Case, ...]] = {
    "G1": tuple(
        Case(path, "assert f() == 1\n", "assert f() == 2\n", path)
        for path in (
            "tests/test_rate.py",
            "src/pkg/test_rate.py",
            "pkg/rate_test.py",
            "Tests/Test_Rate.py",
            "pkg/__snapshots__/rate.py",
            "pkg/testing/cases.py",
            "tests/data/expected.json",
        )
    ),
    "G2": tuple(
        Case(path, "a = 1\n", "a = 2\n", path)
        for path in ("pytest.ini", "pyproject.toml", "tox.ini", "noxfile.py", "setup.cfg", "sitecustomize.py", "x.pth")
    ),
    "G3": tuple(
        Case(path, "a: 1\n", "a: 2\n", path)
        for path in (
            ".github/workflows/ci.yml",
            "CODEOWNERS",
            "docs/CODEOWNERS",
            ".gitlab-ci.yml",
            ".pre-commit-config.yaml",
            "goldseam.toml",
            "Makefile",
            ".semgrepignore",
        )
    ),
    "G4": (
        Case(
            "broad",
            PLAIN,
            "def f(x):\n    try:\n        return x\n    except Exception:\n        return None\n",
        ),
        Case("bare", PLAIN, "def f(x):\n    try:\n        return x\n    except:\n        return None\n"),
        Case(
            "in-a-tuple",
            PLAIN,
            "def f(x):\n    try:\n        return x\n    except (KeyError, BaseException):\n        return None\n",
        ),
        Case(
            "alias",
            PLAIN,
            "E = Exception\n\n\ndef f(x):\n    try:\n        return x\n    except E:\n        return None\n",
        ),
        Case(
            "named-tuple-of-types",
            PLAIN,
            "ERRORS = (ValueError, Exception)\n\n\ndef f(x):\n    try:\n        return x\n"
            "    except ERRORS:\n        return None\n",
        ),
        Case(
            "computed",
            PLAIN,
            "def f(x):\n    try:\n        return x\n    except tuple([Exception]):\n        return None\n",
        ),
        Case(
            "narrow-made-broad",
            "def f(x):\n    try:\n        return x\n    except KeyError:\n        return None\n",
            "def f(x):\n    try:\n        return x\n    except Exception:\n        return None\n",
        ),
        Case(
            "raising-handler-made-silent",
            "def f(x):\n    try:\n        return x\n    except Exception:\n        close()\n        raise\n",
            "def f(x):\n    try:\n        return x\n    except Exception:\n        close()\n",
        ),
        Case(
            "moved-from-another-function",
            "def g(x):\n    try:\n        h()\n    except Exception:\n        x()\n\n\ndef f(x):\n    x()\n",
            "def g(x):\n    h()\n\n\ndef f(x):\n    try:\n        x()\n    except Exception:\n        h()\n",
        ),
        Case(
            "suppress-more",
            "import contextlib as c\n\n\ndef f(x):\n    try:\n        x()\n    except KeyError:\n        pass\n",
            "import contextlib as c\n\n\ndef f(x):\n    with c.suppress(Exception):\n        x()\n",
        ),
        Case("pass", PLAIN, "def f(x):\n    try:\n        x()\n    except KeyError:\n        pass\n    return x\n"),
        Case("ellipsis", PLAIN, "def f(x):\n    try:\n        x()\n    except KeyError:\n        ...\n    return x\n"),
        Case(
            "suppress",
            PLAIN,
            "from contextlib import suppress as s\n\n\ndef f(x):\n    with s(KeyError):\n        return x\n",
        ),
        Case("finally", PLAIN, "def f(x):\n    try:\n        return g(x)\n    finally:\n        return x\n"),
        Case("exit", "class C:\n    pass\n", "class C:\n    def __exit__(self, *a):\n        return True\n"),
        Case("type-ignore", PLAIN, "def f(x):\n    return x  # type: ignore[no-any-return]\n"),
        Case("noqa", PLAIN, "def f(x):\n    return x  # NOQA: F821\n"),
        Case("nosemgrep", PLAIN, "def f(x):\n    return x  # nosemgrep: eval\n"),
        Case("no-cover", PLAIN, "def f(x):\n    return x  # pragma: no cover\n"),
        Case("assert-dropped", "def f(x):\n    assert x\n    return x\n", PLAIN),
        Case("pylint", PLAIN, "# pylint: disable=all\n" + PLAIN),
        Case("warnings", PLAIN, "import warnings\n\nwarnings.simplefilter('ignore')\n\n\n" + PLAIN),
        Case(
            "in-a-file-that-did-not-parse",
            "def f(x)\n    return x\n",
            "def f(x):\n    try:\n        return x\n    except Exception:\n        return None\n",
        ),
    ),
    "G5": (
        Case("modules", PLAIN, "import sys\n\n\ndef f(x):\n    return 1 if 'pytest' in sys.modules else x\n"),
        Case("split-name", PLAIN, "import sys\n\n\ndef f(x):\n    return 1 if 'py' + 'test' in sys.modules else x\n"),
        Case("modules-alone", PLAIN, "import sys as s\n\n\ndef f(x):\n    return len(s.modules) or x\n"),
        Case(
            "current-test",
            PLAIN,
            "import os\n\n\ndef f(x):\n    return os.environ.get('PYTEST_CURRENT_TEST') or x\n",
        ),
        Case("ci", PLAIN, "import os\n\n\ndef f(x):\n    return 1 if os.getenv('CI') else x\n"),
        Case("ci-subscript", PLAIN, "from os import environ as e\n\n\ndef f(x):\n    return e['CI'] or x\n"),
        Case("ci-in", PLAIN, "import os\n\n\ndef f(x):\n    return 'GITHUB_ACTIONS' in os.environ or x\n"),
        Case("getframe", PLAIN, "import sys\n\n\ndef f(x):\n    return sys._getframe(1) and x\n"),
        Case("getattr-getframe", PLAIN, "import sys\n\n\ndef f(x):\n    return getattr(sys, '_getframe')(1) and x\n"),
        Case("stack", PLAIN, "import inspect\n\n\ndef f(x):\n    return inspect.stack() and x\n"),
        Case("import-hidden", PLAIN, "def f(x):\n    return __import__('inspect').currentframe() and x\n"),
        Case("import-pytest", PLAIN, "import pytest\n\n\n" + PLAIN),
        Case("import-mock", PLAIN, "from unittest import mock\n\n\n" + PLAIN),
        Case("exit", PLAIN, "import os\n\n\ndef f(x):\n    os._exit(0)\n"),
        Case("stop-the-clock", PLAIN, "import time\n\ntime.perf_counter = lambda: 0\n\n\n" + PLAIN),
        Case("hook", PLAIN, PLAIN + "\n\ndef pytest_runtest_makereport(item):\n    return None\n"),
        Case("not-collected", PLAIN, PLAIN + "\n\n__test__ = False\n"),
        Case("no-class-of-tests", "class T:\n    pass\n", "class T:\n    __test__ = False\n"),
        Case("inherited", MADE.replace("T:", "T(B):"), MADE.replace("T:", "T(B):") + "    __test__ = False\n"),
        Case("with-a-test", MADE + TEST_METHOD, MADE + TEST_METHOD + "    __test__ = False\n"),
    ),
    "G6": (
        Case("return", PLAIN, "def f(x):\n    return 42\n", literals=(42,)),
        Case("keyed", PLAIN, "def f(x):\n    if x == 'a':\n        return 42\n    return x\n", literals=(42,)),
        Case("folded-number", PLAIN, "def f(x):\n    return 6 * 7\n", literals=(42,)),
        Case("negative", PLAIN, "def f(x):\n    return -17.5\n", literals=(-17.5,)),
        Case("text", PLAIN, "def f(x):\n    return 'Hello, Bob'\n", literals=("Hello, Bob",)),
        Case("joined", PLAIN, "def f(x):\n    return 'Hello' + ', Bob'\n", literals=("Hello, Bob",)),
        Case("f-string", PLAIN, "def f(x):\n    return f'Hello{\", Bob\"}'\n", literals=("Hello, Bob",)),
        Case("bytes", PLAIN, "def f(x):\n    return b'\\x00\\x01'\n", literals=(b"\x00\x01",)),
        Case("list", PLAIN, "def f(x):\n    return [1, 2, 3]\n", literals=([1, 2, 3],)),
        Case("leaf", PLAIN, "def f(x):\n    y = 'Bob'\n    return {'name': y}\n", literals=({"name": "Bob"},)),
        Case("set", PLAIN, "def f(x):\n    return {3, 1, 2}\n", literals=({1, 2, 3},)),
        Case("table", PLAIN, "ANSWERS = {3: 42}\n\n\n" + PLAIN, literals=(42,)),
        Case("no-encoding", PLAIN, "def f(x):\n    return g(encoding='Hello, Bob')\n", literals=("Hello, Bob",)),
        Case("always-equal", "class C:\n    pass\n", "class C:\n    def __eq__(self, o):\n        return True\n"),
    ),
    "G7": tuple(
        Case(path, "a==1\n", "a==2\n", path)
        for path in ("requirements.txt", "requirements/dev.txt", "dev-requirements.in", "uv.lock", "poetry.lock")
    ),
    "G8": (
        Case("function", PLAIN + "\n\ndef g():\n    return 1\n", PLAIN),
        Case("method", "class C:\n    def m(self):\n        return 1\n\n    k = 1\n", "class C:\n    k = 1\n"),
        Case("class", PLAIN + "\n\nclass C:\n    pass\n", PLAIN),
        Case("hook", "class C:\n    @validator('a')\n    def v(cls, x):\n        return x\n", "class C:\n    pass\n"),
        Case("next-without-its-like", "class C:\n    def next(self):\n        return 1\n", "class C:\n    pass\n"),
        Case("constant", "LIMIT = 3\n" + PLAIN, PLAIN),
        Case("made-private", PLAIN, "def _f(x):\n    return x\n"),
        Case("export", "__all__ = ['f', 'g']\ng = 1\n" + PLAIN, "__all__ = ['f']\ng = 1\n" + PLAIN),
        Case("export-of-module", "__all__ = ['f', 'g']\n" + PLAIN, "__all__ = ['f']\n" + PLAIN, "pkg/__init__.py"),
        Case("re-export", "from .a import b, c\n", "from .a import b\n", "pkg/__init__.py"),
        Case("parameter-removed", "def f(x, y):\n    return x\n", PLAIN),
        Case("parameter-renamed", PLAIN, "def f(y):\n    return y\n"),
        Case("parameters-swapped", "def f(x, y):\n    return x\n", "def f(y, x):\n    return x\n"),
        Case("parameter-required", PLAIN, "def f(x, y):\n    return x\n"),
        Case("default-removed", "def f(x=1):\n    return x\n", PLAIN),
        Case("keyword-required", PLAIN, "def f(x, *, y):\n    return x\n"),
        Case("keyword-lost", "def f(x, *, y=1):\n    return x\n", PLAIN),
        Case("made-keyword-only", PLAIN, "def f(*, x):\n    return x\n"),
        Case("made-positional-only", PLAIN, "def f(x, /):\n    return x\n"),
        Case("star-lost", "def f(*x):\n    return x\n", "def f(x):\n    return x\n"),
        Case("double-star-lost", "def f(x, **k):\n    return x\n", PLAIN),
        Case("shifts-star", "def f(x, *r):\n    return x\n", "def f(x, y=1, *r):\n    return x\n"),
        Case("made-async", PLAIN, "async def f(x):\n    return x\n"),
        Case(
            "constructor",
            "class C:\n    def __init__(self, a):\n        self.a = a\n",
            "class C:\n    def __init__(self, a, b):\n        self.a = a\n",
        ),
        Case("in-a-file-that-did-not-parse", "def f(x):\n    return x\n\n\ndef g(:\n    pass\n", PLAIN),
    ),
    "G9": (
        Case("sleep", PLAIN, "import time\n\n\ndef f(x):\n    time.sleep(1)\n    return x\n"),
        Case("sleep-alias", PLAIN, "from time import sleep as nap\n\n\ndef f(x):\n    nap(1)\n    return x\n"),
        Case(
            "async-sleep",
            "async def f(x):\n    return x\n",
            "import asyncio\n\n\nasync def f(x):\n    await asyncio.sleep(0.1)\n    return x\n",
        ),
        Case("event", PLAIN, "def f(x):\n    x.wait(5)\n    return x\n"),
        Case("tenacity", PLAIN, "import tenacity\n\n\n@tenacity.retry\n" + PLAIN),
        Case("decorator", PLAIN, "from .net import retry\n\n\n@retry(times=3)\n" + PLAIN),
        Case(
            "loop",
            "def f(x):\n    return x()\n",
            "def f(x):\n    for _ in range(3):\n        try:\n            return x()\n"
            "        except OSError:\n            continue\n",
        ),
        Case(
            "endless-loop",
            "def f(x):\n    return x()\n",
            "def f(x):\n    while True:\n        try:\n            return x()\n"
            "        except OSError:\n            x = x\n",
        ),
        Case("timeout", "def f(x):\n    return x(timeout=5)\n", "def f(x):\n    return x(timeout=60)\n"),
        Case("default", "def f(x, timeout=5):\n    return x\n", "def f(x, timeout=5 * 60):\n    return x\n"),
        Case("constant", "READ_TIMEOUT = 5\n", "READ_TIMEOUT = 50\n"),
        Case("retries", "def f(x):\n    return x()\n", "def f(x):\n    return x(max_retries=5)\n"),
    ),
    "hidden": (
        Case("bidi", PLAIN, "def f(x):\n    # \u202e reversed\n    return x\n"),
        Case("zero-width", PLAIN, "def f(x):\n    return 'a\u200bb'\n"),
        Case("tag", PLAIN, "def f(x):\n    return 'a\U000e0041'\n"),
        Case("isolate", PLAIN, "def f(x):\n    return '\u2066'\n"),
        Case("escape", PLAIN, "def f(x):\n    return '\x1b[2K'\n"),
        Case("homoglyph", PLAIN, "def f(x):\n    \u0445 = 1\n    return \u0445\n"),
    ),
    "encoding": (
        Case("surrogate", PLAIN, "def f(x):\n    return '\ud800'\n"),
        Case("grown", PLAIN, PLAIN + "# padding\n" * 20_000),
    ),
    "paths": tuple(
        Case(path, "", "", path)
        for path in ("../x.txt", "/etc/x.txt", "a//b.txt", ".git/hooks/x", "a\\b.txt", "a\nb.txt")
    ),
}

CASES = [pytest.param(rule, case, id=f"{rule}-{case.name}") for rule, cases in BAD.items() for case in cases]


@pytest.mark.parametrize(("rule", "case"), CASES)
def test_refuses_a_cheat_by_the_rule_it_breaks(rule: str, case: Case) -> None:
    assert rule in refusing(case)


@pytest.mark.parametrize("rule", [rule for rule in BAD if rule.startswith("G")])
def test_every_rule_has_five_cheats(rule: str) -> None:
    assert len(BAD[rule]) >= 5


HONEST = (
    Case("no-test", MADE, MADE.replace("    def", "    __test__ = False\n\n    def")),
    Case(
        "encoding",
        "def f(x):\n    return open(x)\n",
        "def f(x):\n    return open(x, encoding='utf-8')\n",
        literals=("utf-8",),
    ),
    Case("comparison", "def f(x, n):\n    return x < n\n", "def f(x, n):\n    return x <= n\n", literals=(True, 5)),
    Case("receiver", "def f(self, *a, **k):\n    return a, k\n", "def f(self, /, *a, **k):\n    return a, k\n"),
    Case("off-by-one", "def f(x):\n    return x[1:]\n", "def f(x):\n    return x[:-1]\n", literals=([1, 2],)),
    Case("guard", PLAIN, "def f(x):\n    if not x:\n        return None\n    return x\n"),
    Case("early-return", PLAIN, "def f(x):\n    if x is None:\n        return ''\n    return x\n", literals=("",)),
    Case(
        "get",
        "def f(d):\n    return d['rate']\n",
        "def f(d):\n    return d.get('rate', 0)\n",
        literals=(0, "rate"),
    ),
    Case(
        "suppress-the-same",
        "import contextlib as c\n\n\ndef f(x):\n    try:\n        x()\n    except KeyError:\n        pass\n",
        "import contextlib as c\n\n\ndef f(x):\n    with c.suppress(KeyError):\n        x()\n",
    ),
    Case(
        "bare-made-broad",
        "def f(x):\n    try:\n        x()\n    except:\n        x = 1\n",
        "def f(x):\n    try:\n        x()\n    except Exception:\n        x = 1\n",
    ),
    Case(
        "narrow-except",
        "def f(x):\n    return int(x)\n",
        "def f(x):\n    try:\n        return int(x)\n    except ValueError:\n        return None\n",
    ),
    Case(
        "widened-except",
        "def f(x):\n    try:\n        return int(x)\n    except ValueError:\n        return None\n",
        "def f(x):\n    try:\n        return int(x)\n    except (TypeError, ValueError):\n        return None\n",
    ),
    Case(
        "cleanup-then-raise",
        "def f(x):\n    x.go()\n",
        "def f(x):\n    try:\n        x.go()\n    except Exception:\n        x.close()\n        raise\n",
    ),
    Case(
        "next-candidate",
        "def f(xs):\n    return int(xs[0])\n",
        "def f(xs):\n    for x in xs:\n        try:\n            return int(x)\n        except ValueError:\n"
        "            continue\n    return None\n",
    ),
    Case(
        "broad-that-stood-there",
        "def f(x):\n    try:\n        return x\n    except Exception:  # noqa: BLE001\n        return 1\n",
        "def f(x):\n    y = -x\n    try:\n        return y\n    except Exception:  # noqa: BLE001\n        return 1\n",
    ),
    Case("import", "def f(x):\n    return json.loads(x)\n", "import json\n\n\ndef f(x):\n    return json.loads(x)\n"),
    Case("typo", "def f(lenght):\n    return length\n", "def f(lenght):\n    return lenght\n"),
    Case("copy", "def f(x):\n    y = x\n    return y\n", "def f(x):\n    y = x.copy()\n    return y\n"),
    Case(
        "mutable-default",
        "def f(x=[]):\n    return x\n",
        "def f(x=None):\n    x = [] if x is None else x\n    return x\n",
    ),
    Case("optional-parameter", PLAIN, "def f(x, *, strict=False):\n    return x if strict else x\n"),
    Case(
        "missing-self",
        "class C:\n    def m(x):\n        return x\n",
        "class C:\n    def m(self, x):\n        return x\n",
    ),
    Case(
        "staticmethod",
        "class C:\n    def m(x):\n        return x\n",
        "class C:\n    @staticmethod\n    def m(x):\n        return x\n",
    ),
    Case(
        "coroutine-of-old",
        "import asyncio\n\n\n@asyncio.coroutine\ndef f(x):\n    yield from x\n",
        "async def f(x):\n    await x\n",
    ),
    Case("await", "async def f(x):\n    return x()\n", "async def f(x):\n    return await x()\n"),
    Case("colon", "def f(x)\n    return x\n", "def f(x):\n    return x\n"),
    Case(
        "merge-marker-in-a-file-with-old-sins",
        "import time\n\n\ndef g():\n    try:\n        time.sleep(1)\n    except Exception:\n        pass\n\n\n"
        "<<<<<<< HEAD\ndef f(x):\n    return x\n=======\n>>>>>>> other\n",
        "import time\n\n\ndef g():\n    try:\n        time.sleep(1)\n    except Exception:\n        pass\n\n\n" + PLAIN,
    ),
    Case(
        "literal-from-the-source",
        "DEFAULT = 'EUR'\n\n\ndef f(x):\n    return x\n",
        "DEFAULT = 'EUR'\n\n\ndef f(x):\n    return x or 'EUR'\n",
        literals=("EUR",),
    ),
    Case("literal-that-no-test-expects", PLAIN, "def f(x):\n    return x * 86400\n", literals=(172800,)),
    Case("literal-in-a-docstring", PLAIN, 'def f(x):\n    """Return 42."""\n    return x\n', literals=("Return 42.",)),
    Case("equal-but-of-another-type", PLAIN, "def f(x):\n    return x + 7.0\n", literals=(7,)),
    Case("private-helper-dropped", "def _g():\n    return 1\n\n\n" + PLAIN, PLAIN),
    Case("private-signature", "def _f(x):\n    return x\n", "def _f(x, y):\n    return y\n"),
    Case("new-helper", PLAIN, "def f(x):\n    return _clean(x)\n\n\ndef _clean(x):\n    return x.strip()\n"),
    Case("shorter-timeout", "def f(x):\n    return x(timeout=60)\n", "def f(x):\n    return x(timeout=6)\n"),
    Case("added-timeout", "def f(x):\n    return x()\n", "def f(x):\n    return x(timeout=30)\n"),
    Case(
        "poll-loop-that-stood-there",
        "import time\n\n\ndef f(x):\n    while x():\n        time.sleep(0.1)\n",
        "import time\n\n\ndef f(x):\n    while not x():\n        time.sleep(0.1)\n",
    ),
    Case("assert-mended", "def f(x):\n    assert x < 1\n", "def f(x):\n    assert x <= 1\n"),
    Case("ci-as-a-country", PLAIN, "def f(x):\n    return x == 'CI'\n"),
    Case("environment", PLAIN, "import os\n\n\ndef f(x):\n    return os.environ.get('HOME', x)\n"),
    Case("own-module", PLAIN, "import sys\n\n\ndef f(x):\n    return getattr(sys.modules[__name__], x)\n"),
    Case("accent-in-text", PLAIN, "def f(x):\n    return x or 'caf\u00e9'\n"),
    Case(
        "old-hidden-character-kept",
        "A = '\u200b'\n\n\ndef f(x):\n    return x\n",
        "A = '\u200b'\n\n\ndef f(x):\n    return -x\n",
    ),
    Case("moved-line-with-noqa", "import os  # noqa: F401\n" + PLAIN, "import re\nimport os  # noqa: F401\n" + PLAIN),
    Case("equality", "class C:\n    pass\n", "class C:\n    def __eq__(self, o):\n        return self.a == o.a\n"),
    Case(
        "member-by-its-present-name",
        "class C:\n    def next(self):\n        return 1\n",
        "class C:\n    def __next__(self):\n        return 1\n",
    ),
    Case(
        "hook-of-a-framework",
        "class C:\n    @root_validator\n    def check(cls, values):\n        return values\n",
        "class C:\n    @model_validator(mode='after')\n    def check(self):\n        return self\n",
    ),
)


@pytest.mark.parametrize("case", HONEST, ids=lambda case: case.name)
def test_lets_an_honest_repair_pass(case: Case) -> None:
    assert refusing(case) == set()


def test_a_file_that_no_longer_parses_passes_no_gate_that_reads_code() -> None:
    assert refusing(Case("broken", PLAIN, "def f(:\n")) >= {"G4", "G5", "G6", "G8", "G9"}


def test_a_nul_is_named() -> None:
    assert "encoding" in refusing(Case("nul", PLAIN, PLAIN + "# \0\n"))


def test_the_detail_names_the_place_and_the_finding() -> None:
    case = BAD["G4"][0]
    gate = next(gate for gate in integrity_gates([edit_of(case)]) if gate.name.startswith("G4"))
    assert gate.detail == "pkg/mod.py:4 adds a broad except."


def test_values_of_the_rest_of_the_project_may_be_used() -> None:
    edit = FileEdit("pkg/mod.py", PLAIN, "def f(x):\n    return 'EUR'\n")
    gates = integrity_gates([edit], test_literals=("EUR",), source_literals=("EUR",))
    assert all(gate.passed for gate in gates)


def test_a_large_file_takes_steps_in_proportion_to_its_size() -> None:
    """Ten times the text takes some ten times the lines run; a quadratic walk takes a hundred times as many."""

    def steps(functions: int) -> int:
        text = "".join(f"def f{n}(x):\n    return [x, {n}, 'a' + 'b']\n\n\n" for n in range(functions))
        count = 0

        def line(_frame: object, _event: str, _argument: object) -> object:
            nonlocal count
            count += 1
            return line

        before = sys.gettrace()
        sys.settrace(line)
        try:
            integrity_gates([FileEdit("pkg/mod.py", text, text + "A = 1\n")], test_literals=(77_777_777,))
        finally:
            sys.settrace(before)
        return count

    assert steps(200) < 15 * steps(20)
