"""A scene built from a codemod's own example."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pytest

from fixers.codemods.base import Rewrite, Scene
from fixers.model import Failure, FailureKind, Frame, Suspect
from fixers.project import Project

TEST_PATH = "tests/test_example.py"


@dataclass(frozen=True)
class DictInstalled:
    """An environment that is written down."""

    python_version: tuple[int, int] = (3, 12)
    exported: Mapping[str, frozenset[str]] = field(default_factory=dict)
    signatures: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)

    def names(self, module: str) -> frozenset[str] | None:
        return self.exported.get(module)

    def parameters(self, module: str, qualname: str) -> tuple[str, ...] | None:
        return self.signatures.get(f"{module}:{qualname}")

    def version(self, distribution: str) -> str | None:
        return self.versions.get(distribution)


def build_scene(example: Rewrite, text: str) -> Scene:
    files = {TEST_PATH: "def test_it():\n    run()\n", **example.files, example.path: text}
    places = example.frames or ((TEST_PATH, 2, "test_it"), (example.path, example.line, example.function))
    frames = tuple(
        Frame(path=path, line=line, function=function, in_project=path in files) for path, line, function in places
    )
    suspects: tuple[Suspect, ...] = ()
    if not example.line and not example.frames:
        end = text.count("\n") + 1
        frames = frames[:1]
        suspects = (Suspect(path=example.path, function="", line=1, end_line=end, score=1, reasons=()),)
    failure = Failure(
        kind=FailureKind.TEST,
        test_ids=(f"{TEST_PATH}::test_it",),
        exception=example.exception,
        message=example.message,
        frames=frames,
    )
    installed = DictInstalled(example.python, example.names, example.parameters, example.versions)
    return Scene((failure,), Project(files), installed, suspects, example.values)


@pytest.fixture
def scene_of() -> Callable[[Rewrite, str], Scene]:
    return build_scene
