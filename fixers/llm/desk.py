"""What the model may see and change: some lines of some files, and only code that a fixer may touch."""

from __future__ import annotations

import ast
import difflib
import fnmatch
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from fixers.codemods.scopes import enclosing
from fixers.llm.redact import Redactor, visible
from fixers.llm.secret_rules import PLACEHOLDER
from fixers.llm.tools import ReadSource, Replacement
from fixers.model import Candidate, FileEdit, Tier
from fixers.patch import PatchDoesNotApply, apply, unified
from fixers.project import Project, is_repairable, is_test_path
from fixers.request import Case

PRIOR = 0.5
SUSPECTS = 20
"""The best ranked places make the scope."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A call that was understood and not carried out."""

    sentence: str


@dataclass(slots=True)
class Desk:
    """The files of one attempt as the model meets them; counts what it has been given."""

    case: Case
    fixer: str
    """Name that candidates carry."""
    redactor: Redactor
    lines_left: int
    never_send: tuple[str, ...] = ()
    """Glob patterns of paths whose text never leaves."""
    scope: tuple[str, ...] = field(init=False)
    """Paths that may be read; those of them that hold no tests may be changed."""
    _sent: set[tuple[str, int]] = field(default_factory=set)
    _clean: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.scope = tuple(p for p in _scope(self.case) if not any(fnmatch.fnmatch(p, g) for g in self.never_send))

    def lines_of(self, path: str) -> list[str]:
        """Return a file's lines as they may leave."""
        if path not in self._clean:
            # The whole file at once: a secret that spans lines would not be seen in a part of it.
            self._clean[path] = self.redactor.clean(self.case.project.text(path)).split("\n")
        return self._clean[path]

    def read(self, wanted: ReadSource) -> str | Refusal:
        """Return numbered lines, as many as may still leave; a line given before is free."""
        if why := self._outside(wanted.path):
            return Refusal(why)
        lines = self.lines_of(wanted.path)
        if wanted.start_line > len(lines) or wanted.end_line < wanted.start_line:
            return Refusal(f"There are no such lines: the file has {len(lines)}.")
        shown = []
        for number in range(wanted.start_line, min(wanted.end_line, len(lines)) + 1):
            if (wanted.path, number) not in self._sent:
                if not self.lines_left:
                    break
                self.lines_left -= 1
                self._sent.add((wanted.path, number))
            shown.append(f"{number:>5} {lines[number - 1]}")
        return "\n".join(shown) if shown else Refusal("No line of the repository may be read any more.")

    def candidate(self, replacements: Sequence[Replacement]) -> Candidate | Refusal:
        """Apply replacements in order and return the whole as one candidate, or why that cannot be."""
        texts: dict[str, str] = {}
        for one in replacements:
            if why := self._outside(one.path) or _unchangeable(one):
                return Refusal(why)
            after = _replaced(texts.get(one.path, self.case.project.text(one.path)), one)
            if isinstance(after, Refusal):
                return after
            texts[one.path] = after
        edits = tuple(FileEdit(p, self.case.project.text(p), t) for p, t in texts.items())
        edits = tuple(edit for edit in edits if edit.before != edit.after)
        return _candidate(self.fixer, edits, self.case.project) if edits else Refusal("The proposal changes nothing.")

    def _outside(self, path: str) -> str:
        if path.startswith(("/", "~", "\\")) or ":" in path or ".." in path.replace("\\", "/").split("/"):
            return "Give a path inside the project, as the first message writes it."
        if path not in self.scope:
            return "That file is not among those that the first message names."
        return ""


def _scope(case: Case) -> list[str]:
    """List where the fault may be: ranked places, frames, failing tests, and what the ranked files import."""
    project = case.project
    places = [s.path for s in case.suspects[:SUSPECTS]]
    places += [f.path for failure in case.failures for f in failure.frames if f.in_project]
    tests = [test.partition("::")[0] for test in case.hunt.failing]
    near = [path for place in dict.fromkeys(places) for path in _imported(project, place)]
    return [path for path in dict.fromkeys([*places, *tests, *near]) if path in project.files]


def _imported(project: Project, path: str) -> Iterator[str]:
    try:
        tree = project.tree(path)
    except (KeyError, SyntaxError):
        return
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        yield from (found for name in names if (found := project.path_of(name)) and is_repairable(found))


def _unchangeable(one: Replacement) -> str:
    if is_test_path(one.path):
        return "Tests and fixtures cannot be changed: they say what is right. Change the code under test."
    if not is_repairable(one.path):
        return "Configuration cannot be changed. Change the code under test."
    if PLACEHOLDER.search(one.old + one.new):
        return "A line with a value that was taken out cannot be changed. Leave it out of `old` and `new`."
    if visible(one.new) != one.new:
        return "`new` holds control characters or characters that draw nothing."
    return ""


def _replaced(text: str, one: Replacement) -> str | Refusal:
    if "\r\n" in text:
        one = Replacement(path=one.path, old=one.old.replace("\n", "\r\n"), new=one.new.replace("\n", "\r\n"))
    count = text.count(one.old)
    if count == 1:
        return text.replace(one.old, one.new)
    if not count:
        return Refusal("`old` does not stand in the file. Copy it without the line numbers, white space included.")
    return Refusal(f"`old` stands {count} times in the file. Take in lines around it until it stands once.")


def _candidate(fixer: str, edits: tuple[FileEdit, ...], project: Project) -> Candidate | Refusal:
    for edit in edits:
        if why := _unreadable(edit):
            return Refusal(why)
    try:
        if apply(unified(edits), project.files) != tuple(sorted(edits, key=lambda e: e.path)):
            return Refusal("The proposal cannot be written as a patch.")
    except PatchDoesNotApply:
        return Refusal("The proposal cannot be written as a patch.")
    first = edits[0]
    changed = _changed(first)
    return Candidate(
        edits=edits,
        fixer=fixer,
        tier=Tier.B,
        prior=PRIOR,
        summary=f"A model proposed this change of {_files(edits)}; the tests, not the model, say that it holds.",
        path=first.path,
        line=changed[0],
        function=_function(project.tree(first.path), changed) if len(edits) == 1 else "",
    )


def _unreadable(edit: FileEdit) -> str:
    for text, which in ((edit.before, "as it stands"), (edit.after, "after the proposal")):
        try:
            ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            line = f" (line {error.lineno}: {error.msg})" if isinstance(error, SyntaxError) else ""
            return f"The file cannot be parsed {which}{line}."
    return ""


def _changed(edit: FileEdit) -> list[int]:
    """Return the lines of the old text that the edit touches; at least one."""
    matcher = difflib.SequenceMatcher(None, edit.before.split("\n"), edit.after.split("\n"), autojunk=False)
    touched = (range(i, max(j, i + 1)) for tag, i, j, _, _ in matcher.get_opcodes() if tag != "equal")
    return [line + 1 for lines in touched for line in lines]


def _function(tree: ast.Module, lines: Sequence[int]) -> str:
    """Return the one outermost function or method around all the lines, or empty."""
    names = set()
    for line in lines:
        parts: list[str] = []
        for scope in enclosing(tree, line):
            parts.append(scope.name)
            if not isinstance(scope, ast.ClassDef):
                break
        else:
            return ""
        names.add(".".join(parts))
    return names.pop() if len(names) == 1 else ""


def _files(edits: Sequence[FileEdit]) -> str:
    return edits[0].path if len(edits) == 1 else f"{len(edits)} files"
