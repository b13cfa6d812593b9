"""Files that are opened and never closed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import ClassVar

import libcst as cst

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.source import Edits, Source, parse
from fixers.model import Candidate, Tier

_LEAK = re.compile(r"unclosed file|ResourceWarning|unraisable exception")
_OPEN = frozenset({"open", "io.open", "codecs.open"})
_WHOLE = frozenset({"read", "readlines", "write", "writelines"})
_UNCLOSED = "unclosed file <_io.TextIOWrapper name='x' mode='r' encoding='UTF-8'>"


class UnclosedFile(Codemod):
    """Open a file in a `with` statement, so that it is closed when the last line that uses it is done.

    Only where that line is known: the file is used in the statement that opens it, or has a
    name that is used in the following statements of the same block and leaves it by no other way.
    """

    NAME = "unclosed-file"
    NUMBER = 31
    TIER = Tier.B
    PRIOR = 0.85
    MESSAGE = "a file is opened and never closed"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # the caller gets the file, and has to close it
            before="def f(path):\n    return open(path)\n",
            after="def f(path):\n    return open(path)\n",
            exception="ResourceWarning",
            message=_UNCLOSED,
            line=2,
        ),
        Rewrite(  # kept for later
            before="class C:\n    def f(self, path):\n        data = open(path)\n        self.data = data\n",
            after="class C:\n    def f(self, path):\n        data = open(path)\n        self.data = data\n",
            exception="ResourceWarning",
            message=_UNCLOSED,
            line=3,
        ),
        Rewrite(  # closed already
            before="def f(path):\n    data = open(path)\n    text = data.read()\n    data.close()\n    return text\n",
            after="def f(path):\n    data = open(path)\n    text = data.read()\n    data.close()\n    return text\n",
            exception="ResourceWarning",
            message=_UNCLOSED,
            line=2,
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before="def f(path):\n    text = open(path).read()  # all\n    return text\n",
            after="def f(path):\n    with open(path) as file:\n        text = file.read()  # all\n    return text\n",
            exception="ResourceWarning",
            message=_UNCLOSED,
            line=2,
        ),
        Rewrite(
            before="import json\n\n\ndef f(path):\n    return json.load(open(path))\n",
            after="import json\n\n\ndef f(path):\n    with open(path) as file:\n        return json.load(file)\n",
            exception="pytest.PytestUnraisableExceptionWarning",
            message="Exception ignored in: <_io.FileIO>\n\nResourceWarning: unclosed file <_io.TextIOWrapper name='x'>",
            frames=(("tests/test_example.py", 2, "test_it"),),
        ),
        Rewrite(
            before="def f(path):\n    data = open(path)\n    x = data.read()\n    n = len(x)\n    return n\n",
            after="def f(path):\n    with open(path) as data:\n        x = data.read()\n    n = len(x)\n    return n\n",
            exception="ResourceWarning",
            message=_UNCLOSED,
            line=2,
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Offer all such places of the files that opened something on the way, else of the project."""
        texts = [f"{failure.exception}: {failure.message} {failure.excerpt}" for failure in scene.failures]
        texts += [f"{cause.type}: {cause.message}" for failure in scene.failures for cause in failure.causes]
        if not any(_LEAK.search(text) for text in texts):
            return
        reached = {frame.path for failure in scene.failures for frame in failure.frames if frame.in_project}
        paths = list(scene.project.repairable())
        changed = {path: text for path in paths if (text := _closed(scene.project.text(path)))}
        first = {path: text for path, text in changed.items() if path in reached}
        for wider, texts_of in enumerate((first or changed, changed)):
            if texts_of and (not wider or texts_of != (first or changed)):
                path = next(iter(texts_of))
                yield from self.offer(
                    scene,
                    texts_of,
                    summary="The file is closed when the block that uses it ends.",
                    line=_first_open(scene.project.text(path)),
                    wider=bool(wider),
                )


def _closed(text: str) -> str:
    """Return a module's text with its leaks closed; empty when it has none that can be."""
    source = parse(text) if "open(" in text else None
    if source is None:
        return ""
    edits = Edits(source)
    blocks: list[cst.Module | cst.IndentedBlock] = [source.module, *source.all(cst.IndentedBlock)]
    for block in blocks:
        _close_in(source, edits, block)
    return edits.text() if edits.changes else ""


