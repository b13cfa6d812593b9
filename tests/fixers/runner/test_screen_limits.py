"""A variant without end, or without bounds, costs the screen little and the variants after it nothing."""

import time

import pytest

from fixers.runner import servers
from fixers.runner.evaluator import Status, Variant
from fixers.runner.servers import fork_evaluator
from fixers.runner.suite import run_suite
from fixers.search.mutation import Swap

STEPS = '''"""Step counting."""


class Walk:
    SMALL = 1

    def pace(self, length, step=SMALL):
        return length * step


def steps(distance, step=2):
    count = 0
    while distance > 0:
        distance -= step
        count += 1
    return count
'''
TESTS = """import walk


def test_steps():
    assert walk.steps(3) == 3
"""
FAILING = "test_walk.py::test_steps"
RIGHT = "return distance"


def line_of(text: str, source: str = STEPS) -> int:
    return source.split("\n").index(text) + 1


def steps(text: str) -> Variant:
    source = f"def steps(distance, step=2):\n    {text}"
    return Variant("walk.py", Swap("steps", line_of("def steps(distance, step=2):"), source))


def screened(evaluator, variants, failing=FAILING):
    said: list[Status] = []
    while len(said) < len(variants):
        number = evaluator.start_screen([(v, ()) for v in variants[len(said) :]], [failing])
        assert number is not None, evaluator.screen_note
        fresh = evaluator.finish_screen(number)
        assert fresh, evaluator.screen_note
        said += fresh
    return said


@pytest.fixture
def start(make_target, sandbox):
    def started(files, durations=None):
        target, project = make_target(files)
        tests = [name for name in files if name.startswith("test_")]
        return fork_evaluator(
            target, sandbox, project, tests=tests, rootdir="", jobs=2, wall=3, durations=durations or {}
        )

    return started


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("return len(list(iter(int, 1)))", {Status.FAIL, Status.TIMEOUT}),
        ("return sum(1 for _ in iter(int, 1))", {Status.TIMEOUT}),
        ("return sum(iter(int, 1))", {Status.TIMEOUT}),
        (
            "while True:\n        try:\n            pass\n        except BaseException:\n            pass",
            {Status.TIMEOUT},
        ),
        ("return len(bytearray(1 << 40))", {Status.FAIL}),
    ],
    ids=["memory", "a loop", "a loop in C", "a loop that catches all", "a huge block"],
)
def test_what_has_no_end_is_found_out_soon_and_the_rest_is_judged(start, text, status):
    with start({"walk.py": STEPS, "test_walk.py": TESTS}) as evaluator:
        began = time.monotonic()
        said = screened(evaluator, [steps("return 1"), steps(text), steps("return 2"), steps(RIGHT)])
        took = time.monotonic() - began
    assert (said[0], *said[2:]) == (Status.FAIL, Status.FAIL, Status.PASS)
    assert said[1] in status
    assert took < 20  # by CPU time it is under 2; the watchdog that this must not wait for takes 10 a variant


def test_a_failing_test_without_end_can_be_screened_too(start):
    endless = STEPS.replace("distance -= step", "distance += step")
    source = "def steps(distance, step=2):\n    " + "{}"
    line = line_of("def steps(distance, step=2):", endless)
    variants = [
        Variant("walk.py", Swap("steps", line, source.format(text))) for text in ("while 1: pass", "return 1", RIGHT)
    ]
    with start({"walk.py": endless, "test_walk.py": TESTS}) as evaluator:
        assert screened(evaluator, variants) == [Status.TIMEOUT, Status.FAIL, Status.PASS]


def test_after_a_test_without_end_those_around_it_still_pass(start):
    """Cut short, it leaves nothing set up: else what follows would fail, and the batch would not be believed."""
    endless = STEPS.replace("distance -= step", "distance += step")
    others = "\n\ndef test_none():\n    assert walk.steps(0) == 0\n"
    source = "def steps(distance, step=2):\n    return distance"
    variant = Variant("walk.py", Swap("steps", line_of("def steps(distance, step=2):", endless), source))
    with start({"walk.py": endless, "test_walk.py": TESTS + others}) as evaluator:
        number = evaluator.start_screen([(variant, ("test_walk.py::test_none",))], [FAILING])
        assert evaluator.finish_screen(number) == [Status.PASS], evaluator.screen_note
        assert not evaluator.screen_note


