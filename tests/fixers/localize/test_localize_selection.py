"""Of a suite that takes long only the failing tests are probed, and the passing ones that are likely to tell most."""

from fixers.engine import run_localize, run_reproduce
from fixers.evidence import Observed
from fixers.localize import probe
from fixers.localize.selection import MOST_TESTS, imports_of, passing_to_probe
from fixers.localize.spectrum import joined
from fixers.project import Project

FILES = {
    "shop/__init__.py": "from .fees import late_fee\n",
    "shop/fees.py": "from shop import money\n",
    "shop/money.py": "",
    "shop/other.py": "",
    "tests/test_fees.py": "from shop.fees import late_fee\n",
    "tests/test_fees_more.py": "import shop.fees\n",
    "tests/test_money.py": "from shop import money\n",
    "tests/test_other.py": "import shop.other as o\n",
}


def test_imports_are_followed_by_name_and_relatively():
    project = Project(FILES)
    assert imports_of(project, "shop/__init__.py") == {"shop/fees.py"}
    assert imports_of(project, "shop/fees.py") == {"shop/__init__.py", "shop/money.py"}
    assert imports_of(project, "tests/test_other.py") == {"shop/other.py"}


def passing(count: int, seconds: float = 0.001) -> dict[str, float]:
    return {f"{file}::test_{n}": seconds for file in sorted(FILES) if "test" in file for n in range(count)}


def chosen(tests, seed=0):
    return passing_to_probe(Project(FILES), ["tests/test_fees.py::test_late"], {"shop/fees.py"}, tests, seed)


def test_all_are_chosen_where_they_are_few():
    tests = passing(10)
    assert chosen(tests) == tuple(tests)


def test_failing_files_come_first_then_near_ones_and_the_rest_is_a_sample():
    found = chosen(passing(1000))
    files = [test.split("::")[0] for test in found]
    assert len(found) == MOST_TESTS
    assert files.count("tests/test_fees.py") >= MOST_TESTS // 2
    assert files.count("tests/test_fees_more.py") >= MOST_TESTS // 6
    assert files.count("tests/test_other.py") < MOST_TESTS // 6
    assert files.count("tests/test_other.py") > 0


def test_the_seed_decides_the_sample():
    tests = passing(1000)
    assert chosen(tests, 1) == chosen(tests, 1)
    assert chosen(tests, 1) != chosen(tests, 2)


def test_tests_that_take_long_are_left_out():
    tests = passing(10, seconds=4.0)
    assert len(chosen(tests)) == 2


def test_two_runs_over_different_tests_add_up():
    one = {
        "rows": [["m.py", 1, 1, "", 0, 0, 1], ["m.py", 3, 3, "f", 1, 0, 0]],
        "functions": [["m.py", "f"]],
        "reached": {"t::red": [0]},
        "failing": [1, 0],
        "groups": [[[1, 1]], []],
        "kinds": [],
    }
    other = {
        "rows": [["m.py", 1, 1, "", 0, 0, 1], ["a.py", 2, 2, "e", 0, 1, 0], ["m.py", 3, 4, "f", 0, 2, 0]],
        "functions": [["a.py", "e"], ["m.py", "f"]],
        "reached": {"t::green": [0, 1]},
        "failing": [0, 0],
        "groups": [[], []],
        "kinds": [],
    }
    found = joined(one, other)
    assert ["m.py", 3, 4, "f", 1, 2, 0] in found["rows"]
    assert ["a.py", 2, 2, "e", 0, 1, 0] in found["rows"]
    assert found["groups"] == [[[found["rows"].index(["m.py", 3, 4, "f", 1, 2, 0]), 1]], []]
    assert found["functions"] == [("a.py", "e"), ("m.py", "f")]
    assert found["reached"] == {"t::red": [1], "t::green": [0, 1]}
    assert found["failing"] == [1, 0]


def test_the_fault_is_found_in_part_of_a_suite_as_in_all_of_it(make_request, sandbox, monkeypatch):
    code = "def fee(days):\n    return days * 5 if days >= 3 else 0\n\n\ndef tax(n):\n    return n * 2\n"
    tests = (
        "import pytest\nfrom shop import fee, tax\n\n\n@pytest.mark.parametrize('n', [0, 2, 3, 4])\ndef test_fee(n):\n"
        "    assert fee(n) == (n * 5 if n > 3 else 0)\n\n\ndef test_tax():\n    assert tax(1) == 2\n"
    )
    request = make_request({"shop.py": code, "tests/test_shop.py": tests})
    observed = run_reproduce(request, sandbox)
    assert isinstance(observed, Observed)
    whole = run_localize(request, observed, sandbox)
    monkeypatch.setattr(probe, "WHOLE_SECONDS", 0.0)
    part = run_localize(request, replace_seconds(observed), sandbox)
    assert part.notes[0].startswith("The suite takes 90 s, so 4 of its 4 passing tests were probed")
    assert (part.suspects[0].line, part.suspects[0].function) == (2, "fee")
    assert part.suspects[0].reasons[0] == whole.suspects[0].reasons[0]
    assert part.spectrum["reached"].keys() == whole.spectrum["reached"].keys()


def replace_seconds(observed: Observed) -> Observed:
    return observed.model_copy(update={"suite_seconds": 90.0})
