"""A repair must not turn the project's own checkers red: those that it configures and has."""

from dataclasses import replace

import pytest

from fixers import patch as patches
from fixers.engine import run_reproduce
from fixers.evidence import Observed, Proposal
from fixers.model import FileEdit
from fixers.tools.own_checkers import check_repair, own_checkers
from fixers.verify import Base, prove

FEES = """def late_fee(days: int) -> int:
    if days >= 3:
        return days * 5
    return 0
"""
TESTS = """import sys

sys.path.insert(0, "src")
from fees import late_fee


def test_grace() -> None:
    assert late_fee(3) == 0
"""
MENDED = FEES.replace(">= 3", "> 3")
ILL_TYPED = MENDED.replace("return 0", "return 0.0")
FILES = {"src/fees.py": FEES, "test_fees.py": TESTS}


def edit(after: str) -> FileEdit:
    return FileEdit("src/fees.py", FEES, after)


def test_only_what_is_configured_and_installed_is_asked(make_request):
    names = [
        [tool.name for tool in own_checkers(make_request({**FILES, **config}).target)]
        for config in (
            {},
            {"pyproject.toml": '[project]\nname = "x"\nversion = "1"\ndescription = "[tool.mypy]"\n'},
            {"mypy.ini": "[mypy]\n", "setup.cfg": "[flake8]\n", "pyproject.toml": "[tool.ruff.lint]\n"},
        )
    ]
    assert names == [[], [], ["ruff check", "flake8", "mypy"]]
    target = make_request(FILES).target  # in the same place, with the last configuration
    assert [tool.name for tool in own_checkers(target, beside="mypy")] == ["ruff check", "flake8"]
    assert own_checkers(replace(target, packages={}, python=target.tree / "python")) == ()


@pytest.mark.parametrize(
    ("after", "config", "found"),
    [
        (MENDED, "", [()]),
        (ILL_TYPED, "", [('src/fees.py:4 return-value Incompatible return value type (got "float", expected "int")',)]),
        (ILL_TYPED, "exclude = 'fees'\n", []),
    ],
    ids=["well typed", "ill typed", "left out by the project"],
)
def test_what_a_checker_finds_anew_is_said(make_request, sandbox, after, config, found):
    request = make_request({**FILES, "pyproject.toml": f"[tool.mypy]\n{config}"})
    checks = check_repair(own_checkers(request.target), [edit(after)], request.target, sandbox, {})
    assert [check.new for check in checks] == found
    assert all(check.tool == "the project's mypy" and check.version for check in checks)


def test_a_repair_with_a_new_finding_falls_at_that_gate(make_request, sandbox):
    request = make_request({**FILES, "pyproject.toml": "[tool.mypy]\n"})
    seen = run_reproduce(request, sandbox)
    assert isinstance(seen, Observed)
    base = Base(request.target, request.project, request.digest, "", seen.reproduction, seen.outcomes, seen.rootdir)
    patch = patches.unified([edit(ILL_TYPED)])
    said = Proposal(patch=patch, fixer="test", tier=1, prior=1.0, summary="", path="src/fees.py", line=2)
    proof = prove(base, said, sandbox, seed=0)
    assert proof.fell_at == "the project's checkers", proof.gates
    assert "incompatible return value" in proof.gates[-1].detail.lower()
    (before,) = base.checked.values()
    assert before.findings == ()
