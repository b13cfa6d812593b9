"""Small projects: how one is read, that each of the two sets is whole, and what a judge lets through."""

import ast
from pathlib import Path

import pytest

from benchmarks import classes, impossible
from benchmarks.cases import NoCase
from benchmarks.classes.check import faults as faults_of_class
from benchmarks.classes.judge import judge
from benchmarks.environments import PYTHONS, SHARED, interpreter, shared
from benchmarks.impossible.check import faults as faults_of_impossible
from benchmarks.projects import BadProject, lay, read
from fixers import patch as patches
from fixers.model import FileEdit

TEXT = """\
about = "a limit is off by one"
kind = "names"
environment = "py311"
command = "python -m tests.test_shop"

-- shop.py --
LIMIT = 3


def low(x):
-|    return x <= LIMIT
+|    return x < LIMIT
?|    return x != LIMIT


def high(x):
    return x > LIMIT
-- settings.cfg --
[shop]
-- tests/test_shop.py --
from shop import low


def test_edge():
    assert low(2) and not low(3)


test_edge()
-- notes.txt --
+|one line
-- hidden: tests/test_more.py --
from shop import low


def test_far():
    assert not low(4)
"""
SETS = {"classes": classes, "impossible": impossible}
HALVES = ("development", "report")
CLASSES = [classes.project_of(name) for half in HALVES for name in classes.named(half)]
IMPOSSIBLE = [impossible.project_of(name) for half in HALVES for name in impossible.named(half)]


def test_a_marked_line_belongs_to_its_variant():
    project = read("shop", TEXT)
    broken, right, wrong = (project.tree(variant) for variant in ("broken", "right", "wrong"))
    assert "x <= LIMIT" in broken["shop.py"]
    assert "x < LIMIT" not in broken["shop.py"]
    assert broken["shop.py"].replace("<=", "<") == right["shop.py"]
    assert "x != LIMIT" in wrong["shop.py"]
    assert "|" not in wrong["shop.py"]
    assert "notes.txt" in right
    assert "notes.txt" not in broken
    assert list(project.hidden) == ["tests/test_more.py"]


@pytest.mark.parametrize(
    ("change", "said"),
    [(("kind", "sort"), "sort"), (('kind = "names"\n', ""), "does not say kind"), (("about =", "about"), "no TOML")],
    ids=["unknown", "missing", "no toml"],
)
def test_a_text_that_is_not_well_formed_is_refused(change, said):
    with pytest.raises(BadProject, match=said):
        read("shop", TEXT.replace(*change, 1))


def test_the_same_texts_are_laid_out_once(tmp_path):
    first = lay({"a/b.py": "x = 1\n"}, tmp_path / "shop")
    (first / "mine").touch()
    assert lay({"a/b.py": "x = 1\n"}, tmp_path / "shop") == first
    assert (first / "mine").exists()
    assert lay({"a/b.py": "x = 2\n"}, tmp_path / "shop") != first


@pytest.mark.parametrize(("name", "least"), [("classes", 80), ("impossible", 40)])
def test_the_halves_hold_all_cases_of_a_set_once(name, least):
    halves = [[entry.name for entry in SETS[name].entries(half, 0)] for half in HALVES]
    texts = [path.stem for path in Path(SETS[name].__file__).parent.glob("*/*.txt")]
    assert len(texts) >= least
    assert sorted(halves[0] + halves[1]) == sorted(texts)
    assert min(map(len, halves)) >= least // 3


def test_no_name_stands_twice():
    every = [project.name for project in CLASSES + IMPOSSIBLE]
    assert len(set(every)) == len(every)


@pytest.mark.parametrize("project", CLASSES + IMPOSSIBLE, ids=lambda project: project.name)
def test_every_case_has_its_parts(project):
    broken = project.tree("broken")
    assert project.about
    assert project.command.startswith("python ")
    assert project.environment in SHARED
    assert "pyproject.toml" in broken
    assert any(path.endswith(".py") and "test" not in path for path in broken)
    assert any("def test_" in text for path, text in broken.items() if path.startswith("tests/"))
    for path, text in {**project.tree("right"), **project.hidden}.items():
        if path.endswith(".py") and (project.kind, project.environment) != ("environment", "py39"):
            ast.parse(text, filename=path)


