"""Every repair of findings by its own examples, run as they stand in its class."""

import importlib
import inspect
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

import fixers.tools.repairs
from fixers.evidence import Finding
from fixers.project import Project
from fixers.tools.repairs.base import Case, Example, FindingRepair
from fixers.tools.repairs.registry import ALL


@dataclass(frozen=True)
class Written:
    """An environment that is written down."""

    exported: Mapping[str, frozenset[str]] = field(default_factory=dict)
    python_version: tuple[int, int] = (3, 12)

    def names(self, module: str) -> frozenset[str] | None:
        return self.exported.get(module)

    def parameters(self, module: str, qualname: str) -> tuple[str, ...] | None:
        return None

    def version(self, distribution: str) -> str | None:
        return None

    def homes(self, package: str, name: str) -> tuple[str, ...]:
        return ()

    def told(self, package: str, name: str) -> tuple[str, ...]:
        return ()

    def documentation(self, module: str, qualname: str) -> str:
        return ""


def cases(which: str) -> list[object]:
    found = [
        pytest.param(repair, example, id=f"{repair.NAME}-{number}")
        for repair in ALL
        for number, example in enumerate(getattr(repair, which))
    ]
    assert found
    return found


def mended(repair: type[FindingRepair], example: Example, text: str) -> str:
    finding = Finding(
        path=example.path, line=example.line, column=example.column, code=example.code, message=example.message
    )
    project = Project({**example.files, example.path: text})
    case = Case(example.path, (finding,), project, Written(example.names))
    mended = repair().mend(case)
    rivals = repair().rivals(case) if mended == text else ()
    if len(rivals) > 1:  # the tool chooses: what the example shows has to be among them
        return example.after if example.after in rivals else mended
    return rivals[0] if rivals else mended


def test_disk_and_registry_agree():
    on_disk = set()
    for module in pkgutil.iter_modules(fixers.tools.repairs.__path__):
        loaded = importlib.import_module(f"fixers.tools.repairs.{module.name}")
        on_disk |= {
            value
            for value in vars(loaded).values()
            if inspect.isclass(value) and issubclass(value, FindingRepair) and value.__module__ == loaded.__name__
        }
    on_disk.discard(FindingRepair)
    assert on_disk == set(ALL)
    assert len(ALL) == len(on_disk)


@pytest.mark.parametrize("repair", ALL, ids=lambda repair: repair.NAME)
def test_it_describes_itself(repair):
    assert repair.__module__.rpartition(".")[2] == repair.NAME.replace("-", "_")
    assert 0 < repair.PRIOR <= 1
    assert all((repair.MESSAGE, repair.CODES, repair.VALID, repair.INVALID))
    assert {example.code for example in (*repair.VALID, *repair.INVALID)} <= repair.CODES


@pytest.mark.parametrize(("repair", "example"), cases("INVALID"))
def test_it_mends_its_example(repair, example):
    assert mended(repair, example, example.before) == example.after
    compile(example.after, example.path, "exec")


@pytest.mark.parametrize(("repair", "example"), cases("VALID"))
def test_it_leaves_the_near_miss(repair, example):
    assert example.before == example.after
    assert mended(repair, example, example.before) == example.before