def default(name: str, place: int, value: str) -> Variant:
    head, line = {
        "steps": (f"def steps(distance, step={value}):", line_of("def steps(distance, step=2):")),
        "Walk.pace": (f"def pace(self, length, step={value}):", line_of("    def pace(self, length, step=SMALL):")),
    }[name]
    return Variant("walk.py", Swap(name, line, f"{head}\n    pass", (place, value)))


def test_default_values_are_screened_alive_and_put_back(start):
    with start({"walk.py": STEPS, "test_walk.py": TESTS}) as evaluator:
        variants = [default("steps", 0, value) for value in ("3", "1", "int('x')", "2", "distance_of_a_step", "1")]
        said = screened(evaluator, variants)
    # A name that only a fresh import may know is left to one, a value that cannot be made fails.
    assert said == [Status.FAIL, Status.PASS, Status.FAIL, Status.FAIL, Status.UNSUPPORTED, Status.PASS]


def test_a_screened_default_value_does_what_a_clean_run_does(start, make_target, sandbox):
    with start({"walk.py": STEPS, "test_walk.py": TESTS}) as evaluator:
        together = screened(evaluator, [default("steps", 0, value) for value in ("1", "-1 + 2", "4")])
    apart = []
    for value in ("1", "-1 + 2", "4"):
        target, _ = make_target({"walk.py": STEPS.replace("step=2", f"step={value}"), "test_walk.py": TESTS})
        apart.append(Status.FAIL if run_suite(target, sandbox).ids("failed") else Status.PASS)
    assert together == apart == [Status.PASS, Status.PASS, Status.FAIL]


def test_a_default_value_of_a_keyword_only_parameter(start):
    source = "def label(*, text='', mark='!'):\n    return text + mark\n"
    test = "import tags\n\n\ndef test_label():\n    assert tags.label() == 'a!'\n"
    variants = [
        Variant("tags.py", Swap("label", 1, f"def label(*, {new}):\n    return text + mark", place))
        for new, place in (
            ("text='', mark='a!'", (1, "'a!'")),
            ("text='a', mark='!'", (0, "'a'")),
            ("text='b', mark='!'", (0, "'b'")),
        )
    ]
    with start({"tags.py": source, "test_tags.py": test}) as evaluator:
        said = screened(evaluator, variants, "test_tags.py::test_label")
    assert said == [Status.PASS, Status.PASS, Status.FAIL]


CLASSES = """class Base:
    def name(self):
        return "base"

    def title(self):
        return "Base"


class Child(Base):
    def name(self):
        return "child of " + super().name()

    def title(self):
        return "Child"
"""


@pytest.mark.parametrize(
    ("method", "line", "body"),
    [
        ("name", 10, "return 'child of ' + self.title()"),
        ("title", 13, "return super().title()"),
        ("title", 13, "return [super(Child, self).title() for _ in 'a'][0]"),
    ],
    ids=["the class is no longer needed", "the class is needed now", "the class is named"],
)
def test_calls_of_super_come_and_go_alive(start, method, line, body):
    wanted = {"name": "child of Child", "title": "Base"}[method]
    test = f"import kin\n\n\ndef test_it():\n    assert kin.Child().{method}() == {wanted!r}\n"
    variant = Variant("kin.py", Swap(f"Child.{method}", line, f"def {method}(self):\n    {body}"))
    wrong = Variant("kin.py", Swap(f"Child.{method}", line, f"def {method}(self):\n    return super().name()"))
    with start({"kin.py": CLASSES, "test_kin.py": test}) as evaluator:
        said = screened(evaluator, [wrong, variant, wrong], "test_kin.py::test_it")
    assert said == [Status.FAIL, Status.PASS, Status.FAIL]


def test_a_long_screen_ends_between_two_variants_and_goes_on_in_another_process(start, monkeypatch):
    """What the clock of a batch cuts off is no endless variant."""
    monkeypatch.setattr(servers, "_BATCH_SECONDS", 2.0)
    slow = TESTS.replace("import walk\n", "import time\n\nimport walk\n")
    slow = slow.replace("    assert", "    time.sleep(0.15)\n    assert")
    variants = [steps(f"return {number} + 10") for number in range(20)]
    with start({"walk.py": STEPS, "test_walk.py": slow}) as evaluator:
        said = screened(evaluator, [*variants, steps(RIGHT)])
    assert said == [Status.FAIL] * 20 + [Status.PASS]