@pytest.mark.parametrize("project", CLASSES, ids=lambda project: project.name)
def test_every_class_has_a_truth_and_something_to_judge_by(project):
    assert project.tree("broken") != project.tree("right")
    assert project.hidden
    assert not {*project.hidden} & {*project.tree("broken")}


@pytest.mark.parametrize("project", IMPOSSIBLE, ids=lambda project: project.name)
def test_every_impossible_case_is_of_a_known_kind(project):
    assert project.kind in impossible.REASONS
    if project.kind == "weak":
        assert project.hidden
        assert project.has("right")
        assert project.has("wrong")


def test_environments_are_few_and_none_is_idle():
    assert len(SHARED) <= 30
    assert {project.environment for project in CLASSES + IMPOSSIBLE} == set(SHARED)


def test_an_interpreter_is_found_where_the_variable_says(tmp_path, monkeypatch, small_python):
    (tmp_path / "python3.7").symlink_to(small_python)
    monkeypatch.setenv(PYTHONS, str(tmp_path))
    assert interpreter("3.7") == tmp_path / "python3.7"


def test_a_case_without_its_interpreter_is_none(tmp_path, monkeypatch):
    monkeypatch.setattr("benchmarks.environments._installed", list)
    with pytest.raises(NoCase, match=r"no CPython 3\.8"):
        shared("py38", tmp_path)


def edited(project, **changes):
    broken = project.tree("broken")
    edits = [FileEdit(path, broken[path], text) for path, text in changes.items()]
    return patches.unified(edits)


@pytest.mark.parametrize(
    ("path", "was", "now", "right", "how"),
    [
        ("shop.py", "x <= LIMIT", "x < LIMIT", "yes", "reads as in the truth"),
        ("shop.py", "x <= LIMIT", "not x >= LIMIT", "yes", "hidden tests"),
        ("shop.py", "x <= LIMIT", "x != LIMIT", "no", "test_more.py` fails"),
        ("shop.py", "x <= LIMIT", "x > LIMIT", "no", "tests.test_shop` fails"),
        ("shop.py", "x <= LIMIT", "x < LIMIT  # noqa", "no", "silences"),
        ("shop.py", "def high", "def higher", "no", "high is gone"),
        ("tests/test_shop.py", "not low(3)", "low(3)", "no", "which is right"),
        ("settings.cfg", "[shop]", "[pytest]", "no", "which is right"),
    ],
)
def test_a_proposal_is_judged(tmp_path, path, was, now, right, how, small_python):
    project = read("shop", TEXT.replace("+|one line\n", ""))
    patch = edited(project, **{path: project.tree("broken")[path].replace(was, now)})
    judgement = judge(project, patch, small_python, tmp_path)
    assert (judgement.right, how in judgement.how) == (right, True), judgement


def test_the_check_says_what_a_class_does_not_keep(tmp_path, small_python):
    project = read("shop", TEXT.replace("+|one line\n", ""))
    assert list(faults_of_class(project, small_python, tmp_path)) == []
    hollow = read(
        "shop", TEXT.replace("+|one line\n", "").replace("x <= LIMIT", "x < LIMIT").replace("not low(4)", "low(4)")
    )
    found = list(faults_of_class(hollow, small_python, tmp_path))
    assert len(found) == 4
    assert "passes on the broken tree" in found[0]
    assert "fails on the right tree" in found[1]


def test_the_check_says_what_an_impossible_case_does_not_keep(tmp_path, small_python):
    weak = TEXT.replace("+|one line\n", "").replace('"names"', '"weak"')
    assert list(faults_of_impossible(read("shop", weak), small_python, tmp_path)) == []
    strong = read("shop", weak.replace("not low(3)", "not low(3) and not low(4)"))
    assert list(faults_of_impossible(strong, small_python, tmp_path)) == [
        "`python -m tests.test_shop` fails on the wrong tree"
    ]


def test_every_proposal_to_an_impossible_case_is_wrong(tmp_path, monkeypatch, small_python):
    monkeypatch.setattr(impossible, "shared", lambda name, cache: small_python)
    problem = impossible.entries("report", 0)[0].make(tmp_path)
    assert problem.judge("").right == "no"
    assert f"--python={small_python}" in problem.arguments
    assert (problem.tree / "pyproject.toml").exists()


def test_a_reason_tells_what_is_the_matter_or_does_not():
    assert impossible.told("flaky-random", "flaky")
    assert not impossible.told("flaky-random", "no_candidate")
