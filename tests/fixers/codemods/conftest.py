"""A scene built from a codemod's own example."""

import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from fixers.codemods.base import Rewrite, Scene
from fixers.codemods.introspect import SCRIPT, Answer, Ask, Question, answers, request
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
    places: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    said: Mapping[str, str] = field(default_factory=dict)
    renamed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def names(self, module: str) -> frozenset[str] | None:
        return self.exported.get(module)

    def parameters(self, module: str, qualname: str) -> tuple[str, ...] | None:
        return self.signatures.get(f"{module}:{qualname}")

    def version(self, distribution: str) -> str | None:
        return self.versions.get(distribution)

    def homes(self, package: str, name: str) -> tuple[str, ...]:
        return self.places.get(f"{package}:{name}", ())

    def told(self, package: str, name: str) -> tuple[str, ...]:
        return self.renamed.get(f"{package}:{name}", ())

    def documentation(self, module: str, qualname: str) -> str:
        return self.said.get(f"{module}:{qualname}", "")


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
    installed = DictInstalled(
        example.python,
        example.names,
        example.parameters,
        example.versions,
        example.homes,
        example.documentation,
        example.told,
    )
    return Scene((failure,), Project(files), installed, suspects, example.values)


@pytest.fixture
def scene_of() -> Callable[[Rewrite, str], Scene]:
    return build_scene


def find_interpreter(version: str) -> Path:
    found = sorted(Path("~/.pyenv/versions").expanduser().glob(f"{version}.*/bin/python"))
    assert found, f"CPython {version} is needed: pyenv install {version}"
    return found[-1]


def report_of(python: Path, document: bytes, cwd: Path) -> bytes:
    """Run the script inside an interpreter, as a sandbox would, and return what it reported."""
    read, write = os.pipe()
    try:
        subprocess.run(
            [str(python), "-I", str(SCRIPT)],
            input=document,
            cwd=cwd,
            env={"GOLDSEAM_REPORT_FD": str(write), "PATH": os.environ["PATH"]},
            pass_fds=(write,),
            check=True,
            capture_output=True,
            timeout=60,
        )
    finally:
        os.close(write)
    with os.fdopen(read, "rb") as stream:
        return stream.read()


def asking(python: Path, path: Path) -> Ask:
    def ask(questions: Sequence[Question]) -> Sequence[Answer]:
        return answers(report_of(python, request(questions, [str(path)]), path), questions)

    return ask


@pytest.fixture
def interpreter() -> Callable[[str], Path]:
    return find_interpreter


@pytest.fixture
def ask_inside() -> Callable[[Path, Path], Ask]:
    return asking
