"""Tests of every common kind are screened, under the protocol that they need, and judged as a clean run judges them."""

import pytest

from fixers.runner.evaluator import Status, Variant
from fixers.runner.servers import fork_evaluator
from fixers.runner.suite import run_suite
from fixers.search.mutation import Swap

WORDS = '''"""Words."""
import logging
import warnings


def shout(word):
    return word.lower()


def say(word):
    print(shout(word))
    logging.getLogger("words").warning(shout(word))
    if shout(word) != word.upper():
        warnings.warn("not loud", UserWarning)
    return shout(word)
'''
KINDS = {
    "a plain function": """
def test_it():
    assert words.shout('a') == 'A'
""",
    "parameters": """
@pytest.mark.parametrize('w', ['a', 'b c'])
def test_it(w):
    assert words.shout(w) == w.upper()
""",
    "a class": """
class TestIt:
    def setup_method(self):
        self.w = 'a'

    def test_it(self):
        assert words.shout(self.w) == 'A'
""",
    "unittest": """
class TestIt(unittest.TestCase):
    def setUp(self):
        self.w = 'a'

    def test_it(self):
        self.assertEqual(words.shout(self.w), 'A')
""",
    "an asynchronous unittest": """
class TestIt(unittest.IsolatedAsyncioTestCase):
    async def test_it(self):
        self.assertEqual(words.shout('a'), 'A')
""",
    "a fixture": """
@pytest.fixture
def word():
    yield words.shout('a')


def test_it(word):
    assert word == 'A'
""",
    "a fixture of the module": """
@pytest.fixture(scope='module')
def word():
    return words.shout('a')


def test_it(word):
    assert word == 'A'
""",
    "a fixture of the session": """
@pytest.fixture(scope='session')
def word():
    return words.shout('a')


def test_it(word):
    assert word == 'A'
""",
    "a failing set-up": """
@pytest.fixture
def word():
    assert words.shout('a') == 'A'


def test_it(word):
    pass
""",
    "a failing tear-down": """
@pytest.fixture
def word():
    yield
    assert words.shout('a') == 'A'


def test_it(word):
    pass
""",
    "a directory": """
def test_it(tmp_path):
    (tmp_path / 'w').write_text(words.shout('a'))
    assert (tmp_path / 'w').read_text() == 'A'
""",
    "what is printed": """
def test_it(capsys):
    words.say('a')
    assert capsys.readouterr().out == 'A\\n'
""",
    "what is logged": """
def test_it(caplog):
    words.say('a')
    assert caplog.messages == ['A']
""",
    "no warnings": """
@pytest.mark.filterwarnings('error')
def test_it():
    words.say('a')
""",
    "a changed attribute": """
def test_it(monkeypatch):
    monkeypatch.setattr(words, 'warnings', None)
    assert words.shout('a') == 'A'
""",
    "an expected exception": """
def test_it():
    with pytest.raises(ValueError):
        int(words.shout('1').upper())
        raise ValueError if words.shout('a') == 'A' else KeyError
""",
}
RIGHT, WRONG = "return word.upper()", "return word.title() + ' '"


@pytest.fixture(scope="module")
def kinds(make_shared_request, sandbox):
    """Lay out a module of tests for each kind and say which of its tests a clean run saw fail."""
    modules = {kind: f"test_{number}.py" for number, kind in enumerate(KINDS)}
    head = "import unittest\n\nimport pytest\n\nimport words\n\n\n"
    request = make_shared_request({"words.py": WORDS, **{modules[kind]: head + KINDS[kind] for kind in KINDS}})
    failed = run_suite(request.target, sandbox).ids("failed")
    return request, {kind: [test for test in failed if test.startswith(modules[kind])] for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_test_is_screened(kinds, sandbox, kind):
    request, failing_of = kinds
    failing = failing_of[kind]
    assert failing
    line = WORDS.split("\n").index("def shout(word):") + 1
    variants = [
        (Variant("words.py", Swap("shout", line, f"def shout(word):\n    {text}")), ())
        for text in (WRONG, RIGHT, "return word", RIGHT)
    ]
    tests = [failing[0].split("::")[0]]
    with fork_evaluator(request.target, sandbox, request.project, tests=tests, rootdir="", jobs=1, wall=3) as evaluator:
        said = evaluator.finish_screen(evaluator.start_screen(variants, failing))
        assert (said, evaluator.screen_note) == ([Status.FAIL, Status.PASS, Status.FAIL, Status.PASS], "")


FURTHER = {
    "in the same statement": ("assert (words.shout('a')\n            == 'A')", "return word.nothing", Status.FAIL),
    "at a later statement": (
        "assert words.shout('a') == 'A'\n    assert words.shout('b') == 'B'",
        "return 'A'",
        Status.FURTHER,
    ),
    "where an exception is missed": (
        "with pytest.raises(ValueError):\n        words.shout('a')",
        "raise KeyError(word)",
        Status.FAIL,
    ),
    "behind the missed exception": (
        "with pytest.raises(ValueError):\n        words.shout('a')\n    assert words.shout('b') == 'B'",
        "if word == 'a': raise ValueError(word)",
        Status.FURTHER,
    ),
    "within a block": (
        "for word in words.shout(1):\n        assert words.shout('b') == 'B'",
        "return 'AB'",
        Status.FURTHER,
    ),
}


@pytest.mark.parametrize(("test", "body", "status"), FURTHER.values(), ids=FURTHER)
def test_a_step_forward_is_told_from_another_failure(make_target, sandbox, test, body, status):
    files = {"words.py": WORDS, "test_words.py": f"import pytest\n\nimport words\n\n\ndef test_it():\n    {test}\n"}
    target, project = make_target(files)
    variants = [
        (
            Variant(
                "words.py",
                Swap("shout", WORDS.split("\n").index("def shout(word):") + 1, f"def shout(word):\n    {body}"),
            ),
            (),
        )
    ]
    failing = ["test_words.py::test_it"]
    with fork_evaluator(target, sandbox, project, tests=["test_words.py"], rootdir="", jobs=1, wall=3) as evaluator:
        assert evaluator.finish_screen(evaluator.start_screen(variants, failing)) == [status], evaluator.screen_note
