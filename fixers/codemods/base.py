"""What a codemod is: a deterministic repair keyed on a kind of failure.

A codemod proposes; it never decides that its patch is good. Unsure means: leave
the code alone. Examples stand in the class and are its tests.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from fixers.model import Candidate, Failure, FileEdit, Suspect, Tier
from fixers.project import Project, is_repairable


class Installed(Protocol):
    """Facts about the target's environment, read from the installed packages themselves."""

    @property
    def python_version(self) -> tuple[int, int]:
        """Version of the target's interpreter."""

    def names(self, module: str) -> frozenset[str] | None:
        """Public and private attribute names of an importable module; None when it does not import.

        A dotted path to something inside a module (`builtins.str`, `pandas.DataFrame`) answers for that object.
        """

    def parameters(self, module: str, qualname: str) -> tuple[str, ...] | None:
        """Return a callable's parameters as `inspect` prints them (`"key=None"`, `"**kw"`); None if unknown."""

    def version(self, distribution: str) -> str | None:
        """Installed version, or None."""

    def homes(self, package: str, name: str) -> tuple[str, ...]:
        """Where else in an installed package a name is, dotted; one path for each object of that name.

        Public paths only. What the package took from elsewhere is told by where it comes from.
        """

    def told(self, package: str, name: str) -> tuple[str, ...]:
        """Paragraphs of a package's docstrings that tell of a change of a name, each behind its owner's and a tab."""

    def documentation(self, module: str, qualname: str) -> str:
        """Docstring of a function or class, its constructor's included; empty when there is none."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything a codemod may look at."""

    failures: tuple[Failure, ...]
    project: Project
    installed: Installed
    suspects: tuple[Suspect, ...] = ()
    """Ranked places, best first; empty when localization has not run."""
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Live facts of crashed frames by kind, place and expression; empty when none were recorded.

    `types:<path>:<line>:<expression>` is the name of the type, then those of its items
    where it is a sequence or a set; `size:` its length; `keys:` the keys of a mapping
    that a look-up missed. An expression is a variable, or an attribute of one.
    `unawaited:<path>:<line>` is the name of a coroutine function whose call there nobody awaited.
    """
    changed: Mapping[str, Collection[int]] = field(default_factory=dict)
    """Lines that the push under test changed, by path; empty when that is not known."""


@dataclass(frozen=True, slots=True)
class Rewrite:
    """An example: `before` becomes `after` when the run failed with `exception: message` at `line`.

    `line` 0 means the place does not matter. `files` are further modules of the
    example project, `names` what importable modules export.
    """

    before: str
    after: str
    exception: str = ""
    message: str = ""
    line: int = 0
    function: str = ""
    path: str = "pkg/mod.py"
    files: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, frozenset[str]] = field(default_factory=dict)
    parameters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """`module:qualname` to its parameters."""
    python: tuple[int, int] = (3, 12)
    versions: Mapping[str, str] = field(default_factory=dict)
    """Installed distributions."""
    homes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """`package:name` to where it is."""
    documentation: Mapping[str, str] = field(default_factory=dict)
    """`module:qualname` to its docstring."""
    told: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """`package:name` to what its docstrings say of a change, as in `Installed.told`."""
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Live facts, as in `Scene`."""
    frames: tuple[tuple[str, int, str], ...] = ()
    """(path, line, function), outermost first, when the traceback is more than a test that calls `path` at `line`."""


class Codemod(ABC):
    """One kind of deterministic repair."""

    NAME: ClassVar[str]
    """Kebab case, after the bug, not the cure: `mutable-default`."""
    NUMBER: ClassVar[int]
    """Its row in docs/engine.md, for cross reference."""
    TIER: ClassVar[Tier]
    PRIOR: ClassVar[float]
    MESSAGE: ClassVar[str]
    """What is wrong, in one sentence for a reviewer."""
    VALID: ClassVar[tuple[Rewrite, ...]]
    """Near misses: `before == after`, nothing may be proposed."""
    INVALID: ClassVar[tuple[Rewrite, ...]]

    @abstractmethod
    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Yield repairs of repairable files, most likely first; nothing when unsure."""

    def offer(
        self,
        scene: Scene,
        texts: Mapping[str, str],
        *,
        summary: str,
        line: int,
        function: str = "",
        prior: float | None = None,
        tier: Tier | None = None,
        wider: bool = False,
    ) -> Iterator[Candidate]:
        """Yield the candidate that these new texts make, or nothing.

        Nothing: when no text differs, when a file may not be edited, or when a text
        no longer compiles. `prior` and `tier` are the class's unless given; the
        first path of `texts` is the candidate's place; `wider` as in `Candidate`.
        """
        before = scene.project.files
        edits = tuple(FileEdit(path, before[path], text) for path, text in texts.items() if text != before[path])
        if not edits or not all(is_repairable(edit.path) and _compiles(edit) for edit in edits):
            return
        yield Candidate(
            edits=edits,
            fixer=f"codemod:{self.NAME}",
            tier=self.TIER if tier is None else tier,
            prior=self.PRIOR if prior is None else prior,
            summary=summary,
            path=edits[0].path,
            line=line,
            function="" if function == "<module>" else function,
            wider=wider,
        )


def _compiles(edit: FileEdit) -> bool:
    try:
        compile(edit.after, edit.path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True