def _close_in(source: Source, edits: Edits, block: cst.Module | cst.IndentedBlock) -> None:
    body = list(block.body)
    for index, line in enumerate(body):
        if not isinstance(line, cst.SimpleStatementLine) or len(line.body) != 1:
            continue
        named = _named(line.body[0])
        if named is not None:
            name, call = named
            last = _last_use(source, body[index + 1 :], name)
            if last and _with_name(source, edits, block, (index, index + last), name, call):
                return
        elif (opened := _opened_within(source, line)) is not None and "file" not in _names(source, block):
            inner = line.deep_replace(opened, cst.Name("file"))
            assert isinstance(inner, cst.SimpleStatementLine)  # noqa: S101 - a line stays a line
            edits.put(line, _with(opened, "file", [inner.with_changes(leading_lines=[])], line.leading_lines))


def _with(call: cst.Call, name: str, lines: list[cst.BaseStatement], above: Sequence[cst.EmptyLine]) -> cst.With:
    item = cst.WithItem(call, cst.AsName(cst.Name(name)))
    block = cst.With([item], cst.IndentedBlock(lines))
    return block.with_changes(leading_lines=above)


def _with_name(
    source: Source,
    edits: Edits,
    block: cst.Module | cst.IndentedBlock,
    span: tuple[int, int],
    name: str,
    call: cst.Call,
) -> bool:
    """Put the statements that use a named file below its `with`."""
    first, last = span
    if block in edits.changes or any(source.inside(node, block) for node in edits.changes):
        return False
    line = block.body[first]
    assert isinstance(line, cst.SimpleStatementLine)  # noqa: S101 - the caller looked
    inside = list(block.body[first + 1 : last + 1])
    new = [*block.body[:first], _with(call, name, inside, line.leading_lines), *block.body[last + 1 :]]
    edits.put(block, block.with_changes(body=new))
    return True


def _named(statement: cst.BaseSmallStatement) -> tuple[str, cst.Call] | None:
    if isinstance(statement, cst.Assign) and len(statement.targets) == 1:
        target = statement.targets[0].target
        if isinstance(target, cst.Name) and isinstance(statement.value, cst.Call) and _called(statement.value) in _OPEN:
            return target.value, statement.value
    return None


def _last_use(source: Source, following: list[cst.BaseStatement], name: str) -> int:
    """Return how many statements after the opening one use the file; 0 when it may leave them, or is closed."""
    last = 0
    for number, line in enumerate(following, 1):
        for use in source.within(line, cst.Name):
            if use.value != name:
                continue
            parent = source.parents[use]
            method = parent.attr.value if isinstance(parent, cst.Attribute) and parent.value is use else ""
            read = isinstance(parent, (cst.For, cst.CompFor)) or _method(source.parents.get(parent)) in {"load", "dump"}
            if method == "close" or not (method or read):
                return 0
            last = number
    lazy = any(_has(source, line, cst.Yield, cst.GeneratorExp) for line in following[:last])
    return 0 if lazy else last


def _opened_within(source: Source, line: cst.SimpleStatementLine) -> cst.Call | None:
    """Return the one call of `open` in a line that also reads or writes the whole file."""
    calls = [call for call in source.within(line, cst.Call) if _called(call) in _OPEN]
    if len(calls) != 1 or _has(source, line, cst.Yield, cst.GeneratorExp, cst.Lambda):
        return None
    parent = source.parents[calls[0]]
    whole = isinstance(parent, cst.Attribute) and parent.attr.value in _WHOLE
    outer = source.parents.get(parent)
    loaded = isinstance(parent, cst.Arg) and _method(outer) == "load"
    listed = isinstance(parent, cst.Arg) and _called(outer) == "list"
    return calls[0] if whole or loaded or listed else None


def _has(source: Source, node: cst.CSTNode, *kinds: type[cst.CSTNode]) -> bool:
    return any(True for kind in kinds for _ in source.within(node, kind))


def _called(node: cst.CSTNode | None) -> str:
    """Return the name that a node calls, `open` or `io.open`; empty for anything longer, and when it calls nothing."""
    function = node.func if isinstance(node, cst.Call) else None
    if isinstance(function, cst.Attribute) and isinstance(function.value, cst.Name):
        return f"{function.value.value}.{function.attr.value}"
    return function.value if isinstance(function, cst.Name) else ""


def _method(node: cst.CSTNode | None) -> str:
    """Return the name of the attribute that a node calls, empty when it calls none."""
    function = node.func if isinstance(node, cst.Call) else None
    return function.attr.value if isinstance(function, cst.Attribute) else ""


def _names(source: Source, block: cst.CSTNode) -> set[str]:
    return {name.value for name in source.within(block, cst.Name)}


def _first_open(text: str) -> int:
    before = text.partition("open(")[0]
    return before.count("\n") + 1
