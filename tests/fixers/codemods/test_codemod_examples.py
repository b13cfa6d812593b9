"""Every codemod's examples, run as they stand in its class."""

import dataclasses
import importlib
import inspect
import pkgutil
from collections.abc import Callable

import pytest

import fixers.codemods
from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.registry import ALL
from fixers.model import Candidate
from fixers.project import is_repairable

SceneOf = Callable[[Rewrite, str], Scene]


def cases(which: str) -> list[object]:
    return [
        pytest.param(codemod, example, id=f"{codemod.NAME}-{number}")
        for codemod in ALL
        for number, example in enumerate(getattr(codemod, which))
    ]


def text_after(candidate: Candidate, example: Rewrite) -> str:
    return next((edit.after for edit in candidate.edits if edit.path == example.path), example.before)


def test_disk_and_registry_agree() -> None:
    on_disk = set()
    for module in pkgutil.iter_modules(fixers.codemods.__path__):
        loaded = importlib.import_module(f"fixers.codemods.{module.name}")
        on_disk |= {
            value
            for value in vars(loaded).values()
            if inspect.isclass(value) and issubclass(value, Codemod) and value.__module__ == loaded.__name__
        }
    on_disk.discard(Codemod)
    assert on_disk
    assert on_disk == set(ALL)
    assert len(ALL) == len(set(ALL))


@pytest.mark.parametrize("codemod", ALL, ids=lambda codemod: codemod.NAME)
def test_describes_itself(codemod: type[Codemod]) -> None:
    assert codemod.__module__.rpartition(".")[2] == codemod.NAME.replace("-", "_")
    assert codemod.NUMBER > 0
    assert 0 < codemod.PRIOR <= 1
    assert codemod.MESSAGE
    assert codemod.TIER
    assert len(codemod.VALID) >= 2
    assert len(codemod.INVALID) >= 3


@pytest.mark.parametrize(("codemod", "example"), cases("INVALID"))
def test_first_candidate_is_the_example(codemod: type[Codemod], example: Rewrite, scene_of: SceneOf) -> None:
    proposed = list(codemod().propose(scene_of(example, example.before)))
    assert proposed, "nothing was proposed"
    assert text_after(proposed[0], example) == example.after
    assert len(proposed) <= 12
    for candidate in proposed:
        assert candidate.fixer == f"codemod:{codemod.NAME}"
        assert candidate.summary
        assert candidate.path == candidate.edits[0].path
        for edit in candidate.edits:
            assert is_repairable(edit.path)
            assert edit.before != edit.after
            compile(edit.after, edit.path, "exec")
    priors = [candidate.prior for candidate in proposed]
    assert priors == sorted(priors, reverse=True)


@pytest.mark.parametrize(("codemod", "example"), cases("INVALID"))
def test_second_application_proposes_nothing(codemod: type[Codemod], example: Rewrite, scene_of: SceneOf) -> None:
    assert example.after != example.before
    assert list(codemod().propose(scene_of(example, example.after))) == []


@pytest.mark.parametrize(("codemod", "example"), cases("VALID"))
def test_near_miss_is_left_alone(codemod: type[Codemod], example: Rewrite, scene_of: SceneOf) -> None:
    assert example.before == example.after
    assert list(codemod().propose(scene_of(example, example.before))) == []


@pytest.mark.parametrize(("codemod", "example"), cases("INVALID"))
def test_tests_are_never_edited(codemod: type[Codemod], example: Rewrite, scene_of: SceneOf) -> None:
    moved = "tests/test_moved.py"
    frames = tuple((moved if path == example.path else path, line, name) for path, line, name in example.frames)
    inside = dataclasses.replace(example, path=moved, frames=frames)
    for candidate in codemod().propose(scene_of(inside, inside.before)):
        assert all(is_repairable(edit.path) for edit in candidate.edits)
