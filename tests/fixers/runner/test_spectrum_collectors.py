"""Both ways to count statements give the same rows, on every CPython that this machine has."""

import os
import subprocess
import sys
import sysconfig
import warnings
from dataclasses import replace
from pathlib import Path

import pytest

from fixers.runner.suite import run_suite

FORMS = '''"""Forms of statements that probes may take for one another."""

from __future__ import annotations

import contextlib

LIMIT = (
    1 +
    2
)
NAMES: list = [
    name
    for name in ("a", "b")
]
bare: int


def decorate(
    function,
):
    """Docstring."""
    ...
    return function


@decorate
def one_line(x): return x


class Shop:
    """Docstring."""

    total = 0; count = 1

    def __init__(self, stock=None):
        self.stock = stock or {}

    @property
    def size(self):
        return len(self.stock)

    @classmethod
    def empty(cls): return cls()

    def sell(self, name, amount=1):
        if amount < 0: raise ValueError(amount)
        elif (
            name not in self.stock
        ):
            return None
        else:
            pass
        while True:
            self.stock[name] -= amount
            break
        for n in range(3):
            if n == 1: continue
            total = (
                n
                +
                amount
            )
        else:
            total += 1
        try:
            self.stock["none"]
        except (
            KeyError
        ) as error:
            found = error
        finally:
            with contextlib.suppress(
                ValueError
            ), contextlib.suppress(KeyError):
                raise ValueError
        def inner(y, *rest, key=None):
            nonlocal total
            total = y
            return lambda: (
                y
            )
        async def coroutine():
            async with thing() as t:
                return t
        class Local:
            attribute = 1
        global counter
        counter = 1
        z: int
        w: int = 3
        assert counter, (
            "never"
        )
        del w
        return inner(total)()


def counting(n):
    """Docstring."""
    for k in range(n):
        yield k
    if n:
        return
    yield from ()


def falls(n):
    if n:
        raise KeyError(
            n
        )


def never():
    return 1
'''
TESTS = """
import pytest
from shop.forms import Shop, counting, falls, one_line

def test_one():
    assert one_line(3) == 3

def test_sell():
    assert Shop({"a": 3}).sell("a") == 0

def test_none():
    assert Shop.empty().sell("a") is None

def test_counting():
    assert list(counting(3)) == [0, 1, 2]

def test_loop():
    for _ in range(5):
        falls(0)

@pytest.mark.parametrize("n", [0, 1])
def test_falls(n):
    falls(n)
"""
FAILING = ("tests/test_forms.py::test_sell", "tests/test_forms.py::test_falls[1]")
PYTEST = {"3.8": "pytest==8.3.5", "3.9": "pytest==8.4.2"}


def pythons() -> list[Path]:
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    return [p for p in sorted(versions.glob("3.*/bin/python")) if int(p.parts[-3].split(".")[1]) >= 8]


@pytest.fixture(scope="session")
def environments(tmp_path_factory) -> list[Path]:
    """An interpreter with pytest for each CPython that pyenv has here, and the one that runs this test."""
    uv = Path(sysconfig.get_path("scripts")) / "uv"
    settings = {**os.environ, "UV_PYTHON_DOWNLOADS": "never"}
    if "PIP_CERT" in os.environ:
        settings.setdefault("SSL_CERT_FILE", os.environ["PIP_CERT"])
    made = [Path(sys.executable)]
    for python in pythons():
        home = tmp_path_factory.mktemp("environments") / python.parts[-3]
        wanted = PYTEST.get(python.parts[-3].rpartition(".")[0], "pytest")
        subprocess.run([uv, "venv", "-q", "--python", python, home], env=settings, check=True)
        install = [uv, "pip", "install", "-q", "--python", home / "bin" / "python", "--only-binary", ":all:", wanted]
        subprocess.run(install, env=settings, check=True)
        made.append(home / "bin" / "python")
    return made


def test_every_interpreter_and_collector_gives_the_same_rows(make_target, sandbox, environments):
    files = {"shop/__init__.py": "", "shop/forms.py": FORMS, "tests/test_forms.py": TESTS}
    target, _ = make_target(files)
    seen = {}
    for python in environments:
        here = replace(target, python=python, read_only=(*target.read_only, *roots(python)))
        for collector in (None, "probes"):
            groups = [(test,) for test in FAILING]
            run = run_suite(here, sandbox, spectrum_for=FAILING, groups=groups, collector=collector)
            assert run.complete, run.output_tail
            event = run.spectrum
            rows = {(row[0], row[1], row[3]): tuple(row[2:]) for row in event["rows"] if row[0].startswith("shop/")}
            counts = [{tuple(event["rows"][n]): c for n, c in group} for group in event["groups"]]
            names = [tuple(f) for f in event["functions"]]
            reached = {test: {names[n] for n in numbers} for test, numbers in event["reached"].items()}
            kinds = sorted((names[f], when, name, kind, tuple(g)) for f, when, name, kind, g in event["kinds"])
            seen[python.parts[-3], event["collector"]] = (rows, counts, event["failing"], reached, kinds)
            if event["collector"] == "probes":
                break
    warnings.warn(f"Compared: {sorted(f'{v} {c}' for v, c in seen)}", stacklevel=1)
    first, *others = seen.items()
    rows, counts, failing, _, kinds = first[1]
    assert rows["shop/forms.py", FORMS[: FORMS.index("raise KeyError")].count("\n") + 1, "falls"][2:4] == (1, 0)
    assert rows["shop/forms.py", FORMS.count("\n"), "never"][2:] == (0, 0, 0)
    assert (failing, [len(group) > 0 for group in counts]) == ([1, 1], [True, True])
    assert (("shop/forms.py", "falls"), 0, "n", "int > 0", (1,)) in kinds
    for other in others:
        for part, (one, two) in enumerate(zip(first[1], other[1], strict=True)):
            assert one == two, f"part {part} of {first[0]} and {other[0]} differ"
    assert {collector for _, collector in seen} == {"probes", "monitoring"}, "this machine has no CPython 3.12 or newer"


def roots(python: Path) -> tuple[Path, ...]:
    """Return what an interpreter needs to see."""
    return python.parents[1], python.resolve().parents[1]
