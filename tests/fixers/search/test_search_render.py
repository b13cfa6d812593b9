"""Rendering keeps the author's hand and the tested meaning."""

from __future__ import annotations

import ast
import difflib
import io
import sysconfig
import tokenize
from functools import partial
from itertools import islice
from pathlib import Path

import pytest

from fixers.model import Suspect, Tier
from fixers.project import Project
from fixers.search.generate import mutations
from fixers.search.mutation import Mutation
from fixers.search.render import Unrenderable, render
from fixers.search.template import Replace

PATH = "pkg/mod.py"
STDLIB = ("textwrap", "bisect", "shlex", "heapq", "fnmatch", "string", "sched", "graphlib")


def by_hand(before: str, after: str) -> tuple[Project, Mutation]:
    """A mutation of which only the meaning is known, as a template would hand it over."""
    mutation = Mutation(
        path=PATH,
        line=1,
        function="f",
        template="by-hand",
        tier=Tier.B,
        prior=1.0,
        said="",
        swap=None,
        tree=partial(ast.parse, after),
    )
    return Project({PATH: before}), mutation


CASES = {
    "comment on the line": ("def f(a):\n    return a  # why\n", "def f(a):\n    return a + 1  # why\n"),
    "spacing around": ("def f(a,b):\n    return  g( a,b )\n", "def f(a,b):\n    return  g( b,b )\n"),
    "precedence": ("def f(a, b):\n    return a+b*2\n", "def f(a, b):\n    return (a + b)*2\n"),
    "operand grows": ("def f(a, b):\n    return a * b\n", "def f(a, b):\n    return (a + 1) * b\n"),
    "parentheses stay": ("def f(a, b):\n    return (a + b) * 2\n", "def f(a, b):\n    return (a - b) * 2\n"),
    "parentheses go": ("def f(a, b):\n    return (a + b) * 2\n", "def f(a, b):\n    return a * 2\n"),
    "quotes stay inside": ('def f(a):\n    return a["x"]\n', 'def f(a):\n    return str(a["x"])\n'),
    "house quotes": (
        'def f(a):\n    g("p", "q")\n    return a["x"]\n',
        'def f(a):\n    g("p", "q")\n    return a["y"]\n',
    ),
    "comments inside a wrapped call": (
        "def f(a):\n    return g(\n        a,  # first\n        1,\n    )\n",
        "def f(a):\n    return list(g(\n        a,  # first\n        1,\n    ))\n",
    ),
    "one argument of many lines": (
        "def f(a, b):\n    return g(\n        a,  # first\n        b,  # second\n    )\n",
        "def f(a, b):\n    return g(\n        a,  # first\n        a,  # second\n    )\n",
    ),
    "unwrap over two lines": (
        "def f(a, b):\n    return g(a +\n             b)\n",
        "def f(a, b):\n    return (a +\n             b)\n",
    ),
    "return without a space": ("def f(a, b):\n    return(a + b)\n", "def f(a, b):\n    return(a)\n"),
    "tuple of a for": ("def f(p):\n    for a, b in p: g(a)\n", "def f(p):\n    for a, b in p: g(b)\n"),
    "parenthesized tuple": ("def f(a, b):\n    return (a, b)\n", "def f(a, b):\n    return a\n"),
    "generator argument": (
        "def f(a):\n    return any(x for x in a)\n",
        "def f(a):\n    return all(x for x in a)\n",
    ),
    "swap": ("def f(x, a, b):\n    return min( max(x,b), a)\n", "def f(x, a, b):\n    return min( max(x,a), b)\n"),
    "elif": ("def f(a):\n    if a: g()\n    elif a>1: h()\n", "def f(a):\n    if a: g()\n    elif a>=1: h()\n"),
    "wide characters before": ("def f(a):\n    return 'żółw', a\n", "def f(a):\n    return 'żółw', -a\n"),
    "inside an f-string": ("def f(a, b):\n    return f'{a}!'\n", "def f(a, b):\n    return f'{b}!'\n"),
    "default value": ("def f(a, b = 1):  # b\n    return a\n", "def f(a, b = 2):  # b\n    return a\n"),
    "guard in tabs": (
        "def f(a):\n\t# so\n\treturn a\n",
        "def f(a):\n\tif not a:\n\t\treturn None\n\t# so\n\treturn a\n",
    ),
    "guard after a docstring": (
        'def f(a):\n  """Do."""\n\n  return a\n',
        'def f(a):\n  """Do."""\n\n  if not a:\n    return None\n  return a\n',
    ),
    "last in a loop": (
        "def f(a):\n    for x in a:\n        g(x)  # each\n\n    return a\n",
        "def f(a):\n    for x in a:\n        g(x)  # each\n        h(x)\n\n    return a\n",
    ),
    "one line of two": ("def f(a):\n    g(a); h(a)\n", "def f(a):\n    g(a); h(1)\n"),
    "line ends of Windows": ("def f(a):\r\n    return a\r\n", "def f(a):\r\n    g()\r\n    return a\r\n"),
    "statement kind": ("def f(a):\n    g(a, 'x')  # so\n", "def f(a):\n    return g(a, 'x')  # so\n"),
    "no newline at the end": ("def f(a):\n    return a", "def f(a):\n    return -a"),
    "await": ("async def f(a):\n    return await a\n", "async def f(a):\n    return list(await a)\n"),
    "subscript tuple": ("def f(a, i, j):\n    return a[i, j]\n", "def f(a, i, j):\n    return a[j, i]\n"),
    "under a condition": (
        "def f(a, b):\n    # so\n    g(a, 'x')  # each\n\n    return b\n",
        "def f(a, b):\n    # so\n    if a is None:\n        g(a, 'x')  # each\n\n    return b\n",
    ),
    "a loop under a condition": (
        "def f(a):\n    for x in a:\n        g(x)  # each\n    return a\n",
        "def f(a):\n    if a:\n        for x in a:\n            g(x)  # each\n    return a\n",
    ),
    "an if that loops": (
        "def f(a):\n    # so\n    if  a:\n        g(a)  # each\n    return a\n",
        "def f(a):\n    # so\n    while a:\n        g(a)  # each\n    return a\n",
    ),
    "two lines exchanged": ("def f(a):\n    b = g(a)\n    a += 1\n", "def f(a):\n    a += 1\n    b = g(a)\n"),
    "chained or": ("def f(a, b, c):\n    return a or b or c\n", "def f(a, b, c):\n    return a or b\n"),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after"), CASES.values(), ids=CASES)
def test_writes_as_the_author_would(before, after):
    project, mutation = by_hand(before, after)
    edit = render(project, mutation)
    assert edit.after == after
    assert (edit.path, edit.before) == (PATH, before)


REFUSED = {
    "block on the line of its header": (
        "def f(a):\n    if a: return 1\n",
        "def f(a):\n    if a:\n        g()\n        return 1\n",
    ),
    "between two statements of a line": ("def f(a):\n    g(); h()\n", "def f(a):\n    g()\n    i()\n    h()\n"),
    "a block goes": ("def f(a):\n    if a:\n        return 1\n    return 2\n", "def f(a):\n    return 2\n"),
    "another parameter": ("def f(a):\n    return 1\n", "def f(b):\n    return 1\n"),
}


@pytest.mark.parametrize(("before", "after"), REFUSED.values(), ids=REFUSED)
def test_refuses_what_it_cannot_write(before, after):
    project, mutation = by_hand(before, after)
    with pytest.raises(Unrenderable, match=r"pkg/mod\.py:1"):
        render(project, mutation)


def sample(source: str, count: int) -> tuple[Project, list[Mutation]]:
    """A deterministic sample over all statements of a module."""
    project = Project({PATH: source})
    lines = sorted({node.lineno for node in ast.walk(project.tree(PATH)) if isinstance(node, ast.stmt)})
    suspects = [Suspect(path=PATH, function="", line=n, end_line=n, score=1.0, reasons=()) for n in lines]
    return project, list(islice(mutations(project, suspects), 0, 97 * count, 97))


def comments(source: str) -> list[str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return [token.string for token in tokens if token.type == tokenize.COMMENT]


@pytest.mark.parametrize("name", STDLIB)
def test_renders_what_was_generated_for_real_modules(name):
    source = (Path(sysconfig.get_path("stdlib")) / f"{name}.py").read_text()
    project, chosen = sample(source, 40)
    assert len(chosen) == 40
    rendered = 0
    for mutation in chosen:
        try:
            after = render(project, mutation).after
        except Unrenderable:
            continue
        rendered += 1
        assert ast.dump(ast.parse(after)) == ast.dump(mutation.tree())
        assert comments(after) == comments(source)
        assert_only_the_statement_changed(source, after, mutation, project)
    assert rendered >= 38, f"only {rendered} of 40 could be written"


def assert_only_the_statement_changed(source: str, after: str, mutation: Mutation, project: Project) -> None:
    starts = (
        node for node in ast.walk(project.tree(PATH)) if isinstance(node, ast.stmt) and node.lineno == mutation.line
    )
    assert mutation.made is not None
    # Two statements that change places are both part of the edit.
    change = mutation.made[1].change
    edited = [node for node in change.pairs if isinstance(node, ast.stmt)] if isinstance(change, Replace) else []
    last = max(node.end_lineno for node in [*starts, *edited])
    before_lines, after_lines = source.splitlines(keepends=True), after.splitlines(keepends=True)
    for tag, low, high, _, _ in difflib.SequenceMatcher(None, before_lines, after_lines, autojunk=False).get_opcodes():
        assert tag in {"equal", "insert"} or (mutation.line - 1 <= low and high <= last), (
            f"{mutation.summary}: {low + 1}-{high}"
        )
