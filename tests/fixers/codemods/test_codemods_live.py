"""Faults run by real interpreters: what they print leads a codemod to a text that runs."""

import json
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from fixers.codemods.base import Scene
from fixers.codemods.introspect import Ask, LiveInstalled
from fixers.codemods.registry import ALL
from fixers.model import Candidate, Failure, FailureKind, Frame
from fixers.project import Project
from fixers.runner.suite import INSIDE

OLD, NEW = "3.8", "3.13"
BOTH = (OLD, NEW)
DRIVER = """
import json, os, sys, traceback
sys.path.append(sys.argv[1])
import goldseam_errors, goldseam_facts
goldseam_errors.MOUNTED[:] = [os.getcwd() + "/", os.getcwd() + "/"]
sys.path.insert(0, os.getcwd())
sys.dont_write_bytecode = True
unawaited = goldseam_facts.Unawaited()
try:
    from tests import test_it
    test_it.test_it()
except BaseException as error:
    kind = type(error)
    name = kind.__name__ if kind.__module__ == "builtins" else kind.__module__ + "." + kind.__name__
    frames = [(f.filename, f.lineno, f.name) for f in traceback.extract_tb(error.__traceback__)[1:]
              if not f.filename.startswith("<frozen")]
    if isinstance(error, SyntaxError) and error.filename:
        frames.append((error.filename, error.lineno, "<module>"))
    print(json.dumps([name, str(error), frames, {**goldseam_facts.facts_of(error), **unawaited.found()}]))
"""


@dataclass(frozen=True)
class Case:
    """`mod` is repaired until `test` passes; `by` names the codemod that must do it."""

    by: str
    mod: str
    test: str
    other: str = ""
    versions: tuple[str, ...] = BOTH


