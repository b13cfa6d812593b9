"""The package of docs/codemods.md, built and installed beside Goldseam, is listed, explained and used."""

import json
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "codemods.md"
UV = Path(sysconfig.get_path("scripts")) / "uv"
NAME, SOURCE = "acme-euro-cents", "goldseam-acme 1.2"
PROJECT = {
    "billing.py": (
        "class Price:\n    def __init__(self, cents):\n        self.cents = cents\n\n\n"
        "class Order:\n    def __init__(self, cents):\n        self.price = Price(cents)\n\n\n"
        "def total(order):\n    return order.price_cents * 2  # twice\n"
    ),
    "test_billing.py": (
        "import billing\n\n\ndef test_total():\n    assert billing.total(billing.Order(4)) == 8\n"
        "    assert billing.total(billing.Order(5)) == 10\n"
    ),
}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Install what the document shows into a directory of its own."""
    package, target = tmp_path_factory.mktemp("acme"), tmp_path_factory.mktemp("site")
    for name, kind in (("pyproject.toml", "toml"), ("goldseam_acme.py", "python")):
        shown = re.search(rf"`{re.escape(name)}`:\n\n```{kind}\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
        assert shown, f"docs/codemods.md shows no {name}"
        (package / name).write_text(shown[1])
    install = [UV, "pip", "install", "--offline", "--no-deps", "--no-build-isolation", "-q"]
    subprocess.run([*install, "--python", sys.executable, "--target", target, package], check=True)
    return {"PYTHONPATH": str(target)}


def test_it_is_not_there_before_it_is_installed(goldseam):
    assert NAME not in goldseam("rules").stdout


def test_it_is_listed_with_its_package_after_those_of_its_tier(goldseam, site):
    rows = json.loads(goldseam("rules", "--json", **site).stdout)["rules"]
    kinds = [(row["kind"], row["tier"], row["source"]) for row in rows]
    tests = kinds[: next(n for n, kind in enumerate(kinds) if kind[0] == "search")]  # after these come those of tools
    here = tests.index(("codemod", "A", SOURCE))
    assert tests.index(("codemod", "A", "Goldseam")) < here
    assert ("codemod", "A", "Goldseam") not in tests[here:]
    assert ("codemod", "B", "Goldseam") in tests[here:]
    assert f"[{SOURCE}]" in goldseam("rules", **site).stdout


def test_it_is_explained(goldseam, site):
    shown = goldseam("rules", "show", NAME, **site).stdout
    assert f"{NAME} (codemod, tier A, of {SOURCE})" in shown
    for words in ("price.cents` holds the same number", "before:", "after:", "left alone:", "measured: not measured"):
        assert words in shown


def test_it_repairs(goldseam, site, checkout, python):
    root = checkout(PROJECT)
    ran = goldseam("fix", root, *python, "--json", **site)
    report = json.loads(ran.stdout)
    assert (report["status"], report["fixer"]) == ("fixed", f"codemod:{NAME}"), ran.stdout[-2000:]
    assert "+    return order.price.cents * 2  # twice" in report["patch"]