CASES = {
    "plist": Case(
        "reshaped-stdlib",
        "import plistlib\n\n\ndef f(x):\n    return plistlib.readPlistFromBytes(plistlib.writePlistToBytes(x))\n",
        "assert mod.f({'a': 1}) == {'a': 1}",
        versions=(NEW,),
    ),
    "specification": Case(
        "reshaped-stdlib",
        "import inspect\n\n\ndef f(g):\n    args, _, named, _ = inspect.getargspec(g)\n    return args, named\n",
        "assert mod.f(lambda a, **k: 1) == (['a'], 'k')",
        versions=(NEW,),
    ),
    "strtobool": Case(
        "absent-function",
        "from distutils.util import strtobool\n\n\ndef f(x):\n    return bool(strtobool(x))\n",
        "assert mod.f('Yes') and not mod.f('off')",
        versions=(NEW,),
    ),
    "pairwise": Case(
        "absent-function",
        "from itertools import pairwise\n\n\ndef f(x):\n    return list(pairwise(x))\n",
        "assert mod.f('abc') == [('a', 'b'), ('b', 'c')]",
        versions=(OLD,),
    ),
    "text-enum": Case(
        "absent-function",
        "from enum import StrEnum, auto\n\n\nclass C(StrEnum):\n    RED = auto()\n",
        "assert mod.C.RED == 'red' and f'{mod.C.RED}' == 'red'",
        versions=(OLD,),
    ),
    "header": Case(
        "absent-function",
        "import cgi\n\n\ndef f(x):\n    return cgi.parse_header(x)\n",
        "assert mod.f('text/html; charset=\"utf-8\"') == ('text/html', {'charset': 'utf-8'})",
        versions=(NEW,),
    ),
    "typo-name": Case("misspelled-name", "def f(value):\n    return vlaue + 1\n", "assert mod.f(1) == 2"),
    "typo-attribute": Case(
        "misspelled-name",
        "class C:\n    def __init__(self):\n        self.total = 3\n\n    def f(self):\n        return self.totla\n",
        "assert mod.C().f() == 3",
    ),
    "typo-method-of-str": Case("misspelled-name", "def f(s):\n    return s.uper()\n", "assert mod.f('a') == 'A'"),
    "typo-of-project-module": Case(
        "misspelled-name",
        "from pkg import other\n\n\ndef f():\n    return other.compte()\n",
        "assert mod.f() == 1",
        other="def compute():\n    return 1\n",
    ),
    "import-of-stdlib": Case("missing-import", "def f():\n    return json.dumps(1)\n", "assert mod.f() == '1'"),
    "import-of-member": Case("missing-import", "def f():\n    return Path('a').name\n", "assert mod.f() == 'a'"),
    "import-of-project": Case(
        "missing-import",
        "def f():\n    return compute()\n",
        "assert mod.f() == 1",
        other="def compute():\n    return 1\n",
    ),
    "moved": Case(
        "moved-symbol",
        "from pkg.old import compute\n\n\ndef f():\n    return compute()\n",
        "assert mod.f() == 1",
        other="def compute():\n    return 1\n",
    ),
    "moved-in-package": Case(
        "moved-symbol",
        "from pkg import compute\n\n\ndef f():\n    return compute()\n",
        "assert mod.f() == 1",
        other="def compute():\n    return 1\n",
    ),
    "removed-abc": Case(
        "removed-stdlib",
        "from collections import Mapping\n\n\ndef f(x):\n    return isinstance(x, Mapping)\n",
        "assert mod.f({})",
        versions=(NEW,),
    ),
    "removed-clock": Case(
        "removed-stdlib", "import time\n\n\ndef f():\n    return time.clock() > 0\n", "assert mod.f()", versions=BOTH
    ),
    "removed-module": Case(
        "removed-stdlib",
        "import imp\nimport pipes\n\n\ndef f():\n    return imp.new_module('x').__name__, pipes.quote('a')\n",
        "assert mod.f() == ('x', 'a')",
        versions=("3.12",),
    ),
    "removed-pipes": Case(
        "removed-stdlib",
        "import pipes\n\n\ndef f():\n    return pipes.quote('a b')\n",
        "assert mod.f() == \"'a b'\"",
        versions=(NEW,),
    ),
    "removed-gcd": Case(
        "removed-stdlib",
        "from fractions import gcd\n\n\ndef f():\n    return gcd(4, 6)\n",
        "assert mod.f() == 2",
        versions=(NEW,),
    ),
    "python-2-names": Case(
        "python-2-leftover",
        "def f(x):\n    return isinstance(x, (str, unicode)), [i for i in xrange(2)]\n",
        "assert mod.f('a') == (True, [0, 1])",
    ),
    "python-2-dict": Case(
        "python-2-leftover",
        "def f(d):\n    return [k for k, v in d.iteritems() if not d.has_key(v)]\n",
        "assert mod.f({1: 2}) == [1]",
    ),
    "python-2-division": Case(
        "python-2-leftover",
        "class V:\n    x = 4\n\n    def __div__(self, other):\n        return self.x / other\n",
        "assert mod.V() / 2 == 2",
    ),
    "view-sorted": Case(
        "view-as-list",
        "def f(d):\n    ks = d.keys()\n    ks.sort()\n    return ks\n",
        "assert mod.f({2: 1, 1: 1}) == [1, 2]",
    ),
    "changed-dict": Case(
        "changed-while-iterated",
        "def f(d):\n    for k in d:\n        if k:\n            del d[k]\n    return d\n",
        "assert mod.f({0: 1, 1: 1, 2: 1}) == {0: 1}",
    ),
    "float-index": Case(
        "float-index", "def f(xs):\n    mid = len(xs) / 2\n    return xs[mid]\n", "assert mod.f([1, 2, 3]) == 2"
    ),
    "mixed-timezones": Case(
        "mixed-timezones",
        "from datetime import datetime\n\n\ndef f(due):\n    return datetime.utcnow() > due\n",
        "from datetime import datetime, timezone\n    assert mod.f(datetime(2020, 1, 1, tzinfo=timezone.utc))",
    ),
    "keyword-of-project": Case(
        "unknown-keyword",
        "from pkg.other import area\n\n\ndef f():\n    return area(2, heigth=3)\n",
        "assert mod.f() == 6",
        other="def area(width, height=1):\n    return width * height\n",
    ),
    "keyword-loop": Case(
        "reshaped-stdlib",
        "import asyncio\n\n\nasync def g(loop):\n    await asyncio.sleep(0, loop=loop)\n    return 1\n\n\n"
        "def f():\n    return asyncio.run(g(None))\n",
        "assert mod.f() == 1",
        versions=(NEW,),
    ),
    "argument-missing": Case(
        "wrong-arity",
        "from pkg.other import area\n\n\ndef f(width, height):\n    return area(width)\n",
        "assert mod.f(2, 3) == 6",
        other="def area(width, height):\n    return width * height\n",
    ),
    "argument-superfluous": Case(
        "wrong-arity",
        "from pkg.other import area\n\n\ndef f(width, height, unit):\n    return area(width, height, unit)\n",
        "assert mod.f(2, 3, 1) == 6",
        other="def area(width, height):\n    return width * height\n",
    ),
    "forgotten-lock": Case(
        "missing-await",
        (
            "import asyncio\n\n\nasync def g():\n    lock = asyncio.Lock()\n    lock.acquire()\n"
            "    return lock.locked()\n\n\ndef f():\n    return asyncio.run(g())\n"
        ),
        "assert mod.f()",
    ),
    "coroutine-held": Case(
        "missing-await",
        (
            "import asyncio\n\n\nasync def g():\n    done = asyncio.Event()\n    done.set()\n"
            "    return [done.wait()]\n\n\ndef f():\n    return asyncio.run(g())\n"
        ),
        "assert mod.f() == [True]",
    ),
    "await": Case(
        "missing-await",
        (
            "import asyncio\n\n\nasync def load():\n    return {'a': 1}\n\n\n"
            "async def g():\n    data = load()\n    return data['a']\n\n\n"
            "def f():\n    return asyncio.run(g())\n"
        ),
        "assert mod.f() == 1",
    ),
    "mutable-default": Case(
        "mutable-default",
        "def f(x, seen=[]):\n    seen.append(x)\n    return seen\n",
        "mod.f(1)\n    assert mod.f(2) == [2]",
    ),
    "dataclass-default": Case(
        "mutable-dataclass-field",
        "from dataclasses import dataclass\n\n\n@dataclass\nclass C:\n    tags: list = []\n    seen: dict = {}\n",
        "assert mod.C().tags is not mod.C().tags",
    ),
    "none-loop": Case("unguarded-none", "def f(xs=None):\n    return [x for x in xs]\n", "assert mod.f() == []"),
    "none-attribute": Case(
        "unguarded-none",
        "def f(x):\n    if x == 1:\n        return ''\n    return x.strip()\n",
        "assert mod.f(None) == ''",
    ),
    "none-forgotten": Case(
        "unguarded-none",
        "def g(x):\n    y = x * 2\n    y += 0\n    z = y + 1\n\n\ndef f(x):\n    return g(x) + 1\n",
        "assert mod.f(1) == 4",
    ),
    "none-sort": Case(
        "unguarded-none", "def f(xs):\n    xs = xs.sort()\n    return xs[0]\n", "assert mod.f([2, 1]) == 1"
    ),
    "key-count": Case(
        "missing-key",
        "def f(ws):\n    d = {}\n    for w in ws:\n        d[w] += 1\n    return d\n",
        "assert mod.f('aab') == {'a': 2, 'b': 1}",
    ),
    "key-typo": Case("missing-key", "D = {'apple': 1}\n\n\ndef f():\n    return D['aple']\n", "assert mod.f() == 1"),
    "except": Case(
        "narrow-except",
        "def f(x, d):\n    try:\n        return d[0][int(x)]\n    except ValueError:\n        return None\n",
        "assert mod.f('1', [[1]]) is None",
    ),
    "method-uncalled": Case(
        "descriptor-confusion",
        "class C:\n    def n(self):\n        return 2\n\n    def f(self):\n        return self.n > 1\n",
        "assert mod.C().f()",
    ),
    "property-called": Case(
        "descriptor-confusion",
        (
            "class C:\n    @property\n    def n(self):\n        return 2\n\n    def f(self):\n"
            "        return self.n() > 1\n"
        ),
        "assert mod.C().f()",
    ),
    "syntax-colon": Case(
        "syntax-slip", "def f(x):\n    if x\n        return 1\n    return 2\n", "assert mod.f(1) == 1"
    ),
    "syntax-quotes": Case(
        "syntax-slip", "def f(d):\n    return f'{d['a']}'\n", "assert mod.f({'a': 1}) == '1'", versions=(OLD, "3.11")
    ),
    "syntax-tabs": Case(
        "syntax-slip", "def f(x):\n    y = x\n\tif y:\n\t\treturn 1\n    return 2\n", "assert mod.f(1) == 1"
    ),
    "conflict": Case(
        "merge-conflict",
        "<<<<<<< HEAD\nA = 1\n=======\nA = 2\n>>>>>>> topic\n\n\ndef f():\n    return A\n",
        "assert mod.f() == 2",
    ),
    "circle": Case(
        "circular-import",
        "from pkg.other import g\n\n\nclass C(int):\n    pass\n\n\ndef f():\n    return g()\n",
        "assert mod.f() == 3",
        other="from pkg.mod import C\n\n\ndef g():\n    return C(3)\n",
    ),
    "export": Case(
        "missing-export",
        "from pkg import old\n\n\ndef f():\n    return 1\n",
        "import pkg\n    assert pkg.other.compute() == 1",
        other="def compute():\n    return 1\n",
    ),
    "submodule": Case(
        "unimported-submodule",
        "import xml\n\n\ndef f():\n    return xml.etree.ElementTree.fromstring('<a/>').tag\n",
        "assert mod.f() == 'a'",
    ),
    "renamed-function": Case(
        "stale-caller",
        "from pkg.other import add_tax\n\n\ndef f(x):\n    return add_tax(x)\n",
        "assert mod.f(1) == 2",
        other="def with_tax(x):\n    return x * 2\n",
    ),
    "renamed-method": Case(
        "stale-caller",
        "from pkg.other import Till\n\n\ndef f(x):\n    return Till().add_all(x)\n",
        "assert mod.f([1, 2]) == 3",
        other="class Till:\n    def add_prices_all(self, xs):\n        return sum(xs)\n",
    ),
    "await-of-nothing": Case(
        "superfluous-await",
        "import asyncio\n\n\ndef load():\n    return [1]\n\n\nasync def g():\n    return await load()\n\n\n"
        "def f():\n    return asyncio.run(g())\n",
        "assert mod.f() == [1]",
    ),
    "index-loop": Case(
        "index-out-of-range",
        "def f(xs):\n    return [xs[i] + xs[i + 1] for i in range(len(xs))]\n",
        "assert mod.f([1, 2, 3]) == [3, 5]",
    ),
    "index-of-nothing": Case(
        "index-out-of-range",
        "def f(xs, ys):\n    if not xs:\n        return 0\n    return xs[0] + ys[0]\n",
        "assert mod.f([1], []) == 0",
    ),
    "key-seen": Case(
        "missing-key", "def f(conf):\n    return conf['servr']['port']\n", "assert mod.f({'server': {'port': 1}}) == 1"
    ),
    "none-of-two": Case(
        "unguarded-none",
        "def f(a, b):\n    if a == '':\n        return ''\n    return a.strip() + b.strip()\n",
        "assert mod.f('a', None) == ''",
    ),
    "type-of-a-neighbour": Case(
        "unguarded-type",
        "def f(box):\n    return box.height\n\n\ndef g(box):\n    if isinstance(box, int):\n        return box\n"
        "    return box.width\n",
        "assert mod.f(3) == 3",
    ),
    "text-and-number": Case(
        "mismatched-types", "def f(n):\n    text = 'n: ' + n\n    return text\n", "assert mod.f(1) == 'n: 1'"
    ),
    "number-and-text": Case("mismatched-types", "def f(a, b):\n    return a + b\n", "assert mod.f(1, '2') == 3"),
    "join-numbers": Case(
        "mismatched-types", "def f(xs):\n    return ', '.join(xs)\n", "assert mod.f([1, 2]) == '1, 2'"
    ),
    "compare-text": Case("mismatched-types", "def f(a, b):\n    return a < b\n", "assert mod.f(1, '2')"),
    "half-an-index": Case("float-index", "def f(xs):\n    return xs[len(xs) / 2]\n", "assert mod.f([1, 2, 3]) == 2"),
    "half-a-range": Case(
        "float-index", "def f(n):\n    half = n / 2\n    return list(range(half))\n", "assert mod.f(4) == [0, 1]"
    ),
    "text-as-index": Case("mismatched-types", "def f(xs, i):\n    return xs[i]\n", "assert mod.f([1, 2], '1') == 2"),
    "list-as-key": Case(
        "mismatched-types", "def f(d, k):\n    return d[k]\n", "assert mod.f({(1, 2): 3}, [1, 2]) == 3"
    ),
    "hash-of-text": Case(
        "mismatched-types",
        "import hashlib\n\n\ndef f(text):\n    return hashlib.md5(text).hexdigest()\n",
        "assert mod.f('a')",
    ),
    "write-bytes": Case(
        "mismatched-types",
        "import io\n\n\ndef f(data):\n    out = io.StringIO()\n    out.write(data)\n    return out.getvalue()\n",
        "assert mod.f(b'a') == 'a'",
    ),
    "bytes-and-text": Case("mismatched-types", "def f(a, b):\n    return a + b\n", "assert mod.f(b'a', 'b') == b'ab'"),
    "view-and-list": Case(
        "view-as-list", "def f(d):\n    return d.keys() + ['b']\n", "assert mod.f({'a': 1}) == ['a', 'b']"
    ),
    "self-forgotten": Case(
        "descriptor-confusion", "class C:\n    def f(x):\n        return x * 2\n", "assert mod.C().f(2) == 4"
    ),
}


@pytest.mark.parametrize(
    ("case", "version"),
    [pytest.param(case, version, id=f"{name}-{version}") for name, case in CASES.items() for version in case.versions],
)
def test_the_expected_codemod_mends_it(
    case: Case,
    version: str,
    tmp_path: Path,
    interpreter: Callable[[str], Path],
    ask_inside: Callable[[Path, Path], Ask],
) -> None:
    files = {
        "pkg/__init__.py": "",
        "pkg/mod.py": case.mod,
        "pkg/other.py": case.other,
        "pkg/old.py": "UNRELATED = 1\n",
        "tests/__init__.py": "",
        "tests/test_it.py": f"from pkg import mod\n\n\ndef test_it():\n    {case.test}\n",
    }
    python = interpreter(version)
    shown = run(python, tmp_path, files)
    assert shown is not None, "the fault does not show"
    failure, values = shown
    scene = Scene((failure,), Project(files), LiveInstalled(ask_inside(python, tmp_path)), values=values)
    tried = 0
    for candidate in candidates(scene):
        tried += 1
        if run(python, tmp_path, patched(files, candidate)) is None:
            assert candidate.fixer == f"codemod:{case.by}", candidate.edits[0].after
            return
    pytest.fail(f"{tried} candidates, none mends it: {failure.exception}: {failure.message}")


def candidates(scene: Scene) -> Iterator[Candidate]:
    for codemod in ALL:
        yield from codemod().propose(scene)


def patched(files: Mapping[str, str], candidate: Candidate) -> dict[str, str]:
    return {**files, **{edit.path: edit.after for edit in candidate.edits}}


def run(python: Path, root: Path, files: Mapping[str, str]) -> tuple[Failure, Mapping[str, tuple[str, ...]]] | None:
    for path, text in files.items():
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_text(text)
    command = [str(python), "-c", DRIVER, str(INSIDE)]
    done = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True, timeout=60)
    if not done.stdout:
        return None
    exception, message, frames, facts = json.loads(done.stdout)
    prefix = f"{root}/"
    failure = Failure(
        kind=FailureKind.TEST,
        exception=exception,
        message=message,
        frames=tuple(
            Frame(path=p.removeprefix(prefix), line=line, function=function, in_project=p.startswith(prefix))
            for p, line, function in frames
        ),
    )
    return failure, {key: tuple(value) for key, value in facts.items()}
